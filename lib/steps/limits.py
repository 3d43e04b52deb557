"""Q4.1: where finding and reading letters breaks, measured on drawn photographs that are disturbed more and more."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.data.pages import Page
from lib.data.scenes import DISTURBANCES, Scene, draw, plain
from lib.steps.reading import read_photo, read_with_numpy
from lib.vision.matching import recall_and_precision
from lib.vision.scores import page_scores
from lib.vision.text import compose

MEASURES = ("recall", "precision", "letters")
LINES = (  # together all letters and digits
    ("PACK MY BOX WITH", "FIVE DOZEN JUGS"),
    ("SPHINX OF BLACK", "QUARTZ JUDGE MY VOW"),
    ("THE QUICK BROWN FOX", "JUMPS OVER 12 DOGS"),
    ("WALTZ BAD NYMPH", "FOR QUICK JIGS VEX"),
    ("HOW VEXINGLY QUICK", "DAFT ZEBRAS JUMP 90"),
    ("CALL ME AT 7 34 56", "OR 8 AND SAY HELLO"),
)

Read = Callable[[NDArray], Mapping[str, Any]]  # from pixels to a record (`lib.vision.reading.record`)


def measure(
    weights: Mapping[str, NDArray],
    styles: Mapping[str, Mapping[str, Any]],
    judge: Mapping[str, NDArray],
    seed: int,
    disturbances: int,
) -> dict[str, dict[str, Any]]:
    """Scores of the network of Q3 at each strength of each disturbance (`Q4.1/limits.json`).

    Parameters
    ----------
    weights : mapping of str to ndarray
        The network's (`Q3.1.1/weights`).
    styles : dict
        From `lib.steps.reading.measure_styles`.
    judge : mapping of str to ndarray
        The judge's weights (`fits/judge`).
    seed : int
        Of the writer and the text, which are the same on every page.
    disturbances : int
        How many of `lib.data.scenes.DISTURBANCES` to measure.

    Returns
    -------
    dict
        ``limits``, as from `by_strength`, and ``judged``: the letters read right where the judge cuts them;
        ``numbers``: the means over all pages, that of precision over those on which anything was found.
    """
    styles = {"crops32": styles["crops32"]}  # the only ones that this network reads
    names = [*DISTURBANCES][:disturbances]

    def measured(judge: Mapping[str, NDArray] | None) -> dict[str, Any]:
        def read(pixels: NDArray) -> Mapping[str, Any]:
            return read_photo(pixels, styles, read_with_numpy, weights, 1, judge)

        return by_strength(read, [seed], 480, names)

    limits, judged = measured(None), measured(judge)
    for name, row in judged["disturbed"].items():
        limits["disturbed"][name]["judged"] = row["letters"]
    rows = {name: np.array([row[name] for row in limits["disturbed"].values()]) for name in (*MEASURES, "judged")}
    # Where nothing was found no box is wrong, nor right.
    rows["precision"] = rows["precision"][(rows["recall"] > 0) | (rows["precision"] < 1)]
    means = {f"q4.1.{name}": float(np.mean(values)) if values.size else 0.0 for name, values in rows.items()}
    return {"limits": limits, "numbers": means}


def by_strength(read: Read, seeds: Sequence[int], width: int, names: Iterable[str] = DISTURBANCES) -> dict[str, Any]:
    """Mean scores of a reader over pages of several writers.

    Parameters
    ----------
    read : callable
    seeds : sequence of int
        Of the pages; the same writers and texts at every strength.
    width : int
        Of the pages, pixels.
    names : iterable of str
        The disturbances.

    Returns
    -------
    dict
        ``plain``: the `MEASURES` of pages without disturbance; ``disturbed``: by disturbance its ``about``, ``unit``
        and ``strengths``, and a list of each measure for these.
    """

    def mean(disturb: Callable[..., Scene], strength: float) -> dict[str, float]:
        scores = [score_page(draw_disturbed(disturb, strength, seed, width), read) for seed in seeds]
        return {name: float(np.mean([score[name] for score in scores])) for name in MEASURES}

    disturbed = {}
    for name in names:
        about, disturb, unit, strengths = DISTURBANCES[name]
        rows = [mean(disturb, strength) for strength in strengths]
        columns = {measure: [row[measure] for row in rows] for measure in MEASURES}
        disturbed[name] = {"about": about, "unit": unit, "strengths": list(strengths)} | columns
    return {"plain": mean(lambda scene, *_: scene, 0.0), "disturbed": disturbed}


def draw_disturbed(disturb: Callable[..., Scene], strength: float, seed: int, width: int) -> Page:
    """A page of two lines that is disturbed once; with the same seed, the same writer and words."""
    rng = np.random.default_rng(seed)
    scene = plain(rng, LINES[seed % len(LINES)], width)
    return draw(disturb(scene, strength, rng), rng)


def score_page(page: Page, read: Read) -> dict[str, float]:
    """How well a drawn page is read.

    Returns
    -------
    dict of str to float
        `MEASURES`: recall and precision of the boxes (`lib.vision.matching`), and letters read right
        (`lib.vision.scores.page_scores`), as shares.
    """
    reading = read(page.image)
    boxes = [letter["box"] for letter in reading["letters"]]
    recall, precision = recall_and_precision(boxes, page.boxes, page.labels)
    truth = compose(page.characters, page.line, page.word).split("\n")
    return {
        "recall": recall,
        "precision": precision,
        "letters": letters_right(reading["text"], truth, len(page.labels)),
    }


def letters_right(text: str, lines: Sequence[str], labelled: bool | int = False) -> float:
    """Share of the letters of some lines that are read right; printed labels below each line may be read or not.

    Examples
    --------
    >>> letters_right("ABC\\nABC", ["ABC"]), letters_right("ABC\\nABC", ["ABC"], labelled=True)
    (0.0, 1.0)
    """
    truths = [lines, [line for line in lines for _ in range(2)]] if labelled else [lines]
    return max(page_scores(text, "\n".join(truth))["letter_accuracy"] for truth in truths)
