"""Every reader on changed files, and the fuzzer itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile import fuzz

PROJECT = Path(__file__).parents[2]


def test_no_changed_file_harms():
    words = [sys.executable, "-m", "tests.hostile.fuzz", "--inputs", "150", "--seconds", "20"]
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    run = subprocess.run(words, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr
    count, _, rest = run.stdout.partition(" ")
    assert rest == "inputs, 0 that harmed\n" and int(count) >= 50


def crash(path):
    os.kill(os.getpid(), 11)


def hang(path):
    while True:
        pass


def eat(path):
    return [bytes(1 << 20) for _ in range(3000)]


def raise_another(path):
    raise KeyError("x")


def raise_without_words(path):
    raise ValueError


def read(path):
    raise ValueError(f"{path.name} is damaged")


@pytest.mark.parametrize(
    ("reader", "problem"),
    [
        (crash, "signal 11"),
        (hang, "more than 1 seconds"),
        (eat, "MemoryError"),
        (raise_another, "KeyError: 'x'"),
        (raise_without_words, "without a message"),
    ],
)
def test_the_fuzzer_finds_what_harms(monkeypatch, reader, problem):
    monkeypatch.setattr(fuzz, "SECONDS", 1)
    if sys.version_info >= (3, 12):
        pytest.skip("fork warns in a process with threads")
    assert problem in fuzz.attempt(fuzz.Reader(reader, (ValueError,), "x", list), b"")
    assert fuzz.attempt(fuzz.Reader(read, (ValueError,), "x", list), b"") is None
