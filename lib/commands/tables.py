"""Tables as text, for a terminal and in Markdown."""

from collections.abc import Iterable, Sequence


def columns(rows: Iterable[Sequence[str]]) -> str:
    """Rows with their cells below one another, a line each; those that begin with a number or a sign at the right.

    Examples
    --------
    >>> print(columns([["a", "1.5", "x"], ["bcd", "12.5", ""]]), end="")
    a     1.5  x
    bcd  12.5
    """
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if cell[:1] in NUMERIC else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ]
        lines.append("  ".join(cells).rstrip() + "\n")
    return "".join(lines)


NUMERIC = set("0123456789+-−")


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown.

    Examples
    --------
    >>> print(markdown(["key", "value"], [["a|b", "1"]]), end="")
    | key | value |
    | --- | --- |
    | a\\|b | 1 |
    """
    lines = [list(head), ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)
