"""A line of a page as it was photographed, with what was read below it: the picture that the page opens with."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.gallery import pictures

MARGIN = 0.6  # of the line's height, on every side
LONGEST, QUALITY = 1400, 82


def strip(pixels: NDArray[np.uint8], letters: Sequence[Sequence[Any]]) -> dict[str, Any] | None:
    """The line with most letters.

    Parameters
    ----------
    pixels : (height, width) or (height, width, 3) uint8 ndarray
        The photograph.
    letters : list of list
        As `lib.gallery.letters.letters` has them.

    Returns
    -------
    dict or None
        ``picture``, and ``letters``: ``left, top, width, height`` in percent of it, ``letter``, and ``wrong``. None for
        a page without letters.

    Examples
    --------
    >>> row = [20.0, 25.0, 10.0, 50.0, 0, 0, "A", 0.9, [], None, None]
    >>> strip(np.zeros((100, 200), np.uint8), [row])["letters"]
    [{'left': 37.5, 'top': 25.0, 'width': 25.0, 'height': 50.0, 'letter': 'A', 'wrong': False}]
    """
    if not letters:
        return None
    numbers = [row[4] for row in letters]
    line = [row for row in letters if row[4] == max(set(numbers), key=lambda number: (numbers.count(number), -number))]
    height, width = pixels.shape[:2]
    # In percent of the page, as the letters are.
    top, bottom = min(row[1] for row in line), max(row[1] + row[3] for row in line)
    left, right = min(row[0] for row in line), max(row[0] + row[2] for row in line)
    down = MARGIN * (bottom - top)
    beside = down * height / width
    top, bottom = max(0.0, top - down), min(100.0, bottom + down)
    left, right = max(0.0, left - beside), min(100.0, right + beside)
    y1, y2 = (round(y * height / 100) for y in (top, bottom))
    x1, x2 = (round(x * width / 100) for x in (left, right))

    def place(row: Sequence[Any]) -> dict[str, Any]:
        across, along = 100 / (right - left), 100 / (bottom - top)
        sides = {
            "left": (row[0] - left) * across,
            "top": (row[1] - top) * along,
            "width": row[2] * across,
            "height": row[3] * along,
        }
        rounded = {name: round(side, 2) for name, side in sides.items()}
        return rounded | {"letter": row[6], "wrong": row[10] is not None}

    picture = pictures.photograph(np.ascontiguousarray(pixels[y1:y2, x1:x2]), LONGEST, QUALITY)
    return {"picture": picture, "letters": [place(row) for row in line]}
