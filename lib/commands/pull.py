"""`doit pull`: build single artifacts, copy them, and print the snippet that includes them in a document."""

import hashlib
import json
import re
import shutil
import sys
from collections.abc import Iterable
from html import escape
from pathlib import Path

from doit.control import TaskControl
from doit.exceptions import InvalidCommand

from lib.commands.list import by_question
from lib.commands.names import artifacts_of, expand
from lib.commands.options import OptionsAnywhere, exit_quietly_on_sigpipe
from lib.commands.run import Build
from lib.commands.status import statuses
from lib.graph.artifact import Artifact
from lib.graph.settings import in_user_folder, make_folder
from lib.graph.step import GRAPH, Graph

FORMS = ("latex", "typst", "markdown", "html")
DIGITS = dict(zip("0123456789", "Zero One Two Three Four Five Six Seven Eight Nine".split(), strict=True))


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


class Pull(OptionsAnywhere, Build):
    """Build artifacts, copy them, print the snippet that includes them."""

    name = "pull"
    doc_purpose = "copy single artifacts out, with the snippet that includes them"
    doc_usage = "ID..."
    doc_description = (
        "An ID is one of `pull --list`, a question (Q3.1: all of it), a question with a word (Q4/boxes) or the key of "
        "a number (q3.test_accuracy)."
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
        {"name": "listing", "long": "list", "type": bool, "default": False, "help": "show the catalogue"},
    )

    def _execute(self, to, form, listing, pos_args, verbosity, continue_, num_process, par_type, reporter):
        if listing:
            return self._list()
        if not pos_args:
            raise InvalidCommand("pull needs at least one ID; `pull --list` shows them")
        chosen = list(dict.fromkeys(artifact for word in pos_args for artifact in find(word, GRAPH)))
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
            folder = in_user_folder(to)
            copied = [copy(artifact, folder) for artifact in chosen]
            print(f"copied to {folder}: {', '.join(path.name for paths in copied for path in paths)}", file=sys.stderr)
            print(write_snippets(chosen, copied, folder, to.rstrip("/") or "/", form), end="")
        return failed

    def _list(self):
        exit_quietly_on_sigpipe()
        entries = [(artifact, step) for artifact, step in GRAPH.artifacts.values() if artifact.caption]
        stand = statuses(self.dep_manager, TaskControl(self.task_list).tasks, [step.name for _, step in entries])
        width = max((len(artifact.id) for artifact, _ in entries), default=0)
        for artifact, step in sorted(entries, key=lambda entry: by_question(entry[0].id)):
            endings = " ".join(Path(name).suffix.lstrip(".") or "folder" for name in artifact.names)
            line = f"{artifact.id:<{width}}  {stand[step.name]:<6} {endings:<9} {artifact.caption}"
            self.outstream.write(f"{line}\n")
        return 0


def copy(artifact: Artifact, folder: Path) -> list[Path]:
    """Copy an artifact's files under names that any document format can include.

    Returns
    -------
    list of Path
        ``Q3-1-3-first_layer.png``: the id with dashes, the ending kept.
    """
    make_folder(folder)
    copied = []
    for path in map(Path, artifact.files):
        target = folder / (_label(artifact) + path.suffix)
        shutil.copytree(path, target, dirs_exist_ok=True) if path.is_dir() else shutil.copyfile(path, target)
        copied.append(target)
    return copied


def write_snippets(
    artifacts: Iterable[Artifact], copied: Iterable[list[Path]], folder: Path, shown_folder: str, form: str
) -> str:
    """The snippet that includes the copied files; numbers go into a file beside them.

    Parameters
    ----------
    artifacts : list of Artifact
    copied : list of list of Path
        As `copy` returned them.
    folder : Path
        Where they were copied to.
    shown_folder : str
        That folder as written in the document.
    form : {"latex", "typst", "markdown", "html"}
    """
    numbers: dict[str, float] = {}
    parts: list[str] = []
    for artifact, paths in zip(artifacts, copied, strict=True):
        by_ending = {path.suffix: f"{shown_folder}/{path.name}" for path in paths}
        if ".png" in by_ending:
            picture = by_ending[".pdf" if form == "latex" and ".pdf" in by_ending else ".png"]
            parts.append(FIGURES[form](picture, artifact.caption, _label(artifact)))
        elif ".json" in by_ending:
            numbers |= _flat_numbers(json.loads(paths[0].read_text(encoding="utf-8")))
    if numbers:
        file, content, include = NUMBERS[form](numbers)
        if file:
            (folder / file).write_text(content)
        parts.insert(0, include.format(folder=shown_folder))
    return "\n".join(parts)


def _label(artifact):
    """The id with dashes: what else may stand in a name is more than one of the forms can bear.

    What a dash would hide (日本 or 中国, a:b or a b) is told apart by a few digits of the id's digest.
    """
    id = artifact.id.removesuffix(Path(artifact.names[0]).suffix)
    label = re.sub(r"[^A-Za-z0-9_]+", "-", id)
    plain = re.fullmatch(r"[A-Za-z0-9_./-]+", id)
    return label if plain else f"{label.strip('-')}-{hashlib.sha256(id.encode()).hexdigest()[:6]}"


def _flat_numbers(content):
    if not isinstance(content, dict):
        return {}
    return {k: v for k, v in content.items() if isinstance(v, int | float) and not isinstance(v, bool)}


def _escape_latex(text):
    text = re.sub(r"([&%$#_{}])", r"\\\1", text.replace("\\", r"\textbackslash "))
    return text.replace("~", r"\textasciitilde ").replace("^", r"\textasciicircum ")


def _latex_figure(picture, caption, label):
    return (
        "\\begin{figure}\n  \\centering\n"
        f"  \\includegraphics[width=\\linewidth]{{{picture}}}\n"
        f"  \\caption{{{_escape_latex(caption)}}}\n  \\label{{fig:{label}}}\n\\end{{figure}}\n"
    )


def _typst_figure(picture, caption, label):
    escaped = re.sub(r"([#$@*_`<\[\]\\])", r"\\\1", caption)
    return f"#figure(image({json.dumps(picture, ensure_ascii=False)}), caption: [{escaped}]) <{label}>\n"


def _markdown_figure(picture, caption, label):
    return f'![{caption}](<{picture}> "{label}")\n'


def _html_figure(picture, caption, label):
    image = f'<img src="{escape(picture)}" alt="{escape(caption)}">'
    return f'<figure id="{label}">{image}<figcaption>{escape(caption)}</figcaption></figure>\n'


def macro(key: str) -> str:
    r"""Name of a LaTeX macro for a number; only letters are allowed.

    Examples
    --------
    >>> macro("q7.1.4.01_list.char_accuracy")
    'QSevenOneFourZeroOneListCharAccuracy'
    """
    key = re.sub(r"[^\x00-\x7f]", lambda found: f" u{ord(found[0])} ", key)
    words = re.findall(r"[A-Za-z]+|\d", key)
    return "".join(DIGITS.get(word, word[:1].upper() + word[1:]) for word in words)


def _latex_numbers(numbers):
    lines = [f"\\newcommand{{\\{macro(key)}}}{{{value}}}  % {key}\n" for key, value in numbers.items()]
    return "numbers.tex", "".join(lines), "\\input{{{folder}/numbers.tex}}\n"


def _typst_numbers(numbers):
    lines = [f"  {json.dumps(key)}: {value},\n" for key, value in numbers.items()]
    return "numbers.typ", f"#let numbers = (\n{''.join(lines)})\n", '#import "{folder}/numbers.typ": numbers\n'


def _markdown_numbers(numbers):
    rows = "".join(f"| {key} | {value} |\n" for key, value in numbers.items())
    return None, None, f"| number | value |\n| --- | --- |\n{rows}"


def _html_numbers(numbers):
    rows = "".join(f"<tr><th>{escape(key)}</th><td>{value}</td></tr>\n" for key, value in numbers.items())
    return None, None, f"<table>\n{rows}</table>\n"


FIGURES = {"latex": _latex_figure, "typst": _typst_figure, "markdown": _markdown_figure, "html": _html_figure}
NUMBERS = {"latex": _latex_numbers, "typst": _typst_numbers, "markdown": _markdown_numbers, "html": _html_numbers}
