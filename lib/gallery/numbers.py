"""results.json in tables: one for each question, and one for what was measured on each page.

Labels, units and order come from the declarations: dicts ``key, label, unit, digits, headline, detail, question``. Keys
are ``q<question>.<name>``, and ``q<question>.<page>[.<reader>].<measure>`` for what was measured on one page.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from lib.numbers import format_value

Titles = Sequence[tuple[str, str]]  # question or id, and title


class Row(NamedTuple):
    """A number that was declared, with its value."""

    key: str
    label: str
    value: Any
    text: str  # the value with its unit
    interval: str  # "80.0–82.4", empty if there is none
    question: str
    headline: int | None
    detail: bool


class Score(NamedTuple):
    """A number of one page."""

    question: str
    page: str
    reader: str
    measure: str  # "in_context.letter_accuracy"
    row: Row


class PageTable(NamedTuple):
    """A question that asks how well pages are read."""

    question: str
    title: str
    reader: str  # the one that the question's keys do not name


def rows(results: Mapping[str, Any], declared: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Numbers of results.json in the order of their declarations.

    Parameters
    ----------
    results : dict of str to number or str
    declared : list of dict
        Numbers called ``<key>_low`` and ``<key>_high`` are the interval of another.

    Raises
    ------
    ValueError
        If a number is not declared.

    Examples
    --------
    >>> numbers = [{"key": f"q3.share{end}", "label": "Share", "unit": "%"} for end in ("", "_low", "_high")]
    >>> (row,) = rows({"q3.share": 0.813, "q3.share_low": 0.8, "q3.share_high": 0.824}, numbers)
    >>> row.text, row.interval
    ('81.3 %', '80.0–82.4')
    """
    by_key = {number["key"]: number for number in declared}
    if undeclared := sorted(results.keys() - by_key.keys()):
        raise ValueError(f"no Number is declared for {', '.join(undeclared)}")

    def text(key: str, number: Mapping[str, Any]) -> str:
        return format_value(results[key], number.get("unit", ""), number.get("digits"))

    found = []
    for key, number in by_key.items():
        whole = re.sub("_(low|high)$", "", key)
        if key not in results or whole != key and whole in results:
            continue
        ends = [end for end in (f"{key}_low", f"{key}_high") if end in results]
        interval = "–".join(text(end, number).removesuffix(f" {number['unit']}") for end in ends)
        # The key's own question, or one inside it that the declaration knows of; of other keys the declaration's.
        of_key = re.match(r"q\d+(\.\d+)*\b", key)
        question = number.get("question", "")
        if of_key and not f"{question}.".startswith(f"{of_key[0].upper()}."):
            question = of_key[0].upper()
        value = results[key]
        headline, detail = number.get("headline"), number.get("detail", False)
        found.append(Row(key, number["label"], value, text(key, number), interval, question, headline, detail))
    return found


def page_scores(
    rows: Iterable[Row], pages: Sequence[str], readers: Titles, page_tables: Iterable[PageTable]
) -> list[Score]:
    """Those numbers that were measured on one page.

    Parameters
    ----------
    rows : list of Row
    pages : list of str
        Names of the pages.
    readers : list of (str, str)
        Id and title of those who read them.
    page_tables : list of PageTable
    """
    found = []
    for row in rows:
        for asked in page_tables:
            # A name may begin with another one and a dot: the longest that fits is meant.
            prefixes = [prefix for page in pages if row.key.startswith(prefix := f"{asked.question.lower()}.{page}.")]
            if prefixes:
                prefix = max(prefixes, key=len)
                page, name = prefix[len(asked.question) + 1 : -1], row.key.removeprefix(prefix)
                reader = next((id for id, _ in readers if name.startswith(f"{id}.")), asked.reader)
                found.append(Score(asked.question, page, reader, name.removeprefix(f"{reader}."), row))
    return found


def letters_right(scores: Iterable[Score], measure: str = "letter_accuracy") -> float | None:
    """Share of the letters on all pages that are right, in the scores of one reader; None for no letters."""
    pages: dict[str, dict[str, float]] = {}
    for score in scores:
        pages.setdefault(score.page, {})[score.measure] = score.row.value
    known = [page for page in pages.values() if "true" in page]  # of others it is only known what was found
    letters = sum(page["true"] for page in known)
    return sum(page["true"] * page[measure] for page in known) / letters if letters else None


def tables(rows: Iterable[Row], titles: Titles) -> list[dict[str, Any]]:
    """Numbers by question.

    Parameters
    ----------
    rows : list of Row
    titles : list of (str, str)
        Question and title of each table; a number is in the most specific one.

    Returns
    -------
    list of dict
        ``question, title``; ``rows`` and ``more`` (the details): lists of ``label, key, value``, all text.

    Raises
    ------
    ValueError
        If a number is of no question in `titles`.
    """
    found: dict[str, list[Row]] = {question: [] for question, _ in titles}
    for row in rows:
        found[nearest(row.question, found)].append(row)
    made = []
    for question, title in titles:
        more = [_cells(row) for row in found[question] if row.detail]
        shown = [_cells(row) for row in found[question] if not row.detail]
        if shown or more:
            shown, more = (shown, more) if shown else (more, [])
            made.append({"question": question, "title": title, "rows": shown, "more": more})
    return made


def _cells(row: Row) -> dict[str, str]:
    value = f"{row.text} ({row.interval})" if row.interval else row.text
    return {"label": row.label, "key": row.key, "value": value}


def page_tables(scores: Sequence[Score], readers: Titles, page_tables: Iterable[PageTable]) -> list[dict[str, Any]]:
    """How well every page was read, a table for each question that asks it.

    Parameters
    ----------
    scores, readers, page_tables
        As for `page_scores`. A label ``Right, in context: words`` is the column ``words`` below ``Right, in context``.

    Returns
    -------
    list of dict
        ``question, title``; ``columns``: what stands above several, and a list of what stands above each; ``groups``:
        the page and its rows, a row for each reader, or one group without a page, and a row for each page, where one
        reader read them all; rows are a label and the values, in lists as the columns are.
    """
    made = []
    for question, title, _ in page_tables:
        columns: dict[str, list[str]] = {}
        cells: dict[str, dict[str, dict[str, str]]] = {}  # page, reader, label
        for score in scores:
            if score.question == question:
                label = score.row.label
                of_page = cells.setdefault(score.page, {})
                of_page.setdefault(score.reader, {})[label] = score.row.text
                labels = columns.setdefault(label.rpartition(": ")[0], [])
                labels += [label] if label not in labels else []

        def split(values: Mapping[str, str], columns: Mapping[str, list[str]] = columns) -> list[list[str]]:
            return [[values.get(label, "") for label in labels] for labels in columns.values()]

        if all(len(of_page) == 1 for of_page in cells.values()):
            only = [(page, split(values)) for page, of_page in cells.items() for values in of_page.values()]
            groups = [("", only)]
        else:
            groups = [
                (page, [(name, split(of_page[reader])) for reader, name in readers if reader in of_page])
                for page, of_page in cells.items()
            ]
        if cells:
            heads = [(above, [label.rpartition(": ")[2] for label in labels]) for above, labels in columns.items()]
            made.append({"question": question, "title": title, "columns": heads, "groups": groups})
    return made


def headline(
    rows: Iterable[Row],
    scores: Sequence[Score],
    readers: Titles,
    page_tables: Iterable[PageTable],
    keys: Iterable[str],
) -> list[dict[str, str]]:
    """The few numbers that the page opens with, as far as they are there.

    Parameters
    ----------
    rows, scores, readers, page_tables
        As for `page_scores`: the letters right on all pages come first, for the reader of each table.
    keys : list of str
        Of the numbers that follow.

    Returns
    -------
    list of dict
        ``label, value``.
    """
    found = []
    for question, _, reader in page_tables:
        share = letters_right(score for score in scores if (score.question, score.reader) == (question, reader))
        if share is not None:
            label = f"Letters on the pages: {dict(readers)[reader]}"
            found.append({"label": label, "value": format_value(share, "%")})
    by_key = {row.key: row for row in rows}
    return found + [{"label": by_key[key].label, "value": by_key[key].text} for key in keys if key in by_key]


def nearest(id: str, questions: Iterable[str]) -> str:
    """The most specific question that another, or an artifact's id, belongs to.

    Raises
    ------
    ValueError
        If it belongs to none.

    Examples
    --------
    >>> nearest("Q7.1.4", ["Q7", "Q7.1", "Q1"]), nearest("Q7.2.1/curves", ["Q7.1", "Q7.2"])
    ('Q7.1', 'Q7.2')
    """
    found = [question for question in questions if re.match(rf"{re.escape(question)}(?!\w)", id)]
    if not found:
        raise ValueError(
            f"the gallery has no place for {id}, only for {', '.join(questions)}: add it in stages/gallery.py"
        )
    return max(found, key=len)
