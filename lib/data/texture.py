"""Textures and printing: what paper, table and cloth are made of."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import zoom


def speckles(
    rng: np.random.Generator, shape: tuple[int, int], size: float, stretch: float = 1.0
) -> NDArray[np.float32]:
    """Smooth noise of unit size (height, width), structures about `size` pixels wide and `stretch` times as high."""
    if size <= 1 and stretch == 1:
        return rng.standard_normal(shape, dtype=np.float32)
    coarse = [int(shape[0] / (size * stretch)) + 3, int(shape[1] / size) + 3]
    noise = zoom(
        rng.standard_normal(coarse, dtype=np.float32),
        [n / c + 1 / c for n, c in zip(shape, coarse, strict=True)],
        order=1,
    )
    return noise[: shape[0], : shape[1]]


def print_on(image: NDArray[np.float32], cover: NDArray[np.float32], colour: ArrayLike) -> None:
    """Print a colour on the image (height, width, 3), where and as much as `cover` says."""
    image += cover[..., None] * (np.asarray(colour, np.float32) - image)
