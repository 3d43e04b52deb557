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


def wood(rng: np.random.Generator, shape: tuple[int, int], capital: float) -> NDArray[np.float32]:
    """How much lighter or darker than its mean a table is, (height, width): planks eight capitals wide."""
    streaks = sum(speckles(rng, shape, width * capital, stretch=12) for width in (0.05, 0.15, 0.5)) / 2
    # Pores: short, thin, dark. Where planks meet there is a long line.
    pores = np.clip(4 * (speckles(rng, shape, 0.06 * capital, stretch=8) - 1.2), 0, 2)
    plank = 8 * capital
    joint = np.abs((np.arange(shape[1]) + rng.uniform(0, plank)) % plank - plank / 2) < max(1, 0.04 * capital)
    return np.clip(streaks, -2, 2) - pores - 2 * joint


def cloth(
    rng: np.random.Generator, x: NDArray[np.float32], y: NDArray[np.float32], capital: float
) -> NDArray[np.float32]:
    """The same of checked cloth: threads and checks along x and y, in pixels."""
    thread, check = 2 * np.pi / (0.12 * capital), 2 * np.pi / (2.5 * capital)
    threads = np.sin(thread * x) * np.sin(thread * y)
    checks = np.sign(np.sin(check * x)) + np.sign(np.sin(check * y))
    return (0.5 * threads + 0.6 * checks + 0.3 * speckles(rng, x.shape, 1.0)).astype(np.float32)


def print_on(image: NDArray[np.float32], cover: NDArray[np.float32], colour: ArrayLike) -> None:
    """Print a colour on the image (height, width, 3), where and as much as `cover` says."""
    image += cover[..., None] * (np.asarray(colour, np.float32) - image)
