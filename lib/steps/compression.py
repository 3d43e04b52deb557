"""Q5 and Q6: autoencoders and PCA on the same images."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lib.data import datasets
from lib.figures import compression as figures
from lib.nn import compression, losses, optimisers, training
from lib.nn.batches import Batches
from lib.nn.network import Network, fold_mean, from_arrays, initialise, predict

ASKED = ("relu", "relu", "relu", "sigmoid")  # activations of the assignment's autoencoder
WIDE = ("relu", "linear", "relu", "sigmoid")
MOST_COMPONENTS = 256

Arrays = Mapping[str, NDArray]


def fit_autoencoder(
    nist36: Arrays,
    code: int,
    epochs: int,
    batch: int,
    learning_rate: float,
    momentum: float,
    seed: int,
    progress: Callable[..., Any] | None = None,
) -> dict[str, Any]:
    """Train the assignment's autoencoder, three layers of `code` units, with momentum: its weights and losses."""
    optimiser = optimisers.Momentum(optimisers.cosine(learning_rate), momentum)
    return _fit(nist36, (code,) * 3, ASKED, optimiser, epochs, batch, seed, progress)


def fit_wide(
    nist36: Arrays,
    code: int,
    wide: int,
    wide_epochs: int,
    wide_batch: int,
    wide_rate: float,
    seed: int,
    progress: Callable[..., Any] | None = None,
) -> dict[str, Any]:
    """Train an autoencoder with `wide` units before and after the code, by Adam: its weights and losses."""
    optimiser = optimisers.Adam(optimisers.cosine(wide_rate))
    return _fit(nist36, (wide, code, wide), WIDE, optimiser, wide_epochs, wide_batch, seed, progress)


def _fit(
    nist36: Arrays,
    hidden: Sequence[int],
    activations: Sequence[str],
    optimiser: optimisers.Optimiser,
    epochs: int,
    batch: int,
    seed: int,
    progress: Callable[..., Any] | None,
) -> dict[str, Any]:
    x, valid = _load(nist36, "train")[0], _load(nist36, "valid")[0]
    rng = np.random.default_rng(seed)
    pixels, mean = x.shape[1], x.mean(axis=0)
    net = initialise((pixels, *hidden, pixels), activations, rng)
    # The output starts at the mean image, and the first layer takes differences from it: otherwise the first steps,
    # on which all images agree, are so large that ReLUs of the narrow layers die.
    net.layers[-1].b[...] = compression.logit(mean)
    fold_mean(net, mean)

    def measure(net: Network) -> dict[str, float]:
        sets = {"train": x, "valid": valid}
        return {f"{name}_loss": float(losses.distance(predict(net, y), y).mean()) for name, y in sets.items()}

    batches = Batches(x, x, batch, rng)
    history = training.fit(net, batches, losses.SQUARED_ERROR, optimiser, epochs, measure, progress)
    return net.arrays() | history


def history(autoencoder: Arrays) -> dict[str, list[float]]:
    """``train_loss`` and ``valid_loss`` of a fit, one value per epoch."""
    return {name: autoencoder[name].tolist() for name in ("train_loss", "valid_loss")}


def autoencoder_pairs(nist36: Arrays, autoencoder: Arrays, classes: Sequence[str]) -> Figure:
    """Two validation images of each class and the autoencoder's reconstructions (`Q5.3.1/reconstructions`)."""
    x, names = _two_of_each(nist36, "valid", classes)
    rows = {"original": x, "autoencoder": _reconstruct(autoencoder, ASKED, x)}
    return figures.pairs(_as_images(rows), names)


def fit_pca(nist36: Arrays) -> dict[str, NDArray]:
    """Mean and `MOST_COMPONENTS` principal components of the training images, and components without centring."""
    x, _ = _load(nist36, "train")
    mean = x.mean(axis=0, dtype=np.float64)
    return {
        "mean": mean,
        "components": compression.principal_components(x, mean)[:MOST_COMPONENTS],
        "uncentred": compression.principal_components(x, np.zeros_like(mean))[:MOST_COMPONENTS],
    }


def pca_pairs(
    nist36: Arrays, pca: Arrays, autoencoder: Arrays, wide: Arrays, classes: Sequence[str], code: int
) -> Figure:
    """Two test images of each class and their reconstructions by each model (`Q6.2/reconstructions`)."""
    x, names = _two_of_each(nist36, "test", classes)
    rows = {
        "original": x,
        "PCA": compression.project(x, pca["mean"], pca["components"][:code]),
        "autoencoder": _reconstruct(autoencoder, ASKED, x),
        "wide\nautoencoder": _reconstruct(wide, WIDE, x),
    }
    return figures.pairs(_as_images(rows), names)


def compare(nist36: Arrays, pca: Arrays, autoencoder: Arrays, wide: Arrays, code: int) -> dict[str, float]:
    """PSNR in dB on validation and test images, rank and parameters of each model (``q5.*``, ``q6.*``)."""
    mean, kept, uncentred = pca["mean"], pca["components"][:code], pca["uncentred"][:code]
    numbers = {
        "q6.rank": int(np.linalg.matrix_rank(kept)),
        "q6.parameters": kept.size + mean.size,
        "q6.projection_rows": kept.shape[0],
        "q6.projection_columns": kept.shape[1],
        "q5.parameters": from_arrays(autoencoder, ASKED).flat.size,
        "q5.wide.parameters": from_arrays(wide, WIDE).flat.size,
    }
    for split in ("valid", "test"):
        x, _ = _load(nist36, split)
        recons = {
            f"q6.psnr_{split}": compression.project(x, mean, kept),
            f"q6.psnr_{split}_uncentred": compression.project(x, np.zeros_like(mean), uncentred),
            f"q5.psnr_{split}": _reconstruct(autoencoder, ASKED, x),
            f"q5.wide.psnr_{split}": _reconstruct(wide, WIDE, x),
        }
        numbers |= {key: float(compression.psnr(recon, x).mean()) for key, recon in recons.items()}
    return numbers


def psnr_by_rank(nist36: Arrays, pca: Arrays, results: Mapping[str, float], code: int) -> Figure:
    """PSNR on test images over the number of components, beside the autoencoders (`Q6.3/psnr_by_rank`)."""
    x, _ = _load(nist36, "test")
    mean, components, uncentred = pca["mean"], pca["components"], pca["uncentred"]
    ranks = range(1, len(components) + 1)
    curves = {
        "PCA": compression.psnr_by_rank(x, mean, components, ranks),
        "PCA without centring": compression.psnr_by_rank(x, np.zeros_like(mean), uncentred, ranks),
    }
    points = {"autoencoder": (code, results["q5.psnr_test"]), "wide autoencoder": (code, results["q5.wide.psnr_test"])}
    return figures.psnr_by_rank(ranks, curves, points)


def _load(nist36: Arrays, split: str) -> tuple[NDArray, NDArray]:
    """Images of a split as rows, and their labels."""
    images, labels = datasets.split(nist36, split)
    return images.reshape(len(images), -1), labels


def _two_of_each(nist36: Arrays, split: str, classes: Sequence[str]) -> tuple[NDArray, list[str]]:
    """The first two images of each of `classes`, as rows, and the name of each image's class."""
    x, labels = _load(nist36, split)
    known = datasets.class_names(nist36)
    unknown = [name for name in classes if name not in known]
    if unknown:
        raise ValueError(f"compression.classes has {', '.join(unknown)}; the classes are {' '.join(known)}")
    rows = [np.flatnonzero(labels == known.index(name))[:2] for name in classes]
    return x[np.concatenate(rows)], [name for name, found in zip(classes, rows, strict=True) for _ in found]


def _reconstruct(fit: Arrays, activations: Sequence[str], x: NDArray) -> NDArray:
    return predict(from_arrays(fit, activations), x)


def _as_images(rows: Mapping[str, NDArray]) -> dict[str, NDArray]:
    return {name: x.reshape(len(x), 32, 32) for name, x in rows.items()}
