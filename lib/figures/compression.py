"""Figures of Q5 and Q6: loss and live units over epochs, images beside their reconstructions, PSNR, what is read."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lib.figures.style import COLUMN, DASHES, HALF, LETTERS, MARKERS, PAGE, TYPE, board, count_epochs, lay, style


def loss(history: Mapping[str, Sequence[float]]) -> Figure:
    """Squared error per image over epochs (`Q5.2/loss`).

    Parameters
    ----------
    history : dict of str to list of float
        ``train_loss`` and ``valid_loss``: mean over the images of the total squared error of an image, one value per
        epoch.
    """
    with style():
        figure = Figure(figsize=(HALF, 1.8))
        axes = figure.subplots()
        for split, label, dash in (("train", "training", DASHES[1]), ("valid", "validation", DASHES[0])):
            values = history[f"{split}_loss"]
            marker = MARKERS[0] if len(values) == 1 else None  # a line needs two points
            axes.plot(np.arange(1, len(values) + 1), values, dash, marker=marker, label=label)
        axes.set(ylabel="squared error per image", ylim=(0, None))
        count_epochs(axes)
        axes.legend()
    return figure


def live_units(live: Mapping[str, Mapping[str, Sequence[int]]], units: int) -> Figure:
    """Units of each hidden layer that any training image activates, over epochs (`Q5.2/live_units`).

    Parameters
    ----------
    live : dict of str to dict of str to list of int
        ``live`` from `lib.steps.compression.count_live`: by training, by layer, one number per epoch.
    units : int
        Of each layer.
    """
    with style():
        figure = Figure(figsize=(HALF, 1.8))
        grid = figure.subplots(1, len(live), sharey=True)
        for axes, name in zip(grid, sorted(live, reverse=True), strict=True):  # the recipe first
            for i, (layer, counts) in enumerate(live[name].items()):
                marker = MARKERS[i] if len(counts) == 1 else None  # a line needs two points
                axes.plot(np.arange(1, len(counts) + 1), counts, DASHES[i], marker=marker, label=f"layer {layer}")
            axes.set_title(name)
            count_epochs(axes, most=4)
        grid[0].set(ylabel="live units", ylim=(0, 1.05 * units))
        # Beside the axes, since the lines may run anywhere in them.
        layers = grid[0].get_legend_handles_labels()
        look = {"ncols": len(layers[0]), "columnspacing": 0.8, "handlelength": 2.0, "handletextpad": 0.4}
        figure.legend(*layers, loc="outside upper center", **look)
    return figure


def pairs(rows: Mapping[str, NDArray], names: Sequence[str]) -> Figure:
    """Images above their reconstructions, on one gray range (`Q5.3.1/reconstructions`, `Q6.2/reconstructions`).

    Parameters
    ----------
    rows : dict of str to (n, height, width) float ndarray
        By the label of the row, originals first.
    names : list of str
        Class of each of the n images.
    """
    label = 0.05 + 0.6 * TYPE / 72 * max((len(line) for row in rows for line in row.split("\n")), default=0)
    width = COLUMN if label + 0.3 * len(names) <= COLUMN else PAGE
    cell, head, gap = min(0.34, (width - label) / max(len(names), 1)), 0.22, 0.04
    with style():
        figure, axes = board(width, head + cell * len(rows))
        for column, name in enumerate(names):
            axes.text(label + (column + 0.5) * cell, head - 0.05, name, ha="center", va="bottom", family=LETTERS)
        for line, (row, images) in enumerate(rows.items()):
            top = head + line * cell
            axes.text(label - 0.07, top + cell / 2, row, ha="right", va="center")
            for column, image in enumerate(images):
                lay(axes, image, label + column * cell + gap / 2, top + gap / 2, cell - gap, cell - gap)
    return figure


def psnr_by_rank(
    ranks: Sequence[int], curves: Mapping[str, Sequence[float]], points: Mapping[str, tuple[int, float]]
) -> Figure:
    """Mean PSNR of PCA over the number of components, and other models as points (`Q6.3/psnr_by_rank`).

    Parameters
    ----------
    ranks : list of int
    curves : dict of str to list of float
        PSNR in dB at each rank, by label.
    points : dict of str to (int, float)
        Numbers per image and PSNR in dB of other models, by label.
    """
    with style():
        figure = Figure(figsize=(HALF, 3.0))
        axes = figure.subplots()
        for (name, values), dash in zip(curves.items(), DASHES, strict=False):
            axes.plot(ranks, values, dash, label=name)
        for (name, (numbers, value)), marker in zip(points.items(), MARKERS, strict=False):
            axes.plot([numbers], [value], marker, markersize=6, label=name)
        axes.set_xscale("log", base=2)
        axes.set_xticks([4**power for power in range(5)], [str(4**power) for power in range(5)])
        axes.set(xlabel="numbers kept of an image", ylabel="mean PSNR (dB)")
        # Beside the axes: a model's point may lie anywhere in them.
        figure.legend(loc="outside upper center", ncols=1)
    return figure


def reads(results: Mapping[str, float], reads: Mapping[str, float], titles: Mapping[str, Sequence[str]]) -> Figure:
    """Test images that are read, and the PSNR of their reconstructions, by model (`Q6.3/reads`).

    Parameters
    ----------
    results : dict of str to float
        From `lib.steps.compression.compare`.
    reads : dict of str to float
        From `lib.steps.compression.read_reconstructions`.
    titles : dict of str to (str, str)
        Of each kind of images its title, and the prefix of its numbers in `results`, empty if it has none.
    """
    order = sorted(titles, key=lambda name: reads[f"q6.reads.{name}"])
    with style():
        figure = Figure(figsize=(COLUMN, 0.7 + 0.22 * len(order)))
        left, right = figure.subplots(1, 2, sharey=True)
        for row, name in enumerate(order):
            share, low, high = (100 * reads[f"q6.reads.{name}{end}"] for end in ("", "_low", "_high"))
            left.hlines(row, low, high, color="C0")
            left.plot([share], [row], "C0o")
            key = f"{titles[name][1]}.clipped_test"
            if key in results:
                right.errorbar([results[key]], [row], xerr=1.96 * results[f"{key}_se"], fmt="C1s")
        left.set_yticks(range(len(order)), [titles[name][0] for name in order])
        left.set(xlabel="read by Q3's network (%)", ylim=(-0.6, len(order) - 0.4))
        right.set(xlabel="PSNR, clipped (dB)")
    return figure
