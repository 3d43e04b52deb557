"""README.md shows what docs/results.json holds, and that is what builds measured."""

import json
import re
from pathlib import Path

import pytest

from lib.gallery import readme
from lib.steps.readme import summarise

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
BUILDS = json.loads((PROJECT / "docs" / "results.json").read_text(encoding="utf-8"))


def test_the_table_is_what_the_builds_measured():
    fresh = readme.insert(README, readme.table(BUILDS))
    assert fresh == README, "README.md is stale: run `.venv/bin/python -m docs.refresh`"


def test_the_builds_had_the_default_settings():
    assert {source: build["changed"] for source, build in BUILDS.items()} == {"course": {}, "embedded": {}}
    assert BUILDS["course"]["stand_ins"] and not BUILDS["embedded"]["stand_ins"]


def test_every_picture_is_there():
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", README)
    assert pictures and [name for name in pictures if not (PROJECT / name).is_file()] == []


def test_a_readme_without_marks_is_an_error():
    with pytest.raises(ValueError, match="README.md has no line <!-- results -->"):
        readme.insert("# inkgraph\n", "| a |\n")


def test_only_what_stands_between_the_marks_is_replaced():
    text = f"before\n{readme.BEGIN}old\n{readme.END}after\n"
    assert readme.insert(text, "new\n") == f"before\n{readme.BEGIN}new\n{readme.END}after\n"


def test_a_line_that_one_source_lacks_has_a_dash_there():
    builds = {"course": {"lines": [["Q3", "a", "1"]]}, "embedded": {"lines": [["Q3", "b", "2"]]}}
    assert readme.table(builds).splitlines()[2:] == ["| Q3 | a | 1 | – |", "| Q3 | b | – | 2 |"]


def test_a_build_is_summarised_by_headline_then_by_reader():
    counts = {"true": 10, "missed": 1, "spurious": 2, "letter_accuracy": 0.5, "in_context.letter_accuracy": 0.75}
    results = {"q3.b": 0.5, "q3.a": 12.345, "q3.c": 1} | {f"q4.one.{name}": value for name, value in counts.items()}
    results |= {f"q7.1.4.one.{name}": value for name, value in counts.items()}
    results |= {f"q7.1.4.one.mlp.{name}": 0 for name in counts}  # the same reader as in Q4, asked again
    declared = [{"key": key, "label": key} for key in results]
    declared[0] |= {"headline": 2, "unit": "%"}
    declared[1] |= {"headline": 1, "unit": "dB", "question": "Q3.1.2"}
    summary = summarise(
        results=results,
        declared=declared,
        pages=["one"],
        readers=[("mlp", "Network"), ("cnn", "CNN")],
        page_tables=[("Q4", "Pages", "mlp"), ("Q7.1.4", "All", "cnn")],
        report={"files": {"a.zip": {"stands_in_for": "b.zip"}, "c.zip": {}}},
        versions=[("NumPy", "2")],
        changed={"training.epochs": 3},
    )
    assert summary["lines"] == [
        ["Q3.1.2", "q3.a", "12.35 dB"],
        ["Q3", "q3.b", "50.0 %"],
        ["Q4", "Letters on the pages, missed, spurious", "10, 1, 2"],
        ["Q4", "Letters read right, Network (in context)", "50.0 % (75.0 %)"],
        ["Q7.1.4", "Letters read right, CNN (in context)", "50.0 % (75.0 %)"],
    ]
    assert summary["stand_ins"] == {"a.zip": "b.zip"} and summary["versions"] == {"NumPy": "2"}
    assert summary["changed"] == {"training.epochs": 3}


def test_refreshing_takes_over_what_was_built_and_refuses_other_settings(tmp_path):
    from docs.refresh import refresh_table

    old = {source: {"lines": [["Q3", "a", "old"]], "changed": {}} for source in readme.COLUMNS}
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "results.json").write_text(json.dumps(old))
    (tmp_path / "README.md").write_text(f"{readme.BEGIN}{readme.END}")
    built = tmp_path / "artifacts" / "embedded" / "readme.json"
    built.parent.mkdir(parents=True)
    built.write_text(json.dumps({"lines": [["Q3", "a", "new"]], "changed": {}}))
    refresh_table(tmp_path)
    assert "| Q3 | a | old | new |" in (tmp_path / "README.md").read_text()
    built.write_text(json.dumps({"lines": [], "changed": {"training.epochs": 3}}))
    with pytest.raises(SystemExit, match="training.epochs"):
        refresh_table(tmp_path)
    assert "| Q3 | a | old | new |" in (tmp_path / "README.md").read_text()
