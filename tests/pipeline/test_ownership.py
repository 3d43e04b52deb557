"""Only what a step wrote is ever removed."""

import pytest


def test_clean_leaves_what_people_put_among_the_artifacts(toy):
    toy.doit("artifacts=U", "Q2.1/apart")
    thesis = toy.folder / "U" / "embedded" / "thesis.txt"
    thesis.write_text("x")
    toy.doit("artifacts=U", "clean")
    toy.doit("artifacts=U", "clean", "--orphans")
    assert thesis.read_text() == "x" and not (toy.folder / "U/embedded/Q2.1").exists()


def test_clean_before_any_build_removes_nothing(toy):
    place = toy.folder / "artifacts/embedded/Q2.1/apart.txt"
    place.parent.mkdir(parents=True)
    place.write_text("mine\n")
    assert "no step is recorded as having written it" in toy.doit("clean")
    assert place.read_text() == "mine\n"


def test_clean_leaves_an_output_that_was_changed_by_hand_and_says_so(toy):
    toy.doit("Q2.1/apart")
    place = toy.folder / "artifacts/embedded/Q2.1/apart.txt"
    place.write_text("notes of my own\n")
    assert "it has been changed since it was written" in toy.doit("clean")
    assert place.read_text() == "notes of my own\n"


def test_clean_of_one_folder_of_artifacts_leaves_the_data_that_another_uses(toy):
    toy.doit("raw/words")
    toy.doit("raw/words", "artifacts=scratch")
    assert "use it too" in toy.doit("clean", "artifacts=scratch")
    assert (toy.folder / "data/embedded/raw/words").is_dir()


def test_an_orphan_is_what_a_step_once_wrote_and_nothing_else(toy):
    toy.doit()
    mine = toy.folder / "artifacts/embedded/fits/mine.npz"
    mine.write_bytes(b"x")
    output = toy.doit("toy.factors=[1, 2]")
    assert "fits/3.npz" in output and "mine" not in output
    toy.doit("clean", "--orphans", "toy.factors=[1, 2]")
    assert mine.exists() and not (toy.folder / "artifacts/embedded/fits/3.npz").exists()


def test_a_file_put_into_an_output_folder_is_kept_when_the_folder_is_replaced(toy):
    toy.doit("raw/words")
    words = toy.folder / "data/embedded/raw/words"
    (words / "mine.txt").write_text("x")
    assert "words.aside" in toy.doit("raw/words")
    assert (words.with_name("words.aside") / "mine.txt").read_text() == "x"
    assert not (words / "mine.txt").exists()


@pytest.mark.parametrize(
    "words, message",
    [
        (["artifacts=D", "data=D"], "lies in"),
        (["artifacts=D", "data=D/inner"], "lies in artifacts="),
        (["cache=artifacts/cache"], "lies in artifacts="),
        (["artifacts=."], "holds the project itself"),
        (["data=/"], "holds the project itself"),
    ],
)
def test_stores_that_are_one_another_or_lie_inside_one_another_are_refused(toy, words, message):
    output = toy.doit("list", *words, code=3)
    assert message in output and len(output.strip().splitlines()) == 1
