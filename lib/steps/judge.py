"""The judge of cuttings: drawn, trained and tested (Q4.4 and Q7.1.4 read with it)."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from lib.data.cuttings import NONE, Line, draw_lines
from lib.vision import lattice, layout
from lib.vision.letters import EIGHT, boxes_of

# Shares of common ink, intersection over union.
RIGHT = 0.8  # least of a candidate that is a letter ...
BEST, WORSE = 0.03, 0.1  # ... and how much less than the best candidate of that letter; less by more than that is none


def truth_of(line: Line, found: lattice.Lattice) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """What each candidate of a drawn line is.

    Returns
    -------
    labels : (m,) int ndarray
        The class of a letter, NONE for no letter, -1 for what is in between.
    item : (m,) int ndarray
        The item of the line with which each has the most ink in common.
    common : (m,) float ndarray
        Share of common ink, intersection over union.
    """
    atoms, items = len(found.boxes), len(line.classes)
    pixels = sparse.coo_array(
        (np.ones(line.owner.size, np.int64), (found.labels.ravel(), line.owner.ravel())), shape=(atoms + 1, items + 1)
    ).toarray()[:, 1:]
    total = np.cumsum(pixels, axis=0)
    shared = total[found.last + 1] - total[found.first]  # (m, items)
    union = shared.sum(axis=1, keepdims=True) + np.bincount(line.owner.ravel(), minlength=items + 1)[1:] - shared
    overlap = shared / np.maximum(union, 1)
    item = overlap.argmax(axis=1) if len(overlap) else np.zeros(0, int)
    common = overlap.max(axis=1, initial=0)
    best = overlap.max(axis=0, initial=0)[item]
    labels = np.where(common >= np.maximum(RIGHT, best - BEST), line.classes[item], -1)
    labels[common < np.maximum(RIGHT, best) - WORSE] = NONE
    return np.where(line.classes[item] == NONE, NONE, labels), item, common


def candidates_of(line: Line) -> lattice.Lattice | None:
    """The lattice of a drawn line, as reading would build it; None for one without ink."""
    from scipy import ndimage

    labels, _ = ndimage.label(line.owner > 0, EIGHT)
    boxes = boxes_of(labels)
    if not len(boxes):
        return None
    return lattice.build(labels.astype(np.int32), boxes, layout.letter_height(boxes))
