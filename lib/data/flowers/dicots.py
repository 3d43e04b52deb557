"""The eight species of daisies, primroses, buttercups and violets, each a function that paints its plants."""

import numpy as np

from lib.data.flowers.blossoms import Cup, CupPaint, Petal, PetalPaint, Ring, paint_bell, paint_ring
from lib.data.flowers.painting import Axis, Scene, View, disc, leaf, shadow, stamens, stem
from lib.data.flowers.palettes import GREEN, ORANGE, PINK, PURPLE, RED, WHITE, YELLOW, pick
from lib.data.flowers.planting import places, stand


def sunflower(scene: Scene) -> None:
    rng = scene.rng
    for view in places(scene, 3, 0.3, 0.47, crowd=0.4):
        stand(scene, view, thickness=0.07, leaf_length=0.4, leaf_width=0.35)
        colour, brown = pick(rng, YELLOW), np.array((0.30, 0.18, 0.08), np.float32) * rng.uniform(0.6, 1.5)
        count, radius = int(rng.integers(17, 26)), rng.uniform(0.38, 0.55)
        petal, paint = Petal(0.13, belly=0.55, blunt=0.8), PetalPaint(colour, colour * 0.85, veins=0.15)
        for turn, length in ((0.5, 1.0), (0.0, 0.93)):
            paint_ring(scene, view, Ring(count, length, turn), petal, paint)
        disc(scene, view, radius, brown * rng.uniform(0.6, 1.6), brown, grain=0.35, florets=10)


def daisy(scene: Scene) -> None:
    rng = scene.rng
    for view in places(scene, 5, 0.24, 0.42, crowd=0.6):
        stand(scene, view, thickness=0.05, leaf_length=0.3, leaf_width=0.15)
        colour = pick(rng, WHITE) if rng.random() < 0.8 else np.minimum(pick(rng, PINK) + 0.2, 1)
        count = int(rng.integers(17, 30))
        for turn, length in ((0.5, 1.0), (0.0, 0.94)):
            petal = Petal(0.09, belly=0.7, blunt=0.28)
            paint_ring(scene, view, Ring(count, length, turn, ragged=0.07), petal, PetalPaint(colour))
        disc(scene, view, rng.uniform(0.24, 0.36), pick(rng, YELLOW), pick(rng, ORANGE), grain=0.2)


def coltsfoot(scene: Scene) -> None:
    rng, size = scene.rng, len(scene.image)
    for view in places(scene, 5, 0.2, 0.36, crowd=0.7):
        colour, stalk = pick(rng, YELLOW), np.array((0.50, 0.36, 0.25), np.float32) * rng.uniform(0.8, 1.2)
        foot, thick = view.x + rng.normal(0, 0.15) * size, max(0.13 * view.radius, 1.2)
        stem(scene, view.y, view.x, foot, thick, stalk)
        for t in np.arange(0.25, 1, 0.14):  # the scaly stalk
            y, x = view.y + (size - view.y) * t, view.x + (foot - view.x) * t**2
            scale = Axis(y, x, thick * 4, -np.pi / 2 + 0.4 * rng.choice((-1, 1)))
            leaf(scene, scale, 0.3, stalk * (1, 0.8, 0.9))
        shadow(scene, view)
        petal = Petal(0.035, belly=0.75, blunt=0.2)
        for turn, length in ((0.3, 1.0), (0.6, 0.9), (0.0, 0.78)):
            paint_ring(scene, view, Ring(46, length, turn), petal, PetalPaint(colour, relief=0.1))
        disc(scene, view, rng.uniform(0.26, 0.36), colour * (0.95, 0.85, 0.8), colour * 0.75, grain=0.4, florets=6)


def dandelion(scene: Scene) -> None:
    rng = scene.rng
    for view in places(scene, 4, 0.24, 0.42):
        stand(scene, view, thickness=0.06, leaf_length=0.4, leaf_width=0.12)
        colour = pick(rng, YELLOW)
        for length in (1.0, 0.9, 0.78, 0.64, 0.5, 0.34, 0.2):
            ring = Ring(int(16 + 22 * length), length, turn=rng.random(), ragged=0.1)
            paint = PetalPaint(colour * (0.8 + 0.2 * length), colour * 0.8, relief=0.15)
            paint_ring(scene, view, ring, Petal(0.07, belly=0.8, blunt=0.15), paint)


def cowslip(scene: Scene) -> None:
    rng, size = scene.rng, len(scene.image)
    for _ in range(rng.integers(1, 3)):
        green, colour, deep = pick(rng, GREEN, 0.03) * 1.1, pick(rng, YELLOW), pick(rng, ORANGE)
        y0, x0 = rng.uniform(0.15, 0.4) * size, rng.uniform(0.25, 0.75) * size
        stem(scene, y0, x0, x0 + rng.normal(0, 0.12) * size, 0.014 * size + 0.6, green)
        if rng.random() < 0.6:
            leaf(scene, Axis(size, x0, size * 0.5, rng.normal(-1.57, 0.7)), 0.22, green * 0.8)
        length = rng.uniform(0.2, 0.3) * size
        lean = rng.normal(0, 0.5)
        calyx = Cup((0.02, 0.03, 0.1, 0.12, 0.09), scallop=0.12)
        for spread in rng.permutation(np.linspace(-1.4, 1.4, rng.integers(5, 10))):
            angle = np.pi / 2 + lean + spread + rng.normal(0, 0.15)
            grown = length * rng.uniform(0.65, 1.2)
            paint_bell(scene, Axis(y0, x0, grown, angle), calyx, CupPaint(green * 1.15))
            y, x = y0 + np.sin(angle) * grown * 0.95, x0 + np.cos(angle) * grown * 0.95
            face = View(y, x, grown * 0.36, rng.uniform(-3, 3), rng.uniform(0.4, 0.85), angle)
            petal = Petal(0.42, belly=0.66, blunt=0.4, notch=0.25)
            paint_ring(scene, face, Ring(5), petal, PetalPaint(colour, colour * 0.9))
            paint_ring(scene, face, Ring(5, length=0.42, ragged=0.03), Petal(0.3), PetalPaint(deep))


def buttercup(scene: Scene) -> None:
    rng = scene.rng
    for view in places(scene, 4, 0.22, 0.4, crowd=0.65):
        stand(scene, view, thickness=0.05, leaf_length=0.3, leaf_width=0.08)
        colour = pick(rng, YELLOW)
        paint = PetalPaint(np.minimum(colour * 1.08, 1), colour * 0.85, relief=0.45)
        paint_ring(scene, view, Ring(5), Petal(0.56, belly=0.66, blunt=0.3), paint)
        stamens(scene, view, 18, 0.24, colour * 0.8, colour * 0.85, 0.05)
        disc(scene, view, 0.13, pick(rng, GREEN) * 1.3, grain=0.3, florets=4)


def windflower(scene: Scene) -> None:
    rng = scene.rng
    for view in places(scene, 4, 0.24, 0.42, crowd=0.6):
        stand(scene, view, thickness=0.04, leaf_length=0.25, leaf_width=0.2, leaves=3)
        roll = rng.random()
        colour = pick(rng, WHITE if roll < 0.7 else PURPLE if roll < 0.85 else PINK)
        ring, petal = Ring(int(rng.integers(6, 9))), Petal(0.3, belly=0.58, blunt=0.45)
        paint_ring(scene, view, ring, petal, PetalPaint(colour, colour * 0.92, veins=0.08))
        stamens(scene, view, 22, 0.27, pick(rng, YELLOW), np.minimum(colour * 1.05, 1) * 0.9, 0.035)
        disc(scene, view, 0.12, pick(rng, GREEN) * 1.3, grain=0.3, florets=4)


def pansy(scene: Scene) -> None:
    rng = scene.rng
    palettes = (PURPLE, YELLOW, WHITE, RED)
    first, second = rng.integers(4), rng.integers(4)
    for view in places(scene, 3, 0.26, 0.42):
        stand(scene, view, thickness=0.05, leaf_length=0.3, leaf_width=0.25)
        upper, lower = pick(rng, palettes[first]), pick(rng, palettes[first if rng.random() < 0.5 else second])
        dark = np.array((0.16, 0.05, 0.2), np.float32)
        up = View(view.y, view.x, view.radius, rng.normal(-np.pi / 2, 0.3), max(view.squash, 0.7), view.axis)
        down = View(up.y, up.x, up.radius, up.rotation + np.pi, up.squash, up.axis)
        plain, stained = PetalPaint(upper, upper * 0.85), PetalPaint(lower, lower * 0.9, blotch=dark)
        # Petals 0 and 1 of each ring lie one step of it apart: two above, two at the sides, one wide below.
        above, sides = Ring(4, turn=0.5, lengths=(1, 0.1, 0.1, 1)), Ring(4, lengths=(0.1, 0.85, 0.1, 0.85))
        paint_ring(scene, up, above, Petal(0.62, belly=0.64, blunt=0.3), plain)
        paint_ring(scene, up, sides, Petal(0.6, belly=0.64, blunt=0.3), stained)
        below = Petal(0.66, belly=0.66, blunt=0.28, notch=0.1)
        paint_ring(scene, down, Ring(2, lengths=(0.9, 0.1)), below, stained)
        disc(scene, view, 0.1, pick(rng, YELLOW), grain=0.1)


DICOTS = (sunflower, daisy, coltsfoot, dandelion, cowslip, buttercup, windflower, pansy)
