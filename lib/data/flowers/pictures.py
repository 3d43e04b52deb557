"""Seventeen species of flowers, drawn: a stand-in for Oxford's photographs that needs no download.

The species borrow the names and the looks of flowers17 (Nilsback and Zisserman 2006): six are yellow, five purple or
blue, four white, and several come in each other's colours, so that shape has to decide where colour cannot.

A picture is a random crop of an out-of-focus background, some plants (`lib.data.flowers.monocots`, `dicots`), and what
a camera adds. Pictures are (size, size, 3) float32 in [0, 1] while they are drawn and uint8 when they are done.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lib.data.flowers.dicots import DICOTS
from lib.data.flowers.monocots import MONOCOTS
from lib.data.flowers.painting import Axis, Scene, leaf
from lib.data.flowers.palettes import GREEN, pick

# How to paint each species, in the order of the labels, which is that of lib.data.oxford.FLOWERS17
SPECIES = MONOCOTS + DICOTS


def draw_flowers(
    rng: np.random.Generator, per_class: int = 80, size: int = 128
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Draw every species ``per_class`` times.

    Parameters
    ----------
    rng : np.random.Generator
        All variety comes from here: the same generator state gives the same bytes.
    per_class : int
        Pictures of each species.
    size : int
        Side of the pictures, pixels; from 32.

    Returns
    -------
    images : (17 * per_class, size, size, 3) uint8 ndarray
        RGB, species after species.
    labels : (17 * per_class,) int64 ndarray
        Index into `SPECIES`.

    Raises
    ------
    ValueError
        If ``per_class`` is below 1 or ``size`` below 32.

    Examples
    --------
    >>> images, labels = draw_flowers(np.random.default_rng(0), per_class=1, size=32)
    >>> images.shape, images.dtype.name, labels.tolist() == list(range(17))
    ((17, 32, 32, 3), 'uint8', True)
    """
    if per_class < 1 or size < 32:
        raise ValueError(f"per_class is {per_class} and size {size}; at least 1 picture of 32 pixels can be drawn")
    backgrounds = draw_backgrounds(rng, size)
    labels = np.repeat(np.arange(len(SPECIES)), per_class)
    images = np.empty((len(labels), size, size, 3), np.uint8)
    for i, species in enumerate(labels.tolist()):
        images[i] = draw_flower(species, rng, backgrounds, size)
    return images, labels


def draw_flower(
    species: int, rng: np.random.Generator, backgrounds: NDArray[np.float32], size: int = 128
) -> NDArray[np.uint8]:
    """Draw one picture of a species over a random crop of the backgrounds.

    Parameters
    ----------
    species : int
        Index into `SPECIES`.
    rng : np.random.Generator
    backgrounds : (n, h, w, 3) float32 ndarray
        From `draw_backgrounds`, h and w at least ``size``.
    size : int
        Side of the picture, pixels.

    Returns
    -------
    (size, size, 3) uint8 ndarray
    """
    n, height, width = backgrounds.shape[:3]
    y, x = rng.integers(height - size + 1), rng.integers(width - size + 1)
    image = backgrounds[rng.integers(n), y : y + size, x : x + size][:, :: rng.choice((-1, 1))]
    scene = Scene(image * np.float32(rng.uniform(0.6, 1.2)), rng.uniform(-np.pi, 0), rng)  # light from above
    SPECIES[species](scene)
    return _photograph(scene.image, rng)


def split_indices(labels: NDArray, rng: np.random.Generator) -> dict[str, NDArray[np.int64]]:
    """Half of every class for training, a quarter each for validation and testing, as Oxford's splits of flowers17.

    Parameters
    ----------
    labels : (n,) int ndarray
    rng : np.random.Generator

    Returns
    -------
    dict of str to int64 ndarray
        ``trn2``, ``val2``, ``tst2``: sorted indices into ``labels``, disjoint, together all of them.

    Examples
    --------
    >>> parts = split_indices(np.repeat([0, 1], 8), np.random.default_rng(0))
    >>> {part: len(indices) for part, indices in parts.items()}
    {'trn2': 8, 'val2': 4, 'tst2': 4}
    """
    parts: dict[str, list] = {"trn2": [], "val2": [], "tst2": []}
    for label in np.unique(labels):
        indices = rng.permutation(np.flatnonzero(labels == label))
        half, three_quarters = len(indices) // 2, len(indices) * 3 // 4
        for part, some in zip(parts, np.split(indices, [half, three_quarters]), strict=True):
            parts[part].append(some)
    return {part: np.sort(np.concatenate(some)) for part, some in parts.items()}


# ---- backgrounds and the camera ----------------------------------------------------------------------------------


def draw_backgrounds(rng: np.random.Generator, size: int, count: int = 36) -> NDArray[np.float32]:
    """Out-of-focus leaves, grass, soil, stone, sky and shade, larger than a picture, to be cropped at random.

    Parameters
    ----------
    rng : np.random.Generator
    size : int
        Side of the pictures they are for, pixels.
    count : int

    Returns
    -------
    (count, 1.5 size, 1.5 size, 3) float32 ndarray in [0, 1]
    """
    side = size * 3 // 2
    return np.stack([_background(rng, side, kind % 6) for kind in range(count)])


def _background(rng: np.random.Generator, side: int, kind: int) -> NDArray[np.float32]:
    coarse, fine = _noise(rng, side, 6)[..., None], _noise(rng, side, 40)[..., None]
    soil, stone, sky, shade = (0.36, 0.26, 0.17), (0.55, 0.54, 0.52), (0.60, 0.74, 0.90), (0.06, 0.08, 0.06)
    ground = np.array((GREEN[rng.integers(3)], GREEN[rng.integers(3)], soil, stone, sky, shade)[kind], np.float32)
    image = ground * (0.75 + 0.6 * (coarse - 0.5) + 0.5 * (fine - 0.5) * (kind in (2, 3)))
    scene = Scene(image.astype(np.float32), -1.5, rng)
    # Leaves, blades of grass, fallen stalks; the sky stays nearly empty.
    for _ in range((26, 40, 8, 8, 3, 14)[kind]):
        length, width = ((0.35, 0.35), (0.6, 0.06), (0.3, 0.2), (0.3, 0.2), (0.4, 0.2), (0.3, 0.3))[kind]
        angle = rng.normal(-np.pi / 2, 0.35) if kind == 1 else rng.uniform(-np.pi, np.pi)
        colour = pick(rng, GREEN, 0.05) * rng.uniform(0.4, 1.2) * (0.4 if kind == 5 else 1)
        reach = side * length * rng.uniform(0.4, 1)
        y, x = rng.uniform(0, side, 2)
        leaf(scene, Axis(y, x, reach, angle), width * rng.uniform(0.6, 1.2), colour)
    blur = rng.uniform(0.4, 3.5) * side / 192
    return np.clip(ndimage.gaussian_filter(scene.image, (blur, blur, 0)), 0, 1)


def _noise(rng: np.random.Generator, side: int, cells: int) -> NDArray[np.float32]:
    """Smooth noise in [0, 1], about ``cells`` bumps across."""
    bumps = rng.random((cells, cells), dtype=np.float32)
    bumps = ndimage.zoom(bumps, side / cells, order=1, grid_mode=True, mode="grid-wrap")
    return bumps[:side, :side]


def _photograph(image: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Uneven light, white balance, exposure, contrast, focus and sensor noise; to uint8."""
    size = len(image)
    ramp = np.linspace(-0.5, 0.5, size, dtype=np.float32)
    slope_y, slope_x = rng.normal(0, 0.25, 2).astype(np.float32)
    light = rng.uniform(0.7, 1.1) * (1 + slope_y * ramp[:, None] + slope_x * ramp)
    balance = rng.uniform(0.86, 1.12, 3).astype(np.float32)
    image = np.maximum(image * light[..., None].astype(np.float32) * balance, 0)
    image = image ** np.float32(rng.uniform(0.8, 1.3))
    grey = image.mean(-1, keepdims=True)
    image = grey + (image - grey) * np.float32(rng.uniform(0.7, 1.1))
    blur = abs(rng.normal(0, 0.45)) * size / 128
    if blur > 0.3:
        image = ndimage.gaussian_filter(image, (blur, blur, 0))
    image += rng.normal(0, rng.uniform(0.005, 0.03), (size, size, 1)).astype(np.float32)
    return (np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8)
