"""README.md's examples, added to a copy of the project as they stand there, make what it says."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
FIGURES = ["Q3.1.4/means"]
NUMBERS = {"q3.1.4.ink": "Q3.1.4/ink", "q3.2.darkest": "Q3.2/darkest"}


def examples():
    """(file, code) of each example: a line ``# lib/...py`` begins a file."""
    for block in re.findall(r"^```python\n(.*?)^```$", README, re.M | re.S):
        _, *parts = re.split(r"^# (\S+\.py)\n", block, flags=re.M)
        yield from zip(parts[::2], parts[1::2], strict=True)


@pytest.fixture(scope="module")
def extended(build, tmp_path_factory):
    """A copy of the project with the examples, and its graph."""
    project = tmp_path_factory.mktemp("extended")
    for name in ("lib", "stages", "writeup", "images", "benchmarks", "docs"):
        shutil.copytree(PROJECT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("dodo.py", "pyproject.toml"):
        shutil.copy(PROJECT / name, project / name)
    for file, code in examples():
        place = project / file
        if not place.exists() and place.parent.name == "stages":
            listed = project / "stages" / "__init__.py"
            listed.write_text(listed.read_text().replace('    "results",\n', f'    "{place.stem}",\n    "results",\n'))
        with place.open("a") as opened:
            opened.write(f"\n\n{code}" if place.stat().st_size else code)
    line, source = re.search(r"`(#fig\(.*?\))`.*?`(writeup/\w+\.typ)`", README, re.S).groups()
    with (project / source).open("a") as opened:
        opened.write(f"\n{line}\n")
    return build.of(project)


def test_list_shows_what_the_examples_make(extended):
    listed = [line.split()[0] for line in extended.doit("list").stdout.splitlines()]
    assert {*FIGURES, *NUMBERS.values(), "Q3.2/by_class"} <= set(listed)


def test_results_the_page_and_the_writeup_have_them_and_nothing_else_is_built(extended):
    run = extended.doit("results", "index.html", "writeup.pdf")
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    results = json.loads((extended.artifacts / "results.json").read_text())
    page = (extended.artifacts / "index.html").read_text()
    labels = re.findall(r'^number\(.*?label="(.*?)"', README, re.M)
    assert all(0 < results[key] < 1 for key in NUMBERS) and all(f'id="{id}"' in page for id in FIGURES)
    assert len(labels) == len(NUMBERS) and all(label in page for label in labels)
    built = re.findall(r"^ *built [\d. s]*  (\S+)$", run.stdout, re.M)
    lists = {"provenance", "sources"}  # of all that there is
    assert set(built) - lists == {*FIGURES, *NUMBERS.values(), "Q3.2/by_class", "results", "index.html", "writeup.pdf"}


def test_pull_copies_them_out(extended, tmp_path):
    run = extended.doit("pull", *FIGURES, *NUMBERS, "--to", str(tmp_path), "--as", "latex")
    assert run.returncode == 0, run.stderr
    assert {"Q3-1-4-means.pdf", "numbers.tex"} <= {path.name for path in tmp_path.iterdir()}
    assert "QThreeOneFourInk" in (tmp_path / "numbers.tex").read_text()


def test_they_keep_the_projects_style(extended):
    pytest.importorskip("ruff")
    files = {file for file, _ in examples()}
    # Where an example is added to a file, its imports belong to those at the top.
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--ignore", "E402,I001", *files]
    run = subprocess.run(command, cwd=extended.project, capture_output=True, text=True)
    assert len(files) == 5 and run.returncode == 0, run.stdout + run.stderr


# --- commands ---------------------------------------------------------------------------------------------------------


def commands():
    """What follows ./doitw, each once, in order: in blocks, in backticks, in `$(...)`; not `docs`, which its own tests
    run."""
    found = re.findall(r"\./doitw\b([^`#\n]*)", README)
    lines = [re.sub(r"\)\"$| > \S+", "", line.strip()) for line in found]
    lines = [re.sub(r"^read (PHOTO|photo.jpg)$", "read images/01_list.jpg", line) for line in lines]
    return [line for line in dict.fromkeys(lines) if line not in ("test", "read") and not line.startswith("docs")]


@pytest.fixture(scope="module")
def here(build, tmp_path_factory):
    """The project's own graph, restored, with a run of the other source."""
    folder = tmp_path_factory.mktemp("here")
    made = type(build)(folder, cache=build.cache)
    assert made.doit().returncode == 0
    other = folder / "artifacts" / "course"
    other.mkdir()
    shutil.copy(made.artifacts / ".runs.jsonl", other)
    return made


@pytest.mark.parametrize("line", commands())
def test_every_command_runs(here, tmp_path, line):
    """Where the course's own data would be read, what there is of it is listed."""
    meant = {"COMMAND": "sweep", "DIR": str(tmp_path)}
    words = [meant.get(word, word).replace("/tmp/graph.svg", str(tmp_path / "g.svg")) for word in line.split()]
    if words[:1] == ["pull"] and "--to" not in words:
        words += ["--to", str(tmp_path)]
    if "source=course" in words:
        words.insert(0, "list")
    run = here.doit(*words, module="lib.start")
    # Networks as small as these may take a page for one without text, or doubt what they read.
    expected = (0, 1, 2) if words[:1] == ["read"] else (0,)
    assert run.returncode in expected, run.stdout[-2000:] + run.stderr[-2000:]
    assert run.returncode != 1 or "no text found" in run.stderr
    assert "Traceback" not in run.stderr and (run.stdout or run.stderr)


def test_there_are_commands_for_each_day():
    first = {line.split()[0] for line in commands() if line}
    assert {"plan", "why", "diff", "sweep", "graph", "pull", "read", "runs", "settings", "clean", "forget"} <= first
