"""What has taken the place of a file or a folder of ours is moved aside: never removed, and never waited for."""

import os
import stat
from pathlib import Path


def is_other(path: str | Path, folder: bool) -> bool:
    """Whether there is something at a path that is no file of its own (or, if it should be one, no folder)."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return False
    return not (stat.S_ISDIR(mode) if folder else stat.S_ISREG(mode))


def clear(path: str | Path, folder: bool = False) -> str:
    """Make room for a file, or a folder, and for the folders above it.

    Returns
    -------
    str
        What was moved, and where to, as a line; empty if nothing was in the way.
    """
    path = Path(path)
    # A link to a folder is one, above.
    blocked = next((above for above in path.parents if os.path.lexists(above) and not above.is_dir()), None)
    if not blocked and not is_other(path, folder):
        return ""
    where, expected = (blocked, True) if blocked else (path, folder)
    found, to = describe(where), move(where)
    return f"{where} was {found} where a {'folder' if expected else 'file'} belongs: moved to {to}"


def spare(path: str | Path, made: Path) -> str:
    """Move a folder that is about to be replaced, if there is something in it that the new one does not have.

    Returns
    -------
    str
        As of `clear`.
    """
    path = Path(path)
    if not made.is_dir() or not path.is_dir():
        return ""
    foreign = {file.relative_to(path) for file in path.rglob("*")} - {
        file.relative_to(made) for file in made.rglob("*")
    }
    if not foreign:
        return ""
    return f"{path} held {min(foreign)}, which is none of its step's: the folder as it was is now {move(path)}"


def move(path: Path) -> Path:
    """Rename something to a name beside it that nothing has."""
    number, to = 1, path.with_name(f"{path.name}.aside")
    while os.path.lexists(to):
        number += 1
        to = path.with_name(f"{path.name}.aside{number}")
    path.rename(to)
    return to


def describe(path: str | Path) -> str:
    """What something is, as one says it."""
    mode = os.lstat(path).st_mode
    kinds = {stat.S_IFDIR: "a folder", stat.S_IFREG: "a file", stat.S_IFLNK: "a link", stat.S_IFIFO: "a named pipe"}
    return kinds.get(stat.S_IFMT(mode), "a device or a socket")
