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
not a web page, and an archive that can be read to its end (`lib.data.verify`). The transfer itself (progress, retries,
a temporary file that is renamed when complete) is pooch's.
"""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pooch
import requests

from lib.data.verify import LOCK, FetchError, Refused, check_kind, lock, locked, mismatch, reason_of, sha256, shown

MANIFEST = "MANIFEST.json"
NOTES = ("stands_in_for", "content_from", "not_real")  # what a mirror says about a stand-in, repeated in the record

Record = dict[str, object]
Progress = Callable[[int, int], object]


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
                answer = requests.get(self.address(MANIFEST), timeout=30)
                answer.raise_for_status()
                entries = answer.json()
            else:
                entries = json.loads(Path(self.address(MANIFEST)).read_text(encoding="utf-8"))
            found = {entry["file"]: entry for entry in entries}
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise Refused(f"its {MANIFEST} cannot be read ({reason_of(error)})") from error
        if name not in found or not isinstance(found[name].get("sha256"), str) or len(found[name]["sha256"]) != 64:
            raise Refused(f"its {MANIFEST} has no sha256 for {name}")
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
        try:
            entry = source.entry(name)
            with _arriving(target) as arriving:
                expected = f"sha256:{entry['sha256']}"
                _transfer(source.address(name), arriving, expected, f"as {MANIFEST} says", retries, progress)
                found = _describe(download, arriving, "mirror", None, f"the mirror's {MANIFEST}")
            return found | {note: entry[note] for note in NOTES if note in entry}
        except Refused as refusal:
            failures.append((f"mirror {source.address(name)}", str(refusal)))

    for url in download.urls:
        try:
            with _arriving(target) as arriving:
                known = download.checksum or locked(folder, download.name)
                _transfer(url, arriving, known, _authority(download), retries, progress)
                checked = _checked_by(download, folder, arriving)
                return _describe(download, arriving, "official", url, checked)
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
    check_kind(place)
    manifest = {}
    if mirror:
        with contextlib.suppress(Refused):  # a mirror that does not know the file cannot refuse it
            manifest = mirror.entry(download.mirror or download.name)
    if manifest and not mismatch(place, f"sha256:{manifest['sha256']}"):
        found = _describe(download, place, "by hand", None, f"the mirror's {MANIFEST}")
        return found | {note: manifest[note] for note in NOTES if note in manifest}
    expected = download.checksum or locked(folder, download.name)
    if expected and (problem := mismatch(place, expected, _authority(download))):
        raise Refused(problem)
    return _describe(download, place, "by hand", None, _checked_by(download, folder, place))


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


def _transfer(
    address: str, path: Path, expected: str | None, authority: str, retries: int, progress: Progress | None
) -> None:
    """Copy or download to `path`, and check kind and checksum; Refused with the reason if either fails."""
    if "://" not in address:
        try:
            shutil.copyfile(address, path)
        except OSError as error:
            raise Refused(reason_of(error)) from error
        check_kind(path)
        if expected and (problem := mismatch(path, expected, authority)):
            raise Refused(problem)
        return

    # pooch reports each download on stderr; that is the caller's to do, by `progress`.
    pooch.get_logger().setLevel("WARNING")
    transfer = pooch.HTTPDownloader(chunk_size=1 << 16, progressbar=_Progress(progress) if progress else False)

    def checked_transfer(url, output, cache):
        try:
            transfer(url, output, cache)
        except requests.HTTPError as error:
            status = error.response.status_code
            if status < 500 and status != 429:  # it will not be there in a second either
                raise Refused(f"the host answered {status} {error.response.reason}") from error
            raise
        check_kind(Path(output), name=path.name)
        if expected and (problem := mismatch(output, expected, authority)):
            raise ValueError(problem)  # the connection may be at fault: pooch asks again after a ValueError

    try:
        host = pooch.create(
            path.parent, "", registry={path.name: None}, urls={path.name: address}, retry_if_failed=retries
        )
        host.fetch(path.name, downloader=checked_transfer)
    except (requests.RequestException, ValueError, OSError) as error:
        raise Refused(reason_of(error)) from error
    path.chmod(0o644)  # pooch's temporary files are readable by the user alone


class _Progress:
    """What pooch expects of a progress bar, passed on as numbers of bytes."""

    def __init__(self, report: Progress):
        self.report, self.total, self.done = report, 0, 0

    def update(self, amount):
        self.done += amount
        self.report(min(self.done, self.total) if self.total else self.done, self.total)

    def reset(self):
        self.done = 0

    def close(self):
        self.done = 0
