"""Figures of Q7.2: curves of both networks, accuracy by species, sheets of pictures."""

import numpy as np
from matplotlib.figure import Figure

from lib.figures.style import DASHES, MARKERS, style

WIDTH = 7.0  # inches


def curves(runs):
    """Accuracy and loss over epochs of several networks, on the training and the validation set.

    Parameters
    ----------
    runs : dict of str to dict
        By network, ``train_accuracy``, ``valid_accuracy`` (shares), ``train_loss``, ``valid_loss`` (nats): arrays of
        one value per epoch, as long as that network's training was.

    Returns
    -------
    matplotlib.figure.Figure
    """
    with style():
        figure = Figure(figsize=(WIDTH, 3.6))
        left, right = figure.subplots(1, 2)
        for i, (name, run) in enumerate(runs.items()):
            for split, dash in (("train", DASHES[1]), ("valid", DASHES[0])):
                label = f"{name}, {'training' if split == 'train' else 'validation'}"
                epochs = np.arange(1, len(run[f"{split}_loss"]) + 1)
                look = {"color": f"C{i}", "linestyle": dash, "marker": MARKERS[i], "markevery": 0.15, "markersize": 5}
                left.plot(epochs, 100 * run[f"{split}_accuracy"], label=label, **look)
                right.plot(epochs, run[f"{split}_loss"], **look)
        left.set(xlabel="epoch", ylabel="accuracy (%)", ylim=(0, 102))
        right.set(xlabel="epoch", ylabel="mean cross-entropy (nats)")
        right.set_ylim(bottom=0)
        figure.legend(loc="outside upper center", ncols=2, fontsize=10)
    return figure


def species_bars(names, finetune, scratch):
    """Test accuracy of two networks on every species, the hardest on top.

    Parameters
    ----------
    names : list of str
    finetune, scratch : list of float
        Shares of each species' test pictures.

    Returns
    -------
    matplotlib.figure.Figure
    """
    order = sorted(range(len(names)), key=lambda i: (finetune[i] + scratch[i], names[i]))
    rows = np.arange(len(names))
    with style():
        figure = Figure(figsize=(WIDTH, 1.2 + 0.24 * len(names)))
        axes = figure.subplots()
        both = np.array([[scratch[i], finetune[i]] for i in order]) * 100
        axes.hlines(rows, both[:, 0], both[:, 1], color="0.75", linewidth=1.5)
        axes.plot(both[:, 1], rows, MARKERS[0], label="fine-tuned", clip_on=False)
        axes.plot(both[:, 0], rows, MARKERS[1], label="from scratch", clip_on=False)
        axes.set_yticks(rows, [names[i] for i in order])
        axes.set(xlabel="test pictures read right (%)", xlim=(0, 101), ylim=(len(names) - 0.5, -0.5))
        figure.legend(loc="outside upper center", ncols=2)
    return figure


def sheet(images, across, titles=None):
    """Pictures side by side.

    Parameters
    ----------
    images : (n, size, size, 3) uint8 ndarray
        RGB; n may be 0.
    across : int
        Pictures in a row.
    titles : sequence of str, optional
        Two lines above each picture.

    Returns
    -------
    matplotlib.figure.Figure
    """
    down = max(-(-len(images) // across), 1)
    side = WIDTH / across
    with style():
        figure = Figure(figsize=(WIDTH, down * (side + (0.34 if titles else 0))))
        figure.get_layout_engine().set(w_pad=0.01, h_pad=0.02, wspace=0.02, hspace=0.02)
        for i, axes in enumerate(figure.subplots(down, across, squeeze=False).flat):
            axes.axis("off")
            if i < len(images):
                axes.imshow(images[i])
                if titles:
                    axes.set_title(titles[i], fontsize=8.5, linespacing=1.0, pad=2)
        if not len(images):
            figure.text(0.5, 0.5, "none", ha="center", va="center")
    return figure
