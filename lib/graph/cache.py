"""What would be found out again on every command, kept in files between them: digests, parsed modules, excerpts."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from lib.graph.settings import config


class Cache:
    """Values by key, each good for one version of what it was made from.

    Parameters
    ----------
    file : Path or None
        JSON file that keeps them; it may be deleted, or unreadable, at any time.
    """

    def __init__(self, file: Path | None = None):
        self._file = file
        self._kept = _load(file) if file else {}
        self._changed = False

    def get(self, key: str, version: str, make: Callable[[], Any]) -> Any:
        """The JSON-able value of a key, made by ``make()`` unless it is there for this version."""
        if self._kept.get(key, (None,))[0] != version:
            self._kept[key] = [version, make()]
            self._changed = True
        return self._kept[key][1]

    def find(self, key: str) -> Any:
        """The value of a key, for whatever version; None if there is none."""
        return self._kept.get(key, (None, None))[1]

    def save(self) -> None:
        """Write the file, whole or not at all, if there is anything new."""
        if self._file and self._changed:
            temporary = self._file.with_name(f"{self._file.name}.{os.getpid()}")
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                temporary.write_text(json.dumps(self._kept))
                temporary.replace(self._file)
            except OSError:  # it is found out again
                with suppress(OSError):
                    temporary.unlink()


_caches: dict[str, Cache] = {}


def cached(name: str) -> Cache:
    """The cache of a name, beside doit's database: what it says is believed, so it is not shared as the store may
    be."""
    if name not in _caches:
        _caches[name] = Cache(config().artifacts / config().source / f".{name}.json")
    return _caches[name]


def save_caches() -> None:
    """Keep what this command found out."""
    for cache in _caches.values():
        cache.save()


def _load(file):
    try:
        kept = dict(json.loads(file.read_text()))
        return {key: entry for key, entry in kept.items() if isinstance(entry, list) and len(entry) == 2}
    except (OSError, ValueError, TypeError, RecursionError):
        return {}
