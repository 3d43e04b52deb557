"""Figures of Q2 and Q3: gradient check, curves over epochs, learned weights, confusion."""

import numpy as np
from matplotlib.figure import Figure

from lib.figures.style import DASHES, MARKERS, style

WIDTH = 7.0  # inches


def gradient_errors(errors, mistakes, limit=1e-6):
    """Relative error of every array of parameters beside those of planted mistakes, on a logarithmic scale.

    Parameters
    ----------
    errors : dict of str to float
        By ``network.array``, such as ``classifier.W0``.
    mistakes : dict of str to float
        The largest relative error after each planted mistake.
    limit : float
        Above it a gradient counts as wrong.

    Returns
    -------
    matplotlib.figure.Figure
    """
    names = [*errors, *(f"mistake: {name}" for name in mistakes)]
    with style():
        figure = Figure(figsize=(WIDTH, 0.22 * len(names) + 1))
        axes = figure.subplots()
        rows = np.arange(len(names))
        right = len(errors)
        axes.plot(list(errors.values()), rows[:right], MARKERS[0], label="analytic gradient")
        axes.plot(list(mistakes.values()), rows[right:], MARKERS[1], label="with a planted mistake")
        axes.axvline(limit, color="0.4", linestyle=DASHES[1], linewidth=1.2, label=f"limit {limit:g}")
        axes.set_xscale("log")
        axes.set_yticks(rows, [name.replace(".", "  ") for name in names])
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.set_xlabel("largest relative error")
        axes.legend(loc="upper right")
    return figure


def curves(history):
    """Accuracy and loss over epochs, on the training and the validation set.

    Parameters
    ----------
    history : dict of str to list of float
        ``train_accuracy``, ``valid_accuracy`` (shares), ``train_loss``, ``valid_loss`` (nats), one value per epoch.

    Returns
    -------
    matplotlib.figure.Figure
    """
    with style():
        figure = Figure(figsize=(WIDTH, 3.0))
        left, right = figure.subplots(1, 2)
        _two_sets(left, [history], "accuracy", scale=100)
        _two_sets(right, [history], "loss")
        left.set(xlabel="epoch", ylabel="accuracy (%)")
        right.set(xlabel="epoch", ylabel="mean cross-entropy (nats)")
        right.set_ylim(bottom=0)
        left.legend(loc="lower right")
    return figure


def learning_rates(runs):
    """Accuracy (above) and loss (below) over epochs, a column for each learning rate, on shared axes.

    Parameters
    ----------
    runs : dict of float to list of dict
        By learning rate, the history (as for `curves`) of every seed. The mean is drawn, and a band from the lowest to
        the highest.

    Returns
    -------
    matplotlib.figure.Figure
    """
    with style():
        figure = Figure(figsize=(WIDTH, 4.6))
        grid = figure.subplots(2, len(runs), sharex=True, sharey="row", squeeze=False)
        for (above, below), (rate, histories) in zip(grid.T, sorted(runs.items()), strict=True):
            _two_sets(above, histories, "accuracy", scale=100)
            _two_sets(below, histories, "loss")
            above.set_title(f"learning rate {rate:g}", fontsize=11)
            below.set_xlabel("epoch")
        grid[0, 0].set_ylabel("accuracy (%)")
        grid[1, 0].set_ylabel("mean cross-entropy (nats)")
        grid[1, 0].set_ylim(bottom=0)
        grid[0, 0].legend(loc="lower right", fontsize=10)
    return figure


def first_layer(before, after):
    """Weights of every hidden unit as an image, before and after training, in two grids.

    Parameters
    ----------
    before, after : (units, height, width) float ndarray

    Returns
    -------
    matplotlib.figure.Figure
    """
    from mpl_toolkits.axes_grid1 import ImageGrid

    columns = int(np.ceil(np.sqrt(len(before))))
    rows = -(-len(before) // columns)
    with style():
        # ImageGrid places its axes itself, which the constrained layout would undo.
        figure = Figure(figsize=(WIDTH, 3.9), layout="none")
        for place, title, images in (
            ((0.01, 0.13, 0.48, 0.8), "before training", before),
            ((0.51, 0.13, 0.48, 0.8), "after training", after),
        ):
            grid = ImageGrid(
                figure,
                place,
                (rows, columns),
                axes_pad=0.02,
                cbar_mode="single",
                cbar_location="bottom",
                cbar_size="3%",
            )
            limit = np.abs(images).max()
            for axes in grid:
                axes.set_axis_off()
            for axes, image in zip(grid, images, strict=False):
                shown = axes.imshow(image, cmap="gray", vmin=-limit, vmax=limit)
            bar = grid.cbar_axes[0].colorbar(shown)
            bar.set_ticks([-limit, 0, limit], labels=[f"{-limit:.2f}", "0", f"{limit:.2f}"])
            figure.text(place[0] + place[2] / 2, 0.95, title, ha="center")
    return figure


def confusion(counts, classes):
    """Confusion matrix with class names; mistakes are coloured, zeros are left empty.

    Parameters
    ----------
    counts : (classes, classes) int ndarray
        True classes in rows, predicted in columns.
    classes : list of str

    Returns
    -------
    matplotlib.figure.Figure
    """
    mistakes = counts.astype(float)
    np.fill_diagonal(mistakes, 0)
    with style():
        figure = Figure(figsize=(WIDTH, WIDTH))
        axes = figure.subplots()
        shown = axes.imshow(np.ma.masked_equal(mistakes, 0), cmap="viridis_r", vmin=0)
        size = 6.5 if len(classes) > 20 else 9
        for i, j in zip(*np.nonzero(counts), strict=True):
            light = i != j and mistakes[i, j] > 0.5 * mistakes.max()
            axes.text(j, i, counts[i, j], ha="center", va="center", size=size, color="white" if light else "black")
        ticks = np.arange(len(classes))
        axes.set_xticks(ticks, classes, fontsize=9)
        axes.set_yticks(ticks, classes, fontsize=9)
        axes.tick_params(length=0)
        axes.set_xticks(ticks[:-1] + 0.5, minor=True)
        axes.set_yticks(ticks[:-1] + 0.5, minor=True)
        axes.grid(False)
        axes.grid(which="minor", linewidth=0.5)
        axes.tick_params(which="minor", length=0)
        axes.set(xlabel="read as", ylabel="true class")
        figure.colorbar(shown, ax=axes, label="mistaken images", fraction=0.04, pad=0.01)
    return figure


def confused_pairs(rows, per_class, each=8):
    """Table of the most confused pairs: the counts, and images that were mistaken.

    Parameters
    ----------
    rows : list of (first, second, images, images)
        Names of two classes, then images (n, height, width) of the first that were read as the second, and of the
        second that were read as the first; most confused pair on top.
    per_class : int
        Test images of each class, which the counts are out of.
    each : int
        Images shown at most for each direction.

    Returns
    -------
    matplotlib.figure.Figure
    """
    with style():
        figure = Figure(figsize=(WIDTH, 0.42 * len(rows) + 0.55))
        axes = figure.subplots()
        axes.set_axis_off()
        axes.set(xlim=(0, 3.6 + 2 * (each + 2.2)), ylim=(len(rows) + 0.1, -1.0), aspect="equal")
        axes.text(0.6, -0.6, "pair", ha="center", va="center")
        axes.text(2.5, -0.6, f"of {2 * per_class}", ha="center", va="center")
        starts = (3.8, 3.8 + each + 2.2)
        axes.text(starts[0], -0.6, "first read as second", va="center")
        axes.text(starts[1], -0.6, "second read as first", va="center")
        for row, (first, second, *mistaken) in enumerate(rows):
            axes.text(0.6, row, f"{first}  {second}", ha="center", va="center", weight="bold")
            axes.text(2.5, row, sum(map(len, mistaken)), ha="center", va="center")
            for start, images in zip(starts, mistaken, strict=True):
                axes.text(start + 0.4, row, len(images), ha="center", va="center")
                for place, image in enumerate(images[:each]):
                    x = start + 1 + place
                    axes.imshow(image, cmap="gray", vmin=0, vmax=1, extent=(x, x + 0.94, row + 0.47, row - 0.47))
        axes.set(xlim=(0, 3.6 + 2 * (each + 2.2)), ylim=(len(rows) - 0.4, -1.0))  # imshow has moved them
    return figure


def _two_sets(axes, histories, name, scale=1):
    """Training and validation curve of one quantity: the mean over runs, and a band from lowest to highest."""
    for split, label, dash in (("train", "training", DASHES[1]), ("valid", "validation", DASHES[0])):
        values = scale * np.array([history[f"{split}_{name}"] for history in histories])
        epochs = np.arange(1, values.shape[1] + 1)
        (line,) = axes.plot(epochs, values.mean(axis=0), dash, label=label)
        if len(values) > 1:
            axes.fill_between(
                epochs, values.min(axis=0), values.max(axis=0), color=line.get_color(), alpha=0.25, linewidth=0
            )
