"""Artifacts: one id for each input and output, and how its value is saved and loaded.

An id such as ``Q3.1.3/first_layer`` is the path of its files without their ending, below ``artifacts/<source>``. Where
two artifacts would share an id, one of them has its ending in it: ``Q3.1.1/curves`` (a figure) and
``Q3.1.1/curves.json``.
"""

import re
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from lib.captions import split_caption
from lib.graph.settings import config


class Kind(Struct, frozen=True):
    """How values of a kind are stored.

    Parameters
    ----------
    name : str
    endings : tuple of str
        File name endings of an artifact; empty if the id includes its own.
    save, load : str
        Entry points ``module:function``: ``save(value, paths)`` and ``load(paths)``. Without `save` the step is given
        the path and writes there itself.
    """

    name: str
    endings: tuple[str, ...]
    save: str | None
    load: str


HERE = "lib.graph.kinds"
NPZ = Kind("npz", (".npz",), f"{HERE}:save_npz", f"{HERE}:load_npz")
JSON = Kind("json", (".json",), f"{HERE}:save_json", f"{HERE}:load_json")
NUMBERS = Kind("numbers", (".json",), f"{HERE}:save_numbers", f"{HERE}:load_json")
TEXT = Kind("text", (".txt",), f"{HERE}:save_text", f"{HERE}:load_text")
RAW = Kind("raw", (), f"{HERE}:save_raw", f"{HERE}:load_raw")
FIGURE = Kind("figure", (".png", ".pdf"), f"{HERE}:save_figure", f"{HERE}:load_figure")
FILE = Kind("file", (), None, f"{HERE}:load_path")
FOLDER = Kind("folder", (), None, f"{HERE}:load_path")


class Artifact(Struct, frozen=True, eq=False, dict=True):
    """An output of a step, or a given file.

    Parameters
    ----------
    id : str
    kind : Kind
    caption : str
        What it shows. The first clause is the title in lists. An artifact without a caption is internal.
    root : {"artifacts", "data", "project"}
        Its root: ``artifacts/<source>``, ``data/<source>`` or the project folder.
    numbers : tuple of Number
        The numbers in it, for an artifact of that kind.
    """

    id: str
    kind: Kind
    caption: str = ""
    root: str = "artifacts"
    numbers: tuple = ()

    def __post_init__(self):
        if self.id.startswith("/") or not set(self.id.split("/")).isdisjoint({"", ".", ".."}):
            raise ValueError(
                f"{self.id!r} cannot be an artifact's id: it is a path below a folder, such as Q3.1.3/weights"
            )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Its files, relative to the root."""
        endings = [ending for ending in self.kind.endings if not self.id.endswith(ending)]
        return tuple(self.id + ending for ending in endings) or (self.id,)

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Paths of its files."""
        folder = _folder(self.root)
        return tuple(folder + name for name in self.names)

    @property
    def question(self) -> str:
        """The question in its folder's name, ``Q3.1.3``; without one, the top folder, ``data``."""
        folder = self.id.rpartition("/")[0]
        found = re.match(r"Q\d+(\.\d+)*(?!\w)", folder)
        return found[0] if found else folder.partition("/")[0]

    @property
    def title(self) -> str:
        """The first clause of the caption."""
        return split_caption(self.caption)[0]

    def at(self, point: dict[str, Any]) -> "Artifact":
        """This artifact at one point of a sweep: axes in braces are replaced by their values."""
        numbers = tuple(number.at(point) for number in self.numbers)
        return Artifact(self.id.format(**point), self.kind, self.caption.format(**point), self.root, numbers)

    def without_formats(self) -> "Artifact":
        """A template as people read it: ``fits/mlp_{learning_rate}_{seed}``."""
        id, caption = (re.sub(r"{(\w+)[^{}]*}", r"{\1}", text) for text in (self.id, self.caption))
        return replace(self, id=id, caption=caption)


def artifacts_in(value: Any) -> list[Artifact]:
    """Every artifact in nested lists and dicts, in order."""
    found: list[Artifact] = []
    _collect(value, found)
    return found


SIMPLE = {str, int, float, bool, type(None)}  # what most values are; graphs of 10,000 steps ask it first


def _collect(value, found):
    if isinstance(value, Artifact):
        found.append(value)
    elif isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            if type(inner) not in SIMPLE:
                _collect(inner, found)


def replaced(value: Any, by: Callable[[Artifact], Any]) -> Any:
    """Nested lists and dicts with ``by(artifact)`` in the place of every artifact."""
    if isinstance(value, Artifact):
        return by(value)
    if isinstance(value, dict):
        return {key: inner if type(inner) in SIMPLE else replaced(inner, by) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [inner if type(inner) in SIMPLE else replaced(inner, by) for inner in value]
    return value


@cache
def _folder(root):
    folder = {"artifacts": config().artifacts, "data": config().data}.get(root)
    return f"{folder / config().source}/" if folder else ""
