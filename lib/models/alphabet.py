"""From a classifier's classes to the characters of a page: both cases of a letter count as its capital."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def fold_case(probs: NDArray, classes: Sequence[str]) -> tuple[NDArray, list[str]]:
    """Add the probabilities of a letter's two cases: the pages are written in capitals.

    EMNIST Balanced has separate classes for 11 lower-case letters (a b d e f g h n q r t); the other 15 look like their
    capitals and share their class. The probability that a crop shows a letter in either case is the sum of both.

    Parameters
    ----------
    probs : (n, classes) float ndarray
        One row per crop, each summing to 1.
    classes : sequence of str
        One-character names of the columns.

    Returns
    -------
    folded : (n, characters) float ndarray
        Rows summing to 1.
    characters : list of str
        Their names: the classes folded, in the order of their first appearance.

    Examples
    --------
    >>> folded, characters = fold_case(np.array([[0.5, 0.25, 0.25]]), ["A", "1", "a"])
    >>> folded.tolist(), characters
    ([[0.75, 0.25]], ['A', '1'])
    """
    characters = list(dict.fromkeys(name.upper() for name in classes))
    belongs = np.zeros((len(classes), len(characters)), dtype=probs.dtype)
    for row, name in enumerate(classes):
        belongs[row, characters.index(name.upper())] = 1
    return probs @ belongs, characters
