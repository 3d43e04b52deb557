"""Letters of anyone's photograph: the sheet first, then its ink, and of all cuttings of that the likeliest.

Where `lib.vision.letters` joins and cuts pieces by rules of thumb, here a trained judge decides (`lib.vision.judge`).
"""

import dataclasses
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage
from scipy.special import expit

from lib.vision import lattice, layout
from lib.vision.frames import at_edge, frames
from lib.vision.ink import boxes_of, opaque
from lib.vision.judge import judge, kinds, log_odds, view
from lib.vision.letters import Letters, drop, find_pieces, fine_enough
from lib.vision.sheet import crop, on_sheet
from lib.vision.turns import upright

# How ink is looked for, until nearly all of it is letters: the blur of the page in pixels, and whether only the darker
# kind counts. Faint ink stands out when the noise is smoothed; what is printed is paler than what is written on it.
ATTEMPTS = ((0.0, False), (0.0, True), (1.2, False), (2.0, False))
ENOUGH = 0.9  # share of the ink in letters with which an attempt is content
BETTER = 1.2  # by how much a later attempt must be better
TURNED = 1.25  # a page is turned if its letters are likelier then by this factor
FEW = 150  # pieces of a page on which all four turns are cut
MOST = 4000  # pieces of a page; one of more is no writing
LOOKS = 10_000  # candidates after which there is no further attempt ...
TOO_MANY = 16_000  # ... and those of what is no writing but a texture

WHOLE, WHOLE_WIDTH = 4.0, 1.4  # log odds of a piece that is not cut, and its largest width in letter heights
CUT_OFF = 2.0  # log odds that what the edge cuts off must have more than other ink
LABEL = 0.45  # a line of lower letters on a form is printed
ALONE = (0.5, 1.6)  # heights of a letter that stands alone in its line, in heights of the page's letters ...
BAR = 0.25  # ... and its least width, in its own, among lines ...
COMPANY = 3  # ... of typically so many letters: what lies around a sheet leaves bars along its edges


class Reading(NamedTuple):
    """One attempt."""

    letters: Letters
    odds: NDArray[np.float64]  # (n,) log odds that each is one letter
    kinds: NDArray[np.float64]  # (n, classes) log probabilities of which one
    share: float = 0.0  # of the ink that is expected to be letters
    looks: int = 0  # candidates that were found

    @property
    def total(self) -> float:
        """Log odds of all letters together."""
        return float(self.odds.sum())

    @property
    def score(self) -> float:
        """The surer the letters and the less other ink the better."""
        return self.total * self.share


def segment(image: ArrayLike, weights: Mapping[str, NDArray]) -> Reading:
    """The letters of a photograph.

    Parameters
    ----------
    image : (height, width[, channels]) array
        See `lib.vision.letters.find_letters`.
    weights : mapping of str to ndarray
        The judge's (`lib.vision.judge.judge`).

    Returns
    -------
    Reading
        The best attempt.
    """
    pixels, white = opaque(image)
    pixels, sheet, corner = crop(pixels, white)

    def attempt(blur: float, dark: bool) -> Reading:
        def find(grey: NDArray[np.float32], step: int) -> Letters:
            return find_pieces(grey if sheet is None else on_sheet(grey, sheet), step, blur, dark)

        return read_pieces(dataclasses.replace(fine_enough(pixels, white, find), corner=corner), weights)

    best = attempt(*ATTEMPTS[0])
    looks = best.looks
    for blur, dark in ATTEMPTS[1:]:
        if best.share >= ENOUGH or looks > LOOKS:
            break
        reading = attempt(blur, dark)
        looks += reading.looks
        if reading.score > BETTER * best.score:
            best = reading
    return best


def read_pieces(found: Letters, weights: Mapping[str, NDArray]) -> Reading:
    """The letters of a page's pieces of ink, turned as they are likeliest."""
    if not 0 < len(found.boxes) <= MOST:
        return nothing(found, weights, len(found.boxes))
    framed = frames(found.owner, found.boxes)
    boxes, labels = drop(found.boxes, found.owner, keep=~framed)
    found = dataclasses.replace(found, boxes=boxes, owner=labels)
    if not len(boxes):
        return nothing(found, weights, len(framed))
    views = np.array([view(found.owner, box, number, number) for number, box in enumerate(found.boxes)])
    turns, odds = upright(views, found.boxes, weights)
    form = bool(framed.any())
    reading = read_turned(found, turns, odds[turns], weights, form)
    if reading.share < ENOUGH and len(found.boxes) <= FEW:
        others = [read_turned(found, other, odds[other], weights, form) for other in range(4) if other != turns]
        other = max(others, key=lambda reading: reading.total)
        if other.total > TURNED * reading.total:
            return other
    return reading


def read_turned(
    found: Letters, turns: int, odds: NDArray[np.float64], weights: Mapping[str, NDArray], form: bool
) -> Reading:
    """The letters of a page's pieces of ink, turned by so many quarters; `odds` that each piece is one letter."""
    labels = np.ascontiguousarray(np.rot90(found.owner, turns))
    density = np.ascontiguousarray(np.rot90(found.density, turns))
    pieces = boxes_of(labels)
    height = likely_height(pieces, odds)
    whole = (odds > WHOLE) & (pieces[:, 3] - pieces[:, 1] < WHOLE_WIDTH * height)
    net = lattice.build(labels, pieces, height, whole)
    if len(net.candidates) > TOO_MANY:
        return nothing(found, weights, len(net.candidates))
    log_probs = judge(net.views(), weights)
    odds = log_odds(log_probs) - CUT_OFF * at_edge(net.candidates, labels.shape)
    chosen = lattice.best_cutting(net, odds, height)
    keep = ~stray(net.candidates[chosen], form)
    boxes, owner = drop(net.candidates[chosen], net.owner(chosen), keep)
    odds, log_probs = odds[chosen[keep]], log_probs[chosen[keep]]
    ink = np.bincount(owner.ravel(), minlength=len(boxes) + 1)[1:]
    whole_ink = np.bincount(labels.ravel(), minlength=len(pieces) + 1)[1:]
    share = (ink * expit(odds)).sum() / max(whole_ink.sum(), 1)
    letters = Letters(boxes, owner, density, found.step, found.corner, turns)
    return Reading(letters, odds, kinds(log_probs), float(share), len(net.candidates))


def nothing(found: Letters, weights: Mapping[str, NDArray], looks: int) -> Reading:
    """No letters, where so many candidates were found."""
    boxes, labels = drop(found.boxes, found.owner, np.zeros(len(found.boxes), bool))
    letters = dataclasses.replace(found, boxes=boxes, owner=labels)
    return Reading(letters, np.zeros(0), np.zeros((0, len(weights["bias_out"]) - 1)), looks=looks)


def likely_height(boxes: NDArray[np.int64], odds: NDArray[np.float64]) -> float:
    """Median height of the pieces, each counted as often as it is high and as likely as it is a letter."""
    height = boxes[:, 2] - boxes[:, 0]
    order = np.argsort(height, kind="stable")
    total = np.cumsum((height * (expit(odds) + 0.02))[order])
    return float(height[order][np.searchsorted(total, total[-1] / 2)])


def stray(boxes: NDArray[np.int64], form: bool) -> NDArray[np.bool_]:
    """Which letters are none of the writing, (n,) bool: alone in their line and of another size or bars, or a form's
    labels."""
    if len(boxes) < 3:
        return np.zeros(len(boxes), bool)
    size = (boxes[:, 2] - boxes[:, 0]) / layout.letter_height(boxes)
    line = layout.find_lines(boxes)
    highest = ndimage.maximum(size, line, np.arange(line.max() + 1))[line]
    company = np.bincount(line)[line]
    bar = (boxes[:, 3] - boxes[:, 1] < BAR * (boxes[:, 2] - boxes[:, 0])) & (np.median(company) >= COMPANY)
    return ((company == 1) & ((size < ALONE[0]) | (size > ALONE[1]) | bar)) | (form & (highest < LABEL))
