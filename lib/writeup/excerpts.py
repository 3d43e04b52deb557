"""Code as the writeup shows it: definitions cut out of modules, without docstrings and comments.

What the reader of the PDF sees is thereby what runs; and since comments are left out, editing one changes no page.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

SIGNATURE = re.compile(r"^ *def \w+\(\n(?: .*\n)*? *\).*:$", re.MULTILINE)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def read_modules(project: Path, names: Iterable[str]) -> dict[str, str]:
    """Sources of modules, by their names."""
    return {name: (project / name.replace(".", "/")).with_suffix(".py").read_text(encoding="utf-8") for name in names}


def excerpts(shown: Mapping[str, Mapping[str, Sequence[str]]], modules: Mapping[str, str]) -> dict[str, list[dict]]:
    """The code that answers each question.

    Parameters
    ----------
    shown : mapping of str to mapping of str to sequence of str
        For each question modules, and names of functions, classes and constants in them.
    modules : mapping of str to str
        Sources of the modules.

    Returns
    -------
    dict of str to list of {"module": str, "sources": list of str}
    """
    return {
        question: [
            {"module": module, "sources": [excerpt(modules[module], name) for name in names]}
            for module, names in parts.items()
        ]
        for question, parts in shown.items()
    }


def excerpt(source: str, name: str) -> str:
    """The lines of one function, class or constant, as they are laid out in the source, its signature in one.

    Parameters
    ----------
    source : str
        A module's source.
    name : str
        A top-level function, class or constant.

    Returns
    -------
    str
        Without docstrings and comments, with blank lines only before a class's methods, without a newline at the end.

    Raises
    ------
    LookupError
        If the source defines no such name.

    Examples
    --------
    >>> print(excerpt('def double(x):\\n    "Twice x."\\n    return 2 * x  # exact\\n', "double"))
    def double(x):
        return 2 * x
    """
    found = [node for node in ast.parse(source).body if name in _names(node)]
    if not found:
        raise LookupError(f"no function, class or constant {name} in this source; it cannot be shown in the writeup")
    node = found[-1]
    hidden = _docstring_lines(node)
    apart = {_first_line(inner) for inner in getattr(node, "body", [])[1:] if isinstance(inner, DEFINITIONS)}
    first = _first_line(node)
    lines: list[str] = []
    for number, line in enumerate(_without_comments(source.splitlines()[first - 1 : node.end_lineno]), first):
        if number not in hidden and line.strip():
            lines += ["", line] if number in apart and len(lines) > 1 else [line]
    return SIGNATURE.sub(_in_one_line, "\n".join(lines))


def _in_one_line(signature):
    """A signature with a parameter in each line takes more room than its function."""
    opened = re.sub(r"\(\n *", "(", signature[0])
    return re.sub(r"\n *", " ", re.sub(r",?\n *\)", ")", opened))


def _names(node):
    """What a top-level statement defines."""
    if isinstance(node, DEFINITIONS):
        return {node.name}
    return {target.id for target in getattr(node, "targets", []) if isinstance(target, ast.Name)}


def _first_line(node):
    return min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])


def _docstring_lines(node):
    """Numbers of the lines that docstrings take, of the definition and of all within it."""
    inner = [inner for inner in ast.walk(node) if isinstance(inner, DEFINITIONS)]
    documented = [node.body[0] for node in inner if ast.get_docstring(node, clean=False) is not None]
    return {number for text in documented for number in range(text.lineno, text.end_lineno + 1)}


def _without_comments(lines):
    lines = list(lines)
    for token in tokenize.generate_tokens(io.StringIO("\n".join(lines)).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    return lines
