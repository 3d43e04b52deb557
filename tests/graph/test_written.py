"""The log of what steps wrote: only what is in it, unchanged and nobody else's, may be removed."""

import os
from pathlib import Path

import pytest

from lib.graph import files, written


@pytest.fixture
def root(here):
    """A root with a file that was written by a step."""
    Path("data/embedded").mkdir(parents=True)
    Path("data/embedded/a").write_text("one")
    written.note("data/embedded/", {"a": files.digest("data/embedded/a")})
    return "data/embedded/"


def why_not(root, name="a"):
    return written.why_not_ours(root, name, written.read(root))


def test_what_a_step_wrote_may_be_removed_while_it_is_as_it_was(root):
    assert why_not(root) == ""
    os.utime(f"{root}a")
    assert why_not(root) == ""
    Path(root, "a").write_text("eno")
    assert why_not(root) == "it has been changed since it was written"
    written.note(root, {"a": files.digest(f"{root}a")})
    assert why_not(root) == ""
    Path(root, "b").touch()
    assert why_not(root, "b") == "no step is recorded as having written it"


def test_what_another_build_uses_too_stays_while_that_exists(root, monkeypatch, here):
    (here / "other").mkdir()
    monkeypatch.setattr(written, "_owner", lambda: str(here / "other"))
    assert why_not(root) == ""  # the first one's artifacts are not there
    (here / "artifacts" / "embedded").mkdir(parents=True)
    assert why_not(root) == f"the builds in {here}/artifacts/embedded use it too"
    written.note(root, {"a": files.digest(f"{root}a")})
    monkeypatch.undo()
    monkeypatch.chdir(here)
    assert why_not(root) == f"the builds in {here}/other use it too"


def test_a_damaged_log_loses_no_whole_line(root):
    with open(f"{root}.written", "a") as log:
        log.write('["b", "0"]\n7\n["c", "1", "here"]\n["a", "half')
    assert written.read(root).keys() == {"a", "c"} and written.read(root)["c"] == written.Entry(
        "1", frozenset({"here"})
    )
    assert written.read("nowhere") == {}
