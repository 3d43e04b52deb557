"""Where the letters of a drawn page stand, and how a camera sees them: strokes on a sheet, inked last.

Letters are moved, bent and put into perspective as strokes, so that their ink is sharp and their boxes exact. On the
flat sheet lengths are in heights of a capital; in the picture in pixels. Points are (x, y), y down.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from lib.data.handwriting import Strokes, Writers, draw_strokes, draw_writers, rasterise

LETTER, JOIN, FRAME, LABEL = range(4)


class Layout(NamedTuple):
    """Where the letters stand; lengths without a unit are in heights of a capital."""

    height: int = 1500  # pixels
    width: int = 2000  # pixels
    capital: float = 80.0  # largest height of a capital, pixels; less when the text would not fit
    left: float = 1.0  # margin
    top: float = 1.0  # margin
    leading: float = 2.0  # from baseline to baseline
    indent: tuple[float, ...] = ()  # of each line, after the margin; the last one holds for the lines that follow
    letter_gap: float = 0.3  # between the ink of neighbours
    word_gap: float = 1.0  # instead of a space
    ragged: float = 0.04  # how irregular all this is
    tilt: float = 0.0  # degrees, clockwise
    perspective: tuple[float, float] = (0.0, 0.0)  # how much farther away the right and the lower edge are
    curl: float = 0.0  # how far the middle of a line is above its ends, fraction of the width
    sheet: float = 0.0  # share of the picture's width and height that the sheet covers; 0: nothing else is seen
    smallest: float = 1.0  # height of every third letter, in heights of the others
    joined: float = 0.0  # share of neighbouring letters that a stroke of the pen joins
    cell: float = 0.0  # side of the printed box around each letter; 0 is none


class Written(NamedTuple):
    """The strokes on a page."""

    strokes: Strokes  # (m, ...) the letters in the order of the text, then all others
    kind: NDArray[np.int64]  # (m,) LETTER, JOIN, FRAME or LABEL
    line: NDArray[np.int64]  # (n,) the line of each letter
    word: NDArray[np.int64]  # (n,) its word, counted over the page

    def pick(self, kind: int) -> Strokes:
        """The strokes of one kind."""
        return Strokes(*(values[self.kind == kind] for values in self.strokes))


def write(rng: np.random.Generator, lines: Sequence[str], writer: Writers, layout: Layout) -> Written:
    """Letters, and what joins them or is printed around them, on the flat sheet in heights of a capital."""
    characters = [c for text in lines for c in text if c != " "]
    line = np.array([n for n, text in enumerate(lines) for c in text if c != " "], dtype=np.int64)
    words = np.cumsum([0, *(len(text.split()) for text in lines)])
    word = np.array(
        [words[n] + w for n, text in enumerate(lines) for w, letters in enumerate(text.split()) for _ in letters],
        dtype=np.int64,
    )
    points = int(np.clip(6 * layout.capital, 128, 1500))
    strokes = draw_strokes(rng, writer, np.zeros(len(characters), int), characters, points)
    place = strokes.points * (1 + layout.ragged * rng.standard_normal((len(characters), 1, 1)))
    if layout.smallest != 1:
        size = np.where(rng.random((len(characters), 1, 1)) < 1 / 3, layout.smallest, 1)
        place = (place - [0, 1]) * size + [0, 1]  # on the baseline
    low, high = (place - strokes.pen[..., None]).min(axis=1), (place + strokes.pen[..., None]).max(axis=1)
    jitter = layout.ragged * rng.standard_normal((len(characters), 2))
    indent = [*layout.indent, *[layout.indent[-1] if layout.indent else 0.0] * len(lines)]
    offsets = np.zeros((len(characters), 2))
    number = 0
    for n, text in enumerate(lines):
        x = start = layout.left + indent[n] + 3 * layout.ragged * abs(rng.standard_normal())
        climb = 0.2 * layout.ragged * rng.standard_normal()
        for c in text:
            if c == " ":
                x += layout.word_gap * (1 + 2 * layout.ragged * rng.standard_normal()) - layout.letter_gap
                continue
            y = layout.top + layout.leading * n + climb * (x - start) + jitter[number, 1]
            wide = high[number, 0] - low[number, 0]
            if layout.cell:
                offsets[number] = x + (layout.cell - wide) / 2 - low[number, 0], y
                x += 1.12 * layout.cell
            else:
                offsets[number] = x - low[number, 0], y
                x += wide + layout.letter_gap * max(0.5, 1 + 5 * jitter[number, 0])
            number += 1
    parts = {LETTER: Strokes(place + offsets[:, None], strokes.pen, strokes.stroke)}
    if layout.joined:
        parts[JOIN] = _joins(rng, parts[LETTER], word, layout.joined)
    if layout.cell:
        middle = offsets + np.stack([(low[:, 0] + high[:, 0]) / 2, np.full(len(offsets), 0.5)], axis=1)
        parts[FRAME] = _frames(middle, layout.cell, points)
        parts[LABEL] = _labels(rng, characters, middle + [0, layout.cell / 2 + 0.1], points)
    together = Strokes(*(np.concatenate(values) for values in zip(*parts.values(), strict=True)))
    return Written(together, np.repeat([*parts], [len(part.pen) for part in parts.values()]), line, word)


def _joins(rng, letters, word, share):
    """A stroke between neighbouring letters of a word, from where they are nearest to each other."""
    first = np.flatnonzero((np.diff(word) == 0) & (rng.random(max(len(word) - 1, 0)) < share))
    ends = np.zeros((len(first), 2, 2))
    for number, left in enumerate(first):
        near = cdist(letters.points[left, ::4], letters.points[left + 1, ::4])
        i, j = np.unravel_index(near.argmin(), near.shape)
        ends[number] = letters.points[left, 4 * i], letters.points[left + 1, 4 * j]
    way = np.linspace(0, 1, letters.points.shape[1])[:, None]
    points = ends[:, :1] + (ends[:, 1:] - ends[:, :1]) * way
    pen = np.repeat(letters.pen[first].mean(axis=1, keepdims=True), len(way), axis=1)
    return Strokes(points, pen, np.zeros(pen.shape, int))


def _frames(middle, side, points):
    """A square of that side around each (n, 2) middle."""
    corners = side / 2 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    at = np.linspace(0, 4, points)
    square = np.stack([np.interp(at, range(5), corners[:, axis]) for axis in (0, 1)], axis=1)
    pen = np.full((len(middle), points), 0.015, np.float32)
    return Strokes(middle[:, None] + square, pen, np.zeros((len(middle), points), int))


def _labels(rng, characters, top, points):
    """The characters, printed small with their upper edge at each (n, 2) point."""
    plain = draw_writers(rng, 1, variety=0.2)
    strokes = draw_strokes(rng, plain, np.zeros(len(characters), int), characters, points)
    return Strokes(0.2 * strokes.points + top[:, None], np.full_like(strokes.pen, 0.02), strokes.stroke)


def fit(written: Written, layout: Layout) -> tuple[Written, float, float]:
    """The strokes in the picture's pixels, all on it; a capital's height; flat y of the first baseline.

    Raises
    ------
    ValueError
        If they do not fit however small they are.
    """
    flat, size = written.strokes, np.array([layout.width, layout.height])
    corner = (1 - layout.sheet) / 2 * size if layout.sheet else np.zeros(2)
    capital, shift = layout.capital, np.zeros(2)
    while capital >= 8:
        pixels = Strokes(flat.points * capital + shift + corner, flat.pen * capital, flat.stroke)
        seen = photograph(pixels, layout)
        margin = 0.2 * capital
        low, high = _extent(seen, margin)
        over = np.maximum(-low, 0) - np.maximum(high - size, 0)
        on_sheet = not layout.sheet or _within(_extent(pixels, margin), corner, size - corner)
        if not over.any() and on_sheet:
            return written._replace(strokes=seen), capital, (layout.top + 1) * capital + shift[1] + corner[1]
        # A tilt pushed a corner of the text out of the photograph: move it back. Otherwise it is too large.
        fits = on_sheet and (high - low <= size).all()
        # By a pixel at least, or shrinking pushes it out again.
        back = np.sign(over) * np.maximum(1.02 * np.abs(over), 1)
        capital, shift = (0.995 * capital, shift + back) if fits else (0.95 * capital, np.zeros(2))
    raise ValueError(
        f"the letters do not fit on {layout.width} x {layout.height} pixels: capitals would be less than 8 pixels "
        "high; give a larger page"
    )


def _extent(strokes, margin):
    """Corners of a box around all ink, with a margin."""
    pen = strokes.pen[..., None]
    low = (strokes.points - pen).min(axis=(0, 1), initial=np.inf) - margin
    high = (strokes.points + pen).max(axis=(0, 1), initial=-np.inf) + margin
    return low, high


def _within(extent, low, high):
    return bool((extent[0] >= low).all() and (extent[1] <= high).all())


def photograph(letters: Strokes, layout: Layout) -> Strokes:
    """The strokes as the camera sees the page: bent by its curl, turned by the tilt, then in perspective."""
    middle = np.array([layout.width, layout.height]) / 2
    angle = np.deg2rad(layout.tilt)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    flat = letters.points - middle
    if layout.curl:
        flat = flat - np.stack([np.zeros_like(flat[..., 0]), _rise(flat[..., 0], layout)], axis=-1)
    flat = flat @ turn
    nearness = 1 / (1 + flat @ (np.array(layout.perspective) / middle))
    points = flat * nearness[..., None] + middle
    return Strokes(points.astype(np.float32), (letters.pen * nearness).astype(np.float32), letters.stroke)


def flatten(layout: Layout) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where on the flat page each pixel lies, (height, width) float32 x and y: `photograph` backwards."""
    y = np.arange(layout.height, dtype=np.float32)[:, None] - layout.height / 2
    x = np.arange(layout.width, dtype=np.float32)[None] - layout.width / 2
    a, b = np.array(layout.perspective) / (layout.width / 2, layout.height / 2)
    farness = 1 / (1 - a * x - b * y)
    x, y = x * farness, y * farness
    cos, sin = np.cos(np.deg2rad(layout.tilt)), np.sin(np.deg2rad(layout.tilt))
    x, y = cos * x + sin * y, cos * y - sin * x
    if layout.curl:
        y = y + _rise(x, layout)
    return (x + layout.width / 2).astype(np.float32), (y + layout.height / 2).astype(np.float32)


def _rise(x, layout):
    """How far a curled sheet rises at x pixels beside its middle, in pixels."""
    return layout.curl * layout.width * np.cos(np.pi * x / layout.width)


def slope(x: NDArray[np.float32], layout: Layout) -> NDArray[np.float32]:
    """How steeply a curled sheet falls to the right at the flat page's x in pixels."""
    return np.float32(np.pi * layout.curl) * np.sin(np.pi * (x / layout.width - 0.5), dtype=np.float32)


def break_strokes(rng: np.random.Generator, letters: Strokes, gap: float, breaks: int = 2) -> Strokes:
    """Each letter's line with some breaks, between whose ends `gap` pixels of paper are seen."""
    steps = np.linalg.norm(np.diff(letters.points, axis=1), axis=2)
    along = np.pad(np.cumsum(steps, axis=1), ((0, 0), (1, 0)))
    places = rng.uniform(0.1, 0.9, (len(along), breaks, 1)) * along[:, None, -1:]
    lifted = (np.abs(along[:, None] - places) < gap / 2 + letters.pen[:, None]).any(axis=1)
    return letters._replace(pen=np.where(lifted, np.float32(0), letters.pen))


def ink_strokes(strokes: Strokes, height: int, width: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Ink cover (height, width) in [0, 1], and the box of each letter's ink, (n, 4)."""
    cover = np.zeros((height, width), np.float32)
    boxes = np.zeros((len(strokes.points), 4), np.int64)
    for number in range(len(boxes)):
        letter = Strokes(*(values[number : number + 1] for values in strokes))
        reach = float(letter.pen.max()) + 2
        x1, y1 = np.maximum(np.floor(letter.points[0].min(axis=0) - reach).astype(int), 0)
        x2, y2 = np.minimum(np.ceil(letter.points[0].max(axis=0) + reach).astype(int), [width, height])
        ink = 1 - rasterise(letter._replace(points=letter.points - np.array([x1, y1], np.float32)), y2 - y1, x2 - x1)[0]
        np.maximum(cover[y1:y2, x1:x2], ink, out=cover[y1:y2, x1:x2])
        boxes[number] = np.array([y1, x1, y1, x1]) + _box(ink >= min(0.5, 0.9 * ink.max()))
    return cover, boxes


def _box(mask):
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return rows[0], columns[0], rows[-1] + 1, columns[-1] + 1
