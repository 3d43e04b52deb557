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
from pathlib import Path
from typing import Any

from lib.graph.call import ENVIRONMENT, call
from lib.graph.fingerprint import ROOMS

_pool = None
_stopped = False


def count() -> int:
    """How many processes compute at a time: one for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def submit(*arguments: Any) -> list[str]:
    """Call a step's function in a worker process and wait for it.

    Parameters
    ----------
    *arguments
        Of `lib.graph.call.call`, with the path of the progress file, or None, in the last place.

    Returns
    -------
    list of str
        What it warned of.

    Raises
    ------
    Exception
        Whatever the function raised; TerminatedWorkerError if the process died twice.
    """
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

    _pool = loky.get_reusable_executor(
        max_workers=count(), timeout=600, env=ENVIRONMENT, initializer=_initialise, initargs=(os.getpid(),)
    )
    return _pool.submit(_perform, *arguments).result()


def stop() -> None:
    """End all workers at once, and what they are doing."""
    global _stopped
    _stopped = True
    if _pool:
        _pool.shutdown(wait=True, kill_workers=True)


def _initialise(parent):
    """Exit when the parent process dies, however it ended."""

    def watch():
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _perform(function, arguments, outputs, single, packages, progress_file):
    """`call`, with `progress` leading to a file that the main process reads; what it warned of, each once."""
    _forget_project()
    with warnings.catch_warnings(record=True) as caught:
        call(function, arguments, outputs, single, packages, _Progress(progress_file) if progress_file else None)
    return list(dict.fromkeys(f"{warning.category.__name__}: {warning.message}" for warning in caught))


def _forget_project():
    """Import the project's modules anew, as a new process would: as they are on disk now, with no state of an earlier step."""
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
