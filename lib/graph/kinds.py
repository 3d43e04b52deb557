"""How values are saved to files and loaded from them, once for each kind of artifact. Runs in worker processes.

The same value gives the same bytes.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def save_npz(value: Mapping, paths: list[Path]) -> None:
    """A dict of arrays, in its order."""
    import numpy as np

    with open(paths[0], "wb") as file:
        np.savez(file, **value)


def load_npz(paths: list[Path]) -> Mapping:
    """A mapping of arrays, each read when it is asked for."""
    import numpy as np

    return np.load(paths[0], allow_pickle=False)


def save_json(value: Any, paths: list[Path]) -> None:
    """Plain values, with sorted keys, one on a line."""
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    paths[0].write_text(text + "\n", encoding="utf-8")


def load_json(paths: list[Path]) -> Any:
    """Plain values."""
    return json.loads(paths[0].read_text(encoding="utf-8"))


def save_numbers(value: Mapping | float, paths: list[Path], keys: tuple[str, ...]) -> None:
    """A flat dict of the numbers that were declared, no more and no fewer; or the number itself where there is one."""
    if isinstance(value, int | float):
        value = dict.fromkeys(keys[:1], value)
    undeclared, missing = sorted(value.keys() - set(keys)), sorted(set(keys) - value.keys())
    if undeclared or missing:
        parts = [f"{', '.join(undeclared)}: no Number declares it"] if undeclared else []
        parts += [f"{', '.join(missing)}: declared, but not returned"] if missing else []
        raise ValueError("; ".join(parts))
    save_json(dict(value), paths)


def save_text(value: str, paths: list[Path]) -> None:
    """Text as it is, in UTF-8."""
    paths[0].write_text(value, encoding="utf-8", newline="")


def load_text(paths: list[Path]) -> str:
    """Text."""
    return paths[0].read_text(encoding="utf-8")


def save_raw(value: bytes, paths: list[Path]) -> None:
    """Bytes as they are."""
    paths[0].write_bytes(value)


def load_raw(paths: list[Path]) -> bytes:
    """Bytes."""
    return paths[0].read_bytes()


def save_figure(value: Any, paths: list[Path]) -> None:
    """A matplotlib Figure, in every format asked for."""
    from lib.figures.style import save

    save(value, *paths)


def load_figure(paths: list[Path]) -> dict[str, Path]:
    """Its files by ending."""
    return {path.suffix: path for path in paths}


def load_path(paths: list[Path]) -> Path:
    """The path itself, for what a step reads on its own."""
    return paths[0]
