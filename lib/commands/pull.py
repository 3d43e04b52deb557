"""`doit pull`: build single artifacts, copy them, and print the snippet that includes them in a document."""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from doit.control import TaskControl
from doit.exceptions import InvalidCommand

from lib.commands.list import by_question
from lib.commands.names import artifacts_of, expand
from lib.commands.options import OptionsAnywhere, exit_quietly_on_sigpipe
from lib.commands.run import Build
from lib.commands.snippets import FORMS, Snippet, merged, names, write_snippet
from lib.commands.status import statuses
from lib.graph import files
from lib.graph.artifact import Artifact
from lib.graph.settings import config, in_user_folder, make_folder
from lib.graph.step import GRAPH, Graph

LOG = ".pulled.json"


def find(word: str, graph: Graph) -> list[Artifact]:
    """Captioned artifacts that a word matches: as `lib.commands.names.artifacts_of`, or a question with a word,
    ``Q4/boxes``.

    Raises
    ------
    InvalidCommand
        If it matches none; the message suggests the closest names.
    """
    question, _, part = word.lower().partition("/")
    ids = artifacts_of(word, graph) or [
        id for id in artifacts_of(question, graph) if part and part in re.split(r"[/._]", id.lower())
    ]
    ids = ids or [
        id for name in expand([word], graph) for id, (_, made) in graph.artifacts.items() if made.name == name
    ]
    found = [graph.artifacts[id][0] for id in ids if graph.artifacts[id][0].caption or id == word]
    if not found:
        raise InvalidCommand(f"{word} has no artifact with a caption; `pull --list` shows those that have one")
    return sorted(found, key=lambda artifact: by_question(artifact.id))


def choose(words: Iterable[str], graph: Graph, only: str = "") -> tuple[list[Artifact], dict[str, set[str] | None]]:
    """Artifacts that words mean, each once, and the numbers of them that are asked for (None: all)."""
    keys: dict[str, set[str] | None] = {}
    found: dict[str, Artifact] = {}
    for word in words:
        for artifact in find(word, graph):
            if only == "figures" and ".png" not in artifact.kind.endings or only == "numbers" and not artifact.numbers:
                continue
            asked = {word} if word in {number.key for number in artifact.numbers} else None
            earlier = keys.get(artifact.id, set())
            keys[artifact.id] = None if asked is None or earlier is None else earlier | asked
            found[artifact.id] = artifact
    if not found:
        raise InvalidCommand(f"{' '.join(words)} has no {only}: leave out --only {only}, or see `pull --list`")
    return list(found.values()), keys


class Pull(OptionsAnywhere, Build):
    """Build artifacts, copy them, print the snippet that includes them."""

    name = "pull"
    doc_purpose = "copy single artifacts out, with the snippet that includes them"
    doc_usage = "ID..."
    doc_description = (
        "An ID is one of `pull --list`, a question (Q3.1: all of it), a question with a word (Q4/boxes) or the key of "
        "a number (q3.test_accuracy)."
    )
    examples = (
        "pull Q3.1.2 Q4/boxes --to paper/figures --as latex",
        "pull q3.test_accuracy --only numbers --as typst",
    )
    cmd_options = Build.cmd_options + (
        {"name": "to", "long": "to", "type": str, "default": "pulled", "help": "folder to copy to [%(default)s]"},
        {
            "name": "form",
            "long": "as",
            "type": str,
            "default": "markdown",
            "choices": [(form, "") for form in FORMS],
            "help": "what the snippet is written in",
        },
        {
            "name": "only",
            "long": "only",
            "type": str,
            "default": "",
            "choices": [("numbers", ""), ("figures", "")],
            "help": "leave out everything else",
        },
        {
            "name": "width",
            "long": "width",
            "type": int,
            "default": 100,
            "help": "of figures, in per cent [%(default)s]",
        },
        {"name": "listing", "long": "list", "type": bool, "default": False, "help": "show the catalogue"},
    )

    def _execute(self, to, form, only, width, listing, pos_args, verbosity, continue_, num_process, par_type, reporter):
        if listing:
            return self._list(pos_args)
        if not pos_args:
            raise InvalidCommand("pull needs at least one ID; `pull --list` shows them")
        if not 1 <= width <= 100:
            raise InvalidCommand(f"--width {width}: figures are 1 to 100 per cent of the line wide")
        folder = in_user_folder(to)
        for store in (config().artifacts, config().data, config().cache):
            if Path(store).absolute() in (folder, *folder.parents):
                raise InvalidCommand(f"--to {to} lies in {store}, where builds write: name another folder")
        target = Target(folder)
        chosen, keys = choose(pos_args, GRAPH, only)
        self.sel_tasks = list(dict.fromkeys(GRAPH.artifacts[artifact.id][1].name for artifact in chosen))
        failed = super()._execute(
            outfile=sys.stderr,  # the snippet alone goes to the standard output
            verbosity=verbosity,
            continue_=continue_,
            num_process=num_process,
            par_type=par_type,
            reporter=reporter,
        )
        if not failed:
            snippet = write_snippet(chosen, to.rstrip("/") or "/", form, width, keys)
            copied = put([] if only == "numbers" and snippet.file else chosen, snippet, target, form)
            print(f"copied to {folder}: {', '.join(copied)}", file=sys.stderr)
            print(snippet.text, end="")
        return failed

    def _list(self, words):
        exit_quietly_on_sigpipe()
        wanted = {artifact.id for artifact in choose(words, GRAPH)[0]} if words else GRAPH.artifacts
        entries = [held for id, held in GRAPH.artifacts.items() if held[0].caption and id in wanted]
        stand = statuses(self.dep_manager, TaskControl(self.task_list).tasks, [step.name for _, step in entries])
        width = max((len(artifact.id) for artifact, _ in entries), default=0)
        for artifact, step in sorted(entries, key=lambda entry: by_question(entry[0].id)):
            endings = " ".join(Path(name).suffix.lstrip(".") or "folder" for name in artifact.names)
            line = f"{artifact.id:<{width}}  {stand[step.name]:<6} {endings:<9} {artifact.caption}"
            self.outstream.write(f"{line}\n")
        return 0


class Target:
    """The folder to copy to: what `pull` once wrote there, and is still as it wrote it, may be replaced; nothing else.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    InvalidCommand
        If it is no folder, or what `pull` noted there cannot be read.
    """

    def __init__(self, folder: Path):
        self.folder, self._log = folder, folder / LOG
        if os.path.lexists(folder) and not folder.is_dir():
            raise InvalidCommand(f"{folder} is not a folder: name one with --to")
        try:
            self.written = dict(json.loads(self._log.read_text(encoding="utf-8")))
        except (FileNotFoundError, NotADirectoryError):
            self.written = {}
        except (OSError, ValueError, TypeError) as error:
            raise InvalidCommand(
                f"{self._log}, where pull notes what it wrote, cannot be read ({getattr(error, 'strerror', error)}): "
                "remove it and what pull wrote there, or name another folder with --to"
            ) from None

    def check(self, name: str) -> None:
        """Whether a name may be written.

        Raises
        ------
        InvalidCommand
            If something is there that `pull` did not write.
        """
        path = self.folder / name
        if os.path.lexists(path) and (path.is_symlink() or self.written.get(name) != files.fresh_state(str(path))[1]):
            raise InvalidCommand(f"{path} is not what pull wrote there: move it, or name another folder with --to")

    def record(self, names: Iterable[str]) -> None:
        """Remember what was written."""
        self.written |= {name: files.fresh_state(str(self.folder / name))[1] for name in names}
        self._log.write_text(json.dumps(self.written, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def put(artifacts: Iterable[Artifact], snippet: Snippet, target: Target, form: str) -> list[str]:
    """Copy artifacts' files under names that any document format can include, and write the file of numbers.

    Returns
    -------
    list of str
        ``Q3-1-3-first_layer.png``: the id with dashes, the ending kept.

    Raises
    ------
    InvalidCommand
        If a name is taken, by what `pull` did not write or by another artifact or number; nothing is written then.
    """
    copies = [(path, name) for artifact in artifacts for path, name in names(artifact).items()]
    written = [name for _, name in copies] + [snippet.file] * bool(snippet.file)
    for name in written:
        target.check(name)
        if written.count(name) > 1:
            raise InvalidCommand(f"two of the artifacts would be called {name}: pull them into different folders")
    file = target.folder / snippet.file
    before = file.read_text(encoding="utf-8") if snippet.file and file.exists() else ""
    numbers = merged(before, snippet.lines, form)
    make_folder(target.folder)
    for path, name in copies:
        to = target.folder / name
        if path.is_dir():
            shutil.rmtree(to, ignore_errors=True)
            shutil.copytree(path, to)
        else:
            shutil.copyfile(path, to)
    if snippet.file:
        file.write_text(numbers, encoding="utf-8")
    target.record(written)
    return written
