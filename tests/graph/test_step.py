"""Declarations: what fills a function's parameters, what a step is called by, and what cannot be."""

import importlib
import sys
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from lib.graph import declared, place
from lib.graph.artifact import Artifact
from lib.graph.numbers import Number
from lib.graph.settings import Table
from lib.graph.step import DeclarationError, Graph
from lib.graph.sweep import by

step = importlib.import_module("lib.graph.step")  # lib.graph.step is the function


class Training(Table):
    epochs: int = 3
    rates: tuple[float, ...] = (0.1, 1.0)
    unused: int = 7


class More(Table):
    epochs: int = 9
    size: int = 5


FUNCTIONS = {  # with which parameters have a default
    "lib.s:draw": {"epochs": True, "seed": True},
    "lib.s:fit": {"table": False, "epochs": False, "rates": True, "rate": True, "progress": True},
    "lib.s:size": {"table": False, "size": False},
    "lib.s:write": {"table": False, "target": False},
    "lib.s:both": {"folder": False},
    "lib.s:any": {"**": True},
    "lib.s:one": {"x": False, "page": True},
}


@pytest.fixture
def graph(monkeypatch):
    graph = Graph()
    for module in (step, declared):
        monkeypatch.setattr(module, "GRAPH", graph)
    known = step._parameters
    monkeypatch.setattr(step, "_parameters", lambda function: FUNCTIONS.get(function) or known(function))
    return graph


@pytest.fixture
def table(graph):
    return step.step("lib.s:draw", to=step.npz("data/table", "A table, drawn."))


# --- steps ------------------------------------------------------------------------------------------------------------


def test_parameters_come_from_inputs_then_settings_then_defaults(graph, table):
    made = step.step("lib.s:fit", to=step.npz("fits/a", "A fit."), table=table, settings=[Training(), More()], rate=0.5)
    fitted = graph.steps[-1]
    assert made is fitted.outputs["target"] and fitted.single
    assert fitted.inputs == {"table": table}
    assert fitted.settings == {"epochs": 3, "rates": [0.1, 1.0], "rate": 0.5}
    assert fitted.progress and not graph.steps[0].progress
    assert fitted.name == "fits/a" and fitted.doc == "A fit" and fitted.keep and fitted.reaches == ()
    step.step("lib.s:size", to=step.npz("fits/b"), table=table, settings=More(), doc="B.", keep=False, reaches="lib.a")
    assert graph.steps[-1].settings == {"size": 5}
    assert (graph.steps[-1].doc, graph.steps[-1].keep, graph.steps[-1].reaches) == ("B.", False, ("lib.a",))
    step.step("lib.s:size", to=step.npz("fits/c"), table=table, size=1, reaches=["lib.a", "lib.b"])
    assert graph.steps[-1].reaches == ("lib.a", "lib.b")
    assert graph.makers_of(fitted) == [graph.steps[0]] and graph.makers_of(graph.steps[0]) == []
    assert graph.artifacts["fits/a"] == (made, fitted) and graph.makers["artifacts/embedded/fits/a.npz"] is fitted


def test_values_that_are_no_artifacts_are_settings_in_plain_form(graph, table):
    number = Number("q1.a", "A")
    step.step("lib.s:any", to=step.json("a"), pair=(1, (2,)), one=number, some={"t": Training()}, mixed=[table, (1,)])
    made = graph.steps[-1]
    assert made.settings == {
        "pair": [1, [2]],
        "one": msgspec.to_builtins(number),
        "some": {"t": {"epochs": 3, "rates": [0.1, 1.0], "unused": 7}},
    }
    assert made.inputs == {"mixed": [table, [1]]}


def test_several_outputs_are_attributes(graph, table):
    made = step.step("lib.s:both", to={"folder": step.folder("raw", "Raw."), "list": step.json("list", "A list.")})
    assert (made.folder.id, made.list.id) == ("raw", "list")
    assert not graph.steps[-1].single and graph.steps[-1].name == "raw" and graph.steps[-1].doc == "Raw"
    step.step("lib.s:write", to=step.file("a.bin"), table=table)
    assert graph.steps[-1].settings == {}  # the target is no setting


@pytest.mark.parametrize("declare, message", [
    (lambda t: step.step("lib.s:fit", to=step.npz("a"), tabel=t), "no parameter tabel; it would be called with table"),
    (lambda t: step.step("lib.s:fit", to=step.npz("a"), table=t), "nothing fills the parameter epochs of lib.s:fit"),
    (lambda t: step.step("lib.s:size", to=step.npz("a"), table=t, settings=Training()), "nothing fills the parameter"),
    (lambda t: step.step("lib.s:size", to=step.file("a"), table=t, size=1), "lib.s:size has no parameter target"),
    (lambda t: step.step("lib.s:draw", to=step.npz("data/table")), "data/table is already made at tests/graph/"),
    (lambda t: step.step("lib.s:draw", to=step.file("data/table.npz")), "has no parameter target"),
    (lambda t: step.step("lib.s:any", to=step.file("data/table.npz")), "data/table.npz is already made at tests/"),
    (lambda t: step.step("lib.s:any", to=step.npz("a"), bad=Path("x")), "the setting bad is .*Path"),
    (lambda t: step.step("lib.s:any", to=step.npz("a"), good=1, bad=float("nan")), "the setting bad is nan"),
    (lambda t: step.step("lib.graph.call:rseolve", to=step.npz("a")), "no function rseolve; did you mean resolve"),
    (lambda t: step.step("lib.graph.cal:resolve", to=step.npz("a")), "no module lib.graph.cal; did you mean"),
    (lambda t: step.number("q3", "lib.s:draw", label="A"), "the key q3 is not of the form"),
    (lambda t: step.number("q3.1.", "lib.s:draw", label="A"), "the key q3.1. is not"),
])  # fmt: skip
def test_a_declaration_that_cannot_be_is_told_with_its_place(graph, table, declare, message):
    with pytest.raises(DeclarationError, match=message) as error:
        declare(table)
    assert str(error.value).startswith("tests/graph/test_step.py:")
    assert len(graph.steps) == 1 and list(graph.artifacts) == ["data/table"]


def test_figures_and_numbers_are_steps(graph, table):
    drawn = step.figure("Q1/curves", "lib.s:any", caption="Curves.", table=table, settings=Training())
    assert drawn.names == ("Q1/curves.png", "Q1/curves.pdf") and graph.steps[-1].inputs == {"table": table}
    made = step.number("q3.1.ink", "lib.s:draw", label="Ink", unit="%", digits=1, settings=Training())
    assert (made.id, made.caption, made.numbers) == ("Q3.1/ink", "Ink.", (Number("q3.1.ink", "Ink", "%", 1),))
    assert graph.steps[-1].settings == {"epochs": 3}
    assert all(made.keep for made in graph.steps) and all(made.single for made in graph.steps)


def test_each_kind_has_its_ending(graph):
    names = {
        step.npz("a"): "a.npz",
        step.json("a"): "a.json",
        step.text("a"): "a.txt",
        step.text("a.txt"): "a.txt",
        step.text("a.html"): "a.html",
        step.text("b.c/a"): "b.c/a.txt",
        step.raw("a.bin"): "a.bin",
        step.numbers("a"): "a.json",
        step.folder("a"): "a",
        step.file("a.bin"): "a.bin",
        step.given("images/a.jpg"): "images/a.jpg",
    }
    assert [artifact.names for artifact in names] == [(name,) for name in names.values()]
    assert step.given("images/a.jpg").files == ("images/a.jpg",)
    assert step.given("a", root="data").files == ("data/embedded/a",)
    assert step.numbers("a", Number("q1.a", "A"), caption="C.").numbers == (Number("q1.a", "A"),)


# --- sweeps -----------------------------------------------------------------------------------------------------------


def test_a_sweep_is_a_step_for_each_combination(graph, table):
    fits = step.sweep(
        "lib.s:fit",
        over={"rate": (0.1, 1.0), "epochs": [1, 2], "seed": [0]},
        to=step.npz("fits/{rate:g}_{epochs}", "At {rate}."),
        table=table,
        doc="Fit {epochs}.",
    )
    assert list(fits) == [(0.1, 1, 0), (0.1, 2, 0), (1.0, 1, 0), (1.0, 2, 0)]
    assert [made.id for made in fits.values()] == ["fits/0.1_1", "fits/0.1_2", "fits/1_1", "fits/1_2"]
    assert graph.steps[2].settings == {"rate": 0.1, "epochs": 2} and graph.steps[2].doc == "Fit 2."  # it takes no seed
    assert graph.steps[2].template[""].id == "fits/{rate:g}_{epochs}"
    pairs = step.sweep("lib.s:any", over={"a": "xy", "b": [1, 2]}, to=step.json("pairs/{a}{b}"))
    assert list(pairs) == [("x", 1), ("x", 2), ("y", 1), ("y", 2)] and pairs.select(a="y", b=1).id == "pairs/y1"
    step.step("lib.s:any", to=step.json("all"), fits=fits)
    assert graph.steps[-1].inputs == {"fits": list(fits.values())} and graph.steps[-1].template is None


def test_sweeps_are_matched_and_an_input_of_an_axiss_name_stands_for_it(graph):
    pages = by("page", {"a": step.given("images/a.jpg"), "b": step.given("images/b.jpg")})
    found = step.sweep(
        "lib.s:one",
        over={"page": pages},
        to={"record": step.json("r/{page}"), "text": step.text("t/{page}")},
        x=pages,
    )
    assert [made.inputs["x"].id for made in graph.steps] == ["images/a.jpg", "images/b.jpg"]
    assert [made.settings for made in graph.steps] == [{"page": "a"}, {"page": "b"}]
    assert {name: made.id for name, made in found.text.items()} == {"a": "t/a", "b": "t/b"}
    assert graph.steps[0].template["text"].id == "t/{page}"
    step.sweep("lib.s:one", over={"page": "ab"}, to=step.json("s/{page}"), x=1, page="same")
    assert [made.settings["page"] for made in graph.steps[-2:]] == ["same", "same"]
    drawn = step.figure("d/{page}", "lib.s:one", caption="Of {page}.", over={"page": "ab"}, x=found.text)
    assert list(drawn) == ["a", "b"] and all(made.keep for made in graph.steps)
    assert drawn["b"].caption == "Of b." and graph.steps[-1].inputs["x"].id == "t/b"


# --- what has been declared -------------------------------------------------------------------------------------------


def test_captioned_artifacts_and_numbers_are_selected(graph, table):
    step.step("lib.s:any", to={"a": step.json("a", "A."), "b": step.json("b"), "n": step.numbers("n", caption="N.")})
    assert list(declared.select("npz", "json")) == ["data/table", "a"] and list(declared.select("figure")) == []
    number = Number("q1.a", "A")
    made = step.step("lib.s:any", to=step.numbers("m", number))
    held = declared.declared_numbers()
    assert held["m"] == (made, (replace(number, question=made.question),)) and list(held) == ["n", "m"]


def test_a_history_is_all_that_something_builds_on_but_downloads(graph):
    raw = step.step("lib.s:both", to={"folder": step.folder("raw")}, keep=False).folder
    first = step.step("lib.s:any", to=step.json("first"), raw=raw)
    second = step.step("lib.s:any", to=step.json("second"), first=first)
    step.step("lib.s:any", to=step.json("aside"), first=first)
    last = step.step("lib.s:any", to=step.json("last"), both=[first, second])
    assert [made.name for made in declared.history(last)] == ["last", "first", "second"]


@pytest.fixture
def stages(tmp_path, monkeypatch, graph):
    """A function that writes a package of stages and loads some of them."""
    monkeypatch.setattr(step, "PROJECT", tmp_path)
    monkeypatch.setattr(place, "PROJECT", tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "__init__.py").write_text("SOURCES = ('here', 'there')\n")

    def load(*names, **sources):
        for name, source in sources.items():
            (tmp_path / "parts" / f"{name}.py").write_text(source)
        importlib.invalidate_caches()
        return step.load_stages(names, "parts")

    yield load
    for name in [name for name in sys.modules if name.partition(".")[0] == "parts"]:
        del sys.modules[name]


def test_stages_are_loaded_in_order_and_helpers_and_other_sources_need_not_be_listed(stages, graph):
    declare = "from lib.graph import step, json\nstep('lib.s:any', to=json('{}'))\n"
    sources = {"one": "from parts import helper\n" + declare.format("one"), "two": declare.format("two")}
    assert stages("two", "one", **sources, helper="", settings="", here="", there="") is graph
    assert [made.name for made in graph.steps] == ["two", "one"]


@pytest.mark.parametrize("source, message", [
    ("\n\nimport nothing_like_that\n", "^parts/one.py:3: ModuleNotFoundError: No module named"),
    ("x = 1\n1 / 0", "^parts/one.py:2: ZeroDivisionError: division by zero$"),
    ("\ndef f(:\n", "^parts/one.py:2: SyntaxError"),
    ("from lib.graph import number\nnumber('q', 'lib.s:any', label='A')", "^parts/one.py:2: the key q is not"),
])  # fmt: skip
def test_a_stage_that_cannot_be_loaded_is_one_line(stages, source, message):
    with pytest.raises(DeclarationError, match=message):
        stages("one", one=source)


def test_a_stage_that_nobody_lists_is_named(stages):
    with pytest.raises(DeclarationError, match="parts/two.py is not among STAGES in parts/__init__.py: add 'two'"):
        stages("one", one="", two="")


def test_two_artifacts_of_one_id_are_refused_even_with_other_files(graph, table):
    with pytest.raises(DeclarationError, match="data/table is already made"):
        step.step("lib.s:any", to={"x": step.json("x"), "y": Artifact("data/table", step.JSON)})
    assert "x" not in graph.artifacts
