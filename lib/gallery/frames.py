"""Pictures that change from epoch to epoch, side by side in one sheet, for a slider to choose from."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.gallery import pictures
from lib.nn.patterns import colour_limit, unit_images

ROW = 8  # images side by side in a frame


def weights(epochs: NDArray, snapshots: NDArray, most: int = 16) -> dict[str, Any]:
    """Frames of the first layer's weights, each on the range of the last ones.

    Parameters
    ----------
    epochs : (k,) int ndarray
        After which the weights were looked at; 0 is before training.
    snapshots : (k, pixels, units) float ndarray
    most : int
        Units shown.
    """
    limit = colour_limit(snapshots[-1].astype(np.float32))
    shown = [np.clip(unit_images(each.astype(np.float32))[:most] / (2 * limit) + 0.5, 0, 1) for each in snapshots]
    return _strip(epochs, shown)


def reconstructions(originals: NDArray, recon: NDArray, most: int = 25) -> dict[str, Any]:
    """Frames of reconstructions, each below the images that they are of.

    Parameters
    ----------
    originals : (n, pixels) float ndarray
        `ROW` images at most, in [0, 1].
    recon : (epochs, n, pixels) uint8 ndarray
    most : int
        Frames; of many epochs every so manieth is shown, the last among them.
    """
    step = -(-len(recon) // most)
    epochs = np.arange(len(recon), 0, -step)[::-1]
    side = int(np.sqrt(originals.shape[1]))
    above = originals.reshape(-1, side, side)[:ROW]
    below = recon[epochs - 1].reshape(len(epochs), -1, side, side)[:, :ROW] / 255
    return _strip(epochs, [np.concatenate([_full(above), each]) for each in below])


def _strip(epochs: Sequence[int] | NDArray, frames: Sequence[NDArray]) -> dict[str, Any]:
    """``epochs``, a ``sheet`` (`lib.gallery.pictures.Picture`) of all frames, one below the other, and the ``width``
    and ``height`` of one."""
    sheets = [_tiled(images) for images in frames]
    height, width = sheets[0].shape
    return {
        "epochs": [int(epoch) for epoch in epochs],
        "width": width,
        "height": height,
        "sheet": pictures.grey(np.concatenate(sheets)),
    }


def _tiled(images: NDArray) -> NDArray:
    """Images in rows of `ROW`, a pixel of paper around each."""
    padded = np.pad(_full(images), ((0, 0), (1, 1), (1, 1)), constant_values=1.0)
    _, height, width = padded.shape
    return padded.reshape(-1, ROW, height, width).swapaxes(1, 2).reshape(-1, ROW * width)


def _full(images: NDArray) -> NDArray:
    """Images with paper after the last ones, so that they fill rows of `ROW`."""
    return np.pad(images, ((0, -len(images) % ROW), (0, 0), (0, 0)), constant_values=1.0)
