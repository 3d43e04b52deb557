"""The gallery: one page that shows every figure, number, page and curve, and how to get each."""

import json
from functools import partial

from lib.build import SOURCE, Artifact, given, settings, task
from lib.build.catalogue import catalogue, list_runs
from stages import STAGES, pytorch, reading, training
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
SHOWN = ("network in numpy", "convolutional network on EMNIST Balanced")  # of the curves, at first


def readers():
    """Who reads the pages: key, name, the page's reading (text and JSON), the field with the answer."""
    return [
        ("numpy", "Network in numpy", reading.reading, "letter"),
        ("numpy_context", "Network in numpy, in context", reading.reading, "in_context"),
        ("nist36", "Convolutional network on NIST36", partial(pytorch.reading, "nist36_cnn"), "letter"),
        ("emnist", "Convolutional network on EMNIST", partial(pytorch.reading, "emnist_cnn"), "letter"),
        (
            "emnist_context",
            "Convolutional network on EMNIST, in context",
            partial(pytorch.reading, "emnist_cnn"),
            "in_context",
        ),
    ]


def histories():
    """Runs with a curve: name, and histories of runs that differ in their seed alone."""
    ours = settings("training")
    found = [("network in numpy", [training.CURVES_NUMBERS])]
    for rate in training.learning_rates(ours):
        seeds = [training.fit_of(rate, seed) for seed in ours.seeds]
        found.append((f"learning rate {rate:g}, mean of {len(seeds)} seeds", seeds))
    return found + [(network.what, [network.history]) for network in pytorch.NETWORKS]


def task_gallery():
    """Q1-Q7 One page, index.html, to look at everything: pages letter by letter, numbers, curves, figures."""
    runs = list_runs([stage for stage in STAGES if stage != "gallery"])  # its task cannot ask for itself
    figures = [entry for entry in catalogue(runs) if picture_of(entry.artifact)]
    shown = pages()
    ours = settings("gallery").only(
        "longest",
        "quality",
        source=SOURCE,
        about=ABOUT[SOURCE],
        writeup=WRITEUP.names[0],
        figures=describe(figures, runs),
        pages=[{"name": page.name, "text": bool(page.text)} for page in shown],
        readers=[[key, name, answer] for key, name, _, answer in readers()],
        histories=[name for name, _ in histories()],
    )
    return task(
        build,
        inputs=[
            [given(f"lib/gallery/page.{kind}") for kind in ("html", "css", "js")],
            RESULTS_JSON,
            [picture_of(entry.artifact) for entry in figures],
            [page.image for page in shown],
            [page.text for page in shown if page.text],
            [[only(find(page), ".json") for page in shown] for _, _, find, _ in readers()],
            [fits for _, fits in histories()],
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
    return [
        {
            "id": entry.id,
            "question": entry.question,
            "title": entry.title.rstrip("."),
            "caption": entry.artifact.caption,
            **provenance(entry.run, makers),
        }
        for entry in figures
    ]


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
    sheets, letters = read_pages(photos, texts, reading_files, settings)
    curves = read_histories(history_files, settings)
    figures = draw_figures(figure_files, settings)
    named = [{"key": key, "name": name} for key, name, _ in settings.readers]
    html = page.render(
        template,
        css,
        js,
        {"pages": letters, "readers": named, "curves": curves},
        source=settings.source,
        about=settings.about,
        writeup=settings.writeup,
        headline=numbers.headline(results),
        results=numbers.tables(results),
        has_ranges=any(key.endswith("_low") for key in results),
        pages=sheets,
        readers=named,
        curves=curves,
        figures=figures,
        sections=[
            (anchor, name)
            for anchor, name, there in (
                ("pages", "Pages", sheets),
                ("results", "Results", results),
                ("curves", "Curves", curves),
                ("figures", "Figures", True),
            )
            if there
        ],
    )
    index_file.write_text(html, encoding="utf-8")


def read_pages(photos, texts, reading_files, settings):
    """The photographs for the template, and for the script what each network read on each."""
    from lib.gallery import letters, pictures

    texts = iter(texts)
    sheets, read = [], []
    for k, (page, photo) in enumerate(zip(settings.pages, photos, strict=True)):
        picture = pictures.photograph(photo.read_bytes(), settings.longest, settings.quality)
        sheets.append({"name": page["name"], "picture": picture})
        truth = next(texts).read_text(encoding="utf-8") if page["text"] else None
        size = (picture.width / picture.scale, picture.height / picture.scale)
        read.append({"name": page["name"], "readings": {}})
        for (key, _, answer), files in zip(settings.readers, reading_files, strict=True):
            reading = json.loads(files[k].read_text(encoding="utf-8"))
            read[-1]["readings"][key] = letters.letters(reading, truth, *size, answer)
    return sheets, read


def read_histories(history_files, settings):
    """Curves by name, from JSON or npz."""
    import numpy as np

    from lib.gallery import curves

    found = []
    for name, files in zip(settings.histories, history_files, strict=True):
        runs = [json.loads(file.read_text()) if file.suffix == ".json" else np.load(file) for file in files]
        history = curves.curves(runs)
        if history:
            found.append({"name": name, "history": history, "shown": name in SHOWN})
    if found and not any(run["shown"] for run in found):
        found[0]["shown"] = True
    return found


def draw_figures(figure_files, settings):
    """Figures by part of the assignment, each with its picture and what is known about it."""
    from lib.gallery import pictures

    parts = {part: [] for part in PARTS}
    for about, file in zip(settings.figures, figure_files, strict=True):
        part = next((part for part in PARTS if about["question"].startswith(part)), "Q7.1")
        tables = [
            {
                "table": table,
                "values": [(key.replace("_", " "), say_values(values)) for key, values in rows.items() if values],
            }
            for table, rows in about["settings"].items()
        ]
        pull = f"doit pull {about['id']} --to DIR"
        parts[part].append(
            about
            | {
                "picture": pictures.drawing(file.read_bytes()),
                "pull": pull,
                "settings": [one for one in tables if one["values"]],
            }
        )
    return [{"question": part, "title": PARTS[part], "figures": found} for part, found in parts.items() if found]


def say_values(values):
    """The values that a setting had: lists with commas, one run's from another's with dots."""
    said = [", ".join(f"{one:g}" for one in value) if isinstance(value, list) else str(value) for value in values]
    return " · ".join(said)
