"""Words, settings, listing and doit's own commands."""

import pytest


@pytest.mark.parametrize(
    "word, message",
    [
        ("toy.sead=1", "did you mean seed?"),
        ("tory.seed=1", "did you mean toy?"),
        ("toy.seed=one", "wants a whole number such as 0, not a text"),
        ("toy.seed=0.5", "wants a whole number such as 0, not a number"),
        ("toy.seed=100", "outside [0, 100)"),
        ("toy.pause=-1", "outside [0.0, inf)"),
        ("toy.pause=nan", "outside [0.0, inf)"),
        ("toy.mode=odd", 'none of "plain", "fancy"'),
        ("toy.flag=1", "wants a true or false"),
        ("toy.factors=[]", "at least one value"),
        ('toy.factors=[1, "2"]', "wants a whole number"),
        ("sauce=course", "did you mean source?"),
        ("source=cours", "the sources are embedded and course"),
        ("settings=none.toml", "there is no settings file"),
        ("settings=", "says nothing"),
        ("artifacts=pyproject.toml", "artifacts=pyproject.toml"),
        ("toy.factors=[1, 1]", "has a value twice"),
    ],
)
def test_a_wrong_word_stops_before_anything_runs(built, word, message):
    output = built.doit(word, code=3)
    assert message in output
    assert "Traceback" not in output
    assert word.partition("=")[2].lower() in output.lower()


def test_a_settings_file_and_words_change_settings_and_words_win(built):
    (built.folder / "my.toml").write_text("[toy]\nfactors = [7]\nseed = 5\n")
    output = built.doit("list", "--all", "settings=my.toml")
    assert "fit:7" in output and "fit:1" not in output
    assert "fit:8" in built.doit("list", "--all", "settings=my.toml", "toy.factors=[8]")


def test_a_broken_settings_file_is_named(built):
    (built.folder / "broken.toml").write_text("[toy\n")
    assert "broken.toml" in built.doit("settings=broken.toml", code=3)


def test_list_begins_each_line_with_the_question_in_order(built):
    lines = built.doit("list").splitlines()
    assert [line.split()[0] for line in lines] == ["Q1.1", "Q1.1", "Q1.2", "Q1.10", "Q2.1"]
    assert lines[3].split(maxsplit=2) == ["Q1.10", "total", "The sum of all."]
    assert all(line.startswith("U Q") for line in built.doit("list", "-s").splitlines())


def test_doits_own_commands_work(toy):
    assert "fit:2" in toy.doit("list", "--all")
    assert set(toy.ran("fit:2")) == {"table", "folder", "fit:2"}
    assert "artifacts/embedded/fits/2.npz" in toy.doit("info", "fit:2")
    assert "would remove artifacts/embedded/fits/2.npz" in toy.doit("clean", "-n", "fit:2")
    toy.doit("forget", "fit:2")
    assert toy.ran("fit:2") == {"fit:2": "restored"}
    toy.doit("clean", "fit:2")
    assert not (toy.folder / "artifacts/embedded/fits/2.npz").exists()
    assert (toy.folder / "artifacts/embedded/data/table.npz").exists()
    assert "output artifacts/embedded/fits/2.npz is missing" in toy.doit("why", "fit:2")


def test_the_sources_live_side_by_side(built):
    built.doit("apart", "source=course")
    assert (built.folder / "artifacts/course/Q2.1/apart.txt").exists()
    assert built.ran() == {}


def test_an_impossible_value_in_pyproject_is_named_with_its_file(toy):
    toy.edit("pyproject.toml", "seed = 0", "seed = 100")
    output = toy.doit("list", code=3)
    assert "pyproject.toml: toy.seed = 100: is outside [0, 100)" in output


def test_a_whole_number_in_pyproject_may_stand_for_a_decimal_one(toy):
    toy.edit("pyproject.toml", "pause = 0.0", "pause = 0")
    assert "toy.pause" not in toy.doit("list", "toy.pause=0.5")
