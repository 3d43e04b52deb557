"""Figures of Q1.6: sigmoid and tanh, their derivatives, and the gradient over depth."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray
from scipy.stats import gmean

from lib.figures.style import DASHES, HALF, MARKERS, plain_powers, style
from lib.nn.activations import ACTIVATIONS

CROSSING = float(np.arccosh(1 + np.sqrt(3)))  # where tanh'(x) = 4 sigmoid'(2x) falls below sigmoid'(x)


def derivatives(limit: float = 6.0) -> Figure:
    """Sigmoid and tanh beside their derivatives (`Q1.6/derivatives`).

    Parameters
    ----------
    limit : float
        The plots span ``[-limit, limit]``; dotted lines mark where the derivatives cross.
    """
    x = np.linspace(-limit, limit, 601)
    with style():
        figure = Figure(figsize=(HALF, 1.9))
        values, slopes = figure.subplots(1, 2)
        for name, dash in zip(("sigmoid", "tanh"), DASHES, strict=False):
            value = ACTIVATIONS[name].function(x)
            values.plot(x, value, dash, label=name)
            slopes.plot(x, ACTIVATIONS[name].derivative(value), dash)
        for side in (-CROSSING, CROSSING):
            slopes.axvline(side, color="0.35", linestyle=":", linewidth=1)
        values.set(xlabel="x", title="value")
        slopes.set(xlabel="x", title="derivative", yticks=[0, 0.25, 0.5, 0.75, 1])
        figure.legend(loc="outside lower center", ncols=2, frameon=False, borderaxespad=0)
    return figure


def depth(norms: Mapping[str, NDArray]) -> Figure:
    """Norm of the backpropagated gradient over the layers it has crossed, with the bound 4**-n (`Q1.6/depth`).

    Parameters
    ----------
    norms : dict of str to (networks, layers) float ndarray
        For ``sigmoid`` and ``tanh`` the norm at every layer divided by that at the last one, the last layer first, so
        that column n has crossed n layers; one row per randomly initialised network. Curves are geometric means, bands
        reach from the smallest to the largest network.
    """
    with style():
        figure = Figure(figsize=(HALF, 1.9))
        axes = figure.subplots()
        for name, marker in zip(("sigmoid", "tanh"), MARKERS, strict=False):
            norm = norms[name]
            crossed = np.arange(norm.shape[1])
            (curve,) = axes.semilogy(crossed, gmean(norm), marker=marker, ms=3.5, label=name)
            axes.fill_between(crossed, norm.min(axis=0), norm.max(axis=0), color=curve.get_color(), alpha=0.2, lw=0)
        axes.semilogy(crossed, 0.25**crossed, "--", color="0.35", lw=1, label="4⁻ⁿ")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        plain_powers(axes.yaxis)
        axes.set(xlabel="layers crossed, n", ylabel="gradient norm\n(relative)", xlim=(-0.3, crossed[-1] + 0.3))
        axes.legend(frameon=False)
    return figure
