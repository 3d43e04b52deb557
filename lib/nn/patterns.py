"""Patterns in the first layer's weights (Q3.1.3) as numbers: smoothness, border, reach, likeness to letters."""

import numpy as np
from numpy.typing import NDArray

LEAST = 1e-300  # instead of a sum of squares of nothing but zeros, by which nothing can be divided


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
    return _correlation(pairs)


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
    return float(outer / np.sqrt(max(inner, LEAST) / inside.size))


def reach(images: NDArray) -> float:
    """Distance in pixels at which the correlation of two pixels has fallen to 1/2: how large the shapes are.

    Parameters
    ----------
    images : (n, side, side) float ndarray

    Returns
    -------
    float
        Along rows and columns, over all images together, between whole pixels by interpolation: 1/2 for noise, the
        side where it never falls so far.

    Examples
    --------
    >>> round(reach(np.random.default_rng(0).normal(size=(20, 32, 32))), 1)
    0.5
    """
    centred = images - images.mean(axis=(1, 2), keepdims=True)
    side, before = images.shape[1], 1.0
    for lag in range(1, side // 2):
        pairs = [(centred[:, :, :-lag], centred[:, :, lag:]), (centred[:, :-lag], centred[:, lag:])]
        now = _correlation(pairs)
        if now <= 0.5:
            return lag - 1 + (before - 0.5) / (before - now)
        before = now
    return float(side)


def letter_likeness(units: NDArray, letters: NDArray) -> NDArray:
    """How far each unit's weights look like a whole letter: the largest correlation, of either sign, with any of them.

    Parameters
    ----------
    units : (n, side, side) float ndarray
    letters : (classes, side, side) float ndarray
        The mean image of each class.

    Returns
    -------
    (n,) float64 ndarray
        In [0, 1].
    """
    rows = units.reshape(len(units), -1)
    differences = letters.reshape(len(letters), -1) - letters.mean(axis=0).ravel()
    rows, differences = (a - a.mean(axis=1, keepdims=True) for a in (rows, differences))
    lengths = np.outer(np.linalg.norm(rows, axis=1), np.linalg.norm(differences, axis=1))
    return np.abs(rows @ differences.T / np.maximum(lengths, LEAST)).max(axis=1)


def colour_limit(W: NDArray, percentile: float = 99.0) -> float:
    """The size of weights at which a figure's colours end: a few outliers leave no contrast to the others."""
    return float(np.percentile(np.abs(W), percentile)) or 1.0


def positive_share(images: NDArray) -> float:
    """Share of the squared pixels that is of positive ones; 0 where all are zero."""
    return float((images.clip(0) ** 2).sum() / max((images**2).sum(), LEAST))


def _correlation(pairs: list[tuple[NDArray, NDArray]]) -> float:
    """Of pairs of arrays taken together, about zero."""
    sizes = sum((a * a).sum() for a, _ in pairs) * sum((b * b).sum() for _, b in pairs)
    return float(sum((a * b).sum() for a, b in pairs) / np.sqrt(max(sizes, LEAST)))
