"""Strokes of a pen: put into the pixels of an image, and inked. Points are (x, y), y down."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray


class Strokes(NamedTuple):
    """n letters of P points each."""

    points: np.ndarray  # (n, P, 2) float32, (x, y)
    pen: np.ndarray  # (n, P) float32, half width of the line; 0 is off the paper
    stroke: np.ndarray  # (n, P) int, which stroke a point belongs to


def place(
    strokes: Strokes, size: int, extent: ArrayLike, centre: str = "box", shift: ArrayLike | None = None
) -> Strokes:
    """Scale letters and put them into the middle of an image.

    Parameters
    ----------
    strokes : Strokes
        In any unit.
    size : int
        Height and width of the image, pixels.
    extent : float or (n,) ndarray
        Longer side of the ink's bounding box, pixels.
    centre : {"box", "mass"}
        Whether the bounding box or the centre of the line's mass (as MNIST does) comes to lie in the middle.
    shift : (n, 2) ndarray, optional
        Further displacement (x, y), pixels. The ink stays one pixel away from the border all the same.

    Returns
    -------
    Strokes
        In pixels: pixel (row, column) has its centre at (x, y) = (column, row).
    """
    drawn = (strokes.pen > 0)[..., None]
    pen = strokes.pen[..., None]
    low = np.where(drawn, strokes.points - pen, np.inf).min(axis=1)
    high = np.where(drawn, strokes.points + pen, -np.inf).max(axis=1)
    scale = (np.asarray(extent) / (high - low).max(axis=1)).astype(np.float32)
    middle = (low + high) / 2
    if centre == "mass":
        mass = (_line_elements(strokes) * strokes.pen)[..., None]
        middle = (mass * strokes.points).sum(axis=1) / mass.sum(axis=1)
    target = np.full((len(scale), 2), (size - 1) / 2, np.float32)
    if shift is not None:
        target = target + np.asarray(shift, np.float32)
    target = np.maximum(target, 1 + (middle - low) * scale[:, None])
    target = np.minimum(target, size - 2 - (high - middle) * scale[:, None])
    points = (strokes.points - middle[:, None]) * scale[:, None, None] + target[:, None]
    return Strokes(points.astype(np.float32), strokes.pen * scale[:, None], strokes.stroke)


def rasterise(strokes: Strokes, height: int, width: int, dtype: DTypeLike = np.float32) -> NDArray:
    """Ink on paper, anti-aliased.

    The distance of a pixel to the line is the soft minimum -2 s² ln Σ exp(-d² / 2 s²) of its squared distances d² to
    points along the line. The Gaussian of a distance is a product of one in x and one in y, so the sum over points is
    one small matrix product per image, whatever the number of strokes. Where strokes cross, the soft minimum fills the
    corners a little, as ink does.

    Parameters
    ----------
    strokes : Strokes
        In pixels, points at most one and a half pixels or half a pen apart.
    height, width : int
        Size of the images, pixels.
    dtype : np.float32 or np.uint8
        0..1, or 0..255 rounded.

    Returns
    -------
    (n, height, width) ndarray
        0 is ink, 1 (or 255) paper.
    """
    n = len(strokes.points)
    images = np.empty((n, height, width), dtype)
    rows, columns = np.arange(height, dtype=np.float32), np.arange(width, dtype=np.float32)
    elements = _line_elements(strokes)
    for start in range(0, n, 256):  # stays within the processor's cache
        part = slice(start, start + 256)
        points, pen = strokes.points[part], strokes.pen[part]
        mean_pen = pen.sum(axis=1) / np.maximum((pen > 0).sum(axis=1), 1)
        s = np.maximum(0.3 * mean_pen, 0.55)[:, None]
        # Points count by the length of line they stand for; a thicker pen moves the level set outwards.
        mass = np.where(pen > 0, elements[part] / (s * np.sqrt(2 * np.pi)) * np.exp(pen**2 / (2 * s**2)), 0)
        in_y = np.exp(-(((rows - points[:, :, 1, None]) / s[..., None]) ** 2) / 2) * mass[..., None]
        in_x = np.exp(-(((columns - points[:, :, 0, None]) / s[..., None]) ** 2) / 2)
        total = in_y.transpose(0, 2, 1) @ in_x
        inside = s[..., None] ** 2 * 2 * np.log(np.maximum(total, 1e-30))
        ink = np.clip(0.5 + inside / (2 * np.maximum(mean_pen, 0.3))[:, None, None], 0, 1)
        images[part] = np.rint(255 * (1 - ink)) if dtype == np.uint8 else 1 - ink
    return images


def _line_elements(strokes):
    """Length (n, P) of the piece of line around each point."""
    steps = np.linalg.norm(np.diff(strokes.points, axis=1), axis=2)
    steps = np.where(strokes.stroke[:, 1:] == strokes.stroke[:, :-1], steps, 0)
    return (np.pad(steps, ((0, 0), (1, 0))) + np.pad(steps, ((0, 0), (0, 1)))) / 2
