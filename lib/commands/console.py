"""Console output of a build: a live display on a terminal, plain lines elsewhere."""

import contextlib
import json
import os
import sys
import threading
import time
from functools import cached_property

from doit.exceptions import BaseFail, UnmetDependency
from doit.globals import Globals
from doit.task import Task

from lib.commands.status import read_failures, write_failures
from lib.graph import worker
from lib.graph.settings import config
from lib.graph.step import GRAPH


class Console:
    """doit reporter: running steps and their progress, one line per finished step, a summary at the end.

    Parameters
    ----------
    outstream : text stream
        Where to.
    options : dict
        doit's.
    """

    desc = "what runs, what was built, restored and left alone"

    def __init__(self, outstream, options):
        self.out = outstream
        self.count = dict.fromkeys(("built", "restored", "fresh", "failed", "skipped"), 0)
        self.failures, self.errors = [], []
        self.began = time.monotonic()
        self.running = {}  # name of a task -> when it began
        self.expected = set()  # names of tasks still to run, as far as is known
        self.display = None
        self.lock = threading.Lock()  # doit calls from the threads that wait for the workers

    def initialize(self, tasks: dict[str, Task], selected_tasks: list[str]) -> None:
        self.tasks = tasks
        self.failed_before = read_failures() & {step.name for step in GRAPH.steps}
        self.asked = self._closure(selected_tasks)
        # Read here: doit's database belongs to this thread.
        self.seconds = {name: Globals.dep_manager.get_values(name).get("seconds") for name in self.asked}

    def _closure(self, selected):
        """Names of the selected tasks and all their dependencies."""
        asked, todo = set(), list(selected)
        while todo:
            name = todo.pop()
            if name in self.tasks and name not in asked:
                asked.add(name)
                todo += [maker.name for maker in GRAPH.makers_of(_step(self.tasks[name]))]
        return asked

    @cached_property
    def readers(self) -> dict[str, list[str]]:
        """For every task the names of its dependents; computed only once something runs."""
        found: dict[str, list[str]] = {name: [] for name in self.tasks}
        for task in self.tasks.values():
            step = _step(task)
            for maker in GRAPH.makers_of(step):
                found[maker.name].append(step.name)
        return found

    def get_status(self, task: Task) -> None:
        pass

    def execute_task(self, task: Task) -> None:
        with self.lock:
            self.running[task.name] = time.monotonic()
            self._expect(task)
            if self.display is None and self.out.isatty():
                self._start_display()

    def add_success(self, task: Task) -> None:
        self.failed_before.discard(task.name)
        self._finish(task, _step(task).how, f"{_step(task).seconds:6.1f} s")
        for warning in _step(task).warnings:
            self._write(f"{'':19}{warning}")

    def add_failure(self, task: Task, fail: BaseFail) -> None:
        if isinstance(fail, UnmetDependency):
            self.count["skipped"] += 1
            return
        self.failures.append((task, fail))
        self.failed_before.add(task.name)
        self._finish(task, "failed")

    def skip_uptodate(self, task: Task) -> None:
        self.count["fresh"] += 1
        self.expected.discard(task.name)

    def skip_ignore(self, task: Task) -> None:
        self._write(f" ignored           {task.title()}")

    def cleanup_error(self, exception: BaseFail) -> None:
        self.errors.append(exception.get_msg())

    def runtime_error(self, msg: str) -> None:
        self.errors.append(msg)

    def teardown_task(self, task: Task) -> None:
        pass

    def complete_run(self) -> None:
        if self.display:
            self.display.stop()
            self.display = None
        write_failures(self.failed_before)
        for task, fail in self.failures:
            self._write(f"\n{task.title()} failed:\n{fail.get_msg().strip()}")
        for error in self.errors:
            self._write(f"\n{error.strip()}")
        counts = ", ".join(f"{number} {how}" for how, number in self.count.items() if number)
        if counts or sys.exc_info()[0] is None:  # or else it is said next what went wrong
            self._write(f"{counts or 'nothing to do'} in {time.monotonic() - self.began:.1f} s")
        if not self.failures:
            for path in self._finished_documents():
                self._write(f"  {path}")

    def _finish(self, task, how, seconds=""):
        with self.lock:
            self.count[how] += 1
            self.running.pop(task.name, None)
            self.expected.discard(task.name)
        self._write(f"{how:>8} {seconds:8}  {task.title()}")

    def _write(self, line):
        if self.display:
            self.display.console.print(line, markup=False, highlight=False)
        else:
            with contextlib.suppress(BrokenPipeError):  # the reader has seen enough; the build goes on
                self.out.write(f"{line}\n")
                self.out.flush()

    def _finished_documents(self):
        """Documents for readers: those directly in the folder of artifacts."""
        top = str(config().artifacts / config().source)
        targets = [target for name in self.asked for target in self.tasks[name].targets]
        return [
            path
            for path in sorted(targets)
            if os.path.dirname(path) == top and path.endswith((".pdf", ".html")) and os.path.exists(path)
        ]

    def _expect(self, task):
        """Expect a running task's dependents to run too."""
        todo = [task.name]
        while todo:
            name = todo.pop()
            if name not in self.expected and name in self.asked:
                self.expected.add(name)
                todo += self.readers[name]

    # --- the live display ---------------------------------------------------------------------------------------------

    def _start_display(self):
        from rich.console import Console as Terminal
        from rich.live import Live

        self.display = Live(
            console=Terminal(file=self.out), get_renderable=self._render, refresh_per_second=4, transient=True
        )
        self.display.start()

    def _render(self):
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table

        rows = Table.grid(padding=(0, 2))
        now = time.monotonic()
        for name, began in list(self.running.items()):
            task = self.tasks[name]
            done, total, metrics = _read_progress(_step(task))
            bar = ProgressBar(total=total, completed=done, width=20) if total else ""
            rows.add_row(task.title(), bar, f"{done}/{total}" if total else "", metrics, self._clock(task, now - began))
        return Group(rows, self._status_line(now))

    def _clock(self, task, elapsed):
        before = self.seconds.get(task.name)
        return f"{elapsed:.0f} s" + (f" of about {before:.0f}" if before and before >= 1 else "")

    def _status_line(self, now):
        counts = " · ".join(f"{number} {how}" for how, number in self.count.items() if number)
        left = [self.seconds.get(name) for name in list(self.expected)]
        known = sum(seconds for seconds in left if seconds)
        elapsed = sum(now - began for began in list(self.running.values()))
        remaining = max(known - elapsed, 0) / worker.count()
        about = "about" if all(seconds is not None for seconds in left) else "at least"
        return f"{counts}{' · ' if counts else ''}{len(left)} to go" + (
            f" · {about} {remaining:.0f} s left" if known else ""
        )


def _step(task):
    return task.meta["step"]


def _read_progress(step):
    """Epochs done, epochs, and the metrics as text, as the worker last reported them."""
    try:
        report = json.loads(step.progress_file.read_text())
    except (AttributeError, OSError, ValueError):
        return 0, 0, ""
    done, total = report.pop("epoch"), report.pop("epochs")
    return done, total, "  ".join(f"{name.replace('_', ' ')} {value:.3f}" for name, value in report.items())
