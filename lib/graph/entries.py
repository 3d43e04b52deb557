"""Store entries: the outputs of a run, and their verification."""

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple


class Kept(NamedTuple):
    """The outputs of a run.

    Parameters
    ----------
    files : dict of str to (bytes, int)
        Content and permissions by name; a folder's name ends in ``/``.
    warnings : list of str
        Warnings of the run, repeated when it is restored.
    """

    files: dict[str, tuple[bytes, int]]
    warnings: list[str]


def describe(key: str, kept: Kept) -> dict[str, Any]:
    """Key, names, digests and permissions of an entry, with a digest (`seal`) of all of them."""
    names = {name: [hashlib.sha256(content).hexdigest(), mode] for name, (content, mode) in kept.files.items()}
    entry = {"key": key, "names": names, "warnings": kept.warnings}
    return entry | {"seal": _seal(entry)}


def digests_of(entry: dict[str, Any], names: Iterable[str]) -> dict[str, str]:
    """Digests of an entry's outputs, as `lib.graph.files.digest` has them.

    Raises
    ------
    KeyError
        If one is not in it.
    """
    return {name: _digest_of(entry["names"], name) for name in names}


def _digest_of(names, name):
    folder = f"{name}/"
    if folder not in names:
        return names[name][0]
    inside = sorted(
        (inner.removeprefix(folder), digest)
        for inner, (digest, _) in names.items()
        if inner > folder and inner.startswith(folder)
    )
    # Of folders inside only those that are empty.
    lines = [
        inner if inner.endswith("/") else f"{inner} {digest}"
        for inner, digest in inside
        if not inner.endswith("/") or not any(other != inner and other.startswith(inner) for other, _ in inside)
    ]
    return hashlib.sha256(os.fsencode("\n".join(lines))).hexdigest()


def verified(entry: dict[str, Any], key: str, contents: Sequence[bytes]) -> Kept | None:
    """The entry's outputs; None unless the key and all digests match."""
    seal, names = entry.pop("seal"), entry["names"]
    if entry["key"] != key or seal != _seal(entry) or len(contents) != len(names):
        return None
    files = {}
    for (name, (digest, mode)), content in zip(names.items(), contents, strict=True):
        if hashlib.sha256(content).hexdigest() != digest or name.startswith("/") or ".." in PurePosixPath(name).parts:
            return None
        files[name] = content, mode
    return Kept(files, entry["warnings"])


def _seal(entry):
    return hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()
