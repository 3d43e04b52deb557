"""Over-segmentation: connected ink is cut wherever two letters may touch, so that every letter is a run of atoms.

A cut is a straight line through thin ink, upright or slanted. Letters are cut too (an H through its bar): which atoms
belong together is decided later (`lib.vision.lattice`). Lengths are in heights of the page's letters.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

SLANTS = (0.0, 0.25, -0.25, 0.5, -0.5)  # dx / dy of a cut, the upright one first
SLANTED = 0.1  # a cut of slant 1 is made where its ink is thinner by this than that of an upright one
THIN = 0.5  # most ink that a cut goes through
VALLEY = 0.1  # half the width over which a cut is where the ink is thinnest
FLAT = 0.3  # a flat stroke longer than this is cut at its ends and in its middle
MARGIN = 0.12  # no cut is nearer to the ends of a piece ...
APART = 0.1  # ... nor to another cut, at its upper or its lower end
WIDE = 0.4  # a narrower piece is not cut
MOST = 3.2  # cuts in a piece, for each letter height of its width


def cut_places(mask: NDArray[np.bool_], height: float) -> list[tuple[float, float]]:
    """Where a piece of ink may be cut.

    Parameters
    ----------
    mask : (h, w) bool ndarray
        The piece in its box.
    height : float
        Height of the page's letters, pixels.

    Returns
    -------
    list of (float, float)
        Column of each cut at the top and at the bottom of the box, from left to right; cuts do not cross.
    """
    y, x = np.nonzero(mask)
    tall, wide = mask.shape
    margin = max(2.0, MARGIN * height)
    if wide < max(WIDE * height, 2 * margin + 2):
        return []
    found = []  # (ink and penalty, top, bottom)
    for slant in SLANTS:
        shift = slant * (y - (tall - 1) / 2)
        pad = int(np.ceil(abs(slant) * tall / 2)) + 1
        ink = np.bincount(np.rint(x + shift).astype(int) + pad, minlength=wide + 2 * pad).astype(np.float32)
        ink = ndimage.uniform_filter1d(ink, 3, mode="constant")
        lowest = ndimage.minimum_filter1d(ink, 2 * max(1, round(VALLEY * height)) + 1, mode="constant")
        good = (ink <= THIN * height) & (ink <= lowest + 0.5)
        good[: pad + int(margin)] = good[pad + wide - int(margin) :] = False
        runs, _ = ndimage.label(good)
        for (run,) in ndimage.find_objects(runs):
            first, last = run.start, run.stop - 1
            columns = {first, (first + last) // 2, last} if last - first > FLAT * height else {(first + last) // 2}
            lean = slant * (tall - 1) / 2
            found += [
                (float(ink[c]) + SLANTED * abs(slant) * height, c - pad + lean, c - pad - lean) for c in sorted(columns)
            ]
    chosen: list[tuple[float, float]] = []
    for _, top, bottom in sorted(found):
        if all(
            (top - t) * (bottom - b) > 0 and min(abs(top - t), abs(bottom - b)) >= APART * height for t, b in chosen
        ):
            chosen.append((top, bottom))
        if len(chosen) >= max(1.0, MOST * wide / height):
            break
    return sorted(chosen)


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
        down = y / max(1, y2 - y1 - 1)
        side = np.sum([x > top + (bottom - top) * down for top, bottom in places], axis=0)
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
