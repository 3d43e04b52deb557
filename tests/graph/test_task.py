"""A step in its four walls: what its key is made of, when it is up to date, what it leaves behind."""

import json
import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from lib.graph import files, npz, task, text
from lib.graph.artifact import FILE, JSON, NUMBERS, RAW, Artifact
from lib.graph.numbers import Number

MADE = "artifacts/embedded/Q1/made.txt"
WORDS = "artifacts/embedded/Q1/words.txt"


def key(project, **changes):
    """The key that a run of a step would be kept under."""
    step = project.step(**changes)
    fingerprint = step.find_fingerprint()
    return step.key(fingerprint, {path: files.fresh_state(path) for path in step.input_files})


PAIR = {"words": text("Q1/words"), "more": text("Q1/more")}
SWAPPED = {"words": text("Q1/more"), "more": text("Q1/words")}
KEYS = {  # what a step is declared with, and something else that makes another result
    "a setting": ({"settings": {"times": 1}}, {"settings": {"times": 2}}),
    "a setting's type": ({"settings": {"times": 0}}, {"settings": {"times": False}}),
    "a setting's number": ({"settings": {"times": 0}}, {"settings": {"times": 0.0}}),
    "a setting's name": ({"settings": {"times": 1}}, {"settings": {"often": 1}}),
    "another function": ({}, {"function": "lib.s:other"}),
    "which input is which": ({"inputs": PAIR}, {"inputs": SWAPPED}),
    "an input more": ({}, {"inputs": PAIR}),
    "an input in a list": ({}, {"inputs": {"words": [text("Q1/words")]}}),
    "how an input is loaded": ({}, {"inputs": {"words": Artifact("Q1/words.txt", FILE)}}),
    "where an input is": ({}, {"inputs": {"words": text("Q1/words", root="data")}}),
    "an output's id": ({}, {"outputs": {"target": text("Q1/other")}}),
    "how an output is saved": ({}, {"outputs": {"target": Artifact("Q1/made.txt", RAW)}}),
    "an output's root": ({}, {"outputs": {"target": text("Q1/made", root="data")}}),
    "which output is which": (
        {"outputs": {"a": text("Q1/a"), "b": text("Q1/b")}},
        {"outputs": {"a": text("Q1/b"), "b": text("Q1/a")}},
    ),
    "what it says that it reaches": ({}, {"reaches": ("lib.more",)}),
}
NO_KEYS = {
    "a caption": ({}, {"outputs": {"target": text("Q1/made", "Words, many times.")}}),
    "a caption of an input": ({}, {"inputs": {"words": text("Q1/words", "Words.")}}),
    "where it is declared": ({}, {"location": "stages/training.py:99"}),
    "its doc": ({}, {"doc": "Something."}),
    "the order of settings": ({"settings": {"a": 1, "b": 2}}, {"settings": {"b": 2, "a": 1}}),
}


@pytest.fixture
def prepared(project):
    project.write(s="def run(words): return words\ndef other(words): return words + words\n", more="N = 1\n")
    project.put("artifacts/embedded/Q1/more.txt", "three")
    project.put("data/embedded/Q1/words.txt", "one two")
    return project


@pytest.mark.parametrize("name", KEYS)
def test_the_key_tells_apart(prepared, name):
    before, after = KEYS[name]
    assert key(prepared, **before) != key(prepared, **after)


@pytest.mark.parametrize("name", NO_KEYS)
def test_the_key_leaves_out(prepared, name):
    before, after = NO_KEYS[name]
    assert key(prepared, **before) == key(prepared, **after)


def test_the_key_depends_on_the_content_of_every_input(prepared):
    keys = {key(prepared, inputs=PAIR)}
    for name in ("words", "more"):
        prepared.put(f"artifacts/embedded/Q1/{name}.txt", "else")
        keys.add(key(prepared, inputs=PAIR))
    assert len(keys) == 3


def test_the_key_depends_on_which_input_has_which_content(prepared):
    prepared.put(WORDS, "one")
    prepared.put("artifacts/embedded/Q1/more.txt", "two")
    before = key(prepared, inputs=PAIR)
    prepared.put(WORDS, "two")
    prepared.put("artifacts/embedded/Q1/more.txt", "one")
    assert key(prepared, inputs=PAIR) != before


def test_the_key_depends_on_the_code_that_is_reached_with_its_savers(prepared):
    prepared.write(graph__kinds="def save_text(): return 1\ndef load_text(): return 1\ndef load_json(): return 1")
    keys = {key(prepared)}
    for old, new in (("load_text(): return 1", "load_text(): return 2"), ("save_text(): return 1", "save_text(): 2")):
        kinds = prepared.folder / "lib" / "graph" / "kinds.py"
        kinds.write_text(kinds.read_text().replace(old, new))
        keys.add(key(prepared))
    kinds.write_text(kinds.read_text().replace("load_json(): return 1", "load_json(): return 2"))
    assert len(keys | {key(prepared)}) == 3  # JSON is neither loaded nor saved


# --- up to date -------------------------------------------------------------------------------------------------------


def test_a_step_that_ran_is_up_to_date_until_something_differs(project):
    step = project.step(settings={"times": 2})
    assert not project.is_up_to_date(step, {})
    values = json.loads(json.dumps(project.run(step)))  # as doit keeps it
    assert Path(MADE).read_text() == "one two one two"
    assert project.is_up_to_date(step, values)
    assert not project.is_up_to_date(project.step(settings={"times": 3}), values)

    os.utime(WORDS)
    assert project.is_up_to_date(step, values)
    project.put(WORDS, "two one")
    assert not project.is_up_to_date(step, values)
    assert list(step.changed_inputs(values)) == [WORDS] and not list(step.changed_outputs(values))
    project.put(WORDS, "one two")
    assert project.is_up_to_date(step, values)

    project.put(MADE, "edited")
    assert not project.is_up_to_date(step, values)
    assert list(step.changed_outputs(values)) == [MADE] and not list(step.changed_inputs(values))
    Path(MADE).unlink()
    assert not project.is_up_to_date(step, values)
    Path(WORDS).unlink()
    assert list(step.changed_inputs(values)) == [WORDS]


def test_an_input_that_was_not_there_before_is_a_change(project):
    values = project.run(project.step())
    more = project.step(inputs={"words": text("Q1/words"), "more": text("Q1/more")})
    project.put("artifacts/embedded/Q1/more.txt", "three")
    assert list(more.changed_inputs(values)) == ["artifacts/embedded/Q1/more.txt"]


def test_code_that_changes_makes_it_stale(project):
    values = project.run(project.step())
    project.write(s="def run(words, times=1): return words.upper()")
    assert not project.is_up_to_date(project.step(), values)


# --- a run ------------------------------------------------------------------------------------------------------------


def test_the_same_again_is_restored_and_not_computed(project):
    first, second = project.step(), project.step()
    project.run(first)
    Path(MADE).unlink()
    project.run(second)
    assert (first.how, second.how, project.calls) == ("built", "restored", ["lib.s:run"])
    assert Path(MADE).read_text() == "one two"
    project.put(WORDS, "three")
    assert project.run(project.step()) != first.record()
    assert Path(MADE).read_text() == "three" and len(project.calls) == 2


def test_the_record_says_what_was_read_and_written(project):
    step = project.step(settings={"times": 2})
    values = project.run(step)
    assert values["inputs"] == {WORDS: files.state(WORDS)} and values["outputs"] == {MADE: files.state(MADE)}
    assert values["settings"] == {"times": 2} and values["digest"] == step.fingerprint.digest
    assert values["seconds"] == step.seconds > 0
    again = project.step(settings={"times": 2})
    project.is_up_to_date(again, values | {"seconds": 7.5})
    assert project.run(again)["seconds"] == 7.5  # computing takes that; restoring is quicker


def test_downloads_are_not_kept_by_the_store_and_may_look_anywhere(project):
    for _ in range(2):
        step = project.step(keep=False)
        project.run(step)
        assert step.how == "built" and project.allowed is None
    assert len(project.calls) == 2 and not Path(".cache").exists()
    project.run(project.step())
    assert WORDS in project.allowed and len(project.allowed) == 2


def test_warnings_come_again_with_what_is_restored(project):
    project.warns = ["UserWarning: few words"]
    steps = project.step(), project.step(), project.step(keep=False)
    for step in steps:
        project.run(step)
        assert step.warnings == project.warns
    assert [step.how for step in steps] == ["built", "restored", "built"]


def test_several_outputs_of_several_kinds_appear_together(project):
    project.write(s="def run(words): return {'list': words.split(), 'count': {'q1.words': 2}, 'all': words}")
    count = Artifact("Q1/count", NUMBERS, numbers=(Number("q1.words", "Words"),))
    outputs = {"list": Artifact("Q2/deep/list", JSON), "count": count, "all": text("Q1/made")}
    project.run(project.step(outputs=outputs))
    assert json.loads(Path("artifacts/embedded/Q2/deep/list.json").read_text()) == ["one", "two"]
    assert json.loads(Path("artifacts/embedded/Q1/count.json").read_text()) == {"q1.words": 2}
    assert Path(MADE).read_text() == "one two"
    assert not [path for path in Path("artifacts/embedded/.staging").rglob("*") if path.is_file()]


def test_a_function_that_fails_leaves_what_was_there(project):
    project.run(project.step())
    project.put(WORDS, "three")
    for body, message in (
        ("raise ValueError(f'{words} is one word')", "ValueError: three is one word"),
        ("return 7", "lib.s:run: its value cannot be saved as text"),
        ("return None", "lib.s:run: its value was not returned"),
    ):
        project.write(s=f"def run(words): {body}")
        failed = project.step().perform()
        assert message in failed.get_msg()
        assert "delete it" not in failed.get_msg()
        assert Path(MADE).read_text() == "one two"
    assert not [path for path in Path("artifacts/embedded/.staging").rglob("*") if path.is_file()]


def test_a_file_that_was_not_written_is_named(project):
    project.write(s="def run(words, target): target.write_bytes(b'') if words == 'x' else None")
    step = project.step(outputs={"target": Artifact("Q1/made.bin", FILE)})
    assert "lib.s:run returned without writing Q1/made.bin" in step.perform().get_msg()
    project.put(WORDS, "x")
    project.run(step)
    assert Path("artifacts/embedded/Q1/made.bin").exists()


def test_a_failure_over_data_says_how_to_have_them_made_anew(project):
    project.put("data/embedded/Q1/words.txt", "broken")
    project.write(s="def run(words): raise ValueError('broken')")
    message = project.step(inputs={"words": text("Q1/words", root="data")}).perform().get_msg()
    assert "If data/embedded/Q1/words.txt is corrupt, delete it" in message


def test_an_input_that_changes_meanwhile_voids_the_result(project):
    contents = iter(["three", None])

    def write():
        if content := next(contents):
            project.put(WORDS, content)

    project.during = write
    step = project.step()
    values = project.run(step)
    assert Path(MADE).read_text() == "three" and len(project.calls) == 2
    assert project.is_up_to_date(step, values)


def test_code_that_changes_meanwhile_voids_the_result_and_other_code_does_not(project):
    sources = iter([{"s": "def run(words, times=1): return words.upper()"}, {"other": "N = 1"}])
    project.during = lambda: project.write(**next(sources))
    values = project.run(project.step())
    assert Path(MADE).read_text() == "ONE TWO" and len(project.calls) == 2
    assert project.is_up_to_date(project.step(), values)


def test_what_changes_twice_meanwhile_is_an_error(project):
    project.during = lambda: project.put(WORDS, str(len(project.calls)))
    message = project.step().perform().get_msg()
    assert f"{WORDS} changed while the step ran" in message and len(project.calls) == 2
    assert not Path(MADE).exists()


def test_progress_is_reported_only_by_functions_that_can(project):
    project.run(project.step())
    assert project.progress_file is None
    project.run(project.step(progress=True, settings={"times": 2}))
    assert project.progress_file.name == ".progress" and ".staging" in project.progress_file.parts


# --- for doit and people ----------------------------------------------------------------------------------------------


def test_a_step_as_doit_sees_it(project):
    step = project.step(doc="Words, again.")
    made = step.as_task()
    assert (made["basename"], made["doc"], made["file_dep"], made["targets"]) == (
        "Q1/made",
        "Words, again.",
        [WORDS],
        [MADE],
    )
    assert made["actions"] == [step.perform] and [check._answer for check in made["uptodate"]] == [step.is_up_to_date]
    assert made["clean"] == [step.clean] and project.step(keep=False).as_task()["clean"] == []
    assert made["meta"]["step"] is step and made["io"] == {"capture": False}
    assert step.stage == "training"


def test_clean_takes_the_outputs_and_the_folders_that_are_empty_then(project, capsys):
    step = project.step(outputs={"target": text("Q2/deep/made")})
    project.run(step)
    made = Path("artifacts/embedded/Q2/deep/made.txt")
    step.clean(dryrun=True)
    assert made.exists() and f"would remove {made}" in capsys.readouterr().out
    step.clean(dryrun=False)
    assert not Path("artifacts/embedded/Q2").exists() and Path(WORDS).exists()
    assert f"removing {made}" in capsys.readouterr().out
    step.clean(dryrun=False)
    assert not capsys.readouterr().out


def test_files_of_outputs_and_inputs_are_found_in_any_nesting(project):
    curves = Artifact("Q1/curves", JSON)
    step = project.step(inputs={"a": [npz("fits/a"), {"b": npz("fits/b")}], "c": text("Q1/words")})
    assert step.input_files == ["artifacts/embedded/fits/a.npz", "artifacts/embedded/fits/b.npz", WORDS]
    assert project.step(outputs={"a": curves, "b": text("Q1/made")}).places == {
        "Q1/curves.json": "artifacts/embedded/Q1/curves.json",
        "Q1/made.txt": MADE,
    }


def fingerprint(settings, arguments, reached):
    """One of code that need not be there."""
    code = task._sha(json.dumps(reached, sort_keys=True))
    found = task.Fingerprint(settings, arguments, code, (), None, json.dumps(settings))
    vars(found)["reached"] = reached
    return found


@pytest.mark.parametrize(
    "field, before, after, name",
    [
        ("functions", {"lib.a:f": "1"}, {"lib.a:f": "2"}, "lib.a"),
        ("functions", {"lib.a:f": "1"}, {}, "lib.a"),
        ("functions", {}, {"lib.b:f": "1", "lib.a:f": "1"}, "lib.a"),
        ("packages", {"numpy": "1"}, {"numpy": "2"}, "numpy"),
        ("packages", {"numpy": "1"}, {"numpy": "1"}, ""),
    ],
)
def test_the_difference_of_fingerprints_is_named(field, before, after, name):
    old, new = (
        fingerprint({}, "", {"functions": {}, "packages": {}} | {field: reached}) for reached in (before, after)
    )
    assert old.difference(new) == name
    assert (old.code == new.code) == (old.digest == new.digest) == (not name)


def test_digests_tell_settings_arguments_and_code_apart():
    code = {"functions": {"lib.a:f": "1"}, "packages": {}}
    base = fingerprint({"x": 1}, "a", code)
    others = [
        fingerprint({"x": 2}, "a", code),
        fingerprint({"x": 1}, "b", code),
        fingerprint({"x": 1}, "a", {"functions": {}, "packages": {}}),
    ]
    assert len({fingerprint.digest for fingerprint in [base, *others]}) == 4
    assert base.digest == replace(base, state="later").digest
