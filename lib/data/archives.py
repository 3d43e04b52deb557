"""Unpack archives from elsewhere without leaving the folder, without filling the disk, and in bounded time and memory.

What is refused: absolute names, names with ``..``, drive letters, backslashes, links, devices, two members of one
name, members that overlap, compression other than deflate, and archives that declare more than a limit or expand far
beyond their own size (zip bombs). Everything is checked before the first byte is written, and no member may be longer
than it declares. One `Ledger` counts, whether an archive is only checked or unpacked; of a .tgz it counts what gzip
gives, headers included.
"""

import errno
import functools
import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

MAX_BYTES = 2 << 30  # the largest archive of the assignment, EMNIST, declares 0.6 GB
MAX_MEMBERS = 50_000
MAX_NAME, MAX_DEPTH = 255, 30  # bytes of each part of a member's name, and parts
MAX_RATIO = 200  # of declared bytes to the archive's own; the course's archives stay below 10
MAX_DIRECTORY = 16 << 20  # bytes of a zip's list of members, which is read at once
SMALL = 50 << 20  # bytes; below this no ratio matters: an empty page compresses well
BLOCK = 1 << 16  # bytes read at a time; a tar's extended header, which is read at once, may not be longer
LOCAL_HEADER = 30  # bytes at least before a member's own in a zip
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # with bzip2 and LZMA one small read can give gigabytes

# What the readers of damaged archives raise besides OSError.
DAMAGE: tuple[type[Exception], ...] = (
    *(zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, struct.error, ValueError, IndexError),
    *(OverflowError, RuntimeError),  # of the latter NotImplementedError and RecursionError
)


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
    reader = _zip_members if archive.name.endswith(".zip") else _tar_members
    came_from: dict[str, str] = {}
    with _reading(archive):
        for _ in reader(archive, Ledger(archive, limit)):
            pass  # nothing is written of an archive that is refused
        for member, size, stream in reader(archive, Ledger(archive, limit)):
            name = wanted(member) if wanted else member
            if name is None:
                continue
            if name in came_from:
                raise ArchiveError(f"{archive.name}: {came_from[name]} and {member} would both be written as {name}")
            came_from[name] = member
            _write(stream(), folder, name, size, archive)
    return sorted(came_from)


def check(path: Path, name: str | None = None, *, limit: int = MAX_BYTES) -> None:
    """Read a .zip (or .pth) to the end of each member, or a .gz or .tgz to its end; ArchiveError as `unpack` raises it.

    Parameters
    ----------
    path : Path
    name : str, optional
        What the file will be called, if that is not its name yet.
    limit : int
        Most bytes that it may hold.
    """
    name = name or path.name
    ledger = Ledger(path, limit, name)
    with _reading(path, name):
        if name.endswith((".zip", ".pth")):
            for member, size, stream in _zip_members(path, ledger):
                _copy(stream(), None, size, f"{name}: {member} is longer than the {size:,} bytes it declares")
        else:
            with gzip.open(path) as source:
                while block := source.read(BLOCK):
                    ledger.count(len(block))


def base_name(member: str) -> str:
    """An archive's member without its folders; empty for the resource forks that macOS adds to archives."""
    return "" if "__MACOSX" in member else member.rpartition("/")[2]


def gunzip(path: Path, target: Path, *, limit: int = MAX_BYTES) -> None:
    """Decompress a .gz file to `target`; ArchiveError for more than `limit` bytes, a bomb, or a damaged file."""
    ledger = Ledger(path, limit)
    with _reading(path), gzip.open(path) as source, open(target, "wb") as out:
        while block := source.read(BLOCK):
            ledger.count(len(block))
            out.write(block)


class Ledger:
    """What an archive has declared or given so far; raises `ArchiveError` at the first member or byte too many.

    Parameters
    ----------
    archive : Path
    limit : int
        Most bytes in all.
    name : str, optional
        The archive's, for messages.
    """

    def __init__(self, archive: Path, limit: int, name: str | None = None):
        self.name, self.limit, self.packed = name or archive.name, limit, archive.stat().st_size
        self.bytes, self.members = 0, 0
        self.files: set[PurePosixPath] = set()
        self.folders: set[PurePosixPath] = set()

    def count(self, size: int) -> None:
        """More bytes that were decompressed."""
        self.bytes += size
        if reason := self._too_many():
            raise ArchiveError(f"{self.name} is not unpacked: {reason}")

    def member(self, name: str, size: int, kind: str, declared: bool = True) -> None:
        """The next member; `declared` if its size is to be counted, and is not as it is read."""
        path = PurePosixPath(name)
        new = path.parent not in self.folders
        self.members += 1
        self.bytes += size if declared else 0
        reason = None
        if not name or (kind == "file" and not path.parts):
            reason = "it has no name"
        elif path.is_absolute() or "\\" in name or name[1:2] == ":" or "\0" in name:
            reason = "its name is not relative to the archive"
        elif ".." in path.parts:
            reason = "its name leads out of the folder (..)"
        elif len(name) > MAX_NAME // 4 and any(len(part.encode(errors="replace")) > MAX_NAME for part in path.parts):
            reason = f"a part of its name is longer than {MAX_NAME} bytes"
        elif len(path.parts) > MAX_DEPTH:
            reason = f"it lies more than {MAX_DEPTH} folders deep"
        elif kind not in ("file", "folder"):
            reason = f"it is {kind}"
        elif size < 0:
            reason = f"it declares {size:,} bytes"
        elif kind == "file" and path in self.files:
            reason = "its name occurs twice"
        elif (kind == "file" and path in self.folders) or (new and not self.files.isdisjoint(path.parents)):
            reason = "its name is that of a file and of a folder"
        elif self.members > MAX_MEMBERS:
            reason = f"the archive has more than {MAX_MEMBERS:,} members"
        elif size > self.limit:
            reason = f"it declares {size:,} bytes, more than {self.limit:,}"
        else:
            reason = self._too_many()
        if reason:
            raise ArchiveError(f"{self.name} is not unpacked because of its member {name[:200]!r}: {reason}")
        if kind == "file":
            self.files.add(path)
        else:
            self.folders.add(path)
        if new:
            self.folders.update(path.parents)

    def _too_many(self):
        if self.bytes > self.limit:
            return f"the archive holds more than {self.limit:,} bytes"
        if self.bytes > SMALL and self.bytes > MAX_RATIO * self.packed:
            return f"the archive expands to more than {MAX_RATIO} times its {self.packed:,} bytes"
        return None


Members = Iterator[tuple[str, int, Callable[[], IO[bytes]]]]  # name, size, and what opens it


@contextmanager
def _reading(archive: Path, name: str | None = None) -> Iterator[None]:
    """Whatever a damaged archive makes its reader raise becomes an ArchiveError that names it."""
    try:
        yield
    except ArchiveError:
        raise
    except DAMAGE as error:
        raise ArchiveError(f"{name or archive.name} is damaged or cut short: {error}") from error
    except OSError as error:
        if error.errno not in (None, errno.EINVAL):  # the disk's fault, not the archive's
            raise
        raise ArchiveError(f"{name or archive.name} is damaged or cut short: {error}") from error


def _zip_members(archive: Path, ledger: Ledger) -> Members:
    with _Bounded(open(archive, "rb"), MAX_DIRECTORY, ledger.name) as file, zipfile.ZipFile(file) as source:
        end = 0
        for member in sorted(source.infolist(), key=lambda member: member.header_offset):
            folder = member.filename.endswith("/")
            ledger.member(member.filename, member.file_size, "folder" if folder else _zip_kind(member))
            if member.header_offset < end:
                raise ArchiveError(f"{ledger.name}: {member.filename} overlaps the member before it")
            end = member.header_offset + LOCAL_HEADER + member.compress_size
            if not folder:
                yield member.filename, member.file_size, functools.partial(source.open, member)


def _zip_kind(member):
    mode = member.external_attr >> 16
    if member.flag_bits & 1:
        return "encrypted"
    if member.compress_type not in METHODS:
        method = zipfile.compressor_names.get(member.compress_type, f"method {member.compress_type}")
        return f"compressed by {method}; only stored and deflated members are read"
    return "a link" if stat.S_ISLNK(mode) else "file" if stat.S_IFMT(mode) in (0, stat.S_IFREG) else "a device"


def _tar_members(archive: Path, ledger: Ledger) -> Members:
    with open(archive, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        stream = _Bounded(gzip.GzipFile(fileobj=file) if packed else file, BLOCK, ledger.name, ledger.count)
        # Mode "r:" hands every read on to the stream, with its length.
        with tarfile.open(fileobj=stream, mode="r:") as source:
            for member in source:
                ledger.member(member.name, member.size, _tar_kind(member), declared=False)
                if member.isreg():
                    yield member.name, member.size, functools.partial(_extract, source, member)
        while stream.read(BLOCK):  # to the end: gzip's own checksum stands there
            pass


def _extract(source: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = source.extractfile(member)
    assert content is not None  # as it is for a link alone
    return content


def _tar_kind(member):
    if member.issym() or member.islnk():
        return "a link"
    if member.isdir():
        return "folder"
    return "a sparse file" if member.issparse() else "file" if member.isreg() else "a device"


class _Bounded(io.RawIOBase):
    """A file that gives no more than so many bytes at once; that of a tar counts them, and only goes forwards."""

    def __init__(
        self, file: BinaryIO | gzip.GzipFile, most: int, name: str, count: Callable[[int], None] | None = None
    ):
        self._file, self._most, self._name, self._count = file, most, name, count

    def read(self, size: int = -1) -> bytes:
        if size > self._most:
            raise ArchiveError(f"{self._name} is not unpacked: it has a header of {size:,} bytes")
        found = self._file.read(size if size >= 0 else self._most)
        if self._count:
            self._count(len(found))
        return found

    def seek(self, place: int, whence: int = 0) -> int:
        if not self._count:
            return self._file.seek(place, whence)
        if whence or place < self._file.tell():
            raise ArchiveError(f"{self._name} is damaged or cut short: a member lies before the one before it")
        while (ahead := place - self._file.tell()) and self.read(min(ahead, BLOCK)):
            pass
        return self._file.tell()

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()


def _write(stream, folder, name, size, archive):
    target = folder / name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(target, "wb") as out:
            message = f"{archive.name}: {name} is longer than the {size:,} bytes it declares"
            written = _copy(stream, out, size, message)
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise ArchiveError(f"{archive.name}: {name} cannot be written: {error.strerror}") from error
    if written != size:
        raise ArchiveError(f"{archive.name}: {name} is shorter than the {size:,} bytes it declares")


def _copy(source, out, limit, message):
    written = 0
    with source:
        while block := source.read(BLOCK):
            written += len(block)
            if written > limit:
                raise ArchiveError(message)
            if out:
                out.write(block)
    return written
