"""Boxes that were found beside those that are there: which are the same letter."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment


def overlaps(found: ArrayLike, truth: ArrayLike) -> NDArray[np.float64]:
    """Intersection over union of each of n boxes with each of m, (n, m).

    Examples
    --------
    >>> overlaps([[0, 0, 2, 2]], [[0, 0, 2, 2], [0, 1, 2, 3]])
    array([[1.        , 0.33333333]])
    """
    a, b = (np.asarray(boxes, float).reshape(-1, 4) for boxes in (found, truth))
    a, b = a[:, None], b[None]
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    shared = np.maximum(sides, 0).prod(axis=-1)
    area_a, area_b = ((boxes[..., 2:] - boxes[..., :2]).prod(axis=-1) for boxes in (a, b))
    return shared / np.maximum(area_a + area_b - shared, 1e-9)


def match_boxes(found: ArrayLike, truth: ArrayLike, least: float = 0.5) -> NDArray[np.int64]:
    """Pairs of a found and a true box that overlap, each box in one pair at most.

    Parameters
    ----------
    found, truth : (n, 4), (m, 4) array
    least : float
        Smallest intersection over union of a pair.

    Returns
    -------
    (k, 2) int ndarray
        Index of the found and of the true box, as many pairs as there can be.

    Examples
    --------
    >>> match_boxes([[9, 9, 20, 20], [0, 0, 10, 10]], [[0, 0, 10, 11]])
    array([[1, 0]])
    """
    same = overlaps(found, truth)
    pairs = np.stack(linear_sum_assignment(same >= least, maximize=True), axis=1)
    return pairs[same[pairs[:, 0], pairs[:, 1]] >= least]


def recall_and_precision(found: ArrayLike, truth: ArrayLike, neither: ArrayLike = ()) -> tuple[float, float]:
    """Share of the true boxes that were found, and of the found ones that are true.

    Parameters
    ----------
    found, truth : (n, 4), (m, 4) array
    neither : (k, 4) array, optional
        Of what may be found or not: printed labels.

    Returns
    -------
    float, float
        1 where nothing could be missed or be wrong.
    """
    found, truth, neither = (np.asarray(boxes).reshape(-1, 4) for boxes in (found, truth, neither))
    pairs = match_boxes(found, truth)
    labels = match_boxes(np.delete(found, pairs[:, 0], axis=0), neither)
    wrong = len(found) - len(pairs) - len(labels)
    return len(pairs) / len(truth) if len(truth) else 1.0, len(pairs) / max(len(pairs) + wrong, 1) if wrong else 1.0
