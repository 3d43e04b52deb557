"""Figures of Q2 and Q3: gradient check, curves over epochs, learning rates, learned weights."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter
from mpl_toolkits.axes_grid1 import ImageGrid
from numpy.typing import NDArray

from lib.figures.style import COLUMN, DASHES, HALF, MARKERS, PAGE, count_epochs, plain_powers, style
from lib.nn.patterns import colour_limit, unit_images
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
        figure = Figure(figsize=(COLUMN, 2.0))
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
        figure = Figure(figsize=(HALF, 1.7))
        left, right = figure.subplots(1, 2)
        _two_sets(left, [history], "accuracy", scale=100, most=5)
        _two_sets(right, [history], "loss", most=5)
        left.set_title("accuracy (%)")
        right.set_title("loss (nats)")
        right.set_ylim(bottom=0)
        figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
    return figure


def hump(observed: Mapping[str, Sequence[float]]) -> Figure:
    """Loss at the end of each epoch and at its mean weights, beside gradient and saturation (`Q3.1.1/hump`).

    Parameters
    ----------
    observed : dict of str to list of float
        From `lib.steps.learning.observe`.
    """
    epochs = np.arange(1, len(observed["train_loss"]) + 1)
    panels = (
        ("loss (nats)", {"train_loss": "end of the epoch", "mean_weights_loss": "mean weights"}),
        ("norm, share", {"gradient_norm": "gradient norm", "saturation": "saturated"}),
    )
    with style():
        figure = Figure(figsize=(HALF, 1.6))
        for k, (axes, (name, lines)) in enumerate(zip(figure.subplots(1, 2), panels, strict=True)):
            for i, (key, label) in enumerate(lines.items()):
                marker = MARKERS[i] if len(epochs) == 1 else None  # a line needs two
                axes.plot(epochs, observed[key], DASHES[i], color=f"C{2 * k + i}", marker=marker, label=label)
            axes.set_title(name)
            axes.set_ylim(bottom=0)
            count_epochs(axes, most=5)
        figure.legend(loc="outside lower center", ncols=2, frameon=False)  # a column for each panel
    return figure


def sweep(rates: Sequence[Mapping[str, Any]]) -> Figure:
    """Accuracy, gradient norm and saturation over the learning rate (`Q3.1.2/sweep`).

    Parameters
    ----------
    rates : list of dict
        ``rates`` from `lib.steps.learning.tabulate_rates`. Rates at which every seed diverged are left out.
    """
    rows = [row for row in rates if row["valid_accuracy"]]
    at, asked = np.array([row["rate"] for row in rows]), np.array([row["asked"] for row in rows], bool)
    with style():
        figure = Figure(figsize=(PAGE, 1.8))
        left, middle, right = figure.subplots(1, 3)
        for i, (name, label) in enumerate((("train_accuracy", "training"), ("valid_accuracy", "validation"))):
            mean, low, high = (100 * np.array([row[name][end] for row in rows]) for end in ("mean", "low", "high"))
            _over_rates(left, at, mean, asked, i, label)
            left.fill_between(at, low, high, color=f"C{i}", alpha=0.25, linewidth=0)
        for axes, name, scale in ((middle, "gradient_norm", 1), (right, "saturation", 100)):
            for i, end in enumerate(("first", "last")):
                _over_rates(axes, at, scale * np.array([row[name][end] for row in rows]), asked, i + 2, f"{end} epoch")
        for axes, label in ((left, "accuracy (%)"), (middle, "gradient norm"), (right, "saturated outputs (%)")):
            axes.set(xscale="log", xlabel="learning rate", ylabel=label)
            axes.xaxis.set_major_locator(LogLocator(base=10, numticks=5))
            axes.xaxis.set_minor_formatter(NullFormatter())
            plain_powers(axes.xaxis)
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1), frameon=False, borderaxespad=0)
        middle.set_ylim(bottom=0)
    return figure


def _over_rates(axes: Axes, at: NDArray, values: NDArray, asked: NDArray, colour: int, label: str) -> None:
    """A line over the rates; markers of the asked ones are filled."""
    look: dict[str, Any] = {"color": f"C{colour}", "marker": MARKERS[colour]}
    axes.plot(at, values, DASHES[colour % 2], fillstyle="none", label=label, **look)
    axes.plot(at[asked], values[asked], linestyle="none", **look)


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
        figure = Figure(figsize=(PAGE, 2.15))
        grid = figure.subplots(2, len(runs), sharex=True, sharey="row", squeeze=False)
        for (above, below), (rate, histories) in zip(grid.T, sorted(runs.items()), strict=True):
            _two_sets(above, histories, "accuracy", scale=100)
            _two_sets(below, histories, "loss")
            above.set_title(f"learning rate {rate:g}" if len(runs) < 4 else f"{rate:g}")
            above.label_outer()
        grid[0, 0].set_ylabel("accuracy (%)")
        grid[1, 0].set_ylabel("loss (nats)")
        losses = np.concatenate([np.ravel(line.get_ydata()) for axes in grid[1] for line in axes.lines])
        if np.nanmax(losses, initial=0) > 30 * np.nanmin(losses, initial=np.inf):  # one rate made it explode
            grid[1, 0].set_yscale("log")
            plain_powers(grid[1, 0].yaxis)
        else:
            grid[1, 0].set_ylim(bottom=0)
        grid[0, 0].legend(loc="lower right", borderaxespad=0.2)
    return figure


def first_layer(weights: Mapping[str, NDArray], most: int = 64) -> Figure:
    """Weights of hidden units as images, before and after training, in two grids on one range (`Q3.1.3/first_layer`).

    Parameters
    ----------
    weights : dict of str to (pixels, units) float ndarray
        ``W0_before`` and ``W0``. Colours end at `lib.nn.patterns.colour_limit` of the latter.
    most : int
        Units shown, the first ones.
    """
    limit = colour_limit(weights["W0"])
    scale = Normalize(-limit, limit)
    gap, head, foot = 0.2, 0.19, 0.34  # inches
    side = (COLUMN - gap) / 2
    across = int(np.ceil(np.sqrt(min(weights["W0"].shape[1], most))))
    with style():
        width, height = COLUMN, head + side + foot
        figure = Figure(figsize=(width, height), layout="none")  # type: ignore[arg-type]
        for k, (title, name) in enumerate((("before training", "W0_before"), ("after training", "W0"))):
            images = unit_images(weights[name])[:most]
            place = (k * (side + gap) / width, foot / height, side / width, side / height)
            grid = ImageGrid(figure, place, nrows_ncols=(across, across), axes_pad=0.02)
            for axes, image in itertools.zip_longest(grid, images):
                axes.set_axis_off()
                if image is not None:
                    axes.imshow(image, cmap="gray", norm=scale)
            middle = (k * (side + gap) + side / 2) / width
            figure.text(middle, 1 - 0.5 * head / height, title, ha="center", va="center")
        beside = figure.add_axes((0.3, 0.22 / height, 0.4, 0.09 / height))
        bar = figure.colorbar(ScalarMappable(scale, "gray"), beside, orientation="horizontal", extend="both")
        bar.set_ticks([-limit, 0, limit], labels=[f"−{limit:.2g}", "0", f"{limit:.2g}"])
    return figure


def _two_sets(axes: Axes, histories: Sequence[History], name: str, scale: float = 1, most: int = 9) -> None:
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
    count_epochs(axes, most)
