"""`doit read`: read the text of the user's own photographed pages."""

import io
import json
import os
import sys
from pathlib import Path

from doit.control import TaskControl
from doit.exceptions import InvalidCommand

from lib.commands.console import Console
from lib.commands.options import OptionsAnywhere
from lib.commands.run import Build
from lib.commands.status import statuses
from lib.graph.artifact import artifacts_in, replaced
from lib.graph.call import resolve
from lib.graph.settings import in_user_folder, make_folder
from lib.graph.step import GRAPH

MODELS = (("mlp", "numpy, quickest"), ("nist36", "CNN on NIST36"), ("emnist", "CNN on EMNIST"))


class Read(OptionsAnywhere, Build):
    """Read photographs with a trained network, which is built first if needed."""

    name = "read"
    doc_purpose = "read the text of your own photographed pages"
    doc_usage = "PHOTO... (- reads standard input)"
    doc_description = "Exit code 0: all were read; 1: a photograph could not be read or has no letters."
    cmd_options = Build.cmd_options + (
        {
            "name": "model",
            "long": "model",
            "type": str,
            "default": "mlp",
            "choices": MODELS,
            "help": "which network reads [%(default)s]",
        },
        {
            "name": "context",
            "long": "context",
            "type": bool,
            "default": False,
            "help": "use neighbouring letters as context",
        },
        {"name": "overlay", "long": "overlay", "type": str, "default": "", "help": "picture of the boxes to write"},
        {"name": "as_json", "long": "json", "type": bool, "default": False, "help": "boxes and probabilities too"},
    )

    def _execute(self, model, context, overlay, as_json, pos_args, num_process, par_type):
        _check(pos_args, overlay)
        if not any(name == "-" or in_user_folder(name).exists() for name in pos_args):
            print("\n".join(f"{name}: there is no such file" for name in pos_args), file=sys.stderr)
            return 1  # before training anything
        from stages.reading import READERS, STYLES

        reader = next(reader for reader in READERS if reader.model == model)
        needed = list(artifacts_in([reader.weights, STYLES]))
        self.sel_tasks = sorted({GRAPH.artifacts[artifact.id][1].name for artifact in needed})
        stand = statuses(self.dep_manager, TaskControl(self.task_list).tasks, self.sel_tasks)
        if set(stand.values()) != {"fresh"}:
            failed = super()._execute(outfile=sys.stderr, num_process=num_process, par_type=par_type, reporter=Console)
            if failed:
                return failed
        self._reader, self._weights, self._styles = reader, _loaded(reader.weights), _loaded(STYLES)
        results = {name: self._read(name, overlay) for name in pos_args}
        for name, result in results.items():
            if result and not as_json:
                if len(results) > 1:
                    print(f"== {name}")
                print(result["text_in_context" if context else "text"])
        if as_json:
            named = [{"photo": name} | result for name, result in results.items() if result]
            print(json.dumps(named, indent=1, ensure_ascii=False))
        return 0 if all(results.values()) else 1

    def _read(self, name, overlay):
        """The record of one page; None, after printing the problem, if it cannot be read."""
        from lib.data.photos import open_photo
        from lib.steps.reading import read_photo

        called = "standard input" if name == "-" else name
        file = io.BytesIO(sys.stdin.buffer.read()) if name == "-" else in_user_folder(name)
        try:
            photo = open_photo(file, called)
            record = read_photo(photo, self._styles, resolve(self._reader.read), self._weights)
        except ValueError as error:
            print(error if called in str(error) else f"{called}: {error}", file=sys.stderr)
            return None
        if not record["letters"]:
            print(f"{called}: no letters found", file=sys.stderr)
            return None
        if overlay:
            from lib.figures import pages, style

            if name == "-":
                file.seek(0)
            target = in_user_folder(overlay)
            written = target.with_name(f".{target.stem}.{os.getpid()}{target.suffix}")
            style.save(pages.boxes_over_page(file, record), written)
            written.replace(target)  # what else is linked to the old one stays as it is
        return record


def _check(names, overlay):
    if not names:
        raise InvalidCommand("read needs at least one PHOTO, or - for standard input")
    if overlay and len(names) > 1:
        raise InvalidCommand("--overlay is one picture: read one PHOTO at a time with it")
    if overlay and not overlay.endswith((".png", ".pdf")):
        raise InvalidCommand(f"--overlay {overlay} ends in neither .png nor .pdf")
    if overlay:
        _check_target(in_user_folder(overlay), in_user_folder(names[0]), overlay)


def _check_target(target, photo, overlay):
    """Before the work, that its picture can be written, and over nothing that it was made from."""
    if target.exists() and photo.exists() and os.path.samefile(target, photo):
        raise InvalidCommand(f"--overlay {overlay} would be written over the photograph")
    if target.is_dir():
        raise InvalidCommand(f"--overlay {overlay} is a folder: name a file in it")
    make_folder(target.parent)
    if not os.access(target.parent, os.W_OK) or target.exists() and not os.access(target, os.W_OK):
        raise InvalidCommand(f"--overlay {overlay} cannot be written to: permission denied")


def _loaded(value):
    """The values of artifacts, loaded as for a step."""
    return replaced(value, lambda artifact: resolve(artifact.kind.load)([Path(file) for file in artifact.files]))
