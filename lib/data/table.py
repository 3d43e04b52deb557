"""What a photograph shows besides the sheet: the table or cloth under it, things at the edge, torn holes."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lib.data.texture import cloth, print_on, wood
from lib.data.writing import Layout, flatten


class Table(NamedTuple):
    """What is under and beside the sheet; colours are (red, green, blue) in [0, 1]."""

    kind: str = "wood"  # or "cloth"
    colour: tuple[float, float, float] = (0.45, 0.30, 0.18)
    contrast: float = 0.2  # how much its grain or its checks vary in brightness
    things: int = 0  # pens, coins and the like at the edge of the picture
    holes: int = 0  # torn along the left edge of the sheet


def lay_on_table(
    rng: np.random.Generator,
    image: NDArray[np.float32],
    table: Table,
    layout: Layout,
    boxes: NDArray[np.int64],
    capital: float,
) -> NDArray[np.float32]:
    """The picture with everything but the sheet, which covers the share of it that `layout.sheet` says.

    Parameters
    ----------
    rng : np.random.Generator
    image : (height, width, 3) float32 ndarray
        The sheet, endless, in even light.
    table : Table
    layout : Layout
    boxes : (n, 4) int ndarray
        Of the letters: nothing lies on them.
    capital : float
        Height of a capital, pixels.

    Returns
    -------
    (height, width, 3) float32 ndarray
    """
    x, y = flatten(layout)
    share = layout.sheet or 1.0
    left, top = (1 - share) / 2 * layout.width, (1 - share) / 2 * layout.height
    inside = np.minimum(np.minimum(x - left, layout.width - left - x), np.minimum(y - top, layout.height - top - y))
    if not layout.sheet:
        inside = np.full_like(inside, capital)
    letters = _letters(boxes, image.shape[:2], 0.15 * capital)
    holes = _holes(rng, table, (x - left) / capital, (y - top) / capital, share * layout.height / capital)
    holes = np.where(letters, 0, holes)
    grain = wood(rng, x.shape, capital) if table.kind == "wood" else cloth(rng, x, y, capital)
    ground = np.clip(1 + table.contrast * grain, 0.1, 2)[..., None] * np.array(table.colour, np.float32)
    ground *= 1 - 0.5 * np.exp(np.minimum(inside, 0) / (0.15 * capital))[..., None]  # the sheet's own shadow
    sheet = np.clip(inside + 0.5, 0, 1) * (1 - holes)
    print_on(ground, sheet, image)
    for _ in range(table.things):
        _lay_thing(rng, ground, letters, capital)
    return ground


def _letters(boxes, shape, margin):
    """Mask (height, width) of the letters' boxes, with a margin."""
    mask = np.zeros(shape, bool)
    for y1, x1, y2, x2 in boxes:
        mask[max(0, int(y1 - margin)) : int(y2 + margin), max(0, int(x1 - margin)) : int(x2 + margin)] = True
    return mask


def _holes(rng, table, x, y, height):
    """Cover (height, width) of torn holes along the sheet's left edge; x, y and height in heights of a capital."""
    cover = np.zeros(x.shape, np.float32)
    near = (x > -0.3) & (x < 0.7)
    x, y = x[near] - 0.25, y[near]
    for number in range(table.holes):
        at = (number + rng.uniform(0.3, 0.7)) * height / table.holes
        # Every third is torn open to the edge; none is quite round.
        across = np.maximum(x, 0) if rng.random() < 1 / 3 else x
        radius = rng.uniform(0.10, 0.2) * (1 + 0.2 * np.sin(3 * np.arctan2(y - at, x) + rng.uniform(0, 6)))
        cover[near] = np.maximum(cover[near], np.clip(20 * (radius - np.hypot(across, y - at)) + 0.5, 0, 1))
    return cover


def _lay_thing(rng, image, letters, capital, tries=30):
    """Lay a rod or a disc over the edge of the picture, where no letter is; nothing if there is no room."""
    height, width = letters.shape
    for _ in range(tries):
        side, along = rng.integers(4), rng.random()
        x, y = [(along * width, 0), (width, along * height), (along * width, height), (0, along * height)][side]
        rod = rng.random() < 0.6
        angle, reach = rng.uniform(0, np.pi), rng.uniform(1, 4) * capital if rod else 0
        radius = rng.uniform(*((0.12, 0.4) if rod else (0.4, 1.5))) * capital
        far = reach + radius + 1
        rows, columns = (slice(max(0, int(at - far)), int(at + far) + 1) for at in (y, x))
        down, right = np.mgrid[rows, columns][:, : height - rows.start, : width - columns.start]
        u = (right - x) * np.cos(angle) + (down - y) * np.sin(angle)
        v = (down - y) * np.cos(angle) - (right - x) * np.sin(angle)
        cover = np.clip(radius - np.hypot(u - np.clip(u, -reach, reach), v) + 0.5, 0, 1).astype(np.float32)
        if not letters[rows, columns][cover > 0].any():
            print_on(image[rows, columns], cover, rng.uniform(0, 0.5, 3))
            return
