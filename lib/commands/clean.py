"""doit's `clean`, which also removes orphans: files that no step makes any more."""

import contextlib
from collections.abc import Iterable

from doit.cmd_clean import Clean as DoitClean
from doit.exceptions import InvalidCommand
from doit.task import Task

from lib.commands.names import Named
from lib.commands.run import sole_build
from lib.commands.status import orphans
from lib.graph.files import remove
from lib.graph.settings import config


class Clean(Named, DoitClean):
    """Remove the outputs of steps, and orphans."""

    name = "clean"
    doc_purpose = "remove what steps made, or what none makes any more"
    doc_usage = "[NAME...]"
    doc_description = "Everything, if nothing is named. What was changed by hand since is left, and downloads are."
    examples = ("clean -n", "clean --orphans")
    cmd_options = DoitClean.cmd_options + (
        {
            "name": "only_orphans",
            "long": "orphans",
            "type": bool,
            "default": False,
            "help": "only the files that no step makes any more",
        },
    )

    def _execute(self, dryrun, cleandep, cleanall, cleanforget, only_orphans, pos_args):
        if only_orphans and pos_args:
            raise InvalidCommand(f"--orphans takes no names, since orphans belong to no step: {pos_args[0]}")
        with contextlib.nullcontext() if dryrun else sole_build():
            if not only_orphans:
                super()._execute(dryrun, cleandep, cleanall, cleanforget, pos_args)
            found = orphans() if not pos_args else []
            if only_orphans and not found:
                print("there are no orphans")
            for path in found:
                print(f"{'would remove' if dryrun else 'removing'} {path}, which no step makes any more")
                if not dryrun:
                    remove(path, config().artifacts / config().source)

    def clean_tasks(self, tasks: Iterable[Task], dryrun: bool, cleanforget: bool) -> None:
        """As doit's, without a line for each task that has nothing to remove."""
        for task in {task.name: task for task in tasks}.values():
            if task.clean_actions:
                task.meta["step"].clean(dryrun)
            if cleanforget and not dryrun:
                self.dep_manager.remove(task.name)
        self.dep_manager.close()
