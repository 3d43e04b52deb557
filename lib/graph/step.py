"""Declaring steps: a function of values, what it is given, and the artifacts that it makes.

A step's outputs are what later steps take as inputs; nothing else connects them. Stages call these functions when they
are imported, and everything declared is kept in `GRAPH`.
"""

import re
import sys
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from itertools import product
from types import SimpleNamespace
from typing import Any

import msgspec
from doit.exceptions import InvalidDodoFile

from lib.graph.artifact import (
    FIGURE,
    FILE,
    FOLDER,
    JSON,
    NPZ,
    NUMBERS,
    RAW,
    SIMPLE,
    TEXT,
    Artifact,
    Kind,
    artifacts_in,
)
from lib.graph.fingerprint import PROJECT, code, remembered
from lib.graph.numbers import Number
from lib.graph.place import location, origin
from lib.graph.settings import Table
from lib.graph.sweep import Sweep, match
from lib.graph.task import CANONICAL, Step


class DeclarationError(InvalidDodoFile):
    """An invalid declaration in a stage; doit prints the message and stops."""


class Graph:
    """All steps that have been declared, in order."""

    def __init__(self):
        self.steps: list[Step] = []
        self.selected: list[Step] | None = None  # those that a command is about; None for all
        self.makers: dict[str, Step] = {}  # by file
        self.artifacts: dict[str, tuple[Artifact, Step]] = {}  # by id

    def add(self, step: Step) -> None:
        """Add a step.

        Raises
        ------
        DeclarationError
            If an earlier step already makes an artifact with this id, or one of its files.
        """
        for artifact in step.outputs.values():
            earlier = self.artifacts.get(artifact.id, (None, None))[1]
            earlier = earlier or next((self.makers[file] for file in artifact.files if file in self.makers), None)
            if earlier:
                hint = ": something that sweep runs over has a name that is taken, call it something else"
                said = f"{step.location}: {artifact.id} is already made at {earlier.location}"
                raise DeclarationError(said + (hint if earlier.template or step.template else ""))
        for artifact in step.outputs.values():
            self.artifacts[artifact.id] = artifact, step
            self.makers |= dict.fromkeys(artifact.files, step)
        self.steps.append(step)

    def makers_of(self, step: Step) -> list[Step]:
        """The steps whose outputs a step reads."""
        return list(dict.fromkeys(self.makers[file] for file in step.input_files if file in self.makers))

    def select(self, names: Iterable[str]) -> None:
        """Make tasks only of these steps and all that they build on."""
        step_of = {step.name: step for step in self.steps}
        found: dict[Step, None] = {}
        todo = [step_of[name] for name in names]
        while todo:
            step = todo.pop()
            if step not in found:
                found[step] = None
                todo += self.makers_of(step)
        self.selected = [step for step in self.steps if step in found]


GRAPH = Graph()

# --- kinds ------------------------------------------------------------------------------------------------------------


def npz(id: str, caption: str = "", root: str = "artifacts") -> Artifact:
    """A dict of arrays."""
    return Artifact(id, NPZ, caption, root)


def json(id: str, caption: str = "", root: str = "artifacts") -> Artifact:
    """Plain values."""
    return Artifact(id, JSON, caption, root)


def text(id: str, caption: str = "", root: str = "artifacts") -> Artifact:
    """A string."""
    return Artifact(id, TEXT if id.endswith(".txt") or "." not in id.rpartition("/")[2] else _TEXT_BY_ID, caption, root)


_TEXT_BY_ID = Kind("text", (), TEXT.save, TEXT.load)


def raw(id: str, caption: str = "", root: str = "artifacts") -> Artifact:
    """Bytes; the id includes the ending."""
    return Artifact(id, RAW, caption, root)


def numbers(id: str, *declared: Number, caption: str = "") -> Artifact:
    """A flat dict of numbers by key: exactly those declared. All of them are in results.json."""
    return Artifact(id, NUMBERS, caption, "artifacts", declared)


def folder(id: str, caption: str = "", root: str = "artifacts") -> Artifact:
    """A folder; the step gets its Path to write to or read from."""
    return Artifact(id, FOLDER, caption, root)


def file(id: str, caption: str = "", root: str = "artifacts") -> Artifact:
    """A file; the step gets its Path to write to or read from. The id includes the ending."""
    return Artifact(id, FILE, caption, root)


def given(path: str, root: str = "project") -> Artifact:
    """A file that no step makes: its path in the project (or, with ``root="data"``, in data/<source>)."""
    return Artifact(path, FILE, "", root)


# --- steps ------------------------------------------------------------------------------------------------------------


def step(
    function: str,
    *,
    to: Artifact | dict[str, Artifact],
    settings: Table | Iterable[Table] = (),
    doc: str | None = None,
    keep: bool = True,
    reaches: str | Iterable[str] = (),
    **inputs: Any,
) -> Any:
    """Declare a step.

    Parameters
    ----------
    function : str
        Entry point ``lib.module:function``. It is called by keyword in a worker process. Its parameters are filled with
        `inputs`, then with `settings` of the same name, then with their defaults; `progress` is a callable
        ``progress(epoch, epochs, **metrics)``.
    to : Artifact or dict of str to Artifact
        Its outputs: the value that it returns, or a dict with these keys. A folder or file is not returned: the
        function gets the path to write to as the parameter of that name (``target`` if it is the only output).
    settings : Table or several
        Where parameters that are not among `inputs` come from; the step depends on those that it takes, and no others.
    doc : str, optional
        What it does; by default the title of the first output's caption.
    keep : bool
        False for downloads: the store keeps no second copy, and `clean` leaves them.
    reaches : str or several
        Modules, such as ``lib.shapes``, that the function uses in ways that cannot be seen in its source.
    **inputs
        Artifacts, also in lists and dicts: the function gets their values. Anything else is a setting.

    Returns
    -------
    Artifact or namespace
        The output; the outputs as attributes if `to` is a dict.

    Raises
    ------
    DeclarationError
        If function and inputs do not fit, or an output is made by another step; with the file and line of the call.
    """
    return _declare(function, to, settings, doc, keep, inputs, reaches=reaches)


def figure(
    id: str,
    function: str,
    *,
    caption: str,
    over: dict[str, Iterable[Any]] | None = None,
    settings: Table | Iterable[Table] = (),
    **inputs: Any,
) -> Any:
    """Declare a step whose function returns a matplotlib Figure; or, `over` values, a `sweep` of such steps."""
    artifact = Artifact(id, FIGURE, caption)
    if over is not None:
        return sweep(function, over=over, to=artifact, settings=settings, **inputs)
    return _declare(function, artifact, settings, None, True, inputs)


def number(
    key: str, function: str, *, label: str, unit: str = "", digits: int | None = None, settings: Any = (), **inputs: Any
) -> Artifact:
    """Declare a step whose function returns one number, ``q3.2.ink``; its artifact is ``Q3.2/ink``."""
    found = re.fullmatch(r"q(\d+(?:\.\d+)*)\.(\w+)", key)
    if not found:
        raise DeclarationError(f"{location()}: the key {key} is not of the form q<question>.<name>")
    artifact = numbers(f"Q{found[1]}/{found[2]}", Number(key, label, unit, digits), caption=f"{label}.")
    return _declare(function, artifact, settings, None, True, inputs)


def sweep(
    function: str,
    *,
    over: dict[str, Iterable[Any]],
    to: Artifact | dict[str, Artifact],
    settings: Table | Iterable[Table] = (),
    doc: str | None = None,
    keep: bool = True,
    reaches: str | Iterable[str] = (),
    **inputs: Any,
) -> Sweep:
    """Declare a step for each combination of values.

    Parameters
    ----------
    over : dict of str to iterable
        Axes and their values. A value is passed to the function if it has a parameter named like the axis.
    function, to, settings, doc, keep, reaches, **inputs
        As for `step`. Axes in braces in ids, captions and keys get their values. A `Sweep` among the inputs is matched
        along the axes that both have; along its other axes the function gets a list of all values.

    Returns
    -------
    Sweep
    """
    axes = {axis: tuple(values) for axis, values in over.items()}
    found = Sweep(axes)
    taken = _parameters(function)
    template = {"": to} if isinstance(to, Artifact) else to
    for values in product(*axes.values()):
        point = dict(zip(axes, values, strict=True))
        matched = {name: match(value, point) for name, value in inputs.items()}
        matched |= {axis: value for axis, value in point.items() if axis in taken and axis not in inputs}
        outputs = to.at(point) if isinstance(to, Artifact) else {name: one.at(point) for name, one in to.items()}
        point_doc = doc.format(**point) if doc else None
        found[values if len(values) > 1 else values[0]] = _declare(
            function, outputs, settings, point_doc, keep, matched, template, reaches
        )
    return found


def load_stages(names: Iterable[str], package: str = "stages") -> Graph:
    """Import stages in order, which declares their steps.

    Raises
    ------
    DeclarationError
        If one cannot be imported, or a file of the package is not among the names; a message of one line.
    """
    files = {path.stem for path in (PROJECT / package).glob("*.py")} - {"__init__", "settings"}
    for name in names:
        try:
            import_module(f"{package}.{name}")
        except InvalidDodoFile:
            raise
        except Exception as error:
            raise DeclarationError(f"{origin(error)}: {type(error).__name__}: {error}") from None
    unlisted = {name for name in files if f"{package}.{name}" not in sys.modules}
    unlisted -= _alternatives(package)
    if unlisted:
        raise DeclarationError(
            f"{package}/{min(unlisted)}.py is not among STAGES in {package}/__init__.py: add {min(unlisted)!r} there, "
            "or its steps are not built"
        )
    return GRAPH


def _alternatives(package):
    """Stages selected by the source: only one of them is imported."""
    return set(getattr(sys.modules[package], "SOURCES", ()))


# --- how --------------------------------------------------------------------------------------------------------------


def _declare(function, to, settings, doc, keep, inputs, template=None, reaches=()):
    single = isinstance(to, Artifact)
    outputs = {"target" if single else "": to} if single else dict(to)
    place = location()
    try:
        inputs = {name: plain(value) for name, value in inputs.items()}
        given_artifacts = {name: value for name, value in inputs.items() if artifacts_in(value)}
        chosen = _settings(function, inputs, given_artifacts, settings, outputs)
        canonical = CANONICAL.encode(chosen)
    except (DeclarationError, LookupError, SyntaxError) as error:
        raise DeclarationError(f"{place}: {error.args[0] if error.args else error}") from None
    except (TypeError, ValueError) as error:
        bad = next((name for name, value in chosen.items() if not _is_plain(value)), "")
        raise DeclarationError(f"{place}: the setting {bad} is {chosen.get(bad)!r}: {error}") from None
    made = Step(
        function=function,
        inputs=given_artifacts,
        settings=chosen,
        outputs=outputs,
        single=single,
        keep=keep,
        doc=doc or next(iter(outputs.values())).title,
        progress="progress" in _parameters(function),
        template=template,
        location=place,
        reaches=(reaches,) if isinstance(reaches, str) else tuple(reaches),
    )
    made.text = canonical
    GRAPH.add(made)
    return to if single else SimpleNamespace(**outputs)


def _settings(function, inputs, given_artifacts, tables, outputs):
    """The plain values that a function is called with: from the inputs, then from tables by name."""
    parameters = _parameters(function)
    written = {name for name, artifact in outputs.items() if artifact.kind.save is None}
    anything = "**" in parameters
    for name in [*inputs, *written]:
        if name not in parameters and not anything:
            shown = ", ".join(name for name in parameters if name != "**")
            raise DeclarationError(f"{function} has no parameter {name}; it would be called with {shown}")
    found = {name: value for name, value in inputs.items() if name not in given_artifacts}
    tables = [tables] if isinstance(tables, Table) else list(tables)
    for name, has_default in parameters.items():
        if name in inputs or name in written or name in ("progress", "**"):
            continue
        table = next((table for table in tables if name in table.__struct_fields__), None)
        if table is not None:
            found[name] = plain(getattr(table, name))
        elif not has_default:
            raise DeclarationError(f"nothing fills the parameter {name} of {function}: give {name}=, or its settings=")
    return found


@cache
def _parameters(function):
    return remembered(f"parameters of {function}", lambda: code().parameters(function))


def plain(value: Any) -> Any:
    """Sweeps and tuples as lists, keys in one order."""
    if isinstance(value, Artifact):
        return value
    if isinstance(value, Sweep | list | tuple):
        inside = value.values() if isinstance(value, Sweep) else value
        return [inner if type(inner) in SIMPLE else plain(inner) for inner in inside]
    if isinstance(value, dict):
        if odd := [key for key in value if not isinstance(key, str)]:
            raise DeclarationError(
                f"the key {odd[0]!r} is not a string: JSON, in which settings are kept, has no others"
            )
        # In one order: how a declaration spells them is no difference to the function either.
        return {key: value[key] if type(value[key]) in SIMPLE else plain(value[key]) for key in sorted(value)}
    if isinstance(value, Number):
        return msgspec.to_builtins(value, order="sorted")
    if isinstance(value, msgspec.Struct):
        return plain(msgspec.structs.asdict(value))
    return value


def _is_plain(value):
    try:
        CANONICAL.encode(value)
    except (TypeError, ValueError):
        return False
    return True
