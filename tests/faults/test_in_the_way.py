"""What has taken a place of ours is moved aside and said: never removed, never waited for, in the way once."""

import os
import shutil

import pytest

FILE, FOLDER = "artifacts/embedded/Q2.1/apart.txt", "data/embedded/raw/words"
OWN = (".written", ".lock", ".lock-owner", ".failed", ".doit.db", ".files.json", ".reached.json", ".staging")


def fill(path):
    path.mkdir()
    (path / "mine").write_text("mine")


KINDS = {
    "a folder": fill,
    "a file": lambda path: path.write_text("mine"),
    "a named pipe": os.mkfifo,
    "a link": lambda path: path.symlink_to(path.parents[3] / "pyproject.toml"),
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
}


def take(path):
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)


@pytest.mark.parametrize("kind", KINDS)
def test_what_has_taken_an_outputs_place_is_moved_aside(toy, kind):
    others = [place for place, ours in ((FILE, "a file"), (FOLDER, "a folder")) if kind != ours]
    for place in others:
        take(toy.folder / place)
        KINDS[kind](toy.folder / place)
    assert f"{others[0]} is" in toy.doit("why", "Q2.1", "raw/words")
    output = toy.doit()
    for place in others:
        expected = "file" if place == FILE else "folder"
        said = f"{place} was {kind.partition(' to ')[0]} where a {expected} belongs: moved to {place}.aside"
        assert said in output
        assert os.path.lexists(toy.folder / f"{place}.aside")
        take(toy.folder / f"{place}.aside")
    assert toy.bytes() == toy.clean
    assert (toy.folder / "pyproject.toml").stat().st_size


def test_a_file_in_the_place_of_a_folder_of_outputs_is_moved_aside(toy):
    take((toy.folder / FILE).parent)
    (toy.folder / FILE).parent.write_text("mine")
    assert "artifacts/embedded/Q2.1 was a file where a folder belongs" in toy.doit("Q2.1")
    aside = toy.folder / "artifacts/embedded/Q2.1.aside"
    assert aside.read_text() == "mine"
    aside.unlink()
    assert toy.bytes() == toy.clean


@pytest.mark.parametrize("put", [os.mkfifo, lambda path: os.symlink("..", path), lambda path: open(path, "w").close()])
def test_what_does_not_belong_into_a_folder_is_noticed(toy, put):
    put(os.fsencode(toy.folder / FOLDER) + b"/\xff")
    assert f"output {FOLDER} is not what was written" in toy.doit("why", "raw/words")
    assert f"{FOLDER} held" in toy.doit("raw/words")
    assert b"\xff" in os.listdir(os.fsencode(toy.folder / f"{FOLDER}.aside"))
    take(toy.folder / f"{FOLDER}.aside")
    assert toy.bytes() == toy.clean


def test_a_link_to_the_same_content_is_not_the_output(toy):
    file = toy.folder / FILE
    file.rename(toy.folder / "elsewhere")
    file.symlink_to(toy.folder / "elsewhere")
    assert toy.ran("Q2.1") == {"Q2.1/apart": "restored"}
    assert not file.is_symlink()


@pytest.mark.parametrize("kind", ["a folder", "a named pipe", "a link"])
def test_what_has_taken_the_place_of_a_builds_own_files_is_moved_aside(toy, kind):
    folder = toy.folder / "artifacts/embedded"
    taken = [name for name in OWN if (kind, name) != ("a folder", ".staging")]
    for name in taken:
        take(folder / name)
        KINDS[kind](folder / name)
    output = toy.doit("list", "-s", "Q2.1")
    assert all(f"artifacts/embedded/{name} was {kind} where" in output for name in taken)
    assert set(toy.ran().values()) == {"restored"}
    for aside in folder.glob(".*.aside"):
        take(aside)
    assert toy.bytes() == toy.clean


def test_clean_leaves_what_no_step_made(toy):
    take(toy.folder / FILE)
    fill(toy.folder / FILE)
    output = toy.doit("clean")
    assert f"leaving {FILE}: it has been changed" in output and f"removing {FOLDER}" in output
    assert (toy.folder / FILE / "mine").read_text() == "mine"


def test_builds_into_two_folders_from_one_folder_of_data_wait_for_each_other(toy):
    shutil.rmtree(toy.folder / "data")
    first = toy.start("artifacts=one", "cache=one-cache", "toy.pause=0.5")
    while not (toy.folder / "data/embedded/.lock-owner").exists():
        assert first.poll() is None, first.communicate()[0]
    output = toy.doit("artifacts=two", "cache=two-cache")
    assert first.communicate()[0].count("built") == 8 and first.returncode == 0
    assert f"waiting for the build of {toy.folder}/data/embedded by process {first.pid}" in output
    assert toy.bytes("one") == toy.bytes("two")
