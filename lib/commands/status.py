"""Status of steps (fresh, stale or failed), and orphaned files."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from doit.dependency import Dependency

from lib.graph import written
from lib.graph.settings import config
from lib.graph.step import GRAPH

LETTERS = {"fresh": "U", "stale": "R", "failed": "E"}  # as doit says up to date, to run, error


def statuses(dep_manager: Dependency, tasks: dict, names: Iterable[str]) -> dict[str, str]:
    """Status of steps; a step that depends on a stale one is stale.

    Parameters
    ----------
    dep_manager : Dependency
    tasks : dict of str to doit.task.Task
        Of the whole graph.
    names : iterable of str
        The requested steps.

    Returns
    -------
    dict of str to {"fresh", "stale", "failed"}
    """
    failed, found = read_failures(), dict[str, str]()
    names = list(names)
    todo = names[::-1]
    while todo:
        name = todo[-1]
        behind = [maker.name for maker in GRAPH.makers_of(tasks[name].meta["step"])]
        unknown = [maker for maker in behind if maker not in found]
        if unknown:
            todo += unknown
            continue
        todo.pop()
        if name not in found:
            alone = dep_manager.get_status(tasks[name], tasks).status == "up-to-date"
            stands = alone and all(found[maker] == "fresh" for maker in behind)
            found[name] = "failed" if name in failed else "fresh" if stands else "stale"
    return {name: found[name] for name in names}


def orphans() -> list[Path]:
    """Artifacts that a step once wrote, that are still as it wrote them, and that no step makes any more."""
    root = f"{config().artifacts / config().source}/"
    entries = written.read(root)
    return sorted(
        Path(root, name)
        for name in entries
        if root + name not in GRAPH.makers
        and os.path.exists(root + name)
        and not written.why_not_ours(root, name, entries)
    )


def read_failures() -> set[str]:
    """Names of the steps whose last run failed, which doit does not keep."""
    try:
        return set(_failures_file().read_text(errors="replace").split("\n")) - {""}
    except OSError:
        return set()


def write_failures(names: Iterable[str]) -> None:
    """Remember which steps failed."""
    with contextlib.suppress(OSError):  # the disk is full: they are built again all the same
        if names or _failures_file().exists():
            _failures_file().write_text("\n".join(sorted(names)))


def _failures_file():
    return config().artifacts / config().source / ".failed"
