"""A team's store, here in memory."""

import fsspec
import pytest

from lib.graph.entries import Kept
from lib.graph.shared import SharedStore

KEPT = Kept({"Q1/a.txt": (b"one\ntwo", 0o644), "raw/": (b"", 0o755), "raw/b": (b"\x00", 0o600)}, ["UserWarning: few"])
KEY = "ab" * 32


@pytest.fixture
def store():
    files = fsspec.filesystem("memory")
    yield SharedStore("memory://team/")
    files.store.clear()
    files.pseudo_dirs[:] = [""]


def objects():
    return fsspec.filesystem("memory").store


def test_an_entry_is_uploaded_once_and_comes_back(store):
    assert store.get(KEY) is None
    store.put(KEY, KEPT)
    store.flush()
    assert store.get(KEY) == SharedStore("memory://team").get(KEY) == KEPT
    assert store.get("cd" * 32) is None
    assert list(objects()) == [f"/team/ab/{KEY}"]
    before = objects()[f"/team/ab/{KEY}"].modified
    store.put(KEY, KEPT)
    store.flush()
    assert objects()[f"/team/ab/{KEY}"].modified == before


@pytest.mark.parametrize("damage", [
    lambda content: content[:-1], lambda content: content[:20], lambda content: b"", lambda content: b"[]\n",
    lambda content: content.replace(b"one", b"eno"), lambda content: content.replace(b"420", b"493"),
])  # fmt: skip
def test_a_damaged_entry_does_not_exist(store, damage):
    store.put(KEY, KEPT)
    store.flush()
    content = fsspec.filesystem("memory").cat_file(f"/team/ab/{KEY}")
    assert damage(content) != content
    fsspec.filesystem("memory").pipe_file(f"/team/ab/{KEY}", damage(content))
    assert store.get(KEY) is None


def test_one_that_only_reads_uploads_nothing(store):
    store.writes = False
    store.put(KEY, KEPT)
    store.flush()
    assert not objects()


def test_one_that_cannot_be_reached_is_told_of_once_and_left_alone(capsys):
    store = SharedStore("nothing://team")
    assert store.get(KEY) is None and store.get(KEY) is None
    store.put(KEY, KEPT)
    store.flush()
    assert capsys.readouterr().err.count("\n") == 1


def test_one_that_cannot_be_written_to_is_told_of_and_read_all_the_same(store, capsys, monkeypatch):
    store.put(KEY, KEPT)
    store.flush()

    def refuse(self, *arguments, **options):
        raise PermissionError("no")

    monkeypatch.setattr(type(fsspec.filesystem("memory")), "pipe_file", refuse)
    for key in ("cd" * 32, "ef" * 32):
        store.put(key, KEPT)
        store.flush()
    assert not store.writes and "cannot be written to" in capsys.readouterr().err
    assert store.get(KEY) == KEPT and len(objects()) == 1
