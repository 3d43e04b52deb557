"""The figures of where reading breaks: `Q4.1/limits`, `Q4.4/others`."""

import json

import numpy as np

from lib.figures.limits import limits, readers


def row(*letters):
    return {"unit": "degrees", "strengths": [90, 180][: len(letters)], "letters": letters} | {
        "recall": [1.0] * len(letters),
        "precision": [0.5] * len(letters),
        "judged": [1.0] * len(letters),
    }


def test_what_costs_most_letters_comes_first_and_the_rest_is_left_out():
    disturbed = {"a": row(0.9, 0.8), "b": row(0.9, 0.1), "c": row(0.2, 0.9), "d": row(1.0, 1.0)}
    figure = limits({"plain": {"letters": 0.9}, "disturbed": disturbed}, panels=3)
    assert [axes.get_title() for axes in figure.axes] == ["b", "c", "a"]


def test_a_panel_has_a_line_for_each_measure_at_named_strengths():
    figure = limits({"plain": {"letters": 0.9}, "disturbed": {"turned": row(0.25, 0.75)}})
    (axes,) = figure.axes
    without, *lines = (list(line.get_ydata()) for line in axes.lines)
    assert without == [90, 90] and lines == [[100, 100], [50, 50], [25, 75], [100, 100]]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["90", "180"] and axes.get_xlabel() == "degrees"


def test_where_nothing_was_found_no_box_is_right():
    nothing = row(0.0, 0.5) | {"recall": [0.0, 0.0], "precision": [1.0, 0.0]}
    (axes,) = limits({"plain": {"letters": 0.9}, "disturbed": {"turned": nothing}}).axes
    np.testing.assert_array_equal(axes.lines[2].get_ydata(), [np.nan, 0])


def test_other_readers_are_shown_where_they_differ_most(tmp_path):
    ours = {"a": row(0.9, 0.8), "b": row(0.9, 0.1), "c": row(0.5, 0.5)}
    theirs = {"a": row(0.9, 0.7), "b": row(0.9, 0.9), "c": row(0.0, 0.5)}
    path = tmp_path / "reader.json"
    measured = {"CNN": ours, "Tesseract": theirs, "MLP": ours}
    path.write_text(json.dumps({name: {"drawn": {"disturbed": rows}} for name, rows in measured.items()}))
    figure = readers(path, panels=2)
    assert [axes.get_title() for axes in figure.axes] == ["b", "c"]
    assert [(line.get_label(), list(line.get_ydata())) for line in figure.axes[0].lines] == [
        ("CNN", [90, 10]),
        ("Tesseract", [90, 90]),
    ]
