"""Q4.2: find the letters of a photographed page.

Grey, even out the light, threshold with hysteresis, take out ruling, label; then the pieces of one letter are put
together and letters that touch are cut apart. Every length is measured in the page's own letter height or stroke width.
Boxes are (n, 4) int as (y1, x1, y2, x2), half-open: ``image[y1:y2, x1:x2]`` is the letter.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from lib.vision import layout
from lib.vision.ink import ink_density, opaque, reduced_grey

EIGHT = np.ones((3, 3), bool)


@dataclass(frozen=True)
class Letters:
    """What `segment` found, at the working resolution.

    Attributes
    ----------
    boxes : (n, 4) int ndarray
        Tight boxes at the working resolution.
    owner : (height, width) int32 ndarray
        0 for paper, k + 1 for the ink of letter k.
    density : (height, width) float32 ndarray
        0 on paper, around 1 in the strokes.
    step : int
        Pixels of the photograph per pixel here, along each side.
    """

    boxes: np.ndarray
    owner: np.ndarray
    density: np.ndarray
    step: int

    @property
    def full_boxes(self):
        """Boxes in pixels of the photograph."""
        return self.boxes * self.step


def find_letters(image):
    """Boxes of the handwritten letters in an image, and the image in black and white.

    Parameters
    ----------
    image : (height, width[, channels]) array
        Grey or RGB, with or without alpha; see `lib.vision.ink.opaque`.

    Returns
    -------
    boxes : (n, 4) int ndarray
        (y1, x1, y2, x2), half-open, in no particular order; (0, 4) for a page without letters.
    bw : (height, width) float32 ndarray
        0 in the strokes of letters, 1 elsewhere.

    Examples
    --------
    >>> page = np.ones((60, 80))
    >>> page[20:40, 30:33] = 0
    >>> boxes, bw = find_letters(page)
    >>> boxes
    array([[20, 30, 40, 33]])
    >>> bw.min(), bw[20:40, 30:33].max()
    (np.float32(0.0), np.float32(0.0))
    """
    height, width = np.shape(image)[:2] if np.ndim(image) >= 2 else (0, 0)
    found = segment(image)
    bw = np.ones((height, width), np.float32)
    ink = (found.owner > 0).astype(np.float32)
    for (y1, x1, y2, x2), (Y1, X1, Y2, X2) in zip(found.boxes, found.full_boxes, strict=True):
        bw[Y1:Y2, X1:X2] -= np.kron(ink[y1:y2, x1:x2], np.ones((found.step, found.step), np.float32))
    return found.full_boxes, np.maximum(bw, 0, out=bw)


def segment(image, working_size=1400, fine_enough=24):
    """Letters with their ink, at a resolution that is as low as the letters allow.

    Parameters
    ----------
    image : (height, width[, channels]) array
        See `find_letters`.
    working_size : int
        The page is first seen with about this many pixels along its longer side: a budget of time, not of letters.
    fine_enough : float
        Letters lower than this many pixels at that resolution are looked at again in a finer one.

    Returns
    -------
    Letters
    """
    image, white = opaque(image)
    step = max(1, -(-max(image.shape[:2]) // working_size))
    step = min(step, min(image.shape[:2]))
    while True:
        found = _segment(reduced_grey(image, step, white), step)
        if step == 1 or not len(found.boxes):
            return found
        height = layout.letter_height(found.boxes)
        if height >= fine_enough:
            return found
        step = max(1, min(step - 1, int(step * height / fine_enough)))


def _segment(grey, step, low=0.25, high=0.5):
    """`Letters` of one grey page."""
    density, floor = ink_density(grey)
    mask = hysteresis(density, max(low, floor), max(high, floor))
    labels, count = ndimage.label(mask, EIGHT)
    if spans_page(labels):
        mask = take_out_ruling(mask)
        labels, count = ndimage.label(mask, EIGHT)
    nothing = Letters(np.zeros((0, 4), int), np.zeros(grey.shape, np.int32), density, step)
    if count == 0:
        return nothing
    pieces = boxes_of(labels)
    pieces, labels = drop(pieces, labels, keep=(pieces[:, 2:] - pieces[:, :2]).max(1) > 2)
    if not len(pieces):
        return nothing
    height = layout.letter_height(pieces)
    group = join_pieces(pieces, height)
    owner = np.concatenate([[0], group + 1])[labels].astype(np.int32)
    boxes = boxes_of(owner)
    boxes, owner = keep_letters(boxes, owner, height)
    boxes, owner = cut_touching(boxes, owner, height)
    return Letters(boxes, owner, density, step)


def hysteresis(density, low, high):
    """Mask of density > low wherever it is connected to some density > high."""
    labels, count = ndimage.label(density > low, EIGHT)
    strong = np.zeros(count + 1, bool)
    strong[labels[density > high]] = True
    strong[0] = False
    return strong[labels]


def spans_page(labels, share=0.5):
    """Whether a piece is as long as only a printed line is: that share of the page, in either direction."""
    boxes = boxes_of(labels)
    return bool(len(boxes)) and bool(((boxes[:, 2:] - boxes[:, :2]) > share * np.array(labels.shape)).any())


def take_out_ruling(mask, share=0.5, thickest=0.004):
    """The mask without the printed lines of ruled or squared paper.

    A line is thin across its direction, as long as the page, and straight. Where a stroke crosses it the ink is thicker
    than the line, and stays: nothing is cut out of the letters (as staves are taken out of scanned music).

    Parameters
    ----------
    mask : (height, width) bool ndarray
    share : float
        A line reaches over this share of the page at least.
    thickest : float
        Thickest line, as a fraction of the page's longer side.

    Returns
    -------
    (height, width) bool ndarray
    """
    mask = mask.copy()
    thickest = max(2, round(thickest * max(mask.shape)))
    for view in (mask, mask.T):  # lines across, then lines down
        length = view.shape[1]
        thin = view & ~ndimage.binary_opening(view, np.ones((thickest + 1, 1), bool))
        # Letters interrupt a line, by no more than a fraction of the page.
        joined = ndimage.binary_dilation(thin, np.ones((3, max(mask.shape) // 12 | 1), bool))
        labels, _ = ndimage.label(joined, EIGHT)
        for number, place in enumerate(ndimage.find_objects(labels), 1):
            if place[1].stop - place[1].start < share * length:
                continue
            line = thin[place] & (labels[place] == number)
            y, x = np.nonzero(line)
            if line.any(axis=0).mean() < 0.4 or len(y) < 9:
                continue
            off = y - np.polyval(np.polyfit(x / length, y, 2), x / length)  # a lens bends lines a little
            if np.median(np.abs(off)) <= thickest:
                view[place] &= ~line
    return mask


def boxes_of(labels):
    """Boxes of the labels 1, 2, ... of an int image, (n, 4)."""
    return np.array([(y.start, x.start, y.stop, x.stop) for y, x in ndimage.find_objects(labels)], int).reshape(-1, 4)


def drop(boxes, labels, keep):
    """Only the boxes of the (n,) bool mask `keep`, and the label image with these labelled anew."""
    new = np.zeros(len(boxes) + 1, labels.dtype)
    new[1:][keep] = np.arange(1, keep.sum() + 1)
    return boxes[keep], new[labels]


def join_pieces(boxes, height):
    """Which pieces are strokes of one letter.

    The thresholds are in letter heights, set on drawn pages: gaps within an E or a broken stroke against gaps between
    neighbours.

    Parameters
    ----------
    boxes : (n, 4) int ndarray
        Of connected ink.
    height : float
        Height of the page's letters, in the same pixels.

    Returns
    -------
    (n,) int ndarray
        Number of the letter of each piece, counted from 0.
    """
    y1, x1, y2, x2 = boxes.T / height
    h, w = y2 - y1, x2 - x1
    gap_y = np.maximum(y1[:, None], y1) - np.minimum(y2[:, None], y2)  # negative: they overlap by so much
    gap_x = np.maximum(x1[:, None], x1) - np.minimum(x2[:, None], x2)
    tall = np.maximum(y2[:, None], y2) - np.minimum(y1[:, None], y1)
    wide = np.maximum(x2[:, None], x2) - np.minimum(x1[:, None], x1)
    dot = np.maximum(h, w) < 0.35
    part = h < 0.7
    some_dot, some_part = dot[:, None] | dot, part[:, None] | part
    # One above the other: the dot of an i, the bar of a T, two halves of an E.
    stacked = (-gap_x >= 0.5 * np.minimum(w[:, None], w)) & (tall < 1.6)
    stacked &= gap_y < np.where(some_dot, 0.4, 0.2)
    # Side by side, but at least one is no letter of its own: the bars of an E beside its stem.
    beside = some_part & ~some_dot & (gap_x < 0.08) & (gap_y < 0.08) & (tall < 1.25) & (wide < 1.2)
    # So near that it is a broken stroke.
    broken = (gap_x < 0.03) & (gap_y < 0.03) & (tall < 1.25) & (wide < 1.2)
    joined = stacked | beside | broken
    np.fill_diagonal(joined, True)
    return _connected(joined)


def _connected(joined):
    """Number of the connected group of each row of a symmetric bool matrix."""
    from scipy.sparse.csgraph import connected_components

    return connected_components(joined, directed=False)[1]


def keep_letters(boxes, owner, height, smallest=0.4):
    """Leave out what is no letter: dots, commas, specks, and what is far larger than a letter."""
    size = (boxes[:, 2:] - boxes[:, :2]).max(1) / height
    keep = (size >= smallest) & (size < 4)
    return drop(boxes, owner, keep)


def cut_touching(boxes, owner, height, wide=1.55, thinnest=0.3):
    """Letters that touch, cut apart where the ink between them is thinnest.

    Parameters
    ----------
    boxes, owner
        As in `Letters`.
    height : float
        Height of the page's letters in pixels.
    wide : float
        A box wider than this many letter heights, and than 1.7 usual letters, holds more than one.
    thinnest : float
        The cut goes through ink of less than this many letter heights in all.

    Returns
    -------
    boxes, owner
        The same, with new letters at the end; `owner` is changed in place.
    """
    boxes = [tuple(box) for box in boxes]
    limit = max(wide * height, 1.7 * float(np.median([x2 - x1 for _, x1, _, x2 in boxes] or [0])))
    number = 0
    while number < len(boxes):
        y1, x1, y2, x2 = boxes[number]
        mask = owner[y1:y2, x1:x2] == number + 1
        columns = mask.sum(axis=0)
        margin = int(0.35 * height)
        middle = columns[margin:-margin] if x2 - x1 > max(limit, 2 * margin) else columns[:0]
        if not middle.size or middle.min() >= thinnest * height:
            number += 1
            continue
        # Of equally thin places the one nearest the middle.
        places = np.flatnonzero(middle == middle.min()) + margin
        cut = int(places[np.abs(places - len(columns) / 2).argmin()])
        right = owner[y1:y2, x1 + cut : x2]
        right[mask[:, cut:]] = len(boxes) + 1
        boxes[number] = _tight(mask[:, :cut], y1, x1)
        boxes.append(_tight(mask[:, cut:], y1, x1 + cut))
    return np.array(boxes, int).reshape(-1, 4), owner


def _tight(mask, y, x):
    """Box of a mask whose corner is at (y, x)."""
    (box,) = boxes_of(mask.astype(np.uint8))
    return tuple(int(edge) for edge in box + np.array([y, x, y, x]))
