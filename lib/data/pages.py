"""Photographs of handwritten pages, drawn: text by one writer on paper, in some light, and the boxes of its letters.

The letters are strokes that are inked last (`lib.data.writing`); paper, table and light are fields over the image.
Images are as a camera gives them, (height, width, 3) uint8; boxes are (y1, x1, y2, x2), half-open.
"""

import io
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from lib.data.handwriting import Writers
from lib.data.table import Table, lay_on_table
from lib.data.texture import print_on, speckles
from lib.data.writing import FRAME, JOIN, LABEL, LETTER, Layout, break_strokes, fit, flatten, ink_strokes, slope, write


class Paper(NamedTuple):
    """What the text is written on; colours are (red, green, blue) in [0, 1]."""

    colour: tuple[float, float, float] = (0.96, 0.96, 0.94)
    grain: float = 0.01  # fine structure
    stain: float = 0.01  # broad structure
    pattern: str = "plain"  # or "ruled", "squared", "dotted"
    spacing: float = 2.0  # of the printed lines, heights of a capital
    line: tuple[float, float, float] = (0.70, 0.78, 0.88)  # colour of the printed lines
    margin: float = 0.0  # position of a red margin line, fraction of the width; 0 is none
    form: tuple[float, float, float] = (0.2, 0.2, 0.2)  # colour of the boxes and labels of a form


class Ink(NamedTuple):
    """What the text is written with; its width is the writer's."""

    colour: tuple[float, float, float] = (0.10, 0.13, 0.35)
    opacity: float = 0.93
    grain: float = 0.1  # how unevenly it covers the paper: a pencil 0.5, a felt pen 0
    gap: float = 0.0  # length of the breaks in its lines, heights of a capital


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
    jpeg: int = 0  # quality of the file; 0 is lossless
    turns: int = 0  # quarter turns anticlockwise of the finished photograph


class Page(NamedTuple):
    """A drawn page."""

    image: np.ndarray  # (height, width, 3) uint8
    boxes: np.ndarray  # (n, 4) int64, in the order of the text
    line: np.ndarray  # (n,) int64, the line of each letter
    word: np.ndarray  # (n,) int64, its word, counted over the page
    characters: str  # what the n letters are
    labels: np.ndarray  # (m, 4) int64, boxes of the labels that are printed on a form


def draw_page(
    rng: np.random.Generator,
    lines: Sequence[str],
    writer: Writers,
    layout: Layout | None = None,
    paper: Paper | None = None,
    ink: Ink | None = None,
    light: Light | None = None,
    table: Table | None = None,
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
    table : Table, optional
        What is around the sheet and on it.

    Returns
    -------
    Page
        Image, and box, line and word of every letter in the order of the text, in the image's pixels.

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
    written, capital, baseline = fit(write(rng, lines, writer, layout), layout)
    letters = written.pick(LETTER)
    if ink.gap:
        letters = break_strokes(rng, letters, ink.gap * capital)
    shape = layout.height, layout.width
    cover, boxes = ink_strokes(letters, *shape)
    np.maximum(cover, ink_strokes(written.pick(JOIN), *shape)[0], out=cover)
    image = _paper(rng, paper, layout, capital, baseline)
    label, labels = ink_strokes(written.pick(LABEL), *shape)
    print_on(image, np.maximum(label, ink_strokes(written.pick(FRAME), *shape)[0]), paper.form)
    if ink.grain:
        cover *= 1 - ink.grain * np.clip(0.5 + 0.7 * speckles(rng, shape, 1.2), 0, 1)
    print_on(image, ink.opacity * cover, ink.colour)
    if layout.curl:
        image *= 1 - 1.5 * slope(flatten(layout)[0], layout)[..., None]
    if table:
        image = lay_on_table(rng, image, table, layout, boxes, capital)
    image *= _illumination(rng, light, layout)[..., None] * np.array(light.tint, np.float32)
    image = _expose(rng, image, light)
    boxes, labels = (_turn_boxes(found, light.turns, *shape) for found in (boxes, labels))
    return Page(
        np.rot90(image, light.turns), boxes, written.line, written.word, "".join(lines).replace(" ", ""), labels
    )


def _turn_boxes(boxes, turns, height, width):
    """Boxes of an image that is turned by so many quarters anticlockwise."""
    for _ in range(turns % 4):
        y1, x1, y2, x2 = boxes.T
        boxes = np.stack([width - x2, y1, width - x1, y2], axis=1)
        height, width = width, height
    return boxes


def _paper(rng, paper, layout, capital, baseline):
    """The empty page (height, width, 3) float32 in even light."""
    shape = layout.height, layout.width
    shade = 1 + paper.grain * speckles(rng, shape, 1.0) + paper.stain * speckles(rng, shape, layout.width / 12)
    image = shade[..., None] * np.float32(paper.colour)
    if paper.pattern == "plain" and not paper.margin:
        return image
    x, y = flatten(layout)
    spacing = paper.spacing * capital
    thickness = max(0.012 * spacing, 1.0)
    first = baseline + 0.05 * capital  # printed lines run just below the baselines
    down, across = (_to_nearest(v, spacing) for v in (y - first, x - 0.4 * spacing))
    printed = {"ruled": [down], "squared": [down, across]}.get(paper.pattern, [])
    for distance in printed:
        print_on(image, np.clip(thickness / 2 + 0.5 - distance, 0, 1), paper.line)
    if paper.pattern == "dotted":
        print_on(image, np.clip(spacing / 4 - np.hypot(down, across) + 0.5, 0, 1), paper.line)
    if paper.margin:
        print_on(
            image, np.clip(thickness / 2 + 0.5 - np.abs(x - paper.margin * layout.width), 0, 1), (0.90, 0.55, 0.55)
        )
    return image


def _to_nearest(distance, spacing):
    """Distance to the nearest multiple of the spacing."""
    return np.abs((distance + spacing / 2) % spacing - spacing / 2)


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
        field = field * (1 - light.shadow / (1 + np.exp(np.clip((edge - u) / (light.shadow_blur / 2), -50, 50))))
    return np.maximum(field, 0.12).astype(np.float32)  # some light gets everywhere


def _expose(rng, image, light):
    """What the camera stores of the light (height, width, 3) that reaches it: uint8."""
    if light.blur:
        image = gaussian_filter(image, (light.blur, light.blur, 0))
    # Sensors of neighbouring pixels and colours share part of their noise, as demosaicing mixes them.
    image += light.noise * rng.standard_normal((*image.shape[:2], 1), dtype=np.float32)
    image += 0.5 * light.noise * rng.standard_normal(image.shape, dtype=np.float32)
    pixels = np.rint(255 * np.clip(image, 0, 1)).astype(np.uint8)
    if light.jpeg:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "jpeg", quality=light.jpeg)
        pixels = np.array(Image.open(file))
    return pixels
