"""Figures of Q3.1.4 and Q7.1.4: confusion matrix, the pairs most often confused, mistakes beside training images."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lib.data import datasets
from lib.figures.style import COLUMN, LEAST, LETTERS, PAGE, SHADES, board, lay, style
from lib.nn.confusion import confusion_matrix

STEPS = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000)  # counts at which the colour changes
DIGIT = 0.64  # width of a digit, in type sizes


def confusion(predictions: Mapping[str, NDArray]) -> Figure:
    """Confusion matrix: mistakes in colour, correct counts at the right (`Q3.1.4/confusion`, `Q7.1.4/confusion`).

    Where two counts beside each other do not fit, the larger one stands in its cell; the other's colour says its size.

    Parameters
    ----------
    predictions : dict of str to ndarray
        ``logits`` (n, classes), the true ``labels`` (n,) and the names of the ``classes``.
    """
    classes = predictions["classes"].tolist()
    n = len(classes)
    counts = confusion_matrix(predictions["logits"].argmax(axis=1), predictions["labels"], n)
    wrong = counts - np.diag(np.diag(counts))
    left, right, top, bottom = 0.46, 0.5, 0.24, 0.86  # inches around the matrix
    side = min(PAGE - left - right, max(2.0, 0.125 * n))
    cell = 72 * side / n  # points
    beside = np.pad(wrong, ((0, 0), (1, 1)))
    with style():
        width, height = left + side + right, top + side + bottom
        figure = Figure(figsize=(width, height), layout="none")  # type: ignore[arg-type]
        axes = figure.add_axes((left / width, bottom / height, side / width, side / height))
        axes.imshow(np.where(np.eye(n), 0.88, np.nan), vmin=0, vmax=1)  # the diagonal in grey
        most = max(int(wrong.max(initial=0)), 1)
        bounds = [*(step for step in STEPS if step <= most), most + 1]
        scale = BoundaryNorm(bounds, SHADES.N)
        axes.imshow(np.ma.masked_equal(wrong, 0), cmap=SHADES, norm=scale)
        for i, j in zip(*np.nonzero(wrong), strict=True):
            count = wrong[i, j]
            if all(_fit(count, other, cell) or count > other for other in (beside[i, j], beside[i, j + 2])):
                axes.text(j, i, str(count), ha="center", va="center_baseline", size=LEAST)
        ticks = np.arange(n)
        axes.set_xticks(ticks, classes, fontsize=LEAST, family=LETTERS)
        axes.set_yticks(ticks, classes, fontsize=LEAST, family=LETTERS)
        for i in range(n):
            axes.text(n - 0.5 + 5 / cell, i, str(counts[i, i]), va="center_baseline", size=LEAST)
        figure.text(0.995, 1 - 0.03 / height, "correct", ha="right", va="top", size=LEAST)
        axes.set_xticks(ticks[:-1] + 0.5, minor=True)
        axes.set_yticks(ticks[:-1] + 0.5, minor=True)
        axes.grid(False)
        axes.grid(which="minor", linewidth=0.5)
        axes.tick_params(which="both", length=0, pad=2)
        axes.set_xlabel("read as", labelpad=2)
        axes.set_ylabel("true class", labelpad=6)
        below = figure.add_axes((left / width, 0.36 / height, side / width, 0.1 / height))
        bar = figure.colorbar(ScalarMappable(scale, SHADES), below, orientation="horizontal", spacing="uniform")
        bar.set_ticks(bounds[:-1], labels=[str(step) for step in bounds[:-1]])
        bar.ax.minorticks_off()
        bar.set_label("mistaken images, from this number on", labelpad=1)
    return figure


def confused_pairs(
    nist36: Mapping[str, NDArray],
    predictions: Mapping[str, NDArray],
    ranking: Sequence[Mapping],
    shown: int = 10,
    each: int = 8,
) -> Figure:
    """Table of the most confused pairs: counts, and images that were mistaken (`Q3.1.4/confused_pairs`).

    Parameters
    ----------
    nist36 : dataset
    predictions : dict of str to ndarray
        As for `confusion`, of the test images of `nist36`.
    ranking : list of dict
        The two class names of each ``pair``, most confused pair first.
    shown : int
        Number of pairs shown.
    each : int
        Images shown at most for each direction.
    """
    images, labels = datasets.split(nist36, "test")
    classes, predicted = predictions["classes"].tolist(), predictions["logits"].argmax(axis=1)
    per_class = int(np.bincount(labels).max())
    rows = ranking[:shown]
    first, number, head = 0.2, 0.62, 0.5  # inches: middles of two columns, height of the header
    starts = (0.98, 0.98 + (COLUMN - 0.98) / 2)
    cell = (COLUMN - starts[1] - 0.3) / each
    with style():
        figure, axes = board(COLUMN, head + 1.05 * cell * len(rows))
        line = head - 0.1
        axes.text(first, line, "pair", ha="center")
        axes.text(number, line, f"mistaken\nof {2 * per_class}", ha="center", linespacing=1.05)
        for start, text in zip(starts, ("first read as second", "second read as first"), strict=True):
            axes.text(start + 0.25, line, text)
        for row, entry in enumerate(rows):
            i, j = map(classes.index, entry["pair"])
            mistaken = [images[(labels == true) & (predicted == read)] for true, read in ((i, j), (j, i))]
            top = head + 1.05 * cell * row
            middle: dict[str, Any] = {"y": top + cell / 2, "va": "center_baseline"}
            axes.text(first, s=" ".join(entry["pair"]), ha="center", weight="bold", family=LETTERS, **middle)
            axes.text(number, s=str(sum(map(len, mistaken))), ha="center", **middle)
            for start, found in zip(starts, mistaken, strict=True):
                axes.text(start + 0.18, s=str(len(found)), ha="right", **middle)
                if len(found):
                    strip = _tiles(found[:each], rows=1, paper=1.0)
                    lay(axes, strip, start + 0.25, top, cell * min(len(found), each), cell)
    return figure


def mistakes(
    dataset: Mapping[str, NDArray],
    predictions: Mapping[str, NDArray],
    nearest: Mapping[str, NDArray],
    shown: int = 12,
    across: int = 12,
) -> Figure:
    """Misread test images above the nearest training images of two classes (`Q3.1.4/mistakes`, `Q7.1.4/mistakes`).

    Parameters
    ----------
    dataset : mapping
        See `lib.data.datasets`.
    predictions : mapping
        As for `confusion`, of its test images.
    nearest : mapping
        From `lib.steps.mistakes.look_up`.
    shown, across : int
        Mistakes in all, and side by side.
    """
    images, train = (datasets.split(dataset, name)[0] for name in ("test", "train"))
    classes, predicted = predictions["classes"], predictions["logits"].argmax(axis=1)
    which = [nearest[name][:shown] for name in ("test", "read", "true")]
    bands = [slice(start, start + across) for start in range(0, len(which[0]), across)]
    label, head, gap = 0.95, 0.2, 0.1  # inches
    cell = (PAGE - label) / across
    with style():
        figure, axes = board(PAGE, len(bands) * (head + 3 * cell + gap) if bands else 0.4)
        if not bands:
            axes.text(PAGE / 2, 0.2, "no test image is misread", ha="center", va="center")
        for band, part in enumerate(bands):
            top = band * (head + 3 * cell + gap) + head
            for column, i in enumerate(which[0][part]):
                names = f"{classes[predictions['labels'][i]]}→{classes[predicted[i]]}"
                middle = label + (column + 0.5) * cell
                axes.text(middle, top - 0.05, names, ha="center", size=LEAST, family=LETTERS)
            for row, (title, indices, among) in enumerate(
                zip(
                    ("misread", "nearest of\nclass read", "nearest of\nown class"),
                    which,
                    (images, train, train),
                    strict=True,
                )
            ):
                axes.text(label - 0.07, top + (row + 0.5) * cell, title, ha="right", va="center", size=LEAST)
                strip = _tiles(among[indices[part]], rows=1, paper=0.8)
                lay(axes, strip, label, top + row * cell, cell * len(indices[part]), cell)
    return figure


def _fit(count: int, other: int, cell: float) -> bool:
    """Whether two counts can stand in cells beside each other, `cell` points wide; zero is not written."""
    return not other or DIGIT * LEAST * (len(str(count)) + len(str(other))) / 2 <= cell - 1


def _tiles(images: NDArray, rows: int | None = None, paper: float = np.nan) -> NDArray:
    """Images in a square, or in `rows` rows, each with a pixel of paper around it."""
    columns = -(-len(images) // rows) if rows else int(np.ceil(np.sqrt(len(images)))) or 1
    rows = rows or -(-len(images) // columns) or 1
    height, width = np.add(images.shape[1:], 2)
    tiles = np.full((rows * columns, height, width), paper)
    tiles[: len(images), 1:-1, 1:-1] = images
    return tiles.reshape(rows, columns, height, width).swapaxes(1, 2).reshape(rows * height, columns * width)
