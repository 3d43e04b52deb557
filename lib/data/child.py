"""Read files in a process of its own, with limits of memory and time: for readers that a damaged file can crash.

The process is loky's, as joblib starts them: a new one, not a fork, that leaves the caller's main module alone. What
runs in it is a function that its caller names, so that a step which uses it still says what it reaches.
"""

import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any

from joblib.externals.loky.backend import get_context

MEMORY = 1_000_000_000  # bytes, on top of what Python and the libraries take
SECONDS = 50.0


class ChildError(ValueError):
    """Why a reader did not return, for a sentence that begins with the file's name."""


def in_child(
    function: Callable, calls: Sequence[tuple], memory: int = MEMORY, seconds: float = SECONDS
) -> Iterator[Any]:
    """Call a function several times in one new process, and give what it returns.

    Parameters
    ----------
    function : callable
        At the top level of a module.
    calls : sequence of tuple
        The arguments of each call; what is handed over and returned can be pickled.
    memory : int
        Most bytes that the calls may take, where the system keeps to `resource.RLIMIT_AS` (Linux does).
    seconds : float
        Longest that one call may take.

    Yields
    ------
    object

    Raises
    ------
    ChildError
        If the process crashes, or a call takes too long or too much memory, or raises what is no ValueError.
    ValueError
        As the function raised it.
    """
    context = get_context("loky")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(theirs, function, list(calls), memory, seconds))
    process.start()
    theirs.close()
    try:
        for number in range(-1, len(calls)):  # the first answer is that it has started
            try:
                if not ours.poll(seconds if number >= 0 else SECONDS):
                    raise ChildError(f"it takes more than {seconds:g} seconds")
                value = ours.recv()
            except (EOFError, ConnectionError):
                process.join()
                raise ChildError(_ended(process.exitcode, seconds)) from None
            if isinstance(value, Exception):
                raise value
            if number >= 0:
                yield value
    finally:
        ours.close()
        if process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
        process.join()


def _serve(answers: Connection, function: Callable, calls: list[tuple], memory: int, seconds: float) -> None:
    """The child: make the calls within the limits, and send what each returned or raised."""
    _limit(resource.RLIMIT_AS, _address_space() + memory)
    _limit(resource.RLIMIT_CPU, int(seconds * len(calls)) + 1)  # should the parent be killed
    _limit(resource.RLIMIT_CORE, 0)
    answers.send(None)
    for arguments in calls:
        value: Any
        try:
            value = function(*arguments)
        except MemoryError:
            value = ChildError(f"it needs more than {memory / 1e9:g} GB of memory")
        except ValueError as error:
            value = error
        except Exception as error:  # the libraries raise a dozen kinds for a damaged file
            value = ChildError(f"{type(error).__name__}: {error}")
        answers.send(value)


def _address_space():
    """Bytes of address space that this process has already; a guess where that is not known."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 1 << 30


def _limit(what, most):
    """Lower a limit of this process; never raise it."""
    _, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    try:
        resource.setrlimit(what, (most, hard))
    except (OSError, ValueError):
        if sys.platform != "darwin":  # which has some of the limits in name only
            raise


def _ended(code, seconds):
    if code == -signal.SIGXCPU:
        return f"it takes more than {seconds:g} seconds"
    return f"its reader crashes ({signal.Signals(-code).name if code and code < 0 else f'exit code {code}'})"
