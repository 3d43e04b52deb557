"""doit's database, which may be damaged, locked or impossible to write: what it says is only ever a reason to run less.

Without it every step is checked again, and restored from the store.
"""

import os
import sqlite3
import sys
from pathlib import Path
from typing import Any

from doit.dependency import DatabaseException, SqliteDB
from doit.exceptions import InvalidCommand

from lib.graph.aside import move

LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
# Not its fault: the folder's, the disk's.
UNUSABLE = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
}


class Database(SqliteDB):
    """doit's backend on SQLite; it is written in one go, when a command ends.

    Attributes
    ----------
    problem : str
        Why it could not be written; empty if it was.
    """

    problem = _unusable = ""
    _damaged: Exception | None = None
    _dirty: set[str]

    def _sqlite3(self, name):
        try:
            return self._connect(name)
        except sqlite3.Error as error:
            if _code(error) in LOCKED:
                raise InvalidCommand(f"{name} is locked by another program: close that, and run again") from None
            if _code(error) not in UNUSABLE and _set_aside(name, error):
                return self._connect(name)
            self._unusable = str(error)
            return self._connect(":memory:")  # enough to look at things

    def _connect(self, name):
        try:
            connection = super()._sqlite3(name)
        except DatabaseException as error:
            raise error.__context__ from None
        connection.execute("select task_id, typeof(task_data) from doit limit 1").fetchone()
        return connection

    def _get_task_data(self, task_id):
        try:
            data = super()._get_task_data(task_id)
        except (sqlite3.Error, ValueError) as error:
            self._damaged = self._damaged or error
            return {}
        return data if isinstance(data, dict) else {}

    def remove(self, task_id: str) -> None:
        """Forget a task."""
        self._cache[task_id] = {}
        self._dirty.add(task_id)

    def dump(self) -> None:
        """Write what changed; `problem` says why that was not possible."""
        unwritten = f"{self.name} cannot be written, what was done is checked again next time"
        if self._unusable and self._dirty:
            self.problem = f"{unwritten}: {self._unusable}"
        try:
            try:
                if self._damaged:
                    raise self._damaged
                super().dump()
            except (sqlite3.DatabaseError, ValueError) as error:
                if _code(error) in LOCKED | UNUSABLE or not _set_aside(self.name, error):
                    raise
                self._conn = self._connect(self.name)
                self._dirty = {task_id for task_id, data in self._cache.items() if data}
                super().dump()
        except (sqlite3.Error, ValueError) as error:
            self.problem = f"{unwritten}: {error}"

    def remove_all(self) -> None:
        """Forget all tasks."""
        try:
            super().remove_all()
        except sqlite3.Error as error:
            self.problem = f"{self.name} cannot be written: {error}"


def _code(error: Any) -> int | None:
    """SQLite's primary code of an error."""
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if code is not None else None


def _set_aside(name, error):
    """Move a damaged database away, and what it left unfinished, which must not be applied to the next one."""
    try:
        to = move(Path(name))
        for ending in ("-journal", "-wal", "-shm"):
            if os.path.lexists(name + ending):
                move(Path(name + ending))
    except OSError:
        return False
    print(f"{name} is damaged ({error}): moved to {to}, everything is checked again", file=sys.stderr)
    return True
