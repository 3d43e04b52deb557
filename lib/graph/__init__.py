"""The only room that knows doit and joblib: declare steps, decide which are stale, run them, store their outputs."""

from lib.graph.artifact import Artifact
from lib.graph.declared import declared_numbers, described, history, select
from lib.graph.fingerprint import remembered
from lib.graph.numbers import Number
from lib.graph.step import (
    figure,
    file,
    folder,
    given,
    json,
    npz,
    number,
    numbers,
    raw,
    step,
    sweep,
    text,
)
from lib.graph.sweep import by

__all__ = [
    "Artifact", "Number", "by", "declared_numbers", "described", "figure", "file", "folder", "given", "history", "json",
    "npz", "number", "numbers", "raw", "remembered", "select", "step", "sweep", "text",
]  # fmt: skip
