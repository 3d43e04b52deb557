"""Whether a file is what its name and its checksum say, and the lock file that remembers first downloads.

Checksums are ``"algorithm:digits"``, hexadecimal; eight or more leading digits are enough.
"""

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock

from lib.data import archives

LOCK = "checksums.json"
MOST_JSON = 4 << 20  # bytes of a manifest, a lock file or a record
KINDS = (
    (".zip", b"PK", "a zip archive"),
    ((".gz", ".tgz"), b"\x1f\x8b", "a gzip file"),
    (".mat", b"MATLAB 5.0 MAT-file", "a MATLAB 5 file"),
)


class FetchError(RuntimeError):
    """A file that cannot be fetched; the message lists each source with its reason and says what to do by hand."""


class Refused(Exception):
    """A source whose file is not the right one; asking again will not help."""


def sha256(path: Path) -> str:
    """Hexadecimal sha256 of a file."""
    return _digest(path, "sha256")


def check_kind(path: Path, name: str | None = None) -> None:
    """Raise Refused unless a file is whole and of the kind that its name says."""
    name = name or path.name
    start = check_start(path, name)
    # torch writes weights as zip archives, too.
    if name.endswith((".zip", ".gz", ".tgz")) or (name.endswith(".pth") and start.startswith(b"PK")):
        try:
            archives.check(path, name)
        except archives.ArchiveError as error:
            raise Refused(str(error)) from error


def check_start(path: Path, name: str) -> bytes:
    """The first bytes of a file; Refused unless they are those of the kind that its name says."""
    with open(path, "rb") as file:
        start = file.read(512)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html", b"<head", b"<?xml")):
        raise Refused(f"the answer is a web page (HTML), not the file {name}")
    if not start:
        raise Refused("the file is empty")
    for endings, magic, kind in KINDS:
        if name.endswith(endings) and not start.startswith(magic):
            raise Refused(f"{name} is not {kind}: it begins with {start[:8]!r}")
    return start


def _digest(path, algorithm):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def mismatch(path: Path, expected: str, authority: str = "") -> str | None:
    """What to say of a file that does not have the checksum which `authority` demands; None if it has."""
    algorithm, digits = expected.split(":")
    if len(digits) < 8:
        raise FetchError(f"the checksum {expected!r} has fewer than eight digits")
    found = _digest(path, algorithm)
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
        entries = read_json(path)
        for checksum in entries.values():
            algorithm, digits = checksum.split(":")
            if algorithm != "sha256" or len(bytes.fromhex(digits)) != 32:
                raise ValueError(checksum)
    except (ValueError, AttributeError, OSError) as error:
        raise FetchError(
            f"{shown(path)} is not the lock file this project writes ({error}). Put back the original, or remove it "
            "to have the checksums recorded anew."
        ) from error
    return entries


def read_json(source: Path | bytes) -> Any:
    """Values of a JSON file, or of its content, that somebody else may have written.

    Raises
    ------
    ValueError, OSError
        If it cannot be read: no file, no JSON, too long, or nested too deeply.
    """
    if isinstance(source, Path):
        if source.exists() and not source.is_file():
            raise ValueError("it is not a regular file")
        with open(source, "rb") as file:
            source = file.read(MOST_JSON + 1)
    if len(source) > MOST_JSON:
        raise ValueError(f"it is longer than {MOST_JSON:,} bytes")
    try:
        return json.loads(source)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


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
