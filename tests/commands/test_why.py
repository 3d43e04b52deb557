"""What made a step stale."""

from pathlib import Path

import pytest

from lib.commands.status import write_failures
from lib.commands.why import Reasons, changes

BASE = {"settings": {"epochs": 3}, "functions": {"lib.a:f": "1"}, "packages": {"numpy": "2.0"}, "arguments": "x"}


@pytest.mark.parametrize("after, lines", [
    ({}, []),
    ({"settings": {"epochs": 4}}, ["setting epochs: 3 -> 4"]),
    ({"settings": {"epochs": 3, "rate": 0.1}}, ["setting rate: none -> 0.1"]),
    ({"settings": {}}, ["setting epochs: 3 -> none"]),
    ({"functions": {"lib.a:f": "2"}}, ["function f of lib.a changed"]),
    ({"functions": {"lib.a:f": "1", "lib.b:<module>": "1"}}, ["top level of lib.b is reached now"]),
    ({"functions": {}}, ["function f of lib.a is gone"]),
    ({"functions": {"lib.a:f": "1", "lib.a:_LIMIT": "1", "lib.a:_Box": "1"}},
     ["class _Box of lib.a is reached now", "constant _LIMIT of lib.a is reached now"]),
    ({"packages": {"numpy": "2.1"}}, ["package numpy: 2.0 -> 2.1"]),
    ({"arguments": "y"}, ["inputs or outputs were added, removed or reordered"]),
    ({"settings": {"b": 1, "a": 1}, "arguments": "y"},
     ["setting a: none -> 1", "setting b: none -> 1", "setting epochs: 3 -> none",
      "inputs or outputs were added, removed or reordered"]),
])  # fmt: skip
def test_each_difference_is_a_line(after, lines):
    assert list(changes(BASE, BASE | after)) == lines


def test_long_values_are_cut_and_still_told_apart():
    (line,) = changes({"settings": {"x": "word " * 50 + "a"}}, {"settings": {"x": "word " * 50 + "b"}})
    assert line == "setting x changed"
    (line,) = changes({"settings": {"x": "word " * 50}}, {"settings": {"x": 1}})
    assert len(line) < 90 and line.endswith("-> 1")


def test_what_failed_is_told_from_what_was_never_built(graph):
    Path("artifacts/embedded").mkdir(parents=True)
    write_failures({"results"})
    reasons = {step.name: Reasons(lambda name: {}).of(step) for step in graph.steps}
    assert reasons["results"] == ["its last run failed"]
    assert reasons["data/table"] == ["not built here yet, or forgotten"]
