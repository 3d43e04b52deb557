"""Figures of Q7.1 that lib.figures.training does not have already."""

import numpy as np
from matplotlib.figure import Figure

from lib.figures.style import style


def table(accuracy, in_context, rows, columns):
    """Accuracies of classifiers on pages as a table in shades of grey.

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
        fig = Figure(figsize=(1.8 + 0.95 * len(columns), 0.9 + 0.62 * len(rows)))
        axes = fig.subplots()
        low = min(0.5, accuracy.min(initial=1))
        axes.imshow(accuracy, vmin=low, vmax=1.15, cmap="viridis", aspect="auto")
        for (i, j), share in np.ndenumerate(accuracy):
            colour = "white" if share < low + 0.6 * (1.15 - low) else "black"
            label = f"{100 * share:.1f}\n({100 * in_context[i, j]:.1f})"
            axes.text(j, i, label, ha="center", va="center", color=colour, fontsize=10, linespacing=1.1)
        axes.set_xticks(range(len(columns)), [name.replace("_", "_\n", 1) for name in columns])
        axes.set_yticks(range(len(rows)), rows)
        axes.set_title("letters read right (%), in brackets in context", fontsize=11)
        axes.grid(False)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    return fig
