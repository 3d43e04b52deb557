"""Figures of Q4 and Q7.1.4: boxes on a page, its letters beside training images, and how well it is read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike, NDArray
from skimage.transform import downscale_local_mean

from lib.data import datasets, scenes
from lib.data.photos import open_photo
from lib.figures.style import COLUMN, HALF, LEAST, LETTERS, PAGE, SHADES, TYPE, board, lay, style, wrapped
from lib.vision.letters import find_letters

TALLEST = 4.5  # inches that a page may be high: four of them are shown two by two
ACROSS = 1000  # pixels of a page in print
FRAME = "#bd1f01"


def boxes_over_page(photo: Path | BinaryIO, reading: Mapping[str, Any], answer: str = "letter") -> Figure:
    """The photograph with a frame around every letter, and what it was read as (`Q4.3/boxes`, `Q4.4/judged`).

    Parameters
    ----------
    photo : Path or binary file
    reading : dict
        Its record (`lib.vision.reading.record`).
    answer : str
        ``"letter"``, what each letter looks like by itself, or ``"in_context"``.
    """
    pixels = open_photo(photo)
    height, width = pixels.shape[:2]
    step = max(1, min(round(max(height, width) / ACROSS), height, width))
    whole = pixels[: height // step * step, : width // step * step]  # rows and columns that fill no block are left out
    small = np.rint(downscale_local_mean(whole, (step, step, 1)[: pixels.ndim])).astype(np.uint8)
    dark = np.median(small) < 110  # a blackboard
    paper = "black" if dark else "white"
    frame_colour, type_colour = ("#ffb000", "#8fd0ff") if dark else (FRAME, "#00429d")

    scale = min(HALF / width, TALLEST / height)  # inches per pixel
    # A little off the ink, so that the frame crosses no stroke of the letter; more would cross the neighbours'.
    off = np.array([-1, -1, 1, 1]) * 0.0015 * max(height, width) * scale
    boxes = np.array([letter["box"] for letter in reading["letters"]]).reshape(-1, 4) * scale + off
    size = _type_size(boxes)
    # Labels stand above their frames; if the page has no room for those of its first line, the figure has.
    margin = max(0.0, (size + 2) / 72 - boxes[:, 0].min()) if len(boxes) else 0.0
    with style():
        figure, axes = board(width * scale, height * scale + margin)
        lay(axes, small, 0, margin, width * scale, height * scale)
        _frames(axes, boxes + [margin, 0, margin, 0], frame_colour)
        for letter, (y1, x1, _, x2) in zip(reading["letters"], boxes, strict=True):
            middle, above = (x1 + x2) / 2, margin + y1 - 1.5 / 72
            look: dict[str, Any] = {"size": size, "weight": "bold", "family": LETTERS, "color": type_colour}
            look["path_effects"] = [withStroke(linewidth=1.5, foreground=paper, alpha=0.8)]  # over the line above
            axes.text(middle, above, letter[answer], ha="center", va="baseline", **look)
    return figure


def letters_beside_training(
    letters: Mapping[str, NDArray],
    reading: Mapping[str, Any],
    nist36: Mapping[str, NDArray],
    letters_in_row: int,
    examples: int,
) -> Figure:
    """Letters of a page, each above training images of the class that it was read as (`Q4.4/crops`).

    Parameters
    ----------
    letters : mapping
        ``crops32``: (n, 32, 32) float ndarray, the letters as the network sees them, ink 0 on paper 1.
    reading : dict
        The record of the page (`lib.vision.reading.record`).
    nist36 : mapping
        The data set (`lib.data.datasets`).
    letters_in_row, examples : int
        Letters side by side, and training images below each.
    """
    crops, names = letters["crops32"], [letter["letter"] for letter in reading["letters"]]
    images, labels = datasets.split(nist36, "train")
    training = {}
    for label, name in enumerate(datasets.class_names(nist36)):
        members = images[labels == label]
        training[name] = members[:: max(1, len(members) // examples)][:examples]
    shade = np.array([1, 0.93, 0.78], np.float32)  # behind the letters of the page
    depth = 1 + min(len(members) for members in training.values())
    side = crops.shape[1] + 2
    cell, head, gap = PAGE / letters_in_row, 1.3 * TYPE / 72, 0.08
    rows = [range(start, min(start + letters_in_row, len(crops))) for start in range(0, len(crops), letters_in_row)]
    with style():
        figure, axes = board(PAGE, len(rows) * (head + depth * cell + gap) + 0.25)
        for row, part in enumerate(rows):
            top = row * (head + depth * cell + gap) + head
            mosaic = np.ones((depth, side, len(part), side, 3), np.float32)
            mosaic[0] = shade
            for column, k in enumerate(part):
                axes.text((column + 0.5) * cell, top - 0.05, names[k], ha="center", size=TYPE, family=LETTERS)
                for level, image in enumerate([crops[k], *training[names[k]][: depth - 1]]):
                    mosaic[level, 1:-1, column, 1:-1] *= image[..., None]
            lay(axes, mosaic.reshape(depth * side, -1, 3), 0, top, len(part) * cell, depth * cell)
        note = "shaded: from the page; below: training images of what each was read as"
        axes.text(PAGE / 2, axes.get_ylim()[0] - 0.07, note if rows else "no letters", ha="center", size=TYPE)
    return figure


def failures(seed: int) -> Figure:
    """Two pages on which finding letters is expected to fail (`Q4.1/failures`)."""
    rng = np.random.default_rng(seed)
    joined = scenes.plain(rng, ["handwriting", "is often joined", "minimum"], 700)
    pattern = scenes.plain(rng, ["LARGE AND", "SMALL MIX"], 700)
    disturbed = {
        "joined": scenes.joined(joined, 1.0, rng),
        "pattern": scenes.mixed_sizes(scenes.dotted(pattern, 0.6, rng), 0.3, rng),
    }
    pages = {name: scenes.draw(scene, rng) for name, scene in disturbed.items()}
    boxes = [find_letters(page.image)[0] for page in pages.values()]
    titles = [
        f"{name}: {len(found)} boxes for {len(page.boxes)} letters"
        for (name, page), found in zip(pages.items(), boxes, strict=True)
    ]
    return side_by_side([page.image for page in pages.values()], boxes, titles)


def side_by_side(pages: Sequence[NDArray], boxes: Sequence[ArrayLike], titles: Sequence[str]) -> Figure:
    """Pages with a frame around everything that was taken for a letter.

    Parameters
    ----------
    pages : sequence of (height, width[, 3]) ndarray
        uint8, or floats in [0, 1].
    boxes : sequence of (n, 4) int ndarray
    titles : sequence of str
    """
    gap = 0.12
    shares = [page.shape[1] / page.shape[0] for page in pages]
    high = (COLUMN - gap * (len(pages) - 1)) / sum(shares)
    titles = [wrapped(title, high * share) for title, share in zip(titles, shares, strict=True)]
    head = 0.07 + 1.2 * TYPE / 72 * (1 + max(title.count("\n") for title in titles))
    with style():
        figure, axes = board(COLUMN, head + high + 0.02)
        left = 0.0
        for page, found, title, share in zip(pages, boxes, titles, shares, strict=True):
            lay(axes, page, left, head, high * share, high)
            scale = high / page.shape[0]
            _frames(axes, np.asarray(found).reshape(-1, 4) * scale + [head, left, head, left], FRAME)
            axes.add_patch(
                Rectangle((left, head), high * share, high, facecolor="none", edgecolor="0.6", linewidth=0.8)
            )
            axes.text(left + high * share / 2, head - 0.05, title, ha="center", va="bottom", linespacing=1.0)
            left += high * share + gap
    return figure


def classifiers(table: Mapping[str, Any], titles: Sequence[tuple[str, str]], most: int = 20) -> Figure:
    """Letters that each classifier reads right on each page, as a table (`Q7.1.4/classifiers`).

    Parameters
    ----------
    table : dict
        From `lib.steps.reading.tabulate`. Shares are printed in per cent, those in context in brackets below.
    titles : sequence of (str, str)
        Ids of the classifiers and their titles, in the order of the columns.
    most : int
        Pages that are shown at most, those that are read worst; the last row is the mean over all.
    """
    mean = {
        page: np.mean([table[reader][page]["letter_accuracy"] for reader, _ in titles]) for page in table[titles[0][0]]
    }
    pages = sorted(sorted(set(mean) - {"all"}, key=lambda page: (mean[page], page))[:most])
    rows = [*pages, "all"]
    alone, in_context = (
        np.array([[table[reader][page][name] for reader, _ in titles] for page in rows])
        for name in ("letter_accuracy", "in_context.letter_accuracy")
    )
    with style():
        figure = Figure(figsize=(PAGE, 0.6 + 0.36 * len(rows)))
        axes = figure.subplots()
        axes.imshow(alone, vmin=min(0.8, alone.min()), vmax=1, cmap=SHADES, aspect="auto")
        for (i, j), share in np.ndenumerate(alone):
            label = f"{100 * share:.1f}\n({100 * in_context[i, j]:.1f})"
            axes.text(j, i, label, ha="center", va="center", linespacing=1.1)
        axes.set_xticks(range(len(titles)), [title for _, title in titles])
        axes.set_yticks(range(len(rows)), [_broken(name) for name in rows])
        axes.xaxis.tick_top()
        axes.grid(False)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    return figure


def ranking(ranking: Mapping[str, Any]) -> Figure:
    """Share of the pages' letters that each reader reads, with its interval, the best on top (`Q7.1.4/ranking`).

    Parameters
    ----------
    ranking : dict
        From `lib.steps.readers.rank`.
    """
    readers = ranking["readers"]
    with style():
        figure = Figure(figsize=(HALF, 0.7 + 0.28 * max(len(readers), 1)))
        axes = figure.subplots()
        for row, reader in enumerate(readers):
            axes.hlines(row, 100 * reader["low"], 100 * reader["high"], color="C0")
            axes.plot([100 * reader["accuracy"]], [row], "C0o")
        axes.set_yticks(range(len(readers)), [reader["title"] for reader in readers])
        axes.set(xlabel="letters read right (%)", ylim=(max(len(readers), 1) - 0.5, -0.5))
    return figure


def _broken(name: str, most: int = 14) -> str:
    """A page's name, in lines of at most so many characters."""
    return "\n".join(name[start : start + most] for start in range(0, len(name), most))


def _frames(axes: Axes, boxes: NDArray, colour: str) -> None:
    """Draw thin frames; strokes that they cross remain visible."""
    frames = [Rectangle((x1, y1), x2 - x1, y2 - y1) for y1, x1, y2, x2 in boxes]
    axes.add_collection(PatchCollection(frames, facecolor="none", edgecolor=colour, linewidth=0.8, alpha=0.8))


def _type_size(boxes: NDArray) -> float:
    """Type size in points for labels above boxes in inches: about as large as the letters, to fit between them."""
    if not len(boxes):
        return TYPE
    high, wide = np.median(boxes[:, 2:] - boxes[:, :2], axis=0) * 72
    return float(np.clip(min(0.7 * high, 1.5 * wide), LEAST, 1.4 * TYPE))
