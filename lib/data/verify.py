"""Whether a file is what its name and its checksum say, and the lock file that remembers first downloads.

Checksums are ``"algorithm:digits"``, hexadecimal; eight or more leading digits are enough.
"""

import gzip
import json
import os
import tempfile
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

from filelock import FileLock
from pooch import file_hash

LOCK = "checksums.json"
DAMAGE = (zlib.error, EOFError, OSError, ValueError)  # what decompressing raises


class FetchError(RuntimeError):
    """A file that cannot be fetched; the message lists each source with its reason and says what to do by hand."""


class Refused(Exception):
    """A source whose file is not the right one; asking again will not help."""


def sha256(path: Path) -> str:
    """Hexadecimal sha256 of a file."""
    return file_hash(str(path))


def check_kind(path: Path, name: str | None = None) -> None:
    """Raise Refused unless a file is whole and of the kind that its name says."""
    name = name or path.name
    with open(path, "rb") as file:
        start = file.read(512)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html", b"<head", b"<?xml")):
        raise Refused(f"the answer is a web page (HTML), not the file {name}")
    if not start:
        raise Refused("the file is empty")
    if name.endswith(".zip"):
        _expect(start, b"PK", "a zip archive", name)
        try:
            with zipfile.ZipFile(path) as archive:
                damaged = archive.testzip()
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, *DAMAGE) as error:
            raise Refused(f"the zip archive is damaged or cut short ({reason_of(error)})") from error
        if damaged:
            raise Refused(f"the zip archive is damaged at its member {damaged}")
    elif name.endswith((".gz", ".tgz")):
        _expect(start, b"\x1f\x8b", "a gzip file", name)
        try:
            with gzip.open(path) as stream:
                while stream.read(1 << 20):
                    pass
        except DAMAGE as error:
            raise Refused(f"the gzip file is damaged or cut short ({reason_of(error)})") from error
    elif name.endswith(".mat"):
        _expect(start, b"MATLAB 5.0 MAT-file", "a MATLAB 5 file", name)


def _expect(start: bytes, magic: bytes, kind: str, name: str) -> None:
    if not start.startswith(magic):
        raise Refused(f"{name} is not {kind}: it begins with {start[:8]!r}")


def mismatch(path: Path, expected: str, authority: str = "") -> str | None:
    """What to say of a file that does not have the checksum which `authority` demands; None if it has."""
    algorithm, digits = expected.split(":")
    if len(digits) < 8:
        raise ValueError(f"the checksum {expected!r} has fewer than eight digits")
    found = file_hash(str(path), alg=algorithm)
    return None if found.startswith(digits.lower()) else f"its {algorithm} is {found}, expected {digits} ({authority})"


# --- the lock file --------------------------------------------------------------------------------------------------


def locked(folder: Path, name: str) -> str | None:
    """The checksum recorded at the first download of a file, or None."""
    return _read_lock(folder).get(name)


def lock(folder: Path, name: str, digits: str) -> str:
    """Record the first sha256 of a file; says whether it was the first."""
    with FileLock(folder / f".{LOCK}.lock"):  # several files may arrive at once, in several processes
        entries = _read_lock(folder)
        if name in entries:
            return "enforced"
        with tempfile.TemporaryDirectory(dir=folder, prefix=".arriving-") as temporary:
            entries |= {name: f"sha256:{digits}"}
            text = json.dumps(entries, indent=1, sort_keys=True) + "\n"
            Path(temporary, LOCK).write_text(text, encoding="utf-8")
            os.replace(Path(temporary, LOCK), folder / LOCK)
    return "recorded at the first download"


def _read_lock(folder: Path) -> dict[str, str]:
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
            f"{shown(path)} is not the lock file this project writes ({error}). Put back the original, or remove it "
            "to have the checksums recorded anew."
        ) from error
    return entries


# --- messages -------------------------------------------------------------------------------------------------------


def reason_of(error: Exception) -> str:
    """An exception in one line, without the noise of the layers below."""
    message = str(error)
    if any(text in message for text in ("Name or service not known", "name resolution", "NameResolutionError")):
        return "the host name cannot be resolved (no network?)"
    for cause in ("connection refused", "network is unreachable", "timed out", "connection reset"):
        if cause in message.lower():
            return cause
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(message.split())[:300] or type(error).__name__


def shown(path: Path) -> str:
    """A path as the user would type it."""
    with suppress(ValueError):
        return str(path.resolve().relative_to(Path.cwd()))
    return str(path)
