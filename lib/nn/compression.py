"""Image compression: PCA, the initial output bias of an autoencoder, and PSNR (Q5, Q6).

Shapes: `x` is (n, pixels), one image a row, values in [0, 1].
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lib.nn.losses import distance
from lib.nn.network import Network, forward


def psnr(recon: NDArray, x: NDArray) -> NDArray:
    """Peak signal-to-noise ratio of each image, in dB (Q5.3.2; the highest possible value is 1).

    Parameters
    ----------
    recon, x : (n, pixels) float ndarray
        Reconstructions and originals.

    Returns
    -------
    (n,) float64 ndarray
        ``20 log10(1) - 10 log10(MSE)``; infinite for an exact reconstruction.

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> psnr(np.array([[0.0, 0.1]]), np.array([[0.1, 0.0]])).round(6)
    array([20.])
    """
    if recon.shape != x.shape:
        raise ValueError(f"recon has shape {recon.shape}, but x has {x.shape}")
    with np.errstate(divide="ignore"):
        return -10 * np.log10(np.mean((recon.astype(np.float64) - x) ** 2, axis=1))


def principal_components(x: NDArray, mean: NDArray) -> NDArray:
    """Directions in which images vary about `mean`, by decreasing variance (Q6).

    They are the right singular vectors of ``x - mean``, found as eigenvectors of the (pixels, pixels) matrix
    ``(x - mean)^T (x - mean)``: with more images than pixels that is several times faster than the SVD itself.

    Parameters
    ----------
    x : (n, pixels) float ndarray
    mean : (pixels,) float ndarray
        The mean of `x`, or zeros to leave out the centring.

    Returns
    -------
    (pixels, pixels) float64 ndarray
        One component a row, orthonormal; each is signed so that its largest entry is positive.
    """
    centred = x.astype(np.float64) - mean
    _, vectors = np.linalg.eigh(centred.T @ centred)
    components = vectors.T[::-1]
    largest = np.take_along_axis(components, np.abs(components).argmax(axis=1, keepdims=True), axis=1)
    return components * np.sign(largest)


def project(x: NDArray, mean: NDArray, components: NDArray) -> NDArray:
    """Reconstructions from the coefficients along `components`, (k, pixels); (n, pixels) to (n, pixels)."""
    return mean + (x - mean) @ components.T @ components


def psnr_by_rank(x: NDArray, mean: NDArray, components: NDArray, ranks: Sequence[int]) -> list[float]:
    """Mean PSNR in dB with the first ``rank`` components, for each of the ascending `ranks`.

    The coefficients are computed once: each further component reduces the squared error by its coefficient's square.
    """
    centred = x.astype(np.float64) - mean
    coefficients = centred @ components.T
    left = np.einsum("ij,ij->i", centred, centred)[:, None] - np.cumsum(coefficients**2, axis=1)
    with np.errstate(divide="ignore"):  # as in `psnr`
        return [float(np.mean(-10 * np.log10(np.maximum(left[:, rank - 1], 0) / x.shape[1]))) for rank in ranks]


def loss_and_live(network: Network, x: NDArray, chunk: int = 1024) -> tuple[float, list[int]]:
    """Mean squared distance of reconstructions, and the units of each hidden layer that are active on any image.

    Parameters
    ----------
    network : Network
        An autoencoder.
    x : (n, pixels) float ndarray
    chunk : int
        Images at a time.

    Returns
    -------
    loss : float
    live : list of int
        Units whose output is above zero for at least one image: of ReLUs the others are dead, for no image moves them.
    """
    distances, active = [], [np.zeros(size, bool) for size in network.sizes[1:-1]]
    for start in range(0, len(x), chunk):
        part = x[start : start + chunk]
        *hidden, output = forward(network, part)[1:]
        distances.append(distance(output, part))
        for units, outputs in zip(active, hidden, strict=True):
            units |= (outputs > 0).any(axis=0)
    return float(np.concatenate(distances).mean()), [int(units.sum()) for units in active]


def logit(mean: NDArray, margin: float = 0.01) -> NDArray:
    """Bias with which a sigmoid outputs the mean image, clipped to ``[margin, 1 - margin]``.

    Examples
    --------
    >>> logit(np.array([0.5, 1.0])).round(2)
    array([0. , 4.6])
    """
    clipped = np.clip(mean, margin, 1 - margin)
    return np.log(clipped / (1 - clipped))
