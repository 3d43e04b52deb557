"""Intervals and tests, against SciPy, by hand, and where there is nothing to be told."""

import numpy as np
import pytest
from scipy import stats

from lib.nn import statistics


def test_few_values_have_no_error_and_no_difference():
    assert statistics.standard_error([]) == statistics.standard_error([3.0]) == 0
    assert statistics.paired_p([1.0], [2.0]) == statistics.paired_p([], []) == 1
    assert statistics.larger_p(np.zeros(0), np.ones(3)) == 1


def test_the_paired_test_is_of_the_differences():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 6))
    assert statistics.paired_p(a, b) == pytest.approx(stats.ttest_1samp(a - b, 0).pvalue)
    assert statistics.paired_p([1.0, 2.0], [0.0, 1.0]) == 0  # always one more
    assert statistics.paired_p([1.0, 2.0], [1.0, 2.0]) == 1


def test_an_interval_of_a_difference_holds_it_and_narrows_with_the_cases():
    (low, high), (few_low, few_high) = (statistics.difference_interval(0.9, n, 0.8, n) for n in (1000, 10))
    assert few_low < low < 0.1 < high < few_high
    assert statistics.difference_interval(1.0, 5, 1.0, 5)[0] < 0 < statistics.difference_interval(1.0, 5, 1.0, 5)[1]


def test_the_bootstrap_draws_whole_groups():
    rng = np.random.default_rng(0)
    values = np.repeat(rng.random(20) < 0.5, 10)[:, None]
    alone = statistics.bootstrap_interval(values, np.random.default_rng(1), np.arange(200))
    grouped = statistics.bootstrap_interval(values, np.random.default_rng(1), np.arange(200) // 10)
    assert np.ptp(grouped) > 2 * np.ptp(alone) and alone[0] < values.mean() < alone[1]
    spread = np.ptp(alone) / 2 / 1.96
    assert spread == pytest.approx(values.std() / 200**0.5, rel=0.1)


def test_the_bootstrap_of_nothing_is_zero():
    found = statistics.bootstrap_interval(np.zeros((0, 3)), np.random.default_rng(0), np.zeros(0))
    assert found.tolist() == [[0, 0, 0]] * 2
