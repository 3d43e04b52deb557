"""What happens around a step's function."""

import random
import sys
import types

import numpy as np
import pytest

from lib.graph.call import Output, Stored, call, resolve


@pytest.fixture
def function(monkeypatch):
    """A function that makes another one known as ``made_up:run``."""

    def known(run):
        module = types.ModuleType("made_up")
        module.run = run
        monkeypatch.setitem(sys.modules, "made_up", module)
        return "made_up:run"

    return known


def text(path, keys=()):
    return Output("lib.graph.kinds:save_text", (str(path),), keys)


def test_stored_inputs_are_loaded_in_any_nesting_and_others_are_handed_over(function, tmp_path):
    (tmp_path / "a.txt").write_text("A")
    (tmp_path / "b.json").write_text('["B"]')
    a = Stored("lib.graph.kinds:load_text", (str(tmp_path / "a.txt"),))
    b = Stored("lib.graph.kinds:load_json", (str(tmp_path / "b.json"),))
    given = []
    run = function(lambda **arguments: given.append(arguments) or "made")
    arguments = {"one": a, "more": [a, {"deep": b}], "plain": 3, "listed": [1, "x"], "nothing": None}
    call(run, arguments, {"target": text(tmp_path / "made.txt")}, True, (), None)
    loaded = {"one": "A", "more": ["A", {"deep": ["B"]}], "plain": 3, "listed": [1, "x"], "nothing": None}
    assert given == [loaded]
    assert (tmp_path / "made.txt").read_text() == "made"


def test_a_function_that_writes_itself_gets_the_path(function, tmp_path):
    run = function(lambda target: target.write_text("by itself"))
    call(run, {}, {"target": Output(None, (str(tmp_path / "made"),), ())}, True, (), None)
    assert (tmp_path / "made").read_text() == "by itself"


def test_a_function_with_written_and_returned_outputs(function, tmp_path):
    def run(folder):
        folder.mkdir()
        return {"text": "returned"}

    outputs = {"folder": Output(None, (str(tmp_path / "made"),), ()), "text": text(tmp_path / "made.txt")}
    call(function(run), {}, outputs, False, (), None)
    assert (tmp_path / "made").is_dir() and (tmp_path / "made.txt").read_text() == "returned"


def test_progress_is_handed_on_to_a_function_that_has_it(function, tmp_path):
    calls = []
    run = function(lambda progress: progress(1, 2) or "made")
    call(run, {}, {"target": text(tmp_path / "a")}, True, (), lambda *numbers: calls.append(numbers))
    assert calls == [(1, 2)]


@pytest.mark.parametrize(
    "value, single, message",
    [
        ({"a": "1"}, False, "made_up:run returned a; declared are a, b"),
        ({"a": "1", "b": "2", "c": "3"}, False, "returned a, b, c; declared are a, b"),
        (None, False, "returned nothing; declared are a, b"),
        (["1"], False, "returned list; declared are a, b"),
        ({"a": "1", "b": None}, False, "made_up:run: b was not returned"),
        ({"a": 1, "b": "2"}, False, "made_up:run: a cannot be saved as text"),
        (None, True, "made_up:run: its value was not returned"),
        (b"x", True, "made_up:run: its value cannot be saved as text"),
    ],
)
def test_what_was_returned_and_not_declared_is_told(function, tmp_path, value, single, message):
    outputs = {"target": text(tmp_path / "t")} if single else {name: text(tmp_path / name) for name in "ab"}
    with pytest.raises(TypeError, match=message):
        call(function(lambda: value), {}, outputs, single, (), None)


def test_declared_numbers_are_checked(function, tmp_path):
    output = {"target": Output("lib.graph.kinds:save_numbers", (str(tmp_path / "n.json"),), ("q1.a",))}
    call(function(lambda: {"q1.a": 1}), {}, output, True, (), None)
    with pytest.raises(TypeError, match="q1.b: no Number declares it"):
        call(function(lambda: {"q1.a": 1, "q1.b": 1}), {}, output, True, (), None)


def test_every_call_begins_with_the_same_random_states(function, tmp_path):
    import torch

    def draw():
        return f"{random.random()} {np.random.random()} {torch.rand(1).item()}"  # noqa: NPY002

    state, drawn = (random.getstate(), np.random.get_state(), torch.get_rng_state()), []  # noqa: NPY002
    try:
        for _ in range(2):
            call(function(draw), {}, {"target": text(tmp_path / "t")}, True, ("numpy", "torch"), None)
            drawn.append((tmp_path / "t").read_text())
        random.seed(0), np.random.seed(0), torch.manual_seed(0)  # noqa: NPY002
        assert drawn == [draw()] * 2
        call(function(draw), {}, {"target": text(tmp_path / "t")}, True, (), None)
        assert (tmp_path / "t").read_text().split()[1:] != drawn[0].split()[1:]  # of packages reached alone
        assert torch.get_num_threads() == 1
    finally:
        random.setstate(state[0])
        np.random.set_state(state[1])  # noqa: NPY002
        torch.set_rng_state(state[2])


def test_an_entry_point_is_resolved():
    assert resolve("lib.graph.call:resolve") is resolve
