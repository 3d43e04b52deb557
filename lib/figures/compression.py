"""Figures of Q5 and Q6: loss over epochs, images beside their reconstructions, PSNR by rank."""

import numpy as np
from matplotlib.figure import Figure

from lib.figures.style import COLUMN, DASHES, LETTERS, MARKERS, TYPE, board, count_epochs, lay, style


def loss(train, valid):
    """Squared error per image over epochs.

    Parameters
    ----------
    train, valid : list of float
        Mean over the images of the total squared error of an image, one value per epoch.

    Returns
    -------
    matplotlib.figure.Figure
    """
    with style():
        figure = Figure(figsize=(COLUMN, 2.0))
        axes = figure.subplots()
        epochs = np.arange(1, len(train) + 1)
        marker = MARKERS[0] if len(epochs) == 1 else None  # a line needs two
        axes.plot(epochs, train, DASHES[1], marker=marker, label="training")
        axes.plot(epochs, valid, DASHES[0], marker=marker, label="validation")
        axes.set(ylabel="squared error per image", ylim=(0, None))
        count_epochs(axes)
        axes.legend()
    return figure


def pairs(rows, names):
    """Images above their reconstructions, one gray range for all.

    Parameters
    ----------
    rows : dict of str to (n, height, width) float ndarray
        Originals first, by what they are called.
    names : list of str
        Class of each of the n images.

    Returns
    -------
    matplotlib.figure.Figure
    """
    label = 0.05 + 0.6 * TYPE / 72 * max((len(line) for row in rows for line in row.split("\n")), default=0)
    cell, head, gap = min(0.6, (COLUMN - label) / max(len(names), 1)), 0.22, 0.04
    with style():
        figure, axes = board(COLUMN, head + cell * len(rows))
        for column, name in enumerate(names):
            axes.text(label + (column + 0.5) * cell, head - 0.05, name, ha="center", va="bottom", family=LETTERS)
        for line, (row, images) in enumerate(rows.items()):
            top = head + line * cell
            axes.text(label - 0.07, top + cell / 2, row, ha="right", va="center")
            for column, image in enumerate(images):
                lay(axes, image, label + column * cell + gap / 2, top + gap / 2, cell - gap, cell - gap)
    return figure


def psnr_by_rank(ranks, curves, points):
    """Mean PSNR of PCA over the number of components, and single models as points.

    Parameters
    ----------
    ranks : list of int
    curves : dict of str to list of float
        PSNR in dB at each rank, by what is called.
    points : dict of str to (int, float)
        Numbers per image and PSNR in dB of other models.

    Returns
    -------
    matplotlib.figure.Figure
    """
    with style():
        figure = Figure(figsize=(COLUMN, 2.4))
        axes = figure.subplots()
        for (name, values), dash in zip(curves.items(), DASHES, strict=False):
            axes.plot(ranks, values, dash, label=name)
        for (name, (numbers, value)), marker in zip(points.items(), MARKERS, strict=False):
            axes.plot([numbers], [value], marker, markersize=6, label=name)
        axes.set_xscale("log", base=2)
        axes.set_xticks([2**power for power in range(9)], [str(2**power) for power in range(9)])
        axes.set(xlabel="numbers kept of an image", ylabel="mean PSNR (dB)")
        axes.legend()
    return figure
