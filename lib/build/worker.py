"""Where a task's function runs: worker processes with one thread each, as many as there are cores.

The main process imports none of what the functions import, and a worker is used again for the next task: torch and
matplotlib are imported once in each.
"""

import json
import os
import random
import sys
import threading
import time
from pathlib import Path

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


def call(function, arguments, settings):
    """Call a task's function as in a new process: no thread but its own, no random state left by an earlier task.

    Parameters
    ----------
    function : callable
        Of a stage.
    arguments : list of Path or list
        Its inputs and outputs.
    settings : Settings or None
        Passed on by name, where the task has some.
    """
    random.seed(0)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(0)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(0)
        torch.set_num_threads(1)
    function(*arguments, **({} if settings is None else {"settings": settings}))


def perform(function, arguments, settings, progress_file):
    """`call`, in a worker process, with `progress` leading to a file."""
    global _progress_file
    _progress_file = progress_file
    call(function, arguments, settings)


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
    from joblib.externals import loky

    for last_try in (False, True):
        executor = loky.get_reusable_executor(
            max_workers=workers, timeout=600, env=ENVIRONMENT, initializer=_end_with, initargs=(os.getpid(),)
        )
        try:
            return executor.submit(perform, *arguments).result()
        except loky.process_executor.TerminatedWorkerError:
            # A worker that dies takes its neighbours' tasks with it: they deserve a second try.
            if last_try:
                raise


def stop():
    """End all workers at once."""
    if loky := sys.modules.get("joblib.externals.loky"):
        loky.get_reusable_executor().shutdown(wait=True, kill_workers=True)


def _end_with(parent):
    """Let no worker outlive the build, however that ended."""

    def watch():
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
