"""doit's other commands, which take names and end as ours do."""

import json
from typing import Any

from doit.cmd_completion import TabCompletion as DoitTabCompletion
from doit.cmd_help import Help as DoitHelp
from doit.cmd_ignore import Ignore as DoitIgnore
from doit.cmd_resetdep import ResetDep as DoitResetDep
from doit.cmd_strace import Strace as DoitStrace

from lib.commands.names import Named, expand
from lib.commands.options import Command
from lib.graph.step import GRAPH


class DumpDb(Named):
    """Print what the last runs recorded."""

    name = "dumpdb"
    doc_purpose = "print what was recorded of steps when they last ran, as JSON"
    doc_usage = "[NAME ...]"
    doc_description = None
    cmd_options = ()

    def _execute(self, pos_args):
        found = {step.name: self.dep_manager.get_values(step.name) for step in GRAPH.steps}
        chosen = {name: values for name, values in found.items() if values and (not pos_args or name in pos_args)}
        self.outstream.write(json.dumps(chosen, indent=1) + "\n")
        return 0


class Help(Command, DoitHelp):
    """doit's own `help`, which says so if there is no command and no step of a name."""

    name = "help"

    def execute(self, params: Any, args: list[str]) -> int:
        """Of a command, or of the first step that a word means."""
        if len(args) == 1 and args[0] not in {*self.cmds, "task"}:
            self.loader.setup(params)
            self.loader.load_doit_config()
            args = expand(args, GRAPH)[:1]
        return super().execute(params, args)


class Ignore(Named, DoitIgnore):
    """doit's own `ignore`."""

    name = "ignore"


class ResetDep(Named, DoitResetDep):
    """doit's own `reset-dep`."""

    name = "reset-dep"


class Strace(Command, DoitStrace):
    """doit's own `strace`."""

    name = "strace"


class TabCompletion(Command, DoitTabCompletion):
    """doit's own `tabcompletion`."""

    name = "tabcompletion"
