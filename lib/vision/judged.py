"""Letters of anyone's photograph: the sheet first, then its ink, and of all cuttings of that the likeliest.

Where `lib.vision.letters` joins and cuts pieces by rules of thumb, here a trained judge decides (`lib.vision.judge`).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.vision import lattice, layout
from lib.vision.frames import at_edge, frames
from lib.vision.ink import opaque, reduced_grey
from lib.vision.judge import judge, view
from lib.vision.letters import Letters, boxes_of, drop, find_pieces, fine_enough
from lib.vision.sheet import COARSE, find_sheet, on_sheet

Weights = Mapping[str, NDArray]
MOST_ODDS = 10.0  # the judge is never surer than this, in nats
SURE, SURE_WIDTH = 4.0, 1.4  # log odds of a piece that is not cut, and its largest width in letter heights
MARGIN = 0.7  # a page is turned if its pieces are likelier letters then by this, in nats each on the average
FEWEST = 4  # pieces that can say so
ALONE = (0.5, 1.6)  # sizes of a letter that stands alone in its line, in heights of the page's letters
EDGE_ODDS = 2.0  # what the edge cuts off must be a letter this surely, in nats


def segment(image: ArrayLike, weights: Weights) -> tuple[Letters, NDArray[np.float64]]:
    """The letters of a photograph.

    Parameters
    ----------
    image : (height, width[, channels]) array
        See `lib.vision.letters.find_letters`.
    weights : mapping of str to ndarray
        The judge's.

    Returns
    -------
    Letters
    log_probs : (n, classes + 1) float64 ndarray
        What the judge says of each.
    """
    pixels, white = opaque(image)
    coarse = max(1, -(-max(pixels.shape[:2]) // COARSE))
    sheet, corner = None, (0, 0)
    if min(pixels.shape[:2]) > coarse:
        sheet = find_sheet(reduced_grey(pixels, coarse, white))
        rows, columns = np.flatnonzero(sheet.any(axis=1)), np.flatnonzero(sheet.any(axis=0))
        y, x = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        corner = (int(y.start) * coarse, int(x.start) * coarse)
        if sheet.all():
            sheet, corner = None, (0, 0)
        else:
            sheet = sheet[y, x]
            pixels = pixels[y.start * coarse : y.stop * coarse, x.start * coarse : x.stop * coarse]

    def find(grey: NDArray[np.float32], step: int) -> Letters:
        return find_pieces(grey if sheet is None else on_sheet(grey, sheet), step, faint=True)

    found = fine_enough(pixels, white, find)
    labels, boxes = found.owner, found.boxes
    boxes, labels = drop(boxes, labels, keep=~frames(labels, boxes))
    if not len(boxes):
        return Letters(boxes, labels, found.density, found.step, corner), np.zeros((0, len(weights["bias_out"])))
    views = np.array([view(labels, box, k, k) for k, box in enumerate(boxes)])
    turns, log_probs = upright(views, boxes, weights)
    density = np.rot90(found.density, turns)
    labels = np.ascontiguousarray(np.rot90(labels, turns))
    boxes = boxes_of(labels)
    odds = _odds(log_probs)
    height = likely_height(boxes, np.exp(odds))
    sure = (odds > SURE) & (boxes[:, 3] - boxes[:, 1] < SURE_WIDTH * height)
    net = lattice.build(labels, boxes, height, sure)
    log_probs = judge(net.views(), weights)
    odds = _odds(log_probs)
    all_boxes = net.candidate_boxes
    odds = np.where(at_edge(all_boxes, labels.shape), odds - EDGE_ODDS, odds)
    chosen = lattice.best_cutting(net, odds, height)
    boxes, log_probs = all_boxes[chosen], log_probs[chosen]
    owner_of = np.zeros(len(net.boxes) + 1, np.int32)
    for number, c in enumerate(chosen, 1):
        owner_of[net.first[c] + 1 : net.last[c] + 2] = number
    owner = owner_of[net.labels]
    keep = ~stray(boxes)
    boxes, owner = drop(boxes, owner, keep)
    return Letters(boxes, owner, density, found.step, corner, turns), log_probs[keep]


def _odds(log_probs):
    """Log odds that something is one letter, (n,)."""
    none = log_probs[:, -1]
    return np.clip(np.log1p(-np.exp(np.minimum(none, -1e-9))) - none, -MOST_ODDS, MOST_ODDS)


def upright(
    views: NDArray[np.uint8], boxes: NDArray[np.int64], weights: Weights
) -> tuple[int, NDArray[np.float64]]:
    """By how many quarters a page must be turned, anticlockwise, and what the judge says of its pieces then."""
    tall = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    by_turn = [judge(np.rot90(views, turns, axes=(2, 3)), weights) for turns in range(4)]
    odds = np.stack([_odds(log_probs) for log_probs in by_turn])
    # Pieces that are a letter one way or the other, and not much smaller than the others, say which way is up.
    says = (odds.max(axis=0) > 0) & (tall > 0.5 * layout.letter_height(boxes))
    if says.sum() >= FEWEST:
        means = odds[:, says].mean(axis=1)
        best = int(means.argmax())
        if means[best] > means[0] + MARGIN:
            return best, by_turn[best]
    return 0, by_turn[0]


def likely_height(boxes: NDArray[np.int64], odds: NDArray[np.float64]) -> float:
    """Median height of the pieces, each counted as often as it is high and as likely as it is a letter."""
    height = boxes[:, 2] - boxes[:, 0]
    order = np.argsort(height, kind="stable")
    total = np.cumsum((height * (odds / (1 + odds) + 0.02))[order])
    return float(height[order][np.searchsorted(total, total[-1] / 2)])


def stray(boxes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which letters stand alone in their line, of another size than the page's letters, (n,) bool."""
    if len(boxes) < 3:
        return np.zeros(len(boxes), bool)
    size = (boxes[:, 2] - boxes[:, 0]) / layout.letter_height(boxes)
    line = layout.find_lines(boxes)
    return (np.bincount(line)[line] == 1) & ((size < ALONE[0]) | (size > ALONE[1]))
