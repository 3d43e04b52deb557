"""Figures of Q4: boxes on a page, and its letters beside training images."""

import numpy as np
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from lib.figures.style import style

WIDTH = 7.0  # inches
ACROSS = 1000  # pixels of a page in print


def boxes_over_page(photo, boxes, characters=None):
    """The photograph with a frame around every letter.

    Parameters
    ----------
    photo : (height, width[, 3 | 4]) ndarray
        uint8, or floats in [0, 1].
    boxes : (n, 4) int ndarray
        (y1, x1, y2, x2) in pixels of the photograph.
    characters : sequence of n str, optional
        What each was read as, written above its frame.

    Returns
    -------
    matplotlib.figure.Figure
    """
    height, width = photo.shape[:2]
    step = max(1, round(max(height, width) / ACROSS))
    small = shrink(photo, step)
    with style():
        figure = Figure(figsize=(WIDTH, max(1.0, WIDTH * height / width)))
        figure.get_layout_engine().set(w_pad=0, h_pad=0)
        axes = figure.subplots()
        axes.imshow(small, cmap="gray", vmin=0, vmax=255, extent=(0, width, height, 0), interpolation="antialiased")
        # A light frame under a dark one shows on any paper; both stand a little off the ink.
        pad = 0.004 * max(height, width)
        frames = [Rectangle((x1 - pad, y1 - pad), x2 - x1 + 2 * pad, y2 - y1 + 2 * pad) for y1, x1, y2, x2 in boxes]
        for colour, line in (("white", 2.0), ("#bd1f01", 0.9)):
            axes.add_collection(PatchCollection(frames, facecolor="none", edgecolor=colour, linewidth=line))
        for character, (y1, x1, y2, x2) in zip(characters or (), boxes, strict=bool(characters)):
            above = y1 > 0.02 * max(height, width)
            axes.annotate(
                character,
                ((x1 + x2) / 2, y1 - pad if above else y2 + pad),
                xytext=(0, 1 if above else -1),
                textcoords="offset points",
                fontsize=8,
                fontweight="bold",
                color="#00429d",
                ha="center",
                va="bottom" if above else "top",
            )
        axes.set_axis_off()
        axes.set_xlim(0, width)
        axes.set_ylim(height, 0)
    return figure


def shrink(photo, step):
    """Mean of each block of step by step pixels, as uint8 (height // step, width // step[, 3])."""
    photo = photo[..., :3] if photo.ndim == 3 and photo.shape[2] >= 3 else photo.reshape(photo.shape[:2])
    if photo.dtype.kind in "fb":
        photo = photo * 255.0
    elif photo.dtype == np.uint16:
        photo = photo / 257.0
    height, width = photo.shape[0] // step, photo.shape[1] // step
    blocks = photo[: height * step, : width * step].reshape(height, step, width, step, *photo.shape[2:])
    return np.clip(np.rint(blocks.mean((1, 3))), 0, 255).astype(np.uint8)


def letters_beside_training(letters, names, examples, read):
    """Letters of a page, each above training images of the class it was read as.

    Parameters
    ----------
    letters : (n, size, size) float ndarray
        As the network saw them, ink 0 on paper 1.
    names : sequence of n str
        What each was read as.
    examples : dict of str to (k, size, size) float ndarray
        Training images of each class.
    read : int
        Letters in a row.

    Returns
    -------
    matplotlib.figure.Figure
    """
    depth = 1 + min(len(images) for images in examples.values())
    rows = max(1, -(-len(letters) // read))
    with style():
        figure = Figure(figsize=(WIDTH, 0.35 + rows * (depth * WIDTH / read + 0.26)))
        grid = figure.subplots(rows, 1, squeeze=False)[:, 0]
        for row, axes in enumerate(grid):
            part = range(row * read, min((row + 1) * read, len(letters)))
            size = letters.shape[1]
            sheet = np.ones((depth * (size + 2), read * (size + 2)), np.float32)
            for column, k in enumerate(part):
                for level, image in enumerate([letters[k], *examples[names[k]][: depth - 1]]):
                    top, left = level * (size + 2) + 1, column * (size + 2) + 1
                    sheet[top : top + size, left : left + size] = image
            axes.imshow(sheet, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            axes.axhspan(-0.5, size + 1.5, color="#ffb000", alpha=0.18, linewidth=0)
            middles = [(column + 0.5) * (size + 2) for column in range(len(part))]
            axes.set_xticks(middles, [names[k] for k in part], fontsize=9)
            axes.xaxis.tick_top()
            axes.tick_params(length=0, pad=1)
            axes.set_yticks([])
            axes.grid(False)
            for spine in axes.spines.values():
                spine.set_visible(False)
        figure.supxlabel("shaded: from the page, named as read; below: training images of that class", fontsize=9)
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
    shares = [page.shape[1] / page.shape[0] for page in pages]
    with style():
        figure = Figure(figsize=(WIDTH, WIDTH / sum(shares) + 0.4))
        columns = figure.subplots(1, len(pages), width_ratios=shares)
        for axes, page, found, title in zip(columns, pages, boxes, titles, strict=True):
            axes.imshow(page, cmap="gray", vmin=0, vmax=1)
            frames = [Rectangle((x1 - 0.5, y1 - 0.5), x2 - x1, y2 - y1) for y1, x1, y2, x2 in found]
            axes.add_collection(PatchCollection(frames, facecolor="none", edgecolor="#bd1f01", linewidth=1.2))
            axes.set_title(title, fontsize=9)
            axes.set_xticks([])
            axes.set_yticks([])
    return figure
