"""Savers and loaders for each kind of artifact. They run in worker processes.

The same value gives the same bytes.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile


def save_npz(value: Mapping, paths: list[Path]) -> None:
    """Save a dict of arrays, keeping its order."""
    import numpy as np

    with open(paths[0], "wb") as file:
        np.savez(file, **value)


def load_npz(paths: list[Path]) -> Mapping:
    """Load a mapping of arrays; each is read on access.

    Raises
    ------
    ValueError
        If the file is not as `save_npz` writes it. The header of an array could promise a terabyte.
    """
    import numpy as np

    try:
        with ZipFile(paths[0]) as archive:
            for member in archive.infolist():
                _check_array(archive, member)
    except (BadZipFile, ValueError, EOFError, NotImplementedError) as error:
        raise ValueError(f"{paths[0]} is not a file of arrays that a step wrote: {error}; remove it") from error
    return np.load(paths[0], allow_pickle=False)


def _check_array(archive, member):
    """Refuse an array that is longer or shorter than what there is of it."""
    from numpy.lib import format

    if member.compress_type != ZIP_STORED:
        raise ValueError(f"{member.filename} is compressed")
    with archive.open(member) as file:
        read_header = {(1, 0): format.read_array_header_1_0, (2, 0): format.read_array_header_2_0}.get(
            format.read_magic(file)
        )
        if not read_header:
            raise ValueError(f"{member.filename} is of a version of the format that is not read")
        shape, _, dtype = read_header(file)
        if dtype.hasobject:
            raise ValueError(f"{member.filename} holds objects, which need allow_pickle")
        promised, held = math.prod(shape) * dtype.itemsize, member.file_size - file.tell()
        if promised != held or min(shape, default=0) < 0:
            raise ValueError(f"{member.filename} promises {promised:,} bytes in shape {shape} and holds {held:,}")


def save_json(value: Any, paths: list[Path]) -> None:
    """Save plain values as JSON: sorted keys, one per line."""
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    paths[0].write_text(text + "\n", encoding="utf-8")


def load_json(paths: list[Path]) -> Any:
    """Load plain values from JSON."""
    return json.loads(paths[0].read_text(encoding="utf-8"))


def save_numbers(value: Mapping | float, paths: list[Path], keys: tuple[str, ...]) -> None:
    """Save a flat dict of exactly the declared numbers, or the number itself if only one is declared."""
    if isinstance(value, int | float):
        value = dict.fromkeys(keys[:1], value)
    undeclared, missing = sorted(value.keys() - set(keys)), sorted(set(keys) - value.keys())
    if undeclared or missing:
        parts = [f"{', '.join(undeclared)}: no Number declares it"] if undeclared else []
        parts += [f"{', '.join(missing)}: declared, but not returned"] if missing else []
        raise ValueError("; ".join(parts))
    save_json(dict(value), paths)


def save_text(value: str, paths: list[Path]) -> None:
    """Save text unchanged, in UTF-8."""
    paths[0].write_text(value, encoding="utf-8", newline="")


def load_text(paths: list[Path]) -> str:
    """Load text."""
    return paths[0].read_text(encoding="utf-8")


def save_raw(value: bytes, paths: list[Path]) -> None:
    """Save bytes."""
    paths[0].write_bytes(value)


def load_raw(paths: list[Path]) -> bytes:
    """Load bytes."""
    return paths[0].read_bytes()


def save_figure(value: Any, paths: list[Path]) -> None:
    """Save a matplotlib Figure in the format of each path."""
    from lib.figures.style import save

    save(value, *paths)


def load_figure(paths: list[Path]) -> dict[str, Path]:
    """Paths of a figure's files by ending."""
    return {path.suffix: path for path in paths}


def load_path(paths: list[Path]) -> Path:
    """The path itself, for steps that read it themselves."""
    return paths[0]
