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


def changes(before: ArrayLike, after: ArrayLike, most: float = 0.5) -> dict[str, int]:
    """How boxes of the same page differ.

    Parameters
    ----------
    before, after : (n, 4), (m, 4) array
    most : float
        Share of the smaller of two boxes from which on they hold the same ink.

    Returns
    -------
    dict of str to int
        Of the boxes after: ``kept``, each of one before; ``joined``, of several; ``cut``, several of one; ``added``, of
        none; and of those before: ``dropped``, without one after.

    Examples
    --------
    >>> changes([[0, 0, 9, 9], [0, 20, 9, 40], [0, 50, 9, 59]], [[0, 0, 9, 9], [0, 20, 9, 30], [0, 30, 9, 40]])
    {'kept': 1, 'joined': 0, 'cut': 2, 'added': 0, 'dropped': 1}
    """
    a, b = (np.asarray(boxes, float).reshape(-1, 4) for boxes in (before, after))
    sides = np.minimum(a[:, None, 2:], b[None, :, 2:]) - np.maximum(a[:, None, :2], b[None, :, :2])
    area_a, area_b = ((boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (a, b))
    same = np.maximum(sides, 0).prod(axis=2) >= most * np.minimum(area_a[:, None], area_b)  # (n, m)
    parts, pieces = same.sum(axis=0), same.sum(axis=1)
    in_several = (same & (pieces[:, None] > 1)).any(axis=0)
    return {
        "kept": int(((parts == 1) & ~in_several).sum()),
        "joined": int((parts > 1).sum()),
        "cut": int(((parts == 1) & in_several).sum()),
        "added": int((parts == 0).sum()),
        "dropped": int((pieces == 0).sum()),
    }
