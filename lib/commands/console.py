"""Console output of a build: a live display on a terminal, plain lines elsewhere."""

import contextlib
import json
import os
import sys
import threading
import time

from doit.exceptions import BaseFail, UnmetDependency
from doit.globals import Globals
from doit.task import Task

from lib.commands.plan import foresee, in_words, summary, time_left
from lib.commands.runs import record
from lib.commands.status import read_failures, write_failures
from lib.graph import store
from lib.graph.settings import config
from lib.graph.step import GRAPH
from lib.graph.task import Step

PRIOR = 5.0  # seconds that count as estimated rightly, before anything was built


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
    keeps_records = True  # of the build, and of what failed

    def __init__(self, outstream, options):
        self.out = outstream
        self.count = dict.fromkeys(("built", "restored", "fresh", "failed", "skipped"), 0)
        self.failures, self.errors = [], []
        self.began = time.monotonic()
        self.stand = set()  # names of the tasks whose outputs are as this build would have them
        self.running = {}  # name of a task -> when it began
        self.outlooks = None  # what is to be expected of each task, once one runs
        self.expected = set()  # names of tasks still to run; some of them may turn out to be fresh
        self.expected_seconds = self.taken_seconds = PRIOR  # of those that were built: how far estimates are off
        self.display = None
        self.lock = threading.Lock()  # doit calls from the threads that wait for the workers

    def initialize(self, tasks: dict[str, Task], selected_tasks: list[str]) -> None:
        self.tasks = tasks
        self.failed_before = read_failures() & {step.name for step in GRAPH.steps}
        self.asked = self._closure(selected_tasks)
        # Read here: doit's database belongs to this thread.
        self.values = {name: Globals.dep_manager.get_values(name) for name in self.asked}

    def _closure(self, selected):
        """Names of the selected tasks and all their dependencies."""
        asked, todo = set(), list(selected)
        while todo:
            name = todo.pop()
            if name in self.tasks and name not in asked:
                asked.add(name)
                todo += [maker.name for maker in GRAPH.makers_of(_step(self.tasks[name]))]
        return asked

    def get_status(self, task: Task) -> None:
        pass

    def execute_task(self, task: Task) -> None:
        with self.lock:
            self.running[task.name] = time.monotonic()
            if self.outlooks is None:
                self._look_ahead()
            if self.display is None and self.out.isatty():
                self._start_display()

    def add_success(self, task: Task) -> None:
        self.failed_before.discard(task.name)
        self.stand.add(task.name)
        if _step(task).how == "built":
            self.taken_seconds += _step(task).seconds
            self.expected_seconds += self.outlooks[task.name].seconds
        self._finish(task, _step(task).how, f"{_step(task).seconds:6.1f} s")
        if _step(task).forced:
            self._write(f"{'':19}{compare_bytes(_step(task), self.values[task.name])}")
        for warning in _step(task).warnings:
            self._write(f"{'':19}{warning}")

    def add_failure(self, task: Task, fail: BaseFail) -> None:
        if isinstance(fail, UnmetDependency):
            self.count["skipped"] += 1
            self.expected.discard(task.name)
            return
        self.failures.append((task, fail))
        self.failed_before.add(task.name)
        self._finish(task, "failed")

    def skip_uptodate(self, task: Task) -> None:
        self.count["fresh"] += 1
        self.expected.discard(task.name)
        self.stand.add(task.name)

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
        if self.keeps_records:
            write_failures(self.failed_before)
        for task, fail in self.failures:
            self._write(f"\n{task.title()} failed:\n{fail.get_msg().strip()}")
        for error in self.errors:
            self._write(f"\n{error.strip()}")
        did = any(number for how, number in self.count.items() if how != "fresh")
        broken = sys.exc_info()[0]
        if did or not broken:  # or else it is said next what went wrong
            counts = ", ".join(f"{number} {how}" for how, number in self.count.items() if number)
            self._write(f"{counts or 'nothing to do'} in {time.monotonic() - self.began:.1f} s")
        if self.keeps_records and self.count["built"] + self.count["restored"]:
            from lib.commands.panel import write_panel

            record(self.count, time.monotonic() - self.began, self.stand, self._stopped(broken))
            write_panel()
        for path in self._finished_documents() if not self.failures else ():
            self._write(f"  {path}")

    def _stopped(self, broken):
        """Why the build did not finish, and how far it came; nothing if it did."""
        if not (self.failures or self.errors or broken):
            return {}
        why = "interrupted" if broken is KeyboardInterrupt else "failed"
        return {"why": why, "done": len(self.stand), "of": len(self.asked)}

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
        targets = [target for name in self.stand for target in self.tasks[name].targets]
        return [
            path
            for path in sorted(targets)
            if os.path.dirname(path) == top and path.endswith((".pdf", ".html")) and os.path.exists(path)
        ]

    def _look_ahead(self):
        """Say what is to be done before the first task begins to do it."""
        steps = [step for step in GRAPH.steps if step.name in self.asked]
        self.outlooks = foresee(steps, self.values)
        self.expected = {name for name, outlook in self.outlooks.items() if outlook.how != "fresh"}
        self.total = len(self.expected)
        if self.total > 1:
            self._write(summary(self.outlooks) + (f", less what {config().shared} has" if config().shared else ""))

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
        from rich.text import Text

        rows = Table.grid(padding=(0, 1))
        now = time.monotonic()
        for name, began in list(self.running.items()):
            done, total, metrics = _read_progress(_step(self.tasks[name]))
            bar = ProgressBar(total=total, completed=done, width=10) if total else ""
            cells = name, bar, f"{done}/{total}" if total else "", metrics, self._clock(name, now - began)
            # A cell that is too long for its line is cut, not wrapped.
            rows.add_row(*(Text(cell, no_wrap=True, overflow="ellipsis") if cell is not bar else bar for cell in cells))
        return Group(rows, Text(self._status_line(now), no_wrap=True, overflow="ellipsis"))

    def _clock(self, name, elapsed):
        return f"{elapsed:.0f} s of about {max(elapsed + self._left_of(name, elapsed), 1):.0f}"

    def _left_of(self, name, elapsed):
        """Seconds that a running step still takes: by its epochs, or what it took before; if late, as long again."""
        done, total, _ = _read_progress(_step(self.tasks[name]))
        if done:
            return elapsed * (total - done) / done
        expected = self.outlooks[name].seconds * self._correction()
        return expected - elapsed if expected > elapsed else elapsed

    def _correction(self):
        """How much longer steps take here and with these settings than was expected."""
        return self.taken_seconds / self.expected_seconds

    def _status_line(self, now):
        expected = set(self.expected)
        left = {name: self.outlooks[name].seconds * self._correction() for name in expected}
        for name, began in list(self.running.items()):
            left[name] = self._left_of(name, now - began)
        counts = "".join(f" · {number} {how}" for how, number in self.count.items() if number and how != "fresh")
        return f"{self.total - len(expected)} of {self.total}{counts} · about {in_words(time_left(left))} left"


def compare_bytes(step: Step, before: dict) -> str:
    """Whether a step that was forced made what it had made before, as a sentence.

    Parameters
    ----------
    step : Step
        That has run; `differs` is set.
    before : dict
        What doit's database had of it.
    """
    now = step.record() or {}
    read = {path: state[1] for path, state in now["inputs"].items()}
    made = {path: state[1] for path, state in now["outputs"].items()}
    if before.get("digest") == now["digest"] and {path: state[1] for path, state in before["inputs"].items()} == read:
        known = {path: state[1] for path, state in before["outputs"].items()}
    else:
        stored = store.find_digests(step.key(step.fingerprint, now["inputs"]), step.places) or {}
        known = {step.places[name]: digest for name, digest in stored.items()}
    if not known:
        return "nothing to compare with: it never ran with these inputs and settings"
    other = [path for path in made if made[path] != known[path]]
    step.differs = bool(other)
    return f"other bytes than before: {', '.join(other)}" if other else "the same bytes as before"


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
