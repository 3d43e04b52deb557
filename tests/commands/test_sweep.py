"""Numbers at every combination of some settings' values."""

import json
import os
import re
import shutil

import pytest
from doit.exceptions import InvalidCommand

from lib.commands.points import take_axes
from lib.graph.settings import SettingsError
from tests.pipeline.conftest import PROJECT, Toy


@pytest.fixture
def toy(tmp_path):
    made = Toy(tmp_path)
    (made.folder / "lib/figures").mkdir()
    for name in ("__init__", "style", "sweeps"):
        shutil.copy(PROJECT / f"lib/figures/{name}.py", made.folder / "lib/figures")
    return made


@pytest.mark.parametrize("words, axes", [
    ({"a.x": "1,2", "a.y": "3", "source": "b"}, {"a.x": ["1", "2"]}),
    ({"a.x": "[0,1],[2]"}, {"a.x": ["[0,1]", "[2]"]}),
    ({"a.x": '"a,b","c"', "a.y": "cpu,cuda"}, {"a.x": ['"a,b"', '"c"'], "a.y": ["cpu", "cuda"]}),
])  # fmt: skip
def test_words_with_several_values_are_axes(words, axes):
    rest = {word: value for word, value in words.items() if word not in axes}
    assert take_axes(words) == axes and words == rest


@pytest.mark.parametrize("words, message", [
    ({}, "sweep needs a setting with several values"),
    ({"a.x": "[1,2]"}, "sweep needs a setting"),
    ({"a.x": "1,,2"}, "a.x=1,,2: each value once"),
    ({"a.x": "1,1"}, "each value once"),
    ({"a.x": ",".join(map(str, range(40))), "a.y": ",".join(map(str, range(40)))}, "1600 combinations are more than"),
])  # fmt: skip
def test_what_is_no_sweep_is_said(words, message):
    with pytest.raises(InvalidCommand, match=re.escape(message)):
        take_axes(words)


def test_a_setting_twice_is_refused(monkeypatch):
    monkeypatch.setattr("sys.argv", ["doitw", "sweep", "a.x=1,2", "a.x=3,4"])
    with pytest.raises(SettingsError, match="a.x= is given twice"):
        take_axes({"a.x": "3,4"})


def total(toy, *words):
    """The number in a build of its own."""
    toy.doit("Q1.10/numbers", "artifacts=alone", *words)
    return json.loads((toy.folder / "alone/embedded/Q1.10/numbers.json").read_text())["q1.10.total"]


def test_every_combination_is_what_a_build_of_its_own_makes(toy):
    toy.doit()
    before = toy.bytes()
    output = toy.doit("sweep", "toy.seed=0,5", "toy.factors=[1],[1,2]", "--metric", "q1.10.total", "--json", "-n", "2")
    points = json.loads(re.search(r"^\[$.*^\]$", output, re.M | re.S)[0])
    assert [tuple(point["settings"].values()) for point in points] == [
        ("0", "[1]"), ("0", "[1,2]"), ("5", "[1]"), ("5", "[1,2]")
    ]  # fmt: skip
    for point in points:
        words = [f"{word}={value}" for word, value in point["settings"].items()]
        assert point["numbers"] == {"q1.10.total": total(toy, *words)}
    # What was built before, or for another point, is restored: drawn once for the new seed, fitted at it once for each
    # factor, and added up where that was not done yet.
    how = re.findall(r"^ *(built|restored) [\d. s]*  (\S+) \(\d\)$", output, re.M)
    assert sorted(name for done, name in how if done == "built") == ["Q1.10/total"] * 4 + [
        "data/table",
        "fits/1",
        "fits/2",
    ]
    assert {name: toy.bytes()[name] for name in before} == before and not list(toy.folder.rglob(".sweep-*"))
    assert toy.ran() == {} and len(json.loads(toy.doit("runs", "--json"))) == 1
    again = toy.doit(
        "sweep", "toy.factors=[1],[1,2]", "toy.seed=5,0", "--metric", "q1.10.total", "--metric", "q1.10.total"
    )
    assert not re.search(r"^ +built ", again, re.M)


def test_a_table_and_a_figure(toy, tmp_path):
    words = ["sweep", "toy.seed=0,5", "--metric", "q1.10.total"]
    text = toy.doit(*words, "--to", str(tmp_path / "of seeds.pdf"))
    assert re.search(r"^toy.seed +Sum of all$", text, re.M) and (tmp_path / "of seeds.pdf").read_bytes().startswith(
        b"%PDF"
    )
    assert len(json.loads((tmp_path / "of seeds.json").read_text())) == 2
    assert "| toy.seed | Sum of all |" in toy.doit(*words, "--markdown")
    assert {file.name for file in (toy.folder / "artifacts/embedded/sweeps").iterdir()} == {
        "toy_seed.png",
        "toy_seed.json",
    }
    assert "sweeps" not in toy.doit("clean", "--orphans")


@pytest.mark.parametrize("words, message", [
    (["toy.seed=1"], "sweep needs a setting with several values"),
    (["fits/1", "toy.seed=1,2"], "fits/1 is no setting with values"),
    (["toy.seed=1,200", "--metric", "q1.10.total"], "toy.seed=200: must be an integer <= 99"),
    (["toy.sead=1,2", "--metric", "q1.10.total"], "did you mean seed?"),
    (["toy.seed=1,2", "--metric", "q1.total"], "there is no number q1.total with toy.seed=1"),
    (["toy.seed=1,2"], "no number of the front page depends on these settings"),
    (["toy.seed=1,2", "--to", "x.txt"], "--to x.txt ends in neither"),
    (["toy.words=['a'],['b']", "--metric", "q1.10.total"], "data/embedded/raw/words is another one with toy.words"),
])  # fmt: skip
def test_what_cannot_be_swept_is_one_line(toy, words, message):
    output = toy.doit("sweep", *words, code=3)
    assert message in output and len(output.splitlines()) == 1


def test_what_a_killed_sweep_left_is_removed_and_what_another_one_makes_is_not(toy):
    root = toy.folder / "artifacts/embedded"
    dead, alive = root / f".sweep-{2**22 + 1}", root / f".sweep-{os.getpid()}"
    for folder in (dead, alive):
        folder.mkdir(parents=True)
    toy.doit("sweep", "toy.seed=0,5", "--metric", "q1.10.total")
    assert not dead.exists() and alive.exists()
