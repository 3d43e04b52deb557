"""Classes as characters: both cases of a letter count as its capital, and some characters have one shape."""

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


# Characters that are written with one shape, by hand at least; "case" is any letter's other case.
SHAPES = {"0O": "0O", "1IL": "1IL", "2Z": "2Z", "5S": "5S", "9gq": "9gq"}
KINDS = ("case", *SHAPES, "other")


def error_kinds(predicted: NDArray, labels: NDArray, classes: Sequence[str]) -> dict[str, int]:
    """How many classifications are wrong, by what was mixed up.

    Parameters
    ----------
    predicted, labels : (n,) int ndarray
    classes : sequence of str
        One-character names.

    Returns
    -------
    dict of str to int
        By each of `KINDS`.

    Examples
    --------
    >>> error_kinds(np.array([0, 1, 2, 3]), np.array([1, 1, 0, 2]), ["0", "O", "q", "Q"])
    {'case': 1, '0O': 1, '1IL': 0, '2Z': 0, '5S': 0, '9gq': 0, 'other': 1}
    """
    counts = dict.fromkeys(KINDS, 0)
    for read, true in zip(predicted.tolist(), labels.tolist(), strict=True):
        if read != true:
            counts[_kind(classes[read], classes[true])] += 1
    return counts


def _kind(one: str, other: str) -> str:
    if one.upper() == other.upper():
        return "case"
    return next((kind for kind, shapes in SHAPES.items() if one in shapes and other in shapes), "other")
