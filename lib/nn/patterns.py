"""Patterns in the first layer's weights (Q3.1.3) as numbers: smoothness, border and size."""

import numpy as np
from numpy.typing import NDArray


def unit_images(W: NDArray) -> NDArray:
    """Weights into each hidden unit as a square image; (side * side, units) to (units, side, side)."""
    side = round(len(W) ** 0.5)
    return W.T.reshape(-1, side, side)


def neighbour_correlation(images: NDArray) -> float:
    """Correlation of neighbouring pixels: 0 for noise, towards 1 for smooth shapes.

    Parameters
    ----------
    images : (n, height, width) float ndarray

    Returns
    -------
    float
        Of horizontal and vertical neighbours, over all images together.

    Examples
    --------
    >>> ramp = np.add.outer(np.arange(9.0), np.arange(9.0))[None]
    >>> round(neighbour_correlation(ramp), 3)
    0.959
    """
    centred = images - images.mean(axis=(1, 2), keepdims=True)
    pairs = [(centred[:, :, :-1], centred[:, :, 1:]), (centred[:, :-1], centred[:, 1:])]
    together = sum((a * b).sum() for a, b in pairs)
    return float(together / np.sqrt(sum((a * a).sum() for a, _ in pairs) * sum((b * b).sum() for _, b in pairs)))


def border_share(images: NDArray, border: int) -> float:
    """Root mean square of the pixels in a border, relative to that of the pixels inside it.

    Parameters
    ----------
    images : (n, height, width) float ndarray
    border : int
        Its width in pixels.

    Examples
    --------
    >>> border_share(np.pad(np.full((1, 4, 4), 2.0), ((0, 0), (1, 1), (1, 1)), constant_values=1.0), 1)
    0.5
    """
    inside = images[:, border:-border, border:-border]
    total, inner = (images**2).sum(), (inside**2).sum()
    outer = np.sqrt(max(total - inner, 0) / (images.size - inside.size))
    return float(outer / np.sqrt(inner / inside.size))
