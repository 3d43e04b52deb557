"""How much real data drawn handwriting is worth."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from lib.figures.style import DASHES, HALF, MARKERS, style

LINES = {"real": "real writers alone", "drawn_then_real": "drawn, then real writers"}


def curve(people: Mapping[str, Any]) -> Figure:
    """Accuracy by the number of real writers, with drawn handwriting before them and without (`data/people_curve`).

    Parameters
    ----------
    people : dict
        From `lib.steps.people.tabulate`: ``curve`` holds ``writers``, and per cent by seed ``drawn`` and, by the number
        of writers, ``real`` and ``drawn_then_real``; nothing is drawn where it is None.
    """
    measured = people["curve"] or {"writers": [1], "drawn": [], "real": {}, "drawn_then_real": {}}
    writers = measured["writers"]
    with style():
        figure = Figure(figsize=(HALF, 2.6))
        axes = figure.subplots()
        for (name, label), marker, dash in zip(LINES.items(), MARKERS, DASHES, strict=False):
            each = np.array([measured[name].get(str(count), [np.nan]) for count in writers])  # (writers, seeds)
            (line,) = axes.plot(writers, each.mean(axis=1), marker=marker, linestyle=dash, label=label)
            axes.fill_between(writers, each.min(axis=1), each.max(axis=1), color=line.get_color(), alpha=0.2, lw=0)
        if measured["drawn"]:
            axes.axhline(np.mean(measured["drawn"]), color="0.4", linestyle=":", label="drawn alone")
        axes.set(xscale="log", xlabel="real writers", ylabel="test images read right, %")
        axes.set_xticks(writers, [str(count) for count in writers])
        axes.minorticks_off()
        axes.legend()
    return figure
