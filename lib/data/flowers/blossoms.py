"""The two kinds of blossom: a *ring* of petals seen from the front, and a *bell* seen from the side.

A ring is painted in polar coordinates around its centre, a bell in coordinates along and across its axis; lengths are
in units of the blossom's radius or of the bell's length.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lib.data.flowers.painting import Axis, Scene, View, blend, half_width
from lib.data.flowers.palettes import Colour


@dataclass(frozen=True)
class Ring:
    """How petals are arranged."""

    count: int
    length: float = 1.0  # of the petals, radii
    turn: float = 0.0  # of the ring, petals
    ragged: float = 0.08  # how much lengths, widths and angles of the petals differ
    lengths: Sequence[float] | None = None  # factor for each petal, of an unequal blossom such as a pansy


@dataclass(frozen=True)
class Petal:
    """Outline of a petal, in its own lengths."""

    width: float  # half of it
    belly: float = 0.6  # where it is widest
    blunt: float = 0.5  # small: round tip, large: pointed
    notch: float = 0.0  # depth of the cleft in the tip
    inner: float = 0.0  # where it begins


@dataclass(frozen=True)
class PetalPaint:
    """Colours of a petal."""

    tip: Colour
    base: Colour | None = None  # that of the tip if None; blended along the petal
    veins: float = 0.0  # contrast of lines along it
    relief: float = 0.25  # how strongly the light shows its curvature
    spots: Colour | None = None  # colour of scattered spots
    blotch: Colour | None = None  # colour of a stain at the base


@dataclass(frozen=True)
class Cup:
    """Shape of a bell or a cup."""

    outline: Sequence[float] | NDArray  # half-widths from the attachment to the mouth, in lengths, evenly spaced
    lobes: int = 3  # scallops (petals) seen along the mouth
    scallop: float = 0.1  # their depth, in lengths; negative ones come to a point
    flare: float = 0.0  # how far the mouth's corners turn outwards


@dataclass(frozen=True)
class CupPaint:
    """Colours of a bell or a cup."""

    base: Colour  # at the attachment
    mouth: Colour | None = None  # that of the attachment if None; blended along the bell
    seams: float = 0.3  # contrast of the lines between petals
    veins: float = 0.0  # contrast of fine lines on them
    checks: Colour | None = None  # colour of a chequered pattern
    stripe: Colour | None = None  # colour of a band along each petal
    mark: Colour | None = None  # colour of spots at the mouth


def paint_ring(scene: Scene, view: View, ring: Ring, petal: Petal, paint: PetalPaint) -> None:
    """Paint a ring of petals: odd ones first, even ones over them."""
    rng, count, width = scene.rng, ring.count, petal.width
    lengths = 1 if ring.lengths is None else np.asarray(ring.lengths)
    long = ring.length * (1 + rng.normal(0, ring.ragged, count)) * lengths
    wide = width * (1 + rng.normal(0, ring.ragged, count))
    bent, tone = rng.normal(0, ring.ragged, count), 1 + rng.normal(0, 0.05, count)
    long, wide, bent, tone = np.array((np.maximum(long, 0.02), wide, bent, tone), np.float32)
    window = scene.window(view.y, view.x, view.radius * float(long.max()) * 1.05)
    if window is None:
        return
    part, dy, dx = window
    u, v = view.coordinates(dy, dx)
    r, place = np.hypot(u, v), np.arctan2(v, u) * (count / (2 * np.pi)) - ring.turn
    step = 2 * np.pi / count
    for odd in (1, 0):
        nearest = 2 * np.round((place - odd) / 2) + odd
        k = nearest.astype(np.int64) % count
        off = (place - nearest - bent[k]) * step
        x, y = r * np.cos(off) / long[k], r * np.sin(off) / long[k]
        if petal.notch:
            x = x * (1 + petal.notch * np.exp(-((y / (0.35 * width)) ** 2)))
        half = wide[k] * half_width(x, petal.belly, petal.blunt)
        side = np.clip(y / (half + 1e-3), -1, 1)
        alpha = np.clip(0.5 + (half - np.abs(y)) * (view.radius * long[k]), 0, 1) * (x > petal.inner) * (x < 1)
        facing = scene.light - view.rotation - (nearest + ring.turn) * step
        colour = _petal_colour(paint, x, side, k, y / width)
        blend(part, alpha, colour * _petal_shade(paint, x, side, facing, tone[k])[..., None])


def _petal_shade(paint, x, side, facing, tone):
    """The cross-section is an arch: one flank of each petal looks into the light; the base lies in the shade."""
    shade = tone * (1 + paint.relief * (side * np.sin(facing) * 0.7 + (x - 0.5) * np.cos(facing)))
    shade *= 0.72 + 0.28 * np.minimum(1, x * 2.2) - 0.12 * side**4
    if paint.veins:
        shade *= 1 - paint.veins * (0.5 + 0.5 * np.cos(side * 14))
    return shade


def _petal_colour(paint, x, side, k, across):
    base = paint.tip if paint.base is None else paint.base
    colour = base + np.clip(x, 0, 1)[..., None] * (paint.tip - base)
    if paint.blotch is not None:
        stain = np.clip((0.55 - x - 0.25 * np.abs(side) + 0.08 * np.cos(side * 18)) * 8, 0, 1)
        colour += stain[..., None] * (paint.blotch - colour)
    if paint.spots is not None:
        dots = np.cos(x * 34 + k * 2.1) * np.cos(across * 12 + k) > 0.55
        colour += (dots * (np.abs(x - 0.4) < 0.28) * 0.9)[..., None] * (paint.spots - colour)
    return colour


def paint_bell(scene: Scene, axis: Axis, cup: Cup, paint: CupPaint) -> None:
    """Paint a bell or a cup from the side, hanging from the beginning of its axis."""
    window = axis.window(scene, axis.length * (0.62 + max(max(cup.outline), 0.2)))
    if window is None:
        return
    part, along, across = window
    half = np.interp(along, np.linspace(0, 1, len(cup.outline)), cup.outline).astype(np.float32)
    if cup.flare:
        half = half + cup.flare * np.clip((along - 0.75) * 4, 0, 1) ** 2
    side = np.clip(across / (half + 1e-3), -1, 1)
    girth = np.arcsin(side) / (np.pi / 2)  # even around the bell
    wave = np.abs(np.cos(girth * cup.lobes * np.pi / 2 + (cup.lobes % 2 == 0) * np.pi / 2))
    point = np.arccos(np.clip(wave, 0, 1)) * (4 / np.pi)
    edge = 1 - abs(cup.scallop) * (1 - wave if cup.scallop > 0 else point)
    alpha = np.clip(0.5 + np.minimum(half - np.abs(across), edge - along) * axis.length, 0, 1) * (along > 0)
    shade = 1 - 0.3 * side**2 + 0.3 * side * np.sin(scene.light - axis.angle)
    shade *= 1 - paint.seams * np.exp(-((wave / 0.22) ** 2)) * np.clip(along * 1.5, 0, 1)
    if paint.veins:
        shade *= 1 - paint.veins * (0.5 + 0.5 * np.cos(girth * 26))
    blend(part, alpha, _cup_colour(paint, along, girth, wave, edge) * shade[..., None])


def _cup_colour(paint, along, girth, wave, edge):
    mouth = paint.base if paint.mouth is None else paint.mouth
    colour = paint.base + np.clip(along, 0, 1)[..., None] * (mouth - paint.base)
    if paint.stripe is not None:
        colour += np.clip((wave - 0.8) * 5, 0, 1)[..., None] * 0.7 * (paint.stripe - colour)
    if paint.checks is not None:
        board = np.sin(girth * 15) * np.sin(along * 24) > 0
        colour += board[..., None] * 0.6 * (paint.checks - colour)
    if paint.mark is not None:
        spot = np.exp(-(((edge - along - 0.13) / 0.06) ** 2)) * np.clip((wave - 0.72) * 4, 0, 1)
        colour += spot[..., None] * (paint.mark - colour)
    return colour
