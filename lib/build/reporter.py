"""What the console shows while building."""

import time

from doit.exceptions import UnmetDependency


class Console:
    """doit reporter: a line for what was done, a summary at the end.

    Parameters
    ----------
    outstream : text stream
        Where to.
    options : dict
        doit's.
    """

    desc = "what was built, restored and left alone"

    def __init__(self, outstream, options):
        self.out = outstream
        self.count = {"built": 0, "restored": 0, "fresh": 0, "failed": 0, "skipped": 0}
        self.failures, self.errors = [], []
        self.started = time.monotonic()

    def initialize(self, tasks, selected_tasks):
        pass

    def get_status(self, task):
        pass

    def execute_task(self, task):
        pass

    def add_success(self, task):
        run = task.meta and task.meta.get("run")
        if run:
            self.count[run.how] += 1
            self.out.write(f"{run.how:>8} {run.seconds:6.1f} s  {task.title()}\n")

    def add_failure(self, task, fail):
        if isinstance(fail, UnmetDependency):
            self.count["skipped"] += bool(task.actions)
            return
        self.count["failed"] += 1
        self.out.write(f"{'failed':>8}           {task.title()}\n")
        self.failures.append((task, fail))

    def skip_uptodate(self, task):
        self.count["fresh"] += bool(task.actions)

    def skip_ignore(self, task):
        self.out.write(f"{'ignored':>8}           {task.title()}\n")

    def cleanup_error(self, exception):
        self.errors.append(exception.get_msg())

    def runtime_error(self, msg):
        self.errors.append(msg)

    def teardown_task(self, task):
        pass

    def complete_run(self):
        for task, fail in self.failures:
            self.out.write(f"\n{task.title()} failed:\n{fail.get_msg().strip()}\n")
        for error in self.errors:
            self.out.write(f"\n{error.strip()}\n")
        counts = ", ".join(f"{number} {how}" for how, number in self.count.items() if number)
        self.out.write(f"{counts or 'nothing to do'} in {time.monotonic() - self.started:.1f} s\n")
