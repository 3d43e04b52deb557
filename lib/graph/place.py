"""Source locations of declarations and exceptions: ``stages/training.py:12``."""

import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def location() -> str:
    """File and line of the declaration: the first caller outside this room."""
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("lib.graph"):
        frame = frame.f_back
    return _relative(frame.f_code.co_filename, frame.f_lineno)


def origin(error: BaseException) -> str:
    """File and line in the project where an exception was raised."""
    if isinstance(error, SyntaxError) and error.filename:
        return _relative(error.filename, error.lineno)
    frames, traceback = [], error.__traceback__
    while traceback:
        frames.append((traceback.tb_frame.f_code.co_filename, traceback.tb_lineno))
        traceback = traceback.tb_next
    own = [frame for frame in frames if frame[0].startswith(f"{PROJECT}/") and "/.venv/" not in frame[0]]
    outside = [frame for frame in own if "/lib/graph/" not in frame[0]]
    return _relative(*(outside or own or frames)[-1])


def _relative(file, line):
    return f"{file.removeprefix(f'{PROJECT}/')}:{line}"
