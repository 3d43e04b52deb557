"""inkgraph's front door: `doit` builds everything, `doit list` shows the stages, `doit help` the commands."""

from lib.build import config
from lib.build.files import ContentChecker
from lib.build.graph import workers
from lib.build.reporter import Console

DOIT_CONFIG = {
    "dep_file": str(config().state_file),
    "backend": "sqlite3",  # of doit's backends the one that a kill never left unreadable
    "check_file_uptodate": ContentChecker,
    "reporter": Console,
    # Threads that wait: the work itself is done in processes of one thread each (lib.build.worker).
    "num_process": workers(),
    "par_type": "thread",
}

# Each stage adds its task creators. doit runs their bodies on every command: they only describe.
from stages.data import *  # noqa: E402, F403, I001 - in the order of the questions
from stages.network import *  # noqa: E402, F403
from stages.training import *  # noqa: E402, F403
from stages.reading import *  # noqa: E402, F403
from stages.compression import *  # noqa: E402, F403
from stages.pytorch import *  # noqa: E402, F403
from stages.flowers import *  # noqa: E402, F403
from stages.results import *  # noqa: E402, F403
from stages.writeup import *  # noqa: E402, F403
from stages.gallery import *  # noqa: E402, F403

# The longest first: what is begun last should be short, or one core waits for it.
LONGEST = ("flowers_pretext", "flowers_scratch", "torch_networks", "_autoencoders")
creators = [name.removeprefix("task_") for name in list(globals()) if name.startswith("task_")]
DOIT_CONFIG["default_tasks"] = sorted(
    creators, key=lambda name: LONGEST.index(name) if name in LONGEST else len(LONGEST)
)
