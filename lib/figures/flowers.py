"""Figures of Q7.2: curves of both networks, accuracy by species, sheets of pictures."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from lib.figures.style import DASHES, HALF, MARKERS, PAGE, TYPE, board, count_epochs, lay, style, wrapped


def curves(runs: Mapping[str, Mapping[str, ArrayLike]]) -> Figure:
    """Accuracy and loss by epoch of several networks, on training and validation pictures (`Q7.2.1/curves`).

    Parameters
    ----------
    runs : dict of str to mapping
        By network, ``train_accuracy``, ``valid_accuracy`` (shares), ``train_loss``, ``valid_loss`` (nats): arrays of
        one value per epoch, of any length.
    """
    longest = max((np.size(run["valid_loss"]) for run in runs.values()), default=0)
    step = max(1, longest // 6)
    with style():
        figure = Figure(figsize=(HALF, 3.2))
        above, below = figure.subplots(2, 1, sharex=True)
        for i, (name, run) in enumerate(runs.items()):
            for split, dash in (("train", DASHES[1]), ("valid", DASHES[0])):
                label = f"{name}, {'training' if split == 'train' else 'validation'}"
                epochs = np.arange(1, np.size(run[f"{split}_loss"]) + 1)
                # Markers at the same epochs of every curve: 10, 20, ...
                look = {"color": f"C{i}", "linestyle": dash, "marker": MARKERS[i], "markevery": (step - 1, step)}
                above.plot(epochs, 100 * np.asarray(run[f"{split}_accuracy"]), label=label, **look)
                below.plot(epochs, run[f"{split}_loss"], **look)
        above.set(ylabel="accuracy (%)", ylim=(0, 103))
        below.set(ylabel="loss (nats)")
        below.set_ylim(bottom=0)
        count_epochs(below)
        figure.legend(loc="outside lower center", ncols=1)
    return figure


def species(species: Mapping[str, Mapping[str, float]], most: int = 40) -> Figure:
    """Test accuracy of both networks on every species, the hardest on top (`Q7.2.1/species`).

    Parameters
    ----------
    species : dict of str to dict
        By class, such as ``01_daffodil``: ``finetune_accuracy`` and ``scratch_accuracy``, shares of its test pictures.
    most : int
        Species in a column.
    """
    names = [_readable(name) for name in species]
    finetune, scratch = ([found[f"{net}_accuracy"] for found in species.values()] for net in ("finetune", "scratch"))
    order = sorted(range(len(names)), key=lambda i: (finetune[i] + scratch[i], names[i]))
    parts = max(1, -(-len(names) // most))
    length = -(-len(names) // parts)
    with style():
        figure = Figure(figsize=(HALF if parts == 1 else PAGE, 0.75 + 0.145 * length))
        for part, axes in enumerate(figure.subplots(1, parts, squeeze=False)[0]):
            shown = order[part * length : (part + 1) * length]
            rows = np.arange(len(shown))
            both = np.array([[scratch[i], finetune[i]] for i in shown]).reshape(-1, 2) * 100
            axes.hlines(rows, both[:, 0], both[:, 1], color="0.75", linewidth=1.5)
            # A filled circle inside an open square: both show where they are equal.
            circle = {"markersize": 4.5, "label": "fine-tuned", "zorder": 4}
            square = {"markersize": 6.5, "label": "from scratch", "zorder": 3, "fillstyle": "none"}
            axes.plot(both[:, 1], rows, MARKERS[0], color="C0", clip_on=False, **circle)
            axes.plot(both[:, 0], rows, MARKERS[1], color="C1", clip_on=False, markeredgewidth=1.4, **square)
            axes.set_yticks(rows, [names[i] for i in shown])
            axes.set(xlim=(0, 101), ylim=(max(length, 1) - 0.5, -0.5))
        figure.supxlabel("test pictures recognised (%)", fontsize="medium")
        figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return figure


def mistakes(pictures: Mapping[str, NDArray], fit: Mapping[str, NDArray], most: int = 9) -> Figure:
    """Test pictures that a network gets wrong (`Q7.2.1/wrong_finetune`, `Q7.2.1/wrong_scratch`).

    Those by which its score for the predicted species exceeds that for the true one most come first.

    Parameters
    ----------
    pictures : mapping
        ``classes``, ``tst2`` (n, size, size, 3) uint8, ``tst2_labels`` (n,).
    fit : mapping
        ``test_logits`` (n, classes).
    most : int
        Pictures to show.
    """
    labels, logits = pictures["tst2_labels"], fit["test_logits"]
    names = [_readable(name) for name in pictures["classes"]]
    predicted = logits.argmax(axis=1)
    wrong = np.flatnonzero(predicted != labels)
    margin = logits[wrong, predicted[wrong]] - logits[wrong, labels[wrong]]
    wrong = wrong[np.argsort(-margin, kind="stable")][:most]
    titles = [f"{names[predicted[i]]}\n({names[labels[i]]})" for i in wrong]
    return sheet(pictures["tst2"][wrong], across=3, titles=titles, width=HALF)


def resolution(numbers: Mapping[str, float], small: Mapping[str, float]) -> Figure:
    """Test accuracy with its interval, at full resolution and on equally small pictures (`Q7.2.1/resolution`).

    Parameters
    ----------
    numbers, small : dict of str to float
        From `lib.steps.flowers.compare` and `compare_small`.
    """
    size = small["q7.2.small.size"]
    rows = [("fine-tuned", numbers, "q7.2.finetune")]
    rows += [
        (f"{name},\n{size} pixels", small, f"q7.2.small.{key}")
        for name, key in (("fine-tuned", "pretrained"), ("from scratch", "scratch"), ("random weights", "random"))
    ]
    with style():
        figure = Figure(figsize=(HALF, 1.9))
        axes = figure.subplots()
        for row, (_, found, key) in enumerate(rows):
            share, low, high = (100 * found[f"{key}_test_accuracy{end}"] for end in ("", "_low", "_high"))
            axes.hlines(row, low, high, color="C0")
            axes.plot([share], [row], "C0o")
        axes.set_yticks(range(len(rows)), [title for title, _, _ in rows])
        axes.set(xlabel="test accuracy (%)", xlim=(0, 101), ylim=(len(rows) - 0.5, -0.5))
    return figure


def sheet(images: NDArray, across: int, titles: Sequence[str] | None = None, width: float = PAGE) -> Figure:
    """Pictures side by side.

    Parameters
    ----------
    images : (n, size, size, 3) uint8 ndarray
        RGB; n may be 0.
    across : int
        Pictures in a row.
    titles : sequence of str, optional
        Above each picture, wrapped to its width.
    width : float
        Of the figure, inches.
    """
    cell, gap = width / across, 0.05
    line = 1.2 * TYPE / 72
    titles = [_wrapped_lines(title, cell - gap) for title in titles] if titles is not None else None
    rows = [range(start, min(start + across, len(images))) for start in range(0, len(images), across)]
    heads = [max(titles[i].count("\n") + 1 for i in row) * line + 0.08 if titles else 0 for row in rows]
    with style():
        if not len(images):
            figure, axes = board(width, 0.5)
            message = "no pictures" if titles is None else "no picture was mistaken"
            axes.text(width / 2, 0.25, message, ha="center", va="center")
            return figure
        figure, axes = board(width, sum(heads) + len(rows) * cell)
        top = 0.0
        for row, head in zip(rows, heads, strict=True):
            for place, i in enumerate(row):
                left = place * cell + gap / 2
                lay(axes, images[i], left, top + head, cell - gap, cell - gap)
                if titles:
                    middle, above = left + (cell - gap) / 2, top + head - 0.04
                    axes.text(middle, above, titles[i], ha="center", va="bottom", size=TYPE, linespacing=1.0)
            top += head + cell
    return figure


def _wrapped_lines(title, width):
    return "\n".join(wrapped(line, width, TYPE) for line in title.split("\n"))


def _readable(name):
    """A species' name from its folder's: ``lily of the valley`` from ``03_lily_of_the_valley``."""
    return str(name).split("_", 1)[-1].replace("_", " ")
