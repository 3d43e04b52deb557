"""Files from elsewhere: several addresses tried in order, nothing trusted unseen, its origin written down.

A file may come from four places, in this order: the place itself (someone put it there by hand), a mirror, and the
official addresses. Whatever comes is checked before it is used:

=============  =====================================================================================================
came from      checked against
=============  =====================================================================================================
a mirror       the sha256 in the mirror's own ``MANIFEST.json``
official       the official checksum; where none is published, the sha256 of the first download, kept in a lock file
by hand        the official checksum, else the lock file (or recorded there, if it is the first), or the manifest
=============  =====================================================================================================

and, because a first download has nothing to be compared with, for being what its name says: the right first bytes,
not a web page, and an archive that can be read to its end. The transfer itself (progress, retries, a temporary file
that is renamed when complete) is pooch's.
"""

import contextlib
import gzip
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from lib.jsonfile import write_json

MANIFEST = "MANIFEST.json"
LOCK = "checksums.json"
NOTES = ("stands_in_for", "content_from", "not_real")  # what a mirror says about its stand-in, repeated in the record


class Download(NamedTuple):
    """One file that is kept elsewhere.

    Attributes
    ----------
    name : str
        Where it is kept, relative to the data folder; the same below a mirror, unless `mirror` says otherwise.
    addresses : tuple of str
        Official addresses, tried in order.
    checksum : str or None
        Official ``"md5:..."`` or ``"sha256:..."``; may be the first eight or more digits only, as in the names of
        torchvision's weights. None where nobody publishes one.
    what : str
        What it is, for the error message.
    mirror : str or None
        Name below a mirror, where it differs from `name`.
    """

    name: str
    addresses: tuple[str, ...]
    checksum: str | None = None
    what: str = "file"
    mirror: str | None = None


class FetchError(RuntimeError):
    """No address gave the file; the message lists each with its reason and says what to do by hand."""


class _Refused(Exception):
    """What an address gave is not the file, and asking again will not help."""


@dataclass(frozen=True)
class _Mirror:
    """A folder or a web address with files and a MANIFEST.json that says what they are."""

    root: str

    @property
    def is_web(self):
        return "://" in self.root

    def address(self, name):
        return f"{self.root.rstrip('/')}/{name}" if self.is_web else str(Path(self.root) / name)

    def entry(self, name):
        """What the manifest says of one file; _Refused when it says nothing usable."""
        try:
            if self.is_web:
                import requests

                answer = requests.get(self.address(MANIFEST), timeout=30)
                answer.raise_for_status()
                entries = answer.json()
            else:
                entries = json.loads(Path(self.address(MANIFEST)).read_text(encoding="utf-8"))
            found = {entry["file"]: entry for entry in entries}
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise _Refused(f"its {MANIFEST} cannot be read ({_reason(error)})") from error
        if name not in found or not isinstance(found[name].get("sha256"), str) or len(found[name]["sha256"]) != 64:
            raise _Refused(f"its {MANIFEST} has no sha256 for {name}")
        return found[name]


def fetch(download, folder, *, target=None, record=None, mirror=None, retries=2, progress=None):
    """Get one file into place, checked, and say where it came from.

    Parameters
    ----------
    download : Download
        What to get.
    folder : Path
        The data folder: the file's place is ``folder / download.name``, the lock file is ``folder/checksums.json``.
    target : Path, optional
        Where to write the file, when not directly into its place (a staging folder).
    record : dict, optional
        What an earlier `fetch` of this file returned; how a file that we fetched is told from one put there by hand.
    mirror : str or None
        Folder or http(s) address asked before the official addresses.
    retries : int
        How often an address is asked again after a broken connection or a wrong checksum.
    progress : callable, optional
        Called as ``progress(bytes_so_far, bytes_in_all)``; the latter is 0 when the host does not say.

    Returns
    -------
    dict
        ``file``, ``origin`` (``"official"``, ``"mirror"``, ``"by hand"``), ``address`` (the official one, else None),
        ``checked`` (against what), ``sha256``, ``bytes``, and for a mirror what its manifest says about the
        stand-in. No local paths.

    Raises
    ------
    FetchError
        When neither the file in its place nor any address passes its checks.
    """
    folder = Path(folder)
    place = folder / download.name
    target = place if target is None else Path(target)
    mirror = _Mirror(str(mirror)) if mirror else None
    place.parent.mkdir(parents=True, exist_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    failures = []

    if place.is_file():
        try:
            found = _in_place(download, folder, record, mirror)
            if target != place:
                _copy(place, target)
            return found
        except _Refused as refusal:
            if record is None:  # somebody's own file: say so and leave it alone
                raise FetchError(
                    f"{_shown(place)} was put there by hand, but {refusal}.\n"
                    f"Put the right file there, or remove this one to have it downloaded."
                ) from None
            failures.append((f"{_shown(place)} (fetched before, changed since)", str(refusal)))

    if mirror:
        name = download.mirror or download.name
        try:
            entry = mirror.entry(name)
            with _arriving(target) as arriving:
                expected = f"sha256:{entry['sha256']}"
                _transfer(mirror.address(name), arriving, expected, f"as {MANIFEST} says", retries, progress)
                found = _describe(download, arriving, "mirror", None, f"the mirror's {MANIFEST}")
            return found | {note: entry[note] for note in NOTES if note in entry}
        except _Refused as refusal:
            failures.append((f"mirror {mirror.address(name)}", str(refusal)))

    for address in download.addresses:
        try:
            expected = download.checksum or _locked(folder, download.name)
            with _arriving(target) as arriving:
                _transfer(address, arriving, expected, _says(download), retries, progress)
                checked = _checked_by(download, folder, arriving)
                found = _describe(download, arriving, "official", address, checked)
            return found
        except _Refused as refusal:
            failures.append((address, str(refusal)))

    reasons = "\n".join(f"  {address}\n    {reason}" for address, reason in failures)
    raise FetchError(
        f"{download.name} ({download.what}) could not be had from any of its addresses:\n{reasons}\n"
        f"Put the file by hand at\n  {_shown(place)}\nand run again, or name a mirror: "
        f"./doitw source=course mirror=DIR|URL"
    )


def sha256(path):
    """Hexadecimal sha256 of a file."""
    from pooch import file_hash

    return file_hash(str(path))


def _in_place(download, folder, record, mirror):
    """Check the file that is already in its place, and describe it; _Refused when it is not the file."""
    place = folder / download.name
    if record and record.get("sha256") == sha256(place) and record.get("file") == download.name:
        return record
    _check_kind(place)
    manifest = {}
    if mirror:
        with contextlib.suppress(_Refused):  # a mirror that does not know the file has no say about it
            manifest = mirror.entry(download.mirror or download.name)
    if manifest and _matches(place, f"sha256:{manifest['sha256']}"):
        found = _describe(download, place, "by hand", None, f"the mirror's {MANIFEST}")
        return found | {note: manifest[note] for note in NOTES if note in manifest}
    expected = download.checksum or _locked(folder, download.name)
    if expected and not _matches(place, expected):
        raise _Refused(_mismatch(place, expected, _says(download)))
    return _describe(download, place, "by hand", None, _checked_by(download, folder, place))


def _checked_by(download, folder, path):
    """What a complete file was checked against; the first of its name goes into the lock file."""
    if download.checksum:
        return f"the official {download.checksum.split(':')[0]}"
    return f"{LOCK}, {_lock(folder, download.name, sha256(path))}"


def _describe(download, path, origin, address, checked):
    return {
        "file": download.name,
        "origin": origin,
        "address": address,
        "checked": checked,
        "sha256": sha256(path),
        "bytes": path.stat().st_size,
    }


# --- the transfer ---------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _arriving(target):
    """A temporary file beside the target that takes its name if all went well, and is gone if not."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".arriving-") as folder:
        path = Path(folder) / target.name
        yield path
        os.replace(path, target)


def _transfer(address, path, expected, says, retries, progress):
    """Bring one address's file to `path`, right in kind and checksum, or raise _Refused with the reason."""
    if "://" not in address:
        try:
            _copy(Path(address), path)
        except OSError as error:
            raise _Refused(_reason(error)) from error
        _check_kind(path)
        if expected and not _matches(path, expected):
            raise _Refused(_mismatch(path, expected, says))
        return

    import pooch
    import requests

    # pooch tells of each download on stderr; what the user sees is for the caller of `progress` to say
    pooch.get_logger().setLevel("WARNING")
    transfer = pooch.HTTPDownloader(chunk_size=1 << 16, progressbar=_Progress(progress) if progress else False)

    def checked_transfer(url, output, cache):
        try:
            transfer(url, output, cache)
        except requests.HTTPError as error:
            status = error.response.status_code
            if status < 500 and status != 429:  # it will not be there in a second either
                raise _Refused(f"the host answered {status} {error.response.reason}") from error
            raise
        _check_kind(Path(output), name=path.name)
        if expected and not _matches(output, expected):
            # it may have been the line: pooch asks again after a ValueError
            raise ValueError(_mismatch(Path(output), expected, says))

    try:
        host = pooch.create(
            path.parent, "", registry={path.name: None}, urls={path.name: address}, retry_if_failed=retries
        )
        host.fetch(path.name, downloader=checked_transfer)
    except (requests.RequestException, ValueError, OSError) as error:
        raise _Refused(_reason(error)) from error
    path.chmod(0o644)  # a temporary file of pooch's is the user's alone


class _Progress:
    """What pooch expects of a progress bar, passed on as numbers of bytes."""

    def __init__(self, report):
        self.report, self.total, self.done = report, 0, 0

    def update(self, amount):
        self.done += amount
        self.report(min(self.done, self.total) if self.total else self.done, self.total)

    def reset(self):
        self.done = 0

    def close(self):
        self.done = 0


def _copy(source, target):
    with _arriving(target) as arriving:
        shutil.copyfile(source, arriving)


# --- checks ---------------------------------------------------------------------------------------------------------


DAMAGE = (zlib.error, EOFError, OSError, ValueError)  # what decompressing raises


def _check_kind(path, name=None):
    """Raise _Refused unless a file is whole and of the kind that its name says."""
    name = name or path.name
    with open(path, "rb") as file:
        start = file.read(512)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html", b"<head", b"<?xml")):
        raise _Refused(f"the answer is a web page (HTML), not the file {name}")
    if not start:
        raise _Refused("the file is empty")
    if name.endswith(".zip"):
        _expect(start, b"PK", "a zip archive", name)
        try:
            with zipfile.ZipFile(path) as archive:
                damaged = archive.testzip()
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, *DAMAGE) as error:
            raise _Refused(f"the zip archive is damaged or cut short ({_reason(error)})") from error
        if damaged:
            raise _Refused(f"the zip archive is damaged at its member {damaged}")
    elif name.endswith((".gz", ".tgz")):
        _expect(start, b"\x1f\x8b", "a gzip file", name)
        try:
            with gzip.open(path) as stream:
                while stream.read(1 << 20):
                    pass
        except DAMAGE as error:
            raise _Refused(f"the gzip file is damaged or cut short ({_reason(error)})") from error
    elif name.endswith(".mat"):
        _expect(start, b"MATLAB 5.0 MAT-file", "a MATLAB 5 file", name)


def _expect(start, magic, kind, name):
    if not start.startswith(magic):
        raise _Refused(f"{name} is not {kind}: it begins with {start[:8]!r}")


def _matches(path, checksum):
    """Whether a file has a checksum ``"algorithm:digits"``, where eight or more leading digits are enough."""
    from pooch import file_hash

    algorithm, _, digits = checksum.rpartition(":")
    if len(digits) < 8:
        raise ValueError(f"the checksum {checksum!r} has fewer than eight digits")
    return file_hash(str(path), alg=algorithm or "sha256").startswith(digits.lower())


def _mismatch(path, expected, says):
    from pooch import file_hash

    algorithm, _, digits = expected.rpartition(":")
    found = file_hash(str(path), alg=algorithm or "sha256")
    return f"its {algorithm} is {found}, expected {digits} ({says})"


def _says(download):
    """Who says what a download's checksum is."""
    if download.checksum:
        return "the official checksum"
    return f"recorded in {LOCK} at the first download; if the file has changed for good, remove that line"


# --- the lock file --------------------------------------------------------------------------------------------------


def _locked(folder, name):
    """The checksum recorded at the first download, or None."""
    return _read_lock(folder).get(name)


def _read_lock(folder):
    path = folder / LOCK
    if not path.is_file():
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        for checksum in entries.values():
            algorithm, digits = checksum.split(":")
            if algorithm != "sha256" or len(bytes.fromhex(digits)) != 32:
                raise ValueError(checksum)
    except (ValueError, AttributeError) as error:
        raise FetchError(
            f"{_shown(path)} is not the lock file this project writes ({error}). Put back the original, or remove it "
            "to have the checksums recorded anew."
        ) from error
    return entries


def _lock(folder, name, digits):
    """Record the first checksum of a name; says whether it was the first."""
    import fcntl

    handle = os.open(folder, os.O_RDONLY)  # several files may arrive at once, in several processes
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        entries = _read_lock(folder)
        if name in entries:
            return "enforced"
        entries[name] = f"sha256:{digits}"
        with _arriving(folder / LOCK) as arriving:
            write_json(arriving, entries)
        return "recorded at the first download"
    finally:
        os.close(handle)


def _reason(error):
    """An exception in one line, without the noise of the layers below."""
    text = str(error)
    if "Name or service not known" in text or "name resolution" in text or "NameResolutionError" in text:
        return "the host name cannot be resolved (no network?)"
    for cause in ("Connection refused", "Network is unreachable", "timed out", "Connection reset"):
        if cause.lower() in text.lower():
            return cause.lower()
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(text.split())[:300] or type(error).__name__


def _shown(path):
    """A path as the user would type it."""
    with contextlib.suppress(ValueError):
        return str(Path(path).resolve().relative_to(Path.cwd()))
    return str(path)
