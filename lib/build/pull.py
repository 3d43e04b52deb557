"""`doit pull`: build single artifacts, copy them out, and print what includes them in a document of one's own."""

import json
import re
import shutil
import sys
from pathlib import Path

from doit.control import TaskControl
from doit.exceptions import InvalidCommand

from lib.build.catalogue import catalogue
from lib.build.commands import OptionsAnywhere, Run, first_lines, may_be_cut_short, statuses
from lib.build.config import in_user_folder, make_folder

FORMS = ("latex", "typst", "markdown", "html")
DIGITS = dict(zip("0123456789", "Zero One Two Three Four Five Six Seven Eight Nine".split(), strict=True))


def select(wanted, entries):
    """Entries that an id means: its own, all of a question (``Q3.1``), or those of a question by a word (``q4.boxes``).

    Raises
    ------
    InvalidCommand
        If it means none; the message suggests the nearest.

    Examples
    --------
    >>> from lib.build.catalogue import Artifact, Entry
    >>> entries = [Entry(Artifact("Q4.3", f"boxes_{page}.png"), "Q4.3", "", "boxes", None) for page in ("01", "02")]
    >>> [entry.id for entry in select("q4.boxes", entries)]
    ['Q4.3.boxes_01', 'Q4.3.boxes_02']
    """
    parts = wanted.lower().strip(".").split(".")
    found = [entry for entry in entries if entry.id.lower() == wanted.lower()]
    found = found or [
        entry
        for entry in entries
        if _matches(parts, entry.id.lower().split(".")) or entry.question.lower().split(".")[: len(parts)] == parts
    ]
    if not found:
        from difflib import get_close_matches

        near = get_close_matches(wanted.lower(), [entry.id.lower() for entry in entries], n=3, cutoff=0.3)
        names = [entry.id for entry in entries if entry.id.lower() in near] or sorted({e.question for e in entries})
        raise InvalidCommand(f"no artifact is called {wanted}; near it: {', '.join(names)} (`pull --list` has all)")
    return found


def _matches(parts, names):
    """The leading parts of a question begin the id; the others occur in it, in order."""
    heads = 0
    while heads < len(parts) and re.fullmatch(r"q?\d+", parts[heads]):
        heads += 1
    if parts[:heads] != names[:heads]:
        return False
    rest = iter(names[heads:])
    return all(any(part in (name, *name.split("_")) for name in rest) for part in parts[heads:])


class Pull(OptionsAnywhere, Run):
    """Build artifacts, copy them, print the snippet that includes them."""

    name = "pull"
    doc_purpose = "copy single artifacts out, with the snippet that includes them"
    doc_usage = "ID..."
    doc_description = (
        "An ID is one of `pull --list`, the beginning of a question (Q3.1: all of it), "
        "or such a beginning with a word (q4.boxes)."
    )
    cmd_options = Run.cmd_options + (
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
        words = first_lines(self.task_list)
        entries = catalogue((task.name, words[task.name], task.meta["run"]) for task in self.task_list if task.meta)
        if listing:
            self._list(entries)
            return 0
        if not pos_args:
            raise InvalidCommand("pull wants at least one ID; `pull --list` shows them")
        chosen = {entry.id: entry for wanted in pos_args for entry in select(wanted, entries)}.values()
        self.sel_tasks = list(dict.fromkeys(entry.task for entry in chosen))
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
            copied = [copy(entry.artifact, folder) for entry in chosen]
            print(f"copied to {folder}: {', '.join(path.name for paths in copied for path in paths)}", file=sys.stderr)
            shown_folder = to.rstrip("/") or "/"
            print(write_snippets([entry.artifact for entry in chosen], copied, folder, shown_folder, form), end="")
        return failed

    def _list(self, entries):
        may_be_cut_short()
        stand = statuses(self.dep_manager, TaskControl(self.task_list).tasks)
        width = max((len(entry.id) for entry in entries), default=0)
        for entry in entries:
            status = stand[entry.task]
            endings = " ".join(path.suffix.lstrip(".") or "folder" for path in entry.artifact.paths)
            line = f"{entry.id:<{width}}  {entry.question:<7} {status:<6} {endings:<9} {entry.artifact.caption}"
            self.outstream.write(line + "\n")


def copy(artifact, folder):
    """Copy an artifact's files under names that any document can include.

    Returns
    -------
    list of Path
        ``Q3-1-3-first_layer.png``: folder and name with dashes, the ending kept.
    """
    make_folder(folder)
    copied = []
    for name, path in zip(artifact.names, artifact.paths, strict=True):
        target = folder / (_label(artifact, name) + path.suffix)
        shutil.copytree(path, target, dirs_exist_ok=True) if path.is_dir() else shutil.copyfile(path, target)
        copied.append(target)
    return copied


def write_snippets(artifacts, copied, folder, shown_folder, form):
    """What includes the copied files in a document; numbers go into a file of their own beside them.

    Parameters
    ----------
    artifacts : list of Artifact
    copied : list of list of Path
        As `copy` returned them.
    folder : Path
        Where they are.
    shown_folder : str
        How the document calls that.
    form : {"latex", "typst", "markdown", "html"}

    Returns
    -------
    str
    """
    numbers, parts = {}, []
    for artifact, paths in zip(artifacts, copied, strict=True):
        by_ending = {path.suffix: f"{shown_folder}/{path.name}" for path in paths}
        if ".png" in by_ending:
            picture = by_ending[".pdf" if form == "latex" and ".pdf" in by_ending else ".png"]
            parts.append(FIGURES[form](picture, artifact.caption, _label(artifact, artifact.names[0])))
        elif ".json" in by_ending:
            (path,) = (path for path in paths if path.suffix == ".json")
            numbers |= _flat_numbers(json.loads(path.read_text(encoding="utf-8")))
    if numbers:
        file, content, include = NUMBERS[form](numbers)
        if file:
            (folder / file).write_text(content)
        parts.insert(0, include.format(folder=shown_folder))
    return "\n".join(parts)


def _label(artifact, name):
    """Folder and file with dashes: what else may stand in a name is more than one of the forms can bear."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", str(Path(artifact.folder, name).with_suffix("")))


def _flat_numbers(content):
    if not isinstance(content, dict):
        return {}
    return {k: v for k, v in content.items() if isinstance(v, int | float) and not isinstance(v, bool)}


def _escape_latex(text):
    text = re.sub(r"([&%$#_{}])", r"\\\1", text.replace("\\", r"\textbackslash "))
    return text.replace("~", r"\textasciitilde ").replace("^", r"\textasciicircum ")


def _escape_html(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


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
    text = _escape_html(caption)
    image = f'<img src="{_escape_html(picture)}" alt="{text}">'
    return f'<figure id="{label}">{image}<figcaption>{text}</figcaption></figure>\n'


def macro(key):
    r"""Name of a LaTeX macro for a number; letters alone are allowed.

    Examples
    --------
    >>> macro("q7.1.4.01_list.char_accuracy")
    'QSevenOneFourZeroOneListCharAccuracy'
    """
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
    rows = "".join(f"<tr><th>{_escape_html(key)}</th><td>{value}</td></tr>\n" for key, value in numbers.items())
    return None, None, f"<table>\n{rows}</table>\n"


FIGURES = {"latex": _latex_figure, "typst": _typst_figure, "markdown": _markdown_figure, "html": _html_figure}
NUMBERS = {"latex": _latex_numbers, "typst": _typst_numbers, "markdown": _markdown_numbers, "html": _html_numbers}
