"""Letters of anyone's photograph: the sheet first, then its ink, and of all cuttings of that the likeliest.

Where `lib.vision.letters` joins and cuts pieces by rules of thumb, here a trained judge decides (`lib.vision.judge`).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.vision import lattice, layout
from lib.vision.frames import at_edge, frames
from lib.vision.ink import opaque
from lib.vision.judge import judge, log_odds, view
from lib.vision.letters import Letters, boxes_of, drop, find_pieces, fine_enough
from lib.vision.sheet import crop, on_sheet
from lib.vision.turns import upright

WHOLE, WHOLE_WIDTH = 4.0, 1.4  # log odds of a piece that is not cut, and its largest width in letter heights
CUT_OFF = 2.0  # log odds that what the edge cuts off must have more than other ink
ALONE = (0.5, 1.6)  # heights of a letter that stands alone in its line, in heights of the page's letters


def segment(image: ArrayLike, weights: Mapping[str, NDArray]) -> tuple[Letters, NDArray[np.float64]]:
    """The letters of a photograph.

    Parameters
    ----------
    image : (height, width[, channels]) array
        See `lib.vision.letters.find_letters`.
    weights : mapping of str to ndarray
        The judge's (`lib.vision.judge.judge`).

    Returns
    -------
    Letters
    odds : (n,) float64 ndarray
        Log odds that each is one letter.
    """
    pixels, white = opaque(image)
    pixels, sheet, corner = crop(pixels, white)
    found = fine_enough(
        pixels,
        white,
        lambda grey, step: find_pieces(grey if sheet is None else on_sheet(grey, sheet), step, faint=True),
    )
    boxes, labels = drop(found.boxes, found.owner, keep=~frames(found.owner, found.boxes))
    if not len(boxes):
        return Letters(boxes, labels, found.density, found.step, corner), np.zeros(0)
    views = np.array([view(labels, box, number, number) for number, box in enumerate(boxes)])
    turns, odds = upright(views, boxes, weights)
    labels, density = (np.ascontiguousarray(np.rot90(page, turns)) for page in (labels, found.density))
    boxes = boxes_of(labels)
    height = likely_height(boxes, odds)
    whole = (odds > WHOLE) & (boxes[:, 3] - boxes[:, 1] < WHOLE_WIDTH * height)
    net = lattice.build(labels, boxes, height, whole)
    boxes = net.candidate_boxes
    odds = log_odds(judge(net.views(), weights)) - CUT_OFF * at_edge(boxes, labels.shape)
    chosen = lattice.best_cutting(net, odds, height)
    boxes, owner, odds = boxes[chosen], net.owner(chosen), odds[chosen]
    keep = ~stray(boxes)
    boxes, owner = drop(boxes, owner, keep)
    return Letters(boxes, owner, density, found.step, corner, turns), odds[keep]


def likely_height(boxes: NDArray[np.int64], odds: NDArray[np.float64]) -> float:
    """Median height of the pieces, each counted as often as it is high and as likely as it is a letter."""
    height = boxes[:, 2] - boxes[:, 0]
    order = np.argsort(height, kind="stable")
    total = np.cumsum((height * (1 / (1 + np.exp(-odds)) + 0.02))[order])
    return float(height[order][np.searchsorted(total, total[-1] / 2)])


def stray(boxes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which letters stand alone in their line, of another size than the page's letters, (n,) bool."""
    if len(boxes) < 3:
        return np.zeros(len(boxes), bool)
    size = (boxes[:, 2] - boxes[:, 0]) / layout.letter_height(boxes)
    line = layout.find_lines(boxes)
    return (np.bincount(line)[line] == 1) & ((size < ALONE[0]) | (size > ALONE[1]))
