"""Where finding and reading letters breaks (`Q4.1/limits`)."""

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

from lib.figures.style import DASHES, MARKERS, PAGE, style, wrapped

LINES = {"recall": "letters found", "precision": "boxes that are letters", "letters": "letters read right"}


def limits(limits: Mapping[str, Any], panels: int = 4) -> Figure:
    """Scores against the strength of the disturbances that cost most letters (`Q4.1/limits`).

    Parameters
    ----------
    limits : dict
        From `lib.steps.limits.by_strength`. A dotted line is the share of letters read right without disturbance.
    panels : int
        How many disturbances are shown.
    """
    disturbed = limits["disturbed"]
    shown = sorted(disturbed, key=lambda name: min(disturbed[name]["letters"]))[:panels]
    across = min(4, len(shown))
    down = -(-len(shown) // across)
    with style():
        figure = Figure(figsize=(PAGE, 0.5 + 1.75 * down))
        grid = figure.subplots(down, across, sharey=True, squeeze=False)
        for axes, name in zip(grid.flat, shown, strict=False):
            row = disturbed[name]
            at = range(len(row["strengths"]))
            axes.axhline(100 * limits["plain"]["letters"], color="0.4", linestyle=":", lw=1)
            for (measure, label), marker, dash in zip(LINES.items(), MARKERS, DASHES, strict=False):
                axes.plot(at, [100 * share for share in row[measure]], marker=marker, linestyle=dash, label=label)
            axes.set_title(name)
            axes.set_xlabel(wrapped(row["unit"], PAGE / across - 0.4), linespacing=1.0)
            axes.set_xticks(at, [f"{strength:g}" for strength in row["strengths"]])
            axes.set(xlim=(-0.3, len(at) - 0.7), ylim=(-5, 105))
        for axes in grid.flat[len(shown) :]:
            axes.set_axis_off()
        for axes in grid[:, 0]:
            axes.set_ylabel("%")
        handles, labels = grid[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), columnspacing=1.0)
    return figure
