"""Records of builds, and `doit runs`, which lists them.

A line of JSON in ``artifacts/<source>/.runs.jsonl`` for each build that made something: when, commit, settings that
differ from the defaults, numbers, duration, and how far it came if it failed or was interrupted.
"""

import contextlib
import json
import os
import subprocess
import textwrap
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from doit.exceptions import InvalidCommand

from lib.commands.options import Command
from lib.commands.plan import in_words
from lib.commands.tables import columns
from lib.graph.artifact import NUMBERS
from lib.graph.settings import PROJECT, config
from lib.graph.step import GRAPH

LOG = ".runs.jsonl"
MOST = 500  # records that are kept
HELD = {"when": str, "commit": str, "settings": dict, "numbers": dict}  # at least, by a record
LONGEST_SETTINGS = 100  # characters in the table


def record(counts: Mapping[str, int], seconds: float, stand: Iterable[str], stopped: Mapping[str, Any]) -> None:
    """Leave the record of a build.

    Parameters
    ----------
    counts : dict of str to int
        Steps that were built, restored, fresh.
    seconds : float
        That it took.
    stand : iterable of str
        Names of the steps that are now as this build would have them: their numbers belong to it.
    stopped : dict
        ``why`` it did not finish, ``done`` and ``of``: how many steps stand, and were to; empty if it did.
    """
    from stages.settings import SETTINGS

    commit, edited = _commit()
    stand = set(stand)
    line = {
        "when": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": commit,
        "edited": edited,
        "source": config().source,
        "settings": SETTINGS.changed(),
        "seconds": round(seconds, 1),
        "steps": {how: number for how, number in counts.items() if number},
        "stopped": dict(stopped),
        "whole": len(stand) == len(GRAPH.steps),
        "documents": sorted(stand & {name for name in GRAPH.artifacts if "/" not in name}),
        "numbers": _numbers(stand),
    }
    folder = config().artifacts / config().source
    with contextlib.suppress(OSError):  # the disk is full: what was built is there all the same
        file = folder / LOG
        earlier = file.read_text(encoding="utf-8").splitlines(keepends=True) if file.exists() else []
        replace(file, "".join([*earlier[1 - MOST :], json.dumps(line, ensure_ascii=False) + "\n"]))


def replace(file: Path, text: str) -> None:
    """Write a file in one go: an impatient second interrupt may come at any time."""
    written = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        written.write_text(text, encoding="utf-8")
        written.replace(file)
    finally:
        written.unlink(missing_ok=True)


def _numbers(stand):
    found: dict[str, Any] = {}
    for artifact, step in GRAPH.artifacts.values():
        if artifact.kind is NUMBERS and step.name in stand:
            found |= json.loads(Path(artifact.files[0]).read_text(encoding="utf-8"))
    return found


def _commit():
    """Commit of the project, and whether something differs from it; empty where there is no Git."""
    commit = git("rev-parse", "--short=10", "HEAD")
    return commit, bool(commit and git("status", "--porcelain", "--untracked-files=no"))


def git(*words: str) -> str:
    """What Git says of the project, without a line's end; empty if it fails."""
    try:
        run = subprocess.run(["git", "-C", str(PROJECT), *words], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return run.stdout.strip() if run.returncode == 0 else ""


def read_runs(folder: Path) -> list[dict[str, Any]]:
    """Records of the builds into a folder, ``artifacts/<source>``, the oldest first; lines that cannot be read are left
    out."""
    try:
        lines = (folder / LOG).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        with contextlib.suppress(ValueError):
            run = json.loads(line)
            if isinstance(run, dict) and all(isinstance(run.get(key), kind) for key, kind in HELD.items()):
                found.append(run)
    return found


def describe(run: Mapping[str, Any]) -> str:
    """When and from which commit a run was made; a star says that files differed from it."""
    commit = f", {run['commit']}{'*' if run.get('edited') else ''}" if run.get("commit") else ""
    return f"{when(run)}{commit}"


def when(run: Mapping[str, Any]) -> str:
    """Time of a run, local, to the minute."""
    try:
        return datetime.fromisoformat(run["when"]).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return str(run["when"])


class Runs(Command):
    """List the records."""

    name = "runs"
    doc_purpose = "list what was built when, from which commit, with which settings"
    doc_usage = ""
    doc_description = "The numbers of two of them are compared by `diff`."
    cmd_options = (
        {"name": "as_json", "long": "json", "type": bool, "default": False, "help": "whole records, with all numbers"},
    )

    def _execute(self, as_json, pos_args):
        if pos_args:
            raise InvalidCommand(f"runs takes no names: {pos_args[0]}; `diff` compares two of them")
        found = read_runs(config().artifacts / config().source)
        if as_json:
            self.outstream.write(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
        elif found:
            self.outstream.write(columns([["run", "when", "commit", "took", "steps", "settings"], *table(found)]))
        else:
            self.outstream.write(f"no build into {config().artifacts / config().source} has made anything yet\n")
        return 0


def table(runs: list[dict[str, Any]]) -> list[list[str]]:
    """Rows of number, when, commit, how long it took, steps, settings; those first that not all runs have."""
    kept = [{key: json.dumps(value) for key, value in run["settings"].items()} for run in runs]
    common = set.intersection(*(set(settings.items()) for settings in kept)) if kept else set()
    return [
        _row(number, run, sorted(settings.items(), key=lambda setting: setting in common))
        for number, (run, settings) in enumerate(zip(runs, kept, strict=True), 1)
    ]


def _row(number, run, settings):
    commit = f"{run['commit']}{'*' if run.get('edited') else ''}"
    steps = ", ".join(f"{count} {how}" for how, count in run.get("steps", {}).items() if how != "fresh")
    if stopped := run.get("stopped"):
        steps += f"; {stopped['why']} after {stopped['done']} of {stopped['of']}"
    said = " ".join(f"{key}={value}" for key, value in settings) or "defaults"
    shown = textwrap.shorten(said, LONGEST_SETTINGS, placeholder=" ...")
    return [str(number), when(run), commit, in_words(run.get("seconds", 0)), steps, shown]
