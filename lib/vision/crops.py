"""Letters drawn the way a training set draws them: size, margin, stroke width, polarity and grey edges.

A training set's `Style` is measured on the set itself, so that one function serves NIST36 at 32 x 32 and EMNIST at
28 x 28. The letter's shape comes from its signed distance: a stroke becomes wider or narrower by moving the
border, and proportions are kept. Images here have ink 0 on paper 1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage
from skimage.morphology import skeletonize

from lib.vision.letters import Letters


@dataclass(frozen=True)
class Style:
    """How a training set draws a letter; all lengths in pixels of its images.

    Attributes
    ----------
    size : int
        Side of an image.
    height, width : float
        Height of a typical letter, and the width that letters hardly exceed, both with their strokes.
    stroke : float
        Width of the pen.
    edge : float
        Width over which a stroke's edge fades from ink to paper.
    """

    size: int
    height: float
    width: float
    stroke: float
    edge: float


def measure_style(images: ArrayLike, sample: int = 2000, closer: int = 360) -> Style:
    """The `Style` of a training set.

    Parameters
    ----------
    images : (n, size, size) float array
        Ink 0 on paper 1.
    sample : int
        About this many images are measured, spread evenly over the set, which may be sorted by class.
    closer : int
        About this many of these for the stroke and its edge.

    Returns
    -------
    Style
    """
    ink = 1 - _spread(np.asarray(images), sample).astype(np.float32)
    ink = ink[(ink > 0.5).any((1, 2))]
    size, masks = ink.shape[1], ink > 0.5
    rows, columns = masks.any(2), masks.any(1)
    height = size - rows.argmax(1) - rows[:, ::-1].argmax(1)
    width = size - columns.argmax(1) - columns[:, ::-1].argmax(1)
    few = _spread(ink, closer)
    stroke = np.median([stroke_width(image > 0.5) for image in few])
    # A straight edge of length l and width e has about l * e / 2 pixels between a quarter and three quarters ink, and
    # the border of a mask has about l.
    grey = ((few > 0.25) & (few < 0.75)).sum()
    border = sum((mask & ~ndimage.binary_erosion(mask)).sum() for mask in few > 0.5)
    return Style(
        size=size,
        height=float(np.median(height)),
        width=float(np.percentile(width, 98)),
        stroke=float(stroke),
        edge=float(np.clip(2 * grey / border, 0.5, 4)),
    )


def _spread(images, count):
    """About this many images, evenly from the whole set."""
    return images[:: max(1, len(images) // count)]


def stroke_width(mask: NDArray[np.bool_]) -> float:
    """Width of the strokes of a mask, in pixels: twice the median distance from a stroke's middle to its edge.

    Parameters
    ----------
    mask : (height, width) bool array

    Returns
    -------
    float
        0 for an empty mask.

    Examples
    --------
    >>> bar = np.zeros((30, 20), bool)
    >>> bar[5:25, 8:13] = True
    >>> stroke_width(bar)
    5.0
    """
    mask = np.pad(mask, 1)
    middle = ndimage.distance_transform_edt(mask)[skeletonize(mask)]
    # A pixel's centre lies half a pixel inside its edge.
    return float(2 * np.median(middle) - 1) if middle.size else 0.0


def draw_letter(density: ArrayLike, style: Style, fine: int = 96) -> NDArray[np.float32]:
    """Draw one letter in the style of a training set.

    Parameters
    ----------
    density : (height, width) float array
        The letter's own ink, 0 on paper and around 1 in its strokes, cut to its box (a margin does not matter).
    style : Style
    fine : int
        Small letters are first enlarged to about this many pixels, so that a stroke is several pixels wide.

    Returns
    -------
    (size, size) float32 ndarray
        Ink 0 on paper 1, the letter in the middle.

    Raises
    ------
    ValueError
        If there is no ink.
    """
    ink = np.pad(np.asarray(density, np.float32), 2)
    zoom = max(1, int(np.ceil(fine / max(ink.shape))))
    if zoom > 1:
        ink = ndimage.zoom(ink, zoom, order=1, grid_mode=True, mode="nearest")
    mask = ink > 0.5
    if not mask.any():
        raise ValueError("the letter has no ink: no density above 0.5")
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    top, left, bottom, right = rows[0], columns[0], rows[-1] + 1, columns[-1] + 1
    pen = stroke_width(mask)
    # The pen's path is scaled to fit; the pen itself becomes as wide as the style's.
    high, wide = max(bottom - top - pen, 1e-3), max(right - left - pen, 1e-3)
    scale = min((style.height - style.stroke) / high, (style.width - style.stroke) / wide)
    grow = (style.stroke - pen * scale) / 2
    mask = np.pad(mask, 1)  # a border of paper in any case
    distance = ndimage.distance_transform_edt(mask) - ndimage.distance_transform_edt(~mask)
    distance = (distance - np.sign(distance) * 0.5) * scale + grow
    # Sample several places in each pixel of the output and average them: grey edges.
    over = 4
    at = (np.arange(style.size * over) + 0.5) / over - style.size / 2
    y = at / scale + (top + bottom) / 2 + 1 - 0.5
    x = at / scale + (left + right) / 2 + 1 - 0.5
    rows, columns = distance.shape
    sampled = ndimage.map_coordinates(
        distance.astype(np.float32), np.broadcast_arrays(y[:, None], x[None]), order=1, mode="nearest"
    )
    # Outside the letter's own image the distance keeps growing.
    away_y, away_x = y - np.clip(y, 0, rows - 1), x - np.clip(x, 0, columns - 1)
    sampled = sampled - np.hypot(away_y[:, None], away_x[None]) * scale
    soft = max(style.edge - 1, 1 / over)  # the averaging below adds a pixel
    drawn = np.clip(sampled / soft + 0.5, 0, 1)
    return 1 - drawn.reshape(style.size, over, style.size, over).mean((1, 3)).astype(np.float32)


def draw_letters(found: Letters, numbers: NDArray[np.int64], style: Style) -> NDArray[np.float32]:
    """Draw letters of a page in the style of a training set.

    Parameters
    ----------
    found : Letters
    numbers : (n,) int array
        Which of its letters, in which order.
    style : Style

    Returns
    -------
    (n, size, size) float32 ndarray
        Ink 0 on paper 1.
    """
    drawn = np.ones((len(numbers), style.size, style.size), np.float32)
    for k, number in enumerate(numbers):
        y1, x1, y2, x2 = found.boxes[number]
        own = found.owner[y1:y2, x1:x2] == number + 1
        ink = np.where(own, found.density[y1:y2, x1:x2], 0)
        # A faint letter is drawn as black as any other, with all of its ink: above the 0.5 that `draw_letter` asks for.
        drawn[k] = draw_letter(np.where(own, np.maximum(ink / np.percentile(ink[own], 90), 0.51), 0), style)
    return drawn
