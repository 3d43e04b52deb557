"""doit's `list`: artifacts in the order of the questions."""

import re
from typing import Any

from doit.cmd_list import List as DoitList
from doit.control import TaskControl
from doit.exceptions import InvalidCommand

from lib.commands.names import Named
from lib.commands.status import LETTERS, statuses
from lib.graph.cache import save_caches
from lib.graph.step import GRAPH


class List(Named, DoitList):
    """One line per artifact; one per sweep unless all are requested."""

    name = "list"
    doc_purpose = "list the artifacts, by question"
    doc_usage = "[NAME...]"
    examples = ("list -s", "list Q3.1")

    def needs_all(self, params: Any) -> bool:
        """For how they stand, and for doit's own forms of the list."""
        return bool(params["status"] or params["template"] or params["list_deps"])

    def _execute(self, subtasks, quiet, status, private, list_deps, template, sort, pos_args):
        if template or list_deps:
            try:
                return super()._execute(subtasks, quiet, status, private, list_deps, template, sort, pos_args)
            except (LookupError, ValueError):
                raise InvalidCommand(f"--template {template}: it may hold {{name}}, {{doc}} and {{status}}") from None
        lines = {}  # what is shown -> its title and the names of its steps
        for id, (artifact, step) in GRAPH.artifacts.items():
            if (artifact.caption or private) and (not pos_args or step.name in pos_args):
                one_line = step.template and not subtasks and not pos_args
                shown, title = _family(id, step) if one_line else (id, artifact.title or step.doc)
                lines.setdefault(shown, (title, []))[1].append(step.name)
        found = self._statuses({name for _, names in lines.values() for name in names}) if status else {}
        width = max(map(len, lines), default=0)
        for shown, (title, names) in sorted(lines.items(), key=lambda line: by_question(line[0])):
            count = f" (× {len(names)})" if len(names) > 1 else ""
            letter = f"{_worst(found[name] for name in names)} " if status else ""
            line = f"{letter}{shown}" if quiet else f"{letter}{shown:<{width}}  {title}{count}"
            self.outstream.write(f"{line}\n")
        save_caches()
        return 0

    def _statuses(self, names):
        return statuses(self.dep_manager, TaskControl(self.task_list).tasks, names)


def by_question(id: str) -> list:
    """Sort key: questions in the order of their numbers, Q10 after Q9; then everything else.

    Examples
    --------
    >>> sorted(["data/nist36", "Q10/x", "Q3.1.2/y", "Q3.1/z"], key=by_question)
    ['Q3.1/z', 'Q3.1.2/y', 'Q10/x', 'data/nist36']
    """
    folder, _, name = id.rpartition("/")
    question = re.match(r"Q([\d.]*\d)", folder)
    return [not question, [int(part) for part in question[1].split(".")] if question else [], folder, name]


def _family(id, step):
    """Id and title of the template that an artifact of a sweep was declared with."""
    place = [made.id for made in step.outputs.values()].index(id)
    template = list(step.template.values())[place].without_formats()
    return template.id, template.title


def _worst(found):
    found = set(found)
    return LETTERS[next(status for status in ("failed", "stale", "fresh") if status in found)]
