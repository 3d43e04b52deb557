"""The graph of steps as the page shows it: boxes, what each reads and makes, its function, its settings."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lib.numbers import format_value

Steps = Sequence[Any]  # of lib.graph.task.Step


def boxes(
    steps: Steps, makers_of: Callable[[Any], Steps], given: Callable[[Any], Sequence[str]], code: Mapping[str, str]
) -> list[dict[str, Any]]:
    """A box for each step, and one for all steps of a sweep.

    Parameters
    ----------
    steps : list of Step
        In an order in which each comes after those that it reads from.
    makers_of : callable
        The steps whose outputs a step reads.
    given : callable
        Names of the files that a step reads and no step makes.
    code : dict of str to str
        Source of each function.

    Returns
    -------
    list of dict
        ``id``; ``stage``; ``depth``, one more than that of the deepest box that it reads; ``count`` of steps; ``doc``;
        ``function`` and its ``code``; ``settings``, (name, values) pairs; ``reads``, numbers of boxes; ``given``, names
        of files; ``makes``, (id, title) pairs.
    """
    found: dict[str, dict[str, Any]] = {}
    box_of: dict[str, str] = {}
    for step in steps:
        outputs = [output.without_formats() for output in (step.template or step.outputs).values()]
        id = outputs[0].id
        box_of[step.name] = id
        read = [found[box_of[maker.name]] for maker in makers_of(step)]
        box = found.setdefault(
            id,
            {
                "id": id,
                "stage": Path(step.location.partition(":")[0]).stem,
                "depth": 0,
                "count": 0,
                "doc": outputs[0].title or step.doc,
                "function": step.function,
                "code": code[step.function],
                "settings": [],
                "reads": {},
                "given": {},
                "makes": [(output.id, output.title) for output in outputs],
            },
        )
        box["count"] += 1
        box["depth"] = max([box["depth"], *(1 + maker["depth"] for maker in read)])
        box["settings"].append({"function": step.function, "settings": step.settings})
        box["reads"] |= dict.fromkeys(maker["id"] for maker in read)
        box["given"] |= dict.fromkeys(given(step))
    number = {id: k for k, id in enumerate(found)}
    return [
        box
        | {
            "settings": provenance(box["settings"])["settings"].get(box["function"], []),
            "reads": [number[id] for id in box["reads"]],
            "given": [*box["given"]],
        }
        for box in found.values()
    ]


def provenance(steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The functions that a figure came out of, and the settings that those had.

    Parameters
    ----------
    steps : list of dict
        ``function`` and ``settings`` of each step, last first.

    Returns
    -------
    dict
        ``steps``: names of the functions; ``settings``: by function the ``(name, values)`` that a person chose, where
        several steps of a sweep differ with dots between.

    Examples
    --------
    >>> fits = [{"function": "lib.steps.training:fit", "settings": {"learning_rate": rate}} for rate in (0.1, 1.0)]
    >>> provenance([{"function": "lib.figures.training:curves", "settings": {}}, *fits])["settings"]
    {'lib.steps.training:fit': [('learning rate', '0.1 · 1')]}
    """
    settings: dict[str, dict[str, list]] = {}
    for step in steps:
        values = settings.setdefault(step["function"], {})
        for name, value in dict(step["settings"]).items():
            if _is_chosen(value) and value not in values.setdefault(name, []):
                values[name].append(value)
    shown = {
        function: [(name.replace("_", " "), " · ".join(map(format_value, of))) for name, of in values.items() if of]
        for function, values in settings.items()
    }
    return {"steps": list(settings), "settings": {function: rows for function, rows in shown.items() if rows}}


def _is_chosen(value: Any) -> bool:
    """Whether a value is a setting that a person chose, not names or texts that a stage passed on."""
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(item, int | float) for item in value)
    return isinstance(value, int | float) or isinstance(value, str) and len(value) < 20
