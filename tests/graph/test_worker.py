"""Worker processes: their environment, what a step finds in them, and what becomes of one that dies."""

import json
import os
import platform
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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library keeps less")
def test_memory_is_kept_while_a_step_runs_and_returned_after_it():
    code = """
from lib.graph import worker
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 >> 20
pieces = [bytearray(1 << 20) for _ in range(300)]
del pieces
kept = resident()
worker._perform((), None, None, [])  # raises in vain
print(kept, resident())
"""
    kept, left = map(int, run(code, **ENVIRONMENT).stdout.split())
    assert kept > 300 > 150 > left


class Pool:
    """In the place of loky's: each call takes the next answer."""

    def __init__(self, *answers):
        self.answers, self.ended = [*answers], None

    def submit(self, function, *arguments):
        return types.SimpleNamespace(result=self._result)

    def _result(self):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def shutdown(self, **options):
        self.ended = options


DIED = loky.process_executor.TerminatedWorkerError("The exit codes of the workers are {SIGKILL(-9)}")
DONE = ["UserWarning: few"], None


@pytest.fixture
def pools(monkeypatch):
    """A function that says what the workers answer: those of all steps, and one of a step's own."""
    monkeypatch.setattr(worker, "_stopped", False)

    def pools(shared, own=()):
        made = Pool(*shared), Pool(*own)
        monkeypatch.setattr(worker, "_pool", None)
        monkeypatch.setattr(loky, "get_reusable_executor", lambda **options: made[0])
        monkeypatch.setattr(loky, "ProcessPoolExecutor", lambda *arguments, **options: made[1])
        return made

    return pools


def test_a_step_whose_worker_dies_is_tried_again_in_a_process_of_its_own(pools):
    tidied = []
    shared, own = pools([DIED], [DONE])
    assert worker.submit(("f",), None, [], [], tidy=lambda: tidied.append(1)) == DONE[0]
    assert tidied == [1] and own.ended and not worker._alone and not shared.ended
    pools([DIED], [DIED, DONE])
    with pytest.raises(worker.StepError, match="its process ended while it ran, twice: killed by SIGKILL"):
        worker.submit(("f",), None, [], [])
    assert not worker._alone


def test_a_step_that_fails_is_not_tried_again(pools):
    _, own = pools([([], ("ValueError: bad", "trace"))], [DONE])
    with pytest.raises(worker.StepError, match="ValueError: bad") as error:
        worker.submit(("f",), None, [], [])
    assert error.value.trace == "trace" and own.answers == [DONE]


def test_after_a_stop_nothing_is_started(pools):
    shared, own = pools([DONE, DONE], [DONE])
    assert worker.submit(("f",), None, [], []) == DONE[0]
    worker.stop()
    assert shared.ended == {"wait": True, "kill_workers": True}
    with pytest.raises(worker.StepError, match="the build was stopped"):
        worker.submit(("f",), None, [], [])
    assert shared.answers == [DONE]


def test_what_an_exception_says_is_told_in_a_length_that_one_reads():
    class Mute(Exception):
        def __str__(self):
            raise KeyError

    assert worker.describe(ValueError("bad")) == "ValueError: bad" and worker.describe(KeyboardInterrupt()) == (
        "KeyboardInterrupt"
    )
    assert worker.describe(Mute()) == "Mute: (its text cannot be made: KeyError)"
    told = worker.describe(ValueError("x" * 5000))
    assert told.endswith("xxx... (5,000 characters)") and len(told) < 2100
    assert worker.describe(ValueError("x" * 2000)) == f"ValueError: {'x' * 2000}"


@pytest.mark.parametrize("message, how", [
    ("The exit codes of the workers are {SIGKILL(-9)}", "killed by SIGKILL (is there enough memory?)"),
    ("The exit codes of the workers are {EXIT(3)}", "exit code 3"),
    ("something else", "exit code unknown"),
])  # fmt: skip
def test_how_a_process_ended_is_told(message, how):
    assert worker._how_it_ended(message) == f"its process ended while it ran, twice: {how}"


@pytest.fixture
def function(monkeypatch):
    """A function that makes another one known as ``invented:run``."""
    monkeypatch.setattr(worker, "_forget_project", lambda: None)

    def known(run):
        module = types.ModuleType("invented")
        module.run = run
        monkeypatch.setitem(sys.modules, "invented", module)
        return "invented:run"

    return known


def perform(function, tmp_path, progress=None, allowed=None):
    output = {"target": Output("lib.graph.kinds:save_text", (str(tmp_path / "made.txt"),), ())}
    warned, failure = worker._perform((function, {}, output, True, ()), progress, allowed, [])
    return failure or warned


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
    said, trace = perform(run, tmp_path, allowed=[])
    assert "opened pyproject.toml" in said and "Undeclared" in trace


def test_whatever_a_function_raises_comes_back_in_words(function, tmp_path):
    for error, said in ((SystemExit(3), "SystemExit: 3"), (KeyError("x"), "KeyError: 'x'")):

        def run(error=error):
            raise error

        assert perform(function(run), tmp_path)[0] == said and ", in run\n" in perform(function(run), tmp_path)[1]


def test_modules_of_the_project_are_imported_anew_and_others_stay(monkeypatch):
    kept = dict(sys.modules)
    try:
        for name in ("lib.invented", "stages.invented", "library.invented", "lib.graph.invented", "lib.graphs"):
            sys.modules[name] = types.ModuleType(name)
        worker._forget_project()
        assert {name for name in sys.modules if "invented" in name} == {"library.invented", "lib.graph.invented"}
        assert "lib.graphs" not in sys.modules and "lib" not in sys.modules
    finally:
        sys.modules.update(kept)
        sys.modules.pop("library.invented"), sys.modules.pop("lib.graph.invented")


def test_there_is_a_worker_for_each_core(monkeypatch):
    assert worker.count() == len(os.sched_getaffinity(0))
    monkeypatch.delattr(os, "sched_getaffinity")
    for cores, workers in ((3, 3), (None, 1)):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        assert worker.count() == workers
