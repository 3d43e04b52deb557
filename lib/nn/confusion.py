"""Errors of classifiers: confusion matrix, most confused pairs, confidence interval, comparison of two."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest


def confusion_matrix(predicted: NDArray, labels: NDArray, classes: int) -> NDArray:
    """Counts of every true class (rows) against every predicted class (columns).

    Parameters
    ----------
    predicted, labels : (n,) int ndarray
        Classes from 0 to ``classes - 1``.
    classes : int

    Returns
    -------
    (classes, classes) int64 ndarray
        Rows sum to the number of examples of each class; the diagonal counts correct predictions.

    Examples
    --------
    >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 0, 1]), 2)
    array([[1, 1],
           [0, 1]])
    """
    pairs = np.asarray(labels) * classes + np.asarray(predicted)
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def most_confused(counts: NDArray) -> list[tuple[int, int, int, int]]:
    """Pairs of classes by how often one was taken for the other, in either direction, most often first.

    Parameters
    ----------
    counts : (classes, classes) int ndarray
        A `confusion_matrix`.

    Returns
    -------
    list of (i, j, i_as_j, j_as_i)
        `i` is the class that was mistaken more often. Pairs never confused are left out, ties are in
        the order of the classes.

    Examples
    --------
    >>> most_confused(np.array([[8, 0, 2], [0, 9, 1], [5, 0, 5]]))
    [(2, 0, 5, 2), (1, 2, 1, 0)]
    """
    pairs = []
    for i, j in zip(*np.triu_indices(len(counts), k=1), strict=True):
        there, back = int(counts[i, j]), int(counts[j, i])
        if there + back:
            pairs.append((int(i), int(j), there, back) if there >= back else (int(j), int(i), back, there))
    return sorted(pairs, key=lambda pair: -(pair[2] + pair[3]))


def wilson_interval(share: float, n: int) -> tuple[float, float]:
    """95 % confidence interval of a share of `n` independent cases, within [0, 1] (Wilson 1927).

    Parameters
    ----------
    share : float
        In [0, 1], such as an accuracy.
    n : int
        Number of cases, at least one.

    Examples
    --------
    >>> [round(end, 3) for end in wilson_interval(0.8, 1800)]
    [0.781, 0.818]
    """
    interval = binomtest(round(share * n), n).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def mcnemar(right: NDArray, other_right: NDArray) -> tuple[int, int, float]:
    """McNemar's exact test: whether two classifiers differ by more than chance on the same examples.

    Parameters
    ----------
    right, other_right : (n,) bool ndarray
        Which examples each classified correctly.

    Returns
    -------
    only, only_other : int
        Examples that only one of them classified correctly.
    p : float
        Probability of a split at least as uneven, if both were equally good.

    References
    ----------
    McNemar, "Note on the sampling error of the difference between correlated proportions or percentages", 1947.

    Examples
    --------
    >>> mcnemar(np.array([True] * 6 + [False]), np.array([False] * 6 + [True]))
    (6, 1, 0.125)
    """
    only, only_other = int((right & ~other_right).sum()), int((other_right & ~right).sum())
    p = binomtest(only, only + only_other).pvalue if only + only_other else 1.0
    return only, only_other, float(p)
