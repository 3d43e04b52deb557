"""A small graph, declared by hand."""

import importlib
from types import SimpleNamespace

import pytest

from lib.graph import Number, cache, files, json, npz, numbers, text
from lib.graph.artifact import FIGURE, Artifact
from lib.graph.task import Step

kernel = importlib.import_module("lib.graph.step")


def declare(graph, stage, outputs, inputs=(), template=None):
    inputs = {str(number): one for number, one in enumerate(inputs)}
    made = Step("lib.s:run", inputs, {}, outputs, False, True, "", False, template,
                f"stages/{stage}.py:3")  # fmt: skip
    graph.add(made)
    return list(outputs.values())


@pytest.fixture
def graph(tmp_path, monkeypatch):
    """Data, two fits of a sweep, what was learned, two pages."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(files, "_folders", {})
    monkeypatch.setattr(cache, "_caches", {})
    graph = kernel.Graph()
    for room in ("status", "list", "names", "why", "plan", "runs", "console", "pull", "graph"):
        monkeypatch.setattr(importlib.import_module(f"lib.commands.{room}"), "GRAPH", graph, raising=False)
    (table,) = declare(graph, "data", {"table": npz("data/table", "A table.")})
    template = {"": npz("fits/mlp_{rate:g}", "Fit at {rate:g}.")}
    fits = [
        *declare(graph, "training", {"target": npz("fits/mlp_0.1", "Fit at 0.1.")}, [table], template),
        *declare(graph, "training", {"target": npz("fits/mlp_1", "Fit at 1.")}, [table], template),
    ]
    best = numbers("Q3.1.1/numbers", Number("q3.test_accuracy", "Accuracy", "%"), caption="The numbers.")
    best, curves = declare(
        graph, "training", {"n": best, "c": Artifact("Q3.1.1/curves", FIGURE, "Curves: 5 % & more.")}, fits
    )
    for page in ("a", "b"):
        declare(graph, "reading", {"f": Artifact(f"Q4.3/boxes_{page}", FIGURE, f"{page}: boxes.")}, [best])
    declare(graph, "reading", {"t": text("Q4.4/a.txt", "Text."), "hidden": json("Q4.4/hidden")}, [best])
    declare(graph, "results", {"target": json("results", "All numbers.")}, [best])
    return graph


class Doit:
    """doit's database: which steps stand up to date, and what was recorded."""

    def __init__(self, stale=(), values=()):
        self.stale, self.values = set(stale), dict(values)

    def get_status(self, task, tasks):
        return SimpleNamespace(status="run" if task.name in self.stale else "up-to-date")

    def get_values(self, name):
        return self.values.get(name, {})


@pytest.fixture
def doit():
    return Doit


@pytest.fixture
def tasks(graph):
    return {step.name: SimpleNamespace(name=step.name, meta={"step": step}) for step in graph.steps}
