"""inkgraph's front door: `doit` builds everything, `doit list` shows what there is, `doit help` the commands."""

from lib.commands.console import Console
from lib.graph import worker
from lib.graph.files import Codec, Unchecked
from lib.graph.settings import config
from lib.graph.step import load_stages
from stages import LONGEST, STAGES
from stages.settings import SETTINGS

GRAPH = load_stages(STAGES)
worker.use(SETTINGS.build.scheduler)


def task_steps():
    """The steps that the command is about: of every stage, if it names none."""
    for step in GRAPH.steps if GRAPH.selected is None else GRAPH.selected:
        yield step.as_task()


def _in_order():
    """The longest first."""
    names = [step.name for step in GRAPH.steps]
    return [name for name in LONGEST if name in names] + [name for name in names if name not in LONGEST]


DOIT_CONFIG = {
    "dep_file": str(config().state_file),
    "backend": "sqlite3",  # of doit's backends the one that a kill never left unreadable
    "codec_cls": Codec,
    "check_file_uptodate": Unchecked,
    "reporter": Console,
    # Threads that wait: the work itself is done in processes of one thread each (lib.graph.worker).
    "num_process": worker.count(),
    "par_type": "thread",
    "default_tasks": _in_order(),
}
