"""What a dataset looks like: a few images of every class on one sheet."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lib.data.datasets import class_names, split
from lib.data.handwriting import draw_letterforms
from lib.data.image_folder import PARTS, read_samples
from lib.data.pretext import draw_pretext
from lib.data.skeletons import CHARACTERS, letterforms
from lib.figures import flowers
from lib.figures.style import HALF, LETTERS, PAGE, TYPE, board, lay, style, wrapped


def letter_sheet(dataset: Mapping[str, NDArray], each: int, across: int) -> Figure:
    """Training images of every class (`data/nist36_samples`, `data/mnist_samples`, `data/emnist_samples`).

    Parameters
    ----------
    dataset : mapping of str to ndarray
        See `lib.data.datasets`.
    each, across : int
        As in `class_sheet`.
    """
    return class_sheet(*split(dataset, "train"), class_names(dataset), each, across)


def letterform_sheet(nist36: Mapping[str, NDArray], emnist: Mapping[str, NDArray], each: int = 6) -> Figure:
    """Every letterform of every character, and beside them training images of it (`data/letterforms`).

    Parameters
    ----------
    nist36, emnist : mapping of str to ndarray
        See `lib.data.datasets`. Small letters are EMNIST's, where they have a class of their own.
    each : int
        Training images of each character.
    """
    drawn = draw_letterforms(40)
    numbers = {c: [n for n, form in enumerate(letterforms()) if form.character == c] for c in CHARACTERS}
    columns = 1 + max(map(len, numbers.values())) + 1 + each  # a name, its letterforms, a gap, images
    half = -(-len(CHARACTERS) // 2)
    cell = (PAGE / 2 - 0.05) / columns
    height = max(cell, 1.25 * TYPE / 72)
    sets = [(class_names(dataset), *split(dataset, "train")) for dataset in (nist36, emnist)]
    with style():
        figure, axes = board(PAGE, half * height)
        for place, character in enumerate(CHARACTERS):
            left, middle = place // half * PAGE / 2, (place % half + 0.5) * height
            axes.text(left + cell / 2, middle, character, ha="center", va="center", size=TYPE, family=LETTERS)
            rows = {1: drawn[numbers[character]]}  # by column
            for names, images, labels in sets:
                if character in names and columns - each not in rows:
                    some = images[labels == names.index(character)]
                    rows[columns - each] = some[np.linspace(0, len(some) - 1, min(each, len(some))).astype(int)]
            for column, row in rows.items():
                if len(row):
                    lay(
                        axes,
                        np.concatenate(row, axis=1),
                        left + column * cell,
                        middle - cell / 2,
                        len(row) * cell,
                        cell,
                    )
    return figure


def flower_sheet(folder: Path, each: int = 2, size: int = 96, across: int = 6) -> Figure:
    """Training pictures of every species (`data/flowers_samples`).

    Parameters
    ----------
    folder : Path
        In the layout of `lib.data.image_folder`.
    each, across : int
        As in `class_sheet`.
    size : int
        Side of the pictures, pixels.
    """
    images, labels, folders = read_samples(folder / PARTS["train"], each, size)
    names = [name.split("_", 1)[-1].replace("_", " ") for name in folders]
    return class_sheet(images, labels, names, each, across)


def pretext_sheet(seed: int, pretext_size: int) -> Figure:
    """The first pictures of the pretext task (`Q7.2.1/pretext`), `pretext_size` pixels high and wide."""
    images, _ = draw_pretext(np.random.default_rng(seed), 18, pretext_size)
    return flowers.sheet(images, across=6, width=HALF)


def class_sheet(images: NDArray, labels: NDArray, classes: Sequence[str], each: int, across: int) -> Figure:
    """A few images of every class, each class in a column under its name.

    Parameters
    ----------
    images : (N, height, width) or (N, height, width, 3) float ndarray
        In [0, 1].
    labels : (N,) int ndarray
        Indices into classes.
    classes : list of str
        Names, written over the columns.
    each : int
        Images per class, evenly spaced among those there are.
    across : int
        Classes side by side; the others follow below.
    """
    cell = PAGE / across
    names = [wrapped(name, cell, TYPE) for name in classes]
    line = 1.25 * TYPE / 72
    bands = [range(start, min(start + across, len(classes))) for start in range(0, len(classes), across)]
    heads = [0.06 + line * max(names[label].count("\n") + 1 for label in band) for band in bands]
    height = each * cell * (images.shape[1] + 2) / (images.shape[2] + 2)
    gap = 0.08
    with style():
        figure, axes = board(PAGE, sum(heads) + len(bands) * (height + gap))
        top = 0
        for band, head in zip(bands, heads, strict=True):
            # One picture per band: a picture per class would spend seconds.
            mosaic = np.concatenate([_column(images[labels == label], each) for label in band], axis=1)
            lay(axes, mosaic, 0, top + head, len(band) * cell, height)
            for place, label in enumerate(band):
                family = LETTERS if len(names[label]) == 1 else None
                axes.text(
                    (place + 0.5) * cell,
                    top + head - 0.04,
                    names[label],
                    ha="center",
                    va="bottom",
                    size=TYPE,
                    family=family,
                    linespacing=1.0,
                )
            top += head + height + gap
    return figure


def _column(images, each, shade=0.8):
    """Some of a class's images below each other, framed so that neighbours on white paper stay apart."""
    chosen = images[np.linspace(0, len(images) - 1, each).astype(int)] if len(images) else _blank(images, each)
    pad = ((0, 0), (1, 1), (1, 1)) + ((0, 0),) * (chosen.ndim - 3)
    return np.concatenate(np.pad(chosen, pad, constant_values=shade))


def _blank(images, each):
    """White paper instead of images, of a class that has none."""
    return np.ones((each, *images.shape[1:]), images.dtype)
