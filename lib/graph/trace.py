"""Trace what a step really does: modules imported, functions run, files opened, processes started.

Analysis of the source (`lib.graph.fingerprint`) is the rule; this catches what analysis cannot see. Standard library
alone.
"""

import os
import sys
from collections.abc import Collection
from pathlib import Path
from types import FrameType
from typing import Any

BODY = "<module>"
KERNEL = "lib.graph"
LISTINGS = ("os.listdir", "os.scandir")
PROCESSES = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn")
TOOL = 4  # of sys.monitoring's; 0 to 3 and 5 belong to debuggers, coverage, profilers and optimisers


class Undeclared(RuntimeError):
    """A step did something undeclared; the message says what to declare."""


class Trace:
    """Context manager that watches a step in this process and raises `Undeclared` at the end.

    Parameters
    ----------
    function : str
        Entry point, for messages.
    reached : collection of str
        ``module:name`` of everything in the fingerprint.
    paths : collection of str
        Files and folders that may be opened.
    project : Path
    rooms : tuple of str
        Top-level packages of the project.
    """

    def __init__(
        self, function: str, reached: Collection[str], paths: Collection[str], project: Path, rooms: tuple[str, ...]
    ):
        self.function, self.project, self.rooms = function, f"{project}/", rooms
        self.reached, self.modules = set(reached), {name.partition(":")[0] for name in reached}
        self.paths = [os.path.abspath(path) for path in paths]
        self.opened: dict[str, None] = {}
        self.started: dict[str, None] = {}
        self.ran: dict[str, None] = {}

    def __enter__(self) -> "Trace":
        global _current
        _install()
        _current = self
        if hasattr(sys, "monitoring"):
            sys.monitoring.use_tool_id(TOOL, "inkgraph")
            sys.monitoring.register_callback(TOOL, sys.monitoring.events.PY_START, self._run)
            sys.monitoring.set_events(TOOL, sys.monitoring.events.PY_START)
            sys.monitoring.restart_events()
        return self

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        global _current
        _current = None
        if hasattr(sys, "monitoring"):
            sys.monitoring.set_events(TOOL, 0)
            sys.monitoring.free_tool_id(TOOL)
        if error is None:
            self._check()

    def _check(self):
        imported = {name for name in sys.modules if self._is_ours(name) and name not in self.modules}
        if imported:
            name = min(imported)
            raise Undeclared(
                f'{name} was imported while {self.function} ran, which does not reach it: declare reaches="{name}"'
            )
        for ran in self.ran:
            module, _, name = ran.partition(":")
            raise Undeclared(
                f'{name} of {module} ran, which {self.function} does not reach: declare reaches="{module}"'
            )
        for path in self.opened:
            raise Undeclared(f'{self.function} opened {path}, which is no input: hand it over, as given("{path}")')
        for program in self.started:
            raise Undeclared(f"{self.function} started {program}: what it does cannot be known; call a library instead")

    def _is_ours(self, module):
        return module.partition(".")[0] in self.rooms and "." in module and not f"{module}.".startswith(f"{KERNEL}.")

    def _run(self, code, offset):
        """sys.monitoring's callback, once for each function."""
        if code.co_filename.startswith(self.project):
            module = code.co_filename.removeprefix(self.project).removesuffix(".py").replace("/", ".")
            module = module.removesuffix(".__init__")
            name = code.co_qualname.partition(".")[0]
            if self._is_ours(module) and not name.startswith("<") and f"{module}:{name}" not in self.reached:
                self.ran[f"{module}:{name}"] = None
        return sys.monitoring.DISABLE

    def open(self, path: Any) -> None:
        """A file that was opened, or a folder that was listed."""
        if not isinstance(path, str | bytes | os.PathLike):
            return  # an open file
        path = os.path.abspath(os.fsdecode(path))
        inside = path.removeprefix(self.project)
        if inside == path or inside.startswith((".venv", ".git")) or "__pycache__" in inside:
            return
        if inside.partition("/")[0] in self.rooms and (inside.endswith((".py", ".pyc")) or os.path.isdir(path)):
            return  # for an import
        if os.path.exists(path) and not any(
            path == allowed or path.startswith(f"{allowed}/") for allowed in self.paths
        ):
            self.opened[inside] = None

    def start(self, program: Any) -> None:
        """A process that was started by the project's own code."""
        frame: FrameType | None = sys._getframe(2)
        library = os.path.dirname(os.__file__)
        while (
            frame
            and frame.f_code.co_filename.startswith((library, "<"))
            and "site-packages" not in frame.f_code.co_filename
        ):
            frame = frame.f_back
        if frame and frame.f_code.co_filename.startswith(self.project) and "/.venv/" not in frame.f_code.co_filename:
            self.started[os.fsdecode(program) if isinstance(program, str | bytes) else str(program)] = None


_current: Trace | None = None
_installed = False


def _install():
    """Install the audit hook once: hooks cannot be removed."""
    global _installed
    if not _installed:
        _installed = True
        sys.addaudithook(_hook)


def _hook(event, arguments):
    if _current is None:
        return
    if event in LISTINGS:
        _current.open(arguments[0])
    elif event == "open":
        path, mode, _ = arguments
        # os.open gives no mode; its relative paths may be meant from any folder.
        if mode is not None or not isinstance(path, str) or os.path.isabs(path):
            _current.open(path)
    elif event in PROCESSES:
        _current.start(arguments[0])
