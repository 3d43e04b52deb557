"""doit's commands where ours do more (`run`, `list`, `clean`), and `why`."""

import contextlib
import fcntl
import getopt
import os
import re
import shutil
import signal
import sys
import textwrap
from functools import wraps
from pathlib import Path

from doit.cmd_base import DoitCmdBase, check_tasks_exist
from doit.cmd_clean import Clean as DoitClean
from doit.cmd_list import List as DoitList
from doit.cmd_run import Run as DoitRun
from doit.control import TaskControl
from doit.exceptions import InvalidCommand

from lib.build import store, worker
from lib.build.catalogue import by_question, split_question
from lib.build.code import PROJECT
from lib.build.config import config, settings
from lib.build.files import remove
from lib.build.graph import makers_of
from lib.build.memo import remember
from lib.build.reporter import read_failures


class Run(DoitRun):
    """doit's own `run`: one at a time for a folder of artifacts, tidy before and after."""

    name = "run"

    def execute(self, params, args):
        try:
            return super().execute(params, args)
        except KeyboardInterrupt:
            print("interrupted; what was finished is kept", file=sys.stderr)
            return 130  # as shells have it

    @wraps(DoitRun._execute)  # doit passes the options that the signature names
    def _execute(self, **options):
        with _alone():
            try:
                return super()._execute(**options)
            finally:
                worker.stop()
                remember()
                store.trim(config().cache, settings("build").store_gigabytes)
                lost = orphans(self.task_list) if self.sel_default_tasks else []
                if lost:
                    names = ", ".join(map(str, lost[:3])) + (f" and {len(lost) - 3} more" if len(lost) > 3 else "")
                    print(f"of no task any more, `clean --orphans` takes them away: {names}", file=sys.stderr)


class List(DoitList):
    """The stages in the order of the questions that they answer."""

    name = "list"

    def _execute(self, subtasks, quiet, status, private, list_deps, template, sort, pos_args):
        may_be_cut_short()
        shown = [task for task in self.task_list if subtasks or pos_args or not task.subtask_of]
        width = max((len(task.name) for task in shown if private or task.name[0] != "_"), default=0)
        described = {name: split_question(words) for name, words in first_lines(self.task_list).items()}
        if sort == "name":
            shown.sort(key=lambda task: (by_question(described[task.name][0]), _natural(task.name)))
        if template is None and not quiet:
            for task in shown:
                question, title = described[task.name]
                task.doc = f"{question:<7} {task.name:<{width}}  {title if task.doc else ''}".rstrip()
            template = "{doc}" if not status else "{status} {doc}"
        hidden = [task for task in self.task_list if task not in shown]
        self.task_list = shown + hidden
        result = super()._execute(subtasks, quiet, status, private, list_deps, template, "definition", pos_args)
        remember()
        return result

    def _print_task(self, template, task, status, list_deps, tasks):
        if status:  # doit would look at each task alone, and call every group stale
            self._statuses = getattr(self, "_statuses", None) or statuses(self.dep_manager, tasks)
            of_task = {self._statuses[name] for name in _subtasks(tasks, task.name) or [task.name]}
            letter = next(LETTERS[status] for status in ("failed", "stale", "fresh") if status in of_task)
            template, status = template.replace("{status}", letter), False
        super()._print_task(template, task, status, list_deps, tasks)


LETTERS = {"fresh": "U", "stale": "R", "failed": "E"}  # as doit says up to date, to run, error


class Clean(DoitClean):
    """doit's own `clean`; files of the artifacts that no task makes any more go with everything, or alone."""

    name = "clean"
    cmd_options = DoitClean.cmd_options + (
        {
            "name": "only_orphans",
            "long": "orphans",
            "type": bool,
            "default": False,
            "help": "only the files that no task makes any more",
        },
    )

    def _execute(self, dryrun, cleandep, cleanall, cleanforget, only_orphans, pos_args):
        if only_orphans and pos_args:
            raise InvalidCommand(f"--orphans takes no task names: what it removes belongs to none (not {pos_args[0]})")
        with contextlib.nullcontext() if dryrun else _alone():
            if not only_orphans:
                super()._execute(dryrun, cleandep, cleanall, cleanforget, pos_args)
            for path in orphans(self.task_list) if not pos_args else ():
                print(f"{'would remove' if dryrun else 'removing'} {path}, which belongs to no task any more")
                if not dryrun:
                    remove(path, config().artifacts / config().source)

    def clean_tasks(self, tasks, dryrun, cleanforget):
        """As doit's, without a line for each task that has nothing to remove."""
        for task in {task.name: task for task in tasks}.values():
            if task.clean_actions:
                task.meta["run"].clean(dryrun)
            if cleanforget and not dryrun:
                self.dep_manager.remove(task.name)
        self.dep_manager.close()


class OptionsAnywhere:
    """Take options after words too, as people write them; doit's own commands want them first."""

    def parse_execute(self, in_args):
        short, long = self.cmdparser.get_short(), self.cmdparser.get_long()
        try:
            options, words = getopt.gnu_getopt(in_args, short, long)
        except getopt.GetoptError:
            return super().parse_execute(in_args)  # says what is wrong
        with_value = {f"--{name[:-1]}" for name in long if name.endswith("=")}
        with_value |= {f"-{letter}" for letter, after in zip(short, short[1:], strict=False) if after == ":"}
        ordered = [part for name, value in options for part in ((name, value) if name in with_value else (name,))]
        return super().parse_execute([*ordered, "--", *words] if words else ordered)


class Why(DoitCmdBase):
    """What a build would run, and what made it stale."""

    name = "why"
    doc_purpose = "say what made tasks stale, a line for each reason"
    doc_usage = "[TASK ...]"
    doc_description = None
    cmd_options = ()

    def _execute(self, pos_args):
        may_be_cut_short()
        tasks = TaskControl(self.task_list).tasks
        check_tasks_exist(tasks, pos_args)
        names = [inner for name in pos_args or tasks for inner in [name, *_subtasks(tasks, name)]]
        reasons = {name: list(self._reasons(task, tasks)) for name, task in tasks.items()}
        makers = makers_of(tasks)
        for name in dict.fromkeys(names):
            told = [f"{name}: {reason}" for reason in reasons[name]]
            told += [f"{name}: reads what is stale: {root}: {why}" for root, why in self._roots(name, makers, reasons)]
            if not told and pos_args and not tasks[name].has_subtask:
                told = [f"{name} is up to date"]
            for line in told[:MOST_REASONS]:
                self.outstream.write(f"{line}\n")
            if len(told) > MOST_REASONS:
                self.outstream.write(f"{name}: and {len(told) - MOST_REASONS} reasons more\n")
        remember()
        return 0

    def _roots(self, name, makers, reasons):
        """The tasks that a task reads from, however far back, that are stale themselves, each with its first reason."""
        seen, todo = set(), sorted(makers[name])
        while todo:
            maker = todo.pop(0)
            if maker not in seen:
                seen.add(maker)
                todo += sorted(makers[maker])
                if reasons[maker]:
                    yield maker, reasons[maker][0]

    def _reasons(self, task, tasks):
        run = task.meta and task.meta.get("run")
        if not run:
            return
        values = self.dep_manager.get_values(task.name)
        if not values:
            yield "never built here, or failed when it was last"
            return
        yield from changes(values["meaning"], run.meaning)
        for path in run.spoilt(values):
            yield f"output {path} {'is not what was written' if os.path.exists(path) else 'is missing'}"
        reasons = self.dep_manager.get_status(task, tasks, get_log=True).reasons
        for path in sorted(reasons.get("changed_file_dep", ())):
            if path not in reasons.get("added_file_dep", ()):
                yield f"input {path} changed"
        for path in reasons.get("added_file_dep", ()):
            yield f"input {path} is new"
        for path in reasons.get("removed_file_dep", ()):
            yield f"input {path} is no longer read"
        for path in reasons.get("missing_file_dep", ()):
            yield f"input {path} is missing"


MOST_REASONS = 20  # lines for one task
LONGEST_VALUE = 60  # characters of a setting


def changes(before, after):
    """Differences between two meanings of a task (`lib.build.graph.Run.meaning`), a line each.

    Examples
    --------
    >>> list(changes({"settings": {"epochs": 3}}, {"settings": {"epochs": 4}}))
    ['setting epochs: 3 -> 4']
    """
    kinds = {"settings": "setting", "functions": "function", "packages": "package"}
    for field, kind in kinds.items():
        old, new = before.get(field, {}), after.get(field, {})
        for key in sorted(old.keys() | new.keys()):
            if old.get(key) == new.get(key):
                continue
            if kind == "function":
                happened = "changed" if key in old and key in new else "is reached now" if key in new else "is gone"
                module, _, name = key.partition(":")
                yield f"function {name} of {module} {happened}".replace("function <module>", "top level")
            else:
                shown = [textwrap.shorten(str(side.get(key, "none")), LONGEST_VALUE) for side in (old, new)]
                yield f"{kind} {key}: {' -> '.join(shown)}" if shown[0] != shown[1] else f"{kind} {key} changed"
    if before.get("arguments") != after.get("arguments"):
        yield "inputs or outputs are others, or in another order"


def statuses(dep_manager, tasks, names=None):
    """How tasks stand, with what they read from: a task behind a stale one is stale.

    Parameters
    ----------
    dep_manager : doit.dependency.Dependency
    tasks : dict of str to doit.task.Task
        Of the whole graph, as `doit.control.TaskControl` has them.
    names : iterable of str, optional
        Those asked for; all without it.

    Returns
    -------
    dict of str to {"fresh", "stale", "failed"}
    """
    failed, makers, found = read_failures(), makers_of(tasks), {}

    def status(name):
        if name not in found:
            behind = [status(maker) for maker in makers[name]]
            alone = not tasks[name].actions or dep_manager.get_status(tasks[name], tasks).status == "up-to-date"
            stands = alone and all(one == "fresh" for one in behind)
            found[name] = "failed" if name in failed else "fresh" if stands else "stale"
        return found[name]

    return {name: status(name) for name in (tasks if names is None else names)}


def orphans(tasks):
    """Files among the artifacts that no task makes, hidden ones aside.

    Parameters
    ----------
    tasks : iterable of doit.task.Task
        All tasks of the graph.

    Returns
    -------
    list of Path
    """
    made = {os.path.normpath(target) for task in tasks for target in task.targets}
    lost = []
    for folder, folders, names in os.walk(config().artifacts / config().source):
        folders[:] = [inner for inner in folders if inner[0] != "." and os.path.join(folder, inner) not in made]
        lost += [Path(folder, name) for name in names if name[0] != "." and os.path.join(folder, name) not in made]
    return sorted(lost)


def may_be_cut_short():
    """End without a word when the reader does, as in ``doit list | head``."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)


@contextlib.contextmanager
def _alone():
    """Be the only build of this folder of artifacts, after waiting for another one; sweep up what a killed one left."""
    # From here, since doit goes into the project's folder only when it loads dodo.py.
    folder, data = (PROJECT / root / config().source for root in (config().artifacts, config().data))
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            print(f"waiting for the build of {folder} by process {lock.read()}", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        for root in (folder, data):
            shutil.rmtree(root / ".staging", ignore_errors=True)
        yield


def first_lines(tasks):
    """What every task says of itself, by name; a sub-task without words of its own, what its group says."""
    docs = {task.name: task.doc for task in tasks}
    return {task.name: task.doc or docs.get(task.subtask_of) or "" for task in tasks}


def _natural(text):
    """Sort key in which Q10 comes after Q9."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"\d+|\D+", text)]


def _subtasks(tasks, name):
    return [inner for inner in tasks[name].task_dep if tasks[inner].subtask_of == name]
