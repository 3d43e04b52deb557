"""doit's other commands, which take names and end as ours do."""

import json

from doit.cmd_ignore import Ignore as DoitIgnore
from doit.cmd_resetdep import ResetDep as DoitResetDep
from doit.cmd_strace import Strace as DoitStrace
from doit.exceptions import InvalidCommand

from lib.commands.names import Named
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


class Ignore(Named, DoitIgnore):
    """doit's own `ignore`."""

    name = "ignore"

    def execute(self, params: dict, args: list[str]) -> int:
        """As doit's, which says the same with exit code 0."""
        if not args:
            raise InvalidCommand("ignore needs the names of what is to be passed over")
        return super().execute(params, args)


class ResetDep(Named, DoitResetDep):
    """doit's own `reset-dep`."""

    name = "reset-dep"


class Strace(Named, DoitStrace):
    """doit's own `strace`."""

    name = "strace"
