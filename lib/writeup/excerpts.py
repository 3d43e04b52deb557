"""Code as the writeup shows it: one definition cut out of a module's source, without docstrings and comments.

What the reader of the PDF sees is thereby what runs; and since comments are left out, editing one changes no page.
"""

import ast
import io
import re
import textwrap
import tokenize


def excerpt(source, name):
    """The lines of one function or class, as they are laid out in the source.

    Parameters
    ----------
    source : str
        A module's source.
    name : str
        A top-level function or class, or ``Class.method``.

    Returns
    -------
    str
        Without docstrings, comments and blank lines, without the indentation of a method, without a newline at the end.

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
    node, lines = _find(source, name)
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    hidden = _docstring_lines(node)
    lines = [(number, line) for number, line in enumerate(lines, 1) if first <= number <= node.end_lineno]
    text = "\n".join("" if number in hidden else line for number, line in lines)
    code = textwrap.dedent(text)
    code = _without_comments(code) if "#" in code else code  # tokenising takes as long as all the rest
    return "\n".join(line for line in code.splitlines() if line.strip())


def _find(source, name):
    """The definition's syntax tree and the lines that it counts in."""
    top, _, method = name.partition(".")
    # Only the definition itself is parsed, down to the next line that begins at the margin: doit asks for all excerpts
    # on every command, and a whole module takes longer.
    pattern = rf"^(?:@.*\n)*(?:def|class) {re.escape(top)}\b.*\n(?:(?:[ )\]}}].*)?\n)*"
    found = re.search(pattern, source + "\n", re.MULTILINE)
    if not found:
        raise LookupError(f"there is no function or class {top} in this source; it cannot be shown in the writeup")
    node = ast.parse(found[0]).body[0]
    if method:
        node = next((inner for inner in node.body if getattr(inner, "name", None) == method), None)
        if node is None:
            raise LookupError(f"{top} has no method {method}; it cannot be shown in the writeup")
    return node, found[0].splitlines()


def _docstring_lines(node):
    """Numbers of the lines that docstrings take, of the definition and of those in its body."""
    numbers = set()
    if ast.get_docstring(node, clean=False) is not None:
        numbers |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    for inner in node.body:
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            numbers |= _docstring_lines(inner)
    return numbers


def _without_comments(code):
    lines = code.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    return "\n".join(lines)
