"""The table of results in README.md, from what the builds of both sources measured."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lib.gallery.numbers import Row, Score, Titles, letters_right
from lib.numbers import format_value

COLUMNS = {"course": "course data (mirror)", "embedded": "generated data"}
BEGIN, END = "<!-- results -->\n", "<!-- /results -->\n"
PEOPLE = "<!-- people -->\n", "<!-- /people -->\n"


def lines(rows: Iterable[Row], scores: Sequence[Score], readers: Titles) -> list[list[str]]:
    """Question, label and value of each number of the front table, then how well all pages were read.

    Parameters
    ----------
    rows, scores, readers
        As `lib.gallery.numbers` has them.
    """
    front = [(row.headline, [row.question, row.label, row.text]) for row in rows if row.headline is not None]
    found = [line for _, line in sorted(front)]
    read: list[list[str]] = []
    for reader, title in readers:
        by_reader = [score for score in scores if score.reader == reader]
        # Where several questions ask for the same reader, the first.
        by_reader = [score for score in by_reader if score.question == by_reader[0].question]
        alone, in_context = (letters_right(by_reader, f"{way}letter_accuracy") for way in ("", "in_context."))
        if by_reader and not read:
            counts = [
                sum(score.row.value for score in by_reader if score.measure == measure)
                for measure in ("true", "missed", "spurious")
            ]
            read.append([by_reader[0].question, "Letters on the pages, missed, spurious", ", ".join(map(str, counts))])
        if by_reader:
            value = f"{format_value(alone, '%')} ({format_value(in_context, '%')})"
            read.append([by_reader[0].question, f"Letters read right, {title} (in context)", value])
    return found + read


def differences(found: Iterable[Sequence[str]], shipped: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    """What a build measured otherwise than the one that README.md shows.

    Parameters
    ----------
    found, shipped : list of (str, str, str)
        As from `lines`.

    Returns
    -------
    list of (str, str, str, str)
        Question, label, the value shipped (a dash if it is new), and the build's.

    Examples
    --------
    >>> differences([["Q3", "Epochs", "20"], ["Q5", "Rank", "32"]], [["Q3", "Epochs", "30"], ["Q5", "Rank", "32"]])
    [('Q3', 'Epochs', '30', '20')]
    """
    before = {(question, label): value for question, label, value in shipped}
    rows = [(question, label, before.get((question, label), "–"), value) for question, label, value in found]
    return [row for row in rows if row[2] != row[3]]


def table(builds: Mapping[str, Mapping[str, Any]]) -> str:
    """The table, a column for each source.

    Parameters
    ----------
    builds : dict of str to dict
        What `lib.steps.readme.summarise` made of each source.

    Examples
    --------
    >>> builds = {"embedded": {"lines": [["Q3", "Epochs", "30"]]}, "course": {"lines": [["Q3", "Epochs", "20"]]}}
    >>> print(table(builds), end="")
    | question | result | course data (mirror) | generated data |
    | --- | --- | --- | --- |
    | Q3 | Epochs | 20 | 30 |
    """
    values: dict[tuple[str, str], dict[str, str]] = {}
    for source in COLUMNS:
        for question, label, value in builds[source]["lines"]:
            values.setdefault((question, label), {})[source] = value
    found = [["question", "result", *COLUMNS.values()], ["---"] * (2 + len(COLUMNS))]
    found += [[*line, *(of.get(source, "–") for source in COLUMNS)] for line, of in values.items()]
    return "".join(f"| {' | '.join(line)} |\n" for line in found)


def insert(readme: str, table: str, begin: str = BEGIN, end: str = END) -> str:
    """README.md with a table between its two marks.

    Raises
    ------
    ValueError
        If a mark is missing.
    """
    before, opened, rest = readme.partition(begin)
    _, closed, after = rest.partition(end)
    if not opened or not closed:
        raise ValueError(f"README.md has no line {begin.strip()} with a line {end.strip()} after it")
    return before + begin + table + end + after
