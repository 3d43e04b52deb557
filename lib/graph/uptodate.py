"""doit's question whether a task is up to date, asked so that ten thousand of them are soon answered."""

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any


class UpToDate:
    """An answer of which doit need not find the signature.

    Parameters
    ----------
    answer : callable
        ``answer(task, values)``.
    """

    __signature__ = Signature([Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in ("task", "values")])

    def __init__(self, answer: Callable[[Any, dict], bool]):
        self._answer = answer

    def __call__(self, task: Any, values: dict) -> bool:
        return self._answer(task, values)

    def __repr__(self) -> str:
        return self._answer.__qualname__

    def configure_task(self, task: Any) -> None:
        """doit looks up each input's maker among those that it has found already."""
        task.task_dep = _Names(task.task_dep)


class _Names(list):
    """A list that is asked what it holds as often as it is added to."""

    def __init__(self, names):
        super().__init__(names)
        self._set = set(names)

    def __contains__(self, name):
        return name in self._set

    def append(self, name):
        super().append(name)
        self._set.add(name)

    def extend(self, names):
        for name in names:
            self.append(name)
