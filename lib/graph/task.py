"""A step as a doit task: up to date exactly while its fingerprint, its inputs and what it wrote are unchanged."""

import hashlib
import json
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from doit.exceptions import TaskFailed

from lib.graph import files, store, worker
from lib.graph.artifact import Artifact, artifacts_in, replaced
from lib.graph.call import Output, Stored
from lib.graph.fingerprint import code
from lib.graph.settings import PROJECT, config


@dataclass(eq=False)
class Step:
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
        Whether the function returns the value of the only output itself.
    keep : bool
        Whether the store keeps the outputs and `clean` may remove them.
    doc : str
    progress : bool
        Whether the function reports how far it is.
    template : dict of str to Artifact, or None
        The outputs as a sweep declares them, axes in braces.
    location : str
        ``stages/training.py:12``.
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

    how = seconds = earlier_seconds = progress_file = None

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
        """Every file read."""
        return [path for artifact in artifacts_in(self.inputs) for path in artifact.files]

    @cached_property
    def places(self) -> dict[str, str]:
        """Where its outputs go, by their names below the root."""
        return {
            name: path
            for artifact in self.outputs.values()
            for name, path in zip(artifact.names, artifact.files, strict=True)
        }

    @cached_property
    def fingerprint(self) -> dict[str, Any]:
        """What its outputs depend on besides the inputs' content: settings, code, packages, which input is which."""
        kinds = [artifact.kind for artifact in artifacts_in([self.inputs, self.outputs])]
        entries = sorted({entry for kind in kinds for entry in (kind.save, kind.load) if entry})
        # doit compares inputs as a set; which argument each one is matters as well.
        arguments = json.dumps([replaced(self.inputs, _shape), replaced(self.outputs, _shape)], sort_keys=True)
        return {
            "settings": self.settings,
            "arguments": _sha(arguments),
            **code().fingerprint(self.function, *entries),
        }

    @cached_property
    def fingerprint_digest(self) -> str:
        """`fingerprint` as one canonical text, in which 0, 0.0 and false differ."""
        return _sha(json.dumps(self.fingerprint, sort_keys=True))

    def as_task(self) -> dict[str, Any]:
        """The task, as doit takes it from a creator."""
        return {
            "basename": self.name,
            "doc": self.doc,
            "actions": [self.perform],
            "file_dep": self.input_files,
            "targets": list(self.places.values()),
            "uptodate": [self.is_up_to_date],
            "clean": [self.clean] if self.keep else [],
            "title": _title,
            "meta": {"step": self},
            "io": {"capture": False},  # the function prints in another process
        }

    def is_up_to_date(self, task, values) -> bool:
        """doit's question; whether inputs changed is asked by doit itself."""
        task.value_savers.append(self.record)
        self.earlier_seconds = values.get("seconds")
        return values.get("digest") == self.fingerprint_digest and not self.changed_outputs(values)

    def changed_outputs(self, values: dict) -> list[str]:
        """Outputs that are not what the last run wrote."""
        written = values.get("outputs", {})
        return [path for path in self.places.values() if not files.is_unchanged(path, written.get(path, ["", ""]))]

    def record(self) -> dict:
        """What doit keeps of a success."""
        # What it takes to compute them, which restoring does not tell.
        seconds = self.seconds if self.how == "built" else self.earlier_seconds
        outputs = {path: files.state(path) for path in self.places.values()}
        return {
            "digest": self.fingerprint_digest,
            "fingerprint": self.fingerprint,
            "outputs": outputs,
            "seconds": seconds,
        }

    def perform(self) -> TaskFailed | None:
        """Restore or compute the outputs, and put them into place together."""
        started = time.monotonic()
        with _importing:
            import joblib.externals.loky  # noqa: F401 - its modules import each other: never in two threads at once
        root = Path(next(iter(self.places.values())).removesuffix(next(iter(self.places))))
        staging = root / ".staging"
        staging.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=staging) as folder:
            try:
                self._fill(Path(folder))
                files.place(Path(folder), self.places)
            except Exception as error:
                return TaskFailed("\n".join([_explain(error), *self._advice()]))
        self.seconds = round(time.monotonic() - started, 3)
        return None

    def clean(self, dryrun: bool) -> None:
        """`doit clean`: take the outputs away."""
        for name, path in self.places.items():
            if Path(path).exists():
                print(f"{'would remove' if dryrun else 'removing'} {path}")
                if not dryrun:
                    files.remove(path, path.removesuffix(name))

    def _advice(self) -> Iterator[str]:
        """What to do if it was the data that was wrong."""
        data = [path for artifact in artifacts_in(self.inputs) if artifact.root == "data" for path in artifact.files]
        if data:
            yield f"If {', '.join(data[:3])} is not what it should be, remove it and run again: it is made anew."

    def _fill(self, folder):
        self.how, self.progress_file = "restored", folder / ".progress"
        if not self.keep:
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
        arguments = replaced(self.inputs, lambda artifact: Stored(artifact.kind.load, artifact.files)) | self.settings
        outputs = {
            name: Output(
                artifact.kind.save,
                tuple(str(folder / name) for name in artifact.names),
                tuple(number.key for number in artifact.numbers),
            )
            for name, artifact in self.outputs.items()
        }
        packages = list(self.fingerprint["packages"])
        progress_file = self.progress_file if self.progress else None
        worker.submit(self.function, arguments, outputs, self.single, packages, progress_file)
        missing = [name for name in self.places if not (folder / name).exists()]
        if missing:
            raise FileNotFoundError(f"{self.function} returned without writing {', '.join(missing)}")

    def _key(self):
        return _sha(
            json.dumps([self.fingerprint_digest, [files.digest(path) for path in self.input_files], list(self.places)])
        )


_importing = threading.Lock()


def _title(task):
    """What the console calls a task."""
    return task.name


def _shape(artifact):
    return [artifact.kind.name, artifact.root, *artifact.names]


def _sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def _explain(error):
    """What went wrong, and the line of the project where it did."""
    lines = [f"{type(error).__name__}: {error}"]
    remote = getattr(error, "__cause__", None)
    trace = str(remote) if remote else "".join(traceback.format_exception(error))
    frames = [line.strip() for line in trace.splitlines() if f'File "{PROJECT}/' in line and "/lib/graph/" not in line]
    own = [frame for frame in frames if "/.venv/" not in frame]
    return "\n".join(lines + [frame.replace(f"{PROJECT}/", "") for frame in own[-1:]])
