"""Q4.2: find the letters of a photographed page.

Convert to grey, even out the light, threshold with hysteresis, remove ruling, label; then join the pieces of one letter
and cut letters that touch. Every length is measured in the page's own letter height. Boxes are (n, 4) int as
(y1, x1, y2, x2), half-open: ``image[y1:y2, x1:x2]`` is the letter.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from skimage.filters import threshold_otsu

from lib.vision import layout
from lib.vision.ink import EIGHT, boxes_of, ink_density, opaque, reduced_grey
from lib.vision.ruling import remove_ruling, spans_page

# When two pieces of ink are one letter, in letter heights. Chosen on drawn pages, between the gaps within an E or a
# broken stroke and the gaps between neighbouring letters.
DOT = 0.35  # a piece smaller than this in both directions is a dot
PART = 0.7  # a piece lower than this is no letter of its own
OVERLAP = 0.5  # share of the narrower of two stacked pieces that lies above or below the other
STACKED_GAP = 0.2  # largest gap between two stacked pieces
DOT_GAP = 0.4  # the same where one of them is a dot
STACKED_HEIGHT = 1.6  # largest height of two stacked pieces together: an i with its dot is higher than a capital
BESIDE_GAP = 0.08  # largest gap, in both directions, between a part of a letter and the piece beside it
BROKEN_GAP = 0.03  # largest gap within a broken stroke
JOINED_HEIGHT, JOINED_WIDTH = 1.25, 1.2  # largest size of two such pieces together

BATCH, PAIRS = 4096, 1 << 18  # pieces, and pairs of them, compared at a time

# Noise, dithering and halftones, in pixels at the working resolution: a photograph has no such specks.
SPECK, SPECKS = 2, 500  # a page with more specks of this size is noisy ...
BLURS = (2.0, 3.0)  # ... and is blurred by these standard deviations, until there is ink that stands out
MOST_PIECES = 10_000  # more are a texture
MOST_PIXELS = 16_000_000  # at the working resolution

# Which pieces of ink are letters, in letter heights.
SMALLEST, LARGEST = 0.4, 4.0  # size of a letter, the larger of height and width: dots and commas are smaller
WIDEST = 1.55  # a wider box may hold several letters ...
WIDEST_USUAL = 1.7  # ... if it is also this many times as wide as the page's median box
THINNEST = 0.3  # ink in a column through which two letters are cut apart
MARGIN = 0.35  # no cut is nearer to the ends of a box


@dataclass(frozen=True, repr=False)
class Letters:
    """Letters found by `segment`, at the working resolution.

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
    corner : (int, int)
        Row and column of the photograph where all this begins, in its pixels.
    turns : int
        By how many quarters, anticlockwise, the photograph was turned for this (`numpy.rot90`).
    """

    boxes: NDArray[np.int64]
    owner: NDArray[np.int32]
    density: NDArray[np.float32]
    step: int
    corner: tuple[int, int] = (0, 0)
    turns: int = 0

    def __repr__(self) -> str:
        height, width = self.owner.shape
        return f"Letters({len(self.boxes)} on {height} x {width} pixels, one for {self.step} x {self.step})"

    @property
    def full_boxes(self) -> NDArray[np.int64]:
        """Boxes in pixels of the photograph."""
        return turn_back(self.boxes, self.owner.shape, self.turns) * self.step + np.array(self.corner * 2)


def turn_back(boxes: NDArray[np.int64], shape: tuple[int, ...], turns: int) -> NDArray[np.int64]:
    """Boxes in an image of this shape as they were before it was turned by so many quarters, anticlockwise.

    Examples
    --------
    >>> turn_back(np.array([[0, 1, 2, 5]]), (30, 20), 1)
    array([[ 1, 28,  5, 30]])
    """
    height, width = shape[:2]
    for _ in range(turns):
        y1, x1, y2, x2 = boxes.T
        boxes = np.stack([x1, height - y2, x2, height - y1], axis=1)
        height, width = width, height
    return boxes


def find_letters(image: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
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
    found = segment(image)
    paper = (found.owner == 0).repeat(found.step, axis=1)
    bw = np.ones(np.shape(image)[:2], np.float32)
    # Rows and columns that fill no block stay paper.
    rows = bw[: len(paper) * found.step, : paper.shape[1]].reshape(len(paper), found.step, -1)
    rows[:] = paper[:, None]
    return found.full_boxes, bw


def segment(image: ArrayLike) -> Letters:
    """Letters with their ink, at a resolution that is as low as the letters allow.

    Parameters
    ----------
    image : (height, width[, channels]) array
        See `find_letters`.
    """
    return fine_enough(*opaque(image), _segment)


def fine_enough(
    pixels: NDArray,
    white: float,
    find: Callable[[NDArray[np.float32], int], Letters],
    working_size: int = 1400,
    smallest: float = 24,
) -> Letters:
    """What a function finds on a page, at a resolution that is as low as the letters allow.

    Parameters
    ----------
    pixels, white
        From `lib.vision.ink.opaque`.
    find : callable
        ``find(grey, step)`` finds on a grey page.
    working_size : int
        The page is first reduced to about this many pixels along its longer side: a budget of time, not of letters.
    smallest : float
        If letters are lower than this many pixels at that resolution, a finer one is tried.
    """
    narrow, long = sorted(pixels.shape[:2])
    finest = max(1, int(np.ceil(np.sqrt(narrow * long / MOST_PIXELS))))
    step = max(finest, min(-(-long // working_size), narrow))
    if step > narrow:  # a line of pixels
        nothing = np.zeros((1, 1), np.int32)
        return Letters(np.zeros((0, 4), int), nothing, nothing.astype(np.float32), narrow)
    while True:
        found = find(reduced_grey(pixels, step, white), step)
        if step == finest or not len(found.boxes):
            return found
        height = layout.letter_height(found.boxes)
        if height >= smallest:
            return found
        step = max(finest, min(step - 1, int(step * height / smallest)))


def _segment(grey: NDArray[np.float32], step: int) -> Letters:
    """`Letters` of one grey page."""
    found = find_pieces(grey, step)
    if not len(found.boxes):
        return found
    height = layout.letter_height(found.boxes)
    owner = np.concatenate([[0], join_pieces(found.boxes, height) + 1])[found.owner].astype(np.int32)
    boxes, owner = keep_letters(boxes_of(owner), owner, height)
    boxes, owner = cut_touching(boxes, owner, height)
    return Letters(boxes, owner, found.density, step)


def find_pieces(grey: NDArray[np.float32], step: int, blur: float = 0.0, dark: bool = False) -> Letters:
    """Connected pieces of ink of one grey page; none where all is noise.

    Parameters
    ----------
    grey : (height, width) float32 ndarray
    step : int
        Of the result.
    blur : float
        Standard deviation by which the page is smoothed, at least, pixels.
    dark : bool
        As for `find_ink`.
    """
    for spread in (blur, *(more for more in BLURS if more > blur)):
        labels, density = find_ink(ndimage.gaussian_filter(grey, spread) if spread else grey, dark)
        pieces = boxes_of(labels)
        size = (pieces[:, 2:] - pieces[:, :2]).max(axis=1, initial=0)
        noisy = np.count_nonzero(size <= SPECK) > SPECKS or np.count_nonzero(size > SPECK) > MOST_PIECES
        if not noisy and (len(pieces) or spread == blur):
            break
    return Letters(*drop(pieces, labels, keep=(size > SPECK) & (not noisy)), density, step)


def find_ink(
    grey: NDArray[np.float32], dark: bool = False, low: float = 0.25, high: float = 0.5
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Connected ink, labelled 1, 2, ..., and its density; ink exceeds the density `low`, and somewhere `high`.

    If `dark`, only the darker kind of ink counts: writing is darker than the paper's print.
    """
    density, floor = ink_density(grey)
    low, high = max(low, floor), max(high, floor)
    if dark and (density > low).any():
        low = float(threshold_otsu(density[density > low]))
        high = 1.2 * low
    mask = ndimage.binary_propagation(density > high, EIGHT, mask=density > low)
    labels, _ = ndimage.label(mask, EIGHT)
    if spans_page(labels):
        labels, _ = ndimage.label(remove_ruling(mask), EIGHT)
    return labels, density


def drop(boxes: NDArray, labels: NDArray, keep: NDArray[np.bool_]) -> tuple[NDArray, NDArray]:
    """Only the boxes of the (n,) bool mask `keep`, and the label image with these labelled anew."""
    new = np.zeros(len(boxes) + 1, labels.dtype)
    new[1:][keep] = np.arange(1, keep.sum() + 1)
    return boxes[keep], new[labels]


def join_pieces(boxes: NDArray[np.int64], height: float) -> NDArray[np.int32]:
    """Which pieces of ink are strokes of one letter.

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
    scaled = boxes / height
    # Nothing higher than two stacked pieces may be is joined to anything; of the others each is compared with those
    # that begin less than that height above or below, and between its left edge and a little beyond its right edge. All
    # pairs of a closely written page would not fit into memory.
    low = np.flatnonzero(scaled[:, 2] - scaled[:, 0] < STACKED_HEIGHT)
    band = (scaled[low, 0] // STACKED_HEIGHT).astype(np.int64)
    # Bands lie one after the other along one axis, each as wide as the page and a gap.
    width = float(scaled[:, 3].max(initial=0)) + 1
    place = band * width + scaled[low, 1]
    order = np.argsort(place, kind="stable")
    found = []
    for start in range(0, len(low), BATCH):
        first = order[start : start + BATCH]
        for beside_band in (-1, 0, 1):
            shift = beside_band * width
            begin = np.searchsorted(place, place[first] + shift, sorter=order)
            beyond = place[first] + scaled[low[first], 3] - scaled[low[first], 1] + 2 * BESIDE_GAP + shift
            count = np.searchsorted(place, beyond, sorter=order) - begin
            i = first.repeat(count)
            j = order[begin.repeat(count) + np.arange(len(i)) - (count.cumsum() - count).repeat(count)]
            for part in range(0, len(i), PAIRS):
                k, m = low[i[part : part + PAIRS]], low[j[part : part + PAIRS]]
                a, b = scaled[k], scaled[m]
                joined = stacked(a, b) | beside(a, b) | broken(a, b)
                found.append(np.stack([k[joined], m[joined]]))
    i, j = np.concatenate(found, axis=1) if found else np.empty((2, 0), int)
    return connected_components(coo_array((np.ones(len(i)), (i, j)), shape=(len(boxes),) * 2), directed=False)[1]


def stacked(a: NDArray, b: NDArray) -> NDArray[np.bool_]:
    """Pairs of pieces, (k, 4) boxes in letter heights, one above the other: a dotted i, a T's bar, halves of an E."""
    (gap_y, gap_x), (tall, _) = _gaps(a, b), _extent(a, b)
    narrower = np.minimum(a[:, 3] - a[:, 1], b[:, 3] - b[:, 1])
    near = gap_y < np.where(_is_dot(a) | _is_dot(b), DOT_GAP, STACKED_GAP)
    return near & (-gap_x >= OVERLAP * narrower) & (tall < STACKED_HEIGHT)


def beside(a: NDArray, b: NDArray) -> NDArray[np.bool_]:
    """Pairs side by side of which at least one is no letter of its own: the bars of an E and its stem."""
    part = (a[:, 2] - a[:, 0] < PART) | (b[:, 2] - b[:, 0] < PART)
    return part & ~_is_dot(a) & ~_is_dot(b) & _closer(a, b, BESIDE_GAP)


def broken(a: NDArray, b: NDArray) -> NDArray[np.bool_]:
    """Pairs so near to each other that they are one broken stroke."""
    return _closer(a, b, BROKEN_GAP)


def _gaps(a, b):
    """Vertical and horizontal gap of each pair; negative where they overlap."""
    return (np.maximum(a[:, :2], b[:, :2]) - np.minimum(a[:, 2:], b[:, 2:])).T


def _extent(a, b):
    """Height and width of each pair together."""
    return (np.maximum(a[:, 2:], b[:, 2:]) - np.minimum(a[:, :2], b[:, :2])).T


def _is_dot(boxes):
    return (boxes[:, 2:] - boxes[:, :2]).max(axis=1) < DOT


def _closer(a, b, gap):
    """Whether a pair is nearer than `gap` in both directions, and no larger than a letter."""
    tall, wide = _extent(a, b)
    return (_gaps(a, b) < gap).all(axis=0) & (tall < JOINED_HEIGHT) & (wide < JOINED_WIDTH)


def keep_letters(boxes: NDArray, owner: NDArray, height: float) -> tuple[NDArray, NDArray]:
    """Drop dots, commas, specks, and everything far larger than a letter."""
    size = (boxes[:, 2:] - boxes[:, :2]).max(axis=1) / height
    return drop(boxes, owner, keep=(size >= SMALLEST) & (size < LARGEST))


def cut_touching(boxes: NDArray, owner: NDArray, height: float) -> tuple[NDArray, NDArray]:
    """Cut letters that touch apart where the ink between them is thinnest.

    Parameters
    ----------
    boxes, owner
        As in `Letters`.
    height : float
        Height of the page's letters in pixels.

    Returns
    -------
    boxes, owner
        The same, with new letters at the end; `owner` is changed in place.
    """
    cut_boxes = [*map(tuple, boxes)]
    widths = boxes[:, 3] - boxes[:, 1]
    margin = max(1, int(MARGIN * height))
    limit = max(WIDEST * height, WIDEST_USUAL * float(np.median(widths)) if len(widths) else 0, 2 * margin)
    number = 0
    while number < len(cut_boxes):
        y1, x1, y2, x2 = cut_boxes[number]
        mask = owner[y1:y2, x1:x2] == number + 1
        columns = mask.sum(axis=0)
        middle = columns[margin : x2 - x1 - margin]
        if x2 - x1 <= limit or middle.min() >= THINNEST * height:
            number += 1
            continue
        # Of equally thin places the one nearest the middle.
        places = np.flatnonzero(middle == middle.min()) + margin
        cut = int(places[np.abs(places - len(columns) / 2).argmin()])
        right = owner[y1:y2, x1 + cut : x2]
        right[mask[:, cut:]] = len(cut_boxes) + 1
        cut_boxes[number] = _tight(mask[:, :cut], y1, x1)
        cut_boxes.append(_tight(mask[:, cut:], y1, x1 + cut))
    return np.array(cut_boxes, int).reshape(-1, 4), owner


def _tight(mask, y, x):
    """Box of a mask whose corner is at (y, x)."""
    (box,) = boxes_of(mask.astype(np.uint8))
    return tuple(int(edge) for edge in box + np.array([y, x, y, x]))
