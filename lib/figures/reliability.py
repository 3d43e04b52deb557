"""Figure of Q7.1.4: how sure the readers are, against how often they are right."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from lib.figures.style import COLUMN, MARKERS, style


def reliability(calibrations: Mapping[str, Any], titles: Sequence[tuple[str, str]]) -> Figure:
    """Share of letters that are right over their confidence, before calibration and after (`Q7.1.4/reliability`).

    Parameters
    ----------
    calibrations : dict
        By reader, from `lib.steps.calibration`.
    titles : sequence of (str, str)
        Ids of the readers and their titles.
    """
    with style():
        figure = Figure(figsize=(COLUMN, COLUMN / 2 + 0.3))
        for axes, when, title in zip(
            figure.subplots(1, 2, sharex=True, sharey=True),
            ("before", "after"),
            ("as they say", "calibrated"),
            strict=True,
        ):
            axes.plot([0, 1], [0, 1], color="0.6", linewidth=0.8)
            for (id, name), marker in zip(titles, MARKERS, strict=False):
                of_reader = calibrations[id][when]
                axes.plot(of_reader["confidence"], of_reader["right"], marker=marker, label=name)
            axes.set_title(title)
            axes.set_xlabel("confidence")
            axes.set_aspect("equal")
        figure.axes[0].set_ylabel("share right")
        figure.axes[1].legend(loc="upper left")
    return figure
