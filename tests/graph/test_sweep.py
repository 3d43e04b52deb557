"""Sweeps are matched along the axes that they share."""

import copy
from types import SimpleNamespace

import pytest

from lib.graph.sweep import Sweep, by, match

FITS = Sweep({"rate": (0.1, 1.0), "seed": (0, 1)}, {(r, s): f"{r}-{s}" for r in (0.1, 1.0) for s in (0, 1)})
PAGES = by("page", {"a": "A", "b": "B"})


def test_a_point_selects_one_and_an_open_axis_a_list():
    assert FITS.select(rate=0.1, seed=1) == "0.1-1"
    assert FITS.select(rate=1.0) == ["1.0-0", "1.0-1"] and FITS.select(seed=0) == ["0.1-0", "1.0-0"]
    assert FITS.select() == [*FITS.values()]
    assert PAGES.select(page="b") == "B" and PAGES.select() == ["A", "B"]
    assert PAGES.axes == {"page": ("a", "b")}


def test_a_point_where_nothing_is_is_an_error():
    with pytest.raises(KeyError, match="nothing at"):
        PAGES.select(page="c")
    assert FITS.select(rate=7) == []


def test_inputs_are_matched_where_they_stand():
    point = {"page": "a", "seed": 1}
    assert match(PAGES, point) == "A" and match(FITS, point) == ["0.1-1", "1.0-1"]
    assert match({"x": [PAGES, 3], "y": (PAGES,)}, point) == {"x": ["A", 3], "y": ["A"]}
    assert match("text", point) == "text"


def test_one_output_of_steps_with_several_is_a_sweep_again():
    made = by("page", {name: SimpleNamespace(record=f"r{name}", text=f"t{name}") for name in "ab"})
    assert made.text == {"a": "ta", "b": "tb"} and made.text.axes == made.axes
    assert match(made.record, {"page": "b"}) == "rb"
    with pytest.raises(AttributeError):
        _ = made.nothing
    assert copy.copy(made) == made
