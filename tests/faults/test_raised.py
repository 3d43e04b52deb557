"""What a step raises arrives whole, names its line, and takes nobody along."""

import pytest

BODIES = {
    "odd": "raise Odd('a', 'b')",
    "held": "raise Held()",
    "mute": "raise Mute()",
    "exits": "sys.exit(3)",
    "interrupts": "raise KeyboardInterrupt",
    "recurses": "return recurses()",
    "hungry": "return bytearray(10**16)",
    "wordy": "raise ValueError('x' * 5_000_000)",
    "several": "raise ExceptionGroup('several', [ValueError('a'), KeyError('b')])",
    "positional": "return a",
    "ends": "os._exit(0)",
    "crashes": "return ctypes.string_at(0)",
}
SAID = {
    "odd": "Odd: a is not b",
    "held": "Held: it holds a lock",
    "mute": "Mute: (its text cannot be made: ValueError)",
    "exits": "SystemExit: 3",
    "interrupts": "KeyboardInterrupt",
    "recurses": "RecursionError: maximum recursion depth exceeded",
    "hungry": "MemoryError",
    "wordy": "ValueError: xxx",
    "several": "ExceptionGroup: several (2 sub-exceptions)",
    "positional": "it is called with a=",
    "ends": "its process ended while it ran, twice: exit code 0",
    "crashes": "its process ended while it ran, twice: killed by SIGSEGV",
}
MODULE = """
import ctypes
import os
import sys
import threading


class Odd(Exception):
    def __init__(self, a, b):
        super().__init__(f"{a} is not {b}")


class Held(Exception):
    def __init__(self):
        super().__init__("it holds a lock")
        self.lock = threading.Lock()


class Mute(Exception):
    def __str__(self):
        raise ValueError
"""


@pytest.fixture(scope="module")
def failed(built):
    """A build in which every kind of step fails beside others, as text."""
    functions = "".join(
        f"\n\ndef {name}({'a, /' if name == 'positional' else ''}):\n    {body}\n" for name, body in BODIES.items()
    )
    (built.folder / "lib" / "failing.py").write_text(MODULE + functions)
    stage = built.folder / "stages" / "toy.py"
    before = stage.read_text()
    steps = [
        f'step("lib.failing:{name}", {"a=1, " if name == "positional" else ""}to=text("Q9/{name}", "Fails."))'
        for name in BODIES
    ]
    stage.write_text("\n".join([before, *steps, ""]))
    words = [f"{name}=failed-{name}" for name in ("artifacts", "data", "cache")]
    output = built.doit("-c", *words, "toy.pause=0.3", code=1)
    stage.write_text(before)
    return output


@pytest.mark.parametrize("name", BODIES)
def test_a_failure_is_one_message_with_type_text_and_line(failed, name):
    told = failed.partition(f"\nQ9/{name} failed:\n")[2].partition("\n\n")[0]
    assert SAID[name] in told, failed[-3000:]
    assert len(told) < 2500 and "lib/graph" not in told
    if name not in ("ends", "positional"):
        assert 'File "lib/failing.py", line ' in told and f"in {name}" in told


def test_neighbours_are_not_taken_along(failed):
    assert f"7 built, {len(BODIES)} failed" in failed
    assert "Traceback" not in failed and "Fatal Python error" not in failed
