"""How sure a measured difference is: standard errors, paired tests, intervals of differences.

Every function has an answer for one case, and for none: no interval and no test gives a NaN.
"""

import warnings

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from lib.nn.confusion import wilson_interval


def standard_error(values: ArrayLike) -> float:
    """Standard error of a mean; 0 for fewer than two values, of which nothing can be said.

    Examples
    --------
    >>> standard_error([1.0, 3.0]), standard_error([5.0])
    (1.0, 0.0)
    """
    values = np.asarray(values, float)
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0


def paired_p(values: ArrayLike, others: ArrayLike) -> float:
    """Two-sided p of a paired t-test: whether two runs of the same seeds differ by more than chance.

    Returns
    -------
    float
        1 for fewer than two pairs, of which nothing can be said.

    Examples
    --------
    >>> round(paired_p([1.0, 2.0, 3.1], [0.0, 1.1, 2.0]), 4), paired_p([1.0], [9.0]), paired_p([1.0, 2.0], [1.0, 2.0])
    (0.0033, 1.0, 1.0)
    """
    differences = np.subtract(values, others).astype(float)
    if len(differences) < 2:
        return 1.0
    if np.ptp(differences) == 0:
        return float(differences[0] == 0)
    with warnings.catch_warnings():  # SciPy warns where differences are nearly equal; p is then nearly 0
        warnings.simplefilter("ignore", RuntimeWarning)
        return float(stats.ttest_rel(values, others).pvalue)


def difference_interval(share: float, n: int, other: float, m: int) -> tuple[float, float]:
    """95 % interval of the difference of two shares of independent cases (Newcombe's hybrid of Wilson's intervals).

    Parameters
    ----------
    share, other : float
        In [0, 1].
    n, m : int
        Cases of each, at least one.

    References
    ----------
    Newcombe, "Interval estimation for the difference between independent proportions", 1998, method 10.

    Examples
    --------
    >>> [round(end, 3) for end in difference_interval(56 / 70, 70, 48 / 80, 80)]
    [0.052, 0.334]
    """
    (low, high), (other_low, other_high) = wilson_interval(share, n), wilson_interval(other, m)
    difference = share - other
    below, above = np.hypot(share - low, other_high - other), np.hypot(high - share, other - other_low)
    return float(difference - below), float(difference + above)


def larger_p(values: NDArray, others: NDArray) -> float:
    """Two-sided p of the Mann-Whitney test: whether one of two samples has the larger values; 1 if either is empty."""
    return float(stats.mannwhitneyu(values, others).pvalue) if len(values) and len(others) else 1.0


def bootstrap_interval(values: NDArray, rng: np.random.Generator, groups: NDArray, draws: int = 2000) -> NDArray:
    """95 % intervals of the means of columns, drawing whole groups of rows anew.

    Parameters
    ----------
    values : (n, k) float ndarray
        One row a case, such as a letter; one column for each mean.
    rng : np.random.Generator
    groups : (n,) int ndarray
        Rows of one group, such as a line of a page, are drawn together: they are no independent cases.
    draws : int

    Returns
    -------
    (2, k) float64 ndarray
        Lower and upper ends; zeros without rows.

    References
    ----------
    Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
    """
    values = np.asarray(values, float)
    if not len(values):
        return np.zeros((2, values.shape[1]))
    _, group = np.unique(groups, return_inverse=True)
    sizes = np.bincount(group).astype(float)
    sums = np.stack([np.bincount(group, column) for column in values.T], axis=1)  # (groups, k)
    drawn = rng.multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), size=draws)  # how often each group
    means = (drawn @ sums) / (drawn @ sizes)[:, None]
    return np.quantile(means, [0.025, 0.975], axis=0)
