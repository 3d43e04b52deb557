"""Q4.1: where finding and reading letters breaks, measured on drawn photographs that are disturbed more and more."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.data.pages import Page
from lib.data.scenes import DISTURBANCES, draw, plain, random_lines
from lib.steps.reading import read_photo, read_with_numpy
from lib.vision.matching import recall_and_precision
from lib.vision.scores import page_scores
from lib.vision.text import compose

MEASURES = ("recall", "precision", "letters")


def measure(
    weights: Mapping[str, NDArray], styles: Mapping[str, Mapping[str, Any]], seed: int
) -> dict[str, dict[str, Any]]:
    """Scores of the network of Q3 at each strength of each disturbance (`Q4.1/limits.json`).

    Parameters
    ----------
    weights : mapping of str to ndarray
        The network's (`Q3.1.1/weights`).
    styles : dict
        From `lib.steps.reading.measure_styles`.
    seed : int
        Of the writer and the text, which are the same on every page.

    Returns
    -------
    dict
        ``limits``: by disturbance its ``unit``, its ``strengths``, and for each of them ``recall`` and ``precision`` of
        boxes and ``letters`` read right, as shares; ``numbers``: their means over all strengths of all disturbances.
    """

    styles = {"crops32": styles["crops32"]}  # the only ones that this network reads

    def read(pixels: NDArray) -> Mapping[str, Any]:
        return read_photo(pixels, styles, read_with_numpy, weights, 1)

    limits = {
        name: {"unit": disturbance.unit, "strengths": list(disturbance.strengths)}
        | _columns(score_page(disturbed(name, strength, seed), read) for strength in disturbance.strengths)
        for name, disturbance in DISTURBANCES.items()
    }
    means = {f"q4.1.{name}": float(np.mean([row[name] for row in limits.values()])) for name in MEASURES}
    return {"limits": limits, "numbers": means}


def disturbed(name: str, strength: float, seed: int, width: int = 480) -> Page:
    """A page of a few words that is disturbed once; with the same seed, the same writer and words."""
    rng = np.random.default_rng(seed)
    scene = plain(rng, random_lines(rng, 3, 10), width)
    return draw(DISTURBANCES[name].apply(scene, strength, rng), rng)


def score_page(page: Page, read: Callable[[NDArray], Mapping[str, Any]]) -> dict[str, float]:
    """How well a drawn page is read.

    Parameters
    ----------
    page : Page
    read : callable
        From pixels to a record (`lib.vision.reading.record`).

    Returns
    -------
    dict of str to float
        `MEASURES`: recall and precision of the boxes, where half of two boxes together must be in both; letters read
        right as in `lib.vision.scores.page_scores`.
    """
    reading = read(page.image)
    boxes = [letter["box"] for letter in reading["letters"]]
    recall, precision = recall_and_precision(boxes, page.boxes, page.labels)
    right = page_scores(reading["text"], compose(page.characters, page.line, page.word))["letter_accuracy"]
    return {"recall": recall, "precision": precision, "letters": right}


def _columns(rows):
    """Lists of each measure."""
    rows = [*rows]
    return {name: [row[name] for row in rows] for name in MEASURES}
