"""Which atoms of ink are one letter: the cutting of each line that the judge finds likeliest.

Every run of neighbouring atoms in a line may be a letter (a candidate), and the judge says how likely each is. The true
letters are right and all other candidates wrong, so the best cutting has the largest sum of log odds: found by dynamic
programming. Atoms that are no letter in any company cost nothing when they are left out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lib.vision import layout
from lib.vision.atoms import cut
from lib.vision.judge import SIZE, view

LONGEST = 7  # atoms in a letter
# In letter heights.
GAP = 0.5  # largest gap between the atoms of a letter
WIDEST, HIGHEST = 1.9, 2.2  # of a letter
LARGE = 0.45  # a lower piece begins no line: it goes to the nearest one
TINY = 0.08  # a piece smaller than this is a speck
DOT = 0.25  # a smaller atom may be left out without cost, as a dot after a letter
LEFT_OUT = 0.5  # what leaving another one out costs, in nats, times a power of its height, which counts up to 1 ...
AMONG = 6.0  # ... and how much more in a line of letters alone
POWER = 1.5  # that power
SURE = 2.0  # log odds of a sure letter
PRIOR = -2.0  # log odds of a candidate before it is seen: most are no letter
SMALL = 1.0  # by how much they fall each time a candidate is half as large, from a letter's height on
REACH = 2.5  # how far from the next large piece a small one may be
OFF = 0.35  # how far above or below it


@dataclass(frozen=True)
class Lattice:
    """Candidates of a page.

    Attributes
    ----------
    labels : (height, width) int32 ndarray
        0 for paper, k + 1 for the ink of atom k, numbered line by line from left to right; what is in no line comes
        last.
    boxes : (n, 4) int ndarray
        Of the atoms.
    line : (n,) int ndarray
        Line of each atom, -1 for none.
    first, last : (m,) int ndarray
        First and last atom of each candidate.
    candidates : (m, 4) int ndarray
        Boxes of the candidates.
    """

    labels: NDArray[np.int32]
    boxes: NDArray[np.int64]
    line: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    candidates: NDArray[np.int64]

    def views(self, chosen: NDArray | slice = slice(None)) -> NDArray[np.uint8]:
        """What the judge sees of each candidate, or of some: (m, 2, SIZE, SIZE)."""
        several = self.candidates[chosen], self.first[chosen], self.last[chosen]
        seen = [view(self.labels, box, i, j) for box, i, j in zip(*several, strict=True)]
        return np.array(seen, np.uint8).reshape(-1, 2, SIZE, SIZE)

    def owner(self, chosen: NDArray[np.int64]) -> NDArray[np.int32]:
        """0 for paper, k + 1 for the ink of the k-th of the chosen candidates."""
        of_atom = np.zeros(len(self.boxes) + 1, np.int32)
        for number, candidate in enumerate(chosen, 1):
            of_atom[self.first[candidate] + 1 : self.last[candidate] + 2] = number
        return of_atom[self.labels]


def build(
    labels: NDArray[np.int32], boxes: NDArray[np.int64], height: float, whole: NDArray[np.bool_] | None = None
) -> Lattice:
    """The lattice of a page's ink.

    Parameters
    ----------
    labels : (height, width) int32 ndarray
        0 for paper, k + 1 for the ink of piece k.
    boxes : (n, 4) int ndarray
        Of the pieces.
    height : float
        Height of the page's letters, pixels.
    whole : (n,) bool ndarray, optional
        Pieces that are not cut.
    """
    line = lines_of(boxes, height)
    tall = boxes[:, 2] - boxes[:, 0]
    uncut = (line < 0) | (tall < LARGE * height) | (False if whole is None else whole)
    labels, boxes, piece = cut(labels, boxes, height, uncut)
    line = line[piece]
    order = np.lexsort((boxes[:, 1] + boxes[:, 3], np.where(line < 0, line.max(initial=0) + 1, line)))
    new = np.zeros(len(boxes) + 1, np.int32)
    new[order + 1] = np.arange(1, len(boxes) + 1)
    labels, boxes, line = new[labels], boxes[order], line[order]
    first, last, candidates = [], [], []
    edges, of_line = boxes.tolist(), line.tolist()  # numbers, as so many small arrays would take long
    for i in np.flatnonzero(line >= 0).tolist():
        y1, x1, y2, x2 = edges[i]
        for j in range(i, min(i + LONGEST, len(edges))):
            if of_line[j] != of_line[i] or edges[j][1] - x2 > GAP * height:
                break
            y1, x1 = min(y1, edges[j][0]), min(x1, edges[j][1])
            y2, x2 = max(y2, edges[j][2]), max(x2, edges[j][3])
            if x2 - x1 > WIDEST * height:
                break
            if y2 - y1 <= HIGHEST * height:
                first.append(i)
                last.append(j)
                candidates.append((y1, x1, y2, x2))
    return Lattice(
        labels, boxes, line, np.array(first, int), np.array(last, int), np.array(candidates, int).reshape(-1, 4)
    )


def lines_of(boxes: NDArray[np.int64], height: float) -> NDArray[np.int64]:
    """The line of each piece of ink, -1 for what stands in none: specks, and what is far larger than a letter."""
    tall = boxes[:, 2] - boxes[:, 0]
    size = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0)
    large = np.flatnonzero((tall >= LARGE * height) & (tall < 3 * height))
    line = np.full(len(boxes), -1)
    if not len(large):
        return line
    line[large] = layout.find_lines(boxes[large])
    top, left, bottom, right = boxes[large].T
    for k in np.flatnonzero((tall < LARGE * height) & (size >= max(3, TINY * height))):
        y1, x1, y2, x2 = boxes[k]
        away = np.maximum(np.maximum(left - x2, x1 - right), 0)
        off = np.maximum(np.maximum(top - (y1 + y2) / 2, (y1 + y2) / 2 - bottom), 0)
        near = int(np.argmin(away + 3 * off))
        if away[near] < REACH * height and off[near] < OFF * height:
            line[k] = line[large[near]]
        elif size[k] > 0.25 * height:
            line[k] = line.max() + 1
    return line


def best_cutting(lattice: Lattice, odds: NDArray[np.float64], height: float) -> NDArray[np.int64]:
    """The candidates that are the page's letters.

    Parameters
    ----------
    lattice : Lattice
    odds : (m,) float ndarray
        Log odds that each candidate is one letter, by the judge.
    height : float
        Height of the page's letters, pixels.

    Returns
    -------
    (letters,) int ndarray
        Numbers of the candidates, line by line from left to right.
    """
    tall, wide = (lattice.boxes[:, 2:] - lattice.boxes[:, :2]).T / height
    size = np.where(np.maximum(tall, wide) < DOT, 0, tall.clip(0, 1) ** POWER)
    extent = (lattice.candidates[:, 2:] - lattice.candidates[:, :2]).max(axis=1) / height
    posterior = odds + PRIOR + SMALL * np.log2(np.clip(extent, 0.1, 1))
    chosen = _best_path(lattice, posterior, LEFT_OUT * size)
    # In a line that is mostly letters, what else is as high is likely one too, however badly written.
    letters = np.zeros(len(size))
    for c in chosen[odds[chosen] > SURE]:
        letters[lattice.first[c] : lattice.last[c] + 1] = size[lattice.first[c] : lattice.last[c] + 1]
    ours, line = lattice.line >= 0, lattice.line.clip(0)
    total, share = np.bincount(line, size * ours), np.bincount(line, letters * ours)
    share = (share / np.maximum(total, 1e-9))[line]
    return _best_path(lattice, posterior, (LEFT_OUT + AMONG * share**2) * size)


def _best_path(lattice, odds, cost):
    """The candidates with the largest sum of odds, less the cost of the atoms that none of them takes."""
    n = len(lattice.boxes)
    total = np.concatenate([[0], np.cumsum(cost)])
    gain = odds + total[lattice.last + 1] - total[lattice.first]
    best, taken = np.zeros(n + 1), np.full(n + 1, -1)
    ends = np.argsort(lattice.last, kind="stable")
    at = np.searchsorted(lattice.last[ends], np.arange(n + 1))
    for j in range(n):
        best[j + 1] = best[j]  # left out
        for c in ends[at[j] : at[j + 1]]:
            value = best[lattice.first[c]] + gain[c]
            if value > best[j + 1]:
                best[j + 1], taken[j + 1] = value, c
    chosen, j = [], n
    while j:
        if taken[j] < 0:
            j -= 1
        else:
            chosen.append(taken[j])
            j = lattice.first[taken[j]]
    return np.array(chosen[::-1], int)
