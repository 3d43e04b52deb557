"""The nine species of lilies, irises and their kin, each a function that paints its plants into a scene."""

import numpy as np

from lib.data.flowers.blossoms import Cup, CupPaint, Petal, PetalPaint, Ring, paint_bell, paint_ring
from lib.data.flowers.painting import Axis, Scene, View, disc, leaf, shadow, stamens, stem
from lib.data.flowers.palettes import GREEN, ORANGE, PINK, PURPLE, RED, WHITE, YELLOW, pick
from lib.data.flowers.planting import places, stand


def daffodil(scene: Scene) -> None:
    rng = scene.rng
    for view in places(scene, 3, 0.27, 0.42):
        stand(scene, view, leaf_length=0.8, leaf_width=0.05, leaves=3)
        petal = pick(rng, YELLOW if rng.random() < 0.75 else WHITE)
        cup = pick(rng, YELLOW if rng.random() < 0.6 else ORANGE)
        paint_ring(scene, view, Ring(6), Petal(0.33, belly=0.5, blunt=0.6), PetalPaint(petal))
        trumpet = View(view.y, view.x, view.radius, view.rotation, min(1, view.squash + 0.15), view.axis)
        reach = rng.uniform(0.36, 0.5)
        disc(scene, trumpet, reach, cup * 0.62, cup, grain=0.05, dome=-0.5)
        edge = Petal(0.30, belly=0.75, blunt=0.3, inner=0.66)
        paint_ring(scene, trumpet, Ring(13, length=reach * 1.15), edge, PetalPaint(cup, relief=0.1))
        stamens(scene, trumpet, 5, 0.1, cup * 0.95, size=0.04)


def snowdrop(scene: Scene) -> None:
    rng, size = scene.rng, len(scene.image)
    green = pick(rng, GREEN)
    for view in places(scene, 4, 0.28, 0.42, crowd=0.8):
        length, tilt = view.radius * 1.1, rng.normal(np.pi / 2, 0.22)
        y, x = view.y - length * 0.5, view.x
        foot = x + rng.choice((-1, 1)) * rng.uniform(0.1, 0.3) * size
        stem(scene, y - length * 0.25, x + (foot - x) * 0.2, foot, max(0.045 * length, 0.8), green)
        leaf(scene, Axis(y - length * 0.3, x + (foot - x) * 0.22, length * 0.38, tilt + 0.1), 0.12, green * 1.1)
        for _ in range(2):
            blade = Axis(size, foot + rng.normal(0, 8), size * rng.uniform(0.4, 0.8), rng.normal(-1.57, 0.3))
            leaf(scene, blade, 0.05, green)
        white = pick(rng, WHITE)
        inner = CupPaint(white * 0.9, mark=green)
        paint_bell(scene, Axis(y + length * 0.1, x, length * 0.72, tilt), Cup((0.1, 0.24, 0.28)), inner)
        spread = rng.uniform(0.15, 0.45)
        for side in (-spread, spread, rng.normal(0, 0.06)):
            petal = Axis(y, x, length, tilt + side)
            leaf(scene, petal, rng.uniform(0.2, 0.27), white * rng.uniform(0.92, 1.02), shine=0.12)
        ovary = Axis(y - length * 0.12, x, length * 0.2, tilt)
        paint_bell(scene, ovary, Cup((0.2, 0.45, 0.3)), CupPaint(green * 0.9))


def lily_of_the_valley(scene: Scene) -> None:
    rng, size = scene.rng, len(scene.image)
    for _ in range(rng.integers(1, 3)):
        green, x0 = pick(rng, GREEN), rng.uniform(0.25, 0.75) * size
        for side in (-1, 1)[: rng.integers(1, 3)]:
            angle = -np.pi / 2 + side * rng.uniform(0.15, 0.7)
            leaf(scene, Axis(size, x0 + side * 5, size * rng.uniform(0.7, 1.0), angle), 0.17, green)
        top, lean = rng.uniform(0.05, 0.25) * size, rng.choice((-1, 1)) * rng.uniform(0.1, 0.35) * size
        stem(scene, top, x0 + lean, x0, 0.008 * size + 0.5, green * 1.15)
        white, count, length = pick(rng, WHITE), rng.integers(5, 9), rng.uniform(0.1, 0.15) * size
        cup = Cup((0.25, 0.55, 0.6, 0.5, 0.45), scallop=0.16, flare=0.16)
        for i in range(count):
            t = i / count * 0.62
            y, x = top + (size - top) * t, x0 + lean * (1 - t**2)
            side = (-1 if i % 2 else 1) if rng.random() < 0.5 else np.sign(lean)
            stalk = Axis(y, x, np.hypot(length * 0.45, length * 0.7), np.arctan2(0.45, side * 0.7))
            leaf(scene, stalk, 0.06, green * 1.1)
            grown, angle = length * (0.55 + 0.45 * i / count), rng.normal(np.pi / 2, 0.2)
            bell = Axis(y + length * 0.45, x + side * length * 0.7, grown, angle)
            paint_bell(scene, bell, cup, CupPaint(white, seams=0.12))


def bluebell(scene: Scene) -> None:
    rng, size = scene.rng, len(scene.image)
    for _ in range(rng.integers(1, 3)):
        green, x0 = pick(rng, GREEN), rng.uniform(0.25, 0.75) * size
        for _ in range(rng.integers(3)):
            blade = Axis(size, x0 + rng.normal(0, 9), size * rng.uniform(0.5, 0.9), rng.normal(-1.57, 0.4))
            leaf(scene, blade, 0.04, green)
        top, lean = rng.uniform(0.03, 0.25) * size, rng.choice((-1, 1)) * rng.uniform(0.05, 0.35) * size
        violet, count, length = pick(rng, PURPLE, 0.05), rng.integers(4, 9), rng.uniform(0.17, 0.25) * size
        stem(scene, top, x0 + lean, x0, 0.01 * size + 0.5, green * 0.8 + violet * 0.15)
        cup = Cup((0.13, 0.22, 0.22, 0.2, 0.23), scallop=-0.22, flare=0.17)
        paint = CupPaint(violet, mouth=np.minimum(violet * 1.25, 1), veins=0.12)
        for i in range(count):
            t = i / count * 0.6
            y, x = top + (size - top) * t, x0 + lean * (1 - t**2)
            side = (-1 if i % 2 else 1) if rng.random() < 0.4 else np.sign(lean)
            grown, angle = length * (0.6 + 0.4 * i / count), np.pi / 2 - side * rng.uniform(0.2, 0.8)
            leaf(scene, Axis(y, x, length * 0.3, angle - side * 0.5), 0.1, violet * 0.6)
            paint_bell(scene, Axis(y + length * 0.2, x + side * length * 0.25, grown, angle), cup, paint)


def crocus(scene: Scene) -> None:
    rng, size = scene.rng, len(scene.image)
    for view in places(scene, 4, 0.3, 0.42, crowd=0.7):
        roll = rng.random()
        colour = pick(rng, PURPLE if roll < 0.6 else WHITE if roll < 0.8 else YELLOW)
        stripe = colour * 0.6 if rng.random() < 0.5 else None
        for _ in range(4):
            y, x = view.y + view.radius * 1.3, view.x + rng.normal(0, 5)
            blade = Axis(y, x, size * rng.uniform(0.3, 0.6), rng.normal(-1.57, 0.6))
            leaf(scene, blade, 0.025, pick(rng, GREEN))
        if rng.random() < 0.3:  # from above, open
            shadow(scene, view)
            petal = Petal(0.36, belly=0.6, blunt=0.55)
            paint_ring(scene, view, Ring(6), petal, PetalPaint(colour, colour * 0.8, veins=0.1))
            stamens(scene, view, 3, 0.2, pick(rng, ORANGE), pick(rng, ORANGE), 0.06)
            continue
        foot, length = view.y + view.radius * 0.7, view.radius * 1.6
        tilt = rng.normal(-np.pi / 2, 0.2)
        pale = np.minimum(colour * 0.6 + 0.35, 1)
        stem(scene, foot - 2, view.x, view.x + rng.normal(0, 4), max(0.1 * view.radius, 1), pale)
        wide = rng.uniform(0.8, 1.2)
        back = Cup(np.array((0.08, 0.26, 0.36, 0.4, 0.36)) * wide, lobes=4, scallop=0.35)
        front = Cup(np.array((0.08, 0.27, 0.34, 0.3, 0.18)) * wide, scallop=0.3)
        paint_bell(scene, Axis(foot, view.x, length, tilt), back, CupPaint(colour * 0.75, stripe=stripe))
        stamens(scene, View(foot - length * 0.6, view.x, length), 3, 0.12, pick(rng, ORANGE), size=0.05)
        paint = CupPaint(colour, veins=0.12, stripe=stripe)
        paint_bell(scene, Axis(foot, view.x, length * 0.95, tilt), front, paint)


def iris(scene: Scene) -> None:
    rng = scene.rng
    for view in places(scene, 2, 0.34, 0.46):
        stand(scene, view, leaf_length=0.9, leaf_width=0.04, leaves=3)
        roll = rng.random()
        colour = pick(rng, PURPLE if roll < 0.7 else YELLOW if roll < 0.85 else WHITE, 0.04)
        upper = np.minimum(colour * rng.uniform(0.9, 1.3), 1)
        signal = pick(rng, YELLOW)
        # Three petals stand, three fall; the other places of each ring stay empty.
        tilt, squash = rng.normal(0, 0.25), rng.uniform(0.75, 1)
        up = View(view.y, view.x, view.radius, tilt - np.pi / 2, squash, 0.0)
        down = View(view.y, view.x, view.radius, tilt + np.pi / 2, squash, 0.0)
        standing = Ring(9, ragged=0.06, lengths=(0.9, 1, 0, 0, 0, 0, 0, 0, 1))
        paint_ring(scene, up, standing, Petal(0.28, blunt=0.4), PetalPaint(upper, upper * 0.75, veins=0.1))
        falling, petal = Ring(5, lengths=(0.85, 1, 0, 0, 1)), Petal(0.36, belly=0.74, blunt=0.35)
        paint_ring(scene, down, falling, petal, PetalPaint(colour, signal, veins=0.2, relief=0.35, blotch=signal))
        paint_ring(scene, down, Ring(3, length=0.36, ragged=0.05), Petal(0.22), PetalPaint(upper * 1.05))


def tiger_lily(scene: Scene) -> None:
    rng = scene.rng
    for view in places(scene, 3, 0.32, 0.46):
        stand(scene, view, leaf_length=0.4, leaf_width=0.07, leaves=3)
        roll = rng.random()
        colour = pick(rng, ORANGE if roll < 0.65 else YELLOW if roll < 0.8 else PINK)
        dark = np.array((0.30, 0.08, 0.06), np.float32)
        for turn, width in ((0.5, 0.22), (0.0, 0.27)):
            paint = PetalPaint(colour, colour * 0.9, veins=0.08, relief=0.4, spots=dark)
            paint_ring(scene, view, Ring(3, turn=turn), Petal(width, belly=0.45, blunt=0.9), paint)
        stamens(scene, view, 6, 0.5, dark * 1.3, np.minimum(colour * 1.1, 1), 0.055)


def tulip(scene: Scene) -> None:
    rng = scene.rng
    palette = (RED, YELLOW, PINK, PURPLE, WHITE)[rng.integers(5)]
    for view in places(scene, 3, 0.26, 0.4):
        stand(scene, view, thickness=0.09, leaf_length=0.7, leaf_width=0.12)
        colour = pick(rng, palette)
        edge = np.minimum(colour * 1.15 + 0.05, 1) if rng.random() < 0.6 else pick(rng, YELLOW)
        if rng.random() < 0.2:  # from above
            outer, inner = (Petal(width, belly=0.62, blunt=0.35) for width in (0.55, 0.5))
            paint_ring(scene, view, Ring(3, turn=0.5), outer, PetalPaint(edge, colour * 0.7, relief=0.3))
            paint = PetalPaint(edge, colour * 0.6, blotch=pick(rng, YELLOW) * 0.6)
            paint_ring(scene, view, Ring(3, length=0.9), inner, paint)
            stamens(scene, view, 6, 0.2, np.array((0.15, 0.1, 0.12), np.float32), size=0.07)
            continue
        length, tilt, wide = view.radius * 1.9, rng.normal(-np.pi / 2, 0.15), rng.uniform(0.85, 1.15)
        y, x = view.y + length * 0.5, view.x
        back = Cup(np.array((0.2, 0.4, 0.42, 0.4, 0.38)) * wide, lobes=2, scallop=0.22)
        front = Cup(np.array((0.2, 0.41, 0.42, 0.38, 0.3)) * wide, scallop=0.24)
        paint_bell(scene, Axis(y, x, length, tilt), back, CupPaint(colour * 0.7, edge * 0.75, seams=0.4))
        paint_bell(scene, Axis(y, x, length * 0.97, tilt), front, CupPaint(colour, edge, seams=0.35, veins=0.06))


def fritillary(scene: Scene) -> None:
    rng, size = scene.rng, len(scene.image)
    for view in places(scene, 3, 0.28, 0.42):
        green, length, tilt = pick(rng, GREEN), view.radius * 1.5, rng.normal(np.pi / 2, 0.2)
        y, x = view.y - length * 0.5, view.x
        foot = x + rng.choice((-1, 1)) * rng.uniform(0.12, 0.35) * size
        stem(scene, y - length * 0.04, x + np.sign(foot - x) * length * 0.06, foot, max(0.04 * length, 0.8), green)
        for _ in range(2):
            leaf(scene, Axis(size * 0.95, foot, size * rng.uniform(0.4, 0.7), rng.normal(-1.57, 0.6)), 0.035, green)
        pale = rng.random() < 0.2
        colour = pick(rng, WHITE) if pale else pick(rng, PURPLE) * np.array((1.0, 0.7, 0.7), np.float32)
        checks = pick(rng, GREEN) * 1.4 if pale else np.minimum(colour + 0.35, 1)
        cup = Cup(np.array((0.16, 0.36, 0.4, 0.4, 0.36)) * rng.uniform(0.85, 1.1), scallop=0.16)
        paint_bell(scene, Axis(y, x, length, tilt), cup, CupPaint(colour, checks=checks))


MONOCOTS = (daffodil, snowdrop, lily_of_the_valley, bluebell, crocus, iris, tiger_lily, tulip, fritillary)
