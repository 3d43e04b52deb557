"""inkgraph's front door: `doit` builds everything, `doit list` shows the stages, `doit help` the commands."""

from lib.build import config
from lib.build.catalogue import describe
from lib.build.files import ContentChecker
from lib.build.graph import workers
from lib.build.reporter import Console
from stages import STAGES

# The longest first: what is begun last should be short, or one core waits for it.
LONGEST = ("flowers_pretext", "flowers_scratch", "torch_networks", "_autoencoders")


def task_stages():
    """Every task of every stage. Their creators run on each command: they only describe."""
    for stage in STAGES:
        yield from map(dict, describe(stage))  # copies: doit takes them apart


def _in_order():
    names = dict.fromkeys(task["basename"] for task in task_stages())
    return [name for name in LONGEST if name in names] + [name for name in names if name not in LONGEST]


DOIT_CONFIG = {
    "dep_file": str(config().state_file),
    "backend": "sqlite3",  # of doit's backends the one that a kill never left unreadable
    "check_file_uptodate": ContentChecker,
    "reporter": Console,
    # Threads that wait: the work itself is done in processes of one thread each (lib.build.worker).
    "num_process": workers(),
    "par_type": "thread",
    "default_tasks": _in_order(),
}
