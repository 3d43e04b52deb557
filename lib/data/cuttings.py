"""Lines of drawn handwriting with the owner of every pixel of ink: what the judge of cuttings learns from.

Letters may touch, overlap, be broken, or be much smaller than their neighbours; between them stand marks that are no
letters, and some lines are nothing but texture. Cut into candidates (`lib.vision.lattice`), each candidate is known to
be one letter or not.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy import ndimage
from scipy.spatial.distance import cdist

from lib.data.datasets import NIST36_CLASSES
from lib.data.handwriting import Writers, draw_strokes, draw_writers
from lib.data.strokes import Strokes, rasterise
from lib.data.writing import break_strokes

VARIETY = 1.4  # how far the writers are from copybook writing
LETTERS = (3, 9)  # in a line
HEIGHT = (16, 64)  # of a capital, pixels
NONE = len(NIST36_CLASSES)  # class of what is no letter
# Shares of the lines.
TEXTURE = 0.1  # that are nothing but texture
TIGHT = 0.5  # whose letters touch or nearly do
JOINED = 0.3  # whose letters are joined by strokes
APART = 0.3  # whose strokes are set apart
BROKEN = 0.3  # whose strokes have breaks ...
BREAK = 0.14  # ... the longest of this many heights of a capital
BLURRED = 0.2  # that are out of focus ...
BLUR = (0.03, 0.08)  # ... by so many heights of a capital
MARKED = 0.35  # that hold marks which are no letters


class Line(NamedTuple):
    """A drawn line."""

    owner: np.ndarray  # (height, width) int32: 0 for paper, k + 1 for the ink of item k
    classes: np.ndarray  # (items,) int, place of each item's class in NIST36's, NONE for what is no letter


def draw_lines(rng: np.random.Generator, count: int) -> Iterator[Line]:
    """Draw lines, each by a writer of its own.

    Parameters
    ----------
    rng : np.random.Generator
    count : int

    Yields
    ------
    Line
    """
    writers = draw_writers(rng, count, VARIETY)
    apart = np.where(rng.random(count) < APART, rng.uniform(-0.12, -0.02, count), rng.normal(0, 0.03, count))
    pen = writers.pen * np.exp(rng.normal(-0.1, 0.4, count))
    writers = writers._replace(
        overshoot=(writers.overshoot + apart).astype(np.float32), pen=np.clip(pen, 0.014, 0.16).astype(np.float32)
    )
    for number in range(count):
        if rng.random() < TEXTURE:
            yield _texture(rng)
        else:
            yield _line(rng, writers.pick(slice(number, number + 1)))


def _line(rng: np.random.Generator, writer: Writers) -> Line:
    height = float(np.exp(rng.uniform(*np.log(HEIGHT))))
    classes = rng.integers(0, NONE, rng.integers(*LETTERS, endpoint=True))
    strokes = draw_strokes(rng, writer, np.zeros(len(classes), int), [NIST36_CLASSES[c] for c in classes])
    size = np.where(rng.random(len(classes)) < 0.12, rng.uniform(0.3, 0.8), rng.normal(1, 0.06, len(classes)))
    points = strokes.points * (size * height)[:, None, None]
    points[..., 1] += height * (0.5 + (1 - size) * rng.uniform(0.3, 1) + rng.normal(0, 0.05, len(classes)))[:, None]
    points += height * rng.uniform(0, 0.05) * np.arange(len(classes))[:, None, None] * np.array([0, rng.normal(0, 1)])
    thickness = np.maximum(strokes.pen * height, 0.5)
    strokes = strokes._replace(points=points.astype(np.float32), pen=thickness.astype(np.float32))
    if rng.random() < BROKEN:
        strokes = break_strokes(rng, strokes, BREAK * height * rng.random(), int(rng.integers(1, 4)))
    items = _ink(strokes)
    tight = rng.random() < TIGHT
    gaps = np.maximum(rng.normal(-0.02, 0.05, len(items)), -0.12) if tight else rng.uniform(0.05, 0.6, len(items))
    gaps = np.where(rng.random(len(items)) < 0.12, rng.uniform(0.6, 1.5, len(items)), gaps)
    if rng.random() < MARKED:
        for _ in range(rng.integers(1, 4)):
            place = rng.integers(0, len(items) + 1)
            items.insert(place, _mark(rng, height))
            classes, gaps = np.insert(classes, place, NONE), np.insert(gaps, place, rng.uniform(-0.3, 0.6))
    owner, cover = _side_by_side(items, gaps * height)
    if rng.random() < JOINED:
        joins = _join(rng, owner, cover, len(items), height, 2 * float(np.median(thickness)))
        classes = np.concatenate([classes, np.full(joins, NONE)])
    return Line(_degraded(rng, (owner, cover), height), classes)


def _ink(strokes):
    """Ink of each letter, cut to its box, and the row where that begins: (top, (h, w) float32)."""
    points, pen, _ = strokes
    reach = float(pen.max()) + 2
    low = np.floor(points.min(axis=1) - reach)
    high = np.ceil(points.max(axis=1) + reach)
    wide, tall = (high - low).max(axis=0).astype(int)
    ink = 1 - rasterise(strokes._replace(points=(points - low[:, None]).astype(np.float32)), int(tall), int(wide))
    items = []
    for cover, (_, top) in zip(ink, low, strict=True):
        columns = np.flatnonzero((cover > 0.5).any(axis=0))
        if len(columns):
            items.append((int(top), cover[:, columns[0] : columns[-1] + 1]))
        else:
            items.append((int(top), np.ones((2, 2), np.float32)))
    return items


def _mark(rng, height):
    """Something that is no letter: a dot, a dash, a long line, a blob, a frame."""
    kind, thick = rng.integers(5), max(1.0, height * rng.uniform(0.03, 0.15))
    if kind == 0:
        tall = wide = max(2, int(height * rng.uniform(0.05, 0.2)))
    elif kind == 1:
        tall, wide = max(1, int(thick)), int(height * rng.uniform(0.2, 0.7)) + 1
    elif kind == 2:
        tall, wide = int(height * rng.uniform(0.05, 0.4)) + 2, int(height * rng.uniform(1, 4)) + 2
        if rng.random() < 0.4:
            tall, wide = wide, tall
    else:
        tall, wide = (int(height * rng.uniform(0.4, 1.5)) + 2 for _ in range(2))
    y, x = np.mgrid[:tall, :wide]
    v, u = 2 * y / max(tall - 1, 1) - 1, 2 * x / max(wide - 1, 1) - 1
    if kind == 2:
        cover = np.abs(u - v * rng.choice([-1, 1])) * min(tall, wide) / 2 < thick / 2 + 0.5
    elif kind == 3:
        cover = u * u + v * v < 1 + 0.3 * np.sin(3 * np.arctan2(v, u) + rng.uniform(0, 6)) * rng.random()
    elif kind == 4:
        cover = np.minimum(np.minimum(y, tall - 1 - y), np.minimum(x, wide - 1 - x)) < thick
    else:
        cover = np.ones((tall, wide), bool)
    return int(height * (0.5 + rng.uniform(-0.2, 1.1)) - tall / 2), cover.astype(np.float32)


def _side_by_side(items, gaps):
    """Ink of all items on one canvas, (items, h, w) as owner and cover: (owner, cover)."""
    left, x = [], 0.0
    for (_, ink), gap in zip(items, gaps, strict=True):
        x += gap
        left.append(round(x))
        x += ink.shape[1]
    left = np.array(left) - min(left) + 8
    top = np.array([top for top, _ in items])
    top = top - top.min() + 8
    shape = (
        max(t + i.shape[0] for t, (_, i) in zip(top, items, strict=True)) + 8,
        max(x + i.shape[1] for x, (_, i) in zip(left, items, strict=True)) + 8,
    )
    owner, cover = np.zeros(shape, np.int32), np.zeros(shape, np.float32)
    for number, (y, x, (_, ink)) in enumerate(zip(top, left, items, strict=True), 1):
        place = slice(y, y + ink.shape[0]), slice(x, x + ink.shape[1])
        more = ink > cover[place]
        owner[place][more], cover[place][more] = number, ink[more]
    return owner, cover


def _join(rng, owner, cover, items, height, thick, points=96):
    """Strokes between neighbours, drawn onto the canvas as items of their own: how many."""
    share, stray, joins = rng.uniform(0.2, 1), height * rng.uniform(0, 0.3), 0
    inked = [np.argwhere(owner == number)[:: max(1, int(thick))] for number in range(1, items + 1)]
    for left, right in zip(inked, inked[1:], strict=False):
        if rng.random() > share or not (len(left) and len(right)):
            continue
        # From where they are nearest, or thereabouts: people join letters where it suits them.
        away = cdist(left, right) + stray * rng.random((len(left), 1)) + stray * rng.random(len(right))
        i, j = np.unravel_index(away.argmin(), away.shape)
        if away[i, j] > height:
            continue
        way = np.linspace(0, 1, points)[:, None]
        across = (right[j] - left[i])[::-1] * (1, -1) * rng.normal(0, 0.12)
        path = left[i] + (right[j] - left[i]) * way + across * np.sin(np.pi * way)
        y, x = np.maximum(np.floor(path.min(axis=0) - thick).astype(int), 0)
        part = cover[y : int(path[:, 0].max() + thick) + 2, x : int(path[:, 1].max() + thick) + 2]
        pen = np.full((1, points), thick / 2, np.float32)
        stroke = Strokes((path - (y, x))[None, :, ::-1].astype(np.float32), pen, np.zeros((1, points), int))
        ink = 1 - rasterise(stroke, *part.shape)[0]
        joins += 1
        more = ink > part
        owner[y : y + part.shape[0], x : x + part.shape[1]][more] = items + joins
        part[more] = ink[more]
    return joins


def _degraded(rng, drawn, height):
    """The owner of each pixel that a threshold leaves: edges are soft and ink is uneven."""
    owner, cover = drawn
    spread = height * rng.uniform(*BLUR) if rng.random() < BLURRED else rng.uniform(0.3, 1.2) * max(1, height / 40)
    cover = ndimage.gaussian_filter(cover, spread)
    cover /= np.percentile(cover[owner > 0], 90)  # a thin line is not lost, but breaks where it is thinnest
    grain = ndimage.gaussian_filter(rng.standard_normal(cover.shape, dtype=np.float32), 1.2) * 3
    kept = cover * (1 + rng.uniform(0, 0.2) * grain) > rng.uniform(0.25, 0.5)
    nearest = ndimage.distance_transform_edt(owner == 0, return_distances=False, return_indices=True)
    return np.where(kept, owner[tuple(nearest)], 0).astype(np.int32)


def _texture(rng):
    height = rng.uniform(20, 40)
    shape = int(2.5 * height), int(6 * height)
    field = ndimage.gaussian_filter(rng.standard_normal(shape), height * np.exp(rng.uniform(*np.log((0.02, 0.3)), 2)))
    ink = field > rng.uniform(0.3, 1.8) * field.std()
    return Line(ink.astype(np.int32), np.array([NONE]))
