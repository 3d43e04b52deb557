"""Confusion matrix and most confused pairs by hand; the tests of shares against textbook values."""

import numpy as np
import pytest

from lib.nn import confusion


def test_rows_of_a_confusion_matrix_are_true_classes():
    counts = confusion.confusion_matrix(predicted=np.array([2, 2, 0, 1]), labels=np.array([0, 0, 0, 1]), classes=3)
    assert counts.tolist() == [[1, 0, 2], [0, 1, 0], [0, 0, 0]]


def test_pairs_are_ranked_by_both_directions_together_and_begin_with_the_more_mistaken_class():
    counts = np.array([[9, 1, 3, 0], [2, 9, 0, 0], [2, 4, 9, 0], [0, 0, 0, 9]])
    assert confusion.most_confused(counts) == [(0, 2, 3, 2), (2, 1, 4, 0), (1, 0, 2, 1)]


def test_ties_are_in_the_order_of_the_classes():
    assert confusion.most_confused(np.array([[0, 1, 1], [1, 0, 0], [1, 2, 0]])) == [
        (0, 1, 1, 1),
        (0, 2, 1, 1),
        (2, 1, 2, 0),
    ]


def test_wilson_interval_of_half_of_a_hundred_is_the_textbook_one():
    assert confusion.wilson_interval(0.5, 100) == pytest.approx((0.4038, 0.5962), abs=1e-4)


@pytest.mark.parametrize("n", [1, 10, 1800])
def test_wilson_interval_of_nothing_and_of_all_stay_within_0_and_1(n):
    (low, high), (other_low, other_high) = (confusion.wilson_interval(share, n) for share in (0.0, 1.0))
    assert low == 0 and other_high == 1 and 0 < high < 1 and high == pytest.approx(1 - other_low)


def test_mcnemar_counts_only_disagreements():
    right = np.array([True] * 10 + [False] * 5 + [True] * 3)
    other = np.array([True] * 10 + [False] * 5 + [False] * 3)
    assert confusion.mcnemar(right, other) == (3, 0, pytest.approx(0.25))
    assert confusion.mcnemar(right, right) == (0, 0, 1.0)
