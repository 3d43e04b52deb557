"""Unpack archives from elsewhere without leaving the folder and without filling the disk.

What is refused: absolute names, names with ``..``, drive letters, backslashes, links, devices, two members of one
name, and archives that declare more than a limit or swell far beyond their own size (zip bombs). Everything is checked
before the first byte is written, and no member may be longer than it declares.
"""

import gzip
import stat
import tarfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

LIMIT = 2 << 30  # bytes; the largest archive of the assignment, EMNIST, declares 0.6 GB
MEMBERS = 50_000
SWELL = 200  # times its own size; the course's archives stay below 10
SMALL = 50 << 20  # bytes; below this no ratio matters: an empty page compresses well


class ArchiveError(ValueError):
    """An archive that is damaged or would write where or what it must not."""


def unpack(archive, folder, wanted=None, *, limit=LIMIT):
    """Unpack a .zip, .tgz, .tar.gz or .tar file into a folder.

    Parameters
    ----------
    archive : Path
        The archive.
    folder : Path
        Where its members go; made if missing.
    wanted : callable, optional
        Takes a member's name (str, with ``/``), returns the name to write it under, or None to leave it out. All
        members are checked, wanted or not.
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
    archive, folder = Path(archive), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    reader = _unpack_zip if archive.name.endswith(".zip") else _unpack_tar
    came_from = {}

    def name_for(member):
        name = wanted(member) if wanted else member
        if name is not None and name in came_from:
            raise ArchiveError(f"{archive.name}: {came_from[name]} and {member} would both be written as {name}")
        came_from[name] = member
        return name

    try:
        return sorted(reader(archive, folder, name_for, limit))
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, NotImplementedError) as error:
        raise ArchiveError(f"{archive.name} is damaged or cut short: {error}") from error


def gunzip(path, target, *, limit=LIMIT):
    """Write what a .gz file holds to `target`; refuses more than `limit` bytes or a damaged file."""
    try:
        with gzip.open(path) as source, open(target, "wb") as out:
            _copy(source, out, limit, f"{Path(path).name} holds more than {limit:,} bytes")
    except (OSError, EOFError, zlib.error) as error:
        raise ArchiveError(f"{Path(path).name} is damaged or cut short: {error}") from error


def _unpack_zip(archive, folder, wanted, limit):
    with zipfile.ZipFile(archive) as source:
        members = source.infolist()
        _Ledger(archive, limit).check_all(
            (m.filename, m.file_size, "folder" if m.is_dir() else _zip_kind(m)) for m in members
        )
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
    # Once through for the checks, once for the files: nothing is written of an archive that is refused.
    with tarfile.open(archive) as source:
        _Ledger(archive, limit).check_all((m.name, m.size, _tar_kind(m)) for m in source)
    with tarfile.open(archive) as source:
        for member in source:
            name = wanted(member.name) if member.isreg() else None
            if name is not None:
                yield _write(source.extractfile(member), folder, name, member.size, archive)


def _tar_kind(member):
    if member.issym() or member.islnk():
        return "link"
    return "folder" if member.isdir() else "file" if member.isreg() else "device"


class _Ledger:
    """Adds up what members declare, and stops at the first that must not be unpacked."""

    def __init__(self, archive, limit):
        self.archive, self.limit, self.total, self.names = archive, limit, 0, set()
        self.packed = archive.stat().st_size

    def check_all(self, members):
        for name, size, kind in members:
            self.check(name, size, kind)

    def check(self, name, size, kind):
        path = PurePosixPath(name)
        if path.is_absolute() or "\\" in name or name[1:2] == ":" or "\0" in name:
            self._refuse(name, "its name is not relative to the archive")
        if ".." in path.parts:
            self._refuse(name, "its name leads out of the folder (..)")
        if kind in ("link", "device"):
            self._refuse(name, f"it is a {kind}")
        if kind == "file" and path in self.names:
            self._refuse(name, "its name occurs twice")
        self.names.add(path)
        self.total += size
        if self.total > self.limit:
            self._refuse(name, f"with it the archive declares {self.total:,} bytes, more than {self.limit:,}")
        if self.total > SMALL and self.total > SWELL * self.packed:
            self._refuse(name, f"the archive would swell to more than {SWELL} times its {self.packed:,} bytes")
        if len(self.names) > MEMBERS:
            self._refuse(name, f"the archive has more than {MEMBERS:,} members")

    def _refuse(self, name, reason):
        raise ArchiveError(f"{self.archive.name} is not unpacked because of its member {name!r}: {reason}")


def _write(stream, folder, name, size, archive):
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target, "wb") as out:
        written = _copy(stream, out, size, f"{archive.name}: {name} is longer than the {size:,} bytes it declares")
    if written != size:
        raise ArchiveError(f"{archive.name}: {name} is shorter than the {size:,} bytes it declares")
    return str(name)


def _copy(source, out, limit, complaint):
    written = 0
    while block := source.read(1 << 20):
        written += len(block)
        if written > limit:
            raise ArchiveError(complaint)
        out.write(block)
    return written
