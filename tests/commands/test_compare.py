"""Plans, forced runs, records of builds and their differences, with the toy's graph."""

import json
import re

import pytest
from doit.exceptions import InvalidCommand

from lib.commands import diff, runs
from lib.commands.diff import compare, find_run
from lib.commands.panel import panel
from lib.commands.runs import LOG, read_runs
from lib.graph.numbers import Number
from tests.pipeline.conftest import Toy, built  # noqa: F401 - a fixture

SHARE = Number("q3.share", "Share", "%")


@pytest.fixture
def toy(tmp_path):
    return Toy(tmp_path)


def lines(output):
    return [" ".join(line.split()) for line in output.splitlines()]


def test_a_plan_says_what_a_build_does_and_why(toy):
    assert lines(toy.doit("plan"))[-1].startswith("7 to build; about ")
    first = toy.doit()
    assert first.startswith("7 to build; about ")
    assert toy.doit("plan") == "all 7 steps are fresh\n" and toy.doit("why") == "all 7 steps are fresh\n"
    words = lines(toy.doit("plan", "toy.factors=[1, 2, 4]"))
    assert re.fullmatch(
        r"build fits/{factor} \d+ s new in its sweep: setting toy.factors: \[1, 2, 3\] -> \[1, 2, 4\]", words[0]
    )
    assert re.fullmatch(r"build Q1.10/total \d+ s setting toy.factors: \[1, 2, 3\] -> \[1, 2, 4\]", words[1])
    assert words[2].startswith("2 to build, 5 fresh; about ")
    assert set(toy.ran("toy.factors=[1, 2, 4]")) == {"fits/4", "Q1.10/total"}
    # What is in the store is known through to its readers.
    words = lines(toy.doit("plan"))
    assert words == [
        "restore Q1.10/total setting toy.factors: [1, 2, 4] -> [1, 2, 3]",
        "1 to restore, 6 fresh; about 1 s",
    ]
    assert toy.ran() == {"Q1.10/total": "restored"}
    toy.edit("lib/scaling.py", "x * factor", "factor * x * 1.0")
    assert "function scale of lib.scaling changed" in toy.doit("plan")


def test_a_plan_knows_what_is_restored_behind_a_folder(toy):
    toy.doit()
    toy.doit("toy.words=['three']")
    plan = lines(toy.doit("plan"))
    assert plan[0].startswith("restore raw/words setting toy.words: ['three'] -> ['one', 'two']")
    assert plan[1] == "restore fits/{factor} (× 3) after raw/words"
    assert set(toy.ran().values()) == {"restored"}


def test_why_names_the_setting_not_every_input(toy):
    toy.doit("toy.factors=[1]")
    said = lines(toy.doit("why", "Q1.10/total", "toy.factors=[1, 2, 3, 4, 5, 6]"))
    assert said[0] == "Q1.10/total: setting toy.factors: [1] -> [1, 2, 3, 4, 5, 6]"
    assert said[1].startswith("Q1.10/total: inputs artifacts/embedded/fits/2.npz, ") and said[1].endswith(
        "and 2 more are new"
    )
    assert said[2].startswith(
        "Q1.10/total: depends on stale fits/2 and 4 more of its sweep: new in its sweep: setting toy"
    )
    assert len(said) == 3


def test_a_forced_step_runs_and_is_compared(toy):
    toy.doit()
    output = toy.doit("--force", "fits/2", "-n", "99999999999")
    assert "built" in output and "the same bytes as before" in output and "6 built" not in output
    toy.edit("lib/toy.py", '"apart\\n"', 'f"{time.time()}\\n"')
    assert "never ran with these inputs" in toy.doit("run", "Q2.1/apart", "--force")
    output = toy.doit("Q2.1/apart", "--force", code=1)
    assert "other bytes than before: artifacts/embedded/Q2.1/apart.txt" in output


def test_every_build_that_made_something_leaves_a_record(toy):
    assert "has made anything yet" in toy.doit("runs")
    toy.doit()
    toy.doit()  # made nothing
    toy.doit("toy.seed=3")
    toy.doit("fits/1")
    found = json.loads(toy.doit("runs", "--json"))
    assert [run["settings"] for run in found] == [{}, {"toy.seed": 3}, {}]
    assert [run["whole"] for run in found] == [True, True, False]
    assert [list(run["numbers"]) for run in found] == [["q1.10.total"], ["q1.10.total"], []]
    assert "runs takes no names: x" in toy.doit("runs", "x", code=3)
    shown = (toy.folder / "artifacts/embedded/.runs.js").read_text()
    entries = json.loads(shown.removeprefix("const recorded = ").removesuffix(";\n"))["runs"]
    assert [(entry["row"][0], entry["before"], len(entry["numbers"])) for entry in entries] == [
        ("3", 2, 0), ("2", 1, 1), ("1", None, 0)
    ]  # fmt: skip
    table = lines(toy.doit("runs"))
    assert table[0] == "run when commit took steps settings"
    assert table[2].startswith("2 ") and table[2].endswith("toy.seed=3") and table[3].endswith("restored defaults")


def test_two_runs_are_compared_in_settings_and_numbers(toy):
    toy.doit()
    assert "there are 1 runs here to compare" in toy.doit("diff", code=3)
    toy.doit("toy.seed=3")
    text = lines(toy.doit("diff"))
    assert "toy.seed 0 3" in text and text[-1] == "1 numbers differ, 0 are the same"
    assert any(line.startswith("Q1.10 Sum of all ") for line in text)
    plain = json.loads(toy.doit("diff", "2", "1", "--json"))
    assert plain["settings"] == {"toy.seed": {"before": 3, "after": 0}}
    (number,) = plain["numbers"].values()
    assert number["difference"] == pytest.approx(number["after"] - number["before"])
    assert "| toy.seed | 0 | 3 |" in toy.doit("diff", "1", "--markdown")
    toy.doit("source=course")
    assert toy.doit("diff", "course", "embedded").startswith("course (")
    assert "toy.seed" in toy.doit("diff", "artifacts/course", "2")
    toy.doit("Q2.1/apart", "--force")
    partial = toy.doit("diff")
    assert partial.endswith("0 numbers differ, 0 are the same, 1 are in one of the runs alone; --all shows 1 more\n")
    assert "not built" not in partial and "not built" in toy.doit("diff", "--all")
    assert "is one too many" in toy.doit("diff", "1", "2", "3", code=3)
    assert "nowhere is no run, source, folder" in toy.doit("diff", "nowhere", code=3)


def test_a_change_is_in_points_and_measured_by_its_interval():
    before = {"q3.share": 0.8, "q3.share_low": 0.75, "q3.share_high": 0.85, "same": 1, "name": "a"}
    inside, outside = ({**before, "q3.share": share, "q3.share_low": 0, "name": "b"} for share in (0.84, 0.86))
    rows = [diff.row(change) for change in compare(before, inside, {"q3.share": SHARE})]
    assert rows[0] == ["Q3", "Share", "80.0 %", "84.0 %", "+4.0 points", "within 75.0 to 85.0"]
    assert rows[1] == ["", "name", "a", "b", "", ""] and len(rows) == 2
    (change, _) = compare(before, outside, {"q3.share": SHARE})
    assert change.exceeds and diff.row(change)[-1] == "beyond 75.0 to 85.0"
    (gone,) = compare({"x": 1}, {}, {})
    assert diff.row(gone)[2:] == ["1", "not built", "", ""] and gone.exceeds is None


def test_a_run_that_was_stopped_says_how_far_it_came_and_is_compared_only_if_it_is_named(monkeypatch):
    run = {"when": "2026-01-01T00:00:00Z", "commit": "", "settings": {}, "numbers": {}, "steps": {"built": 2}}
    stopped = run | {"stopped": {"why": "interrupted", "done": 2, "of": 7}}
    monkeypatch.setattr(diff, "read_runs", lambda folder: [run, stopped, run, stopped])
    assert [found["name"] for found in diff.chosen_runs([])] == ["run 1", "run 3"]
    assert [found["name"] for found in diff.chosen_runs(["2"])] == ["run 2", "run 3"]
    assert runs.table([run, stopped])[1][4] == "2 built; interrupted after 2 of 7"
    shown = panel([run, stopped, run, stopped] * 10)["runs"]
    assert len(shown) == 30 and [entry["before"] for entry in shown[:3]] == [39, 37, 37]
    monkeypatch.setattr(diff, "read_runs", lambda folder: [run, stopped])
    with pytest.raises(InvalidCommand, match="there are 1 runs here to compare"):
        diff.chosen_runs([])


def test_settings_that_not_all_runs_have_come_first():
    run = {"when": "x", "commit": "", "numbers": {}}
    tables = [{"a.x": 1, "b.y": 2}, {"a.x": 1, "b.y": 3}, {"a.x": 1, "b.y": 3, "c.z": [1]}]
    rows = runs.table([run | {"settings": settings} for settings in tables])
    assert [row[-1] for row in rows] == ["b.y=2 a.x=1", "b.y=3 a.x=1", "b.y=3 c.z=[1] a.x=1"]
    assert runs.table([run | {"settings": {}}])[0][-1] == "defaults" and runs.table([]) == []


def test_lines_that_are_no_records_are_left_out(tmp_path):
    good = {"when": "2026-01-01T00:00:00Z", "commit": "abc1234567", "settings": {}, "numbers": {}}
    odd = [good | {"settings": []}, good | {"when": 3}, good | {"numbers": None}, {"when": "x"}]
    records = "\n".join(map(json.dumps, [*odd, good]))
    (tmp_path / LOG).write_bytes(b"\xff\n[]\n{}\n" + records.encode() + b'\n{"when')
    assert read_runs(tmp_path) == [good] and read_runs(tmp_path / "none") == []
    assert find_run("abc1234567f", [good])["name"] == "abc1234567f"
    with pytest.raises(InvalidCommand, match="2 is no run"):
        find_run("2", [good])
