"""Figures of Q2 and Q3: gradient check, curves over epochs, learned weights, confusion."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from lib.data import datasets
from lib.figures.style import (
    COLUMN,
    DASHES,
    LETTERS,
    MARKERS,
    PAGE,
    PAGE_TYPE,
    SHADES,
    board,
    count_epochs,
    lay,
    plain_powers,
    style,
)
from lib.nn.confusion import confusion_matrix
from lib.nn.patterns import unit_images
from lib.nn.training import by_learning_rate

History = Mapping[str, NDArray | Sequence[float]]


def gradient_errors(check: Mapping[str, float], limit: float = 1e-6) -> Figure:
    """Relative errors of the analytic gradient, on a logarithmic scale (`Q2.5.1/gradient_check`).

    Parameters
    ----------
    check : dict of str to float
        ``q2.gradcheck.<network>.<array>``, the error of each array of parameters, and
        ``q2.gradcheck_mistake.<mistake>``, the error found for each planted mistake; other numbers are ignored.
    limit : float
        Above it a gradient counts as wrong.
    """
    groups: dict[str, dict[str, float]] = {}
    for key, error in check.items():
        if key.startswith("q2.gradcheck."):
            network, array = key.split(".")[2:]
            groups.setdefault(network, {})[array] = error
    mistakes = {key.split(".")[2]: error for key, error in check.items() if key.startswith("q2.gradcheck_mistake.")}
    if mistakes:
        groups["planted\nmistakes"] = mistakes
    with style():
        figure = Figure(figsize=(COLUMN, 2.4))
        axes = figure.subplots()
        axes.set_yscale("log")
        plain_powers(axes.yaxis)
        start = 0
        places: list[int] = []
        names: list[str] = []
        for group, found in groups.items():
            at = np.arange(start, start + len(found))
            kind = 1 if found is mistakes else 0
            axes.plot(at, np.maximum(list(found.values()), 1e-17), f"C{kind}{MARKERS[kind]}")  # 0 has no logarithm
            axes.annotate(
                group,
                (at.mean(), 1),
                xycoords=axes.get_xaxis_transform(),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                va="bottom",
                linespacing=1.0,
            )
            places += at.tolist()
            names += found
            start = at[-1] + 2
            axes.axvline(at[-1] + 1, color="0.8", linewidth=0.8, visible=group != list(groups)[-1])
        axes.axhline(limit, color="0.4", linestyle=DASHES[1], linewidth=1)
        axes.annotate(f"limit {limit:g}", (-0.5, limit), xytext=(0, 3), textcoords="offset points", color="0.25")
        axes.set_xticks(places, names, rotation=90)
        axes.grid(False, axis="x")
        axes.set(ylabel="largest relative error", xlim=(-0.7, max(start - 1.3, 0.7)))
    return figure


def curves(history: History) -> Figure:
    """Accuracy and loss over epochs, on the training and the validation set.

    Figures `Q3.1.1/curves`, `Q7.1.1/curves`, `Q7.1.2/curves`, `Q7.1.3/curves` and `Q7.1.4/curves`.

    Parameters
    ----------
    history : dict of str to list of float
        ``train_accuracy``, ``valid_accuracy`` (shares), ``train_loss``, ``valid_loss`` (nats), one value per epoch.
    """
    with style():
        figure = Figure(figsize=(COLUMN, 2.0))
        left, right = figure.subplots(1, 2)
        _two_sets(left, [history], "accuracy", scale=100)
        _two_sets(right, [history], "loss")
        left.set(ylabel="accuracy (%)")
        right.set(ylabel="cross-entropy (nats)")
        right.set_ylim(bottom=0)
        left.legend(loc="lower right")
    return figure


def learning_rates(fits: Iterable[Mapping[str, NDArray]]) -> Figure:
    """Accuracy and loss over epochs, a column for each learning rate, on shared axes (`Q3.1.2/learning_rates`).

    Parameters
    ----------
    fits : iterable of dict
        Of each network its ``learning_rate`` and its history, as for `curves`. The mean over the networks of one rate
        is drawn, and a band from the lowest to the highest.
    """
    runs = by_learning_rate(fits)
    with style():
        figure = Figure(figsize=(COLUMN if len(runs) < 4 else PAGE, 3.1))
        grid = figure.subplots(2, len(runs), sharex=True, sharey="row", squeeze=False)
        for (above, below), (rate, histories) in zip(grid.T, sorted(runs.items()), strict=True):
            _two_sets(above, histories, "accuracy", scale=100)
            _two_sets(below, histories, "loss")
            above.set_title(f"learning rate {rate:g}")
            above.label_outer()
        grid[0, 0].set_ylabel("accuracy (%)")
        grid[1, 0].set_ylabel("cross-entropy\n(nats)")
        losses = np.concatenate([np.ravel(line.get_ydata()) for axes in grid[1] for line in axes.lines])
        if np.nanmax(losses, initial=0) > 30 * np.nanmin(losses, initial=np.inf):  # one rate made it explode
            grid[1, 0].set_yscale("log")
            plain_powers(grid[1, 0].yaxis)
        else:
            grid[1, 0].set_ylim(bottom=0)
        grid[0, 0].legend(loc="lower right", borderaxespad=0.2)
    return figure


def first_layer(weights: Mapping[str, NDArray]) -> Figure:
    """Weights of every hidden unit as an image, before and after training, in two grids (`Q3.1.3/first_layer`).

    Parameters
    ----------
    weights : dict of str to (pixels, units) float ndarray
        ``W0_before`` and ``W0``.
    """
    before, after = (unit_images(weights[name]) for name in ("W0_before", "W0"))
    with style():
        figure = Figure(figsize=(COLUMN, 2.85))
        for axes, title, images in zip(
            figure.subplots(1, 2), ("before training", "after training"), (before, after), strict=True
        ):
            limit = np.abs(images).max(initial=0) or 1.0
            shown = axes.imshow(_tiles(images), cmap="gray", vmin=-limit, vmax=limit)
            axes.set_axis_off()
            axes.set_title(title)
            bar = figure.colorbar(shown, ax=axes, orientation="horizontal", fraction=0.04, pad=0.02, aspect=30)
            bar.set_ticks([-limit, 0, limit], labels=[f"{-limit:.2f}", "0", f"{limit:.2f}"])
    return figure


def confusion(predictions: Mapping[str, NDArray]) -> Figure:
    """Confusion matrix: mistakes in colour, correct counts at the right (`Q3.1.4/confusion`, `Q7.1.4/confusion`).

    Parameters
    ----------
    predictions : dict of str to ndarray
        ``logits`` (n, classes), the true ``labels`` (n,) and the names of the ``classes``.
    """
    classes = predictions["classes"].tolist()
    n = len(classes)
    counts = confusion_matrix(predictions["logits"].argmax(axis=1), predictions["labels"], n)
    mistakes = np.ma.masked_equal(counts - np.diag(np.diag(counts)), 0)
    left, right, top, bottom = 0.55, 0.55, 0.3, 1.15  # inches around the matrix
    side = min(PAGE - left - right, max(2.0, 0.45 * n))
    cell = 72 * side / n  # points
    type_size = min(PAGE_TYPE, 0.95 * cell)
    with style():
        width, height = left + side + right, top + side + bottom
        figure = Figure(figsize=(width, height), layout="none")  # type: ignore[arg-type]
        axes = figure.add_axes((left / width, bottom / height, side / width, side / height))
        axes.imshow(np.where(np.eye(n), 0.88, np.nan), vmin=0, vmax=1)  # the diagonal in grey
        scale = Normalize(0, max(int(mistakes.max()) if mistakes.count() else 0, 1))
        axes.imshow(mistakes, cmap=SHADES, norm=scale)
        for i, j in zip(*np.nonzero(mistakes.filled(0)), strict=True):
            digits = str(counts[i, j])
            size = min(0.85 * type_size, cell / (0.64 * len(digits) + 0.2))
            axes.text(j, i, digits, ha="center", va="center_baseline", size=size)
        ticks = np.arange(n)
        axes.set_xticks(ticks, classes, fontsize=type_size, family=LETTERS)
        axes.set_yticks(ticks, classes, fontsize=type_size, family=LETTERS)
        for i in range(n):
            axes.text(n - 0.5 + 8 / cell, i, str(counts[i, i]), va="center_baseline", size=type_size)
        figure.text(0.995, 1 - (top - 0.06) / height, "correct", ha="right", size=PAGE_TYPE)
        axes.set_xticks(ticks[:-1] + 0.5, minor=True)
        axes.set_yticks(ticks[:-1] + 0.5, minor=True)
        axes.grid(False)
        axes.grid(which="minor", linewidth=0.5)
        axes.tick_params(which="both", length=0)
        axes.set_xlabel("read as", size=PAGE_TYPE)
        axes.set_ylabel("true class", size=PAGE_TYPE)
        beside = figure.add_axes((left / width, 0.45 / height, side / width, 0.12 / height))
        bar = figure.colorbar(ScalarMappable(scale, SHADES), beside, orientation="horizontal")
        bar.locator = MaxNLocator(integer=True, steps=(1, 2, 5, 10))
        bar.ax.tick_params(labelsize=PAGE_TYPE)
        bar.set_label("mistaken images", size=PAGE_TYPE, labelpad=1)
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


def _tiles(images: NDArray, rows: int | None = None, paper: float = np.nan) -> NDArray:
    """Images in a square, or in `rows` rows, each with a pixel of paper around it."""
    columns = -(-len(images) // rows) if rows else int(np.ceil(np.sqrt(len(images)))) or 1
    rows = rows or -(-len(images) // columns) or 1
    height, width = np.add(images.shape[1:], 2)
    tiles = np.full((rows * columns, height, width), paper)
    tiles[: len(images), 1:-1, 1:-1] = images
    return tiles.reshape(rows, columns, height, width).swapaxes(1, 2).reshape(rows * height, columns * width)


def _two_sets(axes: Axes, histories: Sequence[History], name: str, scale: float = 1) -> None:
    """Training and validation curve of one quantity: the mean over runs, and a band from lowest to highest."""
    for split, label, dash in (("train", "training", DASHES[1]), ("valid", "validation", DASHES[0])):
        values = scale * np.array([history[f"{split}_{name}"] for history in histories])
        epochs = np.arange(1, values.shape[1] + 1)
        marker = MARKERS[0] if len(epochs) == 1 else None  # a line needs two
        (line,) = axes.plot(epochs, values.mean(axis=0), dash, marker=marker, label=label)
        if len(values) > 1:
            axes.fill_between(
                epochs, values.min(axis=0), values.max(axis=0), color=line.get_color(), alpha=0.25, linewidth=0
            )
    count_epochs(axes)
