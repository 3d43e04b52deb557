"""A team's store behind the local one: ``cache=s3://bucket/inkgraph``, ``gs://``, ``ssh://``, ``file:///nfs/inkgraph``.

Any URL that fsspec can open works. An entry is one object: a line of JSON with its key and digests, then the files'
content. It is verified before use like a local one. An unreachable store causes one warning and is not tried
again.
"""

import json
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Any

from lib.graph.entries import Kept, describe, verified

HEADER = 2**16  # bytes in which an entry's first line ends, but for folders of very many files
UPLOAD_TIMEOUT = 600  # seconds that a build waits for pending uploads at its end
# Fail fast if the server does not answer.
OPTIONS = {"s3": {"config_kwargs": {"connect_timeout": 5, "read_timeout": 60, "retries": {"max_attempts": 1}}}}


class SharedStore:
    """Entries by key, at a URL.

    Parameters
    ----------
    url : str

    Attributes
    ----------
    writes : bool
        Whether what is built here is uploaded.
    """

    def __init__(self, url: str):
        self.url, self.writes = url.rstrip("/"), True
        self._reachable = True
        self._uploads: list[Future] = []
        self._pool = ThreadPoolExecutor(max_workers=4)

    def get(self, key: str) -> Kept | None:
        """An entry; None if it is missing or damaged, or the store cannot be reached."""
        content = self._read(key)
        return _unpack(key, content) if content is not None else None

    def header(self, key: str) -> dict[str, Any] | None:
        """What an entry says of itself, without its files; None as for `get`."""
        content = self._read(key, end=HEADER)
        if content is not None and b"\n" not in content:
            content = self._read(key)
        try:
            entry = json.loads((content or b"").partition(b"\n")[0])
            return entry if entry["key"] == key else None
        except (ValueError, KeyError, TypeError):
            return None

    def _read(self, key, end=None):
        """The first bytes of an entry, or all."""
        if not self._reachable:
            return None
        try:
            return self._open()[0].cat_file(self._place(key), end=end)
        except FileNotFoundError:
            return None
        except Exception as error:  # each protocol has its own
            if self._reachable:
                print(f"{self.url} cannot be reached; building without it: {error}", file=sys.stderr)
            self._reachable = False
            return None

    def put(self, key: str, kept: Kept) -> None:
        """Upload an entry in the background."""
        if self.writes and self._reachable:
            self._uploads.append(self._pool.submit(self._upload, key, kept))

    def flush(self) -> None:
        """Wait for the uploads."""
        for upload in self._uploads:
            upload.result(timeout=UPLOAD_TIMEOUT)
        self._uploads.clear()

    def _upload(self, key, kept):
        if not (self.writes and self._reachable):
            return
        try:
            files, place = self._open()[0], self._place(key)
            if not files.exists(place):
                files.makedirs(place.rpartition("/")[0], exist_ok=True)
                files.pipe_file(place, _pack(key, kept))
        except Exception as error:
            self.writes = False
            print(f"{self.url} cannot be written to; outputs stay local: {error}", file=sys.stderr)

    @cache  # noqa: B019 - one instance lives as long as the process
    def _open(self):
        """The file system, and the folder in it."""
        import fsspec

        return fsspec.url_to_fs(self.url, **OPTIONS.get(self.url.partition("://")[0], {}))

    def _place(self, key):
        return f"{self._open()[1]}/{key[:2]}/{key}"


def _pack(key, kept):
    header = json.dumps(describe(key, kept) | {"sizes": [len(content) for content, _ in kept.files.values()]})
    return b"".join([header.encode(), b"\n", *(content for content, _ in kept.files.values())])


def _unpack(key, content):
    try:
        header, _, body = content.partition(b"\n")
        entry = json.loads(header)
        contents, start = [], 0
        for size in entry.pop("sizes"):
            contents.append(body[start : start + size])
            start += size
        return verified(entry, key, contents)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
