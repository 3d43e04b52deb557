"""What starts a command, and how it ends where it cannot go on: in one line, with an exit code.

Nothing of lib is imported here: whatever is broken in the project, somebody has to say so.
"""

import os
import re
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from doit.cmd_base import DodoTaskLoader
from doit.exceptions import InvalidCommand, InvalidDodoFile

from lib.start import INTERRUPTED, end

PROJECT = Path(__file__).parents[2]
CANNOT_START = 3  # exit code; doit's


class Loader(DodoTaskLoader):
    """doit's, which it makes before anything else of the project."""

    def __init__(self) -> None:
        super().__init__()
        signal.signal(signal.SIGINT, end)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # no message when the reader ends, as in ``doit list | head``
        sys.excepthook = _say
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")  # names of files need not be UTF-8

    def setup(self, opt_values: dict[str, Any]) -> None:
        """Load dodo.py.

        Raises
        ------
        InvalidDodoFile
            In one line, whatever is wrong with it or with what it imports.
        """
        try:
            super().setup(opt_values)
        except (InvalidDodoFile, InvalidCommand):
            raise
        except (Exception, SystemExit) as error:
            raise InvalidDodoFile(in_one_line(error)) from None


def in_one_line(error: BaseException) -> str:
    """An exception as a line: the file and line of the project that it came from, its type and what it says.

    Examples
    --------
    >>> in_one_line(FileNotFoundError(2, "No such file or directory", "images/a.jpg"))
    'images/a.jpg: No such file or directory'
    """
    if error.__context__ and type(error) is Exception:  # doit's own words for a module that cannot be imported
        error = error.__context__
    if isinstance(error, OSError) and error.strerror:
        return f"{os.fsdecode(error.filename)}: {error.strerror}" if error.filename else error.strerror
    text = " ".join(str(error).split())
    if isinstance(error, InvalidCommand):
        return text
    if isinstance(error, SyntaxError) and error.filename:
        place, text = [(error.filename, error.lineno)], error.msg
    elif isinstance(error, SyntaxError):  # found by parsing, without importing: the text says where
        place, text = [], re.sub(r" \(<unknown>, line \d+\)$", "", text)
    else:
        place = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
        place = [(file, line) for file, line in place if file.startswith(f"{PROJECT}/") and "/.venv/" not in file]
    where = f"{place[-1][0].removeprefix(f'{PROJECT}/')}:{place[-1][1]}: " if place else ""
    return f"{where}{type(error).__name__}: {text}"


def _say(kind, error, trace):
    print("interrupted" if kind is KeyboardInterrupt else f"ERROR: {in_one_line(error)}", file=sys.stderr)
    sys.stderr.flush()
    os._exit(INTERRUPTED if kind is KeyboardInterrupt else CANNOT_START)
