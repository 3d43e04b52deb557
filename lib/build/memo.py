"""What would be found out again on every command, kept in a file between them."""

import json
import os

from lib.build.config import config


class Memo:
    """Values by key, each good for one version of what it was made from.

    Parameters
    ----------
    file : Path or None
        JSON file that keeps them; it may be deleted, or unreadable, at any time.
    """

    def __init__(self, file=None):
        self._file = file
        self._kept = _load(file) if file else {}
        self._is_new = False

    def recall(self, key, version, make):
        """The value of `key`, made by ``make()`` unless it is there for this version.

        Parameters
        ----------
        key, version : str
        make : callable
            Returns a JSON-able value.
        """
        if self._kept.get(key, ("",))[0] != version:
            self._kept[key] = [version, make()]
            self._is_new = True
        return self._kept[key][1]

    def save(self):
        """Write the file, whole or not at all, if there is anything new."""
        if self._file and self._is_new:
            temporary = self._file.with_name(f"{self._file.name}.{os.getpid()}")
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                temporary.write_text(json.dumps(self._kept))
                temporary.replace(self._file)
            except OSError:  # it is found out again
                pass


_memos = {}


def memo(name):
    """The Memo of a name, in the folder of the caches."""
    if name not in _memos:
        _memos[name] = Memo(config().cache / f"{name}.json")
    return _memos[name]


def remember():
    """Save what this command found out."""
    for one in _memos.values():
        one.save()


def _load(file):
    try:
        kept = dict(json.loads(file.read_text()))
        return {key: entry for key, entry in kept.items() if isinstance(entry, list) and len(entry) == 2}
    except (OSError, ValueError, TypeError):
        return {}
