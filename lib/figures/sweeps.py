"""A number over the values of settings."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from lib.figures.style import COLUMN, DASHES, MARKERS, style

MANY = 6  # lines that can be told apart


def by_setting(axis: str, values: Sequence[str], lines: Sequence[dict], label: str) -> Figure:
    """A number at each value of one setting, a line for each combination of the others.

    Parameters
    ----------
    axis : str
        Name of the setting.
    values : list of str
        Along the abscissa, one beside the other as they are written.
    lines : list of dict
        ``label``; ``y``, list of float, one for each value; ``low`` and ``high``, ends of the 95 % intervals, or None.
    label : str
        Of the ordinate.
    """
    with style():
        figure = Figure(figsize=(COLUMN, 3.0))
        axes = figure.subplots()
        for number, line in enumerate(lines):
            # Beside one another, or intervals hide each other.
            x = [place + 0.04 * (number - (len(lines) - 1) / 2) for place in range(len(values))]
            dash, marker = DASHES[number % len(DASHES)], MARKERS[number % len(MARKERS)]
            (drawn,) = axes.plot(x, line["y"], dash, marker=marker, label=line["label"])
            if line["low"] is not None:
                axes.vlines(x, line["low"], line["high"], color=drawn.get_color(), alpha=0.4)
        axes.set(xlabel=axis, ylabel=label, xticks=range(len(values)), xticklabels=values)
        if any(line["label"] for line in lines):
            axes.legend(fontsize="small", ncols=1 + (len(lines) > MANY))
    return figure
