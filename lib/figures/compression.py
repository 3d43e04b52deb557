"""Figures of Q5 and Q6: loss over epochs, images beside their reconstructions, PSNR by rank."""

import numpy as np
from matplotlib.figure import Figure

from lib.figures.style import DASHES, MARKERS, style

WIDTH = 7.0  # inches


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
        figure = Figure(figsize=(WIDTH, 3.0))
        axes = figure.subplots()
        epochs = np.arange(1, len(train) + 1)
        axes.plot(epochs, train, DASHES[1], label="training")
        axes.plot(epochs, valid, DASHES[0], label="validation")
        axes.set(xlabel="epoch", ylabel="squared error per image", ylim=(0, None))
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
    with style():
        figure = Figure(figsize=(WIDTH, 0.85 * len(rows) + 0.25))
        grid = figure.subplots(len(rows), len(names), squeeze=False)
        for line, (name, images) in zip(grid, rows.items(), strict=True):
            for axes, image in zip(line, images, strict=True):
                axes.imshow(image, vmin=0, vmax=1)
                axes.set(xticks=[], yticks=[])
                axes.grid(False)
                axes.spines[:].set_visible(False)
            line[0].set_ylabel(name, rotation=0, ha="right", va="center")
        for axes, name in zip(grid[0], names, strict=True):
            axes.set_title(name)
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
        figure = Figure(figsize=(WIDTH, 3.4))
        axes = figure.subplots()
        for (name, values), dash in zip(curves.items(), DASHES, strict=False):
            axes.plot(ranks, values, dash, label=name)
        for (name, (numbers, value)), marker in zip(points.items(), MARKERS, strict=False):
            axes.plot([numbers], [value], marker, markersize=9, label=name)
        axes.set_xscale("log", base=2)
        axes.set_xticks([2**power for power in range(9)], [str(2**power) for power in range(9)])
        axes.set(xlabel="numbers kept of an image", ylabel="mean PSNR (dB)")
        axes.legend()
    return figure
