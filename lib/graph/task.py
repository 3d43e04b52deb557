"""A step as a doit task: up to date exactly while its fingerprint, its inputs and what it wrote are unchanged."""

import hashlib
import json
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from doit.exceptions import TaskFailed
from doit.task import Task
from msgspec import Struct

from lib.graph import aside, files, store, worker, written
from lib.graph.artifact import Artifact, artifacts_in, replaced
from lib.graph.cache import all_settings, cached
from lib.graph.call import Described, Output, Stored
from lib.graph.entries import Kept
from lib.graph.fingerprint import code, code_state, remembered
from lib.graph.uptodate import UpToDate

# One text for one value, in which 0, 0.0 and false differ; made once, for ten thousand steps.
CANONICAL = json.JSONEncoder(allow_nan=False, sort_keys=True)


class Step(Struct, eq=False, dict=True):
    """A function, what it is given and what it makes; see `lib.graph.step.step`.

    Parameters
    ----------
    function : str
        Entry point.
    inputs : dict
        Artifacts, in nested lists and dicts, by parameter.
    settings : dict
        Plain values by parameter.
    outputs : dict of str to Artifact
    single : bool
        Whether the function returns the value of its only output, not a dict.
    keep : bool
        Whether the store keeps the outputs and `clean` may remove them.
    doc : str
    progress : bool
        Whether the function reports its progress.
    template : dict of str to Artifact, or None
        The outputs as a sweep declares them, axes in braces.
    location : str
        ``stages/training.py:12``.
    reaches : tuple of str
        Modules that the function uses in ways that cannot be seen in its source.
    """

    function: str
    inputs: dict[str, Any]
    settings: dict[str, Any]
    outputs: dict[str, Artifact]
    single: bool
    keep: bool
    doc: str
    progress: bool
    template: dict[str, Artifact] | None
    location: str
    reaches: tuple[str, ...] = ()

    how = seconds = earlier_seconds = progress_file = _record = None
    warnings = ()
    forced = differs = False  # whether it runs although it is fresh, and whether that made other bytes than before

    def __repr__(self) -> str:
        return f"<Step {self.name}: {self.function}>"

    @cached_property
    def name(self) -> str:
        """The id of its first output."""
        return next(iter(self.outputs.values())).id

    @property
    def stage(self) -> str:
        """The stage that declares it."""
        return Path(self.location).name.partition(".py:")[0]

    @cached_property
    def input_files(self) -> list[str]:
        """All files that it reads."""
        return [path for artifact in self._given for path in artifact.files]

    @cached_property
    def _given(self):
        """The artifacts among its inputs."""
        return artifacts_in(self.inputs)

    @cached_property
    def text(self) -> str:
        """The settings as one canonical text, in which 0, 0.0 and false differ."""
        return CANONICAL.encode(self.settings)

    @cached_property
    def places(self) -> dict[str, str]:
        """Where its outputs go, by their names below the root."""
        return {
            name: path
            for artifact in self.outputs.values()
            for name, path in zip(artifact.names, artifact.files, strict=True)
        }

    @cached_property
    def root(self) -> str:
        """The folder that the names of its outputs start from."""
        name, path = next(iter(self.places.items()))
        return path.removesuffix(name)

    @cached_property
    def fingerprint(self) -> "Fingerprint":
        """What its outputs depend on besides the inputs' content, as the code was when this process began."""
        return self.find_fingerprint()

    def find_fingerprint(self, state: str | None = None) -> "Fingerprint":
        """The fingerprint with the code as it is in a state (`lib.graph.fingerprint.code_state`)."""
        return Fingerprint(
            self.settings, self._arguments, _code_digest(self._entries, state), self._entries, state, self.text
        )

    @cached_property
    def _arguments(self):
        """Digest of which argument each input is, and each output."""
        made = {name: _shape(artifact) for name, artifact in self.outputs.items()}
        return _sha(CANONICAL.encode([replaced(self.inputs, _shape), made]))

    @cached_property
    def _entries(self):
        """What runs: the function, what loads and saves its values, and what it says that it reaches."""
        kinds = {artifact.kind for artifact in (*self._given, *self.outputs.values())}
        loaders_and_savers = {entry for kind in kinds for entry in (kind.save, kind.load) if entry}
        return self.function, *sorted(loaders_and_savers), *self.reaches

    def as_task(self) -> dict[str, Any]:
        """The task, as doit takes it from a creator."""
        return {
            "basename": self.name,
            "doc": self.doc,
            "actions": [self.perform],
            "file_dep": self.input_files,
            "targets": list(self.places.values()),
            "uptodate": [UpToDate(self.is_up_to_date)],
            "clean": [self.clean] if self.keep else [],
            "title": _title,
            "meta": {"step": self},
            "io": {"capture": False},  # the function prints in another process
        }

    def is_up_to_date(self, task: Task, values: dict) -> bool:
        """Answer doit's `uptodate`."""
        task.value_savers.append(self.record)
        self.earlier_seconds = values.get("seconds")
        return self.is_fresh(values)

    def is_fresh(self, values: dict) -> bool:
        """Whether all is as the last run recorded it."""
        if self.forced or values.get("digest") != self.fingerprint.digest:
            return False
        return not any(self.changed_inputs(values)) and not any(self.changed_outputs(values))

    def changed_inputs(self, values: dict) -> Iterator[str]:
        """Inputs that are not what the last run read."""
        read = values.get("inputs", {})
        return (path for path in self.input_files if not files.is_unchanged(path, read.get(path, _NEVER), once=True))

    def changed_outputs(self, values: dict) -> Iterator[str]:
        """Outputs that are not what the last run wrote."""
        written = values.get("outputs", {})
        return (path for path in self.places.values() if not files.is_output(path, written.get(path, _NEVER)))

    def record(self) -> dict | None:
        """The values that doit saves after a success."""
        return self._record

    def perform(self) -> TaskFailed | None:
        """Restore or compute the outputs, and put them into place together.

        What was read is what is recorded: if a source or an input changes while the function runs, its result is
        discarded and it runs once more.
        """
        started = time.monotonic()
        with _importing:
            import joblib.externals.loky  # noqa: F401 - its modules import each other: never in two threads at once
        staging = Path(self.root, ".staging")
        try:
            for _ in range(2):
                with files.borrowed(staging) as folder:
                    changed = self._attempt(folder, started)
                if not changed:
                    return None
            raise RuntimeError(f"{changed} changed while the step ran, twice: its results are not kept; run it again")
        except Exception as error:
            return TaskFailed("\n".join([worker.explain(error), *self._advice()]))

    def _attempt(self, folder, started):
        """Fill a staging folder and put the outputs into place; return what changed meanwhile, if anything."""
        state = code_state()
        fingerprint = self.find_fingerprint(state)
        inputs = {path: files.fresh_state(path) for path in self.input_files}
        self._fill(folder, self.key(fingerprint, inputs), fingerprint)
        if self.how == "built":
            now = code_state()
            if now != state and (changed := fingerprint.difference(self.find_fingerprint(now))):
                return changed
            for path, before in inputs.items():
                if files.fresh_state(path) != before:
                    return path
        moved = [aside.clear(path, (folder / name).is_dir()) for name, path in self.places.items()]
        moved += [aside.spare(path, folder / name) for name, path in self.places.items()]
        self.warnings = [*self.warnings, *filter(None, moved)]
        outputs = files.place(folder, self.places)
        written.note(self.root, {name: outputs[path][1] for name, path in self.places.items()})
        self.seconds = round(time.monotonic() - started, 3)
        self._record = {
            "digest": fingerprint.digest,
            **fingerprint.record(),
            "all_settings": all_settings(),
            "inputs": inputs,
            "outputs": outputs,
            # What it takes to compute them, which restoring does not tell.
            "seconds": self.seconds if self.how == "built" else self.earlier_seconds,
        }
        return None

    def clean(self, dryrun: bool) -> None:
        """`doit clean`: remove the outputs, if they are still what a step wrote."""
        entries = written.read(self.root)
        for name, path in self.places.items():
            if not os.path.lexists(path):
                continue
            if os.path.islink(path) or not (os.path.isfile(path) or os.path.isdir(path)):
                print(f"leaving {path}, which no step made: it is {aside.describe(path)}")
            elif reason := written.why_not_ours(self.root, name, entries):
                print(f"leaving {path}: {reason}")
            else:
                print(f"{'would remove' if dryrun else 'removing'} {path}")
                if not dryrun:
                    files.remove(path, self.root)

    def _advice(self) -> Iterator[str]:
        """What to do if corrupt data caused a failure."""
        data = [path for artifact in self._given if artifact.root == "data" for path in artifact.files]
        if data:
            yield f"If {', '.join(data[:3])} is corrupt, delete it and run again: it will be recreated."

    def _fill(self, folder, key, fingerprint):
        self.how, self.progress_file = "restored", folder / ".progress"
        if self.forced or not self.keep:
            self.warnings = self._compute(folder, fingerprint)
            return

        def produce():
            warnings = self._compute(folder, fingerprint)
            return Kept(files.read_tree(folder, self.places), warnings)

        kept = store.restore_or_produce(key, produce)
        self.warnings = kept.warnings
        if self.how == "restored":
            files.write_tree(folder, kept.files)

    def _compute(self, folder, fingerprint):
        self.how = "built"
        self._prepare(folder)
        arguments = replaced(self.inputs, lambda artifact: Stored(artifact.kind.load, artifact.files)) | self.settings
        outputs = {
            name: Output(
                artifact.kind.save,
                tuple(str(folder.absolute() / name) for name in artifact.names),
                tuple(number.key for number in artifact.numbers),
            )
            for name, artifact in self.outputs.items()
        }
        packages = list(fingerprint.reached["packages"])
        progress_file = self.progress_file if self.progress else None
        # Downloads accept files that users have put into their folder.
        allowed = [str(folder), *self.input_files] if self.keep else None
        reached = code(fingerprint.state).reached(*self._entries)
        warnings = worker.submit(
            (self.function, arguments, outputs, self.single, packages),
            progress_file,
            allowed,
            reached,
            tidy=lambda: self._prepare(folder),
        )
        missing = [name for name in self.places if not (folder / name).exists()]
        if missing:
            raise FileNotFoundError(f"{self.function} returned without writing {', '.join(missing)}")
        return warnings

    def _prepare(self, folder):
        """A staging folder with nothing in the places of outputs, and the folders that these are written to."""
        files.empty(folder)
        for name in self.places:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            if (folder / name).is_dir():  # that of another step
                files.remove(folder / name, folder)

    def key(self, fingerprint: "Fingerprint", inputs: Mapping[str, Sequence[str]]) -> str:
        """What the store knows the outputs by, of inputs in these states (`lib.graph.files.state`)."""
        return _sha(json.dumps([fingerprint.digest, [inputs[path][1] for path in self.input_files], list(self.places)]))


_NEVER = ("", "")


class Fingerprint(Struct, frozen=True, dict=True):
    """What the outputs of a step depend on besides the content of its inputs.

    Parameters
    ----------
    settings : dict
        Plain values that the function is given.
    arguments : str
        Digest of which input and which output is which argument.
    code : str
        Digest of all that is reached.
    entries : tuple of str
        Where that starts, for `lib.graph.fingerprint.Code.fingerprint`.
    state : str or None
        Of the code's files.
    text : str
        The settings as JSON.
    """

    settings: dict[str, Any]
    arguments: str
    code: str
    entries: tuple[str, ...]
    state: str | None = None
    text: str = "{}"

    @cached_property
    def reached(self) -> dict[str, dict[str, str]]:
        """Digests of the functions reached and versions of the packages."""
        return cached("reached").find(self.code) or code(self.state).fingerprint(*self.entries)

    @cached_property
    def digest(self) -> str:
        """Of everything."""
        return _sha(f'[{self.text}, "{self.arguments}", "{self.code}"]')

    def record(self) -> dict[str, Any]:
        """What doit keeps of it; what is reached, which many steps have in common, is kept once beside the database."""
        settings = {
            name: _sha(value) if isinstance(value, Described) else value for name, value in self.settings.items()
        }
        return {"settings": settings, "arguments": self.arguments, "code": self.code}

    def difference(self, other: "Fingerprint") -> str:
        """The first module or package in which two fingerprints differ; empty if they are the same."""
        if self.code == other.code:
            return ""
        for field in ("functions", "packages"):
            before, after = self.reached[field], other.reached[field]
            for name in sorted(before.keys() | after.keys()):
                if before.get(name) != after.get(name):
                    return name.partition(":")[0]
        return "the code"


def _code_digest(entries, state):
    """Digest of all that functions reach; what that is, which many steps have in common, is kept once by it."""

    def find():
        reached = code(state).fingerprint(*entries)
        digest = _sha(CANONICAL.encode(reached))
        cached("reached").get(digest, "", lambda: reached)
        return digest

    return remembered(" ".join(entries), find, state)


_importing = threading.Lock()


def _title(task):
    """A task's name in the console."""
    return task.name


def _shape(artifact):
    return [artifact.kind.name, artifact.root, *artifact.names]


def _sha(text):
    return hashlib.sha256(text.encode()).hexdigest()
