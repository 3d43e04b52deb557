"""doit's `run`: one at a time for a folder of artifacts, tidy before and after."""

import contextlib
import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from functools import wraps

from doit.cmd_run import Run as DoitRun

from lib.commands.names import Named
from lib.commands.status import orphans
from lib.graph import cluster, store, worker
from lib.graph.cache import save_caches
from lib.graph.settings import PROJECT, config


class Build(DoitRun):
    """Run steps; what `run`, `pull` and `read` share."""

    def execute(self, params: dict, args: list[str]) -> int:
        """As doit's; an interrupt ends it in one line."""
        try:
            return super().execute(params, args)
        except KeyboardInterrupt:
            print("interrupted; what was finished is kept", file=sys.stderr)
            return 130  # as shells have it

    @wraps(DoitRun._execute)  # doit passes the options that the signature names
    def _execute(self, **options):
        from stages.settings import SETTINGS

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


class Run(Named, Build):
    """Build everything, or what words mean."""

    name = "run"

    @wraps(DoitRun._execute)
    def _execute(self, **options):
        result = super()._execute(**options)
        found = orphans() if self.sel_default_tasks else []
        if found:
            names = ", ".join(map(str, found[:3])) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
            print(f"made by no step any more (`clean --orphans` removes them): {names}", file=sys.stderr)
        return result


@contextlib.contextmanager
def sole_build() -> Iterator[None]:
    """Be the only build of this folder of artifacts, after waiting for another one; sweep up what a killed one left."""
    # From here, since doit goes into the project's folder only when it loads dodo.py.
    folder, data = (PROJECT / root / config().source for root in (config().artifacts, config().data))
    folder.mkdir(parents=True, exist_ok=True)
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
            owner.write_text(str(os.getpid()))
            _sweep(folder, data)
            yield
        finally:
            _sweep(folder, data)  # what still runs on a cluster ends with it
            owner.unlink(missing_ok=True)


def _sweep(*folders):
    for folder in folders:
        shutil.rmtree(folder / ".staging", ignore_errors=True)
