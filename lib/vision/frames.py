"""Ink that is no writing by its shape and place alone: printed frames around letters, and what the edge cuts off."""

import numpy as np
from numpy.typing import NDArray

RIM = 0.14  # a frame's ink lies within this share of its box from the edges ...
ON_RIM = 0.9  # ... nearly all of it
CLOSED = 0.7  # and this share of each of its four sides is ink
INSIDE = 0.15  # a letter in a frame is at least this share of its height


def frames(labels: NDArray[np.int32], boxes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which pieces of ink are frames: hollow, with another piece inside.

    Parameters
    ----------
    labels : (height, width) int32 ndarray
        0 for paper, k + 1 for the ink of piece k.
    boxes : (n, 4) int ndarray

    Returns
    -------
    (n,) bool ndarray
    """
    found = np.zeros(len(boxes), bool)
    tall = boxes[:, 2] - boxes[:, 0]
    for number, (y1, x1, y2, x2) in enumerate(boxes):
        rim = RIM * min(y2 - y1, x2 - x1)
        within = (boxes[:, :2] >= (y1 + rim / 2, x1 + rim / 2)).all(1) & (
            boxes[:, 2:] <= (y2 - rim / 2, x2 - rim / 2)
        ).all(1)
        if (within & (tall >= INSIDE * (y2 - y1))).any():
            y, x = np.nonzero(labels[y1:y2, x1:x2] == number + 1)
            off = np.stack([y, y2 - y1 - 1 - y, x, x2 - x1 - 1 - x]) <= rim  # on the upper, lower, left, right side
            closed = [
                len(np.unique(along[on])) >= CLOSED * length
                for on, along, length in zip(off, (x, x, y, y), (x2 - x1, x2 - x1, y2 - y1, y2 - y1), strict=True)
            ]
            found[number] = all(closed) and off.any(axis=0).mean() >= ON_RIM
    return found


def at_edge(boxes: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which pieces touch the edge of the picture, (n,) bool."""
    return np.asarray((boxes[:, :2] <= 0).any(axis=1) | (boxes[:, 2:] >= shape[:2]).any(axis=1))
