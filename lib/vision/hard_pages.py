"""Pages on which finding letters is expected to fail (`Q4.1/failures`), drawn to break its two main assumptions.

1. A letter is a piece of ink that touches no other letter: `joined_page` writes words without lifting the pen.
2. Everything dark is a letter, and letters are of about one size: `patterned_page` writes large and small on a pattern.

Images are (height, width) float32, ink 0 on paper 1.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lib.data import handwriting

JOINED = ("handwriting", "is often joined", "minimum")
MIXED = ((0.4, 1.0, "LARGE"), (2.1, 0.28, "AND SMALL LETTERS"), (2.9, 1.5, "MIX"))  # top, size, text


def joined_page(rng: np.random.Generator, lines: Sequence[str] = JOINED, letter: int = 60) -> NDArray[np.float32]:
    """Draw words written without lifting the pen between the letters.

    Parameters
    ----------
    rng : np.random.Generator
    lines : sequence of str
    letter : int
        Height of a capital, pixels.

    Returns
    -------
    (height, width) float32 ndarray
    """
    writers = handwriting.draw_writers(rng, 1, variety=0.6)
    writers = writers._replace(pen=np.full_like(writers.pen, 0.045))
    page = np.ones((int(letter * (1.9 * len(lines) + 0.8)), int(letter * 0.62 * max(map(len, lines)))), np.float32)
    for row, line in enumerate(lines):
        x = 0.6
        for word in line.split():
            path, pen, x = _join(handwriting.draw_strokes(rng, writers, np.zeros(len(word), int), word), x)
            _write(page, path * letter + np.array([0, letter * (1.9 * row + 0.5)], np.float32), pen * letter)
            x += 0.5
    return page


def patterned_page(rng: np.random.Generator, letter: int = 90) -> NDArray[np.float32]:
    """Draw large and small writing on checked cloth, whose threads are as dark and as thin as the ink.

    Parameters
    ----------
    rng : np.random.Generator
    letter : int
        Height of the largest capitals, pixels.

    Returns
    -------
    (height, width) float32 ndarray
    """
    writers = handwriting.draw_writers(rng, 1, variety=0.6)
    writers = writers._replace(pen=np.full_like(writers.pen, 0.045))
    page = np.ones((int(letter * 5.5), int(letter * 6.2)), np.float32)
    y, x = np.mgrid[: page.shape[0], : page.shape[1]].astype(np.float32) / letter
    weave = np.sin(9 * x + 2 * np.sin(2 * y)) * np.sin(9 * y + 2 * np.sin(2.3 * x))
    for top, size, word in MIXED:
        at = 0.5 / size
        for part in word.split():
            strokes = handwriting.draw_strokes(rng, writers, np.zeros(len(part), int), part)
            for points, pen, stroke in zip(*strokes, strict=True):
                at -= points[:, 0].min()
                placed = (points + np.array([at, 0], np.float32)) * size * letter + np.array(
                    [0, top * letter], np.float32
                )
                _write(page, placed, pen * max(size, 0.5) * letter, stroke)
                at += points[:, 0].max() + 0.2
            at += 0.4
    pattern = 1 - 0.55 * np.clip(4 * np.abs(weave) - 2.4, 0, 1) * (x + y > 4.2)
    return np.minimum(page, pattern.astype(np.float32))


def _join(strokes, x, steps=24):
    """One path through letters side by side from x on, its pen, and where it ends; in heights of a capital."""
    paths: list[NDArray] = []
    pens: list[NDArray] = []
    for points, pen in zip(strokes.points, strokes.pen, strict=True):
        points = points + np.array([x - points[:, 0].min() + 0.16, 0], np.float32)
        if paths:
            way = np.linspace(0, 1, steps + 2, dtype=np.float32)[1:-1, None]
            start, end = paths[-1][-1], points[0]
            # Pens swing below the straight line from letter to letter.
            sag = np.array([0, 0.12], np.float32) * np.sin(np.pi * way)
            paths.append(start + (end - start) * way + sag)
            pens.append(np.full(steps, pen.mean(), np.float32))
        paths.append(points)
        pens.append(pen)
        x = points[:, 0].max()
    return np.concatenate(paths), np.concatenate(pens), x


def _write(page, points, pen, stroke=None):
    """Draw one path, in pixels, on the page."""
    stroke = np.zeros(len(points), int) if stroke is None else stroke
    strokes = handwriting.Strokes(points[None], pen[None], stroke[None])
    np.minimum(page, handwriting.rasterise(strokes, *page.shape)[0], out=page)
