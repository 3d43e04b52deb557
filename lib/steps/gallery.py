"""The gallery: one HTML file that shows every figure, number, page and curve, and how to get each."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from lib.data import datasets
from lib.data.photos import open_photo
from lib.gallery import curves, figures, frames, letters, mistakes, network, numbers, page, pictures, readme, strip
from lib.vision.text import read_transcript

Arrays = Mapping[str, NDArray]
FRAMES = {  # titles of what a slider shows
    "weights": "Weights of some hidden units of the network in numpy, after each epoch",
    "reconstructions": "Validation images, and below what the autoencoder makes of them after each epoch",
}


def build(
    template: Mapping[str, Any],
    words: Mapping[str, Any],
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
    snapshots: Arrays,
    autoencoder: Arrays,
    parts: Sequence[tuple[str, str]],
    catalogue: Sequence[Mapping[str, Any]],
    images: Mapping[str, Mapping[str, Path]],
    weights: Arrays,
    styles: Mapping[str, Mapping[str, float]],
    nist36: Arrays,
    predictions: Arrays,
    provenance: Mapping[str, Any],
    tasks: Sequence[Mapping[str, Any]],
    shipped: Path,
    longest: int,
    quality: int,
) -> str:
    """The page.

    Parameters
    ----------
    template : dict
        ``html``, a Path; ``css`` and ``js``, lists of Paths.
    words : dict
        ``about``: what the page is; ``source`` and ``data_name``: whose data; ``tested``: what `nist36` is called;
        ``command``: what runs it; ``writeup``: the PDF; ``unsure``: probability below which a letter is marked;
        ``changed``: settings that are not the defaults, by name.
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
    snapshots : dict of str to ndarray
        ``epochs`` and ``W0``, from `lib.steps.learning.observe`.
    autoencoder : dict of str to ndarray
        With ``watched`` and ``watched_recon``, from `lib.steps.compression.fit_autoencoder`.
    parts : list of (str, str)
        Question and title of each group of figures.
    catalogue : list of dict
        ``id, caption, steps`` of each figure (`lib.gallery.figures.parts`).
    images : dict of str to dict
        Files of each figure by id and ending, ``.png`` and ``.pdf``.
    weights : dict of str to ndarray
        Of the network of Q3, which the page has with it.
    styles : dict
        How its training set draws letters, in ``crops32`` (`lib.steps.reading.measure_styles`).
    nist36, predictions : dict of str to ndarray
        The data set, and what the network makes of its test images.
    provenance : dict
        From `lib.steps.results.state_provenance`.
    tasks : list of dict
        The graph (`lib.gallery.tasks.boxes`).
    shipped : Path
        docs/results.json: what README.md shows of both sources.
    longest : int
        Pixels of a photograph's longer side.
    quality : int
        Of its WebP.
    """
    sheets, read, opening = [], [], None
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
        if opening is None:
            best = max(answers, key=lambda key: (answers[key]["right"] or [0])[0])
            reader, _, in_context = best.partition(".")
            by = dict(readers)[reader] + (", in context" if in_context else "")
            found = strip.strip(pixels, answers[best]["letters"])
            opening = found and found | {"page": name, "reader": by}

    shown = [{"name": name, "history": curves.curves(histories[name]), "shown": at_first} for name, at_first in runs]
    watched = {
        "weights": frames.weights(snapshots["epochs"], snapshots["W0"]),
        "reconstructions": frames.reconstructions(autoencoder["watched"], autoencoder["watched_recon"]),
    }
    named = [{"key": reader, "name": title} for reader, title in readers]
    asked = [numbers.PageTable(*table) for table in page_tables]
    rows = numbers.rows(results, declared)
    scores = numbers.page_scores(rows, pages, readers, asked)
    of_pages = {score.row.key for score in scores}
    css, js = ("\n".join(file.read_text(encoding="utf-8") for file in template[kind]) for kind in ("css", "js"))
    front = readme.lines(rows, scores, readers)
    reference = json.loads(shipped.read_text(encoding="utf-8"))[words["source"]]["lines"]
    confusion = mistakes.mistakes(datasets.split(nist36, "test")[0], predictions, right=6)
    return page.render(
        template["html"].read_text(encoding="utf-8"),
        css,
        js,
        {
            "pages": read,
            "readers": named,
            "curves": shown,
            "network": network.pack(weights, styles["crops32"], datasets.class_names(nist36)),
            "confusion": {name: value for name, value in confusion.items() if name != "sheet"},
            "frames": {key: {k: v for k, v in one.items() if k != "sheet"} for key, one in watched.items()},
            "tasks": tasks,
            "results": results,
        },
        **words,
        opening=opening,
        front=len(front),
        differences=readme.differences(front, reference),
        mistakes=confusion["sheet"],
        headline=numbers.headline(rows, scores, readers, asked, headline),
        tables=numbers.tables([row for row in rows if row.key not in of_pages], tables),
        page_tables=numbers.page_tables(scores, readers, asked),
        sheets=sheets,
        readers=named,
        curves=shown,
        parts=figures.parts(images, catalogue, parts, words["command"], provenance["origins"]),
        watched=[{"name": name, "title": FRAMES[name], "sheet": one["sheet"]} for name, one in watched.items()],
        origins=figures.by_kind(provenance["datasets"]),
    )
