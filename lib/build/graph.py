"""The one way to make a task: what a function reads and writes, and what decides whether it has to run again."""

import hashlib
import inspect
import json
import tempfile
import threading
import time
import traceback
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from doit.exceptions import TaskFailed

from lib.build import files, store, worker
from lib.build.code import PROJECT, Code
from lib.build.config import Settings, config
from lib.build.memo import memo


@dataclass(frozen=True)
class Artifact:
    """One file, or a few that belong together, made by a task or given.

    Parameters
    ----------
    folder : str
        Below the root: the question that it answers, ``data``, ``fits``; empty for the root itself.
    *names : str
        File names; one that ends in ``/`` is a folder.
    root : {"artifacts", "data", "project"}
        ``artifacts/<source>``, ``data/<source>`` or the project's own folder.
    caption : str
        What there is to see; the writeup, the gallery and `doit pull` show it.
    """

    folder: str
    names: tuple
    root: str = "artifacts"
    caption: str = ""

    def __init__(self, folder, *names, root="artifacts", caption=""):
        if not names or any(one.startswith("/") or ".." in one.split("/") for one in (folder, *names)):
            raise ValueError(f"an Artifact lies in its folder: {folder!r}, {names!r} would not, or names no file")
        for field, value in (("folder", folder), ("names", names), ("root", root), ("caption", caption)):
            object.__setattr__(self, field, value)

    @property
    def paths(self):
        """Where its files are, as a list of Path."""
        return list(_paths(self))

    @property
    def path(self):
        """Where its only file is, or its first."""
        return self.paths[0]


def figure(folder, stem, caption):
    """An Artifact of a figure as PNG, for pages, and PDF, for papers."""
    return Artifact(folder, f"{stem}.png", f"{stem}.pdf", caption=caption)


def given(path):
    """An Artifact that no task makes: a file of the project itself.

    Parameters
    ----------
    path : str
        Relative to the project's folder.
    """
    folder, _, name = str(path).rpartition("/")
    return Artifact(folder, name, root="project")


def task(action, *, outputs, inputs=(), settings=None, name=None, doc=None, cache=True):
    """A doit task that is up to date exactly while what it means and what it wrote are unchanged.

    Parameters
    ----------
    action : callable
        A function of a stage, called in a worker process with one argument for each of `inputs` and then of `outputs`:
        a Path, a list of them for an Artifact of several files, a list for a list of Artifacts. Outputs are paths in a
        staging folder; they go into place together once the function has returned. Settings follow as ``settings=``.
    outputs, inputs : list of Artifact
        All that the function writes and reads. An input may be a list of Artifacts.
    settings : Settings
        What it depends on besides.
    name : str
        Of a sub-task.
    doc : str
        What `doit list` shows, where the creator's docstring does not say it.
    cache : bool
        False for downloads: the store keeps no second copy, and `doit clean` leaves them.

    Returns
    -------
    dict
        As doit wants it from a task creator.
    """
    _check(action, inputs, outputs, settings)
    run = Run(action, list(inputs), list(outputs), settings, cache)
    described = {
        "actions": [run.perform],
        "file_dep": run.input_paths,
        "targets": [str(path) for path in run.places.values()],
        "uptodate": [run.is_up_to_date],
        "clean": [run.clean] if cache else [],
        "title": title,
        "meta": {"run": run},
        "io": {"capture": False},  # the function prints in another process
    }
    return described | ({"name": name} if name else {}) | ({"doc": doc} if doc else {})


def _check(action, inputs, outputs, settings):
    """Raise TypeError for what no task can be made of."""
    where = f"{getattr(action, '__module__', '?')}.{getattr(action, '__qualname__', action)}"
    if not inspect.isfunction(action) or "." in action.__qualname__:
        raise TypeError(
            f"{where} cannot be a task's action: a function at the top of a module can, since its code can be found"
        )
    if not isinstance(outputs, list | tuple) or not outputs or not isinstance(inputs, list | tuple):
        raise TypeError(f"the task of {where} wants lists of Artifacts as inputs and outputs, at least one output")
    for artifact in [*outputs, *_flat(inputs)]:
        if not isinstance(artifact, Artifact):
            raise TypeError(f"the task of {where} has {artifact!r} for an input or output, which is no Artifact")
    if settings is not None and not isinstance(settings, Settings):
        raise TypeError(f"the task of {where} has settings={settings!r}: use settings(table), and .only(...) of it")


def title(task):
    """What the console calls a task."""
    return task.name


class Run:
    """One run of a task's function: what it means, whether its outputs stand, how they are made."""

    def __init__(self, action, inputs, outputs, settings, cache):
        self.action, self.inputs, self.outputs, self.settings, self.cache = action, inputs, outputs, settings, cache
        self.places = {
            f"{artifact.folder}/{name}".lstrip("/"): path
            for artifact in outputs
            for name, path in zip(artifact.names, artifact.paths, strict=True)
        }
        self.root = _root(outputs[0].root)
        self.how = self.earlier_seconds = None

    def __repr__(self):
        return f"<{self.action.__module__}.{self.action.__name__}>"

    @cached_property
    def input_paths(self):
        """Every file read, as text."""
        return [str(path) for artifact in _flat(self.inputs) for path in artifact.paths]

    @cached_property
    def meaning(self):
        """Settings, digests of the functions reached, versions of the packages reached: plain values."""
        reached = code().fingerprint(self.action.__module__, self.action.__qualname__)
        # doit compares inputs as a set; which argument each one is matters as well.
        arguments = _sha(f"{_shape(self.inputs)} {_shape(self.outputs)}")
        return {"settings": self.settings.as_dict() if self.settings else {}, "arguments": arguments, **reached}

    def is_up_to_date(self, task, values):
        """doit's question; whether inputs changed is asked by doit itself."""
        task.value_savers.append(self.record)
        self.earlier_seconds = values.get("seconds")
        return values.get("meaning") == self.meaning and not self.spoilt(values)

    def spoilt(self, values):
        """Outputs that are not what the last run wrote."""
        written = values.get("outputs", {})
        return [
            path for path in map(str, self.places.values()) if not files.is_unchanged(path, written.get(path, ["", ""]))
        ]

    def record(self):
        """What doit keeps of a success."""
        states = {str(path): files.state(path) for path in self.places.values()}
        # What it takes to compute them, which restoring does not tell.
        seconds = self.seconds if self.how == "built" else self.earlier_seconds
        return {"meaning": self.meaning, "outputs": states, "seconds": seconds}

    def perform(self):
        """Restore or compute the outputs, and put them into place together."""
        started = time.monotonic()
        with _importing:
            import joblib.externals.loky  # noqa: F401 - its modules import each other: never in two threads at once
        staging = self.root / ".staging"
        staging.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=staging) as folder:
            try:
                self._fill(Path(folder))
                files.place(Path(folder), self.places)
            except Exception as error:
                return TaskFailed("\n".join([_explain(error), *self._advice()]))
        self.seconds = round(time.monotonic() - started, 3)

    def _advice(self):
        """What to do if it was the data that was wrong."""
        given = [str(path) for artifact in _flat(self.inputs) if artifact.root == "data" for path in artifact.paths]
        if given:
            yield f"If {', '.join(given[:3])} is not what it should be, remove it and run again: it is made anew."

    def _fill(self, folder):
        self.how, self.progress_file = "restored", folder / ".progress"
        if not self.cache:
            return self._compute(folder)

        def produce():
            self._compute(folder)
            return files.read_tree(folder, self.places)

        kept = store.restore_or_produce(config().cache, self._key(), produce)
        if self.how == "restored":
            files.write_tree(folder, kept)

    def _compute(self, folder):
        self.how = "built"
        for name in self.places:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
        arguments = [_argument(artifact, lambda artifact: artifact.paths) for artifact in self.inputs]
        arguments += [
            _argument(artifact, lambda artifact: [folder / artifact.folder / name for name in artifact.names])
            for artifact in self.outputs
        ]
        packages = list(self.meaning["packages"])
        worker.submit(workers(), self.action, arguments, self.settings, packages, self.progress_file)
        missing = [name for name in self.places if not (folder / name).exists()]
        if missing:
            raise FileNotFoundError(f"{self.action.__name__} returned without writing {', '.join(missing)}")

    def _key(self):
        parts = [self.meaning, [files.digest(path) for path in self.input_paths], list(self.places)]
        return _sha(json.dumps(parts, sort_keys=True))

    def clean(self, dryrun):
        """`doit clean`: take the outputs away."""
        for path in filter(Path.exists, self.places.values()):
            print(f"{'would remove' if dryrun else 'removing'} {path}")
            if not dryrun:
                files.remove(path, self.root)


def makers_of(tasks):
    """For every task the names of those whose outputs it reads.

    Parameters
    ----------
    tasks : dict of str to doit.task.Task
        Of the whole graph.

    Returns
    -------
    dict of str to set of str
    """
    makers = {target: task.name for task in tasks.values() for target in task.targets}
    return {name: {makers[path] for path in task.file_dep if path in makers} for name, task in tasks.items()}


_importing = threading.Lock()


@cache
def code():
    """The project's code, as this process reads it."""
    return Code(memo("code"), configuration=config().digest)


def workers():
    """How many processes compute at a time: one for each core that this process may use."""
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _paths(artifact):
    return [_root(artifact.root) / artifact.folder / name for name in artifact.names]


@cache
def _root(root):
    folder = {"artifacts": config().artifacts, "data": config().data}.get(root)
    return folder / config().source if folder else Path()


def _flat(artifacts):
    for artifact in artifacts:
        if isinstance(artifact, list | tuple):
            yield from _flat(artifact)
        else:
            yield artifact


def _shape(artifacts):
    """Which artifact is which argument, nested as they are given."""
    return [_shape(one) if isinstance(one, list | tuple) else [one.root, one.folder, *one.names] for one in artifacts]


def _sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def _argument(artifact, paths_of):
    if isinstance(artifact, list | tuple):
        return [_argument(inner, paths_of) for inner in artifact]
    paths = paths_of(artifact)
    return paths[0] if len(paths) == 1 else paths


def _explain(error):
    """What went wrong, and the line of the project where it did."""
    lines = [f"{type(error).__name__}: {error}"]
    remote = getattr(error, "__cause__", None)
    trace = str(remote) if remote else "".join(traceback.format_exception(error))
    frames = [line.strip() for line in trace.splitlines() if f'File "{PROJECT}/' in line and "/lib/build/" not in line]
    own = [frame for frame in frames if "/.venv/" not in frame]
    return "\n".join(lines + [frame.replace(f"{PROJECT}/", "") for frame in own[-1:]])
