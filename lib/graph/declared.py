"""What has been declared so far, for the stages that gather it: the results, the writeup, the page."""

from msgspec.structs import replace

from lib.graph.artifact import NUMBERS, Artifact
from lib.graph.numbers import Number
from lib.graph.step import GRAPH
from lib.graph.task import Step


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
