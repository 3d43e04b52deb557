"""Files and folders as content: digests, whether they changed, and putting them into place whole."""

import hashlib
import os
import shutil
import stat
from pathlib import Path

from doit.dependency import FileChangedChecker

from lib.graph.cache import cached


def signature(path):
    """Size and times of a file, or of all files in a folder; equal signatures mean that nobody wrote.

    The change time is part of it since, unlike the modification time, no program can set it back.

    Raises
    ------
    OSError
        If there is no such file.
    """
    status = os.stat(path)
    if not stat.S_ISDIR(status.st_mode):
        return _of_status(status)
    # A folder of a thousand files is asked for by every task that reads it: look once, and again once we wrote.
    if path not in _folders:
        _folders[path] = _of_folder(path, lambda entry: _of_status(entry.stat()))
    return _folders[path]


_folders = {}


def _of_folder(folder, of_file):
    """Digest of the names in a folder, and of what ``of_file(os.DirEntry)`` says of each file."""
    listing = "\n".join(name if name.endswith("/") else f"{name} {of_file(entry)}" for name, entry in _entries(folder))
    return hashlib.sha256(listing.encode()).hexdigest()


def _of_status(status):
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"


def digest(path):
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


def is_unchanged(path, before):
    """Whether a file's content is what ``state(path)`` found before; reads it only if somebody wrote.

    Parameters
    ----------
    path : str or Path
        File or folder.
    before : [str, str]
        What `state` returned.
    """
    try:
        return signature(path) == before[0] or digest(path) == before[1]
    except OSError:
        return False


def state(path):
    """Signature and digest of a file or folder, to be kept for `is_unchanged`."""
    return [signature(path), digest(path)]


class ContentChecker(FileChangedChecker):
    """doit's question whether a file_dep changed, answered by content, for folders too."""

    CheckerError = OSError
    info = staticmethod(signature)

    def check_modified(self, file_path, file_stat, state):
        return file_stat != state[0] and not is_unchanged(file_path, state)

    def get_state(self, dep, current_state):
        return state(dep)


def read_tree(folder, names):
    """Contents of outputs by name; of a folder every file in it.

    Returns
    -------
    dict of str to bytes
    """
    found = {}
    for name in names:
        if (folder / name).is_dir():
            found |= {f"{name}/{file}": (folder / name / file).read_bytes() for file in list_files(folder / name)}
        else:
            found[name] = (folder / name).read_bytes()
    return found


def write_tree(folder, files):
    """Write what `read_tree` read."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def place(folder, outputs):
    """Rename finished outputs from a staging folder into their places, nothing else between.

    Parameters
    ----------
    folder : Path
        Staging folder, on the same file system; ours alone.
    outputs : dict of str to str
        Name in the staging folder, and place, of each output.
    """
    _folders.clear()
    for name, path in ((name, Path(path)) for name, path in outputs.items()):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():  # a folder cannot be renamed over another
            path.rename(folder / f"{name} (replaced)")
        (folder / name).replace(path)


def remove(path, root):
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


def list_files(folder):
    """Names of all files below a folder, relative to it and sorted."""
    return [name for name, _ in _entries(folder) if not name.endswith("/")]


def _entries(folder, prefix=""):
    """(relative name, os.DirEntry) of all files below a folder, and of empty folders (ending in /), sorted by name."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            name = prefix + entry.name
            if entry.is_dir():
                found += _entries(entry.path, f"{name}/") or [(f"{name}/", entry)]
            else:
                found.append((name, entry))
    return sorted(found, key=lambda item: item[0])
