"""How steps stand, and what belongs to none."""

from pathlib import Path

from lib.commands.status import orphans, read_failures, statuses, write_failures


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


def test_files_that_no_step_makes_are_orphans_but_hidden_ones(graph):
    for name in ("fits/mlp_1.npz", "fits/mlp_9.npz", "Q9/old.txt", ".doit.db", ".staging/x", "Q4.4/a.txt"):
        file = Path("artifacts/embedded", name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    assert orphans() == [Path("artifacts/embedded/Q9/old.txt"), Path("artifacts/embedded/fits/mlp_9.npz")]
