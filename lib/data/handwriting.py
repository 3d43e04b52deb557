"""Synthetic handwriting: writers, their letters, and images of them.

From the skeletons of `lib.data.skeletons` to pixels in four steps, each vectorised over samples:

1. `draw_writers`: what a writer keeps from letter to letter, drawn once per writer (slant, proportions, pen, which
   letterforms, how each of them is bent). `BETWEEN_WRITERS` says how far writers differ.
2. `draw_strokes`: letters as points along their strokes, in heights of a capital: the writer's letterform, perturbed
   anew in every sample, since nobody writes a letter the same way twice. `BETWEEN_SAMPLES` says how far those differ.
3. `lib.data.strokes` puts them into the pixels of an image and inks them.
4. `draw_images` and `draw_splits` make datasets of that; `NIST36`, `MNIST` and `EMNIST` define how those look.

Images are upright, ink dark (0) on white paper (1). Points are (x, y), y down. Everything is a function of `rng`.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from lib.data.datasets import EMNIST_CLASSES, MNIST_CLASSES, NIST36_CLASSES, Split
from lib.data.skeletons import CHARACTERS, letterforms, path_matrices
from lib.data.strokes import Strokes, place, rasterise


class Spread(NamedTuple):
    """How far writing varies: standard deviations, of each quantity on its own."""

    bend: float  # of a control point, heights of a capital; smooth along a stroke
    stroke: float  # of where a stroke is set down, heights of a capital
    warp: float  # of the coefficients by which the plane is bent, heights of a capital at one height from its middle
    slant: float  # dx/dy
    turn: float  # radians
    aspect: float  # of the logarithm of width by height
    pen: float  # of the logarithm of the pen's width
    overshoot: float  # of a stroke's ends, heights of a capital
    roundness: float  # of the share of a corner that is rounded (the writers' own is drawn from a beta distribution)


BETWEEN_WRITERS = Spread(
    bend=0.028, stroke=0.0, warp=0.08, slant=0.18, turn=0.05, aspect=0.11, pen=0.32, overshoot=0.02, roundness=0.0
)
BETWEEN_SAMPLES = Spread(
    bend=0.016, stroke=0.018, warp=0.10, slant=0.05, turn=0.05, aspect=0.06, pen=0.12, overshoot=0.02, roundness=0.05
)
ALIKE = 1.0  # control points along a stroke over which a bend is alike
KEEPS_CORNERS = "5BDVZ"  # rounded, they would be an S, an 8, an O, a U and a 2
ROUNDED_THERE = 0.3  # share of a writer's roundness that those get


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


class Look(NamedTuple):
    """What a dataset looks like, apart from who wrote it."""

    classes: tuple[str, ...]  # the characters of each class: "A", or "Cc" when both cases are one class
    size: int  # pixels, height and width
    extent: tuple[float, float]  # smallest and largest size of a letter's longer side, in pixels
    centre: str  # "box" or "mass": what lies in the middle
    pen: float = 1.0  # width of the pen relative to the writer's
    variety: float = 1.0  # how far its writers are from copybook writing
    digits: float = 1.0  # size of digits relative to that of letters: people write them a little smaller


# How far writers are from copybook writing is where networks trained on them read real writers best.
NIST36 = Look(tuple(NIST36_CLASSES), size=32, extent=(20, 31), centre="box", pen=1.15, variety=1.25, digits=0.93)
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
    spread = BETWEEN_WRITERS
    controls = sum(len(form.controls) for form in letterforms())
    return Writers(
        form=np.stack([_choose_forms(rng, character, count) for character in CHARACTERS], axis=1),
        shape=_normal(rng, (count, controls, 2), spread.bend * variety),
        slant=_normal(rng, count, spread.slant * variety) + np.float32(0.12),
        aspect=np.exp(_normal(rng, count, spread.aspect * variety)),
        turn=_normal(rng, count, spread.turn * variety),
        roundness=rng.beta(1.2, 3.0, count).astype(np.float32),
        pen=np.exp(_normal(rng, count, spread.pen)) * np.float32(0.06),
        pressure=np.abs(_normal(rng, count, 0.10)),
        tremor=np.abs(_normal(rng, count, 0.006)),
        overshoot=_normal(rng, count, spread.overshoot),
        loose=np.exp(_normal(rng, count, 0.3)) * np.float32(variety),
        warp=_normal(rng, (count, 6, 2), spread.warp * variety),
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
    pen = (writers.pen * np.exp(_normal(rng, len(who), BETWEEN_SAMPLES.pen)))[:, None] * np.clip(pressure, 0.6, 1.6)
    return Strokes(path + wave, pen.astype(np.float32), stroke)


def draw_letterforms(size: int, points: int = 160) -> NDArray[np.float32]:
    """Every letterform as its skeleton says, by nobody, (forms, size, size): ink dark, all on the same scale.

    Examples
    --------
    >>> len(draw_letterforms(16)) == len(letterforms())
    True
    """
    paths, strokes = [], []
    for number, form in enumerate(letterforms()):
        sharp, _, stroke = path_matrices(number, points)
        middle = (form.controls.min(axis=0) + form.controls.max(axis=0)) / 2
        # From the top of an ascender to the bottom of a descender is 1.4 capitals.
        paths.append((sharp @ form.controls - [middle[0], 0.7]) * size / 1.8 + (size - 1) / 2)
        strokes.append(stroke)
    pen = np.full((len(paths), points), max(0.03 * size, 0.6), np.float32)
    return rasterise(Strokes(np.array(paths, np.float32), pen, np.array(strokes)), size, size)


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
    # What is small, such as an o, is bent as much for its size.
    size = np.float32(min(np.ptp(form.controls, axis=0).max(), 1))
    bend = _smoothing(number) @ (shape + loose * _normal(rng, (n, K, 2), BETWEEN_SAMPLES.bend))
    set_down = loose * _normal(rng, (n, form.stroke[-1] + 1, 2), BETWEEN_SAMPLES.stroke)
    controls = form.controls.astype(np.float32) - np.float32([form.controls[:, 0].mean(), 0])
    controls = controls + size * (bend + set_down[:, form.stroke])
    for s in range(form.stroke[-1] + 1):
        members = np.flatnonzero(form.stroke == s)
        for end, neighbour in ((members[0], members[1]), (members[-1], members[-2])):
            outwards = controls[:, end] - controls[:, neighbour]
            outwards /= np.maximum(np.linalg.norm(outwards, axis=1, keepdims=True), 0.05)
            overshoot = writers.overshoot[:, None] + _normal(rng, (n, 1), BETWEEN_SAMPLES.overshoot)
            controls[:, end] += outwards * overshoot
    roundness = np.clip(writers.roundness + _normal(rng, n, BETWEEN_SAMPLES.roundness), 0, 1)[:, None, None]
    if form.character in KEEPS_CORNERS:
        roundness = roundness * np.float32(ROUNDED_THERE)
    return sharp @ controls + roundness * ((rounded - sharp) @ controls), stroke


@cache
def _smoothing(number):
    """(K, K) map of independent noise of a letterform's control points to noise alike along a stroke, as large."""
    stroke = letterforms()[number].stroke
    at = np.arange(len(stroke))
    weights = np.exp(-((at[:, None] - at) ** 2) / (2 * ALIKE**2)) * (stroke[:, None] == stroke)
    return (weights / np.linalg.norm(weights, axis=1, keepdims=True)).astype(np.float32)


def _bend(rng, path, writers):
    """Paths (n, P, 2) after the writer's and the sample's own smooth deformation, proportions, slant and turn."""
    n, spread = len(path), BETWEEN_SAMPLES
    middle = np.float32([0, 0.6])
    u, v = np.moveaxis(path - middle, -1, 0)
    terms = np.stack([u * v, u * u, v * v, u * u * v, u * v * v, v * v * v], axis=-1)
    path = path + terms @ (writers.warp + writers.loose[:, None, None] * _normal(rng, (n, 6, 2), spread.warp))
    aspect = writers.aspect * np.exp(writers.loose * _normal(rng, n, spread.aspect))
    slant = writers.slant + writers.loose * _normal(rng, n, spread.slant)
    turn = writers.turn + writers.loose * _normal(rng, n, spread.turn)
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
    extent = np.minimum(extent * np.where([c.isdigit() for c in characters], look.digits, 1), look.size - 2)
    on_paper = strokes.pen
    strokes = place(strokes, look.size, extent, look.centre, shift=rng.normal(0, 0.4, (n, 2)))
    # An o that fills the image is enlarged twice as much as an O, and would have a line twice as thick; real ones are
    # thicker, but by about the root of that. It changes the ink's box, so the letter is placed again.
    letter = extent * on_paper.mean(axis=1) / strokes.pen.mean(axis=1)  # its size, heights of a capital
    pen = look.pen * strokes.pen * np.sqrt(letter)[:, None]
    strokes = strokes._replace(pen=np.clip(pen, 0.55, look.size / 11).astype(np.float32))
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
