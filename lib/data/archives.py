"""Unpack archives from elsewhere without leaving the folder and without filling the disk.

What is refused: absolute names, names with ``..``, drive letters, backslashes, links, devices, two members of one
name, and archives that declare more than a limit or expand far beyond their own size (zip bombs). Everything is checked
before the first byte is written, and no member may be longer than it declares.
"""

import gzip
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

MAX_BYTES = 2 << 30  # the largest archive of the assignment, EMNIST, declares 0.6 GB
MAX_MEMBERS = 50_000
MAX_RATIO = 200  # of declared bytes to the archive's own; the course's archives stay below 10
SMALL = 50 << 20  # bytes; below this no ratio matters: an empty page compresses well


class ArchiveError(ValueError):
    """An archive that is damaged or unsafe to unpack."""


def unpack(
    archive: Path, folder: Path, wanted: Callable[[str], str | None] | None = None, *, limit: int = MAX_BYTES
) -> list[str]:
    """Unpack a .zip, .tgz, .tar.gz or .tar file into a folder.

    Parameters
    ----------
    archive : Path
        The archive.
    folder : Path
        Where its members go; made if missing.
    wanted : callable, optional
        Takes a member's name (with ``/``), returns the name to write it under, or None to leave it out. All members are
        checked, wanted or not.
    limit : int
        Most bytes that all members together may declare.

    Returns
    -------
    list of str
        Names written, sorted.

    Raises
    ------
    ArchiveError
        Naming the archive, the member and what is wrong with it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    reader = _unpack_zip if archive.name.endswith(".zip") else _unpack_tar
    came_from: dict[str, str] = {}

    def name_for(member: str) -> str | None:
        name = wanted(member) if wanted else member
        if name is not None:
            if name in came_from:
                raise ArchiveError(f"{archive.name}: {came_from[name]} and {member} would both be written as {name}")
            came_from[name] = member
        return name

    try:
        return sorted(reader(archive, folder, name_for, limit))
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, NotImplementedError) as error:
        raise ArchiveError(f"{archive.name} is damaged or cut short: {error}") from error


def base_name(member: str) -> str:
    """An archive's member without its folders; empty for the resource forks that macOS adds to archives."""
    return "" if "__MACOSX" in member else member.rpartition("/")[2]


def gunzip(path: Path, target: Path, *, limit: int = MAX_BYTES) -> None:
    """Decompress a .gz file to `target`; ArchiveError for more than `limit` bytes or a damaged file."""
    try:
        with gzip.open(path) as source, open(target, "wb") as out:
            _copy(source, out, limit, f"{path.name} holds more than {limit:,} bytes")
    except (OSError, EOFError, zlib.error) as error:
        raise ArchiveError(f"{path.name} is damaged or cut short: {error}") from error


def _unpack_zip(archive, folder, wanted, limit):
    with zipfile.ZipFile(archive) as source:
        members = source.infolist()
        _check(archive, limit, ((m.filename, m.file_size, "folder" if m.is_dir() else _zip_kind(m)) for m in members))
        for member in members:
            if member.flag_bits & 1:
                raise ArchiveError(f"{archive.name}: {member.filename} is encrypted")
            name = None if member.is_dir() else wanted(member.filename)
            if name is not None:
                with source.open(member) as stream:
                    yield _write(stream, folder, name, member.file_size, archive)


def _zip_kind(member):
    mode = member.external_attr >> 16
    return "link" if stat.S_ISLNK(mode) else "file" if stat.S_IFMT(mode) in (0, stat.S_IFREG) else "device"


def _unpack_tar(archive, folder, wanted, limit):
    # Read twice, first for the checks: nothing is written of an archive that is refused.
    with tarfile.open(archive) as source:
        _check(archive, limit, ((m.name, m.size, _tar_kind(m)) for m in source))
    with tarfile.open(archive) as source:
        for member in source:
            name = wanted(member.name) if member.isreg() else None
            if name is not None:
                yield _write(source.extractfile(member), folder, name, member.size, archive)


def _tar_kind(member):
    if member.issym() or member.islnk():
        return "link"
    return "folder" if member.isdir() else "file" if member.isreg() else "device"


def _check(archive, limit, members):
    """Raise ArchiveError at the first member, of (name, size, kind), that must not be unpacked."""
    packed, total, files = archive.stat().st_size, 0, set()
    for number, (name, size, kind) in enumerate(members, 1):
        path = PurePosixPath(name)
        total += size
        reason = None
        if path.is_absolute() or "\\" in name or name[1:2] == ":" or "\0" in name:
            reason = "its name is not relative to the archive"
        elif ".." in path.parts:
            reason = "its name leads out of the folder (..)"
        elif kind in ("link", "device"):
            reason = f"it is a {kind}"
        elif kind == "file" and path in files:
            reason = "its name occurs twice"
        elif total > limit:
            reason = f"with it the archive declares {total:,} bytes, more than {limit:,}"
        elif total > SMALL and total > MAX_RATIO * packed:
            reason = f"the archive expands to more than {MAX_RATIO} times its {packed:,} bytes"
        elif number > MAX_MEMBERS:
            reason = f"the archive has more than {MAX_MEMBERS:,} members"
        if reason:
            raise ArchiveError(f"{archive.name} is not unpacked because of its member {name!r}: {reason}")
        files.add(path)


def _write(stream, folder, name, size, archive):
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target, "wb") as out:
        written = _copy(stream, out, size, f"{archive.name}: {name} is longer than the {size:,} bytes it declares")
    if written != size:
        raise ArchiveError(f"{archive.name}: {name} is shorter than the {size:,} bytes it declares")
    return name


def _copy(source, out, limit, message):
    written = 0
    while block := source.read(1 << 20):
        written += len(block)
        if written > limit:
            raise ArchiveError(message)
        out.write(block)
    return written
