"""`doit read`: the text of anyone's own photographed page."""

import io
import json
import sys

from doit.control import TaskControl
from doit.exceptions import InvalidCommand

from lib.build.commands import OptionsAnywhere, Run, statuses
from lib.build.config import in_user_folder, make_folder
from lib.build.reporter import Console

MODELS = {"mlp": None, "nist36": "nist36_cnn", "emnist": "emnist_cnn"}  # as stages.pytorch calls them


class Read(OptionsAnywhere, Run):
    """Read photographs with a trained network, which is built first if need be."""

    name = "read"
    doc_purpose = "read the text of your own photographed pages"
    doc_usage = "PHOTO... (- reads standard input)"
    doc_description = "Exit code 0: all were read; 1: a photograph could not be read or has no letters."
    cmd_options = Run.cmd_options + (
        {
            "name": "model",
            "long": "model",
            "type": str,
            "default": "mlp",
            "choices": [("mlp", "numpy, quickest"), ("nist36", "CNN on NIST36"), ("emnist", "CNN on EMNIST")],
            "help": "which network reads [%(default)s]",
        },
        {"name": "context", "long": "context", "type": bool, "default": False, "help": "let neighbours have a say"},
        {"name": "overlay", "long": "overlay", "type": str, "default": "", "help": "picture of the boxes to write"},
        {"name": "as_json", "long": "json", "type": bool, "default": False, "help": "boxes and probabilities too"},
    )

    def _execute(self, model, context, overlay, as_json, pos_args, num_process, par_type):
        if not pos_args:
            raise InvalidCommand("read wants at least one PHOTO, or - for standard input")
        if overlay and len(pos_args) > 1:
            raise InvalidCommand("--overlay is one picture: read one PHOTO at a time with it")
        if overlay and not overlay.endswith((".png", ".pdf")):
            raise InvalidCommand(f"--overlay {overlay} ends in neither .png nor .pdf")
        if overlay and in_user_folder(overlay).resolve() == in_user_folder(pos_args[0]).resolve():
            raise InvalidCommand(f"--overlay {overlay} would be written over the photograph")
        if not any(name == "-" or in_user_folder(name).exists() for name in pos_args):
            print("\n".join(f"{name}: there is no such file" for name in pos_args), file=sys.stderr)
            return 1  # before anything is trained
        from stages import pytorch, reading, training

        weights = pytorch.CLASSIFIERS[MODELS[model]][1] if MODELS[model] else training.WEIGHTS
        needed = [str(path) for artifact in (weights, reading.STYLES) for path in artifact.paths]
        self.sel_tasks = sorted({task.name for task in self.task_list if set(task.targets) & set(needed)})
        stand = statuses(self.dep_manager, TaskControl(self.task_list).tasks, self.sel_tasks)
        if set(stand.values()) != {"fresh"}:
            failed = super()._execute(outfile=sys.stderr, num_process=num_process, par_type=par_type, reporter=Console)
            if failed:
                return failed
        classify = (
            (lambda found: pytorch.letter_probs(found, weights.paths))
            if MODELS[model]
            else (lambda found: reading.letter_probs(found, weights.path))
        )
        results = [self._read(name, classify, overlay) for name in pos_args]
        for name, result in zip(pos_args, results, strict=True):
            if result and not as_json:
                if len(pos_args) > 1:
                    print(f"== {name}")
                print(result["text_in_context" if context else "text"])
        if as_json:
            named = [{"photo": name} | result for name, result in zip(pos_args, results, strict=True) if result]
            print(json.dumps(named, indent=1, ensure_ascii=False))
        return 0 if all(results) else 1

    def _read(self, name, classify, overlay):
        """The record of one page, or None after saying what is wrong with it."""
        from lib.vision import page, reading
        from stages.reading import STYLES, letters_of

        file, called = in_user_folder(name), name
        if name == "-":
            file, called = io.BytesIO(sys.stdin.buffer.read()), "standard input"
        try:
            photo = page.open_photo(file, called)
            found = letters_of(photo, STYLES.path)
        except ValueError as error:
            print(error if called in str(error) else f"{called}: {error}", file=sys.stderr)
            return None
        if not len(found["boxes"]):
            print(f"{called}: no letters found", file=sys.stderr)
            return None
        record = reading.record(found["boxes"], found["line"], found["word"], *classify(found), alternatives=3)
        if overlay:
            from lib.figures import pages, style

            letters, target = [letter["letter"] for letter in record["letters"]], in_user_folder(overlay)
            make_folder(target.parent)
            style.save(pages.boxes_over_page(photo, found["boxes"], letters), target)
        return record
