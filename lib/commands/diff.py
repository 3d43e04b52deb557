"""`doit diff`: settings and numbers of two runs, side by side."""

import json
import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeGuard

from doit.exceptions import InvalidCommand

from lib.commands.options import OptionsAnywhere
from lib.commands.runs import LOG, describe, git, read_runs
from lib.commands.tables import columns, markdown
from lib.graph.declared import declared_numbers
from lib.graph.numbers import Number
from lib.graph.settings import config, in_user_folder
from lib.numbers import format_value

HEAD = ("question", "number", "before", "after", "change", "95 % interval before")


class Change(NamedTuple):
    """A number that differs between two runs.

    Parameters
    ----------
    number : Number
    before, after : number, str or None
        None where a run does not have it.
    interval : (float, float) or None
        95 % interval of the earlier value, where one was computed.
    """

    number: Number
    before: Any
    after: Any
    interval: tuple[float, float] | None

    @property
    def difference(self) -> float | None:
        """After less before."""
        both = [value for value in (self.before, self.after) if _is_number(value)]
        return both[1] - both[0] if len(both) == 2 else None

    @property
    def alone(self) -> bool:
        """Whether only one of the runs has it."""
        return self.before is None or self.after is None

    @property
    def is_minor(self) -> bool:
        """Whether it is shown only to those who ask for all."""
        return self.number.detail or self.alone

    @property
    def exceeds(self) -> bool | None:
        """Whether the later value lies outside the interval of the earlier one; None if there is none."""
        if self.interval is None or not _is_number(self.after):
            return None
        return not self.interval[0] <= self.after <= self.interval[1]


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def compare(before: Mapping[str, Any], after: Mapping[str, Any], declared: Mapping[str, Number]) -> list[Change]:
    """Numbers that differ, in the order of their declarations; those that no stage declares come last.

    Parameters
    ----------
    before, after : dict of str to number or str
    declared : dict of str to Number
        By key. ``<key>_low`` and ``<key>_high`` are the interval of another and not compared themselves.

    Examples
    --------
    >>> (change,) = compare({"a": 0.8, "a_low": 0.7, "a_high": 0.9}, {"a": 0.95}, {})
    >>> round(change.difference, 2), change.exceeds
    (0.15, True)
    """
    found = []
    for key in dict.fromkeys([*declared, *before, *after]):
        whole = re.sub("_(low|high)$", "", key)
        if before.get(key) == after.get(key) or whole != key and (whole in before or whole in after):
            continue
        low, high = (before.get(f"{key}_{end}") for end in ("low", "high"))
        interval = (low, high) if _is_number(low) and _is_number(high) else None
        found.append(Change(declared.get(key) or Number(key, key), before.get(key), after.get(key), interval))
    return found


class Diff(OptionsAnywhere):
    """Compare two runs."""

    name = "diff"
    doc_purpose = "compare settings and numbers of runs, sources, folders or commits"
    doc_usage = "[A] [B]"
    doc_description = (
        "A and B are numbers of `runs`, sources (embedded, course), folders of artifacts, or commits that were built "
        "here. Without B the last run that finished is meant, without both the last two. A change in a share is in "
        "points; `beyond` says that it leaves the 95 % interval of the value before."
    )
    cmd_options = (
        {"name": "all_numbers", "long": "all", "type": bool, "default": False, "help": "details too"},
        {"name": "as_json", "long": "json", "type": bool, "default": False, "help": "as JSON, with all numbers"},
        {"name": "as_markdown", "long": "markdown", "type": bool, "default": False, "help": "as tables in Markdown"},
    )
    examples = ("diff", "diff embedded course --markdown")

    def execute(self, params: dict, args: list[str]) -> int:
        """Load the stages, which say how numbers are called, first."""
        self.loader.setup(params)
        return super().execute(params, args)

    def _execute(self, all_numbers, as_json, as_markdown, pos_args):
        before, after = chosen_runs(pos_args)
        declared = {number.key: number for _, numbers in declared_numbers().values() for number in numbers}
        settings = compare_settings(before["settings"], after["settings"])
        changes = compare(before["numbers"], after["numbers"], declared)
        if as_json:
            self.outstream.write(as_plain(before, after, settings, changes))
            return 0
        shown = [change for change in changes if all_numbers or not change.is_minor]
        rows = [row(change) for change in shown]
        title = f"{before['name']} ({describe(before)}) -> {after['name']} ({describe(after)})"
        same = sum(
            key in before["numbers"] and before["numbers"][key] == value for key, value in after["numbers"].items()
        )
        alone = sum(change.alone for change in changes)
        end = f"{len(changes) - alone} numbers differ, {same} are the same"
        end += f", {alone} are in one of the runs alone" if alone else ""
        end += f"; --all shows {len(changes) - len(shown)} more" if len(shown) < len(changes) else ""
        if as_markdown:
            parts = [f"{title}\n", markdown(["setting", "before", "after"], settings) if settings else ""]
            parts += [markdown(HEAD, rows) if rows else "", f"{end}\n"]
        else:
            parts = [
                f"{title}\n",
                columns([["setting", "before", "after"], *settings]) if settings else "settings are the same\n",
            ]
            parts += [columns([HEAD, *rows]) if rows else "", f"{end}\n"]
        self.outstream.write("\n".join(part for part in parts if part))
        return 0


def row(change: Change) -> list[str]:
    """A change as text, in the columns of `HEAD`."""
    number = change.number

    def text(value):
        return "not built" if value is None else format_value(value, number.unit, number.digits)

    difference = change.difference
    unit = "points" if number.unit == "%" else number.unit
    moved = "" if difference is None else _signed(100 * difference if number.unit == "%" else difference, number, unit)
    verdict = ""
    if change.interval:
        low, high = (text(end).removesuffix(f" {number.unit}") for end in change.interval)
        verdict = f"{'beyond' if change.exceeds else 'within'} {low} to {high}"
    question = re.match(r"q\d+(\.\d+)*\b", number.key)
    return [
        number.question or (question[0].upper() if question else ""),
        number.label,
        text(change.before),
        text(change.after),
        moved,
        verdict,
    ]


def _signed(difference, number, unit):
    digits = number.digits if number.digits is not None else 1 if number.unit == "%" else None
    text = format_value(abs(difference), digits=digits)
    return f"{'-' if difference < 0 else '+'}{text} {unit}".rstrip()


def compare_settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[list[str]]:
    """Settings that differ, as rows of name, before, after; what a run does not name has its default."""
    from stages.settings import SETTINGS

    defaults = SETTINGS.defaults()
    rows = [[key, *(side.get(key, defaults.get(key)) for side in (before, after))] for key in sorted({*before, *after})]
    return [[key, json.dumps(old), json.dumps(new)] for key, old, new in rows if old != new]


def as_plain(before: Mapping[str, Any], after: Mapping[str, Any], settings: list, changes: list[Change]) -> str:
    """A comparison as JSON."""
    sides = {
        side: {name: run[name] for name in ("name", "when", "commit") if name in run}
        for side, run in (("before", before), ("after", after))
    }
    numbers = {
        change.number.key: {
            "before": change.before,
            "after": change.after,
            "difference": change.difference,
            "interval": change.interval,
            "exceeds": change.exceeds,
        }
        for change in changes
    }
    chosen = {key: {"before": json.loads(old), "after": json.loads(new)} for key, old, new in settings}
    return json.dumps(sides | {"settings": chosen, "numbers": numbers}, indent=1, ensure_ascii=False) + "\n"


def chosen_runs(words: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two runs that words mean, each with its ``name``.

    Raises
    ------
    InvalidCommand
        If there are not two, or a word means none.
    """
    if len(words) > 2:
        raise InvalidCommand(f"diff compares two runs: {words[2]} is one too many")
    runs = read_runs(config().artifacts / config().source)
    missing = 2 - len(words)
    finished = [str(number) for number, run in enumerate(runs, 1) if not run.get("stopped")]
    if len(finished) < missing:
        raise InvalidCommand(
            f"there are {len(finished)} runs here to compare: build with other settings, or name what to compare"
        )
    names = [*words, *finished[len(finished) - missing :]]
    before, after = (find_run(name, runs) for name in names)
    return before, after


def find_run(word: str, runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The run that a word means: a number, a source, a folder of artifacts, a commit.

    Raises
    ------
    InvalidCommand
        If it means none.
    """
    if word.isdecimal() and 1 <= int(word) <= len(runs):
        return runs[int(word) - 1] | {"name": f"run {int(word)}"}
    for folder in (config().artifacts / word, in_user_folder(word), in_user_folder(word) / config().source):
        if os.path.isfile(folder / LOG):
            kept = read_runs(folder)
            whole = [run for run in kept if run.get("whole")] or kept
            if whole:
                return whole[-1] | {"name": word}
    commit = git("rev-parse", "--verify", "--quiet", f"{word}^{{commit}}") or word
    of_commit = [run for run in runs if run["commit"] and commit.startswith(run["commit"])]
    if of_commit:
        return of_commit[-1] | {"name": word}
    known = "`runs` lists those of this source" if runs else "nothing was built here yet"
    raise InvalidCommand(f"{word} is no run, source, folder of artifacts or commit that was built here; {known}")
