"""Where a task's function runs: worker processes with one thread each, as many as there are cores.

The main process imports none of what the functions import, and a worker is used again for the next task: torch and
matplotlib are imported once in each.
"""

import json
import os
import random
import threading
import time
from pathlib import Path

from lib.build.config import adopt, asked_for

# One thread a run: parallelism is across runs, sums are in one order, and two runs never fight for a core.
# The hash seed fixes the order of sets.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "agg",
}

_progress_file = None


def call(function, arguments, settings, packages):
    """Call a task's function as in a new process: no thread but its own, no random state left by an earlier task.

    Parameters
    ----------
    function : callable
        Of a stage.
    arguments : list of Path or list
        Its inputs and outputs.
    settings : Settings or None
        Passed on by name, where the task has some.
    packages : collection of str
        Third-party packages that the function reaches.
    """
    random.seed(0)
    if "numpy" in packages:
        import numpy

        numpy.random.seed(0)  # noqa: NPY002 - for what a library draws; our own functions are given generators
    if "torch" in packages:
        import torch

        torch.manual_seed(0)
        torch.set_num_threads(1)
    function(*arguments, **({} if settings is None else {"settings": settings}))


def perform(function, arguments, settings, packages, progress_file):
    """`call`, in a worker process, with `progress` leading to a file."""
    global _progress_file
    _progress_file = progress_file
    call(function, arguments, settings, packages)


def progress(epoch, epochs, **metrics):
    """Say how far the running task is; the main process shows it.

    Parameters
    ----------
    epoch, epochs : int
        How many are done, of how many.
    **metrics : float
        For example ``accuracy``.
    """
    if _progress_file is None:
        return
    content = {"epoch": int(epoch), "epochs": int(epochs), **{key: float(value) for key, value in metrics.items()}}
    temporary = Path(f"{_progress_file}.tmp")
    try:
        temporary.write_text(json.dumps(content))
        temporary.replace(_progress_file)
    except OSError:  # the build was killed and another one swept up: no reason to fail
        pass


def submit(workers, *arguments):
    """Perform in a worker process and wait for it.

    Parameters
    ----------
    workers : int
        How many processes there may be.
    *arguments
        Of `perform`.

    Raises
    ------
    Exception
        Whatever the function raised; TerminatedWorkerError if the process died twice.
    """
    global _pool
    from joblib.externals import loky

    for last_try in (False, True):
        _pool = loky.get_reusable_executor(
            max_workers=workers,
            timeout=600,
            env=ENVIRONMENT,
            initializer=_begin,
            initargs=(os.getpid(), *asked_for()),
        )
        try:
            return _pool.submit(perform, *arguments).result()
        except loky.process_executor.TerminatedWorkerError:
            # A worker that dies takes its neighbours' tasks with it: they deserve a second try.
            if last_try or _is_stopped:
                raise


_pool = None
_is_stopped = False


def stop():
    """End all workers at once, and what they are doing."""
    global _is_stopped
    _is_stopped = True
    if _pool:
        _pool.shutdown(wait=True, kill_workers=True)


def _begin(parent, words, folder):
    """Be a worker of a build: mean what it means, and do not outlive it, however it ended."""
    adopt(words, folder)

    def watch():
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
