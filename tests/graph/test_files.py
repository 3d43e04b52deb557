"""Files and folders as content."""

import os
from pathlib import Path

import pytest

from lib.graph import files


@pytest.fixture
def folder(here):
    for name, content in {"a.txt": "one", "deep/b.txt": "two", "deep/c.txt": "three"}.items():
        (here / "raw" / name).parent.mkdir(parents=True, exist_ok=True)
        (here / "raw" / name).write_text(content)
    (here / "raw" / "empty").mkdir()
    return here / "raw"


def digest(path):
    files._folders.clear()
    return files.digest(path)


def test_a_digest_is_of_content_alone(folder):
    (folder / "copy.txt").write_text("one")
    assert digest(folder / "a.txt") == digest(folder / "copy.txt") != digest(folder / "deep/b.txt")
    os.utime(folder / "a.txt", (0, 0))
    assert digest(folder / "a.txt") == digest(folder / "copy.txt")


EDITS = {
    "content": lambda folder: (folder / "deep/b.txt").write_text("owt"),
    "a name": lambda folder: (folder / "a.txt").rename(folder / "z.txt"),
    "a file more": lambda folder: (folder / "deep/d.txt").touch(),
    "a file less": lambda folder: (folder / "a.txt").unlink(),
    "an empty folder more": lambda folder: (folder / "deep" / "empty").mkdir(),
    "an empty folder less": lambda folder: (folder / "empty").rmdir(),
    "contents swapped": lambda folder: [
        (folder / name).write_text(content) for name, content in (("a.txt", "two"), ("deep/b.txt", "one"))
    ],
    "a file to another folder": lambda folder: (folder / "deep/b.txt").rename(folder / "b.txt"),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_folder_is_names_and_contents(folder, name):
    before = files.state(str(folder))
    assert files.is_unchanged(str(folder), before)
    EDITS[name](folder)
    files._folders.clear()
    assert not files.is_unchanged(str(folder), before)
    assert files.fresh_state(str(folder)) != before


def test_a_touched_file_is_unchanged_and_is_read_only_if_somebody_wrote(folder, monkeypatch):
    path = str(folder / "a.txt")
    before = files.state(path)
    monkeypatch.setattr(files, "_digest", None)  # nothing is read
    assert files.is_unchanged(path, before)
    monkeypatch.undo()
    os.utime(path)
    assert files.signature(path) != before[0] and files.is_unchanged(path, before)
    Path(path).write_text("eno")
    assert not files.is_unchanged(path, before)
    Path(path).unlink()
    assert not files.is_unchanged(path, before)


def test_a_write_within_size_and_time_is_noticed(folder):
    path = str(folder / "a.txt")
    before, status = files.state(path), os.stat(path)
    Path(path).write_text("eno")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert not files.is_unchanged(path, before)


@pytest.mark.parametrize("edit", [
    lambda path: os.utime(path, ns=(0, 0)),
    lambda path: Path(path).write_text("more"),
    lambda path: os.chmod(path, 0o600),
])  # fmt: skip
def test_a_signature_changes_with_size_and_times(folder, edit):
    path = str(folder / "a.txt")
    before = files.signature(path)
    edit(path)
    assert files.signature(path) != before


def test_a_folder_is_looked_through_once(folder):
    before = files.signature(str(folder))
    (folder / "new.txt").touch()
    assert files.signature(str(folder)) == before
    assert files.fresh_state(str(folder))[0] != before


def test_trees_come_back_with_permissions_and_empty_folders(folder, here):
    (folder / "deep/b.txt").chmod(0o600)
    (folder / "empty").chmod(0o500)
    found = files.read_tree(here, ["raw"])
    assert list(found) == ["raw/", "raw/a.txt", "raw/deep/", "raw/deep/b.txt", "raw/deep/c.txt", "raw/empty/"]
    assert found["raw/deep/b.txt"] == (b"two", 0o600) and found["raw/empty/"] == (b"", 0o500)
    (here / "copy").mkdir()
    files.write_tree(here / "copy", found)
    assert files.read_tree(here / "copy", ["raw"]) == found
    assert files.read_tree(here / "copy", ["raw/a.txt"]) == {"raw/a.txt": found["raw/a.txt"]}


def test_a_folder_that_may_not_be_written_to_is_restored_with_what_is_in_it(here):
    files.write_tree(here, {"raw/": (b"", 0o500), "raw/a": (b"x", 0o400)})
    assert (here / "raw/a").read_bytes() == b"x" and (here / "raw").stat().st_mode & 0o777 == 0o500


def test_links_are_refused(folder, here):
    (folder / "deep/link").symlink_to("b.txt")
    with pytest.raises(ValueError, match="raw/deep/link is neither a file nor a folder"):
        files.read_tree(here, ["raw"])
    (here / "link").symlink_to("raw")
    with pytest.raises(ValueError, match="link is neither"):
        files.read_tree(here, ["link"])


def stage(here, **contents):
    for name, content in contents.items():
        file = here / "staging" / name.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)


def test_outputs_are_renamed_into_place_over_what_was_there(folder, here):
    stage(here, raw__new="four", a="five")
    states = files.place(here / "staging", {"raw": "raw", "a": "deep/er/a"})
    assert [path.name for path in folder.iterdir()] == ["new"] and Path("deep/er/a").read_text() == "five"
    assert states == {path: files.state(path) for path in ("raw", "deep/er/a")}
    assert all(files.is_unchanged(path, state) for path, state in states.items())


def test_an_output_overwritten_as_it_is_placed_is_not_taken_for_ours(here, monkeypatch):
    stage(here, a="five", raw__b="six")
    replace = Path.replace

    def and_write(path, target):
        replace(path, target)
        (target / "b" if target.is_dir() else target).write_text("not ours")

    monkeypatch.setattr(Path, "replace", and_write)
    states = files.place(here / "staging", {"a": "a", "raw": "raw"})
    assert {state[0] for state in states.values()} == {""}
    assert not any(files.is_unchanged(path, state) for path, state in states.items())


def test_removing_takes_the_folders_that_become_empty_up_to_the_root(here):
    for name in ("root/a/b/c/d.txt", "root/a/e.txt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()
    files.remove("root/a/b/c/d.txt", "root")
    assert not Path("root/a/b").exists() and Path("root/a/e.txt").exists()
    files.remove("root/a/e.txt", "root/")
    assert Path("root").is_dir() and not Path("root/a").exists()
    files.remove("root/nothing", "root")
    Path("root/full/x").mkdir(parents=True)
    Path("target/kept").mkdir(parents=True)
    Path("root/link").symlink_to(Path("target").absolute())
    files.remove("root/link", "root")
    files.remove("root/full", "root")
    assert not any(Path("root").iterdir()) and Path("target/kept").exists()


def test_files_are_listed_sorted(folder):
    assert [name for name, _ in files._entries(folder) if not name.endswith("/")] == [
        "a.txt",
        "deep/b.txt",
        "deep/c.txt",
    ]


def test_doit_is_told_that_a_file_is_missing_and_nothing_else(folder):
    checker = files.Unchecked()
    assert checker.check_modified(str(folder / "a.txt"), None, "") is False
    assert checker.info(str(folder / "a.txt")) == checker.get_state("", "") == ""
    with pytest.raises(checker.CheckerError):
        checker.info(str(folder / "missing"))


def test_a_borrowed_folder_is_lent_again_unless_something_was_left_in_it(here):
    with files.borrowed(here / "staging") as first:
        (first / "Q1").mkdir()
        (first / "Q1" / "a").touch()
        (first / "Q1" / "a").rename(here / "a")
    with files.borrowed(here / "staging") as second, files.borrowed(here / "staging") as third:
        assert second == first != third
        (second / "left").touch()
        (third / "link").symlink_to(here)
    assert not first.exists() and not third.exists()
    with pytest.raises(ZeroDivisionError), files.borrowed(here / "staging") as fourth:
        1 / 0  # noqa: B018
    assert not fourth.exists()
