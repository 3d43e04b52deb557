"""What includes pulled artifacts in a document: snippets in LaTeX, Typst, Markdown and HTML."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from doit.exceptions import InvalidCommand

from lib.graph.artifact import Artifact
from lib.graph.numbers import Number
from lib.numbers import format_value

DIGITS = dict(zip("0123456789", "Zero One Two Three Four Five Six Seven Eight Nine".split(), strict=True))


def label(artifact: Artifact) -> str:
    """The id with dashes: what else may stand in a name is more than one of the forms can bear.

    What a dash would hide (日本 or 中国, a:b or a b) is told apart by a few digits of the id's digest.
    """
    id = artifact.id.removesuffix(Path(artifact.names[0]).suffix)
    label = re.sub(r"[^A-Za-z0-9_]+", "-", id)
    plain = re.fullmatch(r"[A-Za-z0-9_./-]+", id)
    return label if plain else f"{label.strip('-')}-{hashlib.sha256(id.encode()).hexdigest()[:6]}"


class Folder(Protocol):
    """Where files were copied to (`lib.commands.pull.Target`)."""

    folder: Path

    def check(self, name: str) -> None:
        """Whether a name may be written."""

    def record(self, names: Iterable[str]) -> None:
        """Remember what was written."""


def write_snippets(
    artifacts: Iterable[Artifact], copied: Iterable[list[Path]], target: Folder, shown_folder: str, form: str
) -> str:
    """The snippet that includes the copied files; numbers go into a file beside them, with those pulled before.

    Parameters
    ----------
    artifacts : list of Artifact
    copied : list of list of Path
        As `copy` returned them.
    target : Folder
        Where they were copied to.
    shown_folder : str
        That folder as written in the document.
    form : {"latex", "typst", "markdown", "html"}

    Raises
    ------
    InvalidCommand
        If the form cannot include from a folder of that name.
    """
    if form == "latex" and (odd := set(shown_folder) & set("%#{}~^$&\\")):
        raise InvalidCommand(f"LaTeX cannot include files from {shown_folder}: its name has {' '.join(sorted(odd))}")
    numbers: dict[str, float] = {}
    declared: dict[str, Number] = {}
    parts: list[str] = []
    for artifact, paths in zip(artifacts, copied, strict=True):
        by_ending = {path.suffix: f"{shown_folder}/{path.name}" for path in paths}
        if ".png" in by_ending:
            picture = by_ending[".pdf" if form == "latex" and ".pdf" in by_ending else ".png"]
            parts.append(FIGURES[form](picture, artifact.caption, label(artifact)))
        elif ".json" in by_ending:
            numbers |= _flat_numbers(json.loads(paths[0].read_text(encoding="utf-8")))
            declared |= {number.key: number for number in artifact.numbers}
    if numbers:
        file, write, include = NUMBERS[form]
        if file:
            target.check(file)
            before = _pulled_before(target.folder / file, form)
            (target.folder / file).write_text(write(before | numbers), encoding="utf-8")
            target.record([file])
        parts.insert(0, include(numbers, declared, shown_folder))
    return "\n".join(parts)


def _flat_numbers(content):
    if not isinstance(content, dict):
        return {}
    return {k: v for k, v in content.items() if isinstance(v, int | float) and not isinstance(v, bool)}


def _escape_latex(text):
    if odd := {letter for letter in text if ord(letter) > 0x24F and letter not in "–—‘’“”…×"}:
        raise InvalidCommand(f"LaTeX cannot set {' '.join(sorted(odd))}, which stands in a caption: use another form")
    text = re.sub(r"([&%$#_{}])", r"\\\1", text.replace("\\", r"\textbackslash "))
    return text.replace("~", r"\textasciitilde ").replace("^", r"\textasciicircum ")


def _latex_figure(picture, caption, label):
    return (
        "\\begin{figure}\n  \\centering\n"
        f"  \\includegraphics[width=\\linewidth]{{{picture}}}\n"
        f"  \\caption{{{_escape_latex(caption)}}}\n  \\label{{fig:{label}}}\n\\end{{figure}}\n"
    )


def _typst_figure(picture, caption, label):
    escaped = re.sub(r"([#$@*_`<>\[\]\\/~=+-])", r"\\\1", caption)  # // would begin a comment
    return f"#figure(image({json.dumps(picture, ensure_ascii=False)}), caption: [{escaped}]) <{label}>\n"


def _markdown_figure(picture, caption, label):
    escaped = re.sub(r"([\\`*_\[\]<>])", r"\\\1", caption)
    return f'![{escaped}](<{quote(picture)}> "{label}")\n'


def _html_figure(picture, caption, label):
    image = f'<img src="{escape(quote(picture))}" alt="{escape(caption)}" style="max-width: 100%">'
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
    return "".join(f"\\newcommand{{\\{macro(key)}}}{{{value}}}  % {key}\n" for key, value in sorted(numbers.items()))


def _typst_numbers(numbers):
    lines = [f"  {json.dumps(key)}: {value},\n" for key, value in sorted(numbers.items())]
    return f"#let numbers = (\n{''.join(lines)})\n"


def _pulled_before(file, form):
    """Numbers that the file has from earlier calls: a document may use them."""
    line = {"latex": r"\\newcommand{\\\w+}{(?P<value>.*?)}  % (?P<key>.*)", "typst": r'  "(?P<key>.*)": (?P<value>.*),'}
    try:
        text = file.read_text(encoding="utf-8")
    except OSError:
        return {}
    return {found["key"]: json.loads(found["value"]) for found in re.finditer(line[form], text)}


def _latex_input(numbers, declared, folder):
    return f"\\input{{{folder}/numbers.tex}}\n"


def _typst_import(numbers, declared, folder):
    return f'#import "{folder}/numbers.typ": numbers\n'


def _rows(numbers, declared):
    """Label, key and value of each number, as people are told it."""
    for key, value in numbers.items():
        number = declared.get(key, Number(key, ""))
        yield number.label, key, format_value(value, number.unit, number.digits)


def _markdown_table(numbers, declared, folder):
    rows = "".join(f"| {label} | {value} | `{key}` |\n" for label, key, value in _rows(numbers, declared))
    return f"| number | value | key |\n| --- | --- | --- |\n{rows}"


def _html_table(numbers, declared, folder):
    rows = "".join(
        f'<tr title="{escape(key)}"><th>{escape(label or key)}</th><td>{escape(value)}</td></tr>\n'
        for label, key, value in _rows(numbers, declared)
    )
    return f"<table>\n{rows}</table>\n"


FIGURES = {"latex": _latex_figure, "typst": _typst_figure, "markdown": _markdown_figure, "html": _html_figure}
# The file that numbers go into, what writes it, and what a document has in its place.
NUMBERS: dict[str, tuple[str, Callable, Callable]] = {
    "latex": ("numbers.tex", _latex_numbers, _latex_input),
    "typst": ("numbers.typ", _typst_numbers, _typst_import),
    "markdown": ("", str, _markdown_table),
    "html": ("", str, _html_table),
}
