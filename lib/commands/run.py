"""doit's `run`: one at a time for a folder of artifacts or data, tidy before and after."""

import contextlib
import fcntl
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from functools import wraps
from pathlib import Path

from doit.cmd_run import Run as DoitRun
from doit.exceptions import InvalidCommand

from lib.commands.names import Named
from lib.commands.options import Command, OptionsAnywhere
from lib.commands.status import orphans
from lib.graph import cluster, store, worker
from lib.graph.cache import save_caches
from lib.graph.settings import PROJECT, READ_ONLY, clear_places, config
from lib.graph.step import GRAPH
from lib.start import INTERRUPTED

DIFFERENT = 1  # exit code
WAKING = 0.5  # seconds after which an interrupt is noticed at the latest
PATIENCE = 2  # seconds after an interrupt in which another one is the same one


class Build(Command, DoitRun):
    """Run steps; what `run`, `pull` and `read` share."""

    # Steps run in processes of their own; doit's would run what waits for them.
    cmd_options = tuple(
        option | {"choices": (("thread", ""),), "default": "thread"} if option["name"] == "par_type" else option
        for option in DoitRun.cmd_options
    )

    def execute(self, params: dict, args: list[str]) -> int:
        """As doit's; an interrupt ends it in one line."""
        with _interruptible():
            try:
                return super().execute(params, args)
            except KeyboardInterrupt:
                with contextlib.suppress(OSError):
                    print("interrupted; what was finished is kept", file=sys.stderr)
                return INTERRUPTED

    @wraps(DoitRun._execute)  # doit passes the options that the signature names
    def _execute(self, **options):
        from stages.settings import SETTINGS

        asked = options["num_process"]
        if asked < 1:
            raise InvalidCommand(f"-n {asked}: how many steps to wait for at a time is 1 or more")
        options["num_process"] = min(asked, max(len(GRAPH.steps), 1))  # a thread waits for each
        team = store.shared()
        if team:
            team.writes = SETTINGS.build.share == "write"
        if SETTINGS.build.scheduler:
            cluster.check(SETTINGS.build.scheduler)
        with sole_build():
            try:
                return super()._execute(**options)
            finally:
                worker.stop()
                save_caches()
                if team:
                    team.flush()
                store.trim(config().cache, SETTINGS.build.store_gigabytes)


class Run(OptionsAnywhere, Named, Build):
    """Build everything, or the given names."""

    name = "run"
    doc_purpose = "build everything, or the given names; only what is not fresh"
    doc_usage = "[NAME...]"
    cmd_options = Build.cmd_options + (
        {
            "name": "force",
            "long": "force",
            "type": bool,
            "default": False,
            "help": "run the named steps although they are fresh, restore nothing, and say whether the bytes are the "
            "same: a check of determinism. Exit code 1: they are not",
        },
    )
    examples = ("Q3.1.2 fits/mlp training.epochs=20", "run --force Q3.1.1/weights")

    def execute(self, params: dict, args: list[str]) -> int:
        """As doit's."""
        self._force, self.commands = params["force"], (*self.config["COMMAND"], "test")
        return super().execute(params, args)

    @wraps(DoitRun._execute)
    def _execute(self, **options):
        for step in GRAPH.steps:
            step.forced = self._force and (self.sel_default_tasks or step.name in self.sel_tasks)
        result = super()._execute(**options)
        if not result and any(step.differs for step in GRAPH.steps):
            result = DIFFERENT
        found = orphans() if self.sel_default_tasks else []
        if found:
            names = ", ".join(map(str, found[:3])) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
            print(f"no longer made by any step (`clean --orphans` removes them): {names}", file=sys.stderr)
        return result


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Turn the first SIGINT into a KeyboardInterrupt; what follows, impatient, does not disturb the tidying up.

    Python answers a signal when the main thread runs again. One that arrives while that gives up the interpreter's
    lock, in order to wait for the workers, does not end the wait: a timer does.
    """
    first: list[float] = []

    def interrupt(signum, frame):
        if not first:
            first.append(time.monotonic())
            raise KeyboardInterrupt
        if time.monotonic() - first[0] > PATIENCE:
            os.write(2, b"\x1b[?25h" if os.isatty(2) else b"")  # the live display hides the cursor
            os._exit(INTERRUPTED)

    at_interrupt = signal.signal(signal.SIGINT, interrupt)
    at_pipe = signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # a build does not need its reader
    at_alarm = signal.signal(signal.SIGALRM, lambda signum, frame: None)
    signal.setitimer(signal.ITIMER_REAL, WAKING, WAKING)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, at_alarm)
        signal.signal(signal.SIGPIPE, at_pipe)
        signal.signal(signal.SIGINT, signal.SIG_IGN if first else at_interrupt)


@contextlib.contextmanager
def sole_build() -> Iterator[None]:
    """Be the only build of these folders of artifacts and data, after waiting for others; sweep up what a killed one
    left."""
    # From here, since doit goes into the project's folder only when it loads dodo.py.
    artifacts, data = (Path(PROJECT, root, config().source).resolve() for root in (config().artifacts, config().data))
    with contextlib.ExitStack() as held:
        for folder in sorted({artifacts, data}):  # in one order, or two builds might wait for each other
            if _exists(folder, may_be_read_only=folder != artifacts):
                held.enter_context(_sole_user(folder))
        yield


def _exists(folder, may_be_read_only):
    """Whether a folder can be written to. Nothing is put into data/ that is complete."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        clear_places(folder)
        (folder / ".lock").touch()
    except OSError as error:
        if error.errno not in READ_ONLY or not may_be_read_only:
            where = f"{error.filename}: {error.strerror}"
            raise InvalidCommand(
                f"{where}: a build writes there; artifacts=DIR and data=DIR name other places"
            ) from None
        return False
    return True


@contextlib.contextmanager
def _sole_user(folder):
    owner = folder / ".lock-owner"
    # By flock, as filelock does it: importing that takes a tenth of an up-to-date build.
    with open(folder / ".lock", "ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            by = owner.read_text() if owner.exists() else "another process"
            print(f"waiting for the build of {folder} by process {by}", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            with contextlib.suppress(OSError):
                owner.write_text(str(os.getpid()))
            shutil.rmtree(folder / ".staging", ignore_errors=True)
            yield
        finally:
            shutil.rmtree(folder / ".staging", ignore_errors=True)  # what still runs on a cluster ends with it
            with contextlib.suppress(OSError):
                owner.unlink()
