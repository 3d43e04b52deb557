"""What has been declared so far, for the stages that gather it: the results, the writeup, the page."""

import hashlib
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from lib.graph.artifact import NUMBERS, Artifact
from lib.graph.cache import all_settings
from lib.graph.call import Described
from lib.graph.fingerprint import remembered
from lib.graph.numbers import Number
from lib.graph.step import GRAPH, plain
from lib.graph.task import CANONICAL, Step


def select(*kinds: str) -> dict[str, Artifact]:
    """All captioned artifacts of some kinds that have been declared so far, by id."""
    return {
        id: artifact
        for id, (artifact, _) in GRAPH.artifacts.items()
        if artifact.caption and artifact.kind.name in kinds
    }


def declared_numbers() -> dict[str, tuple[Artifact, tuple[Number, ...]]]:
    """All artifacts of numbers that have been declared so far, by id, with what they hold and which question it is
    for."""
    found = {}
    for id, (made, _) in GRAPH.artifacts.items():
        if made.kind is NUMBERS:
            question = made.question
            found[id] = (
                made,
                tuple(number if number.question else replace(number, question=question) for number in made.numbers),
            )
    return found


def history(artifact: Artifact) -> list[Step]:
    """The step that makes an artifact and all steps that it depends on, latest first, without downloads."""
    found: dict[Step, None] = {}
    todo = [GRAPH.artifacts[artifact.id][1]]
    while todo:
        made_by = todo.pop(0)
        if made_by not in found and made_by.keep:
            found[made_by] = None
            todo += GRAPH.makers_of(made_by)
    return list(found)


def described(key: str, make: Callable[[], Any]) -> Described:
    """What ``make()`` says of the graph as it has been declared so far, for a step to be given.

    It is made again only when somebody wrote to a module, changed a setting or added a page.
    """
    declared = hashlib.sha256(f"{all_settings()} {[*GRAPH.artifacts]}".encode()).hexdigest()
    return Described(remembered(key, lambda: CANONICAL.encode(plain(make())), version=declared))
