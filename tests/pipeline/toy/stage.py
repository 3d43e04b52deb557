"""A graph in small, for the tests: a drawn table, a folder, fits of a sweep, a total."""

from lib.build import Artifact, settings, task

TABLE = Artifact("data", "table.npz")
FOLDER = Artifact("raw", "words/", root="data")
TOTAL = Artifact("Q1.10", "total.json", "total.txt")
OURS = settings("toy")


def fit_of(factor):
    return Artifact("fits", f"{factor}.npz")


def task_table():
    """Q1.1 A table of random numbers."""
    return task(draw, outputs=[TABLE], settings=OURS.only("seed"))


def task_folder():
    """Q1.1 A folder of words."""
    return task(write_words, outputs=[FOLDER], settings=OURS.only("words"))


def task_fit():
    """Q1.2 The table scaled, by each factor."""
    for factor in OURS.factors:
        yield task(
            fit,
            name=str(factor),
            inputs=[TABLE, FOLDER],
            outputs=[fit_of(factor)],
            settings=OURS.only("pause", factor=factor),
        )


def task_total():
    """Q1.10 The sum of all."""
    return task(add_up, inputs=[[fit_of(factor) for factor in OURS.factors]], outputs=[TOTAL])


def task_apart():
    """Q2.1 Something that depends on nothing else."""
    return task(write_apart, outputs=[Artifact("Q2.1", "apart.txt")])


def draw(table, settings):
    import numpy as np

    np.savez(table, x=np.random.default_rng(settings.seed).normal(size=10))


def write_words(folder, settings):
    folder.mkdir()
    for number, word in enumerate(settings.words):
        (folder / f"{number}.txt").write_text(word)


def fit(table, folder, fitted, settings):
    import time

    import numpy as np

    from lib import numbers

    time.sleep(settings.pause)
    np.savez(fitted, x=numbers.scale(np.load(table)["x"], settings.factor), words=len(list(folder.iterdir())))


def add_up(fits, total):
    import json

    import numpy as np

    as_json, as_text = total
    sums = [float(np.load(path)["x"].sum()) for path in fits]
    as_json.write_text(json.dumps(sums))
    as_text.write_text(f"{sum(sums)}\n")


def write_apart(path):
    path.write_text("apart\n")
