"""What the toy's steps do."""

import time

import numpy as np

from lib import scaling


def draw(seed):
    return {"x": np.random.default_rng(seed).normal(size=10)}


def write_words(folder, words):
    folder.mkdir()
    for number, word in enumerate(words):
        (folder / f"{number}.txt").write_text(word)


def fit(table, folder, factor, pause):
    time.sleep(pause)
    return {"x": scaling.scale(table["x"], factor), "words": len(list(folder.iterdir()))}


def add_up(fits):
    sums = [float(fitted["x"].sum()) for fitted in fits]
    return {"sums": sums, "all": f"{sum(sums)}\n", "numbers": {"q1.10.total": sum(sums)}}


def write_apart():
    return "apart\n"
