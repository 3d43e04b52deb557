"""The gallery: one page that shows every figure, number, page and curve, and how to get each."""

import json
import re
from collections import Counter

from lib.build import SOURCE, Artifact, given, settings, task
from lib.build.catalogue import catalogue, list_runs, split_question
from stages import STAGES, pytorch, training
from stages.data import pages
from stages.results import RESULTS_JSON
from stages.writeup import WRITEUP

GALLERY = Artifact("", "index.html", caption="Everything to look at, on one page.")

ABOUT = {
    "embedded": "Everything on this page was computed by one task graph, from handwriting, pages and flowers that the "
    "project drew itself.",
    "course": "Everything on this page was computed by one task graph, from the data sets and photographs of the "
    "assignment.",
}
DATA = {"embedded": "generated data", "course": "data of the assignment"}  # as readers are told
COMMAND = {"embedded": "./doitw", "course": "./doitw source=course"}
PARTS = {  # the assignment's parts, by the beginning of a question
    "Q1": "Theory",
    "Q2": "The network",
    "Q3": "Training it",
    "Q4": "Reading pages",
    "Q5": "Autoencoder",
    "Q6": "Principal components",
    "Q7.1": "PyTorch",
    "Q7.2": "Fine-tuning",
}
READERS = {  # who reads the pages, by pytorch.CLASSIFIERS
    "numpy_mlp": "Network in numpy",
    "torch_mlp": "The same network in PyTorch",
    "nist36_cnn": "Convolutional network on NIST36",
    "emnist_cnn": "Convolutional network on EMNIST",
}


def histories():
    """Runs with a curve: name, histories of runs that differ in their seed alone, and whether it is shown at first."""
    ours = settings("training")
    found = [("network in numpy, the best run", [training.CURVES_NUMBERS], True)]
    for rate in training.learning_rates(ours):
        seeds = [training.fit_of(rate, seed) for seed in ours.seeds]
        found.append((f"network in numpy, learning rate {rate:g}, mean of {len(seeds)} seeds", seeds, False))
    for network in pytorch.NETWORKS:
        found.append((f"{network.what}, in PyTorch", [network.history], network is pytorch.EMNIST_CNN))
    return found


def task_gallery():
    """Q1-Q7 One page, index.html, to look at everything: pages letter by letter, numbers, curves, figures."""
    runs = list_runs([stage for stage in STAGES if stage != "gallery"])  # its task cannot ask for itself
    figures = [entry for entry in catalogue(runs) if picture_of(entry.artifact)]
    shown = pages()
    ours = settings("gallery").only(
        "longest",
        "quality",
        about=ABOUT[SOURCE],
        data=DATA[SOURCE],
        command=COMMAND[SOURCE],
        writeup=WRITEUP.names[0],
        figures=describe(figures, runs),
        pages=[{"name": page.name, "text": bool(page.text)} for page in shown],
        readers=[[key, READERS[key]] for key in pytorch.CLASSIFIERS],
        histories=[[name, at_first] for name, _, at_first in histories()],
    )
    return task(
        build,
        inputs=[
            [given(f"lib/gallery/page.{kind}") for kind in ("html", "css", "js")],
            RESULTS_JSON,
            [picture_of(entry.artifact) for entry in figures],
            [page.image for page in shown],
            [page.text for page in shown if page.text],
            [[only(pytorch.reading(key, page), ".json") for page in shown] for key in pytorch.CLASSIFIERS],
            [fits for _, fits, _ in histories()],
        ],
        outputs=[GALLERY],
        settings=ours,
    )


# --- what is known about a figure before it is drawn ------------------------------------------------------------------


def picture_of(artifact):
    """The part of an artifact that a page can show; None if there is none."""
    return only(artifact, ".png") if any(name.endswith(".png") for name in artifact.names) else None


def only(artifact, ending):
    """The one file of an artifact with this ending, as an artifact."""
    (name,) = (name for name in artifact.names if name.endswith(ending))
    return Artifact(artifact.folder, name, root=artifact.root, caption=artifact.caption)


def describe(figures, runs):
    """What the page says about each figure: plain values."""
    makers = {path: run for *_, run in runs for path in map(str, run.places.values())}
    titles = Counter()  # how many figures each could stand over: a group's line is that of all its sub-tasks
    for _, words, run in runs:
        titles[split_question(words)[1]] += max(1, sum(picture_of(output) is not None for output in run.outputs))
    found = []
    for entry in figures:
        title, caption = entry.title.rstrip("."), entry.artifact.caption
        if titles[entry.title] > 1:
            title, caption = first_clause(caption)
        found.append(
            {"id": entry.id, "question": entry.question, "title": title, "caption": caption}
            | provenance(entry.run, makers)
        )
    return found


def first_clause(caption):
    """A caption's first clause, and the rest.

    Examples
    --------
    >>> first_clause("Pictures that are read wrongly: as what, and what it is."), first_clause("Six of each.")
    (('Pictures that are read wrongly', 'As what, and what it is.'), ('Six of each', ''))
    """
    clause, _, rest = re.match(r"(.*?)([:;.]\s+|\.?$)(.*)", caption, re.DOTALL).groups()
    return clause, rest[:1].upper() + rest[1:]


def provenance(run, makers):
    """The functions that a figure came out of, last first, and the settings that those had.

    Returns
    -------
    dict
        ``steps``: ``stage.function``; ``settings``: ``{table: {key: [value, ...]}}``, one value for each in a sweep.
    """
    steps, tables, todo, seen = [], {}, [run], set()
    while todo:
        run = todo.pop(0)
        if id(run) in seen or not run.cache:  # a download has no say in what is drawn
            continue
        seen.add(id(run))
        step = f"{run.action.__module__.removeprefix('stages.')}.{run.action.__name__}"
        if step not in steps:
            steps.append(step)
        if run.settings:
            values = tables.setdefault(run.settings._table, {})
            for key, value in run.settings.as_dict().items():
                if sayable(value) and value not in values.setdefault(key, []):
                    values[key].append(value)
        todo += [makers[path] for path in run.input_paths if path in makers]
    return {"steps": steps, "settings": tables}


def sayable(value):
    """Whether a setting is one that a person chose, not a place or a list of names that a stage passed on."""
    if isinstance(value, list):
        return all(isinstance(one, int | float) for one in value)
    return isinstance(value, int | float | bool) or isinstance(value, str) and len(value) < 20


# --- what the task does -----------------------------------------------------------------------------------------------


def build(sources, results_file, figure_files, photos, texts, reading_files, history_files, index_file, settings):
    from lib.gallery import numbers, page

    template, css, js = (path.read_text(encoding="utf-8") for path in sources)
    results = json.loads(results_file.read_text())
    classifiers = dict(settings.readers)
    sheets, letters = read_pages(photos, texts, reading_files, settings)
    curves = read_histories(history_files, settings)
    readers = [{"key": key, "name": name} for key, name in settings.readers]
    html = page.render(
        template,
        css,
        js,
        {"pages": letters, "readers": readers, "curves": curves},
        about=settings.about,
        data_name=settings.data,
        command=settings.command,
        writeup=settings.writeup,
        headline=numbers.headline(results, classifiers),
        tables=numbers.tables(results, classifiers),
        page_tables=numbers.page_tables(results, classifiers),
        sheets=sheets,
        readers=readers,
        curves=curves,
        parts=draw_figures(figure_files, settings),
    )
    index_file.write_text(html, encoding="utf-8")


def read_pages(photos, texts, reading_files, settings):
    """The photographs for the template, and for the script what each network read on each."""
    from lib.gallery import letters, pictures
    from lib.vision.page import open_photo
    from lib.vision.text import read_transcript

    texts = iter(texts)
    sheets, read = [], []
    for k, (page, photo) in enumerate(zip(settings.pages, photos, strict=True)):
        pixels = open_photo(photo)
        height, width = pixels.shape[:2]
        sheets.append(
            {"name": page["name"], "picture": pictures.photograph(pixels, settings.longest, settings.quality)}
        )
        truth = read_transcript(next(texts)) if page["text"] else None
        readings = {}
        for (key, _), files in zip(settings.readers, reading_files, strict=True):
            reading = json.loads(files[k].read_text(encoding="utf-8"))
            readings[key] = letters.letters(reading, truth, width, height)
            readings[f"{key}.in_context"] = letters.letters(reading, truth, width, height, "in_context")
        read.append({"name": page["name"], "readings": readings})
    return sheets, read


def read_histories(history_files, settings):
    """Curves by name, from JSON or npz."""
    import numpy as np

    from lib.gallery import curves

    found = []
    for (name, at_first), files in zip(settings.histories, history_files, strict=True):
        runs = [json.loads(file.read_text()) if file.suffix == ".json" else np.load(file) for file in files]
        found.append({"name": name, "history": curves.curves(runs), "shown": at_first})
    return found


def draw_figures(figure_files, settings):
    """Figures by part of the assignment, each with its picture and what is known about it."""
    from lib.gallery import pictures

    parts = {part: [] for part in PARTS}
    for about, file in zip(settings.figures, figure_files, strict=True):
        tables = {
            table: [(key.replace("_", " "), say_values(values)) for key, values in rows.items() if values]
            for table, rows in about["settings"].items()
        }
        parts[part_of(about)].append(
            about
            | {
                "picture": pictures.drawing(file.read_bytes()),
                "pull": f"{settings.command} pull {about['id']} --to DIR",
                "settings": {table: rows for table, rows in tables.items() if rows},
            }
        )
    return [{"question": part, "title": PARTS[part], "figures": found} for part, found in parts.items() if found]


def part_of(about):
    """The part of the assignment that a figure belongs to."""
    for part in PARTS:
        if re.match(rf"{part}(?!\d)", about["question"]):
            return part
    raise ValueError(
        f"{about['id']} is a figure for {about['question'] or 'no question'}, and the page has parts for "
        f"{', '.join(PARTS)} alone; begin the first line of its task with one of them, or add to stages.gallery.PARTS"
    )


def say_values(values):
    """The values that a setting had: lists with commas, one run's from another's with dots."""
    from lib.gallery.numbers import say

    said = [", ".join(say("", one) for one in value) if isinstance(value, list) else say("", value) for value in values]
    return " · ".join(said)
