"""Resolve the names that users type: a step, an artifact's id, a stage, a question, a number's key."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

from doit.cmd_forget import Forget as DoitForget
from doit.cmd_info import Info as DoitInfo
from doit.exceptions import InvalidCommand

from lib.commands.options import Command
from lib.graph.step import GRAPH, Graph
from lib.graph.task import Step


def expand(words: Iterable[str], graph: Graph, commands: Iterable[str] = ()) -> list[str]:
    """Names of the steps that words refer to, each once, in order.

    Parameters
    ----------
    words : iterable of str
    graph : Graph
    commands : iterable of str
        What else a word may have been meant to be.

    Raises
    ------
    InvalidCommand
        If a word matches nothing; the message suggests the closest names.
    """
    return list(dict.fromkeys(name for word in words for name in _resolve(word, graph, commands)))


def artifacts_of(word: str, graph: Graph) -> list[str]:
    """Ids of the artifacts that a word matches: by id, by question or prefix, or by a number's key.

    Examples
    --------
    ``Q3.1.3/first_layer``, ``Q3.1`` (Q3.1.1/..., Q3.1.2/...), ``fits/mlp``, ``Q4.3/boxes_*``, ``q3.test_accuracy``
    """
    if word in graph.artifacts:
        return [word]
    lowered, pattern = word.lower().rstrip("/"), word.lower()
    found = [id for id in graph.artifacts if _is_below(id.lower(), lowered) or fnmatchcase(id.lower(), pattern)]
    return found or [id for id, (made, _) in graph.artifacts.items() if word in {number.key for number in made.numbers}]


def family(step: Step) -> str:
    """What a step is called together with the others of its sweep: ``fits/mlp_{learning_rate}_{seed}``."""
    return next(iter(step.template.values())).without_formats().id if step.template else step.name


def _is_below(id, prefix):
    return id.startswith(prefix) and id[len(prefix) : len(prefix) + 1] in ("", "/", ".", "_")


def _resolve(word, graph, commands):
    if word in graph.makers:  # a file
        return [graph.makers[word].name]
    found = [graph.artifacts[id][1].name for id in artifacts_of(word, graph)]
    found = found or [step.name for step in graph.steps if step.stage == word]
    if not found and word in commands:
        raise InvalidCommand(f"{word} is a command: it is written before all options and names")
    if not found:
        raise InvalidCommand(f"unknown name {word}{_near(word, graph, commands)}")
    return found


def _near(word, graph, commands):
    from difflib import get_close_matches

    stages = {step.stage for step in graph.steps}
    questions = {made.question for made, _ in graph.artifacts.values()}
    keys = [number.key for made, _ in graph.artifacts.values() for number in made.numbers]
    known = {name.lower(): name for name in [*graph.artifacts, *stages, *questions, *keys, *commands]}
    near = [known[name] for name in get_close_matches(word.lower(), list(known), n=3, cutoff=0.5)]
    return f"; did you mean {' or '.join(near)}?" if near else "; `list` shows all names"


class Named(Command):
    """A command whose words mean steps."""

    commands: tuple[str, ...] = ()  # that a word may have been meant to be

    def execute(self, params: dict, args: list[str]) -> int:
        """Load the stages, then run doit's command with the resolved names."""
        self.loader.setup(params)
        self.loader.load_doit_config()
        names = expand(args, GRAPH, self.commands)
        if names or not self.needs_all(params):
            GRAPH.select(names)
        return super().execute(params, names)

    def needs_all(self, params: Any) -> bool:
        """Whether it needs a task of every step if no names are given."""
        return True


class Forget(Named, DoitForget):
    """doit's own `forget`."""

    name = "forget"
    doc_purpose = "forget that steps have run: they are restored next time (see --force)"
    doc_usage = "[NAME...]"
    examples = ("forget training", "forget fits/mlp Q3.1")


class Info(Named, DoitInfo):
    """doit's own `info`."""

    name = "info"
    doc_purpose = "show a step's files, and whether it is fresh"
    doc_usage = "NAME"
