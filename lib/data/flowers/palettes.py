"""The colours of flowers and leaves: (red, green, blue) in [0, 1], several shades of each."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Colour = NDArray[np.floating]
Palette = Sequence[tuple[float, float, float]]

YELLOW = ((0.98, 0.84, 0.10), (0.99, 0.76, 0.05), (0.97, 0.90, 0.30))
WHITE = ((0.97, 0.97, 0.95), (0.93, 0.94, 0.98), (0.98, 0.95, 0.90))
PURPLE = ((0.50, 0.25, 0.70), (0.38, 0.30, 0.78), (0.62, 0.38, 0.80))
PINK = ((0.95, 0.55, 0.70), (0.85, 0.25, 0.50))
RED = ((0.85, 0.12, 0.15), (0.92, 0.25, 0.12))
ORANGE = ((0.97, 0.52, 0.10), (0.95, 0.40, 0.12))
GREEN = ((0.30, 0.50, 0.16), (0.22, 0.42, 0.20), (0.42, 0.56, 0.22))


def pick(rng: np.random.Generator, palette: Palette, spread: float = 0.03) -> Colour:
    """One colour of a palette, a little off."""
    colour = np.array(palette[int(rng.integers(len(palette)))]) + rng.normal(0, spread, 3)
    return np.clip(colour, 0, 1).astype(np.float32)
