"""Download files: several URLs tried in order, everything checked before it is used, its origin recorded.

A file may come from four places, in this order: its own place (someone put it there by hand), a mirror, and the
official URLs. It is checked against:

=============  =====================================================================================================
came from      checked against
=============  =====================================================================================================
a mirror       the sha256 in the mirror's own ``MANIFEST.json``
official       the official checksum; where none is published, the sha256 of the first download, kept in a lock file
by hand        the official checksum, else the lock file (or recorded there, if it is the first), or the manifest
=============  =====================================================================================================

A first download has nothing to be compared with, so every file must also be what its name says: the right first bytes,
not a web page, and an archive that can be read to its end (`lib.data.verify`), after its checksum if it has one. A file
appears in its place when it is complete and checked; where its checksum is known, a download that broke off goes on
from there, in the next build too (`lib.data.transfer`).
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import requests
from filelock import FileLock, Timeout

from lib.data import transfer
from lib.data.transfer import Clock, Progress, TooSlow
from lib.data.verify import (
    LOCK,
    MOST_JSON,
    FetchError,
    Refused,
    check_kind,
    check_start,
    lock,
    locked,
    mismatch,
    read_json,
    reason_of,
    sha256,
    shown,
)

MANIFEST = "MANIFEST.json"
NOTES = ("stands_in_for", "content_from", "not_real")  # what a mirror says about a stand-in, repeated in the record
PARTIAL = ".partial"  # folder of downloads that broke off

Record = dict[str, object]


class Unknown(Refused):
    """A mirror that does not have a file."""


class Download(NamedTuple):
    """One file to download.

    Attributes
    ----------
    name : str
        Its place relative to the data folder; the same below a mirror, unless `mirror` says otherwise.
    urls : sequence of str
        Official URLs, tried in order.
    checksum : str or None
        Official ``"md5:..."`` or ``"sha256:..."``; may be the first eight or more digits only, as in the names of
        torchvision's weights. None if none is published.
    what : str
        What it is, for the error message.
    mirror : str or None
        Its name below a mirror, where that differs from `name`.
    """

    name: str
    urls: tuple[str, ...]
    checksum: str | None = None
    what: str = "file"
    mirror: str | None = None


@dataclass(frozen=True)
class Mirror:
    """A folder or a URL with files, and a MANIFEST.json with their checksums."""

    root: str

    @property
    def is_web(self) -> bool:
        return "://" in self.root

    def address(self, name: str) -> str:
        return f"{self.root.rstrip('/')}/{name}" if self.is_web else str(Path(self.root) / name)

    def entry(self, name: str) -> dict:
        """What the manifest says of one file; Refused if it has no sha256 of it."""
        try:
            if self.is_web:
                entries = read_json(transfer.get(self.address(MANIFEST), MOST_JSON))
            else:
                entries = read_json(Path(self.address(MANIFEST)))
            found = {entry["file"]: entry for entry in entries}
        except (OSError, ValueError, TypeError, KeyError, Refused) as error:
            raise Refused(f"its {MANIFEST} cannot be read ({reason_of(error)})") from error
        if name not in found or not isinstance(found[name].get("sha256"), str) or len(found[name]["sha256"]) != 64:
            raise Unknown(f"its {MANIFEST} has no sha256 for {name}")
        return found[name]


def fetch(
    download: Download,
    folder: Path,
    *,
    target: Path | None = None,
    record: Record | None = None,
    mirror: str | None = None,
    retries: int = 2,
    progress: Progress | None = None,
) -> Record:
    """Fetch one file, check it, and say where it came from.

    Parameters
    ----------
    download : Download
    folder : Path
        The data folder: the file's place is ``folder / download.name``, the lock file is ``folder/checksums.json``.
    target : Path, optional
        Where to write the file, if not directly into its place (a staging folder).
    record : dict, optional
        What an earlier `fetch` of this file returned; tells a file that was fetched from one put there by hand.
    mirror : str or None
        Folder or http(s) URL asked before the official URLs.
    retries : int
        How often a URL is asked again after a broken connection or a wrong checksum.
    progress : callable, optional
        Called as ``progress(bytes_so_far, bytes_in_all)``; the latter is 0 if the host does not say.

    Returns
    -------
    dict
        ``file``, ``origin`` (``"official"``, ``"mirror"``, ``"by hand"``), ``address`` (the official URL, else None),
        ``checked`` (against what), ``sha256``, ``bytes``, and for a mirror what its manifest says about the
        stand-in. No local paths.

    Raises
    ------
    FetchError
        If neither the file in its place nor that of any URL passes its checks.
    """
    place = folder / download.name
    target = target or place
    source = Mirror(str(mirror)) if mirror else None
    place.parent.mkdir(parents=True, exist_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    failures = []
    clock = Clock()

    if place.exists() and not place.is_file():
        raise FetchError(f"{shown(place)} is not a regular file: move it elsewhere to have the file downloaded")
    if place.is_file():
        try:
            found = _check_in_place(download, folder, record, source)
            if target != place:
                _copy(place, target)
            return found
        except Refused as refusal:
            if record is None:  # the user's own file: say so and leave it alone
                raise FetchError(
                    f"{shown(place)} was put there by hand, but {refusal}.\n"
                    f"Put the right file there, or remove this one to have it downloaded."
                ) from None
            failures.append((f"{shown(place)} (fetched before, changed since)", str(refusal)))

    if source:
        name = download.mirror or download.name
        address = source.address(name)
        try:
            entry = source.entry(name)
            with _arriving(target) as arriving:
                check = Check(download.name, f"sha256:{entry['sha256']}", f"as {MANIFEST} says", _length(entry))
                _transfer(address, arriving, check, folder, clock, retries, progress)
                found = _describe(download, arriving, "mirror", None, f"the mirror's {MANIFEST}")
            return found | _notes(entry)
        except Refused as refusal:
            failures.append((f"mirror {address}", str(refusal)))

    for url in download.urls:
        try:
            with _arriving(target) as arriving:
                expected = download.checksum or locked(folder, download.name)
                check = Check(download.name, expected, _authority(download))
                _transfer(url, arriving, check, folder, clock, retries, progress)
                checked = _checked_by(download, folder, arriving)
                found = _describe(download, arriving, "official", url, checked)
            if source:
                _say_passed_over(address, dict(failures)[f"mirror {address}"], url)
            return found
        except Refused as refusal:
            failures.append((url, str(refusal)))

    reasons = "\n".join(f"  {tried}\n    {reason}" for tried, reason in failures)
    raise FetchError(
        f"{download.name} ({download.what}) could not be downloaded from any URL:\n{reasons}\n"
        f"Put the file by hand at\n  {shown(place)}\nand run again, or name a mirror: "
        f"./doitw source=course mirror=DIR|URL"
    )


def _check_in_place(download: Download, folder: Path, record: Record | None, mirror: Mirror | None) -> Record:
    """Check the file that is already in its place, and describe it; Refused if it is not the right one."""
    place = folder / download.name
    if record and record.get("sha256") == sha256(place) and record.get("file") == download.name:
        return record
    if place.stat().st_size > transfer.LIMIT:
        raise Refused(f"it has more than {transfer.LIMIT:,} bytes")
    check_start(place, place.name)
    manifest = {}
    if mirror:
        try:
            manifest = mirror.entry(download.mirror or download.name)
        except Unknown:
            pass  # a mirror that does not know the file cannot refuse it
        except Refused as refusal:
            _say_passed_over(mirror.root, str(refusal), shown(place))
    if manifest and not mismatch(place, f"sha256:{manifest['sha256']}"):
        check_kind(place)
        return _describe(download, place, "by hand", None, f"the mirror's {MANIFEST}") | _notes(manifest)
    expected = download.checksum or locked(folder, download.name)
    if expected and (problem := mismatch(place, expected, _authority(download))):
        raise Refused(problem)
    check_kind(place)
    return _describe(download, place, "by hand", None, _checked_by(download, folder, place))


def _say_passed_over(mirror: str, reason: str, used: str) -> None:
    warnings.warn(f"the mirror {mirror} was passed over: {reason}; {used} was used in its place", stacklevel=3)


def _notes(entry: dict) -> Record:
    return {note: entry[note] for note in NOTES if isinstance(entry.get(note), str)}


def _length(entry: dict) -> int | None:
    """The length that a manifest gives a file, if it does."""
    length = entry.get("bytes")
    return length if type(length) is int and 0 < length <= transfer.LIMIT else None


def _authority(download: Download) -> str:
    """Who says what a download's checksum is."""
    if download.checksum:
        return "the official checksum"
    return f"recorded in {LOCK} at the first download; if the file has changed for good, remove that line"


def _checked_by(download: Download, folder: Path, path: Path) -> str:
    """What a complete file was checked against; the first of its name goes into the lock file."""
    if download.checksum:
        return f"the official {download.checksum.split(':')[0]}"
    return f"{LOCK}, {lock(folder, download.name, sha256(path))}"


def _describe(download: Download, path: Path, origin: str, url: str | None, checked: str) -> Record:
    return {
        "file": download.name,
        "origin": origin,
        "address": url,
        "checked": checked,
        "sha256": sha256(path),
        "bytes": path.stat().st_size,
    }


# --- the transfer ---------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _arriving(target: Path) -> Iterator[Path]:
    """A temporary file beside the target that takes its name if all went well, and is removed if not."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".arriving-") as folder:
        path = Path(folder) / target.name
        yield path
        os.replace(path, target)


def _copy(source: Path, target: Path) -> None:
    with _arriving(target) as arriving:
        shutil.copyfile(source, arriving)


class Check(NamedTuple):
    """What a file is held to: its name's kind, its checksum and who says so, and its length, as far as known."""

    name: str
    expected: str | None
    authority: str
    length: int | None = None


def _transfer(
    address: str, path: Path, check: Check, folder: Path, clock: Clock, retries: int, progress: Progress | None
) -> None:
    """Copy or download to `path`, and check it; Refused with the reason if that fails."""
    if "://" not in address:
        try:
            if Path(address).exists() and not Path(address).is_file():
                raise Refused("it is not a regular file")
            if Path(address).stat().st_size > (check.length or transfer.LIMIT):
                raise Refused(f"it has more than {check.length or transfer.LIMIT:,} bytes")
            shutil.copyfile(address, path)
            _check_arrived(path, check)
        except (OSError, Mismatch) as error:
            raise Refused(reason_of(error)) from error
        return

    clock.start()
    problem: Exception | None = None
    with _partial(folder, path, check) as (partial, resume):
        for attempt in range(retries + 1):
            try:
                _pause(min(attempt, 10))
                clock.count(0)
                transfer.download(address, partial, clock, length=check.length, resume=resume, progress=progress)
                _check_arrived(partial, check)
                shutil.move(partial, path)
                path.chmod(0o644)
                return
            except TooSlow as refusal:
                raise Refused(reason_of(problem or refusal)) from refusal
            except Refused:
                partial.unlink(missing_ok=True)
                raise
            except Mismatch as error:  # the connection may be at fault
                partial.unlink()
                problem = error
            except (requests.RequestException, OSError) as error:
                problem = error
    raise Refused(reason_of(problem or TooSlow("it was not asked"))) from problem


_pause = time.sleep


class Mismatch(Exception):
    """A file whose checksum is not the one expected."""


def _check_arrived(path: Path, check: Check) -> None:
    check_start(path, check.name)
    if check.expected and (problem := mismatch(path, check.expected, check.authority)):
        raise Mismatch(problem)
    check_kind(path, check.name)


@contextlib.contextmanager
def _partial(folder: Path, path: Path, check: Check) -> Iterator[tuple[Path, bool]]:
    """Where to download a file, and whether what is there is its beginning: only a checksum can tell that it fits."""
    if not check.expected:
        yield path.with_name(f"{path.name}.part"), False
        return
    waiting = folder / PARTIAL / f"{Path(check.name).name}-{hashlib.sha256(check.expected.encode()).hexdigest()[:8]}"
    waiting.parent.mkdir(parents=True, exist_ok=True)
    try:
        alone = FileLock(f"{waiting}.lock", timeout=0).acquire()
    except Timeout:  # another build downloads it too
        yield path.with_name(f"{path.name}.part"), False
        return
    with alone:
        try:
            yield waiting, True
        finally:
            with contextlib.suppress(OSError):
                if not waiting.stat().st_size:
                    waiting.unlink()
            with contextlib.suppress(OSError):
                if not waiting.exists():
                    Path(f"{waiting}.lock").unlink()
                    waiting.parent.rmdir()
