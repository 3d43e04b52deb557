"""Shapes filled with textures: a task to pretrain a network on where no pretrained one is available.

Each picture shows one of 16 shapes in one of 8 textures and one of 6 colours, over another texture, of any size, place,
turn and tilt. To name all three a network has to learn edges, corners, curves, lobes, repetition, grain and hue.
Nothing here is a flower, and no code is shared with lib.data.flowers.
"""

import numpy as np
from numpy.typing import NDArray

SHAPES = (
    "disc", "ring", "half disc", "crescent", "triangle", "square", "pentagon", "hexagon", "star of 4", "star of 5",
    "star of 8", "gear", "cross", "heart", "spiral", "drop",
)  # fmt: skip
TEXTURES = ("plain", "stripes", "checks", "dots", "circles", "grain", "clouds", "shaded")
COLOURS = ("red", "yellow", "green", "blue", "purple", "white")
RGB = ((0.85, 0.2, 0.15), (0.95, 0.8, 0.15), (0.3, 0.55, 0.2), (0.25, 0.4, 0.85), (0.6, 0.25, 0.7), (0.95, 0.95, 0.95))
QUESTIONS = (len(SHAPES), len(TEXTURES), len(COLOURS))

_TURN = 2 * np.pi


def draw_pretext(rng: np.random.Generator, count: int, size: int = 64) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Draw shapes filled with textures.

    Parameters
    ----------
    rng : np.random.Generator
    count : int
        Number of pictures; all combinations of a shape, a texture and a colour are equally frequent.
    size : int
        Side of the pictures, pixels.

    Returns
    -------
    images : (count, size, size, 3) uint8 ndarray
        RGB.
    answers : (count, 3) int64 ndarray
        Indices into `SHAPES`, `TEXTURES` and `COLOURS`.

    Examples
    --------
    >>> images, answers = draw_pretext(np.random.default_rng(0), 5, size=32)
    >>> images.shape, answers.shape
    ((5, 32, 32, 3), (5, 3))
    """
    combinations = rng.permuted(np.arange(count) * np.prod(QUESTIONS) // max(count, 1))
    answers = np.stack(np.unravel_index(combinations, QUESTIONS), axis=1).astype(np.int64)
    images = np.empty((count, size, size, 3), np.uint8)
    for i, (shape, texture, colour) in enumerate(answers):
        images[i] = _draw(rng, shape, texture, colour, size)
    return images, answers


def _draw(rng, shape, texture, colour, size):
    y, x = (np.arange(size, dtype=np.float32) + 0.5)[:, None] / size, (np.arange(size, dtype=np.float32) + 0.5) / size
    back = _colour(rng, rng.integers(len(COLOURS))) * rng.uniform(0.15, 0.9)
    behind = rng.integers(len(TEXTURES)) if rng.random() < 0.3 else 0  # mostly plain
    image = back * _tone(rng, behind, y - 0.5, x - 0.5, size)
    radius, squash = rng.uniform(0.28, 0.48), rng.uniform(0.6, 1)
    axis, turn = rng.uniform(0, _TURN, 2)
    dy, dx = (y - rng.uniform(0.35, 0.65)) / radius, (x - rng.uniform(0.35, 0.65)) / radius
    u, v = (dx * np.cos(axis) + dy * np.sin(axis)) / squash, dy * np.cos(axis) - dx * np.sin(axis)
    u, v = u * np.cos(turn) + v * np.sin(turn), v * np.cos(turn) - u * np.sin(turn)
    alpha = np.clip(0.5 + _inside(SHAPES[shape], u, v) * radius * size, 0, 1)[..., None]
    fill = _colour(rng, colour) * _tone(rng, texture, v * radius, u * radius, size)
    shadow = 1 - rng.uniform(0, 0.5) * np.exp(-((dx**2 + dy**2) ** 2))[..., None]
    image = image * shadow * (1 - alpha) + fill * alpha
    image = image * rng.uniform(0.7, 1.1) * rng.uniform(0.88, 1.1, 3).astype(np.float32)
    image += rng.normal(0, rng.uniform(0.005, 0.04), (size, size, 1))
    return (np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8)


def _colour(rng, colour):
    """A colour near the named one, (3,) float32."""
    return np.clip(np.array(RGB[colour]) + rng.normal(0, 0.05, 3), 0, 1).astype(np.float32)


def _tone(rng, texture, y, x, size):
    """Brightness (size, size, 1) of a texture around 0.85 at coordinates in pictures' sides."""
    turn, pitch, phase = rng.uniform(0, np.pi), rng.uniform(0.07, 0.2), rng.uniform(0, _TURN, 2)
    a, b = (x * np.cos(turn) + y * np.sin(turn)) / pitch * _TURN, (y * np.cos(turn) - x * np.sin(turn)) / pitch * _TURN
    depth, name = rng.uniform(0.25, 0.6), TEXTURES[texture]
    if name == "stripes":
        wave = np.clip(3 * np.cos(a + phase[0]), -1, 1)
    elif name == "checks":
        wave = np.clip(5 * np.cos(a / 2 + phase[0]) * np.cos(b / 2 + phase[1]), -1, 1)
    elif name == "dots":
        wave = np.clip(6 * (np.cos(a + phase[0]) + np.cos(b + phase[1]) - 0.9), -1, 1)
    elif name == "circles":
        wave = np.clip(3 * np.cos(np.hypot(a, b) + phase[0]), -1, 1)
    elif name == "grain":
        wave = rng.normal(0, 0.8, (size, size))
    elif name == "clouds":
        waves = [
            np.cos(a * np.cos(t) * s + b * np.sin(t) * s + p) for t, s, p in rng.uniform(0, (_TURN, 0.6, _TURN), (5, 3))
        ]
        wave = sum(waves) * 0.5
    elif name == "shaded":
        wave = np.clip((a + phase[0] - np.pi) * pitch * 0.7, -1.5, 1.5)
    else:
        wave = np.zeros((size, size))
    return (0.85 + 0.5 * depth * (wave - 0.3)).astype(np.float32)[..., None]


def _inside(name, u, v):
    """Distance to the outline of a shape of radius 1, positive inside; exact enough for a soft edge."""
    r, angle = np.hypot(u, v), np.arctan2(v, u)
    if name == "disc":
        return 0.9 - r
    if name == "ring":
        return 0.22 - np.abs(r - 0.75)
    if name == "half disc":
        return np.minimum(1 - r, v + 0.3)
    if name == "crescent":
        return np.minimum(1 - r, np.hypot(u - 0.45, v) - 0.75)
    if name == "cross":
        return np.minimum(np.maximum(0.28 - np.abs(u), 0.28 - np.abs(v)), 0.95 - np.maximum(np.abs(u), np.abs(v)))
    if name == "heart":
        return 0.8 - np.hypot(u, 1.1 * v - 0.65 * np.sqrt(np.abs(u)) + 0.15)
    if name == "spiral":
        winding = (r * 2.4 - angle / _TURN) % 1
        return np.minimum(0.25 - np.abs(winding - 0.5), (1 - r) * 2.4) / 2.4
    if name == "drop":
        half = 0.33 * np.sqrt(np.clip(1 - u, 0, 2)) * np.clip(1 + u, 0, 2)
        return np.minimum(half - np.abs(v), 1 + u)
    if name == "gear":
        return 0.8 + 0.14 * np.clip(4 * np.cos(10 * angle), -1, 1) - r
    if name.startswith("star"):
        points = int(name.split()[-1])
        inner = {4: 0.4, 5: 0.45, 8: 0.6}[points]
        part = np.abs((angle * points / _TURN) % 1 - 0.5) * 2  # 0 between two points, 1 at a point
        return (inner + (1 - inner) * part**1.3 - r) * 0.7
    sides = {"triangle": 3, "square": 4, "pentagon": 5, "hexagon": 6}[name]
    sector = (angle + np.pi / sides) % (_TURN / sides) - np.pi / sides
    return np.cos(np.pi / sides) - r * np.cos(sector)
