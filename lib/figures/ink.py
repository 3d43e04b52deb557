"""Figure of Q4.2: what `find_letters` returns for a page, beside the photograph."""

from pathlib import Path
from typing import BinaryIO

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from skimage.transform import downscale_local_mean

from lib.data.photos import open_photo
from lib.figures.style import COLUMN, TYPE, board, lay, style
from lib.vision.letters import find_letters

ACROSS = 700  # pixels of each half in print
GAP, HEAD = 0.15, 0.2  # inches between the halves, and for the words above them
TALLEST = 1.5  # inches


def black_and_white(photo: Path | BinaryIO) -> Figure:
    """A page, and the same in black and white as `find_letters` returns it (`Q4.2/black_and_white`)."""
    pixels = open_photo(photo)
    _, bw = find_letters(pixels)
    height, width = bw.shape
    step = max(1, min(round(max(height, width) / ACROSS), height, width))
    across = min((COLUMN - GAP) / 2, TALLEST * width / height)
    down = across * height / width
    halves = {"photograph": _smaller(pixels / np.iinfo(pixels.dtype).max, step), "find_letters": _smaller(bw, step)}
    with style():
        figure, axes = board(2 * across + GAP, HEAD + down)
        for place, (name, image) in enumerate(halves.items()):
            left = place * (across + GAP)
            lay(axes, image, left, HEAD, across, down)
            axes.text(left + across / 2, HEAD - 0.05, name, ha="center", size=TYPE)
    return figure


def _smaller(image: NDArray, step: int) -> NDArray:
    """An image in blocks of `step` pixels; rows and columns that fill none are left out."""
    height, width = (length // step * step for length in image.shape[:2])
    return downscale_local_mean(image[:height, :width], (step, step, 1)[: image.ndim])
