"""Photographs of handwritten pages, drawn: text by one writer on paper, in some light, and the boxes of its letters.

The letters are moved, tilted and put into perspective as strokes and inked last, so that they are sharp and their boxes
exact. Paper and light are fields over the image. Images are as a camera gives them, (height, width, 3) uint8, dark ink
on lighter paper; boxes are (y1, x1, y2, x2), half-open.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter, zoom

from lib.data.handwriting import Strokes, Writers, draw_strokes, rasterise


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


class Paper(NamedTuple):
    """What the text is written on; colours are (red, green, blue) in [0, 1]."""

    colour: tuple[float, float, float] = (0.96, 0.96, 0.94)
    grain: float = 0.01  # fine structure
    stain: float = 0.01  # broad structure
    pattern: str = "plain"  # or "ruled", "squared"
    spacing: float = 2.0  # of the printed lines, heights of a capital
    line: tuple[float, float, float] = (0.70, 0.78, 0.88)  # colour of the printed lines
    margin: float = 0.0  # position of a red margin line, fraction of the width; 0 is none


class Ink(NamedTuple):
    """What the text is written with; its width is the writer's."""

    colour: tuple[float, float, float] = (0.10, 0.13, 0.35)
    opacity: float = 0.93
    grain: float = 0.1  # how unevenly it covers the paper: a pencil 0.5, a felt pen 0


class Light(NamedTuple):
    """How the photograph was taken."""

    level: float = 0.9  # brightness in the middle
    slope: tuple[float, float] = (-0.15, 0.1)  # brightness change to the right and downwards, over the whole page
    vignette: float = 0.1  # darker by this in the corners
    tint: tuple[float, float, float] = (1.0, 0.99, 0.96)
    shadow: float = 0.0  # how much darker it is in the shadow
    shadow_line: tuple[float, float] = (0.6, 0.7)  # where its edge meets top and bottom, fractions of the width
    shadow_blur: float = 0.08  # width of its edge, fraction of the width
    blur: float = 0.8  # pixels
    noise: float = 0.01


class Page(NamedTuple):
    """A drawn page."""

    image: np.ndarray  # (height, width, 3) uint8
    boxes: np.ndarray  # (n, 4) int64, in the order of the text
    line: np.ndarray  # (n,) int64, the line of each letter
    word: np.ndarray  # (n,) int64, its word, counted over the page


def draw_page(
    rng: np.random.Generator,
    lines: Sequence[str],
    writer: Writers,
    layout: Layout | None = None,
    paper: Paper | None = None,
    ink: Ink | None = None,
    light: Light | None = None,
) -> Page:
    """Draw a photograph of a handwritten page.

    Parameters
    ----------
    rng : np.random.Generator
    lines : sequence of str
        The text: characters 0-9 A-Z a-z and spaces.
    writer : Writers
        One writer, e.g. ``draw_writers(rng, 1)``.
    layout, paper, ink, light : Layout, Paper, Ink, Light, optional

    Returns
    -------
    Page
        Image, and box, line and word of every letter in the order of the text.

    Raises
    ------
    ValueError
        If a character cannot be drawn, or the lines do not fit on the page however small they are written.

    Examples
    --------
    >>> from lib.data.handwriting import draw_writers
    >>> rng = np.random.default_rng(0)
    >>> page = draw_page(rng, ["A NAP"], draw_writers(rng, 1), Layout(height=200, width=500, capital=60))
    >>> page.image.shape, len(page.boxes), page.word.tolist()
    ((200, 500, 3), 4, [0, 1, 1, 1])
    """
    layout, paper, ink, light = layout or Layout(), paper or Paper(), ink or Ink(), light or Light()
    letters, line, word = _lay_out(rng, lines, writer, layout)
    letters, capital, baseline = _fit(letters, lines, layout)
    cover, boxes = _ink_letters(letters, layout)
    image = _paper(rng, paper, layout, capital, baseline)
    if ink.grain:
        cover *= 1 - ink.grain * np.clip(0.5 + 0.7 * _speckles(rng, cover.shape, 1.2), 0, 1)
    image += (ink.opacity * cover)[..., None] * (np.array(ink.colour, np.float32) - image)
    image *= _illumination(rng, light, layout)[..., None] * np.array(light.tint, np.float32)
    return Page(_expose(rng, image, light), boxes, line, word)


def _lay_out(rng, lines, writer, layout):
    """Letters on the flat page in heights of a capital, and line and word of each letter."""
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
            offsets[number] = x - low[number, 0], y
            x += high[number, 0] - low[number, 0] + layout.letter_gap * max(0.5, 1 + 5 * jitter[number, 0])
            number += 1
    return Strokes(place + offsets[:, None], strokes.pen, strokes.stroke), line, word


def _fit(letters, lines, layout):
    """Letters in the photograph's pixels, all on it; a capital's height; flat y of the first baseline."""
    capital, shift = layout.capital, np.zeros(2)
    while capital >= 8:
        pixels = Strokes(letters.points * capital + shift, letters.pen * capital, letters.stroke)
        seen = _photograph(pixels, layout)
        pen, margin = seen.pen[..., None], 0.2 * capital
        low = (seen.points - pen).min(axis=(0, 1), initial=np.inf) - margin
        high = (seen.points + pen).max(axis=(0, 1), initial=-np.inf) + margin
        over = np.maximum(-low, 0) - np.maximum(high - (layout.width, layout.height), 0)
        if not over.any():
            return seen, capital, (layout.top + 1) * capital + shift[1]
        # A tilt pushed a corner of the text out of the photograph: move it back. Otherwise it is too large.
        fits = (high - low <= (layout.width, layout.height)).all()
        capital, shift = (0.995 * capital, shift + 1.02 * over) if fits else (0.95 * capital, np.zeros(2))
    raise ValueError(
        f"{len(lines)} lines of up to {max(map(len, lines))} characters do not fit on {layout.width} x "
        f"{layout.height} pixels: capitals would be less than 8 pixels high; give a larger page"
    )


def _photograph(letters, layout):
    """The letters as the camera sees the page: turned by the tilt, then in perspective."""
    middle = np.array([layout.width, layout.height]) / 2
    angle = np.deg2rad(layout.tilt)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    flat = (letters.points - middle) @ turn
    nearness = 1 / (1 + flat @ (np.array(layout.perspective) / middle))
    points = flat * nearness[..., None] + middle
    return Strokes(points.astype(np.float32), (letters.pen * nearness).astype(np.float32), letters.stroke)


def _flat(layout):
    """Where on the flat page each pixel lies, (height, width) float32 x and y: `_photograph` backwards."""
    y = np.arange(layout.height, dtype=np.float32)[:, None] - layout.height / 2
    x = np.arange(layout.width, dtype=np.float32)[None] - layout.width / 2
    a, b = np.array(layout.perspective) / (layout.width / 2, layout.height / 2)
    farness = 1 / (1 - a * x - b * y)
    x, y = x * farness, y * farness
    cos, sin = np.cos(np.deg2rad(layout.tilt)), np.sin(np.deg2rad(layout.tilt))
    return (cos * x + sin * y + layout.width / 2).astype(np.float32), (cos * y - sin * x + layout.height / 2).astype(
        np.float32
    )


def _ink_letters(letters, layout):
    """Ink cover (height, width) float32 in [0, 1], and the box of each letter's ink."""
    cover = np.zeros((layout.height, layout.width), np.float32)
    boxes = np.zeros((len(letters.points), 4), np.int64)
    for number in range(len(boxes)):
        letter = Strokes(*(values[number : number + 1] for values in letters))
        reach = float(letter.pen.max()) + 2
        x1, y1 = np.maximum(np.floor(letter.points[0].min(axis=0) - reach).astype(int), 0)
        x2, y2 = np.minimum(np.ceil(letter.points[0].max(axis=0) + reach).astype(int), [layout.width, layout.height])
        ink = 1 - rasterise(letter._replace(points=letter.points - np.float32([x1, y1])), y2 - y1, x2 - x1)[0]
        np.maximum(cover[y1:y2, x1:x2], ink, out=cover[y1:y2, x1:x2])
        rows, columns = np.flatnonzero((ink >= 0.5).any(axis=1)), np.flatnonzero((ink >= 0.5).any(axis=0))
        boxes[number] = y1 + rows[0], x1 + columns[0], y1 + rows[-1] + 1, x1 + columns[-1] + 1
    return cover, boxes


def _paper(rng, paper, layout, capital, baseline):
    """The empty page (height, width, 3) float32 in even light."""
    shape = layout.height, layout.width
    shade = 1 + paper.grain * _speckles(rng, shape, 1.0) + paper.stain * _speckles(rng, shape, layout.width / 12)
    image = shade[..., None] * np.float32(paper.colour)
    if paper.pattern == "plain" and not paper.margin:
        return image
    x, y = _flat(layout)
    spacing = paper.spacing * capital
    thickness = max(0.012 * spacing, 1.0)
    first = baseline + 0.05 * capital  # printed lines run just below the baselines
    printed = []
    if paper.pattern in ("ruled", "squared"):
        printed.append((y - first, paper.line))
    if paper.pattern == "squared":
        printed.append((x - 0.4 * spacing, paper.line))
    for distance, colour in printed:
        distance = np.abs((distance + spacing / 2) % spacing - spacing / 2)
        _print(image, np.clip(thickness / 2 + 0.5 - distance, 0, 1), colour)
    if paper.margin:
        _print(image, np.clip(thickness / 2 + 0.5 - np.abs(x - paper.margin * layout.width), 0, 1), (0.90, 0.55, 0.55))
    return image


def _print(image, cover, colour):
    """Print a colour on the image, where and as much as `cover` says."""
    image += cover[..., None] * (np.float32(colour) - image)


def _speckles(rng, shape, size):
    """Smooth noise of unit size (height, width) float32, structures about `size` pixels wide."""
    if size <= 1:
        return rng.standard_normal(shape, dtype=np.float32)
    coarse = [int(n / size) + 3 for n in shape]
    noise = zoom(
        rng.standard_normal(coarse, dtype=np.float32),
        [n / c + 1 / c for n, c in zip(shape, coarse, strict=True)],
        order=1,
    )
    return noise[: shape[0], : shape[1]]


def _illumination(rng, light, layout):
    """Brightness (height, width) float32 of white paper."""
    v = np.linspace(-1, 1, layout.height, dtype=np.float32)[:, None]
    u = np.linspace(-1, 1, layout.width, dtype=np.float32)[None]
    field = light.level * (1 + light.slope[0] / 2 * u + light.slope[1] / 2 * v - light.vignette / 2 * (u * u + v * v))
    if light.shadow:
        top, bottom = light.shadow_line
        edge = 2 * (top + (bottom - top) * (v + 1) / 2) - 1
        # No shadow's edge is quite straight.
        edge = edge + 0.03 * np.sin(3 * v + rng.uniform(0, 2 * np.pi))
        field = field * (1 - light.shadow / (1 + np.exp(-(u - edge) / (light.shadow_blur / 2))))
    return field.astype(np.float32)


def _expose(rng, image, light):
    """What the camera stores of the light (height, width, 3) that reaches it: uint8."""
    if light.blur:
        image = gaussian_filter(image, (light.blur, light.blur, 0))
    # Sensors of neighbouring pixels and colours share part of their noise, as demosaicing mixes them.
    image += light.noise * rng.standard_normal((*image.shape[:2], 1), dtype=np.float32)
    image += 0.5 * light.noise * rng.standard_normal(image.shape, dtype=np.float32)
    return np.rint(255 * np.clip(image, 0, 1)).astype(np.uint8)
