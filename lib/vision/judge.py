"""The judge: is this ink exactly one letter, and which? A small convolutional network sees the ink and what is around.

Trained by `lib.models.judge` on cuttings that the project draws; here it is applied, with NumPy alone. Its weights are
plain arrays, with batch normalisation folded into the convolutions.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIZE, EXTENT = 32, 22  # pixels of a view, and of the longer side of the ink in it
SUREST = 16.0  # log odds beyond which the judge is not believed
CHUNK = 256  # views at a time: what fits into a processor's cache


def view(labels: NDArray[np.int32], box: NDArray[np.int64], first: int, last: int) -> NDArray[np.uint8]:
    """What the judge sees of some atoms: their ink, and the other ink around it.

    Parameters
    ----------
    labels : (height, width) int32 ndarray
        0 for paper, k + 1 for the ink of atom k.
    box : (4,) int ndarray
        Around the atoms.
    first, last : int
        The first and the last of the atoms.

    Returns
    -------
    (2, SIZE, SIZE) uint8 ndarray
        255 is ink; the atoms' box is in the middle, its longer side EXTENT pixels.
    """
    y1, x1, y2, x2 = (int(edge) for edge in box)
    half = max(y2 - y1, x2 - x1) / EXTENT * SIZE / 2
    middle_y, middle_x = (y1 + y2) / 2, (x1 + x2) / 2
    top, left = int(np.floor(middle_y - half)), int(np.floor(middle_x - half))
    side = int(np.ceil(2 * half)) + 1
    seen = np.zeros((side, side), np.int32)  # what lies beyond the page is paper
    y, x = max(top, 0), max(left, 0)
    part = labels[y : max(top + side, 0), x : max(left + side, 0)]
    seen[y - top : y - top + part.shape[0], x - left : x - left + part.shape[1]] = part
    own = (seen > first) & (seen <= last + 1)
    window = (middle_x - half - left, middle_y - half - top, middle_x + half - left, middle_y + half - top)
    planes = [Image.fromarray(ink.view(np.uint8) * np.uint8(255)) for ink in (own, (seen > 0) & ~own)]
    return np.stack([np.asarray(plane.resize((SIZE, SIZE), Image.Resampling.BILINEAR, window)) for plane in planes])


def judge(views: NDArray[np.uint8], weights: Mapping[str, NDArray]) -> NDArray[np.float64]:
    """Log probabilities that each view's ink is one letter of a class, or (last) none.

    Parameters
    ----------
    views : (n, 2, SIZE, SIZE) uint8 ndarray
        From `view`.
    weights : mapping of str to ndarray
        From `lib.models.judge.export`.

    Returns
    -------
    (n, classes + 1) float64 ndarray
    """
    parts = [_logits(views[k : k + CHUNK], weights) for k in range(0, len(views), CHUNK)]
    logits = np.concatenate(parts) if parts else np.zeros((0, len(weights["bias_out"])))
    logits = logits.astype(np.float64)
    logits -= logits.max(axis=1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def log_odds(log_probs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log odds that something is one letter, whichever, (n,), from `judge`.

    Examples
    --------
    >>> log_odds(np.log([[0.4, 0.4, 0.2]])).round(3)
    array([1.386])
    """
    none = log_probs[:, -1]
    return np.clip(np.log1p(-np.exp(np.minimum(none, -1e-9))) - none, -SUREST, SUREST)


def kinds(log_probs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log probabilities of the classes of what is one letter, (n, classes), from `judge`.

    Examples
    --------
    >>> np.exp(kinds(np.log([[0.4, 0.1, 0.5]]))).round(3)
    array([[0.8, 0.2]])
    """
    return log_probs[:, :-1] - np.logaddexp.reduce(log_probs[:, :-1], axis=1, keepdims=True)


def _logits(views, weights):
    x = views.transpose(0, 2, 3, 1).astype(np.float32) / 255  # (n, y, x, channels)
    for layer in ("1", "2", "3"):
        x = _convolve(x, weights[f"kernel_{layer}"], weights[f"bias_{layer}"])
    x = np.maximum(x.reshape(len(x), -1) @ weights["weight_hidden"] + weights["bias_hidden"], 0)
    return x @ weights["weight_out"] + weights["bias_out"]


def _convolve(x, kernel, bias):
    """Convolution of stride 2 with ReLU; the kernel is (side, side, in, out), side odd."""
    side = kernel.shape[0]
    pad = side // 2
    padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    seen = np.lib.stride_tricks.sliding_window_view(padded, (side, side), axis=(1, 2))[:, ::2, ::2]
    n, rows, columns = seen.shape[:3]
    flat = seen.transpose(0, 1, 2, 4, 5, 3).reshape(n * rows * columns, -1)
    return np.maximum(flat @ kernel.reshape(-1, kernel.shape[3]) + bias, 0).reshape(n, rows, columns, -1)
