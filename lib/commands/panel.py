"""What the page shows of builds: the latest records, each with what changed since the one before.

Commits and times are inputs of no step, or every commit would make the page stale: it reads them from
``artifacts/<source>/.runs.js`` where it is opened.
"""

import contextlib
import json
from typing import Any

from lib.commands import diff, runs
from lib.graph.declared import declared_numbers
from lib.graph.settings import config

FILE = ".runs.js"
MOST = 30  # runs on the page


def write_panel() -> None:
    """Write what the page shows, after a build was recorded."""
    folder = config().artifacts / config().source
    with contextlib.suppress(OSError):  # the disk is full
        text = json.dumps(panel(runs.read_runs(folder)), ensure_ascii=False)
        runs.replace(folder / FILE, f"const recorded = {text};\n")


def panel(recorded: list[dict[str, Any]]) -> dict[str, Any]:
    """The latest runs, the last first, as text.

    Parameters
    ----------
    recorded : list of dict
        Of `lib.commands.runs.read_runs`.

    Returns
    -------
    dict
        ``head``: columns of a comparison; ``runs``: each with its ``row`` of the table, the ``documents`` that it left
        standing, ``before``: the number of the run that it is compared with, the one before that finished (None: there
        is none), and rows of ``settings`` and ``numbers`` that differ.
    """
    declared = {number.key: number for _, held in declared_numbers().values() for number in held}
    rows, entries = runs.table(recorded), []
    for number, run in list(enumerate(recorded, 1))[: -MOST - 1 : -1]:
        before = next((k for k in range(number - 1, 0, -1) if not recorded[k - 1].get("stopped")), None)
        earlier = recorded[before - 1] if before else run
        changes = diff.compare(earlier["numbers"], run["numbers"], declared)
        entries.append(
            {
                "row": rows[number - 1],
                "documents": run.get("documents", []),
                "before": before,
                "settings": diff.compare_settings(earlier["settings"], run["settings"]),
                "numbers": [diff.row(change) for change in changes if not change.is_minor],
            }
        )
    return {"head": diff.HEAD, "runs": entries}
