"""Which commit a page was built from."""

import subprocess
from pathlib import Path
from typing import Any


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
    found = _git(project, "log", "-1", "--format=%h %cs", "--", *parts)
    if not found:
        return None
    id, date = found.split()
    return {"id": id, "date": date, "changed": bool(_git(project, "status", "--porcelain", "--", *parts))}


def _git(project, *words):
    try:
        run = subprocess.run(["git", "-C", str(project), *words], capture_output=True, text=True)
    except OSError:
        return None
    return run.stdout.strip() if run.returncode == 0 else None
