"""DESIGN.md's laws, each tried on a graph that doit builds."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

ALL = {"data/table", "raw/words", "fits/1", "fits/2", "fits/3", "Q1.10/total", "Q2.1/apart"}
FITS = {"fits/1", "fits/2", "fits/3"}


def test_a_second_build_runs_nothing(built):
    assert built.ran() == {}


def test_two_builds_give_the_same_bytes_one_or_two_at_a_time(built):
    places = [f"{name}=other-{name}" for name in ("artifacts", "data", "cache")]
    assert set(built.ran("-n", "1", *places)) == ALL
    assert built.bytes("other-artifacts", "other-data") == built.bytes()


def test_touching_and_comments_run_nothing(built):
    for path in ("artifacts/embedded/data/table.npz", "data/embedded/raw/words/0.txt", "lib/scaling.py"):
        os.utime(built.folder / path)
    built.edit("lib/scaling.py", '"""Scaled numbers."""', '"""Numbers, scaled."""  # by a factor')
    built.edit("stages/toy.py", '"The sum of all."', '"The sum."')
    built.edit("lib/toy.py", "def write_apart():", "def write_apart():  # nothing")
    built.edit("lib/scaling.py", "def unrelated():", "def also_unrelated(): return 3\n\n\ndef unrelated():")
    built.edit("lib/scaling.py", "return 1\n", "return 2\n")
    assert built.ran() == {}


def test_a_change_of_meaning_in_a_called_module_runs_what_reaches_it_and_going_back_restores(built):
    before = built.bytes()
    built.edit("lib/scaling.py", "x * factor", "x + factor")
    assert "function scale of lib.scaling changed" in built.doit("why", "fits/1")
    assert set(built.ran()) == FITS | {"Q1.10/total"}
    assert built.bytes() != before
    built.edit("lib/scaling.py", "x + factor", "x * factor")
    assert built.ran() == dict.fromkeys(FITS | {"Q1.10/total"}, "restored")
    assert built.bytes() == before


def test_a_constant_counts_as_code(built):
    built.edit("lib/scaling.py", "FACTOR_SCALE = 1.0", "FACTOR_SCALE = 2.0")
    assert set(built.ran("-n", "1")) == FITS | {"Q1.10/total"}
    built.edit("lib/scaling.py", "FACTOR_SCALE = 2.0", "FACTOR_SCALE = 1.0")
    built.ran()


def test_a_setting_runs_its_own_task_and_what_its_changed_output_reaches(built):
    assert built.ran("toy.pause=0.01") == dict.fromkeys(FITS, "built")  # same bytes: the total sleeps on
    assert "setting toy.pause: 0.01 -> 0.0" in built.doit("why", "fits/2")
    assert built.ran() == dict.fromkeys(FITS, "restored")


def test_adding_a_value_to_a_sweep_fits_one_and_taking_it_out_leaves_an_orphan_that_clean_takes(built):
    assert built.ran("toy.factors=[1, 2, 3, 4]") == {"fits/4": "built", "Q1.10/total": "built"}
    output = built.doit()
    assert "artifacts/embedded/fits/4.npz" in output and "no longer made by any step" in output
    built.doit("clean", "--orphans")
    assert sorted(file.name for file in (built.folder / "artifacts/embedded/fits").iterdir()) == [
        "1.npz",
        "2.npz",
        "3.npz",
    ]
    assert built.ran() == {}
    built.doit("clean")
    assert not (built.folder / "artifacts/embedded/fits").exists()
    assert set(built.ran().values()) == {"restored"}


def test_a_damaged_output_is_rebuilt(built):
    before = built.bytes()
    for path in (
        "artifacts/embedded/fits/2.npz",
        "artifacts/embedded/Q1.10/total.txt",
        "data/embedded/raw/words/1.txt",
    ):
        file = built.folder / path
        file.write_bytes(file.read_bytes()[:2])
    assert "output artifacts/embedded/fits/2.npz is not what was written" in built.doit("why", "fits/2")
    assert set(built.ran()) == {"fits/2", "raw/words", "Q1.10/total"}
    assert built.bytes() == before


def test_an_output_changed_within_its_size_and_time_is_noticed(built):
    file = built.folder / "artifacts/embedded/Q2.1/apart.txt"
    status = file.stat()
    file.write_text("trapa\n")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert built.ran() == {"Q2.1/apart": "restored"}


def test_a_damaged_store_is_not_believed_and_a_deleted_one_not_missed(toy):
    toy.doit()
    before = toy.bytes()
    for file in (toy.folder / ".cache" / "runs").rglob("*/[0-9]"):
        content = bytearray(file.read_bytes())
        if content:
            content[len(content) // 2] ^= 1
            file.write_bytes(content)
    (toy.folder / "artifacts/embedded/Q2.1/apart.txt").unlink()
    assert toy.ran() == {"Q2.1/apart": "built"}
    for file in sorted((toy.folder / ".cache").rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    assert toy.ran() == {}
    assert toy.bytes() == before


def test_a_failing_task_keeps_its_earlier_outputs_and_lets_others_finish(toy):
    toy.doit()
    before = toy.bytes()
    toy.edit("lib/toy.py", "time.sleep(pause)", "scaling.nothing")
    toy.edit("lib/toy.py", '"apart\\n"', '"far apart\\n"')
    output = toy.doit("-c", code=2)
    assert "AttributeError" in output and "lib/toy.py" in output and "in fit" in output
    after = toy.bytes()
    assert after.pop("embedded/Q2.1/apart.txt") != before.pop("embedded/Q2.1/apart.txt")
    assert after == before


def test_an_output_that_the_function_forgot_is_an_error_that_names_it(toy):
    toy.edit("lib/toy.py", '"all": f"{sum(sums)}\\n", ', "")
    assert "lib.toy:add_up returned sums, numbers; declared are sums, all, numbers" in toy.doit(code=1)
    assert not (toy.folder / "artifacts/embedded/Q1.10").exists()


def test_a_folder_that_was_not_written_is_named(toy):
    toy.edit("lib/toy.py", "    folder.mkdir()\n", "    return\n")
    assert "lib.toy:write_words returned without writing raw/words" in toy.doit("raw/words", code=1)


def test_numbers_that_no_declaration_names_are_refused(toy):
    toy.edit("lib/toy.py", '"q1.10.total": sum(sums)', '"q1.10.total": sum(sums), "q1.10.more": 1')
    assert "q1.10.more: no Number declares it" in toy.doit(code=1)


def test_kill_9_at_any_moment_and_then_doit_gives_the_bytes_of_an_undisturbed_build(toy, built):
    moments = random.Random(0)
    for _ in range(6):
        process = toy.start("toy.pause=0.1")
        time.sleep(moments.uniform(0.2, 3.0))
        toy.kill(process)
    toy.doit()
    assert toy.bytes() == built.bytes()
    assert toy.ran() == {}


def test_an_edit_killed_half_way_and_undone_leaves_nothing_wrong(toy, built):
    toy.doit()
    for moment in (0.8, 1.4):
        toy.edit("lib/scaling.py", "x * factor", "x + factor")
        process = toy.start("toy.pause=0.2")
        time.sleep(moment)
        toy.kill(process)
        toy.edit("lib/scaling.py", "x + factor", "x * factor")
        toy.doit()
        assert toy.bytes() == built.bytes()


def test_of_two_builds_at_once_the_second_waits_and_finds_everything_done(toy):
    first = toy.start("toy.pause=0.5")
    time.sleep(0.7)
    second = toy.doit("toy.pause=0.5")
    first.communicate()
    assert first.returncode == 0
    assert "waiting for the build" in second
    assert "built" not in second


def test_the_store_can_be_shared_between_artifact_folders(built):
    assert set(built.ran("artifacts=third", "data=third-data").values()) == {"restored"}
    assert built.bytes("third", "third-data") == built.bytes()


def test_an_up_to_date_build_imports_nothing_heavy(built):
    built.doit()
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "doit"],
        cwd=built.folder,
        env={**os.environ, "PYTHONPATH": str(built.folder)},
        capture_output=True,
        text=True,
    )
    assert "fresh" in run.stdout
    imported = {line.split("|")[-1].strip() for line in run.stderr.splitlines() if line.startswith("import time:")}
    assert "doit" in imported
    assert not imported & {"numpy", "torch", "matplotlib", "skimage", "scipy", "joblib", "rich"}


def test_an_interrupted_build_ends_and_keeps_what_was_finished(toy):
    process = toy.start("toy.pause=60")
    while not list(toy.folder.glob("data/embedded/raw/words/1.txt")):
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=50)  # well before a fit would be done
    assert process.returncode == 130, output
    assert "interrupted" in output and "Traceback" not in output
    assert "data/table" not in toy.ran()


def test_which_input_is_which_is_part_of_the_fingerprint(toy):
    toy.edit(
        "lib/toy.py", "def write_apart():\n    return", "def write_apart(a=None, b=None):\n    return str(a)[:0] +"
    )
    toy.edit("stages/toy.py", '"lib.toy:write_apart", ', '"lib.toy:write_apart", a=FITS[1], b=FITS[2], ')
    toy.ran()
    toy.edit("stages/toy.py", "a=FITS[1], b=FITS[2]", "a=FITS[2], b=FITS[1]")
    assert "Q2.1/apart: inputs or outputs were added, removed or reordered" in toy.doit("why", "Q2.1/apart")


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("lib.toy:write_apart", "lib.toy:write_part", "lib.toy has no function write_part; did you mean write_apart?"),
        ("lib.toy:write_apart", "lib.toys:write_apart", "there is no module lib.toys; did you mean lib.toy?"),
        ('"lib.toy:write_apart", ', '"lib.toy:write_apart", fits=FITS, ', "lib.toy:write_apart has no parameter fits"),
        ("    fits=FITS,\n", "", "nothing fills the parameter fits of lib.toy:add_up"),
        ('text("Q2.1/apart", ', 'text("../apart", ', "'../apart' cannot be an artifact's id"),
        ('text("Q2.1/apart", ', 'text("Q1.10/total.txt", ', "Q1.10/total.txt is already made at stages/toy.py:18"),
        ("import Number, folder", "import Numbr, folder", "ImportError: cannot import name 'Numbr' from 'lib.graph'"),
        ("table=TABLE", "table=TABEL", "NameError: name 'TABEL' is not defined"),
        ("    settings=TOY,\n", '    settings=TOY, pause=float("nan"),\n', "the setting pause is nan"),
        ("    settings=TOY,\n", "    settings=TOY, pause=TOY.mode.upper,\n", "the setting pause is <built-in method"),
        ("TOTAL = ", "TOTAL = = ", "stages/toy.py:18: SyntaxError"),
    ],
)
def test_a_declaration_that_cannot_be_is_one_line_with_its_place(toy, old, new, message):
    toy.edit("stages/toy.py", old, new)
    output = toy.doit("list", code=3)
    assert message in output and "stages/toy.py:" in output
    assert "Traceback" not in output and len(output.strip().splitlines()) <= 2


def test_a_stage_that_nobody_lists_is_named(toy):
    (toy.folder / "stages" / "ink.py").write_text("")
    output = toy.doit("list", code=3)
    assert "stages/ink.py is not among STAGES" in output and len(output.strip().splitlines()) <= 2


def test_why_and_list_see_through_what_a_task_reads_from(built):
    assert "Q1.10/total: depends on stale fits/1 and 2 more of its sweep: setting toy.pause: 0.0 -> 0.5" in built.doit(
        "why", "Q1.10/total", "toy.pause=0.5"
    )
    listed = built.doit("list", "-s", "toy.pause=0.5").splitlines()
    stand = {line.split()[1]: line[0] for line in listed}
    assert (stand["fits/{factor}"], stand["Q1.10/total"], stand["data/table"]) == ("R", "R", "U")


def test_clean_takes_no_folder_that_somebody_else_made(toy):
    place = toy.folder / "mine" / "data"
    place.mkdir(parents=True)
    toy.doit("raw/words", "data=mine/data")
    toy.doit("clean", "raw/words", "data=mine/data")
    assert place.is_dir() and not list(place.rglob("words"))


def test_an_empty_folder_put_among_outputs_is_noticed(toy):
    toy.doit("raw/words")
    (toy.folder / "data/embedded/raw/words/empty").mkdir()
    assert set(toy.ran("raw/words").values()) == {"restored"}
    assert not (toy.folder / "data/embedded/raw/words/empty").exists()


def test_a_cache_that_cannot_be_written_is_done_without(toy):
    (toy.folder / "cache").write_text("a file")
    assert set(toy.ran("cache=cache").values()) == {"built"}
    assert toy.ran("cache=cache") == {}


def test_a_restored_step_says_again_what_it_warned_of(toy):
    toy.edit(
        "lib/toy.py", "def write_apart():\n", "def write_apart():\n    import warnings; warnings.warn('too few')\n"
    )
    assert "UserWarning: too few" in toy.doit("Q2.1/apart")
    (toy.folder / "artifacts/embedded/Q2.1/apart.txt").unlink()
    output = toy.doit("Q2.1/apart")
    assert "restored" in output and "UserWarning: too few" in output


def test_folders_come_back_with_empty_folders_and_permissions(toy):
    toy.edit("lib/toy.py", "    folder.mkdir()\n", "    folder.mkdir()\n    (folder / 'none').mkdir(mode=0o700)\n")
    toy.edit(
        "lib/toy.py", ".write_text(word)\n", ".write_text(word)\n        (folder / f'{number}.txt').chmod(0o640)\n"
    )
    toy.doit("raw/words")
    folder = toy.folder / "data/embedded/raw/words"
    shutil.rmtree(folder)
    assert set(toy.ran("raw/words").values()) == {"restored"}
    assert (folder / "none").stat().st_mode & 0o777 == 0o700
    assert (folder / "1.txt").stat().st_mode & 0o777 == 0o640


def test_a_link_among_outputs_is_refused(toy):
    toy.edit(
        "lib/toy.py", "    folder.mkdir()\n", "    folder.mkdir()\n    (folder / 'link').symlink_to('/etc/passwd')\n"
    )
    assert "the output raw/words/link is neither a file nor a folder" in toy.doit("raw/words", code=1)


def test_two_entries_of_the_store_that_were_swapped_are_not_believed(toy):
    toy.doit()
    before = toy.bytes()
    entries = [file.parent for file in sorted((toy.folder / ".cache/runs").rglob("entry.json"))]
    names = [entry.with_name(f"{entry.name}-") for entry in entries]
    for entry, away in zip(entries, names, strict=True):
        entry.rename(away)
    for away, entry in zip(names, entries[1:] + entries[:1], strict=True):
        away.rename(entry)
    toy.doit("clean")
    assert set(toy.ran().values()) == {"built"}
    assert toy.bytes() == before


@pytest.mark.parametrize("moment", [0.3, 0.8, 1.3])
def test_a_source_saved_while_a_build_runs_and_put_back_leaves_nothing_wrong(toy, built, moment):
    process = toy.start("toy.pause=0.8")
    while not (toy.folder / "data/embedded/raw/words").exists():
        time.sleep(0.02)
    time.sleep(moment)
    toy.edit("lib/scaling.py", "x * factor", "x + factor")
    process.communicate(timeout=60)
    toy.edit("lib/scaling.py", "x + factor", "x * factor")
    toy.doit()
    assert toy.bytes() == built.bytes()
    shutil.rmtree(toy.folder / "artifacts")
    toy.doit()
    assert toy.bytes() == built.bytes()


def test_an_input_saved_while_its_reader_runs_makes_it_run_again(toy, built):
    toy.doit()
    process = toy.start("toy.pause=1.5", "fits/1")
    time.sleep(1.2)
    (toy.folder / "data/embedded/raw/words/2.txt").write_text("three")
    output, _ = process.communicate(timeout=60)
    (toy.folder / "data/embedded/raw/words/2.txt").unlink()
    toy.doit()
    assert toy.bytes() == built.bytes()


def test_an_output_overwritten_right_after_it_was_placed_is_noticed(toy, built):
    target = toy.folder / "artifacts/embedded/Q2.1/apart.txt"
    process = toy.start()
    while process.poll() is None:
        if target.exists() and target.read_bytes() == b"apart\n":
            target.write_text("wrong\n")
            break
    process.communicate(timeout=60)
    toy.doit()
    assert toy.bytes() == built.bytes()


@pytest.mark.parametrize(
    "body, message",
    [
        ("open('pyproject.toml').read()", "opened pyproject.toml, which is no input: hand it over, as given("),
        ("import os; os.listdir('images')", "opened images"),
        ("import subprocess; subprocess.run(['true'])", "started true: what it does cannot be known"),
        ("load()", "lib.hidden was imported while lib.toy:write_apart ran"),
    ],
)
def test_what_is_done_without_being_declared_fails_and_says_what_to_declare(toy, body, message):
    (toy.folder / "lib" / "hidden.py").write_text("X = 1\n")
    (toy.folder / "images").mkdir()
    load = "def load():\n    import site\n    return site.__builtins__['__imp' + 'ort__']('lib.hidden')\n\n\n"
    toy.edit("lib/toy.py", "def write_apart():\n", f"{load}def write_apart():\n    {body}\n")
    output = toy.doit("Q2.1/apart", code=1)
    assert message in output, output


def test_what_is_declared_as_reached_is_reached(toy):
    (toy.folder / "lib" / "hidden.py").write_text("X = 1\n")
    body = "    import site\n    return str(site.__builtins__['__imp' + 'ort__']('lib.hidden').hidden.X)\n"
    toy.edit("lib/toy.py", 'def write_apart():\n    return "apart\\n"\n', f"def write_apart():\n{body}")
    toy.edit("stages/toy.py", '"lib.toy:write_apart", ', '"lib.toy:write_apart", reaches="lib.hidden", ')
    assert toy.ran("Q2.1/apart") == {"Q2.1/apart": "built"}
    toy.edit("lib/hidden.py", "X = 1", "X = 2")
    assert toy.ran("Q2.1/apart") == {"Q2.1/apart": "built"}


def test_every_step_starts_as_in_a_new_process(toy):
    toy.edit("lib/scaling.py", "FACTOR_SCALE = 1.0", "FACTOR_SCALE = 1.0\nCALLS = []")
    toy.edit("lib/scaling.py", "    return x * factor", "    CALLS.append(1)\n    return x * len(CALLS)")
    state = "    assert 'MARK' not in os.environ and os.environ['TZ'] == 'UTC'; os.environ['MARK'] = '1'\n"
    toy.edit("lib/toy.py", "    time.sleep(pause)\n", f"    import os\n{state}")
    toy.edit(
        "lib/toy.py", 'return {"x": scaling', 'names = list(folder.iterdir()); os.chdir("/")\n    return {"x": scaling'
    )
    toy.edit("lib/toy.py", "len(list(folder.iterdir()))", "len(names)")
    toy.doit("-n", "1")
    contents = {(toy.folder / f"artifacts/embedded/fits/{n}.npz").read_bytes() for n in (1, 2, 3)}
    assert len(contents) == 1
