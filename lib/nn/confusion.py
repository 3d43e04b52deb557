"""What a classifier takes for what: counts of true against predicted classes, and the pairs it confuses most."""

import numpy as np


def confusion_matrix(predicted, labels, classes):
    """Counts of every true class (rows) against every predicted class (columns).

    Parameters
    ----------
    predicted, labels : (n,) int ndarray
        Classes from 0 to ``classes - 1``.
    classes : int

    Returns
    -------
    (classes, classes) int64 ndarray
        Rows sum to the number of examples of each class; the diagonal is what was right.

    Examples
    --------
    >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 0, 1]), 2)
    array([[1, 1],
           [0, 1]])
    """
    pairs = np.asarray(labels) * classes + np.asarray(predicted)
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def most_confused(counts):
    """Pairs of classes by how often one was taken for the other, either way round, most often first.

    Parameters
    ----------
    counts : (classes, classes) int ndarray
        A `confusion_matrix`.

    Returns
    -------
    list of (i, j, i_as_j, j_as_i)
        Whole numbers; `i` is the class that was mistaken more often. Pairs never confused are left out, ties are in
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


def wilson_interval(share, n, z=1.96):
    """Interval that holds the true share with 95 % confidence, when `share` of `n` independent cases were counted.

    Parameters
    ----------
    share : float
        In [0, 1], such as an accuracy.
    n : int
        Cases it was counted on, at least one.
    z : float
        Width in standard errors; 1.96 for 95 %.

    Returns
    -------
    (float, float)
        Within [0, 1], also for a share of 0 or 1.

    References
    ----------
    Wilson, "Probable inference, the law of succession, and statistical inference", 1927.

    Examples
    --------
    >>> [round(end, 3) for end in wilson_interval(0.8, 1800)]
    [0.781, 0.818]
    """
    centre = share + z * z / (2 * n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)
    return max(0.0, float(low)), min(1.0, float(high))


def mcnemar(right, other_right):
    """Whether two classifiers differ by more than chance on the same examples: McNemar's exact test.

    Parameters
    ----------
    right, other_right : (n,) bool ndarray
        Which examples each had right.

    Returns
    -------
    only, only_other : int
        Examples that one had right and the other had not.
    p : float
        Probability of so uneven a split, or a more uneven one, if both were equally good.

    References
    ----------
    McNemar, "Note on the sampling error of the difference between correlated proportions or percentages", 1947.

    Examples
    --------
    >>> mcnemar(np.array([True] * 6 + [False]), np.array([False] * 6 + [True]))
    (6, 1, 0.125)
    """
    from scipy.stats import binomtest

    only, only_other = int((right & ~other_right).sum()), int((other_right & ~right).sum())
    p = binomtest(only, only + only_other).pvalue if only + only_other else 1.0
    return only, only_other, float(p)
