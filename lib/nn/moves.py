"""Moved copies of images: a network of full connections has to be shown that a letter stays itself when it moves.

Each copy is turned, leaned, stretched, shifted and warped a little by amounts of its own. Images are
(n, size, size) float arrays, ink dark (0) on white paper (1).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

TURN = 0.10  # radians, standard deviation
LEAN = 0.12  # pixels to the side per pixel up
STRETCH = 0.10  # of the logarithm of width and of height, each on its own
SHIFT = 0.035  # of the image's size, each way
WARP = 0.025  # of the image's size: how far the corners of a 4 x 4 grid move, smoothly in between


def moved(images: NDArray, rng: np.random.Generator, strength: float = 1.0) -> NDArray[np.float32]:
    """Move each image by random amounts of its own.

    Parameters
    ----------
    images : (n, size, size) float ndarray
    rng : np.random.Generator
    strength : float
        Multiplies all standard deviations; 0 leaves the images as they are.

    Returns
    -------
    (n, size, size) float32 ndarray
        What leaves the image is lost; what enters it is paper.

    References
    ----------
    Simard, Steinkraus & Platt, "Best Practices for Convolutional Neural Networks Applied to Visual Document Analysis",
    2003.

    Examples
    --------
    >>> paper = np.ones((2, 8, 8), np.float32)
    >>> bool((moved(paper, np.random.default_rng(0)) == 1).all())
    True
    """
    result = np.empty(images.shape, np.float32)
    for start in range(0, len(images), 512):  # stays within the processor's cache
        part = slice(start, start + 512)
        at = _origins(len(images[part]), images.shape[1], rng, strength)
        which = np.broadcast_to(np.arange(len(at))[:, None, None], at.shape[:3])
        coordinates = np.stack([which, at[..., 0], at[..., 1]])
        result[part] = map_coordinates(images[part], coordinates, np.float32, order=1, mode="constant", cval=1.0)
    return result


def with_moved_copies(
    images: NDArray, labels: NDArray, copies: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray]:
    """Images as they are, followed by `copies` moved copies of all of them, and the labels of each."""
    return np.concatenate([images, *(moved(images, rng) for _ in range(copies))]), np.tile(labels, copies + 1)


def _origins(n, size, rng, strength):
    """Where in the image (n, size, size, 2), as (row, column), the value of each pixel of its copy comes from."""
    turn, lean, tall, wide = strength * np.array([TURN, LEAN, STRETCH, STRETCH])[:, None] * rng.standard_normal((4, n))
    cos, sin = np.cos(turn), np.sin(turn)
    rows = np.stack([np.exp(tall) * cos, np.exp(tall) * sin], axis=1)
    columns = np.stack([np.exp(wide) * (lean * cos - sin), np.exp(wide) * (cos + lean * sin)], axis=1)
    matrix = np.stack([rows, columns], axis=2).astype(np.float32)  # (n, 2, 2)
    half = (size - 1) / 2
    grid = np.stack(np.mgrid[:size, :size], axis=-1).reshape(-1, 2).astype(np.float32) - half
    knots = strength * WARP * size * rng.standard_normal((n, 4, 4, 2), dtype=np.float32)
    blend = _between(size)
    warp = np.einsum("ra,nabk,cb->nrck", blend, knots, blend, optimize=True)
    shift = strength * SHIFT * size * rng.standard_normal((n, 1, 1, 2), dtype=np.float32)
    return (grid @ matrix).reshape(n, size, size, 2) + half + warp + shift


def _between(size):
    """(size, 4) weights that interpolate linearly between four knots at even distances."""
    at = np.linspace(0, 3, size)
    return np.maximum(1 - np.abs(at[:, None] - np.arange(4)), 0).astype(np.float32)
