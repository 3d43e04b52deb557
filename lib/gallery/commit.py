"""Which commit a page was built from."""

import os
import subprocess
from pathlib import Path
from typing import Any


def state_of(project: Path, parts: list[str]) -> str:
    """Changes when somebody commits, or writes to one of these files that is no module: cheaper than asking git.

    Modules are left to `lib.graph.fingerprint.remembered`, which looks at all of them in any case.
    """
    git = project / ".git"
    if git.is_file():  # of a worktree: it says where
        git = project / git.read_text(encoding="utf-8").removeprefix("gitdir: ").rstrip("\n")
    files = [str(git / name) for name in ("HEAD", "index", "logs/HEAD")]
    for part in parts:
        files += _files_below(str(project / part))
    return " ".join(f"{file} {os.stat(file).st_mtime_ns}" for file in files if os.path.exists(file))


def _files_below(part):
    found = [] if os.path.isdir(part) else [part]
    for folder, folders, names in os.walk(part):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        found += [f"{folder}/{name}" for name in sorted(names) if not name.endswith(".py")]
    return found


def commit(project: Path, parts: list[str]) -> dict[str, Any] | None:
    """The last commit of some files: the same in every clone, whenever it is asked.

    Parameters
    ----------
    project : Path
    parts : list of str
        Files and folders in it.

    Returns
    -------
    dict or None
        ``id``, ``date`` (``2026-11-26``, the committer's) and ``changed``, whether the files are no longer what was
        committed. None where there is no git, or no commit.
    """
    commands = (
        'git log -1 --format="%h %cs" -- "$@" && git status --porcelain -- "$@"'  # in one process: it is asked often
    )
    try:
        run = subprocess.run(["sh", "-c", commands, "sh", *parts], cwd=project, capture_output=True, text=True)
    except OSError:
        return None
    found, _, changed = run.stdout.partition("\n")
    if run.returncode or not found:
        return None
    id, date = found.split()
    return {"id": id, "date": date, "changed": bool(changed)}
