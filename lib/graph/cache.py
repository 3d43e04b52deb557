"""Results kept in files from one command to the next: digests, parsed modules, excerpts."""

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from lib.graph.settings import config


class Cache:
    """Values by key, each valid for one version of its source.

    Parameters
    ----------
    file : Path or None
        JSON file that holds them; it may be missing or unreadable at any time.
    """

    def __init__(self, file: Path | None = None):
        self._file = file
        self._kept = _load(file) if file else {}
        self._changed = False

    def get(self, key: str, version: str, make: Callable[[], Any]) -> Any:
        """The JSON-able value of a key; ``make()`` computes it unless this version is cached."""
        if self._kept.get(key, (None,))[0] != version:
            self._kept[key] = [version, make()]
            self._changed = True
        return self._kept[key][1]

    def find(self, key: str) -> Any:
        """The value of a key in any version; None if there is none."""
        return self._kept.get(key, (None, None))[1]

    def save(self) -> None:
        """Write the file atomically if anything has changed."""
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
    """The cache with this name, beside doit's database. Its content is trusted, so unlike the store it is never
    shared."""
    if name not in _caches:
        _caches[name] = Cache(config().artifacts / config().source / f".{name}.json")
    return _caches[name]


def all_settings() -> str:
    """Digest of all settings of this build. They are kept once by it: some decide which steps and inputs there are."""
    text = json.dumps(config().settings, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    cached("settings").get(digest, "", lambda: config().settings)
    return digest


def save_caches() -> None:
    """Write all caches of this process to disk."""
    for cache in _caches.values():
        cache.save()


def _load(file):
    try:
        kept = dict(json.loads(file.read_text()))
        return {key: entry for key, entry in kept.items() if isinstance(entry, list) and len(entry) == 2}
    except (OSError, ValueError, TypeError, RecursionError):
        return {}
