"""Words, settings, listing and doit's own commands."""

import pytest


@pytest.mark.parametrize(
    "word, message",
    [
        ("toy.sead=1", "did you mean seed?"),
        ("tory.seed=1", "did you mean toy?"),
        ("toy.seed=one", "must be an integer, not a string (default 0)"),
        ("toy.seed=0.5", "must be an integer, not a number (default 0)"),
        ("toy.seed=100", "must be an integer <= 99 (default 0)"),
        ("toy.pause=-1", "must be a number >= 0 (default 0.0)"),
        ("toy.pause=nan", "must be a number >= 0"),
        ("toy.mode=odd", "must be one of plain, fancy (default"),
        ("toy.flag=1", "must be a boolean, not an integer"),
        ("toy.factors=[]", "at least one value"),
        ('toy.factors=[1, "2"]', "must be an integer, not a string"),
        ("sauce=course", "did you mean source?"),
        ("source=cours", "the sources are embedded and course"),
        ("settings=none.toml", "there is no settings file"),
        ("settings=", "has no value"),
        ("artifacts=pyproject.toml", "artifacts=pyproject.toml"),
        ("toy.factors=[1, 1]", "factors must differ"),
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
    assert "fits/7" in output and "fits/1" not in output
    assert "fits/8" in built.doit("list", "--all", "settings=my.toml", "toy.factors=[8]")


def test_a_broken_settings_file_is_named(built):
    (built.folder / "broken.toml").write_text("[toy\n")
    assert "broken.toml" in built.doit("settings=broken.toml", code=3)


def test_list_has_a_line_for_each_artifact_in_the_order_of_the_questions(built):
    lines = built.doit("list").splitlines()
    expected = [
        "Q1.10/numbers",
        "Q1.10/total",
        "Q1.10/total.txt",
        "Q2.1/apart",
        "data/table",
        "fits/{factor}",
        "raw/words",
    ]
    assert [line.split()[0] for line in lines] == expected
    assert lines[2].split(maxsplit=1) == ["Q1.10/total.txt", "The sum of all"]
    assert "The table times {factor} (× 3)" in lines[5]
    assert all(line.startswith("U ") for line in built.doit("list", "-s").splitlines())


@pytest.mark.parametrize(
    "word, names",
    [
        ("fits", ["fits/1", "fits/2", "fits/3"]),
        ("fits/2", ["fits/2"]),
        ("Q1.10", ["Q1.10/total"]),
        ("q1", ["Q1.10/total"]),
        ("q1.10.total", ["Q1.10/total"]),
        ("Q1.10/numbers", ["Q1.10/total"]),
        ("toy", ["data/table", "raw/words", "fits/1", "fits/2", "fits/3", "Q1.10/total", "Q2.1/apart"]),
        ("artifacts/embedded/fits/3.npz", ["fits/3"]),
    ],
)
def test_words_mean_what_people_mean(built, word, names):
    assert [line.split()[0] for line in built.doit("why", word).splitlines()] == names


def test_a_name_that_means_nothing_suggests_the_nearest(built):
    output = built.doit("run", "Q1.10/totl", code=3)
    assert "did you mean Q1.10/total" in output and "Traceback" not in output


def test_settings_are_printed_as_a_file_that_settings_takes(built):
    (built.folder / "all.toml").write_text(built.doit("settings", "toy.seed=7"))
    assert "seed = 7" in built.doit("settings", "settings=all.toml")
    assert built.doit("settings", "toy").startswith("#") and "[build]" not in built.doit("settings", "toy")
    assert "no table ty; did you mean toy?" in built.doit("settings", "ty", code=3)


def test_a_table_pasted_from_pyproject_is_taken_as_it_stands(built):
    (built.folder / "pasted.toml").write_text("[tool.inkgraph.toy]\nseed = 9\n")
    assert "seed = 9" in built.doit("settings", "settings=pasted.toml")


def test_doits_own_commands_work(toy):
    assert "fits/2" in toy.doit("list", "--all")
    assert set(toy.ran("fits/2")) == {"data/table", "raw/words", "fits/2"}
    assert "artifacts/embedded/fits/2.npz" in toy.doit("info", "fits/2")
    assert "would remove artifacts/embedded/fits/2.npz" in toy.doit("clean", "-n", "fits/2")
    toy.doit("forget", "fits/2")
    assert toy.ran("fits/2") == {"fits/2": "restored"}
    toy.doit("clean", "fits/2")
    assert not (toy.folder / "artifacts/embedded/fits/2.npz").exists()
    assert (toy.folder / "artifacts/embedded/data/table.npz").exists()
    assert "output artifacts/embedded/fits/2.npz is missing" in toy.doit("why", "fits/2")


def test_the_sources_live_side_by_side(built):
    built.doit("Q2.1/apart", "source=course")
    assert (built.folder / "artifacts/course/Q2.1/apart.txt").exists()
    assert built.ran() == {}


def test_pyproject_overrides_defaults_and_its_impossible_values_are_named_with_the_file(toy):
    pyproject = toy.folder / "pyproject.toml"
    text = pyproject.read_text()
    pyproject.write_text(f"{text}\n[tool.inkgraph.toy]\nseed = 8\n")
    assert "seed = 8" in toy.doit("settings")
    pyproject.write_text(f"{text}\n[tool.inkgraph.toy]\nseed = 100\n")
    assert "pyproject.toml: toy.seed=100: must be an integer <= 99 (default 0)" in toy.doit("list", code=3)


def test_a_word_given_twice_is_refused(built):
    assert "toy.seed= is given twice" in built.doit("list", "toy.seed=1", "toy.seed=2", code=3)


def test_a_tilde_that_the_shell_left_is_the_home_folder(toy, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    toy.doit("Q2.1/apart", "artifacts=~/built")
    assert (tmp_path / "home" / "built" / "embedded" / "Q2.1" / "apart.txt").exists()


@pytest.mark.parametrize(
    "content, message",
    [
        (b"\xef\xbb\xbf[toy]\nseed = 7\n", "seed = 7"),
        (b"x = " + b"[" * 5000, "nested too deeply"),
        (b"[toy]\nseed = " + b"1" * 5000, "a number in it is too long"),
        (b"tool = 3\n[toy]\nseed = 6\n", "tool stands outside a table"),
        (b"[toy]\nwords = ['a', 1979-05-27]\n", "must be a string, not a date"),
    ],
)
def test_odd_settings_files_are_read_or_named(toy, content, message):
    (toy.folder / "odd.toml").write_bytes(content)
    output = toy.doit("settings", "settings=odd.toml", code=0 if "seed" in message else 3)
    assert message in output and "Traceback" not in output
