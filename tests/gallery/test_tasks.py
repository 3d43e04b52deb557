"""The graph as boxes, from declared steps."""

from lib.gallery.tasks import boxes
from tests.commands.conftest import graph  # noqa: F401 - a fixture


def test_a_sweep_is_one_box_and_every_box_knows_what_it_reads_and_how_deep_it_lies(graph):  # noqa: F811
    code = {step.function: "def run(): pass" for step in graph.steps}
    found = boxes(graph.steps, graph.makers_of, lambda step: ["images/a.jpg"], code)
    by_id = {box["id"]: box for box in found}
    table, fits = by_id["data/table"], by_id["fits/mlp_{rate}"]
    assert (table["stage"], table["depth"], table["count"], table["reads"]) == ("data", 0, 1, [])
    assert (fits["depth"], fits["count"], fits["given"]) == (1, 2, ["images/a.jpg"])
    assert [found[k]["id"] for k in fits["reads"]] == ["data/table"]
    assert fits["function"] == "lib.s:run" and fits["code"] == "def run(): pass"
    assert fits["makes"] == [("fits/mlp_{rate}", "Fit at {rate}")]
