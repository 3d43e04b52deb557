"""A picture being painted, and the brushes for everything but petals: leaves, stems, shadows, discs, stamens.

Pictures are (size, size, 3) float32 in [0, 1]; y grows downwards, angles are radians. All edges are soft, so nothing
has to be supersampled.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lib.data.flowers.palettes import Colour


@dataclass
class Scene:
    """A picture being painted: its pixels, the direction the light comes from, and the generator of all variety."""

    image: NDArray[np.float32]
    light: float
    rng: np.random.Generator

    def window(self, y: float, x: float, reach: float) -> tuple[NDArray, NDArray, NDArray] | None:
        """The part of the picture within ``reach`` pixels of (y, x), and its pixels' offsets (dy, dx); None outside."""
        size = len(self.image)
        y1, x1 = max(int(y - reach), 0), max(int(x - reach), 0)
        y2, x2 = min(int(y + reach) + 2, size), min(int(x + reach) + 2, size)
        if y1 >= y2 or x1 >= x2:
            return None
        dy, dx = np.arange(y1, y2, dtype=np.float32)[:, None] - y, np.arange(x1, x2, dtype=np.float32)[None] - x
        return self.image[y1:y2, x1:x2], dy, dx


@dataclass
class Axis:
    """The line along a leaf or a bell: ``length`` pixels from (y, x) in the direction ``angle``."""

    y: float
    x: float
    length: float
    angle: float

    def window(self, scene: Scene, reach: float) -> tuple[NDArray, NDArray, NDArray] | None:
        """As `Scene.window`, around the middle, with the pixels' coordinates along and across, in lengths."""
        middle_y, middle_x = np.sin(self.angle) * self.length / 2, np.cos(self.angle) * self.length / 2
        window = scene.window(self.y + middle_y, self.x + middle_x, reach)
        if window is None:
            return None
        part, dy, dx = window
        dy, dx = dy + middle_y, dx + middle_x
        along = (dx * np.cos(self.angle) + dy * np.sin(self.angle)) / self.length
        across = (dy * np.cos(self.angle) - dx * np.sin(self.angle)) / self.length
        return part, along, across


@dataclass
class View:
    """Where a blossom is and how it is turned: centre and radius in pixels, rotation, and tilt away from the camera."""

    y: float
    x: float
    radius: float
    rotation: float = 0.0
    squash: float = 1.0
    axis: float = 0.0

    def coordinates(self, dy: NDArray, dx: NDArray) -> tuple[NDArray, NDArray]:
        """Offsets in pixels to (u, v) on the blossom's own plane, in radii."""
        cos, sin = np.cos(self.axis), np.sin(self.axis)
        u, v = (dx * cos + dy * sin) / self.squash, dy * cos - dx * sin
        turn = self.rotation - self.axis
        cos, sin = np.cos(turn), np.sin(turn)
        return (u * cos + v * sin) / self.radius, (v * cos - u * sin) / self.radius


def blend(part: NDArray, alpha: NDArray, colour: NDArray) -> None:
    """Paint ``colour`` (.., 3) over a part of the picture where ``alpha`` says."""
    part += alpha[..., None] * (colour - part)


def half_width(x: NDArray, belly: float, blunt: float) -> NDArray:
    """Half-width of a petal at ``x`` in [0, 1] along it, 1 at ``belly``; ``blunt`` small: round tip, large: pointed."""
    x = np.clip(x, 0, 1)
    rise = blunt * belly / (1 - belly)
    return (x / belly) ** rise * ((1 - x) / (1 - belly)) ** blunt


def leaf(scene: Scene, axis: Axis, width: float, colour: Colour, shine: float = 0.25) -> None:
    """A leaf, ``width`` its half-width as a part of its length."""
    window = axis.window(scene, axis.length * 0.6)
    if window is None:
        return
    part, along, across = window
    half = width * half_width(along, 0.4, 0.7)
    alpha = np.clip(0.5 + (half - np.abs(across)) * axis.length, 0, 1) * (along > 0) * (along < 1)
    midrib = np.exp(-((across * axis.length / 1.2) ** 2))
    tone = 1 + shine * np.sign(across) * np.sin(scene.light - axis.angle) - 0.25 * midrib
    blend(part, alpha, tone[..., None] * colour)


def stem(scene: Scene, y: float, x: float, foot_x: float, thickness: float, colour: Colour) -> None:
    """A stem from (y, x) down to ``foot_x`` at the lower edge, bending as it goes."""
    size = len(scene.image)
    top = int(max(min(y, size), 0))
    if top >= size:
        return
    rows = np.arange(top, size, dtype=np.float32)[:, None]
    t = (rows - y) / (size - y)
    centre = x + (foot_x - x) * t**2
    across = (np.arange(size, dtype=np.float32)[None] - centre) / thickness
    alpha = np.clip(0.5 + (1 - np.abs(across)) * thickness, 0, 1)
    tone = 0.9 - 0.3 * across * -np.cos(scene.light)
    blend(scene.image[top:], alpha, np.clip(tone, 0.4, 1.2)[..., None] * colour)


def shadow(scene: Scene, view: View, depth: float = 0.45) -> None:
    """Darken what lies behind a blossom."""
    radius = view.radius
    window = scene.window(view.y + radius * 0.15, view.x - np.cos(scene.light) * radius * 0.15, radius * 1.5)
    if window is not None:
        part, dy, dx = window
        part *= (1 - depth * np.exp(-(((dy**2 + dx**2) / (radius * 0.85) ** 2) ** 2)))[..., None]


def disc(
    scene: Scene,
    view: View,
    radius: float,
    colour: Colour,
    rim: Colour | None = None,
    grain: float = 0.3,
    dome: float = 0.3,
    florets: float = 12.0,
) -> None:
    """The middle of a blossom, a dome: ``radius`` in radii of the blossom, ``florets`` along it."""
    window = scene.window(view.y, view.x, view.radius * radius * 1.1)
    if window is None:
        return
    part, dy, dx = window
    u, v = view.coordinates(dy, dx)
    r = np.hypot(u, v) / radius
    rim = colour if rim is None else rim
    spin = np.arctan2(v, u)
    relief = np.cos(r * florets * 2 + spin * 8) * np.cos(r * florets * 2 - spin * 13)
    shade = 1 + grain * relief + dome * (np.cos(scene.light) * dx + np.sin(scene.light) * dy) / (view.radius * radius)
    alpha = np.clip(0.5 + (1 - r) * radius * view.radius, 0, 1)
    blend(part, alpha, (colour + np.clip(r * 1.4 - 0.4, 0, 1)[..., None] * (rim - colour)) * shade[..., None])


def stamens(
    scene: Scene,
    view: View,
    count: int,
    reach: float,
    head: Colour,
    thread: Colour | None = None,
    size: float = 0.05,
) -> None:
    """Heads on threads around the middle of a blossom; ``reach`` and ``size`` in radii."""
    rng = scene.rng
    for angle in np.linspace(0, 2 * np.pi, count, endpoint=False) + rng.normal(0, 0.15, count):
        far = reach * rng.uniform(0.75, 1.1) * view.radius
        if thread is not None:
            leaf(scene, Axis(view.y, view.x, far, angle), 0.8 / max(far, 2), thread, shine=0)
        window = scene.window(view.y + far * np.sin(angle), view.x + far * np.cos(angle), size * view.radius + 2)
        if window is not None:
            part, dy, dx = window
            blend(part, np.clip(0.5 + size * view.radius - np.hypot(dy, dx), 0, 1), head * rng.uniform(0.8, 1.1))
