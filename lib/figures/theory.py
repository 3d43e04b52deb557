"""Q1.6: sigmoid and tanh, their derivatives, and what products of derivatives do over depth."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from lib.figures.style import COLUMN, DASHES, MARKERS, plain_powers, style
from lib.nn.activations import ACTIVATIONS

CROSSING = float(np.arccosh(1 + np.sqrt(3)))  # where tanh'(x) = 4 sigmoid'(2x) falls below sigmoid'(x)


def derivatives(limit=6.0):
    """Sigmoid and tanh beside their derivatives.

    Parameters
    ----------
    limit : float
        The plots span ``[-limit, limit]``.

    Returns
    -------
    matplotlib.figure.Figure
        Left the functions, right their derivatives with the two points where they cross.
    """
    x = np.linspace(-limit, limit, 601)
    with style():
        figure = Figure(figsize=(COLUMN, 1.9))
        values, slopes = figure.subplots(1, 2)
        for name, dash in zip(("sigmoid", "tanh"), DASHES, strict=False):
            value = ACTIVATIONS[name].function(x)
            values.plot(x, value, dash, label=name)
            slopes.plot(x, ACTIVATIONS[name].derivative(value), dash)
        for side in (-CROSSING, CROSSING):
            slopes.axvline(side, color="0.35", linestyle=":", linewidth=1)
        values.set(xlabel="x", ylabel="value")
        slopes.set(xlabel="x", ylabel="derivative", yticks=[0, 0.25, 0.5, 0.75, 1])
        values.legend(loc="upper left", frameon=False, borderaxespad=0)
    return figure


def depth(norms):
    """The norm of the backpropagated gradient over the layers it has crossed.

    Parameters
    ----------
    norms : dict of str to (networks, layers) float ndarray
        For each activation the norm at every layer divided by that at the last one, the last layer first, so that
        column n has crossed n layers; one row per randomly initialised network.

    Returns
    -------
    matplotlib.figure.Figure
        Logarithmic curves (geometric mean, band from smallest to largest network), with the bound 4**-n.
    """
    with style():
        figure = Figure(figsize=(COLUMN, 2.1))
        axes = figure.subplots()
        for (name, norm), marker in zip(norms.items(), MARKERS, strict=False):
            crossed = np.arange(norm.shape[1])
            (curve,) = axes.semilogy(crossed, np.exp(np.log(norm).mean(axis=0)), marker=marker, ms=3.5, label=name)
            axes.fill_between(crossed, norm.min(axis=0), norm.max(axis=0), color=curve.get_color(), alpha=0.2, lw=0)
        axes.semilogy(crossed, 0.25**crossed, "--", color="0.35", lw=1, label="4⁻ⁿ")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        plain_powers(axes.yaxis)
        axes.set(xlabel="layers crossed, n", ylabel="gradient norm\n(relative)", xlim=(-0.3, crossed[-1] + 0.3))
        axes.legend(frameon=False)
    return figure
