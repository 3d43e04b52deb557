"""`doit why`: explain why steps are stale."""

import json
import os
import textwrap
from collections.abc import Callable, Iterator

from doit.control import TaskControl

from lib.commands.names import Named, family
from lib.commands.status import read_failures
from lib.graph.cache import cached, save_caches
from lib.graph.definitions import SOURCE
from lib.graph.settings import config
from lib.graph.step import GRAPH
from lib.graph.syntax import BODY
from lib.graph.task import Step

MOST_REASONS = 20  # lines for one step
MOST_FILES = 3  # that are named of those that are new or gone
LONGEST_VALUE = 60  # characters of a setting
REARRANGED = "inputs or outputs were added, removed or reordered"


class Why(Named):
    """Explain why steps are stale."""

    name = "why"
    doc_purpose = "explain why steps are stale, one line per reason"
    doc_usage = "[NAME...]"
    doc_description = None
    cmd_options = ()
    examples = ("why Q3.1.1/curves", "why Q4 training.epochs=20")

    def _execute(self, pos_args):
        names = pos_args or list(TaskControl(self.task_list).tasks)
        steps, reasons = {step.name: step for step in GRAPH.steps}, Reasons(self.dep_manager.get_values)
        stale = False
        for name in names:
            told = [f"{name}: {reason}" for reason in reasons.of(steps[name])]
            told += [f"{name}: depends on stale {roots}: {why}" for roots, why in reasons.behind(steps[name])]
            stale = stale or bool(told)
            if not told and pos_args:
                told = [f"{name} is fresh"]
            for line in told[:MOST_REASONS]:
                self.outstream.write(f"{line}\n")
            if len(told) > MOST_REASONS:
                self.outstream.write(f"{name}: and {len(told) - MOST_REASONS} more reasons\n")
        if not stale and not pos_args:
            self.outstream.write(f"all {len(names)} steps are fresh\n")
        save_caches()
        return 0


class Reasons:
    """Why steps are stale.

    Parameters
    ----------
    values_of : callable
        What doit's database has of a step, by its name.
    """

    def __init__(self, values_of: Callable[[str], dict]):
        self._values_of = values_of
        self._failed = read_failures()
        self._found: dict[str, list[str]] = {}
        self._sweeps: dict[str, list[Step]] = {}
        for step in GRAPH.steps:
            if step.template:
                self._sweeps.setdefault(family(step), []).append(step)

    def of(self, step: Step) -> list[str]:
        """Why it is stale itself, a line each; empty if it is not."""
        if step.name not in self._found:
            self._found[step.name] = list(self._find(step))
        return self._found[step.name]

    def behind(self, step: Step) -> Iterator[tuple[str, str]]:
        """The stale steps that it depends on, directly or not, those of a sweep as one, with the first reason."""
        seen, todo, grouped = set(), [step], dict[tuple[str, str], list[str]]()
        while todo:
            for maker in GRAPH.makers_of(todo.pop(0)):
                if maker not in seen:
                    seen.add(maker)
                    todo.append(maker)
                    for why in self.of(maker)[:1]:
                        grouped.setdefault((family(maker), why), []).append(maker.name)
        for (_, why), names in grouped.items():
            yield names[0] + (f" and {len(names) - 1} more of its sweep" if len(names) > 1 else ""), why

    def _find(self, step):
        values = self._values_of(step.name)
        if not values:
            others = [self._values_of(other.name) for other in self._sweeps.get(family(step), ())]
            chosen = next((settings_changed(other) for other in others if other), {})
            yield from (f"new in its sweep: setting {line}" for line in chosen.values())
            if not chosen:
                yield "its last run failed" if step.name in self._failed else "not built here yet, or forgotten"
            return
        chosen = settings_changed(values)
        known = values.get("inputs", {})
        new = [path for path in step.input_files if path not in known]
        gone = sorted(known.keys() - set(step.input_files))
        for change in changes(_recorded(values, step.fingerprint), _as_dict(step.fingerprint), chosen):
            if change != REARRANGED:
                yield change
            else:  # which steps and inputs there are is a setting's doing, if not a stage's
                yield from [f"setting {line}" for line in chosen.values()] or ([] if new or gone else [change])
        for path in step.changed_outputs(values):
            yield f"output {path} {'is not what was written' if os.path.exists(path) else 'is missing'}"
        for path in step.changed_inputs(values):
            if path in known:
                yield f"input {path} {'changed' if os.path.exists(path) else 'is missing'}"
        yield from _listed(new, "is new", "are new")
        yield from _listed(gone, "is no longer read", "are no longer read")


def _listed(paths, one, several):
    if len(paths) == 1:
        yield f"input {paths[0]} {one}"
    elif paths:
        more = f" and {len(paths) - MOST_FILES} more" if len(paths) > MOST_FILES else ""
        yield f"inputs {', '.join(paths[:MOST_FILES])}{more} {several}"


def settings_changed(values: dict) -> dict[str, str]:
    """Settings that were others when a step last ran, ``{"training.seeds": "training.seeds: [0, 1] -> [0]"}``.

    Parameters
    ----------
    values : dict
        What doit's database has of the step.
    """
    before, now = cached("settings").find(values.get("all_settings", "")) or {}, config().settings
    return {
        key: f"{key}{_change(before[key], now[key])}"
        for key in before
        if key in now and _text(before[key]) != _text(now[key])
    }


def _recorded(values, now):
    """The fingerprint of the last run; without the functions, if that part was lost."""
    code = values.get("code")
    reached = now.reached if code == now.code else cached("reached").find(code) or {}
    return {"settings": values.get("settings", {}), "arguments": values.get("arguments"), **reached}


def _as_dict(fingerprint):
    return {"settings": fingerprint.record()["settings"], "arguments": fingerprint.arguments, **fingerprint.reached}


def _text(value):
    """What values are compared as: 0, 0.0 and false differ, lists and tuples do not."""
    return json.dumps(value, sort_keys=True)


def _change(old, new):
    shown = [textwrap.shorten(str(value), LONGEST_VALUE) for value in (old, new)]
    return f": {' -> '.join(shown)}" if shown[0] != shown[1] else " changed"


def changes(before: dict, after: dict, chosen: dict[str, str] | None = None) -> Iterator[str]:
    """Differences between two fingerprints of a step, a line each.

    Parameters
    ----------
    before, after : dict
        ``settings``, ``functions``, ``packages`` by name, and ``arguments``.
    chosen : dict of str to str, optional
        Of `settings_changed`: a parameter that is one of them is called as people set it.

    Examples
    --------
    >>> list(changes({"settings": {"epochs": 3}}, {"settings": {"epochs": 4}}))
    ['setting epochs: 3 -> 4']
    >>> list(changes({"settings": {"epochs": 3}}, {"settings": {"epochs": 4}}, {"q.epochs": "q.epochs: 3 -> 4"}))
    ['setting q.epochs: 3 -> 4']
    """
    kinds = {"settings": "setting", "functions": "function", "packages": "package"}
    for field, kind in kinds.items():
        old, new = before.get(field, {}), after.get(field, {})
        for key in sorted(old.keys() | new.keys()):
            if _text(old.get(key)) == _text(new.get(key)):
                continue
            if kind == "function":
                happened = "changed" if key in old and key in new else "is reached now" if key in new else "is gone"
                yield f"{_called(key)} {happened}"
            else:
                line = f"{key}{_change(old.get(key, 'none'), new.get(key, 'none'))}"
                called = [told for told in (chosen or {}).values() if told.endswith(f".{line}")]
                yield f"{kind} {called[0] if len(called) == 1 else line}"
    if before.get("arguments") != after.get("arguments"):
        yield REARRANGED


def _called(where):
    """A ``module:name`` in words: what a name stands for is known by how it is spelt, gone or not."""
    module, _, name = where.partition(":")
    if name == BODY:
        return f"top level of {module}"
    if name == SOURCE:
        return "the text of all modules"
    spelt = name.lstrip("_")
    kind = "constant" if spelt.isupper() else "class" if spelt[:1].isupper() else "function"
    return f"{kind} {name} of {module}"
