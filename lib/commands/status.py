"""How steps stand: fresh, stale or failed; and which files no step makes any more."""

import os
from collections.abc import Iterable
from pathlib import Path

from doit.dependency import Dependency

from lib.graph.settings import config
from lib.graph.step import GRAPH

LETTERS = {"fresh": "U", "stale": "R", "failed": "E"}  # as doit says up to date, to run, error


def statuses(dep_manager: Dependency, tasks: dict, names: Iterable[str]) -> dict[str, str]:
    """How steps stand, with what they read from: a step behind a stale one is stale.

    Parameters
    ----------
    dep_manager : Dependency
    tasks : dict of str to doit.task.Task
        Of the whole graph.
    names : iterable of str
        Those asked for.

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
    """Files among the artifacts that no step makes, hidden ones aside."""
    made = {os.path.normpath(path) for path in GRAPH.makers}
    found = []
    for folder, folders, names in os.walk(config().artifacts / config().source):
        folders[:] = [inner for inner in folders if inner[0] != "." and os.path.join(folder, inner) not in made]
        found += [Path(folder, name) for name in names if name[0] != "." and os.path.join(folder, name) not in made]
    return sorted(found)


def read_failures() -> set[str]:
    """Names of the steps that failed when they were last run; doit itself forgets."""
    try:
        return set(_failures_file().read_text(errors="replace").split("\n")) - {""}
    except FileNotFoundError:
        return set()


def write_failures(names: Iterable[str]) -> None:
    """Remember which steps failed."""
    if names or _failures_file().exists():
        _failures_file().write_text("\n".join(sorted(names)))


def _failures_file():
    return config().artifacts / config().source / ".failed"
