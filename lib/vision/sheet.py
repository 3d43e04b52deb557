"""The sheet of paper in a photograph: what lies around it is no writing.

All is seen coarsely, so that a stroke is nothing and a table is an area. Wood and cloth are rough, paper is smooth, in
a shadow too: what is rough all over lies around the sheet. A smooth table is known by its brightness, but only where
what it surrounds has the outline of a sheet, as no shadow has.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from scipy.spatial import ConvexHull
from skimage.filters import threshold_otsu

from lib.vision.ink import reduced_grey

COARSE = 360  # pixels of the longer side
FILLED = 1 / 24  # side of the closing that fills strokes, in shorter sides of the photograph
ROUGH = 0.025  # share of light that a closing adds: paper is below 0.012, wood and cloth above 0.06 ...
ROUGHER = 5.0  # ... and rougher than the smooth part by this factor
AROUND = 6  # half the side of the neighbourhood that is rough, in every second pixel
LEAST = 0.02  # share of the photograph that is a table, well away from the paper
CONTRAST = 0.1  # least difference in brightness of table and paper
SMALLEST = 0.12  # share of the photograph that a sheet fills
CONVEX = 0.96  # share of its convex hull that a light sheet on a smooth table fills, ...
FOUR = 0.96  # ... share of that which lies in the quadrilateral of its four farthest corners, ...
PAPER = 2 / 3  # how far from the median of the dark to that of the light a light sheet's brightness is at least
AROUND_IT = 0.6  # ... share of the photograph's border that is table, ...
SHARP = 3.0  # ... and width of its edge, coarse pixels


def find_sheet(grey: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which pixels of a coarse photograph are the sheet.

    Parameters
    ----------
    grey : (height, width) float32 ndarray
        In [0, 1], at most a few hundred pixels.

    Returns
    -------
    (height, width) bool ndarray
        All True if the sheet fills the photograph, or none was found.
    """
    everything = np.ones(grey.shape, bool)
    if min(grey.shape) < 4 * AROUND:
        return everything
    filled = _filled(grey)
    rough = ((filled - grey) / np.maximum(filled, 0.02))[::2, ::2]
    rough = ndimage.median_filter(rough, 2 * AROUND + 1)
    away = rough > max(ROUGH, ROUGHER * float(np.percentile(rough, 25)))
    inside = ndimage.binary_erosion(away, iterations=AROUND // 2, border_value=1)
    if inside.mean() < LEAST:
        return _shrunk(_light_sheet(filled))
    # The neighbourhoods of the sheet's rim are half table: there brightness tells which is which.
    light = filled[::2, ::2]
    paper, table = np.median(light[~ndimage.binary_dilation(away, iterations=AROUND)]), np.median(light[inside])
    if not abs(paper - table) > CONTRAST:
        return everything
    near = ndimage.binary_dilation(away, iterations=AROUND)
    labels, count = ndimage.label(np.where(near, np.abs(light - paper) < np.abs(light - table), ~away))
    sizes = np.bincount(labels.ravel())[1:]
    if not count or sizes.max() < SMALLEST * away.size:
        return everything
    sheet = ndimage.binary_fill_holes(labels == 1 + np.argmax(sizes))
    return _shrunk(sheet.repeat(2, axis=0).repeat(2, axis=1)[: grey.shape[0], : grey.shape[1]])


def _shrunk(sheet):
    """Without the edge itself, its shadow, and what the paper's rim is."""
    return ndimage.binary_erosion(sheet, iterations=max(2, min(sheet.shape) // 90), border_value=1)


def _light_sheet(filled):
    """A light quadrilateral with sharp edges on something darker, or everything."""
    everything = np.ones(filled.shape, bool)
    if np.ptp(filled) < CONTRAST:
        return everything
    bright = filled > threshold_otsu(filled)
    light, dark = np.median(filled[bright]), np.median(filled[~bright])
    labels, count = ndimage.label(filled > dark + PAPER * (light - dark))
    sizes = np.bincount(labels.ravel())[1:]
    if not count or sizes.max() < SMALLEST * labels.size:
        return everything
    sheet = ndimage.binary_fill_holes(labels == 1 + np.argmax(sizes))
    border = np.concatenate([sheet[0], sheet[-1], sheet[:, 0], sheet[:, -1]])
    if sheet.all() or border.mean() > 1 - AROUND_IT:
        return everything
    rim = sheet & ~ndimage.binary_erosion(sheet, border_value=1)
    near = ndimage.binary_dilation(rim, iterations=AROUND)
    between = near & (np.abs(filled - (light + dark) / 2) < (light - dark) / 4)
    if light - dark < CONTRAST or between.sum() > SHARP * rim.sum():
        return everything
    hull = ConvexHull(np.argwhere(rim))
    corners = _four_corners(hull.points[hull.vertices])
    area = hull.volume  # in two dimensions
    return sheet if sheet.sum() >= CONVEX * area and _area(corners) >= FOUR * area else everything


def _four_corners(points):
    """Of a convex polygon's corners, (n, 2), the four that are left when those that cut off least are taken away."""
    while len(points) > 4:
        before, after = np.roll(points, 1, axis=0) - points, np.roll(points, -1, axis=0) - points
        points = np.delete(points, np.argmin(np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0])), axis=0)
    return points


def _area(polygon):
    """Area of a polygon of (n, 2) corners."""
    y, x = polygon.T
    return abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2


def crop(pixels: NDArray, white: float) -> tuple[NDArray, NDArray[np.bool_] | None, tuple[int, int]]:
    """A photograph cropped to its sheet.

    Parameters
    ----------
    pixels, white
        From `lib.vision.ink.opaque`.

    Returns
    -------
    pixels : ndarray
        A part of the same.
    sheet : (h, w) bool ndarray or None
        Which part of that is the sheet, coarsely; None if all is.
    corner : (int, int)
        Row and column of the photograph where it begins.
    """
    step = max(1, -(-max(pixels.shape[:2]) // COARSE))
    if min(pixels.shape[:2]) < step:
        return pixels, None, (0, 0)
    sheet = find_sheet(reduced_grey(pixels, step, white))
    if sheet.all():
        return pixels, None, (0, 0)
    rows, columns = np.flatnonzero(sheet.any(axis=1)), np.flatnonzero(sheet.any(axis=0))
    (top, left), (bottom, right) = (rows[0], columns[0]), (rows[-1] + 1, columns[-1] + 1)
    part = pixels[top * step : bottom * step, left * step : right * step]
    return part, sheet[top:bottom, left:right], (int(top * step), int(left * step))


def on_sheet(grey: NDArray[np.float32], sheet: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The page with paper all around: beyond the sheet, the grey of the paper nearest to it.

    Parameters
    ----------
    grey : (height, width) float32 ndarray
    sheet : (h, w) bool ndarray
        The same view, coarser.
    """
    size = grey.shape[::-1]
    small = _filled(np.asarray(Image.fromarray(grey).resize(sheet.shape[::-1], Image.Resampling.BOX)))
    nearest = ndimage.distance_transform_edt(~sheet, return_distances=False, return_indices=True)
    small = ndimage.gaussian_filter(ndimage.median_filter(small, 5)[tuple(nearest)], 2)
    paper = np.asarray(Image.fromarray(small).resize(size, Image.Resampling.BILINEAR))
    return np.where(np.asarray(Image.fromarray(sheet).resize(size, Image.Resampling.NEAREST)), grey, paper)


def _filled(grey):
    """Without strokes: the closing."""
    side = max(3, int(min(grey.shape) * FILLED)) | 1
    return ndimage.grey_closing(grey, (side, side), mode="nearest")
