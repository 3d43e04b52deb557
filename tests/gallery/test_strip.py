"""The line of a page that the page opens with."""

import numpy as np

from lib.gallery.strip import strip


def letter(left, line, name, truth=None):
    """A letter of 10 by 10 percent."""
    return [left, 20.0 * line, 10.0, 10.0, line, 0, name, 0.9, [], None, truth]


def test_the_longest_line_is_shown_with_what_is_wrong():
    rows = [letter(0.0, 0, "A"), letter(30.0, 1, "B"), letter(50.0, 1, "C", truth="D"), letter(0.0, 2, "E")]
    found = strip(np.zeros((100, 100), np.uint8), rows)
    assert [(one["letter"], one["wrong"]) for one in found["letters"]] == [("B", False), ("C", True)]
    assert all(0 <= one["left"] and one["left"] + one["width"] <= 100 for one in found["letters"])
    assert found["picture"].width == 42 and found["picture"].height == 22


def test_of_equally_long_lines_the_first_is_shown_and_of_none_nothing():
    assert strip(np.zeros((9, 9)), [letter(0.0, 1, "B"), letter(0.0, 0, "A")])["letters"][0]["letter"] == "A"
    assert strip(np.zeros((9, 9)), []) is None
