"""Synthetic handwriting: writers, their letters, and images of them.

From the skeletons of `lib.data.skeletons` to pixels in four steps, each vectorised over samples:

1. `draw_writers`: what a writer keeps from letter to letter, drawn once per writer (slant, proportions, pen, which
   letterforms, how each of them is bent).
2. `draw_strokes`: letters as points along their strokes, in heights of a capital: the writer's letterform, perturbed
   anew in every sample, since nobody writes a letter the same way twice.
3. `place` puts them into the pixels of an image, `rasterise` inks them.
4. `draw_images` and `draw_splits` make datasets of that; `NIST36`, `MNIST` and `EMNIST` define how those look.

Images are upright, ink dark (0) on white paper (1). Points are (x, y), y down. Everything is a function of `rng`.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from lib.data.datasets import EMNIST_CLASSES, MNIST_CLASSES, NIST36_CLASSES, Split
from lib.data.skeletons import CHARACTERS, letterforms, path_matrices


class Writers(NamedTuple):
    """Styles of n writers; lengths are in heights of a capital."""

    form: np.ndarray  # (n, 62) int, the letterform that the writer prefers for each character
    shape: np.ndarray  # (n, K, 2) float32, how the writer bends every control point of the table
    slant: np.ndarray  # (n,) dx/dy, positive leans to the right
    aspect: np.ndarray  # (n,) width relative to the skeleton's
    turn: np.ndarray  # (n,) radians, anticlockwise
    roundness: np.ndarray  # (n,) 0 keeps corners, 1 replaces them by curves
    pen: np.ndarray  # (n,) half the width of the pen
    pressure: np.ndarray  # (n,) relative variation of the width along a stroke
    tremor: np.ndarray  # (n,) deviation of the pen from its path
    overshoot: np.ndarray  # (n,) how far strokes go on beyond their ends, negative leaves gaps
    loose: np.ndarray  # (n,) how much one sample differs from the next, 1 is average
    warp: np.ndarray  # (n, 6, 2) bending of the plane that all letters share

    @property
    def number(self) -> int:
        """How many writers these are."""
        return len(self.slant)

    def pick(self, index: slice | np.ndarray) -> "Writers":
        """The writers at `index` (a slice or an array)."""
        return Writers(*(values[index] for values in self))


class Strokes(NamedTuple):
    """n letters of P points each."""

    points: np.ndarray  # (n, P, 2) float32, (x, y)
    pen: np.ndarray  # (n, P) float32, half width of the line; 0 is off the paper
    stroke: np.ndarray  # (n, P) int, which stroke a point belongs to


class Look(NamedTuple):
    """What a dataset looks like, apart from who wrote it."""

    classes: tuple[str, ...]  # the characters of each class: "A", or "Cc" when both cases are one class
    size: int  # pixels, height and width
    extent: tuple[float, float]  # smallest and largest size of a letter's longer side, in pixels
    centre: str  # "box" or "mass": what lies in the middle
    pen: float = 1.0  # width of the pen relative to the writer's
    variety: float = 1.0  # how far its writers are from copybook writing


# A variety of 1 makes NIST36 about as hard as the real one; with more, networks read the real MNIST and EMNIST better.
NIST36 = Look(tuple(NIST36_CLASSES), size=32, extent=(15, 29), centre="box")
MNIST = Look(tuple(MNIST_CLASSES), size=28, extent=(20, 20), centre="mass", pen=1.2, variety=1.8)
# The 15 letters whose cases look alike are one class.
BALANCED = tuple(c + c.lower() if c in "CIJKLMOPSUVWXYZ" else c for c in EMNIST_CLASSES)
EMNIST = Look(BALANCED, size=28, extent=(22, 26), centre="box", variety=1.3)


def draw_writers(rng: np.random.Generator, count: int, variety: float = 1.0) -> Writers:
    """Draw the styles of `count` writers.

    Parameters
    ----------
    rng : np.random.Generator
    count : int
    variety : float
        Scales how much writers differ from the skeletons, from each other and from letter to letter.

    Returns
    -------
    Writers

    Examples
    --------
    >>> writers = draw_writers(np.random.default_rng(0), 3)
    >>> writers.number, writers.pick(slice(2)).number
    (3, 2)
    """
    controls = sum(len(form.controls) for form in letterforms())
    return Writers(
        form=np.stack([_choose_forms(rng, character, count) for character in CHARACTERS], axis=1),
        shape=_normal(rng, (count, controls, 2), 0.028 * variety),
        slant=_normal(rng, count, 0.18 * variety) + np.float32(0.12),
        aspect=np.exp(_normal(rng, count, 0.17 * variety)),
        turn=_normal(rng, count, 0.05 * variety),
        roundness=rng.beta(1.2, 3.0, count).astype(np.float32),
        pen=np.exp(_normal(rng, count, 0.32)) * np.float32(0.06),
        pressure=np.abs(_normal(rng, count, 0.10)),
        tremor=np.abs(_normal(rng, count, 0.006)),
        overshoot=_normal(rng, count, 0.02),
        loose=np.exp(_normal(rng, count, 0.3)) * np.float32(variety),
        warp=_normal(rng, (count, 6, 2), 0.08 * variety),
    )


def draw_strokes(
    rng: np.random.Generator, writers: Writers, who: ArrayLike, characters: Sequence[str], points: int = 96
) -> Strokes:
    """Letters as strokes: what each writer writes.

    Parameters
    ----------
    rng : np.random.Generator
    writers : Writers
    who : (n,) int ndarray
        Position of each sample's writer in `writers`.
    characters : sequence of n str
        What they write, each one of 0-9 A-Z a-z.
    points : int
        Points P along each letter.

    Returns
    -------
    Strokes
        In heights of a capital, baseline at y = 1, the letter's middle near x = 0.

    Raises
    ------
    ValueError
        If a character has no letterform.
    """
    unknown = sorted(set(characters) - set(CHARACTERS))
    if unknown:
        raise ValueError(f"no letterform for {unknown}; only 0-9, A-Z and a-z can be drawn")
    who = np.asarray(who)
    character = np.array([CHARACTERS.index(c) for c in characters], dtype=int)
    form = writers.form[who, character]
    # Now and then a writer uses another letterform than usual.
    for number in np.flatnonzero(rng.random(len(who)) < 0.12):
        form[number] = _choose_forms(rng, characters[int(number)], 1)[0]
    path = np.empty((len(who), points, 2), np.float32)
    stroke = np.empty((len(who), points), int)
    first = np.concatenate([[0], np.cumsum([len(f.controls) for f in letterforms()])])
    for number in np.unique(form):
        members = np.flatnonzero(form == number)
        shape = writers.shape[who[members], first[number] : first[number + 1]]
        path[members], stroke[members] = _write(rng, number, shape, writers.pick(who[members]), points)
    writers = writers.pick(who)
    path = _bend(rng, path, writers)
    wave = _waves(rng, len(who), points, 14, channels=2) * writers.tremor[:, None, None]
    pressure = 1 + writers.pressure[:, None] * _waves(rng, len(who), points, 5)[..., 0]
    pen = (writers.pen * np.exp(_normal(rng, len(who), 0.12)))[:, None] * np.clip(pressure, 0.6, 1.6)
    return Strokes(path + wave, pen.astype(np.float32), stroke)


def _choose_forms(rng, character, count):
    """Letterforms of a character for `count` writers, by how common they are."""
    numbers = [number for number, form in enumerate(letterforms()) if form.character == character]
    weights = np.array([letterforms()[number].weight for number in numbers])
    return rng.choice(numbers, size=count, p=weights / weights.sum())


def _write(rng, number, shape, writers, points):
    """Paths (n, P, 2) of one letterform by n writers, and the stroke (P,) of each point."""
    form = letterforms()[number]
    sharp, rounded, stroke = path_matrices(number, points)
    n, K = writers.number, len(form.controls)
    loose = writers.loose[:, None, None]
    controls = form.controls.astype(np.float32) - np.float32([form.controls[:, 0].mean(), 0]) + shape
    controls = controls + loose * _normal(rng, (n, K, 2), 0.016)
    # Each stroke is set down a little off its place.
    controls += (loose * _normal(rng, (n, form.stroke[-1] + 1, 2), 0.018))[:, form.stroke]
    for s in range(form.stroke[-1] + 1):
        members = np.flatnonzero(form.stroke == s)
        for end, neighbour in ((members[0], members[1]), (members[-1], members[-2])):
            outwards = controls[:, end] - controls[:, neighbour]
            outwards /= np.maximum(np.linalg.norm(outwards, axis=1, keepdims=True), 0.05)
            controls[:, end] += outwards * (writers.overshoot[:, None] + _normal(rng, (n, 1), 0.02))
    roundness = np.clip(writers.roundness + _normal(rng, n, 0.05), 0, 1)[:, None, None]
    return sharp @ controls + roundness * ((rounded - sharp) @ controls), stroke


def _bend(rng, path, writers):
    """Paths (n, P, 2) after the writer's and the sample's own smooth deformation, proportions, slant and turn."""
    n = len(path)
    middle = np.float32([0, 0.6])
    u, v = np.moveaxis(path - middle, -1, 0)
    terms = np.stack([u * v, u * u, v * v, u * u * v, u * v * v, v * v * v], axis=-1)
    path = path + terms @ (writers.warp + writers.loose[:, None, None] * _normal(rng, (n, 6, 2), 0.10))
    aspect = writers.aspect * np.exp(writers.loose * _normal(rng, n, 0.08))
    slant = writers.slant + writers.loose * _normal(rng, n, 0.05)
    turn = writers.turn + writers.loose * _normal(rng, n, 0.05)
    cos, sin = np.cos(turn), np.sin(turn)
    # Rows: the images of x and of y under widening, then leaning, then turning.
    matrix = np.stack([aspect * cos, -aspect * sin, sin - slant * cos, cos + slant * sin], axis=1).reshape(n, 2, 2)
    return (path - middle) @ matrix.astype(np.float32) + middle


def _waves(rng, n, points, pieces, channels=1):
    """Smooth noise (n, points, channels) of unit size that goes up or down `pieces` times along the way."""
    at = np.linspace(0, pieces, points, endpoint=False)
    before = at.astype(int)
    blend = (1 - np.cos(np.pi * (at - before))) / 2
    weights = np.zeros((points, pieces + 1), np.float32)
    weights[np.arange(points), before] = 1 - blend
    weights[np.arange(points), before + 1] = blend
    return weights @ _normal(rng, (n, pieces + 1, channels), 1)


def _normal(rng, shape, scale):
    """float32 normal noise."""
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(scale)


def place(
    strokes: Strokes, size: int, extent: ArrayLike, centre: str = "box", shift: ArrayLike | None = None
) -> Strokes:
    """Scale letters and put them into the middle of an image.

    Parameters
    ----------
    strokes : Strokes
        In any unit.
    size : int
        Height and width of the image, pixels.
    extent : float or (n,) ndarray
        Longer side of the ink's bounding box, pixels.
    centre : {"box", "mass"}
        Whether the bounding box or the centre of the line's mass (as MNIST does) comes to lie in the middle.
    shift : (n, 2) ndarray, optional
        Further displacement (x, y), pixels. The ink stays one pixel away from the border all the same.

    Returns
    -------
    Strokes
        In pixels: pixel (row, column) has its centre at (x, y) = (column, row).
    """
    drawn = (strokes.pen > 0)[..., None]
    pen = strokes.pen[..., None]
    low = np.where(drawn, strokes.points - pen, np.inf).min(axis=1)
    high = np.where(drawn, strokes.points + pen, -np.inf).max(axis=1)
    scale = (np.asarray(extent) / (high - low).max(axis=1)).astype(np.float32)
    middle = (low + high) / 2
    if centre == "mass":
        mass = (_line_elements(strokes) * strokes.pen)[..., None]
        middle = (mass * strokes.points).sum(axis=1) / mass.sum(axis=1)
    target = np.full((len(scale), 2), (size - 1) / 2, np.float32)
    if shift is not None:
        target = target + np.asarray(shift, np.float32)
    target = np.maximum(target, 1 + (middle - low) * scale[:, None])
    target = np.minimum(target, size - 2 - (high - middle) * scale[:, None])
    points = (strokes.points - middle[:, None]) * scale[:, None, None] + target[:, None]
    return Strokes(points.astype(np.float32), strokes.pen * scale[:, None], strokes.stroke)


def rasterise(strokes: Strokes, height: int, width: int, dtype: DTypeLike = np.float32) -> NDArray:
    """Ink on paper, anti-aliased.

    The distance of a pixel to the line is the soft minimum -2 s² ln Σ exp(-d² / 2 s²) of its squared distances d² to
    points along the line. The Gaussian of a distance is a product of one in x and one in y, so the sum over points is
    one small matrix product per image, whatever the number of strokes. Where strokes cross, the soft minimum fills the
    corners a little, as ink does.

    Parameters
    ----------
    strokes : Strokes
        In pixels, points at most one and a half pixels or half a pen apart.
    height, width : int
        Size of the images, pixels.
    dtype : np.float32 or np.uint8
        0..1, or 0..255 rounded.

    Returns
    -------
    (n, height, width) ndarray
        0 is ink, 1 (or 255) paper.
    """
    n = len(strokes.points)
    images = np.empty((n, height, width), dtype)
    rows, columns = np.arange(height, dtype=np.float32), np.arange(width, dtype=np.float32)
    elements = _line_elements(strokes)
    for start in range(0, n, 256):  # stays within the processor's cache
        part = slice(start, start + 256)
        points, pen = strokes.points[part], strokes.pen[part]
        mean_pen = pen.sum(axis=1) / np.maximum((pen > 0).sum(axis=1), 1)
        s = np.maximum(0.3 * mean_pen, 0.55)[:, None]
        # Points count by the length of line they stand for; a thicker pen moves the level set outwards.
        mass = np.where(pen > 0, elements[part] / (s * np.sqrt(2 * np.pi)) * np.exp(pen**2 / (2 * s**2)), 0)
        in_y = np.exp(-(((rows - points[:, :, 1, None]) / s[..., None]) ** 2) / 2) * mass[..., None]
        in_x = np.exp(-(((columns - points[:, :, 0, None]) / s[..., None]) ** 2) / 2)
        total = in_y.transpose(0, 2, 1) @ in_x
        inside = s[..., None] ** 2 * 2 * np.log(np.maximum(total, 1e-30))
        ink = np.clip(0.5 + inside / (2 * np.maximum(mean_pen, 0.3))[:, None, None], 0, 1)
        images[part] = np.rint(255 * (1 - ink)) if dtype == np.uint8 else 1 - ink
    return images


def _line_elements(strokes):
    """Length (n, P) of the piece of line around each point."""
    steps = np.linalg.norm(np.diff(strokes.points, axis=1), axis=2)
    steps = np.where(strokes.stroke[:, 1:] == strokes.stroke[:, :-1], steps, 0)
    return (np.pad(steps, ((0, 0), (1, 0))) + np.pad(steps, ((0, 0), (0, 1)))) / 2


def draw_images(
    rng: np.random.Generator, look: Look, count: int, writers: Writers, dtype: DTypeLike = np.float32
) -> Split:
    """Draw images of single letters.

    Parameters
    ----------
    rng : np.random.Generator
    look : Look
        `NIST36`, `MNIST`, `EMNIST` or another.
    count : int
        Images per class.
    writers : Writers
        Who writes; they take turns.
    dtype : np.float32 or np.uint8
        0..1 or 0..255.

    Returns
    -------
    images : (classes * count, size, size) ndarray
        Upright, ink dark on white, no ink clipped at the border.
    labels : (classes * count,) int64 ndarray
        Position of the class in ``look.classes``; the classes are mixed.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> images, labels = draw_images(rng, MNIST, 2, draw_writers(rng, 5), np.uint8)
    >>> images.shape, images.dtype, np.bincount(labels).tolist()
    ((20, 28, 28), dtype('uint8'), [2, 2, 2, 2, 2, 2, 2, 2, 2, 2])
    """
    labels = rng.permutation(np.repeat(np.arange(len(look.classes)), count))
    n = len(labels)
    which = rng.random(n)
    characters = [
        look.classes[label][int(w * len(look.classes[label]))] for label, w in zip(labels, which, strict=True)
    ]
    who = rng.permutation(np.arange(n) % writers.number)
    strokes = draw_strokes(rng, writers, who, characters)
    smallest, largest = look.extent
    own_size = np.random.default_rng(rng.integers(2**32)).random(writers.number)[who]
    extent = smallest + (largest - smallest) * np.clip(0.6 * own_size + 0.4 * rng.random(n), 0, 1)
    strokes = place(strokes, look.size, extent, look.centre, shift=rng.normal(0, 0.4, (n, 2)))
    # In pixels now, the pen gets the dataset's width; that changes the ink's bounding box, so it is placed again.
    pen = np.clip(look.pen * strokes.pen, 0.55, look.size / 11).astype(np.float32)
    strokes = strokes._replace(pen=pen)
    strokes = place(strokes, look.size, extent, look.centre)
    return rasterise(strokes, look.size, look.size, dtype), labels.astype(np.int64)


def draw_splits(
    rng: np.random.Generator, look: Look, counts: Mapping[str, int], dtype: DTypeLike = np.float32
) -> dict[str, Split]:
    """Draw the splits of a dataset, each by writers of its own, who write every class about once.

    Parameters
    ----------
    rng : np.random.Generator
    look : Look
    counts : mapping of str to int
        Images per class, and writers, of each split.
    dtype : np.float32 or np.uint8

    Returns
    -------
    dict of str to (images, labels)
        As `draw_images` returns them.
    """
    everyone = draw_writers(rng, sum(counts.values()), look.variety)
    splits, first = {}, 0
    for split, count in counts.items():
        splits[split] = draw_images(rng, look, count, everyone.pick(slice(first, first + count)), dtype)
        first += count
    return splits
