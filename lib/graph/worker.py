"""Worker processes, as many as there are cores, that steps are called in.

The main process imports none of what the functions import, and a worker is used again for the next step: torch and
matplotlib are imported once in each.
"""

import importlib
import json
import os
import sys
import threading
import time
import warnings
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from lib.graph.call import ENVIRONMENT, call
from lib.graph.cluster import WAITING, Cluster
from lib.graph.definitions import ROOMS
from lib.graph.settings import PROJECT
from lib.graph.trace import Trace

LARGEST = int(1.5e9)  # bytes that a worker may have grown by when it takes another step
_pool = None
_cluster: Cluster | None = None
_stopped = False
_starting = threading.Lock()


def use(scheduler: str) -> None:
    """Send steps to the Dask cluster of a scheduler; to processes of this machine, if it is empty."""
    global _cluster
    _cluster = Cluster(scheduler) if scheduler else None


def count() -> int:
    """How many steps may be under way at a time: on this machine, one for each core that this process may use."""
    if _cluster:
        return WAITING
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def submit(*arguments: Any) -> list[str]:
    """Call a step's function in a worker process and wait for it.

    Parameters
    ----------
    *arguments
        Of `_perform`.

    Returns
    -------
    list of str
        What it warned of.

    Raises
    ------
    Exception
        Whatever the function raised; TerminatedWorkerError if the process died twice.
    """
    if _cluster:
        return _cluster.submit(*arguments)
    from joblib.externals import loky

    try:
        return _submit(arguments)
    except loky.process_executor.TerminatedWorkerError:
        if _stopped:
            raise
        # A worker that dies takes its neighbours' steps with it: they deserve a second try.
        return _submit(arguments)


def _submit(arguments):
    global _pool
    from joblib.externals import loky

    with _starting:
        if _stopped:  # after an interrupt: a pool started now would be waited for
            raise RuntimeError("the build was interrupted")
        _pool = loky.get_reusable_executor(
            max_workers=count(), timeout=600, env=ENVIRONMENT, initializer=_initialise, initargs=(os.getpid(),)
        )
        running = _pool.submit(_perform, *arguments)
    return running.result()


def stop() -> None:
    """End all workers at once, and what they are doing."""
    global _stopped
    with _starting:
        _stopped = True
    if _cluster:
        _cluster.stop()
    if _pool:
        _pool.shutdown(wait=True, kill_workers=True)


def fix_environment() -> None:
    """Leave a process nothing of its user's environment but what steps may see."""
    kept = {
        name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith(PASSED_ON_PREFIXES)
    }
    os.environ.clear()
    os.environ.update(kept | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"} | ENVIRONMENT)
    time.tzset()


def _initialise(parent):
    """A fixed environment; exit when the parent process dies, however it ended."""
    from joblib.externals.loky import process_executor

    fix_environment()
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
    list of str
        What it warned of, each once.
    """
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
