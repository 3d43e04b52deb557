"""Numbers of a sweep."""

from lib.graph.numbers import Number


def test_a_number_of_a_sweep_gets_the_values_of_a_point():
    number = Number("q4.{page}.found", "Found on {page}", "%", 1, 2, True).at({"page": "a", "rate": 3})
    assert number == Number("q4.a.found", "Found on a", "%", 1, 2, True)
