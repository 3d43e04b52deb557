"""Where blossoms stand in a picture, and the stems and leaves below them."""

import numpy as np

from lib.data.flowers.painting import Axis, Scene, View, leaf, shadow, stem
from lib.data.flowers.palettes import GREEN, pick


def places(scene: Scene, most: int, small: float, large: float, crowd: float = 0.55) -> list[View]:
    """Views for one to ``most`` blossoms, small ones first; radii from ``small`` to ``large`` parts of the picture.

    ``crowd`` is the probability of more than one, or nearly: one may still come out of it.
    """
    rng, size = scene.rng, len(scene.image)
    count = 1 if rng.random() > crowd else int(rng.integers(1, most + 1))
    views: list[View] = []
    for _ in range(count):
        radius = rng.uniform(small, large) * size * (1 if count == 1 else rng.uniform(0.55, 0.85))
        for _try in range(8):  # a free place, or the last one tried
            y, x = rng.uniform(0.28, 0.68, 2) * size if count == 1 else rng.uniform(0.15, 0.8, 2) * size
            if all(np.hypot(y - v.y, x - v.x) > 0.8 * (radius + v.radius) for v in views):
                break
        views.append(View(y, x, radius, rng.uniform(-np.pi, np.pi), rng.uniform(0.55, 1), rng.uniform(0, np.pi)))
    return sorted(views, key=lambda view: view.radius)


def stand(
    scene: Scene,
    view: View,
    thickness: float = 0.06,
    leaf_length: float = 0.5,
    leaf_width: float = 0.12,
    leaves: int = 2,
) -> None:
    """Stem and up to ``leaves`` leaves below a blossom, and its shadow on them.

    The stem's thickness is in radii of the blossom, a leaf's length in parts of the picture, its width in lengths.
    """
    rng, size = scene.rng, len(scene.image)
    green = pick(rng, GREEN, 0.04)
    foot = view.x + rng.normal(0, 0.25) * size
    stem(scene, view.y, view.x, foot, max(thickness * view.radius, 0.8), green)
    for _ in range(rng.integers(leaves + 1)):
        t = rng.uniform(0.4, 1)
        y, x = view.y + (size - view.y) * t, view.x + (foot - view.x) * t**2
        angle = -np.pi / 2 + rng.choice((-1, 1)) * rng.uniform(0.2, 1.2)
        grown = Axis(y, x, leaf_length * size * rng.uniform(0.6, 1.2), angle)
        leaf(scene, grown, leaf_width, green * rng.uniform(0.8, 1.2))
    shadow(scene, view)
