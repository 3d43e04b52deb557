"""Nearest training images: what an image looks like to the eye of a pixel-wise comparison.

Shapes: `x` is (n, pixels) and `among` (m, pixels), one image a row.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

CHUNK = 256  # images compared at a time: with 100,000 others their distances take 100 MB


def nearest(x: NDArray, among: NDArray, allowed: NDArray | None = None) -> tuple[NDArray, NDArray]:
    """The nearest image to each, and how far it is.

    Parameters
    ----------
    x, among : (n, pixels) and (m, pixels) float ndarray
    allowed : (m,) bool ndarray, optional
        Of `among`, those that may be found; all, if none may.

    Returns
    -------
    index : (n,) int ndarray
        Into `among`.
    distance : (n,) float64 ndarray
        Root mean square difference of the pixels.

    Examples
    --------
    >>> index, distance = nearest(np.array([[0.0, 0.0]]), np.array([[1.0, 1.0], [0.0, 0.2]]))
    >>> index.tolist(), distance.round(3).tolist()
    ([1], [0.141])
    """
    chosen = np.flatnonzero(allowed) if allowed is not None and allowed.any() else np.arange(len(among))
    found = [chosen[squared.argmin(axis=1)] for squared in _squared(x, among[chosen])]
    index = np.concatenate(found) if found else np.zeros(0, int)
    difference = x.astype(np.float64) - among[index]
    return index, np.sqrt(np.mean(difference**2, axis=1))


def _squared(x: NDArray, among: NDArray) -> Iterator[NDArray]:
    """Squared distances less what is the same in a row, a chunk of rows at a time."""
    lengths = np.einsum("ij,ij->i", among, among)
    for start in range(0, len(x), CHUNK):
        yield lengths - 2 * (x[start : start + CHUNK] @ among.T)
