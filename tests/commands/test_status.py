"""How steps stand, and what belongs to none."""

from pathlib import Path
from types import SimpleNamespace

from lib.commands.status import orphans, read_failures, statuses, write_failures
from lib.graph import files, text, written
from tests.commands.conftest import declare, kernel


def test_a_step_behind_a_stale_one_is_stale(graph, tasks, doit):
    found = statuses(doit(stale=["fits/mlp_1"]), tasks, tasks)
    fresh = {name for name, status in found.items() if status == "fresh"}
    assert fresh == {"data/table", "fits/mlp_0.1"} and found["Q4.3/boxes_a"] == found["results"] == "stale"
    assert set(statuses(doit(), tasks, tasks).values()) == {"fresh"}
    assert statuses(doit(stale=["data/table"]), tasks, ["results"]) == {"results": "stale"}


def test_failures_are_remembered_until_they_are_mended(graph, tasks, doit):
    assert read_failures() == set()
    write_failures(set())
    assert not Path("artifacts").exists()
    Path("artifacts/embedded").mkdir(parents=True)
    write_failures({"fits/mlp_1", "Q4.3/boxes_a"})
    assert read_failures() == {"fits/mlp_1", "Q4.3/boxes_a"}
    found = statuses(doit(stale=["fits/mlp_1"]), tasks, tasks)
    assert (found["fits/mlp_1"], found["Q4.3/boxes_a"], found["Q4.3/boxes_b"]) == ("failed", "failed", "stale")
    write_failures(set())
    assert read_failures() == set()


def test_what_a_step_wrote_and_none_makes_any_more_is_an_orphan(graph):
    root = "artifacts/embedded/"
    for name in ("fits/mlp_1.npz", "fits/mlp_9.npz", "Q9/old.txt", "Q9/mine.txt", "Q9/changed.txt", "Q4.4/a.txt"):
        Path(root, name).parent.mkdir(parents=True, exist_ok=True)
        Path(root, name).touch()
        if name != "Q9/mine.txt":
            written.note(root, {name: files.state(root + name)[1]})
    Path(root, "Q9/changed.txt").write_text("by hand")
    assert orphans() == [Path(root, "Q9/old.txt"), Path(root, "fits/mlp_9.npz")]


def test_a_chain_may_be_long(monkeypatch, doit):
    made, tasks = kernel.Graph(), {}
    monkeypatch.setattr("lib.commands.status.GRAPH", made)
    last = []
    for number in range(3000):
        last = declare(made, "long", {"target": text(f"long/{number}")}, last)
        tasks[f"long/{number}"] = SimpleNamespace(name=f"long/{number}", meta={"step": made.steps[-1]})
    assert statuses(doit(stale=["long/0"]), tasks, ["long/2999"]) == {"long/2999": "stale"}


def test_what_is_selected_is_what_was_named_and_all_that_it_builds_on(graph):
    assert graph.selected is None
    graph.select(["Q4.3/boxes_a"])
    assert [step.name for step in graph.selected] == [
        "data/table",
        "fits/mlp_0.1",
        "fits/mlp_1",
        "Q3.1.1/numbers",
        "Q4.3/boxes_a",
    ]
    graph.select([])
    assert graph.selected == []
