"""The curve of `data/people_curve`: means over seeds by number of writers, and what drawn handwriting alone reaches."""

import numpy as np
import pytest

from lib.figures import people

CURVE = {
    "writers": [1, 5],
    "drawn": [80.0, 82.0],
    "real": {"1": [50.0, 60.0], "5": [70.0, 75.0]},
    "drawn_then_real": {"1": [81.0, 84.0], "5": [90.0, 90.0]},
}


def test_each_line_is_a_mean_over_the_seeds_by_number_of_writers():
    axes = people.curve({"curve": CURVE}).axes[0]
    lines = {line.get_label(): line for line in axes.lines}
    assert list(lines) == [*people.LINES.values(), "drawn alone"]
    for name, means in (("real", [55.0, 72.5]), ("drawn_then_real", [82.5, 90.0])):
        np.testing.assert_array_equal(lines[people.LINES[name]].get_data(), [[1, 5], means])
    assert set(lines["drawn alone"].get_ydata()) == {81.0}
    assert axes.get_xscale() == "log" and [tick.get_text() for tick in axes.get_xticklabels()] == ["1", "5"]


def test_a_band_reaches_from_the_worst_seed_to_the_best():
    axes = people.curve({"curve": CURVE}).axes[0]
    bands = [band.get_paths()[0].vertices[:, 1] for band in axes.collections]
    assert [(band.min(), band.max()) for band in bands] == [(50.0, 75.0), (81.0, 90.0)]


@pytest.mark.parametrize("curve", [None, CURVE | {"drawn": []}])
def test_what_was_not_measured_is_not_shown(curve):
    axes = people.curve({"curve": curve}).axes[0]
    assert "drawn alone" not in [line.get_label() for line in axes.lines]
