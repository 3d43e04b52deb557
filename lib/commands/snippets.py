"""What includes pulled artifacts in a document: snippets in LaTeX, Typst, Markdown and HTML.

Whatever stands in captions, keys and names of folders is shown as it is, or refused before anything is copied.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from doit.exceptions import InvalidCommand

from lib.graph.artifact import Artifact
from lib.graph.numbers import Number
from lib.numbers import SUPERSCRIPTS, format_value

DIGITS = dict(zip("0123456789", "Zero One Two Three Four Five Six Seven Eight Nine".split(), strict=True))
PREFIX = "ink"  # of all macros: a paper has its own \Weights and \Classes


class Shown(NamedTuple):
    """A number as a document shows it."""

    key: str
    label: str
    text: str  # "86.7 %"
    raw: str  # "0.8666666666666667"


class Snippet(NamedTuple):
    """What goes into a document.

    Parameters
    ----------
    text : str
    file : str
        Name of the file that the numbers go into; empty if there is none.
    lines : dict of str to str
        Its lines, by what they define.
    """

    text: str
    file: str
    lines: dict[str, str]


def label(artifact: Artifact) -> str:
    """The id with dashes: what else may stand in a name is more than one of the forms can bear.

    What a dash would hide (日本 or 中国, a:b or a b) is told apart by a few digits of the id's digest.
    """
    id = artifact.id.removesuffix(Path(artifact.names[0]).suffix)
    label = re.sub(r"[^A-Za-z0-9_]+", "-", id)
    plain = re.fullmatch(r"[A-Za-z0-9_./]+", id)
    return label if plain else f"{label.strip('-')}-{hashlib.sha256(id.encode()).hexdigest()[:6]}"


def names(artifact: Artifact) -> dict[Path, str]:
    """Its files, and what they are called where they are copied to."""
    return {Path(file): label(artifact) + Path(file).suffix for file in artifact.files}


def write_snippet(
    artifacts: Iterable[Artifact],
    folder: str,
    form: str,
    width: int = 100,
    keys: Mapping[str, set[str] | None] | None = None,
) -> Snippet:
    """The snippet that includes copies of artifacts, which have been built.

    Parameters
    ----------
    artifacts : list of Artifact
    folder : str
        Where the copies are, as written in the document.
    form : {"latex", "typst", "markdown", "html"}
    width : int
        Of figures, in per cent of the line.
    keys : dict of str to set of str, optional
        Numbers that are asked for, by the artifact's id; None for all of them.

    Raises
    ------
    InvalidCommand
        If the form cannot show what is in a caption, or include from a folder of that name.
    """
    if folder.startswith("//"):  # a host to browsers
        folder = f"/{folder.lstrip('/')}"
    if form == "latex" and (odd := set(folder) & set('%#{}~^$&\\"')):
        raise InvalidCommand(f"LaTeX cannot include files from {folder}: its name has {' '.join(sorted(odd))}")
    write, parts, numbers = FORMS[form], [], dict[str, Shown]()
    for artifact in artifacts:
        by_ending = {Path(name).suffix: (path, f"{folder}/{name}") for path, name in names(artifact).items()}
        if ".png" in by_ending:
            picture = by_ending[".pdf" if form == "latex" and ".pdf" in by_ending else ".png"][1]
            parts.append(write.figure(picture, _printable(artifact.caption), label(artifact), width))
        elif ".txt" in by_ending:
            path, copy = by_ending[".txt"]
            parts.append(write.text(copy, path.read_text(encoding="utf-8"), label(artifact)))
        elif ".json" in by_ending:
            content = json.loads(by_ending[".json"][0].read_text(encoding="utf-8"))
            numbers |= _shown(content, artifact, (keys or {}).get(artifact.id))
    lines: dict[str, str] = {}
    for number in numbers.values():
        defined = write.define(number)
        if lines.keys() & defined.keys():
            raise InvalidCommand(f"{number.key} and another key become the same name in {form}: pull one of them")
        lines |= defined
    if numbers:
        parts.insert(0, write.numbers(list(numbers.values()), folder))
    return Snippet("\n".join(parts), write.file if numbers else "", lines)


def _shown(content: Any, artifact: Artifact, asked: set[str] | None) -> dict[str, Shown]:
    """The numbers of a JSON file, as their declarations say."""
    declared = {number.key: number for number in artifact.numbers}
    found = {}
    for key, value in content.items() if isinstance(content, dict) else ():
        if isinstance(value, int | float) and not isinstance(value, bool) and (asked is None or key in asked):
            number = declared.get(key) or Number(key, "")
            text = format_value(value, number.unit, number.digits)
            found[key] = Shown(key, _printable(number.label), text, json.dumps(value))
    return found


def merged(before: str, lines: Mapping[str, str], form: str) -> str:
    """A file of numbers with new lines in it; those from earlier calls stay, since a document may use them.

    Raises
    ------
    InvalidCommand
        If a name stands for another number already.
    """
    kept = {found[1]: line for line in before.splitlines() if (found := re.match(FORMS[form].defines, line))}
    for name in sorted(kept.keys() & lines.keys()) if form == "latex" else ():
        keys = [line.rpartition("  % ")[2] for line in (kept[name], lines[name])]
        if keys[0] != keys[1]:
            raise InvalidCommand(f"\\{name} is {keys[0]} in numbers.tex: pull {keys[1]} into another folder")
    return FORMS[form].whole([line for _, line in sorted((kept | dict(lines)).items())])


def _printable(text):
    """In one line, without characters that nobody sees."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


# --- LaTeX ------------------------------------------------------------------------------------------------------------

LATEX = {letter: f"\\{letter}" for letter in "&%$#_{}"}
LATEX |= {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "`": r"\textasciigrave{}"}
LATEX |= {"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': "''"}
LATEX |= {"×": r"$\times$", "±": r"$\pm$", "−": "$-$", "·": r"$\cdot$", "°": r"$^\circ$", "→": r"$\to$", "≤": r"$\le$"}
LATEX |= {"≥": r"$\ge$", "–": "--", "—": "---", "‘": "`", "’": "'", "“": "``", "”": "''", "…": r"\ldots{}"}
LOWERED = {raised: plain for plain, raised in SUPERSCRIPTS.items()}
OF_LATEX = set("ßæøœÆØŒłŁ")
ACCENTS = {"̀", "́", "̂", "̃", "̄", "̆", "̇", "̈", "̊", "̋", "̌", "̧"}


def _latex(text):
    odd = sorted({letter for letter in text if letter not in LATEX and not _is_latex(letter)})
    if odd:
        raise InvalidCommand(f"LaTeX cannot set {' '.join(odd)}, which stands in a caption or a text: use another form")
    return "".join(LATEX.get(letter, letter) for letter in text)


def _is_latex(letter):
    """Whether every LaTeX knows a letter: it is ASCII, or such a letter with an accent."""
    base, *marks = unicodedata.normalize("NFD", letter)
    return base.isascii() and len(marks) <= 1 and ACCENTS.issuperset(marks) or letter in OF_LATEX


def _latex_figure(picture, caption, label, width):
    share = "" if width == 100 else f"{width / 100:g}"
    return (
        "\\begin{figure}\n  \\centering\n"
        f"  \\includegraphics[width={share}\\linewidth,height=0.9\\textheight,keepaspectratio]{{{picture}}}\n"
        f"  \\caption{{{_latex(caption)}}}\n  \\label{{fig:{label}}}\n\\end{{figure}}\n"
    )


def _latex_text(file, content, label):
    _latex("".join(content.split()))
    return f"% needs \\usepackage{{verbatim}}\n\\verbatiminput{{{file}}}\n"


def macro(key: str) -> str:
    r"""Name of a LaTeX macro for a number; only letters are allowed.

    Examples
    --------
    >>> macro("q7.1.4.01_list.char_accuracy")
    'inkQSevenOneFourZeroOneListCharAccuracy'
    """
    key = re.sub(r"[^\x00-\x7f]", lambda found: f" u{ord(found[0])} ", key)
    words = re.findall(r"[A-Za-z]+|\d", key)
    return PREFIX + "".join(DIGITS.get(word, word[:1].upper() + word[1:]) for word in words)


def _latex_define(number):
    key = re.sub(r"[^\x20-\x7e]", "?", number.key)
    shown = {macro(number.key): _latex_number(number.text), f"{macro(number.key)}Raw": number.raw}
    return {name: f"\\newcommand{{\\{name}}}{{{value}}}  % {key}" for name, value in shown.items()}


def _latex_number(text):
    mantissa, times, power = text.partition(" × 10")
    if not times:
        sign = r"\ensuremath{-}" if text[0] == "-" else ""  # a hyphen is shorter
        return sign + _latex(text.removeprefix("-")).replace(" ", r"\,")
    exponent, _, unit = power.translate(LOWERED).partition(" ")
    return f"\\ensuremath{{{mantissa}\\times 10^{{{exponent}}}}}" + (f"\\,{_latex(unit)}" if unit else "")


def _latex_numbers(numbers, folder):
    name = macro(numbers[0].key)
    return (
        f"% In the preamble:\n\\input{{{folder}/numbers.tex}}\n"
        f"% In the text: \\{name}{{}} is {_latex_number(numbers[0].text)}, \\{name}Raw{{}} is {numbers[0].raw}\n"
    )


# --- Typst ------------------------------------------------------------------------------------------------------------


def _typst_figure(picture, caption, label, width):
    # Strings, not markup: in them nothing has a meaning.
    share = "" if width == 100 else f", width: {width}%"
    return f"#figure(image({_string(picture)}{share}), caption: {_string(caption)}) <{label}>\n"


def _typst_text(file, content, label):
    return f"#raw(read({_string(file)}), block: true)\n"


def _typst_define(number):
    key = _string(_printable(number.key))
    return {key: f"  {key}: (text: {_string(number.text)}, raw: {number.raw}),"}


def _typst_whole(lines):
    return "\n".join(["#let numbers = (", *lines, ")", ""])


def _typst_numbers(numbers, folder):
    called = f"#numbers.at({_string(_printable(numbers[0].key))})"
    return (
        f"#import {_string(f'{folder}/numbers.typ')}: numbers\n"
        f"// In the text: {called}.text is {numbers[0].text}, {called}.raw is {numbers[0].raw}\n"
    )


def _string(text):
    return json.dumps(text, ensure_ascii=False)


# --- Markdown and HTML ------------------------------------------------------------------------------------------------


def _markdown(text):
    return re.sub(r"([\\`*_\[\]<>&|~$!])", r"\\\1", text)


def _markdown_figure(picture, caption, label, width):
    if width == 100:
        return f'![{_markdown(caption)}](<{quote(picture)}> "{label}")\n'
    return f'<img src="{escape(quote(picture))}" alt="{escape(caption)}" width="{width}%">\n'


def _markdown_text(file, content, label):
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", content)), default=0))
    return f"{fence}text\n{content.rstrip()}\n{fence}\n"


def _markdown_numbers(numbers, folder):
    rows = "".join(
        f"| {_markdown(number.label)} | {number.text} | {number.raw} | {_markdown(_printable(number.key))} |\n"
        for number in numbers
    )
    return f"| number | value | exactly | key |\n| --- | --- | --- | --- |\n{rows}"


def _html_figure(picture, caption, label, width):
    style = f"max-width: 100%{'' if width == 100 else f'; width: {width}%'}"
    image = f'<img src="{escape(quote(picture))}" alt="{escape(caption)}" style="{style}">'
    return f'<figure id="{label}">{image}<figcaption>{escape(caption)}</figcaption></figure>\n'


def _html_text(file, content, label):
    return f'<pre id="{label}">{escape(content.rstrip())}</pre>\n'


def _html_numbers(numbers, folder):
    rows = "".join(
        f'<tr title="{escape(_printable(number.key))}"><th>{escape(number.label or number.key)}</th>'
        f'<td><data value="{number.raw}">{escape(number.text)}</data></td></tr>\n'
        for number in numbers
    )
    return f"<table>\n{rows}</table>\n"


def _joined(lines):
    return "".join(f"{line}\n" for line in lines)


class Form(NamedTuple):
    """How one kind of document is written."""

    figure: Callable[[str, str, str, int], str]  # path, caption, label, width
    text: Callable[[str, str, str], str]  # path, content, label
    numbers: Callable[[list[Shown], str], str]  # what stands in the document; numbers and folder
    file: str = ""  # where numbers are defined, if not in the document
    define: Callable[[Shown], dict[str, str]] = lambda number: {}  # its lines, by what they define
    defines: str = ""  # pattern of a line, whose first group is what it defines
    whole: Callable[[list[str]], str] = _joined  # the file of these lines


FORMS = {
    "latex": Form(_latex_figure, _latex_text, _latex_numbers, "numbers.tex", _latex_define, r"\\newcommand{\\(\w+)}"),
    "typst": Form(
        _typst_figure,
        _typst_text,
        _typst_numbers,
        "numbers.typ",
        _typst_define,
        r'  ("(?:[^"\\]|\\.)*"): ',
        _typst_whole,
    ),
    "markdown": Form(_markdown_figure, _markdown_text, _markdown_numbers),
    "html": Form(_html_figure, _html_text, _html_numbers),
}
