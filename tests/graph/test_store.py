"""The store gives back what was put there under the same key, or nothing."""

import os
import warnings
from pathlib import Path

import pytest

from lib.graph import store
from lib.graph.entries import Kept

KEPT = Kept({"Q1/a.txt": (b"one", 0o644), "raw/": (b"", 0o755)}, ["UserWarning: few"])
OTHER = Kept({"Q1/a.txt": (b"other", 0o644)}, [])


class Team:
    """A team's store in a dict."""

    def __init__(self, **entries):
        self.entries = entries

    def get(self, key):
        return self.entries.get(key)

    def put(self, key, kept):
        self.entries[key] = kept


@pytest.fixture
def team(here, monkeypatch):
    team = Team()
    monkeypatch.setattr(store, "shared", lambda: team)
    return team


@pytest.fixture(autouse=True)
def alone(here, monkeypatch):
    monkeypatch.setattr(store, "shared", lambda: None)


def never():
    raise AssertionError("nothing was to be computed")


def entry(kept=KEPT):
    """The folder of an entry."""
    content = kept.files[next(iter(kept.files))][0]
    return next(path for path in Path(".cache").rglob("0") if path.read_bytes() == content).parent


def swap(folder):
    """Another entry in the place of this one."""
    folder.rename(folder.with_name("aside"))
    entry(OTHER).rename(folder)


def test_what_was_produced_is_restored_under_its_key_alone():
    assert store.restore_or_produce("key", lambda: KEPT) == KEPT
    assert store.restore_or_produce("key", never) == KEPT
    assert store.restore_or_produce("other", lambda: OTHER) == OTHER
    assert store.restore_or_produce("key", never) == KEPT and store.restore_or_produce("other", never) == OTHER


DAMAGES = {
    "content": lambda folder: (folder / "0").write_bytes(b"eno"),
    "a file that is missing": lambda folder: (folder / "0").unlink(),
    "no description": lambda folder: (folder / "entry.json").unlink(),
    "half a description": lambda folder: os.truncate(folder / "entry.json", 20),
    "a description of something else": lambda folder: (folder / "entry.json").write_text("[]"),
    "another one's": swap,
}


@pytest.mark.parametrize("name", DAMAGES)
def test_an_entry_that_is_not_whole_is_produced_again(name):
    store.restore_or_produce("key", lambda: KEPT)
    store.restore_or_produce("other", lambda: OTHER)
    folder = entry()
    DAMAGES[name](folder)
    assert store.restore_or_produce("key", lambda: KEPT) == KEPT
    assert store.restore_or_produce("key", never) == KEPT


def test_a_function_that_fails_leaves_no_entry():
    with pytest.raises(ZeroDivisionError):
        store.restore_or_produce("key", lambda: 1 / 0)
    assert store.restore_or_produce("key", lambda: KEPT) == KEPT


def test_a_store_that_cannot_be_written_to_is_done_without(monkeypatch):
    Path(".cache").write_text("a file")
    with pytest.warns(UserWarning, match="is not writable"):
        assert store.restore_or_produce("key", lambda: KEPT) == KEPT
    store.trim(Path(".cache"), 0)
    Path(".cache").unlink()
    monkeypatch.setattr(store.os, "access", lambda path, mode: False)
    with pytest.warns(UserWarning, match="is not writable"):
        assert store.restore_or_produce("key", lambda: KEPT) == KEPT


def test_a_full_disk_fails_no_step(monkeypatch):
    def full(*arguments):
        raise OSError("no space left")

    monkeypatch.setattr(store, "_write", full)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert store.restore_or_produce("key", lambda: KEPT) == KEPT
    assert store.restore_or_produce("key", lambda: OTHER) == OTHER


def test_the_entries_longest_unused_are_dropped_first():
    kept = {name: Kept({"a": (os.urandom(1000), 0o644)}, []) for name in ("first", "second", "third")}
    for age, (name, value) in enumerate(kept.items()):
        store.restore_or_produce(name, lambda value=value: value)
        os.utime(entry(value) / "entry.json", (1000 + age, 1000 + age))
    store.restore_or_produce("first", never)  # used just now
    store.trim(Path(".cache"), 3e-6)
    assert store.restore_or_produce("first", never) == kept["first"]
    assert store.restore_or_produce("third", never) == kept["third"]
    assert store.restore_or_produce("second", lambda: OTHER) == OTHER
    store.trim(Path(".cache"), 1)
    assert store.restore_or_produce("third", never) == kept["third"]


def test_what_a_team_has_is_taken_and_kept_here(team):
    team.entries["key"] = KEPT
    assert store.restore_or_produce("key", never) == KEPT
    team.entries.clear()
    assert store.restore_or_produce("key", never) == KEPT and not team.entries


def test_what_is_produced_is_given_to_the_team(team, monkeypatch):
    assert store.restore_or_produce("key", lambda: KEPT) == KEPT and team.entries == {"key": KEPT}
    monkeypatch.setattr(store, "_is_writable", lambda folder: False)
    with pytest.warns(UserWarning):
        assert store.restore_or_produce("key", never) == KEPT
