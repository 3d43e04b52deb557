"""Steps on a real Dask cluster: a scheduler and two worker processes on this machine's loopback."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

psutil = pytest.importorskip("psutil")
pytest.importorskip("distributed")
ALL = 7
LOOK = """
import os


def look():
    print("loud")
    seen = {name: value for name, value in os.environ.items() if name not in ("PATH", "HOME", "PYTHONPATH")}
    return f"{os.getcwd()} {sorted(seen.items())} {hash('a')}"


"""


class Cluster:
    """A scheduler and workers, which stand in another folder and environment than the project."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self.folder, self.processes = folder, []
        port = self.address.rpartition(":")[2]
        self._start("dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
        self.workers = [
            self._start("dask_worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard") for _ in "ab"
        ]
        from distributed import Client

        with Client(self.address, timeout=30, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=30)

    def _start(self, program, *words):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{program}", *words],
            cwd=self.folder,
            env=environment | {"OMP_NUM_THREADS": "7", "PYTHONHASHSEED": "5", "LANG": "de_DE", "MARK": "seen"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(process)
        return process

    def stop(self):
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("elsewhere"))
    yield cluster
    cluster.stop()


def test_one_of_two_workers_is_killed_and_the_artifacts_are_a_local_builds(toy, built, cluster):
    process = toy.start("toy.pause=2", f"build.scheduler={cluster.address}")
    victim, steps = cluster.workers[0], []
    deadline = time.monotonic() + 60
    # Until the victim is in the middle of a fit.
    while not ((toy.folder / "data/embedded/raw/words").exists() and steps) and time.monotonic() < deadline:
        time.sleep(0.05)
        steps = psutil.Process(victim.pid).children()
    assert steps
    time.sleep(0.5)
    steps = psutil.Process(victim.pid).children() or steps
    victim.send_signal(signal.SIGKILL)
    gone, alive = psutil.wait_procs(steps, timeout=3)
    assert not alive  # no orphan goes on writing
    output, _ = process.communicate(timeout=100)
    assert process.returncode == 0 and f"{ALL} built" in output, output
    assert toy.bytes() == built.bytes()
    assert toy.ran("toy.pause=2") == {}  # on this machine


def test_a_step_sees_there_what_it_would_see_here_and_prints_and_raises_as_here(toy, cluster):
    toy.edit("lib/toy.py", "def write_apart():\n    return", f"{LOOK}def write_apart():\n    return look() +")
    file = toy.folder / "artifacts/embedded/Q2.1/apart.txt"
    toy.doit("Q2.1/apart")
    here = file.read_text()
    toy.doit("Q2.1/apart", f"build.scheduler={cluster.address}", "cache=none")  # up to date: nothing is sent
    file.unlink()
    toy.doit("Q2.1/apart", f"build.scheduler={cluster.address}", "cache=none")
    assert file.read_text() == here and "seen" not in here
    toy.edit(
        "lib/toy.py",
        "def write_apart():\n",
        "class Odd(Exception):\n    def __init__(self, a, b):\n        super().__init__(f'{a} and {b}')\n\n\n"
        "def write_apart():\n    raise Odd(1, 2)\n",
    )
    output = toy.doit("Q2.1/apart", f"build.scheduler={cluster.address}", code=1)
    assert "Odd: 1 and 2" in output and "lib/toy.py" in output


def test_a_scheduler_that_is_not_there_is_one_line(toy):
    output = toy.doit("build.scheduler=tcp://127.0.0.1:9", code=3)
    assert "build.scheduler=tcp://127.0.0.1:9: no Dask scheduler answers there" in output
    assert len(output.strip().splitlines()) == 1
