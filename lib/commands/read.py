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

MODELS = (
    ("nist36", "CNN for 36 characters, reads best"),
    ("emnist", "CNN for 47 characters"),
    ("mlp", "numpy, needs no torch"),
)


EDGES = ("top", "left", "bottom", "right")  # of a letter's box
UNSURE = 0.6  # confidence of a letter that may well be another, or none
TEXT = 0.95  # a page has text if this many of its letters are right, the unsure ones not counted ...
MOSTLY = 0.65  # ... and this share of all
DOUBTFUL = 0.7  # mean confidence of a page that should be looked at


class Read(OptionsAnywhere, Build):
    """Read photographs with a trained network, which is built first if needed."""

    name = "read"
    _sure = "confidence"  # of a record: that what is printed is right
    doc_purpose = "read the text of your own photographed pages"
    doc_usage = "PHOTO|FOLDER... (- reads standard input)"
    doc_description = (
        "Exit code 0: all were read; 1: a photograph could not be read or has no text; 2: all were read, but one is "
        "doubtful."
    )
    cmd_options = Build.cmd_options + (
        {
            "name": "model",
            "long": "model",
            "type": str,
            "default": "nist36",
            "choices": MODELS,
            "help": "which network reads [%(default)s]",
        },
        {
            "name": "context",
            "long": "context",
            "inverse": "alone",
            "type": bool,
            "default": True,
            "help": "neighbouring letters count too; --alone: each letter by its own image",
        },
        {
            "name": "plain",
            "long": "plain",
            "type": bool,
            "default": False,
            "help": "find letters by rules of thumb (Q4.2), without the judge",
        },
        {"name": "overlay", "long": "overlay", "type": str, "default": "", "help": "picture of the boxes to write"},
        {"name": "copy", "long": "copy", "type": bool, "default": False, "help": "put the text on the clipboard, too"},
        {"name": "as_json", "long": "json", "type": bool, "default": False, "help": "boxes and probabilities too"},
    )

    def _execute(self, model, context, plain, overlay, copy, as_json, pos_args, num_process, par_type):
        names = [file for name in pos_args for file in _files(name)]
        _check(names, overlay)
        if not any(name == "-" or os.path.exists(in_user_folder(name)) for name in names):  # nor if it is too long
            print("\n".join(f"{name}: there is no such file" for name in names), file=sys.stderr)
            if as_json:
                print("[]")
            return 1  # before training anything
        from stages.reading import CALIBRATIONS, JUDGE, READERS, STYLES

        reader = next(reader for reader in READERS if reader.model == model)
        judged = None if plain else {"judge": JUDGE.weights, "calibration": CALIBRATIONS[reader.id]}
        needed = list(artifacts_in([reader.weights, STYLES, judged]))
        self.sel_tasks = sorted({GRAPH.artifacts[artifact.id][1].name for artifact in needed})
        stand = statuses(self.dep_manager, TaskControl(self.task_list).tasks, self.sel_tasks)
        if set(stand.values()) != {"fresh"}:
            failed = super()._execute(outfile=sys.stderr, num_process=num_process, par_type=par_type, reporter=Console)
            if failed:
                return failed
        self._reader, self._weights, self._styles = reader, _loaded(reader.weights), _loaded(STYLES)
        self._judged = _loaded(judged) if judged else {}
        self._sure = "confidence" if context else "confidence_alone"
        results = {name: self._read(name) for name in names}
        texts = {name: result["text_in_context" if context else "text"] for name, result in results.items() if result}
        for name, text in texts.items() if not as_json else ():
            if len(results) > 1:
                print(f"== {name}")
            print(text)
        if as_json:
            found = [_located(name, result) for name, result in results.items() if result]
            print(json.dumps(found, indent=1, ensure_ascii=False))
        if copy and texts:
            _copy("\n\n".join(texts.values()))
        if overlay and all(results.values()):
            self._draw(overlay, results[names[0]], "in_context" if context else "letter")
        if not all(results.values()):
            return 1
        return 2 if any(result.get(self._sure, 1.0) < DOUBTFUL for result in results.values()) else 0

    def _read(self, name):
        """The record of one page; None, after printing the problem, if it cannot be read."""
        from lib.data.photos import open_photo
        from lib.steps.reading import read_photo

        called = "standard input" if name == "-" else name
        file = self._photo = io.BytesIO(sys.stdin.buffer.read()) if name == "-" else in_user_folder(name)
        if name != "-" and os.path.isdir(file):
            print(f"{called}: there is no photograph in this folder", file=sys.stderr)
            return None
        try:
            photo = open_photo(file, called)
            record = read_photo(photo, self._styles, resolve(self._reader.read), self._weights, **self._judged)
        except ValueError as error:
            print(error if called in str(error) else f"{called}: {error}", file=sys.stderr)
            return None
        if not _has_text(record["letters"]):
            print(f"{called}: no text found", file=sys.stderr)
            return None
        if turned := record.get("turned"):
            print(f"{called}: turned by {turned} degrees anticlockwise to be read", file=sys.stderr)
        if (sure := record.get(self._sure, 1.0)) < DOUBTFUL:
            print(f"{called}: doubtful, about {sure:.0%} of the letters are right", file=sys.stderr)
        return record

    def _draw(self, overlay, record, answer):
        """Write the picture of the boxes and answers; the text has been printed, whatever happens."""
        from lib.figures import pages, style

        if isinstance(self._photo, io.BytesIO):
            self._photo.seek(0)
        target = in_user_folder(overlay)
        written = target.with_name(f".{target.stem}.{os.getpid()}{target.suffix}")
        try:
            style.save(pages.boxes_over_page(self._photo, record, answer), written)
            written.replace(target)  # what else is linked to the old one stays as it is
        except OSError as error:
            raise InvalidCommand(f"--overlay {overlay} cannot be written: {error.strerror}") from None


def _files(name):
    """The photographs that a name on the command line stands for."""
    from lib.data.page_files import image_files

    folder = in_user_folder(name)
    if name == "-" or not os.path.isdir(folder):
        return [name]
    return [str(Path(name, Path(file).name)) for file in image_files(str(folder))] or [name]


def _copy(text):
    """Put it on the clipboard, if this machine has one."""
    import pyperclip

    try:
        pyperclip.copy(text)
    except pyperclip.PyperclipException:
        print("--copy: there is no clipboard here; on Linux, xclip, xsel or wl-clipboard gives one", file=sys.stderr)


def _has_text(letters):
    """Whether letters are no mere likenesses of letters, as there are in many a picture."""
    sure = [letter.get("confidence", 1.0) for letter in letters]
    return sum(share for share in sure if share >= UNSURE) >= TEXT and sum(sure) >= MOSTLY * len(sure)


def _located(name, record):
    """A record with named coordinates, pixels of the photograph as it was given: rows top to bottom, columns left to
    right, both half-open."""
    letters = [
        {"letter": letter["letter"]}
        | dict(zip(EDGES, letter["box"], strict=True))
        | {key: value for key, value in letter.items() if key not in ("letter", "box")}
        for letter in record["letters"]
    ]
    return {"photo": name} | record | {"letters": letters}


def _check(names, overlay):
    if not names:
        raise InvalidCommand("read needs at least one PHOTO or FOLDER, or - for standard input")
    if overlay and len(names) > 1:
        raise InvalidCommand("--overlay is one picture: read one PHOTO at a time with it")
    if overlay and Path(overlay).suffix not in (".png", ".pdf"):
        raise InvalidCommand(f"--overlay {overlay} ends in neither .png nor .pdf")
    if overlay:
        photo = sys.stdin.fileno() if names[0] == "-" else in_user_folder(names[0])
        _check_target(in_user_folder(overlay), photo, overlay)


def _check_target(target, photo, overlay):
    """Before the work, that its picture can be written, and over nothing that it was made from."""
    if os.path.exists(target) and os.path.exists(photo) and os.path.samestat(os.stat(target), os.stat(photo)):
        raise InvalidCommand(f"--overlay {overlay} would be written over the photograph")
    if target.is_dir():
        raise InvalidCommand(f"--overlay {overlay} is a folder: name a file in it")
    make_folder(target.parent)
    if not os.access(target.parent, os.W_OK) or target.exists() and not os.access(target, os.W_OK):
        raise InvalidCommand(f"--overlay {overlay} cannot be written to: permission denied")


def _loaded(value):
    """The values of artifacts, loaded as for a step."""
    return replaced(value, lambda artifact: resolve(artifact.kind.load)([Path(file) for file in artifact.files]))
