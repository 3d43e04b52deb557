"""Files and folders: digests, change detection and atomic placement."""

import contextlib
import errno
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from doit.dependency import FileChangedChecker

from lib.graph.cache import cached


def signature(path: str) -> str:
    """Size and times of a file, or of all files in a folder; equal signatures mean that nothing was written.

    The change time is part of it since, unlike the modification time, no program can set it back.

    Raises
    ------
    OSError
        If there is no such file, or something else: what waits for a reader must not be opened.
    """
    status = os.stat(path)
    if not stat.S_ISDIR(status.st_mode):
        found = _files[path] = _of_status(status, path)
        return found
    # A folder of a thousand files is asked for by every task that reads it: look once, and again once we wrote.
    if path not in _folders:
        _folders[path] = _of_folder(path, lambda entry: _of_status(entry.stat(), entry.path))
    return _folders[path]


_folders: dict[str, str] = {}
_files: dict[str, str] = {}  # as they were last looked at, for those that many tasks read


def _of_folder(folder, of_file):
    """Digest of the names in a folder, and of what ``of_file(os.DirEntry)`` says of each file."""
    listing = "\n".join(
        name if name.endswith("/") else f"{name} {_link(entry)}{of_file(entry)}" for name, entry in _entries(folder)
    )
    return hashlib.sha256(os.fsencode(listing)).hexdigest()


def _link(entry):
    """A link is not the file that it leads to."""
    return f"-> {os.readlink(entry.path)} " if entry.is_symlink() else ""


def _of_status(status, path):
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "neither a file nor a folder", path)
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"


def digest(path: str | Path) -> str:
    """SHA-256 of a file's content, or of the names and contents in a folder.

    Raises
    ------
    OSError
        If there is no such file.
    """
    path = str(path)
    return cached("files").get(path, signature(path), lambda: _digest(path))


def _digest(path):
    if os.path.isdir(path):
        return _of_folder(path, lambda entry: digest(entry.path))
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_output(path: str, before: Sequence[str]) -> bool:
    """Whether an output is what was written: itself, not a link to it."""
    return not os.path.islink(path) and is_unchanged(path, before)


def is_unchanged(path: str, before: Sequence[str], once: bool = False) -> bool:
    """Whether a file's content is still that of ``state(path)``; reads it only if its signature changed.

    Parameters
    ----------
    path : str or Path
        File or folder.
    before : [str, str]
        What `state` returned.
    once : bool
        Whether it is enough to have looked at the file once since we wrote.
    """
    try:
        now = _files.get(path) if once else None
        return (now or signature(path)) == before[0] or digest(path) == before[1]
    except OSError:
        return False


def state(path: str) -> list[str]:
    """Signature and digest of a file or folder, for a later `is_unchanged`."""
    return [signature(path), digest(path)]


def fresh_state(path: str) -> list[str]:
    """`state`, of a folder too as it is at this moment."""
    _folders.pop(path, None)
    return state(path)


class Codec:
    """doit's rows in its database: JSON, by msgspec."""

    def encode(self, row: Any) -> str:
        """Text of a row."""
        return msgspec.json.encode(row).decode()

    def decode(self, text: str) -> Any:
        """A row; ValueError if it is damaged."""
        try:
            return msgspec.json.decode(text)
        except msgspec.MsgspecError as error:
            raise ValueError(str(error)) from None


class Unchecked(FileChangedChecker):
    """Turns off doit's own check of file_dep: steps compare inputs themselves (`lib.graph.task`)."""

    CheckerError = OSError

    @staticmethod
    def info(file_path: str) -> str:
        """Nothing; but a file that is missing is an error."""
        if file_path not in _files:
            os.stat(file_path)
        return ""

    def check_modified(self, file_path: str, file_stat: Any, state: Any) -> bool:
        """Never."""
        return False

    def get_state(self, dep: str, current_state: Any) -> str:
        """Nothing to record."""
        return ""


def read_tree(folder: Path, names: Iterable[str]) -> dict[str, tuple[bytes, int]]:
    """Contents of outputs by name; of a folder every file and folder in it.

    Returns
    -------
    dict of str to (bytes, int)
        Content and permissions; the name of a folder ends in ``/``.

    Raises
    ------
    ValueError
        If there is something other than files and folders.
    """
    found = {}
    for name in names:
        path = folder / name
        inner = sorted(path.rglob("*")) if path.is_dir() and not path.is_symlink() else []
        for each in [path, *inner]:
            mode = each.lstat().st_mode
            relative = str(each.relative_to(folder))
            if stat.S_ISDIR(mode):
                found[f"{relative}/"] = b"", stat.S_IMODE(mode)
            elif stat.S_ISREG(mode):
                found[relative] = each.read_bytes(), stat.S_IMODE(mode)
            else:
                raise ValueError(f"the output {relative} is neither a file nor a folder, but a link or a device")
    return found


def write_tree(folder: Path, files: Mapping[str, tuple[bytes, int]]) -> None:
    """Write what `read_tree` read."""
    for name, (content, mode) in files.items():
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(mode)
    for name, (_, mode) in files.items():
        if name.endswith("/"):
            (folder / name).chmod(mode)


@contextlib.contextmanager
def borrowed(parent: Path) -> Iterator[Path]:
    """A folder below another one, with nothing in it but perhaps empty folders.

    It is kept for the next one who asks: on many file systems making and removing folders takes longer than a small
    step.
    """
    free = _free.setdefault(parent, [])
    try:
        folder = free.pop()
    except IndexError:
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=parent))
    free_again = False
    try:
        yield folder
        free_again = _has_no_files(folder)
    finally:
        if free_again:
            free.append(folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)


_free: dict[Path, list[Path]] = {}


def empty(folder: Path) -> None:
    """Remove what is in a folder, unless that is but empty folders."""
    if not _has_no_files(folder):
        for inner in folder.iterdir():
            remove(inner, folder)


def _has_no_files(folder):
    return not any(
        names or any(os.path.islink(os.path.join(inside, name)) for name in folders)
        for inside, folders, names in os.walk(folder)
    )


def place(folder: Path, outputs: Mapping[str, str]) -> dict[str, list[str]]:
    """Rename finished outputs from a staging folder into place, one directly after the other.

    Parameters
    ----------
    folder : Path
        Staging folder, on the same file system, that no other process uses.
    outputs : dict of str to str
        Name in the staging folder, and place, of each output.

    Returns
    -------
    dict of str to [str, str]
        State of each output as staged, by place. If another process has written there since, the signature is empty,
        which forces a comparison by content.
    """
    staged = {name: (_digest(str(folder / name)), _identity(folder / name)) for name in outputs}
    _folders.clear()
    _files.clear()
    for name, path in ((name, Path(place)) for name, place in outputs.items()):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir() and not path.is_symlink():  # a folder cannot be renamed over another
            path.rename(folder / f"{name} (replaced)")
        (folder / name).replace(path)
    return {
        path: [signature(path) if _identity(path) == staged[name][1] else "", staged[name][0]]
        for name, path in outputs.items()
    }


def _identity(path):
    """The parts of a file's status, or of those in a folder, that renaming keeps."""
    status = os.stat(path)
    if stat.S_ISDIR(status.st_mode):
        return _of_folder(path, lambda entry: _identity(entry.path))
    return f"{status.st_ino} {status.st_size} {status.st_mtime_ns}"


def remove(path: str | Path, root: str | Path) -> None:
    """Remove a file or a folder, and the folders below `root` that this leaves empty; nothing if it is not there."""
    path, root = Path(path), Path(root)
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
    for parent in path.parents:
        if parent == root or root not in parent.parents:
            break
        try:
            parent.rmdir()
        except OSError:
            break


def _entries(folder, prefix=""):
    """(relative name, os.DirEntry) of all files below a folder, and of empty folders (ending in /), sorted by name."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            name = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                found += _entries(entry.path, f"{name}/") or [(f"{name}/", entry)]
            else:
                found.append((name, entry))
    return sorted(found, key=lambda item: item[0])
