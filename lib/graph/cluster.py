"""Steps on an existing Dask cluster: ``build.scheduler = "tcp://host:8786"``.

A Dask worker may have threads, another environment and another folder than a worker of this machine; therefore each
step runs there in a process of its own, started by a small function that is sent by value. The machines share the
project's folder (with its .venv) and the folders of artifacts and data, at the same paths, and nothing else.
"""

import contextlib
import os
import pickle
import shutil
import socket
import sys
import threading
import time
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from doit.exceptions import InvalidCommand

from lib.graph.place import PROJECT

PATIENCE = 5  # seconds that a scheduler has to answer
WAITING = 256  # threads that wait for the cluster's steps: how many run at a time is the cluster's affair


class Lost(RuntimeError):
    """A step was lost with the scheduler, or with one worker after another."""


def check(address: str) -> None:
    """See that there is a scheduler.

    Raises
    ------
    InvalidCommand
        In one line, if nobody listens there or ``distributed`` is not installed.
    """
    if find_spec("distributed") is None:
        raise InvalidCommand(f"build.scheduler={address} needs distributed: .venv/bin/pip install distributed")
    place = urlsplit(address)
    try:
        socket.create_connection((place.hostname, place.port), PATIENCE).close()
    except OSError as error:
        raise InvalidCommand(f"build.scheduler={address}: no Dask scheduler answers there: {error}") from None


class Cluster:
    """The connection to a scheduler, made when the first step needs it.

    Parameters
    ----------
    address : str
        ``tcp://host:8786``.
    """

    def __init__(self, address: str):
        self.address = address
        self._client = self._executor = self._run = None
        self._connecting = threading.Lock()

    def submit(self, *arguments: Any) -> tuple[list[str], tuple[str, str] | None]:
        """Call `lib.graph.worker._perform` somewhere on the cluster, and wait for what it returns.

        Raises
        ------
        Lost
            If the cluster could not run it.
        """
        from concurrent.futures import CancelledError

        from distributed import KilledWorker

        options = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}
        call = pickle.dumps(arguments), sys.executable, str(PROJECT), options
        try:
            answer = self._connect().submit(self._run, *call).result()
        except CancelledError:
            raise Lost(f"the connection to {self.address} broke while the step ran") from None
        except KilledWorker as error:
            raise Lost(f"every worker of {self.address} that took the step died: {error}") from None
        return pickle.loads(answer)

    def stop(self) -> None:
        """Give up what is still waiting, and the connection."""
        if self._client:
            self._executor.shutdown(wait=False)
            self._client.close(timeout=PATIENCE)

    def _connect(self):
        with self._connecting:
            if self._executor is None:
                from distributed import Client

                self._client = Client(self.address, timeout=PATIENCE, set_as_default=False)
                self._run = _ByValue(run_apart)
                self._executor = self._client.get_executor(pure=False)
        return self._executor


class _ByValue:
    """A function that is pickled with its code: Dask's workers and scheduler need not know this project's modules."""

    def __init__(self, function):
        import cloudpickle

        cloudpickle.register_pickle_by_value(sys.modules[__name__])
        self._function, self._pickled = function, cloudpickle.dumps(function)
        cloudpickle.unregister_pickle_by_value(sys.modules[__name__])

    def __call__(self, *arguments):
        return self._function(*arguments)

    def __reduce__(self):
        import cloudpickle

        return cloudpickle.loads, (self._pickled,)


# --- on the cluster ---------------------------------------------------------------------------------------------------


def run_apart(payload: bytes, python: str, folder: str, options: dict[str, str]) -> bytes:
    """Run a step in a process of its own; what that answered, pickled. Runs on a Dask worker, by itself."""
    import os
    import subprocess

    for path in (python, folder):
        if not os.path.exists(path):
            raise FileNotFoundError(f"{os.uname().nodename} has no {path}: all machines need the project at one path")
    start = f"import sys; sys.path.insert(0, {folder!r}); from lib.graph.cluster import main; main()"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    # The hash seed counts from the start; the rest is put right in the process.
    environment |= options | {"PYTHONHASHSEED": "0"}
    with subprocess.Popen(
        [python, "-c", start], cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin and process.stdout
        try:
            process.stdin.write(len(payload).to_bytes(8, "big") + payload)
            process.stdin.flush()  # and left open: its end is this worker's death
            answer = process.stdout.read()
        finally:
            process.kill()
    if not answer:
        raise RuntimeError(f"the step's process ended with {process.returncode} on {os.uname().nodename}")
    return answer


def main() -> None:
    """What the process does: read the arguments, perform the step, write what came of it."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the step prints is not the answer
    arguments = pickle.loads(sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read(8), "big")))
    from lib.graph import worker

    worker.fix_environment()
    (function, given, outputs, *rest), *others = arguments
    # A step that is given up for lost and runs a second time elsewhere may still be running here.
    own = {name: output._replace(paths=tuple(map(_own, output.paths))) for name, output in outputs.items()}
    _end_with_the_worker(os.path.dirname(next(iter(outputs.values())).paths[0]))
    for output in own.values():
        for path in output.paths:
            os.makedirs(os.path.dirname(path), exist_ok=True)
    answer = worker._perform((function, given, own, *rest), *others)
    _, failure = answer
    if not failure:
        for name, output in outputs.items():
            for made, path in zip(own[name].paths, output.paths, strict=True):
                _move(made, path)
    answers.write(pickle.dumps(answer))
    answers.flush()
    os._exit(0)  # the thread that waits for the worker's end is not waited for


_ID = f".{os.urandom(16).hex()}"


def _own(path):
    folder, name = os.path.split(path)
    return os.path.join(folder, _ID, name)


def _move(made, path):
    if not os.path.lexists(made):
        return  # `Step` says what was not written
    if os.path.isdir(path):
        shutil.rmtree(path)
    os.replace(made, path)
    with contextlib.suppress(OSError):  # another output is there
        os.rmdir(os.path.dirname(made))


def _end_with_the_worker(folder):
    """End when the Dask worker does, however that ended, or when nobody waits for the outputs any more."""

    def wait():
        sys.stdin.buffer.read()
        os._exit(1)

    def watch():
        while os.path.isdir(folder):
            time.sleep(1)
        os._exit(1)

    for target in (wait, watch):
        threading.Thread(target=target, daemon=True).start()
