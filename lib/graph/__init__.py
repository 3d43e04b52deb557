"""The only room that knows doit and joblib: declare steps, decide which are stale, run them, store their outputs."""

from lib.graph.artifact import Artifact
from lib.graph.cache import cached
from lib.graph.numbers import Number
from lib.graph.step import (
    declared_numbers,
    figure,
    file,
    folder,
    given,
    history,
    json,
    npz,
    number,
    numbers,
    raw,
    select,
    step,
    sweep,
    text,
)
from lib.graph.sweep import by

__all__ = [
    "Artifact", "Number", "by", "cached", "declared_numbers", "figure", "file", "folder", "given", "history", "json",
    "npz", "number", "numbers", "raw", "select", "step", "sweep", "text",
]  # fmt: skip
