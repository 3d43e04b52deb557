"""Call a step's function in a worker process: load, seed, call, save. Part of every fingerprint."""

import json
import random
from collections.abc import Callable, Collection
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any, NamedTuple

# One thread a run: parallelism is across runs, sums are in one order, and two runs never fight for a core.
# The hash seed fixes the order of sets. glibc keeps what is freed: it would return large arrays to the kernel, and get
# them back page by page, each filled with zeros, which took more than half the time of SqueezeNet's features.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "agg",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 32),
}


class Described(str):
    """A value as JSON: what stages say of the graph itself is long, and no command that runs nothing looks into it."""


class Stored(NamedTuple):
    """An input as passed to a worker: its loader and its files."""

    load: str
    paths: tuple[str, ...]


class Output(NamedTuple):
    """An output: its saver (None if the function writes it), its files, and the keys of declared numbers."""

    save: str | None
    paths: tuple[str, ...]
    keys: tuple[str, ...]


def call(
    function: str,
    arguments: dict[str, Any],
    outputs: dict[str, Output],
    single: bool,
    packages: Collection[str],
    progress: Callable | None,
) -> None:
    """Call a step's function as in a new process, and save what it returns.

    Parameters
    ----------
    function : str
        Entry point ``module:function``.
    arguments : dict
        By the function's parameters; a `Stored` anywhere in them is loaded.
    outputs : dict of str to Output
    single : bool
        Whether the function returns the value of the only output, not a dict.
    packages : collection of str
        Third-party packages that the function reaches: their random states are seeded.
    progress : callable or None
        Passed on to a function with a parameter of that name.

    Raises
    ------
    TypeError
        If the function does not return what was declared.
    """
    _seed(packages)
    given = {name: _load(value) for name, value in arguments.items()}
    given |= {name: Path(output.paths[0]) for name, output in outputs.items() if output.save is None}
    if progress is not None:
        given["progress"] = progress
    run = resolve(function)
    try:
        signature(run).bind(**given)
    except TypeError as error:
        raise TypeError(f"{function}: {error}; it is called with {', '.join(f'{name}=' for name in given)}") from None
    returned = run(**given)
    expected = [name for name, output in outputs.items() if output.save]
    values = dict.fromkeys(expected, returned) if single else returned or {}
    if not isinstance(values, dict) or values.keys() != set(expected):
        found = ", ".join(map(str, values)) if isinstance(values, dict) else type(values).__name__
        raise TypeError(f"{function} returned {found or 'nothing'}; declared are {', '.join(expected)}")
    for name, output in outputs.items():
        if output.save is None:
            continue
        keys = {"keys": output.keys} if output.keys else {}
        try:
            resolve(output.save)(values[name], [Path(path) for path in output.paths], **keys)
        except (TypeError, ValueError, AttributeError) as error:
            kind = output.save.rpartition("_")[2]
            problem = f"cannot be saved as {kind}: {error}" if values[name] is not None else "was not returned"
            raise TypeError(f"{function}: {'its value' if single else name} {problem}") from error


def resolve(entry: str) -> Callable:
    """The function that an entry point names."""
    module, _, name = entry.partition(":")
    return getattr(import_module(module), name)


def _load(value):
    if isinstance(value, Stored):
        return resolve(value.load)([Path(path) for path in value.paths])
    if isinstance(value, Described):
        return json.loads(value)
    if isinstance(value, dict):
        return {key: _load(inner) for key, inner in value.items()}
    return [_load(inner) for inner in value] if isinstance(value, list) else value


def _seed(packages):
    random.seed(0)
    if "numpy" in packages:
        import numpy

        numpy.random.seed(0)  # noqa: NPY002 - for libraries; our own functions take generators
    if "torch" in packages:
        import torch

        torch.manual_seed(0)
        torch.set_num_threads(1)
