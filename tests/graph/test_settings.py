"""Settings: later wins, and what is impossible is named with its place."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import pytest
from msgspec import Meta

from lib.graph.settings import (
    PROJECT,
    Config,
    SettingsError,
    Table,
    Tables,
    config,
    in_user_folder,
    load,
    make_folder,
)


class Training(Table):
    """Training,
    in two lines."""

    epochs: Annotated[int, Meta(ge=1)] = 3
    rate: Annotated[float, Meta(gt=0, le=1)] = 0.5
    seeds: Annotated[tuple[int, ...], Meta(min_length=1, max_length=2)] = (0,)
    mode: Literal["plain", "fancy"] = "plain"
    name: str = "net"
    flag: bool = True


class Other(Table):
    """Another table."""

    epochs: int = 1


class All(Tables):
    training: Training
    other: Other


@pytest.fixture
def read(tmp_path):
    """Settings of a project from words of the command line."""
    (tmp_path / "user").mkdir()

    def read(pyproject="", file="", **words):
        (tmp_path / "pyproject.toml").write_text(pyproject)
        (tmp_path / "user" / "my.toml").write_text(file)
        if file:
            words["settings"] = "my.toml"
        words = {name.replace("__", "."): value for name, value in words.items()}
        return load(All, ("embedded", "course"), Config(words, tmp_path / "user"), tmp_path)

    return read


def test_later_wins(read):
    pyproject, file = (
        "[tool.inkgraph.training]\nepochs = 4\nrate = 0.25\nname = 'a'\n",
        "[training]\nepochs = 5\nrate = 1\n",
    )
    assert read().training == Training() and read().other == Other()
    assert read(pyproject).training == Training(epochs=4, rate=0.25, name="a")
    assert read(pyproject, file).training == Training(epochs=5, rate=1.0, name="a")
    assert read(pyproject, file, training__epochs="6").training == Training(epochs=6, rate=1.0, name="a")
    assert isinstance(read(pyproject, file).training.rate, float)


def test_words_are_read_as_toml_and_text_needs_no_quotes(read):
    found = read(training__seeds="[1, 2]", training__mode="fancy", training__name='"x y"', training__flag="false")
    assert found.training == Training(seeds=(1, 2), mode="fancy", name="x y", flag=False)
    assert read(training__name="x y").training.name == "x y"


def test_a_file_may_be_a_part_of_a_pyproject(read):
    assert read(file="[tool.inkgraph.training]\nepochs = 5\n").training.epochs == 5
    assert read(pyproject="[project]\nname = 'x'\n[training]\nepochs = 9\n").training.epochs == 3


@pytest.mark.parametrize("word, value, message", [
    ("training.epochs", "0", "command line: training.epochs=0: must be an integer >= 1 (default 3)"),
    ("training.epochs", "1.5", "must be an integer, not a number"),
    ("training.epochs", "x", 'training.epochs="x": must be an integer, not a string'),
    ("training.epochs", "true", "must be an integer, not a boolean"),
    ("training.rate", "0", "must be a number > 0 (default 0.5)"),
    ("training.rate", "2", "must be a number <= 1 (default 0.5)"),
    ("training.rate", "[]", "must be a number, not a list"),
    ("training.seeds", "3", "must be a list, not an integer (default [0])"),
    ("training.seeds", "[]", "must be a list of at least 1 values"),
    ("training.seeds", "[1, 2, 3]", "must be a list of at most 2 values"),
    ("training.seeds", '["a"]', "must be an integer, not a string"),
    ("training.mode", "odd", "must be one of plain, fancy (default \"plain\")"),
    ("training.flag", "1", "must be a boolean, not an integer"),
    ("training.name", "{}", "must be a string, not a table"),
    ("training.epoch", "1", "no such setting; did you mean epochs? there are epochs, rate"),
    ("training.zzz", "1", "no such setting; there are epochs"),
    ("trainin.epochs", "1", "no table trainin; did you mean training? there are training, other"),
    ("sauce", "course", "sauce=course: did you mean source? there are source, mirror"),
    ("epochs", "3", "epochs=3: did you mean"),
    ("zzz", "3", "zzz=3: there are source"),
    ("source", "cours", "source=cours is unknown; the sources are embedded and course"),
    ("settings", "none.toml", "there is no settings file"),
    ("settings", "", "settings= has no value: write settings=PATH"),
    ("mirror", "", "mirror= has no value"),
    ("cache", "", "cache= has no value"),
])  # fmt: skip
def test_what_cannot_be_is_told_with_what_can(read, word, value, message):
    with pytest.raises(SettingsError) as error:
        read(**{word: value})
    assert message in str(error.value)


@pytest.mark.parametrize("content, message", [
    ("[training]\nepochs = 0\n", "my.toml: training.epochs=0: must be"),
    ("epochs = 0\n", "my.toml: epochs stands outside a table; there are training, other"),
    ("[training\n", "my.toml cannot be read as TOML"),
])  # fmt: skip
def test_a_file_is_named(read, content, message):
    with pytest.raises(SettingsError) as error:
        read(file=content)
    assert message in str(error.value)


def test_changes_and_settings_as_a_file(read):
    assert read().changed() == {}
    found = read(training__epochs="4", training__seeds="[1, 2]", other__epochs="2")
    assert found.changed() == {"training.epochs": 4, "training.seeds": [1, 2], "other.epochs": 2}
    assert found.as_toml().startswith("# Training,\n# in two lines.\n[training]\nepochs = 4\n")
    assert tomllib.loads(found.as_toml())["training"]["seeds"] == [1, 2]
    assert read(file=found.as_toml()) == found


def test_stores_are_where_they_are_said_to_be_from_where_the_user_stands(tmp_path):
    usual = Config({}, tmp_path)
    assert (usual.source, usual.artifacts, usual.data, usual.cache) == (
        "embedded",
        Path("artifacts"),
        Path("data"),
        Path(".cache"),
    )
    assert usual.shared is usual.mirror is None
    said = Config({"source": "course", "artifacts": "a", "data": str(PROJECT / "d"), "mirror": "m"}, tmp_path)
    assert (said.source, said.artifacts, said.data) == ("course", tmp_path / "a", Path("d"))
    assert said.mirror == str(tmp_path / "m") and Config({"mirror": "http://x/y"}, tmp_path).mirror == "http://x/y"
    team = Config({"cache": "s3://bucket/x"}, tmp_path)
    assert (team.shared, team.cache) == ("s3://bucket/x", Path(".cache"))
    assert Config({"cache": "c"}, tmp_path).cache == tmp_path / "c" and Config({"cache": "c"}, tmp_path).shared is None


def test_the_database_lies_with_the_artifacts(tmp_path):
    made = Config({"artifacts": "a", "source": "course"}, tmp_path)
    assert made.state_file == tmp_path / "a/course/.doit.db" and (tmp_path / "a/course/.lock").exists()
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="artifacts=.*file"):
        _ = Config({"artifacts": "file"}, tmp_path).state_file
    with pytest.raises(Exception, match="file/x cannot be created"):
        make_folder(tmp_path / "file" / "x")
    make_folder(tmp_path / "x" / "y")
    make_folder(tmp_path / "x" / "y")


def test_paths_start_from_where_the_user_stands(monkeypatch):
    monkeypatch.setenv("DOITW_FROM", "/somewhere")
    assert in_user_folder("x") == Path("/somewhere/x") and in_user_folder("/x") == Path("/x")
    assert config() is config()
