"""`doit why`: explain why steps are stale."""

import json
import os
import textwrap
from collections.abc import Iterator

from doit.control import TaskControl

from lib.commands.names import Named
from lib.graph.cache import cached, save_caches
from lib.graph.step import GRAPH

MOST_REASONS = 20  # lines for one step
LONGEST_VALUE = 60  # characters of a setting


class Why(Named):
    """Explain why steps are stale."""

    name = "why"
    doc_purpose = "explain why steps are stale, one line per reason"
    doc_usage = "[NAME ...]"
    doc_description = None
    cmd_options = ()

    def _execute(self, pos_args):
        self._tasks, self._found = TaskControl(self.task_list).tasks, {}
        for name in pos_args or self._tasks:
            told = [f"{name}: {reason}" for reason in self._reasons(name)]
            told += [f"{name}: depends on stale {root}: {why}" for root, why in self._roots(name)]
            if not told and pos_args:
                told = [f"{name} is up to date"]
            for line in told[:MOST_REASONS]:
                self.outstream.write(f"{line}\n")
            if len(told) > MOST_REASONS:
                self.outstream.write(f"{name}: and {len(told) - MOST_REASONS} more reasons\n")
        save_caches()
        return 0

    def _roots(self, name):
        """Stale steps that a step depends on, directly or not, each with its first reason."""
        seen, todo = set(), [self._tasks[name].meta["step"]]
        while todo:
            for maker in GRAPH.makers_of(todo.pop(0)):
                if maker not in seen:
                    seen.add(maker)
                    todo.append(maker)
                    if self._reasons(maker.name):
                        yield maker.name, self._reasons(maker.name)[0]

    def _reasons(self, name):
        if name not in self._found:
            self._found[name] = list(self._find_reasons(self._tasks[name]))
        return self._found[name]

    def _find_reasons(self, task):
        step, values = task.meta["step"], self.dep_manager.get_values(task.name)
        if not values:
            yield "never built here, or its last run failed"
            return
        yield from changes(_recorded(values, step.fingerprint), _as_dict(step.fingerprint))
        for path in step.changed_outputs(values):
            yield f"output {path} {'is not what was written' if os.path.exists(path) else 'is missing'}"
        for path in step.changed_inputs(values):
            known = path in values.get("inputs", {})
            yield f"input {path} {'is missing' if not os.path.exists(path) else 'changed' if known else 'is new'}"
        for path in sorted(values.get("inputs", {}).keys() - set(step.input_files)):
            yield f"input {path} is no longer read"


def _recorded(values, now):
    """The fingerprint of the last run; without the functions, if that part was lost."""
    code = values.get("code")
    reached = now.reached if code == now.code else cached("reached").find(code) or {}
    return {"settings": values.get("settings", {}), "arguments": values.get("arguments"), **reached}


def _as_dict(fingerprint):
    return {"settings": fingerprint.settings, "arguments": fingerprint.arguments, **fingerprint.reached}


def _text(value):
    """What values are compared as: 0, 0.0 and false differ, lists and tuples do not."""
    return json.dumps(value, sort_keys=True)


def changes(before: dict, after: dict) -> Iterator[str]:
    """Differences between two fingerprints of a step, a line each.

    Examples
    --------
    >>> list(changes({"settings": {"epochs": 3}}, {"settings": {"epochs": 4}}))
    ['setting epochs: 3 -> 4']
    """
    kinds = {"settings": "setting", "functions": "function", "packages": "package"}
    for field, kind in kinds.items():
        old, new = before.get(field, {}), after.get(field, {})
        for key in sorted(old.keys() | new.keys()):
            if _text(old.get(key)) == _text(new.get(key)):
                continue
            if kind == "function":
                happened = "changed" if key in old and key in new else "is reached now" if key in new else "is gone"
                module, _, name = key.partition(":")
                yield f"function {name} of {module} {happened}".replace("function <module>", "top level")
            else:
                shown = [textwrap.shorten(str(side.get(key, "none")), LONGEST_VALUE) for side in (old, new)]
                yield f"{kind} {key}: {' -> '.join(shown)}" if shown[0] != shown[1] else f"{kind} {key} changed"
    if before.get("arguments") != after.get("arguments"):
        yield "inputs or outputs were added, removed or reordered"
