"""The store: outputs of earlier runs in a joblib.Memory, as plain files, by the key of what made them.

Nothing in it is trusted: an entry is used only if its key is the requested one and every file matches its digest.
The folder may be shared, damaged or deleted at any time; a step never fails because it is not writable.
"""

import json
import os
import shutil
import sys
import warnings
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lib.graph.entries import Kept, describe, digests_of, verified
from lib.graph.settings import config

if TYPE_CHECKING:
    from lib.graph.shared import SharedStore

ENTRY = "entry.json"


def outputs_of(key, produce):
    """What `produce` returns. joblib forgets everything when this function's text changes: leave it as it is."""
    return produce()


def restore_or_produce(key: str, produce: Callable[[], Kept]) -> Kept:
    """The outputs stored under a key, locally or in the team's store; produced and stored if there are none.

    Parameters
    ----------
    key : str
        Digest of all that the outputs depend on.
    produce : callable
        Returns the outputs.
    """
    folder, team = config().cache, shared()
    made: list[Kept] = []
    failed: list[BaseException] = []

    def fetch_or_produce():
        kept = team.get(key) if team else None
        if kept is None:
            try:
                kept = produce()
            except BaseException as error:
                failed.append(error)
                raise
            if team:
                team.put(key, kept)
        made.append(kept)
        return kept

    if not _is_writable(folder):
        warnings.warn(f"{folder} is not writable: outputs will not be cached", stacklevel=2)
        return fetch_or_produce()
    with warnings.catch_warnings():
        # joblib's own words for an entry that it cannot write or read: it is produced then.
        warnings.filterwarnings("ignore", message="Unable to|Exception while loading")
        try:
            return _cached_outputs(folder)(key, fetch_or_produce)
        except OSError:  # the disk is full, for what joblib itself writes
            if failed:
                raise
            return made[0] if made else fetch_or_produce()


def find_digests(key: str, names: Iterable[str], anywhere: bool = False) -> dict[str, str] | None:
    """Digests of the outputs stored under a key by their names, without reading them; None if there are none.

    Parameters
    ----------
    key : str
    names : iterable of str
    anywhere : bool
        Whether to ask the team's store too, which takes a request.
    """
    team = shared() if anywhere else None
    entry = _local_entry(key) or (team.header(key) if team else None)
    try:
        return digests_of(entry, names) if entry else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _local_entry(key):
    """What the local store has under a key says of itself; None if it has nothing."""
    if not (config().cache / "runs").is_dir():
        return None
    function = _cached_outputs(config().cache)
    entry = Path(function.store_backend.location, function.func_id, function._get_args_id(key, None), ENTRY)
    try:
        return json.loads(entry.read_text())
    except (OSError, ValueError):
        return None


@cache
def shared() -> "SharedStore | None":
    """The team's store, if there is one."""
    url = config().shared
    if not url:
        return None
    from lib.graph.shared import SharedStore

    return SharedStore(url)


def trim(folder: Path, gigabytes: float) -> None:
    """Evict the least recently used outputs until the store is within its limit."""
    if "joblib" in sys.modules and _is_writable(folder):  # otherwise nothing was added
        _memory(folder).reduce_size(bytes_limit=int(gigabytes * 1e9))


def _is_writable(folder):
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


@cache
def _cached_outputs(folder):
    return _memory(folder).cache(outputs_of, ignore=["produce"], verbose=0)


def _memory(folder):
    import joblib

    joblib.register_store_backend("files", _backend())
    return joblib.Memory(str(folder / "runs"), backend="files", verbose=0)


@cache
def _backend():
    """The class of joblib's backend: importing joblib takes longer than an up-to-date build."""
    import datetime

    from joblib._store_backends import CacheItemInfo, FileSystemStoreBackend

    class PlainFiles(FileSystemStoreBackend):
        """Entries as folders of plain files: ``entry.json`` with key and digests, and a file ``0``, ``1``, ... for each
        output.

        An incomplete entry counts as missing.
        """

        def contains_item(self, call_id):
            return _read(Path(self.location, *call_id), call_id[-1]) is not None

        def load_item(self, call_id, verbose=0, timestamp=None, metadata=None):
            found = _read(Path(self.location, *call_id), call_id[-1])
            if found is None:
                raise KeyError(f"{call_id[-1]} is not in the store")
            return found

        def dump_item(self, call_id, item, verbose=0):
            try:
                _write(Path(self.location, *call_id), call_id[-1], item)
            except OSError as error:
                warnings.warn(f"Unable to cache to disk: {error}", stacklevel=2)

        def get_metadata(self, call_id):
            return {}

        def store_metadata(self, call_id, metadata):
            pass

        def get_items(self):
            items = []
            for entry in Path(self.location).rglob(ENTRY):
                try:
                    size = sum(file.stat().st_size for file in entry.parent.iterdir())
                    used = datetime.datetime.fromtimestamp(entry.stat().st_mtime)
                except OSError:  # another process is removing it
                    continue
                items.append(CacheItemInfo(str(entry.parent), size, used))
            return items

    return PlainFiles


def _write(folder, id, kept):
    """Write an entry atomically."""
    made = folder.parent / f".new-{os.urandom(16).hex()}"
    made.mkdir(parents=True)
    try:
        for number, (content, _) in enumerate(kept.files.values()):
            (made / str(number)).write_bytes(content)
        (made / ENTRY).write_text(json.dumps(describe(id, kept)))
        if folder.exists():  # damaged, or just written by another build
            replaced = made.with_name(f"{made.name}-replaced")
            folder.rename(replaced)
            made.rename(folder)
            shutil.rmtree(replaced, ignore_errors=True)
        else:
            made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _read(folder, id):
    """The outputs of an entry; None unless it is complete and has the requested key."""
    try:
        entry = json.loads((folder / ENTRY).read_text())
        kept = verified(entry, id, [(folder / str(number)).read_bytes() for number in range(len(entry["names"]))])
        os.utime(folder / ENTRY)  # marks it as recently used
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return kept
