"""Worker processes: their environment, what a step finds in them, and what becomes of one that dies."""

import json
import os
import subprocess
import sys
import time
import types
from pathlib import Path

import pytest
from joblib.externals import loky

from lib.graph import worker
from lib.graph.call import ENVIRONMENT, Output

PROJECT = Path(__file__).parents[2]


def run(code, **environment):
    found = {**os.environ, "PYTHONPATH": str(PROJECT), **environment}
    return subprocess.run([sys.executable, "-c", code], env=found, capture_output=True, text=True, timeout=30)


def test_a_worker_sees_the_same_environment_whoever_starts_it():
    code = "import os, json; from lib.graph import worker; worker._initialise(os.getppid())\n"
    code += "print(json.dumps(dict(os.environ)))"
    said = {"SECRET": "x", "LANG": "de_DE", "TZ": "Asia/Tokyo", "OMP_NUM_THREADS": "8", "CUDA_VISIBLE_DEVICES": "1"}
    seen = json.loads(run(code, **said, OPENBLAS_CORETYPE="Haswell").stdout)
    assert seen | ENVIRONMENT == seen and (seen["LANG"], seen["TZ"]) == ("C.UTF-8", "UTC")
    assert seen["CUDA_VISIBLE_DEVICES"] == "1" and seen["OPENBLAS_CORETYPE"] == "Haswell" and seen["PATH"]
    assert "SECRET" not in seen


def test_a_worker_does_not_outlive_its_parent():
    started = time.monotonic()
    assert run("import time; from lib.graph import worker; worker._initialise(-1); time.sleep(20)").returncode == 1
    assert time.monotonic() - started < 10


@pytest.fixture
def pool(monkeypatch):
    """In the place of loky's: each call takes the next answer."""
    answers = []

    class Pool:
        def submit(self, function, *arguments):
            return types.SimpleNamespace(result=lambda: self.result(arguments))

        def result(self, arguments):
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        def shutdown(self, **options):
            self.ended = options

    made = Pool()
    monkeypatch.setattr(loky, "get_reusable_executor", lambda **options: made)
    monkeypatch.setattr(worker, "_pool", None)
    monkeypatch.setattr(worker, "_stopped", False)
    return types.SimpleNamespace(answers=answers, made=made)


def died():
    return loky.process_executor.TerminatedWorkerError()


def test_a_step_whose_worker_dies_has_a_second_try_and_no_third(pool):
    pool.answers += [died(), ["warning"]]
    assert worker.submit(("f",), None, [], []) == ["warning"]
    pool.answers += [died(), died(), ["never"]]
    with pytest.raises(loky.process_executor.TerminatedWorkerError):
        worker.submit(("f",), None, [], [])
    assert pool.answers == [["never"]]


def test_a_step_that_fails_has_no_second_try(pool):
    pool.answers += [ValueError("bad"), ["never"]]
    with pytest.raises(ValueError, match="bad"):
        worker.submit(("f",), None, [], [])


def test_after_a_stop_nothing_is_begun(pool):
    pool.answers += [["first"], ["never"]]
    worker.submit(("f",), None, [], [])
    worker.stop()
    assert pool.made.ended == {"wait": True, "kill_workers": True}
    with pytest.raises(RuntimeError, match="interrupted"):  # a pool started now would be waited for
        worker.submit(("f",), None, [], [])
    assert pool.answers == [["never"]]


@pytest.fixture
def function(monkeypatch):
    """A function that makes another one known as ``made_up:run``."""
    monkeypatch.setattr(worker, "_forget_project", lambda: None)

    def known(run):
        module = types.ModuleType("made_up")
        module.run = run
        monkeypatch.setitem(sys.modules, "made_up", module)
        return "made_up:run"

    return known


def perform(function, tmp_path, progress=None, allowed=None):
    output = {"target": Output("lib.graph.kinds:save_text", (str(tmp_path / "made.txt"),), ())}
    return worker._perform((function, {}, output, True, ()), progress, allowed, [])


@pytest.mark.filterwarnings("always")
def test_a_step_leaves_folder_and_environment_as_they_were_and_its_warnings_are_told_once(function, tmp_path):
    def run():
        import warnings

        for _ in range(2):
            warnings.warn("few words", stacklevel=1)
        os.chdir(tmp_path)
        os.environ["LEFT_BEHIND"] = "x"
        return "made"

    before = os.getcwd()
    assert perform(function(run), tmp_path) == ["UserWarning: few words"]
    assert os.getcwd() == before and "LEFT_BEHIND" not in os.environ and (tmp_path / "made.txt").exists()


def test_progress_is_written_for_who_shows_it(function, tmp_path):
    file = tmp_path / "progress"
    perform(function(lambda progress: progress(2, 5, accuracy=0.5) or "made"), tmp_path, file)
    assert json.loads(file.read_text()) == {"epoch": 2, "epochs": 5, "accuracy": 0.5}
    perform(function(lambda progress: progress(2, 5) or "made"), tmp_path, tmp_path / "gone" / "progress")


def test_a_step_is_watched_if_it_has_limits(function, tmp_path, monkeypatch):
    file = PROJECT / "pyproject.toml"
    run = function(lambda: file.read_text()[:0] + "made")
    perform(run, tmp_path, allowed=None)
    monkeypatch.setattr(worker, "ROOMS", ())
    with pytest.raises(RuntimeError, match="opened pyproject.toml"):
        perform(run, tmp_path, allowed=[])


def test_modules_of_the_project_are_imported_anew_and_others_stay(monkeypatch):
    kept = dict(sys.modules)
    try:
        for name in ("lib.made_up", "stages.made_up", "library.made_up", "lib.graph.made_up", "lib.graphs"):
            sys.modules[name] = types.ModuleType(name)
        worker._forget_project()
        assert {name for name in sys.modules if "made_up" in name} == {"library.made_up", "lib.graph.made_up"}
        assert "lib.graphs" not in sys.modules and "lib" not in sys.modules
    finally:
        sys.modules.update(kept)
        sys.modules.pop("library.made_up"), sys.modules.pop("lib.graph.made_up")


def test_there_is_a_worker_for_each_core():
    assert worker.count() == len(os.sched_getaffinity(0))
