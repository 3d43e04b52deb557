"""The judge of cuttings: drawn, trained and tested."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse

from lib.data.cuttings import NONE, Line, draw_lines
from lib.models import judge as networks
from lib.vision import lattice, layout
from lib.vision.ink import EIGHT, boxes_of
from lib.vision.judge import judge, log_odds
from lib.vision.lattice import Lattice

# Shares of common ink, intersection over union, of a candidate and a letter.
RIGHT = 0.8  # least of a candidate that is the letter ...
BEST, WORSE = 0.03, 0.1  # ... and how much less than the best candidate for it; less by more than that is no letter
NEAR = 0.3  # how much likelier than others a cutting that shares all its ink with a letter is shown; 0 is none
FEWEST = 6  # wrong cuttings of a line


class Cuttings(NamedTuple):
    """The candidates of a drawn line, and what they are."""

    line: Line
    lattice: Lattice
    labels: NDArray[np.int64]  # (m,) class of a letter, NONE for no letter, -1 for what is in between
    item: NDArray[np.int64]  # (m,) which item of the line each shares most ink with
    common: NDArray[np.float64]  # (m,) how much: intersection over union


def fit_judge(
    lines: int,
    wrong: float,
    epochs: int,
    batch: int,
    learning_rate: float,
    test_lines: int,
    seed: int,
    progress: Callable[..., None] | None = None,
) -> dict[str, Any]:
    """Train the judge on drawn lines, and test it on others (`fits/judge`, `Q4.4/judge`).

    Parameters
    ----------
    lines, test_lines : int
        How many are drawn.
    wrong : float
        Wrong cuttings shown for each right one.

    Returns
    -------
    dict
        ``weights``, for `lib.vision.judge.judge`; ``numbers``: shares of the test lines' cuttings that are judged
        right, and of their letters that the lattice finds.
    """
    rng = np.random.default_rng(seed)
    shown = [_shown(rng, cuttings, wrong) for cuttings in draw_cuttings(rng, lines)]
    views = np.concatenate([views for views, _ in shown])
    labels = np.concatenate([labels for _, labels in shown])
    network = networks.train(views, labels, NONE, epochs, batch, learning_rate, seed, progress)
    weights = networks.export(network)
    numbers = test(weights, draw_cuttings(np.random.default_rng([seed, 1]), test_lines))
    return {"weights": weights, "numbers": numbers | {"q4.judge.cuttings": len(labels)}}


def draw_cuttings(rng: np.random.Generator, lines: int) -> Iterator[Cuttings]:
    """Draw lines and cut them as reading does; lines without a candidate are left out."""
    for line in draw_lines(rng, lines):
        labels, _ = ndimage.label(line.owner > 0, EIGHT)
        boxes = boxes_of(labels)
        if len(boxes):
            found = lattice.build(labels.astype(np.int32), boxes, layout.letter_height(boxes))
            if len(found.first):
                yield Cuttings(line, found, *label(line, found))


def label(line: Line, found: Lattice) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """What each candidate of a drawn line is: ``labels, item, common`` of `Cuttings`."""
    shape = len(found.boxes) + 1, len(line.classes) + 1
    ones = np.ones(line.owner.size, np.int64)
    pixels = sparse.coo_array((ones, (found.labels.ravel(), line.owner.ravel())), shape=shape).toarray()
    total = np.cumsum(pixels[:, 1:], axis=0)
    shared = total[found.last + 1] - total[found.first]  # (candidates, items)
    union = shared.sum(axis=1, keepdims=True) + pixels[:, 1:].sum(axis=0) - shared
    overlap = shared / np.maximum(union, 1)
    item, common = overlap.argmax(axis=1), overlap.max(axis=1)
    best = np.maximum(RIGHT, overlap.max(axis=0)[item])
    labels = np.where(common >= np.maximum(RIGHT, best - BEST), line.classes[item], -1)
    labels[(common < best - WORSE) | (line.classes[item] == NONE)] = NONE
    return labels, item, common


def _shown(rng, cuttings, wrong):
    """The cuttings of a line that the judge is trained on: all right ones, and of the wrong ones rather near misses."""
    right = np.flatnonzero((cuttings.labels >= 0) & (cuttings.labels < NONE))
    others = np.flatnonzero(cuttings.labels == NONE)
    of_letter = cuttings.line.classes[cuttings.item[others]] < NONE
    weight = NEAR + cuttings.common[others] * of_letter
    count = min(len(others), max(FEWEST, int(wrong * len(right))))
    chosen = rng.choice(others, count, replace=False, p=weight / weight.sum()) if count else others
    chosen = np.sort(np.concatenate([right, chosen]))
    return cuttings.lattice.views(chosen), cuttings.labels[chosen]


def test(weights: dict[str, NDArray], drawn: Iterator[Cuttings]) -> dict[str, float]:
    """How well a judge tells letters from other cuttings, and how many letters of the lines it finds."""
    right, wrong, letters, found, chosen = [], [], 0, 0, 0
    for line, candidates, labels, item, common in drawn:
        odds = log_odds(judge(candidates.views(), weights))
        right.append(odds[(labels >= 0) & (labels < NONE)] > 0)
        wrong.append(odds[labels == NONE] > 0)
        best = lattice.best_cutting(candidates, odds, layout.letter_height(candidates.boxes))
        hits = best[(common[best] >= RIGHT) & (line.classes[item[best]] < NONE)]
        letters, found = letters + int((line.classes < NONE).sum()), found + len(np.unique(item[hits]))
        chosen += len(best)
    return {
        "q4.judge.right": float(np.concatenate(right).mean()),
        "q4.judge.wrong": float(np.concatenate(wrong).mean()),
        "q4.judge.found": found / max(letters, 1),
        "q4.judge.spurious": (chosen - found) / max(chosen, 1),
    }
