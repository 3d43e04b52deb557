"""A number over the values of settings."""

import pytest

from lib.figures.sweeps import by_setting


@pytest.mark.parametrize("count", [1, 2, 9])
def test_each_combination_of_the_others_is_a_line_with_its_intervals(count):
    lines = [
        {"label": f"momentum {n}", "y": [n, n + 1.0], "low": [n - 0.5, n], "high": [n + 0.5, n + 2]}
        for n in range(count)
    ]
    axes = by_setting("training.learning_rate", ["0.1", "1"], lines, "accuracy (%)").axes[0]
    assert [line.get_label() for line in axes.lines] == [f"momentum {n}" for n in range(count)]
    assert len(axes.collections) == count and list(axes.lines[0].get_ydata()) == [0, 1]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["0.1", "1"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("training.learning_rate", "accuracy (%)")


def test_without_intervals_and_others_there_is_one_plain_line():
    axes = by_setting("a.b", ["x", "y"], [{"label": "", "y": [1, 2], "low": None, "high": None}], "").axes[0]
    assert not axes.collections and axes.get_legend() is None
