"""The graph at several settings at once: the steps of each in a folder of their own, in one build.

What is the same at several points is computed for one of them; the others restore it from the store.
"""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from doit.exceptions import InvalidCommand

from lib.graph import artifact as artifacts
from lib.graph.artifact import Artifact
from lib.graph.cache import cached
from lib.graph.settings import CACHES, config, refuse_twice
from lib.graph.step import GRAPH, Graph, load_stages
from lib.graph.task import Step

FOLDER = ".sweep-"  # below the folder of artifacts, with the number of the process
MOST = 1000  # points of a sweep


@dataclass
class Point:
    """One combination of values.

    Parameters
    ----------
    words : dict of str to str
        What was chosen, as written: ``{"training.momentum": "0.5"}``.
    steps : list of Step
        That are built for it.
    numbers : dict of str to Artifact
        The artifact that each number is in, by key.
    values : dict of str to number
        The numbers, once they are built.
    """

    words: dict[str, str]
    steps: list[Step] = field(default_factory=list)
    numbers: dict[str, Artifact] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def read(self, keys: Iterable[str]) -> None:
        """Take the values of some numbers from what was built."""
        for key in keys:
            content = json.loads(Path(self.numbers[key].files[0]).read_text(encoding="utf-8"))
            self.values |= {name: content[name] for name in (key, f"{key}_low", f"{key}_high") if name in content}


def split_values(text: str) -> list[str]:
    """Values between commas; those inside brackets and quotes do not count.

    Examples
    --------
    >>> split_values("0.5,0.9"), split_values("[0,1],[2]"), split_values('"a,b"')
    (['0.5', '0.9'], ['[0,1]', '[2]'], ['"a,b"'])
    """
    found, depth, quoted = [""], 0, ""
    for letter in text:
        if quoted:
            quoted = "" if letter == quoted else quoted
        elif letter in "\"'":
            quoted = letter
        depth += 0 if quoted else (letter in "[{") - (letter in "]}")
        if letter == "," and not depth and not quoted:
            found.append("")
        else:
            found[-1] += letter
    return found


def take_axes(words: dict[str, str]) -> dict[str, list[str]]:
    """Remove the words with several values, and return them.

    Raises
    ------
    InvalidCommand
        If there are none, too many, or one value is empty or stands twice.
    """
    refuse_twice(words)
    axes = {word: split_values(value) for word, value in words.items() if "." in word}
    axes = {word: values for word, values in axes.items() if len(values) > 1}
    for word, values in axes.items():
        if "" in values or len(set(values)) < len(values):
            raise InvalidCommand(f"{word}={words[word]}: each value once, with commas between them")
        del words[word]
    count = 1
    for values in axes.values():
        count *= len(values)
    if not axes:
        raise InvalidCommand("sweep needs a setting with several values, such as training.momentum=0.5,0.9")
    if count > MOST:
        raise InvalidCommand(f"{count} combinations are more than {MOST}")
    return axes


def scratch() -> Path:
    """The folder of this process's points; those of others that were killed are removed."""
    root = config().artifacts / config().source
    for folder in root.glob(f"{FOLDER}*"):
        if not Path("/proc", folder.name.removeprefix(FOLDER)).exists() and Path("/proc/self").exists():
            shutil.rmtree(folder, ignore_errors=True)
    return root / f"{FOLDER}{os.getpid()}"


def declare(axes: Mapping[str, list[str]], stages: Iterable[str], folder: Path) -> list[Point]:
    """Declare the graph at every point, whose artifacts are in folders of their own below one; `GRAPH` is what was
    declared last."""
    for name in CACHES:
        cached(name)  # of this build, wherever points are
    base, words, settings = config().artifacts, config().words, config().settings
    modules = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "stages"}
    points = []
    try:
        for number, values in enumerate(product(*axes.values()), 1):
            chosen = dict(zip(axes, values, strict=True))
            config().words = words | chosen
            _use_artifacts(folder / str(number))
            for name in modules:
                sys.modules.pop(name, None)
            _clear_graph()
            load_stages(stages)
            for step in GRAPH.steps:
                assert step.places and step.input_files is not None  # where they are, while this is known
            numbers = {number.key: made for made, _ in GRAPH.artifacts.values() for number in made.numbers}
            points.append(Point(chosen, list(GRAPH.steps), numbers))
    finally:
        config().words, config().settings = words, settings
        _use_artifacts(base)
        sys.modules.update(modules)
    return points


def _clear_graph():
    vars(GRAPH).update(vars(Graph()))  # the same object, which others have imported


def _use_artifacts(folder):
    config().artifacts = folder
    artifacts._folder.cache_clear()


def merge(points: list[Point], keys: Iterable[str]) -> dict[str, str]:
    """Make `GRAPH` the graph of what all points need for some numbers.

    Parameters
    ----------
    points : list of Point
        Of `declare`; left with the steps that they need.
    keys : list of str
        Of numbers.

    Returns
    -------
    dict of str to str
        Steps that wait for another one which does the same, by name.

    Raises
    ------
    InvalidCommand
        If a point has no such number, or points would write different files to one place.
    """
    merged: dict[str, Step] = {}  # by the first of its files
    identities: dict[Step, str] = {}
    first: dict[str, Step] = {}
    waits = {}
    for number, point in enumerate(points, 1):
        for key in keys:
            if key not in point.numbers:
                said = " ".join(f"{word}={value}" for word, value in point.words.items())
                raise InvalidCommand(f"there is no number {key} with {said}; `list Q3.1.2/numbers` shows what has some")
        makers = {file: step for step in point.steps for file in step.places.values()}
        needed, todo = set(), [makers[point.numbers[key].files[0]] for key in keys]
        while todo:
            step = todo.pop()
            if step not in needed:
                needed.add(step)
                todo += [makers[file] for file in step.input_files if file in makers]
        point.steps = [step for step in point.steps if step in needed]
        for step in point.steps:
            before = [identities[makers[file]] if file in makers else file for file in step.input_files]
            same = json.dumps([step.fingerprint.digest, list(step.places), before])
            identity = identities[step] = hashlib.sha256(same.encode()).hexdigest()
            place = next(iter(step.places.values()))
            if place in merged:  # in data/, which points share
                if identities[merged[place]] != identity:
                    changed = " ".join(f"{word}={value}" for word, value in point.words.items())
                    raise InvalidCommand(f"{place} is another one with {changed}: a sweep cannot run over that")
                continue
            merged[place] = step
            step.name = f"{step.name} ({number})"
            if identity in first:
                waits[step.name] = first[identity].name
            first.setdefault(identity, step)
    _clear_graph()
    GRAPH.steps = list(merged.values())
    GRAPH.makers = {file: step for step in GRAPH.steps for file in step.places.values()}
    return waits
