"""Code as the writeup shows it: one definition cut out of a module's source, without docstrings and comments.

What the reader of the PDF sees is thereby what runs; and since comments are left out, editing one changes no page.
"""

import ast
import io
import tokenize

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def excerpt(source, name):
    """The lines of one function or class, as they are laid out in the source.

    Parameters
    ----------
    source : str
        A module's source.
    name : str
        A top-level function or class.

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
    found = [node for node in ast.parse(source).body if isinstance(node, DEFINITIONS) and node.name == name]
    if not found:
        raise LookupError(f"there is no function or class {name} in this source; it cannot be shown in the writeup")
    node = found[-1]
    hidden = _docstring_lines(node)
    apart = {_first_line(inner) for inner in node.body[1:] if isinstance(inner, DEFINITIONS)}
    lines = []
    for number, line in enumerate(_without_comments(source), 1):
        if _first_line(node) <= number <= node.end_lineno and number not in hidden and line.strip():
            lines += ["", line] if number in apart and len(lines) > 1 else [line]
    return "\n".join(lines)


def _first_line(node):
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _docstring_lines(node):
    """Numbers of the lines that docstrings take, of the definition and of all within it."""
    inner = [one for one in ast.walk(node) if isinstance(one, DEFINITIONS)]
    documented = [one.body[0] for one in inner if ast.get_docstring(one, clean=False) is not None]
    return {number for text in documented for number in range(text.lineno, text.end_lineno + 1)}


def _without_comments(source):
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    return lines
