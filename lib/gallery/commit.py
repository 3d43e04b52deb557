"""Which commit a page was built from."""

import subprocess
from pathlib import Path
from typing import Any


def state_of(project: Path, parts: list[str]) -> str:
    """Changes when somebody commits, or writes to one of these files outside of the code: cheaper than asking git."""
    git = project / ".git"
    if git.is_file():  # of a worktree: it says where
        git = project / git.read_text(encoding="utf-8").removeprefix("gitdir: ").rstrip("\n")
    files = [git / name for name in ("HEAD", "index", "logs/HEAD")]
    for part in parts:
        files += sorted((project / part).rglob("*")) if part in ("writeup", "images") else [project / part]
    return " ".join(str(file.stat().st_mtime_ns) if file.exists() else "-" for file in files)


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
