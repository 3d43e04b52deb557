"""Over-segmentation: connected ink is cut wherever two letters may touch, so that every letter is a run of atoms.

A cut is a seam from the upper edge of a piece to its lower one that crosses as little ink as it can: between letters it
runs through the paper above and below the place where they touch. Where a letter leans on the stem of another, the seam
is the edge of the stem. Letters are cut too (an H through its bar): which
atoms belong together is decided later (`lib.vision.lattice`). Lengths are in heights of the page's letters.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

LEAN = 0.2  # what a step aside costs a seam, in steps through ink
THIN = 0.5  # most ink that a cut goes through
VALLEY = 0.1  # half the width over which a cut is where the ink is thinnest
FLAT = 0.3  # a flat stroke longer than this is cut at its ends and in its middle
MARGIN = 0.12  # no cut is nearer to the ends of a piece ...
APART = 0.1  # ... nor to another cut
WIDE = 0.4  # a narrower piece is not cut
STEM = 0.75  # share of a piece's height, or of a letter's, over which a stem is straight
SLANTS = (0.0, 0.12, -0.12, 0.25, -0.25, 0.4, -0.4)  # dx / dy of stems
MOST = 3.2  # cuts in a piece, for each letter height of its width


def cut_places(mask: NDArray[np.bool_], height: float) -> list[NDArray[np.int64]]:
    """Where a piece of ink may be cut.

    Parameters
    ----------
    mask : (h, w) bool ndarray
        The piece in its box.
    height : float
        Height of the page's letters, pixels.

    Returns
    -------
    list of (h,) int ndarray
        Column of each cut in each row, from left to right; cuts may meet, but do not cross.

    References
    ----------
    Avidan & Shamir, "Seam Carving for Content-Aware Image Resizing", 2007.
    """
    wide = mask.shape[1]
    margin = max(2.0, MARGIN * height)
    if wide < max(WIDE * height, 2 * margin + 2):
        return []
    middle = mask.shape[0] // 2
    above, below = _seams(mask[: middle + 1]), _seams(mask[middle:][::-1])
    ink = above[0] + below[0] - mask[middle]
    lowest = ndimage.minimum_filter1d(ink, 2 * max(1, round(VALLEY * height)) + 1, mode="constant")
    good = (ink <= THIN * height) & (ink <= lowest + 0.5)
    good[: int(margin)] = good[wide - int(margin) :] = False
    runs, _ = ndimage.label(good)
    found = []  # (ink, column in the middle row)
    for (run,) in ndimage.find_objects(runs):
        first, last = run.start, run.stop - 1
        columns = {first, (first + last) // 2, last} if last - first > FLAT * height else {(first + last) // 2}
        found += [(float(ink[c]), c) for c in columns]
    chosen: list[int] = []
    for _, column in sorted(found):
        if all(abs(column - other) >= APART * height for other in chosen):
            chosen.append(column)
        if len(chosen) >= max(1.0, MOST * wide / height):
            break
    seams = {column: np.concatenate([above[1][:-1, column], below[1][::-1, column]]) for column in chosen}
    for column, seam in _stems(mask, height):
        if margin <= column < wide - margin and all(abs(column - other) >= APART * height for other in seams):
            seams[column] = seam
    return list(np.maximum.accumulate([seams[column] for column in sorted(seams)], axis=0)) if seams else []


def _stems(mask, height):
    """Edges of the straight strokes from top to bottom: column in the middle row, and in each row."""
    tall, wide = mask.shape
    y, x = np.nonzero(mask)
    found = []
    for slant in SLANTS:
        lean = np.rint(slant * (np.arange(tall) - tall // 2)).astype(int)
        column = x + lean[y]
        inside = (column >= 0) & (column < wide)
        ink = np.bincount(column[inside], minlength=wide)
        runs, _ = ndimage.label(ink >= STEM * min(tall, height))
        found += [(-int(ink[run].max()), run.start, run.stop, lean) for (run,) in ndimage.find_objects(runs)]
    taken = np.zeros(wide, bool)
    for _, start, stop, lean in sorted(found, key=lambda stem: stem[0]):
        if not taken[start:stop].any():
            taken[start:stop] = True
            yield from ((edge, edge - lean) for edge in (start - 1, stop - 1))


def _seams(mask):
    """The cheapest seam from the first row to each pixel of the last: its ink, and its column in each row."""
    rows, columns = mask.shape
    ink, here = mask[0].astype(np.float32), np.arange(columns)
    came = np.empty((rows - 1, columns), np.int64)
    beyond = np.full(1, np.inf, np.float32)
    for y in range(1, rows):
        aside = np.concatenate([beyond, ink, beyond]) + np.float32(LEAN)
        step = np.where(aside[:-2] < aside[2:], -1, 1)
        aside = np.minimum(aside[:-2], aside[2:])
        step[ink <= aside] = 0
        came[y - 1] = here + step
        ink = np.minimum(ink, aside) + mask[y]
    path = np.empty((rows, columns), np.int64)
    path[-1] = here
    for y in range(rows - 2, -1, -1):
        path[y] = came[y][path[y + 1]]
    return ink, path


def cut(
    labels: NDArray[np.int32], boxes: NDArray[np.int64], height: float, whole: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """Cut the pieces of a page into atoms.

    Parameters
    ----------
    labels : (height, width) int32 ndarray
        0 for paper, k + 1 for the ink of piece k.
    boxes : (n, 4) int ndarray
    height : float
        Height of the page's letters, pixels.
    whole : (n,) bool ndarray
        Pieces that are not cut.

    Returns
    -------
    labels, boxes
        The same of the m atoms.
    piece : (m,) int ndarray
        Which piece each was.
    """
    labels, atoms, piece = labels.copy(), list(boxes), list(range(len(boxes)))
    for number in np.flatnonzero(~whole):
        y1, x1, y2, x2 = boxes[number]
        part = labels[y1:y2, x1:x2]
        mask = part == number + 1
        places = cut_places(mask, height)
        if not places:
            continue
        y, x = np.nonzero(mask)
        side = np.sum([x > seam[y] for seam in places], axis=0)
        for name, k in enumerate(np.unique(side)):
            at = side == k
            box = np.array([y1 + y[at].min(), x1 + x[at].min(), y1 + y[at].max() + 1, x1 + x[at].max() + 1])
            if name == 0:
                atoms[number] = box
            else:
                atoms.append(box)
                piece.append(int(number))
                part[y[at], x[at]] = len(atoms)
    return labels, np.array(atoms, int).reshape(-1, 4), np.array(piece, int)
