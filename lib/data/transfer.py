"""The transfer of one file from a web host: bounded in bytes and in time, and going on where it broke off.

A thread reads what arrives, and the caller waits for it no longer than the limits allow: a host may hold back a byte, a
header or the answer to a name for as long as it likes.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urljoin

import requests
import urllib3

from lib.data.verify import Refused

LIMIT = 1 << 30  # bytes of a download whose length nobody has said; EMNIST has 0.56 GB
TIMEOUT = 15.0  # seconds in which something must arrive
WINDOW, LEAST_RATE = 20.0, 10_000  # over so many seconds, so many bytes a second at least
DEADLINE = 2 * 3600.0  # seconds for one file, from all URLs and with all retries
BLOCK = 1 << 15
HEADERS = {
    "User-Agent": "inkgraph/0.1 (a course assignment's downloads; python-requests)",  # some hosts answer 403 to none
    "Accept-Encoding": "identity",  # the file as it lies there, whatever the host would pack it in
}
MOST_REDIRECTS = 10

Progress = Callable[[int, int], object]


class TooSlow(Refused):
    """A host that makes its caller wait for too long."""


class Clock:
    """How long the downloads of one file may still take; raises `TooSlow` when they have to end.

    Parameters
    ----------
    seconds : float
        From now on, for all of them together.
    """

    def __init__(self, seconds: float | None = None):
        self.seconds = DEADLINE if seconds is None else seconds
        self._end = time.monotonic() + self.seconds
        self.start()

    def start(self) -> None:
        """Begin with another URL."""
        self._since, self._bytes = time.monotonic(), 0

    def count(self, size: int) -> None:
        """Bytes that have arrived, or 0 when none have."""
        now = time.monotonic()
        self._bytes += size
        if now > self._end:
            raise TooSlow(f"it has not arrived after {self.seconds:g} seconds in all")
        if now - self._since >= WINDOW:
            if self._bytes < LEAST_RATE * WINDOW:
                raise TooSlow(f"it is too slow: {self._bytes:,} bytes in {WINDOW:g} seconds")
            self._since, self._bytes = now, 0


def download(
    url: str,
    path: Path,
    clock: Clock,
    *,
    length: int | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> None:
    """Download a file, or the rest of it.

    Parameters
    ----------
    url : str
    path : Path
        Where to write it. What is there already is the beginning of the file, if `resume` says so.
    clock : Clock
    length : int, optional
        Its bytes, if they are known; `LIMIT` at most otherwise.
    resume : bool
        Ask for the rest alone. Whoever says so compares a checksum afterwards.
    progress : callable, optional
        Called as ``progress(bytes_so_far, bytes_in_all)``; the latter is 0 if the host does not say.

    Raises
    ------
    Refused
        If the host has no such file, sends too much of it, or is too slow: asking again will not help.
    requests.RequestException
        If the connection fails.
    """
    limit = LIMIT if length is None else length
    start = path.stat().st_size if resume and path.exists() else 0
    headers = HEADERS | ({"Range": f"bytes={start}-"} if start else {})
    done = total = 0
    with open(path, "r+b" if start else "wb") as out:
        for status, size, block in _answer(url, headers, clock):
            if status is not None:  # comes first
                if start and status == 416:  # there is no more of it
                    return
                done = start if status == 206 else 0
                total = done + size
                out.seek(done)
                out.truncate()
            done += len(block)
            if max(done, total) > limit:
                raise Refused(f"it sends more than {limit:,} bytes")
            out.write(block)
            if progress and block:
                progress(done, total)
    if done < total:
        raise requests.ConnectionError(f"the connection broke off after {done:,} of {total:,} bytes")


def get(url: str, limit: int) -> bytes:
    """A small file as bytes; raises as `download`."""
    content = bytearray()
    for _, _, block in _answer(url, HEADERS, Clock(TIMEOUT)):
        content += block
        if len(content) > limit:
            raise Refused(f"it sends more than {limit:,} bytes")
    return bytes(content)


def _answer(url: str, headers: dict[str, str], clock: Clock) -> Iterator[tuple[int | None, int, bytes]]:
    """(status, length or 0, nothing), then (None, 0, block) for each block of an answer."""
    arrived: queue.Queue = queue.Queue(maxsize=64)
    stopped = threading.Event()
    threading.Thread(target=_read, args=(url, headers, arrived, stopped), daemon=True).start()
    try:
        while True:
            try:
                status, size, block, error = arrived.get(timeout=0.5)
            except queue.Empty:
                clock.count(0)
                continue
            if error:
                raise error
            if block is None:
                return
            clock.count(len(block))
            yield status, size, block
    finally:
        stopped.set()


def _read(url, headers, arrived, stopped):
    """The thread: put (status, length, block, error) into a queue until the end of the answer, or `stopped`."""

    def put(*what):
        while not stopped.is_set():
            with suppress(queue.Full):
                arrived.put(what, timeout=0.5)
                return

    try:
        with _Session() as session, _follow(session, url, headers) as answer:
            status = answer.status_code
            if status >= 400 and not (status == 416 and "Range" in headers):
                problem = f"the host answered {status} {answer.reason}"
                # 5xx and 429 may pass; anything else will be the same in a second.
                raise requests.ConnectionError(problem) if status >= 500 or status == 429 else Refused(problem)
            size = answer.headers.get("Content-Length", "")
            put(status, int(size) if size.isascii() and size.isdigit() and len(size) < 19 else 0, b"", None)
            while block := answer.raw.read1(BLOCK, decode_content=False):
                if stopped.is_set():
                    return
                put(None, 0, block, None)
        put(None, 0, None, None)
    except (Refused, requests.RequestException) as error:
        # A URL that cannot be used will not be better in a second.
        put(None, 0, None, Refused(str(error)) if isinstance(error, ValueError) else error)
    except urllib3.exceptions.ProtocolError:
        put(None, 0, None, requests.ConnectionError("the connection broke off"))
    except Exception as error:  # urllib3 has its own
        put(None, 0, None, requests.ConnectionError(f"{error}"))


class _Session(requests.Session):
    """A session that follows no redirects: requests would read the whole body of each."""

    def get_redirect_target(self, resp):
        return None


def _follow(session, url, headers):
    """The answer at the end of the redirects."""
    for _ in range(MOST_REDIRECTS):
        answer = session.get(url, headers=headers, stream=True, timeout=TIMEOUT)
        target = answer.headers.get("Location") if answer.status_code in (301, 302, 303, 307, 308) else None
        if target is None:
            return answer
        answer.close()
        url = urljoin(url, target)
    raise Refused(f"it redirects more than {MOST_REDIRECTS} times")
