"""The gallery: one HTML file that shows every figure, number, page and curve, and how to get each."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lib.data.photos import open_photo
from lib.gallery import curves, figures, letters, numbers, page, pictures
from lib.vision.text import read_transcript


def build(
    template: Mapping[str, Path],
    words: Mapping[str, str],
    results: Mapping[str, Any],
    declared: Sequence[Mapping[str, Any]],
    tables: Sequence[tuple[str, str]],
    page_tables: Sequence[tuple[str, str, str]],
    headline: Sequence[str],
    pages: Sequence[str],
    photos: Mapping[str, Path],
    texts: Mapping[str, Path],
    readers: Sequence[tuple[str, str]],
    readings: Mapping[str, Mapping[str, Mapping[str, Any]]],
    runs: Sequence[tuple[str, bool]],
    histories: Mapping[str, Sequence[Mapping[str, Any]]],
    parts: Sequence[tuple[str, str]],
    catalogue: Sequence[Mapping[str, Any]],
    images: Mapping[str, Mapping[str, Path]],
    longest: int,
    quality: int,
) -> str:
    """The page.

    Parameters
    ----------
    template : dict of str to Path
        ``html, css, js``.
    words : dict of str to str
        ``about``: what the page is; ``data_name``: whose data; ``command``: what runs it; ``writeup``: the PDF.
    results : dict of str to number or str
        results.json.
    declared : list of dict
        Declarations of its numbers (`lib.gallery.numbers`).
    tables : list of (str, str)
        Question and title of each table of numbers.
    page_tables : list of (str, str, str)
        Question and title of each table of pages, and the reader that its keys do not name.
    headline : list of str
        Keys of the numbers that the page opens with.
    pages : list of str
        Names of the pages.
    photos, texts : dict of str to Path
        By page its photograph, and what is written on it, where that is known.
    readers : list of (str, str)
        Id and title of those who read the pages.
    readings : dict of str to dict
        By reader and page what was read (`lib.vision.reading.record`).
    runs : list of (str, bool)
        Name of each curve, and whether it is shown at first.
    histories : dict of str to list of dict
        By curve the histories of the runs that it is the mean of.
    parts : list of (str, str)
        Question and title of each group of figures.
    catalogue : list of dict
        ``id, caption, steps`` of each figure (`lib.gallery.figures.parts`).
    images : dict of str to dict
        Files of each figure by id and ending, ``.png`` among them.
    longest : int
        Pixels of a photograph's longer side.
    quality : int
        Of its JPEG.
    """
    sheets, read = [], []
    for name in pages:
        pixels = open_photo(photos[name])
        height, width = pixels.shape[:2]
        sheets.append({"name": name, "picture": pictures.photograph(pixels, longest, quality)})
        truth = read_transcript(texts[name]) if name in texts else None
        answers = {}
        for reader, _ in readers:
            answers[reader] = letters.letters(readings[reader][name], truth, width, height)
            answers[f"{reader}.in_context"] = letters.letters(
                readings[reader][name], truth, width, height, "in_context"
            )
        read.append({"name": name, "readings": answers})

    shown = [{"name": name, "history": curves.curves(histories[name]), "shown": at_first} for name, at_first in runs]
    named = [{"key": reader, "name": title} for reader, title in readers]
    asked = [numbers.PageTable(*table) for table in page_tables]
    rows = numbers.rows(results, declared)
    scores = numbers.page_scores(rows, pages, readers, asked)
    of_pages = {score.row.key for score in scores}
    html, css, js = (template[kind].read_text(encoding="utf-8") for kind in ("html", "css", "js"))
    return page.render(
        html,
        css,
        js,
        {"pages": read, "readers": named, "curves": shown},
        **words,
        headline=numbers.headline(rows, scores, readers, asked, headline),
        tables=numbers.tables([row for row in rows if row.key not in of_pages], tables),
        page_tables=numbers.page_tables(scores, readers, asked),
        sheets=sheets,
        readers=named,
        curves=shown,
        parts=figures.parts({id: files[".png"] for id, files in images.items()}, catalogue, parts, words["command"]),
    )
