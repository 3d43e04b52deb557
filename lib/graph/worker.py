"""Worker processes, as many as there are cores, that steps are called in.

The main process imports none of what the functions import, and a worker is used again for the next step: torch and
matplotlib are imported once in each.
"""

import faulthandler
import importlib
import json
import os
import re
import signal
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from lib.graph.call import ENVIRONMENT, call
from lib.graph.cluster import WAITING, Cluster
from lib.graph.definitions import ROOMS
from lib.graph.settings import PROJECT
from lib.graph.trace import Trace

LARGEST = int(1.5e9)  # bytes that a worker may have grown by when it takes another step
LONGEST, DEEPEST = 2000, 50  # characters of what an exception says, and calls that it came through
_pool: Any = None
_cluster: Cluster | None = None
_alone: list[Any] = []
_stopped = False
_lock = threading.Lock()


def use(scheduler: str) -> None:
    """Send steps to the Dask cluster of a scheduler; to processes of this machine, if it is empty."""
    global _cluster
    _cluster = Cluster(scheduler) if scheduler else None


def count() -> int:
    """How many steps may be under way at a time: on this machine, one for each core that this process may use."""
    if _cluster:
        return WAITING
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def submit(*arguments: Any, tidy: Callable[[], None] = lambda: None) -> list[str]:
    """Call a step's function in a worker process and wait for it.

    Parameters
    ----------
    *arguments
        Of `_perform`.
    tidy : callable
        Removes what a first try left.

    Returns
    -------
    list of str
        What it warned of.

    Raises
    ------
    StepError
        Whatever the function raised, and if its process ended.
    """
    warned, failure = _cluster.submit(*arguments) if _cluster else _submit_here(arguments, tidy)
    if failure:
        raise StepError(*failure)
    return warned


def _submit_here(arguments, tidy):
    from joblib.externals import loky

    try:
        return _submit(arguments)
    except loky.process_executor.BrokenProcessPool:
        # A worker that dies takes its neighbours' steps with it: each is tried again in a process of its own.
        tidy()
        return _submit_alone(arguments)


def _submit(arguments):
    global _pool
    from joblib.externals import loky

    with _starting():
        _pool = loky.get_reusable_executor(
            max_workers=count(), timeout=600, env=ENVIRONMENT, initializer=_initialise, initargs=(os.getpid(),)
        )
        future = _pool.submit(_perform, *arguments)
    return future.result()


def _submit_alone(arguments):
    from joblib.externals import loky

    with tempfile.NamedTemporaryFile("r") as crash:
        with _starting():
            pool = loky.ProcessPoolExecutor(
                1, env=ENVIRONMENT, initializer=_initialise, initargs=(os.getpid(), crash.name)
            )
            _alone.append(pool)
            future = pool.submit(_perform, *arguments)
        try:
            return future.result()
        except loky.process_executor.BrokenProcessPool as error:
            raise StepError(_how_it_ended(str(error)), _in_order(crash.read())) from None
        finally:
            _alone.remove(pool)
            pool.shutdown(wait=True, kill_workers=True)


def _how_it_ended(message):
    """In words, from loky's message.

    Examples
    --------
    >>> _how_it_ended("The exit codes of the workers are {SIGSEGV(-11)}")
    'its process ended while it ran, twice: killed by SIGSEGV'
    """
    found = re.search(r"{(\w+)\((-?\d+)\)", message)
    name, code = found.groups() if found else ("EXIT", "unknown")
    how = f"exit code {code}" if name == "EXIT" else f"killed by {name}"
    return f"its process ended while it ran, twice: {how}{' (is there enough memory?)' if name == 'SIGKILL' else ''}"


def _in_order(crash):
    """faulthandler's report, the most recent call last, as everywhere else."""
    return "\n".join(reversed(crash.splitlines()))


class StepError(Exception):
    """What a step raised, in words: the exception itself may not survive the way from its process to this one.

    Parameters
    ----------
    said : str
        Type and text.
    trace : str
    """

    def __init__(self, said: str, trace: str = ""):
        super().__init__(said)
        self.trace = trace


def describe(error: BaseException) -> str:
    """Type and text of an exception, of a length that one reads."""
    try:
        text = str(error)
    except Exception as another:
        text = f"(its text cannot be made: {type(another).__name__})"
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}... ({len(text):,} characters)"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def explain(error: BaseException) -> str:
    """What went wrong in a step, and the line of the project where it did."""
    if isinstance(error, StepError):
        said, trace = str(error), error.trace
    else:
        said, trace = describe(error), "".join(traceback.format_exception(error))
    frames = [line.strip(" |") for line in trace.splitlines() if f'File "{PROJECT}/' in line]
    own = [frame for frame in frames if "/.venv/" not in frame and "/lib/graph/" not in frame]
    return "\n".join([said, *own[-1:]]).replace(f"{PROJECT}/", "")


@contextmanager
def _starting():
    """What is started here inherits that SIGINT does not reach it, and `stop` waits until it has: this process decides
    what becomes of a build."""
    from multiprocessing import resource_tracker

    from joblib.externals.loky.backend import resource_tracker as loky_tracker

    with _lock:
        if _stopped:
            raise StepError("the build was stopped")
        resource_tracker.ensure_running()  # which takes SIGINT out of the mask
        loky_tracker.ensure_running()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def stop() -> None:
    """End all workers at once, and what they are doing."""
    global _stopped
    _stopped = True
    if _cluster:
        _cluster.stop()
    with _lock:
        pools = [_pool, *_alone]
    if _cluster:
        _cluster.stop()
    for pool in pools:
        if pool:
            pool.shutdown(wait=True, kill_workers=True)


def fix_environment() -> None:
    """Leave a process nothing of its user's environment but what steps may see."""
    kept = {
        name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith(PASSED_ON_PREFIXES)
    }
    os.environ.clear()
    os.environ.update(kept | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"} | ENVIRONMENT)
    time.tzset()


def _initialise(parent, crash_file=os.devnull):
    """A fixed environment; exit when the parent process dies, however it ended."""
    from joblib.externals.loky import process_executor

    fix_environment()
    # Or loky has it write over the console; as long as the process lives.
    faulthandler.enable(open(crash_file, "w"))
    # loky replaces a worker that has grown by 300 MB, which importing torch is enough for.
    process_executor._MAX_MEMORY_LEAK_SIZE = LARGEST

    def watch():
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


# What a step may see of its user's environment: where programs, libraries and certificates are, and the processor's
# limits.
PASSED_ON = ("PATH", "HOME", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE")
PASSED_ON_PREFIXES = (
    "OPENBLAS_L2",
    "CUDA_",
    "SSL_CERT_",
    "REQUESTS_CA_",
    "http",
    "https",
    "no_proxy",
    "HTTP",
    "NO_PROXY",
)


def _perform(arguments, progress_file, allowed, reached):
    """Call a function as in a new process, and watch it.

    Parameters
    ----------
    arguments : tuple
        Of `lib.graph.call.call`.
    progress_file : Path or None
        Where `progress` leads to.
    allowed : list of str or None
        Files and folders that the function may open; None for all.
    reached : list of str
        What its fingerprint knows.

    Returns
    -------
    warned : list of str
        What it warned of, each once.
    failure : tuple or None
        What it raised, whatever that is: the arguments of `StepError`.
    """
    try:
        return _watch(arguments, progress_file, allowed, reached), None
    except BaseException as error:  # sys.exit() too
        return [], (describe(error), "".join(traceback.format_tb(error.__traceback__, -DEEPEST)))
    finally:
        _return_memory()


def _return_memory():
    """What is free is kept while a step runs (`lib.graph.call.ENVIRONMENT`), but not after it: joblib would take it for
    a leak and end the worker."""
    import ctypes

    with suppress(AttributeError, OSError):  # glibc's own
        ctypes.CDLL(None).malloc_trim(0)


def _watch(arguments, progress_file, allowed, reached):
    _forget_project()
    environment, folder = dict(os.environ), os.getcwd()
    watched = nullcontext() if allowed is None else Trace(arguments[0], reached, allowed, PROJECT, ROOMS)
    try:
        with warnings.catch_warnings(record=True) as caught, watched:
            call(*arguments, _Progress(progress_file) if progress_file else None)
    finally:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
    return list(dict.fromkeys(f"{warning.category.__name__}: {warning.message}" for warning in caught))


def _forget_project():
    """Import the project's modules anew, as a new process would: as they are on disk now, with no state of an earlier
    step."""
    for name in list(sys.modules):
        if name.partition(".")[0] in ROOMS and not f"{name}.".startswith(f"{__package__}."):
            del sys.modules[name]
    importlib.invalidate_caches()


class _Progress:
    """What a function calls after each epoch: ``progress(epoch, epochs, accuracy=0.9)``."""

    def __init__(self, file):
        self._file = Path(file)

    def __call__(self, epoch, epochs, **metrics):
        content = {"epoch": int(epoch), "epochs": int(epochs), **{key: float(value) for key, value in metrics.items()}}
        temporary = self._file.with_name(f"{self._file.name}.tmp")
        try:
            temporary.write_text(json.dumps(content))
            temporary.replace(self._file)
        except OSError:  # the build was killed and another one swept up: no reason to fail
            pass
