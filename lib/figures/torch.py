"""Figures of Q7.1 that lib.figures.training does not have already."""

import numpy as np
from matplotlib.figure import Figure

from lib.figures.style import COLUMN, SHADES, style


def table(accuracy, in_context, rows, columns):
    """Accuracies of classifiers on pages as a table, darker where more is right.

    Parameters
    ----------
    accuracy, in_context : (rows, columns) float ndarray
        Shares, shown in per cent; those of `in_context` in brackets below.
    rows, columns : sequence of str
        Names of the classifiers and of the pages.

    Returns
    -------
    matplotlib.figure.Figure
    """
    accuracy, in_context = np.asarray(accuracy), np.asarray(in_context)
    with style():
        figure = Figure(figsize=(max(COLUMN, 1 + 0.75 * len(columns)), 0.6 + 0.37 * len(rows)))
        axes = figure.subplots()
        axes.imshow(accuracy, vmin=min(0.8, accuracy.min(initial=1)), vmax=1, cmap=SHADES, aspect="auto")
        for (i, j), share in np.ndenumerate(accuracy):
            label = f"{100 * share:.1f}\n({100 * in_context[i, j]:.1f})"
            axes.text(j, i, label, ha="center", va="center", linespacing=1.1)
        axes.set_xticks(range(len(columns)), [_short(name) for name in columns])
        axes.set_yticks(range(len(rows)), rows)
        axes.set_title("letters read right (%), in brackets in context")
        axes.grid(False)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    return figure


def _short(name, most=11):
    """A page's name, in lines of so many characters."""
    return "\n".join(name[start : start + most] for start in range(0, len(name), most))
