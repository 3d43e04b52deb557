"""Where finding and reading letters breaks (`Q4.1/limits`), and where other readers do (`Q4.4/others`)."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lib.figures.style import DASHES, MARKERS, PAGE, style, wrapped

LINES = {
    "recall": "letters found",
    "precision": "boxes that are letters",
    "letters": "read right",
    "judged": "read right, judged",
}
READERS = ("CNN", "CNN, judged", "Tesseract", "RapidOCR", "EasyOCR")
Lines = Mapping[str, NDArray]  # shares at each strength by label


def limits(limits: Mapping[str, Any], panels: int = 6) -> Figure:
    """Scores against the strength of the disturbances that cost most letters on average (`Q4.1/limits`).

    Parameters
    ----------
    limits : dict
        From `lib.steps.limits.by_strength`. A dotted line is the share of letters read right without disturbance.
    panels : int
        How many disturbances are shown.
    """
    disturbed = limits["disturbed"]
    lines = {}
    for name, row in disturbed.items():
        scores = {measure: np.array(row[measure], float) for measure in LINES}
        # Where nothing was found no box is wrong, nor right.
        scores["precision"][(scores["recall"] == 0) & (scores["precision"] == 1)] = np.nan
        lines[name] = {label: scores[measure] for measure, label in LINES.items()}
    shown = sorted(disturbed, key=lambda name: np.mean(disturbed[name]["letters"]))[:panels]
    return _multiples({name: lines[name] for name in shown}, disturbed, limits["plain"]["letters"])


def readers(measured: Path, panels: int = 12) -> Figure:
    """Letters that each of `READERS` reads right, where they differ most (`Q4.4/others`).

    Parameters
    ----------
    measured : Path
        benchmarks/reader.json.
    panels : int
        How many disturbances are shown.
    """
    results = json.loads(measured.read_text(encoding="utf-8"))
    found = {name: results[name]["drawn"]["disturbed"] for name in READERS if name in results}
    disturbed = next(iter(found.values()))
    lines = {kind: {name: np.array(rows[kind]["letters"]) for name, rows in found.items()} for kind in disturbed}
    shown = sorted(lines, key=lambda kind: -np.ptp([*lines[kind].values()], axis=0).max())[:panels]
    return _multiples({kind: lines[kind] for kind in shown}, disturbed)


def _multiples(panels: Mapping[str, Lines], disturbed: Mapping[str, Any], plain: float | None = None) -> Figure:
    """A panel for each disturbance, and in it a line for each label, in per cent; a dotted one for a plain page."""
    across = min(3, len(panels))
    down = -(-len(panels) // across)
    with style():
        figure = Figure(figsize=(PAGE, 0.4 + 1.35 * down))
        grid = figure.subplots(down, across, sharey=True, squeeze=False)
        for axes, (name, lines) in zip(grid.flat, panels.items(), strict=False):
            unit, strengths = disturbed[name]["unit"], disturbed[name]["strengths"]
            at = range(len(strengths))
            if plain is not None:
                axes.axhline(100 * plain, color="0.4", linestyle=":", lw=1)
            for number, (label, shares) in enumerate(lines.items()):
                look: dict[str, Any] = {"marker": MARKERS[number % 6], "linestyle": DASHES[number % 4]}
                axes.plot(at, 100 * shares, label=label, **look)
            axes.set_title(name)
            axes.set_xlabel(wrapped(unit, PAGE / across - 0.4), linespacing=1.0)
            axes.set_xticks(at, [f"{strength:g}" for strength in strengths])
            axes.set(xlim=(-0.3, len(at) - 0.7), ylim=(-5, 105))
        for axes in grid.flat[len(panels) :]:
            axes.set_axis_off()
        for axes in grid[:, 0]:
            axes.set_ylabel("%")
        handles, labels = grid[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=min(5, len(labels)), columnspacing=1.0)
    return figure
