"""Figures of Q4: boxes on a page, and its letters beside training images."""

import numpy as np
from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle

from lib.figures.style import COLUMN, LETTERS, PAGE, PAGE_TYPE, TYPE, board, lay, style, wrapped

TALLEST = 9.5  # inches that a page may be high
ACROSS = 1000  # pixels of a page in print


def boxes_over_page(photo, boxes, characters=None):
    """The photograph with a frame around every letter.

    Parameters
    ----------
    photo : (height, width[, 3]) uint8 ndarray
    boxes : (n, 4) int ndarray
        (y1, x1, y2, x2) in pixels of the photograph.
    characters : sequence of n str, optional
        What each was read as, written above its frame.

    Returns
    -------
    matplotlib.figure.Figure
    """
    height, width = photo.shape[:2]
    small = shrink(photo, max(1, min(round(max(height, width) / ACROSS), height, width)))
    dark = np.median(small) < 110  # a blackboard
    frame_colour, type_colour = ("#ffb000", "#8fd0ff") if dark else ("#bd1f01", "#00429d")

    scale = min(PAGE / width, TALLEST / height)  # inches for a pixel
    # A little off the ink, so that the frame crosses no stroke of the letter; more would cross the neighbours'.
    boxes = np.asarray(boxes).reshape(-1, 4) * scale + np.array([-1, -1, 1, 1]) * 0.0015 * max(height, width) * scale
    size = _type_size(boxes)
    # Labels stand above their frames; where the page has no room for those of its first line, the figure has.
    margin = max(0.0, (size + 2) / 72 - boxes[:, 0].min()) if characters and len(boxes) else 0.0
    with style():
        figure, axes = board(width * scale, height * scale + margin)
        lay(axes, small, 0, margin, width * scale, height * scale)
        _frames(axes, boxes + [margin, 0, margin, 0], frame_colour)
        for character, (y1, x1, _, x2) in zip(characters or (), boxes, strict=bool(characters)):
            middle, above = (x1 + x2) / 2, margin + y1 - 1.5 / 72
            look = {"size": size, "weight": "bold", "family": LETTERS, "color": type_colour}
            axes.text(middle, above, character, ha="center", va="baseline", **look)
    return figure


def shrink(photo, step):
    """Mean of each block of step by step pixels.

    Parameters
    ----------
    photo : (height, width[, 3]) uint8 ndarray
    step : int
        Rows and columns that fill no block are left out.

    Returns
    -------
    (height // step, width // step[, 3]) uint8 ndarray

    Examples
    --------
    >>> shrink(np.array([[0, 255, 9], [255, 0, 9]], np.uint8), 2)
    array([[128]], dtype=uint8)
    """
    height, width = photo.shape[0] // step, photo.shape[1] // step
    blocks = photo[: height * step, : width * step].reshape(height, step, width, step, *photo.shape[2:])
    return np.rint(blocks.mean((1, 3))).astype(np.uint8)


def letters_beside_training(letters, names, examples, across):
    """Letters of a page, each above training images of the class it was read as.

    Parameters
    ----------
    letters : (n, size, size) float ndarray
        As the network saw them, ink 0 on paper 1.
    names : sequence of n str
        What each was read as.
    examples : dict of str to (k, size, size) float ndarray
        Training images of each class.
    across : int
        Letters in a row.

    Returns
    -------
    matplotlib.figure.Figure
    """
    shade = np.array([1, 0.93, 0.78], np.float32)  # behind the letters of the page
    depth = 1 + min((len(images) for images in examples.values()), default=0)
    side = letters.shape[1] + 2
    cell, head, gap = PAGE / across, 1.3 * PAGE_TYPE / 72, 0.08
    rows = [range(start, min(start + across, len(letters))) for start in range(0, len(letters), across)]
    with style():
        figure, axes = board(PAGE, len(rows) * (head + depth * cell + gap) + 0.25)
        for row, part in enumerate(rows):
            top = row * (head + depth * cell + gap) + head
            mosaic = np.ones((depth, side, len(part), side, 3), np.float32)
            mosaic[0] = shade
            for column, k in enumerate(part):
                axes.text((column + 0.5) * cell, top - 0.05, names[k], ha="center", size=PAGE_TYPE, family=LETTERS)
                for level, image in enumerate([letters[k], *examples[names[k]][: depth - 1]]):
                    mosaic[level, 1:-1, column, 1:-1] *= image[..., None]
            lay(axes, mosaic.reshape(depth * side, -1, 3), 0, top, len(part) * cell, depth * cell)
        note = "shaded: from the page; below: training images of what each was read as"
        axes.text(PAGE / 2, axes.get_ylim()[0] - 0.07, note if rows else "no letters", ha="center", size=PAGE_TYPE)
    return figure


def failures(pages, boxes, titles):
    """Pages side by side, with a frame around all that was taken for a letter.

    Parameters
    ----------
    pages : sequence of (height, width) ndarray
        In [0, 1].
    boxes : sequence of (n, 4) int ndarray
    titles : sequence of str

    Returns
    -------
    matplotlib.figure.Figure
    """
    gap = 0.12
    shares = [page.shape[1] / page.shape[0] for page in pages]
    high = (COLUMN - gap * (len(pages) - 1)) / max(sum(shares), 1e-9)
    titles = [wrapped(title, high * share) for title, share in zip(titles, shares, strict=True)]
    head = 0.07 + 1.2 * TYPE / 72 * max((title.count("\n") + 1 for title in titles), default=0)
    with style():
        figure, axes = board(COLUMN, head + high + 0.02 if pages else head)
        left = 0.0
        for page, found, title, share in zip(pages, boxes, titles, shares, strict=True):
            lay(axes, page, left, head, high * share, high)
            scale = high / page.shape[0]
            _frames(axes, np.asarray(found).reshape(-1, 4) * scale + [head, left, head, left], "#bd1f01")
            axes.add_patch(
                Rectangle((left, head), high * share, high, facecolor="none", edgecolor="0.6", linewidth=0.8)
            )
            axes.text(left + high * share / 2, head - 0.05, title, ha="center", va="bottom", linespacing=1.0)
            left += high * share + gap
    return figure


def _frames(axes, boxes, colour):
    """Thin frames, through which strokes that they cross are still seen."""
    frames = [Rectangle((x1, y1), x2 - x1, y2 - y1) for y1, x1, y2, x2 in boxes]
    axes.add_collection(PatchCollection(frames, facecolor="none", edgecolor=colour, linewidth=0.8, alpha=0.8))


def _type_size(boxes):
    """Points of the labels above boxes, which are in inches: about as large as the letters, to fit between them."""
    if not len(boxes):
        return PAGE_TYPE
    high, wide = np.median(boxes[:, 2:] - boxes[:, :2], axis=0) * 72
    return float(np.clip(min(0.7 * high, 1.5 * wide), 5, PAGE_TYPE))
