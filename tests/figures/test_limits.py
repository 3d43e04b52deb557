"""The figure of where reading breaks (`Q4.1/limits`)."""

from lib.figures.limits import limits


def row(*letters):
    return {"unit": "degrees", "strengths": [90, 180][: len(letters)], "letters": letters} | {
        "recall": [1.0] * len(letters),
        "precision": [0.5] * len(letters),
    }


def test_what_costs_most_letters_comes_first_and_the_rest_is_left_out():
    disturbed = {"a": row(0.9, 0.8), "b": row(0.9, 0.1), "c": row(0.2, 0.9), "d": row(1.0, 1.0)}
    figure = limits({"plain": {"letters": 0.9}, "disturbed": disturbed}, panels=3)
    assert [axes.get_title() for axes in figure.axes] == ["b", "c", "a"]


def test_a_panel_has_a_line_for_each_measure_at_named_strengths():
    figure = limits({"plain": {"letters": 0.9}, "disturbed": {"turned": row(0.25, 0.75)}})
    (axes,) = figure.axes
    without, *lines = (list(line.get_ydata()) for line in axes.lines)
    assert without == [90, 90] and lines == [[100, 100], [50, 50], [25, 75]]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["90", "180"] and axes.get_xlabel() == "degrees"
