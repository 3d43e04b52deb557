"""What steps have written, in a log beside it: nothing else is ever removed.

A line for each output that was put into place: its name below the root, its digest, and the folder of artifacts whose
build wrote it (several may share one folder of data). A kill loses no line.
"""

import json
import os
from pathlib import Path
from typing import NamedTuple

from lib.graph import files
from lib.graph.settings import config

LOG = ".written"


class Entry(NamedTuple):
    """The last that was written to a place."""

    digest: str
    owners: frozenset[str]


def note(root: str, outputs: dict[str, str]) -> None:
    """Record outputs that were put into place, names with digests."""
    owner = _owner()
    with open(Path(root, LOG), "a", encoding="utf-8") as log:
        log.writelines(json.dumps([name, digest, owner]) + "\n" for name, digest in outputs.items())
    _entries.pop(root, None)


def read(root: str) -> dict[str, Entry]:
    """What is recorded below a root, read once; lines that cannot be read count as none."""
    if root not in _entries:
        _entries[root] = _parse_log(root)
    return _entries[root]


_entries: dict[str, dict[str, Entry]] = {}


def _parse_log(root):
    found: dict[str, Entry] = {}
    try:
        lines = Path(root, LOG).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    for line in lines:
        try:
            name, digest, owner = json.loads(line)
            before = found.get(name, Entry("", frozenset()))
            found[name] = Entry(digest, before.owners | {owner})
        except (ValueError, TypeError):
            continue
    return found


def why_not_ours(root: str, name: str, entries: dict[str, Entry]) -> str:
    """Why a file or folder must not be removed, as a sentence about it; empty if it may be."""
    entry = entries.get(name)
    if entry is None:
        return "no step is recorded as having written it"
    others = sorted(owner for owner in entry.owners - {_owner()} if os.path.isdir(owner))
    if others:
        return f"the builds in {', '.join(others)} use it too"
    if files.fresh_state(os.path.join(root, name))[1] != entry.digest:
        return "it has been changed since it was written"
    return ""


def _owner():
    return str((config().artifacts / config().source).resolve())
