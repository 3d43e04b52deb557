"""Q5 and Q6: autoencoders and PCA on the same images."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lib.data import datasets
from lib.figures import compression as figures
from lib.nn import compression, confusion, losses, optimisers, training
from lib.nn.batches import Batches
from lib.nn.network import Network, fold_mean, from_arrays, initialise, predict
from lib.nn.statistics import standard_error
from lib.steps.training import ACTIVATIONS as READER

ASKED = ("relu", "relu", "relu", "sigmoid")  # activations of the assignment's autoencoder
WIDE = ("relu", "linear", "relu", "sigmoid")
LINEAR = ("linear", "linear")
ACTIVATIONS = {"autoencoder": ASKED, "gentle": ASKED, "linear": LINEAR, "wide": WIDE}
PREFIXES = {"autoencoder": "q5", "gentle": "q5.gentle", "linear": "q5.linear", "wide": "q5.wide", "pca": "q6"}
TITLES = {
    "autoencoder": "autoencoder",
    "gentle": "autoencoder, gentle",
    "linear": "linear autoencoder",
    "wide": "wide autoencoder",
    "pca": "PCA",
}
MOST_COMPONENTS = 256
WATCHED = 8  # images whose reconstructions are kept after each epoch

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
    """Train the assignment's autoencoder, three layers of `code` units, with momentum.

    Returns
    -------
    dict
        Its weights and losses; ``watched``, `WATCHED` validation images, and ``watched_recon``, (epochs, n, pixels)
        uint8, what it made of them after each epoch.
    """
    optimiser = optimisers.Momentum(optimisers.cosine(learning_rate), momentum)
    return _fit(nist36, (code,) * 3, ASKED, optimiser, epochs, batch, seed, progress, watched=WATCHED)


def fit_gentle(
    nist36: Arrays,
    code: int,
    gentle_epochs: int,
    batch: int,
    gentle_rate: float,
    gentle_warm_up: float,
    gentle_bias: float,
    gentle_weights: float,
    momentum: float,
    seed: int,
    progress: Callable[..., Any] | None = None,
) -> dict[str, Any]:
    """Train the assignment's autoencoder so that fewer of its units die.

    Its rate is warmed up, and its hidden layers begin with smaller weights and positive biases: where every unit is
    active on every image, as a linear one, and has a gradient.
    """
    rate = optimisers.warmed(optimisers.cosine(gentle_rate), gentle_warm_up)
    optimiser = optimisers.Momentum(rate, momentum)

    def prepare(net: Network) -> None:
        for layer in net.layers[:-1]:
            layer.W[...] *= gentle_weights
            layer.b[...] += gentle_bias

    return _fit(nist36, (code,) * 3, ASKED, optimiser, gentle_epochs, batch, seed, progress, prepare)


def fit_linear(
    nist36: Arrays,
    code: int,
    linear_epochs: int,
    wide_batch: int,
    wide_rate: float,
    seed: int,
    progress: Callable[..., Any] | None = None,
) -> dict[str, Any]:
    """Train an autoencoder without any non-linearity, in the end what PCA finds, by Adam: its weights and losses."""
    optimiser = optimisers.Adam(optimisers.cosine(wide_rate))
    return _fit(nist36, (code,), LINEAR, optimiser, linear_epochs, wide_batch, seed, progress)


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
    prepare: Callable[[Network], None] = lambda net: None,
    watched: int = 0,
) -> dict[str, Any]:
    x, valid = _load(nist36, "train")[0], _load(nist36, "valid")[0]
    rng = np.random.default_rng(seed)
    pixels, mean = x.shape[1], x.mean(axis=0)
    net = initialise((pixels, *hidden, pixels), activations, rng)
    prepare(net)
    # The output starts at the mean image, and the first layer takes differences from it: otherwise the first steps,
    # on which all images agree, are so large that ReLUs of the narrow layers die.
    net.layers[-1].b[...] = mean if activations[-1] == "linear" else compression.logit(mean)
    fold_mean(net, mean)

    shown = valid[:: max(1, len(valid) // max(watched, 1))][:watched]
    recon: list[NDArray] = []

    def measure(net: Network) -> dict[str, Any]:
        recon.append(np.round(255 * predict(net, shown)).astype(np.uint8))
        train_loss, live = compression.loss_and_live(net, x)
        return {
            "train_loss": train_loss,
            "valid_loss": float(losses.distance(predict(net, valid), valid).mean()),
            "live": live,
        }

    batches = Batches(x, x, batch, rng)
    show = progress and (lambda epoch, epochs, live, **measures: progress(epoch, epochs, **measures))
    history = training.fit(net, batches, losses.SQUARED_ERROR, optimiser, epochs, measure, show)
    seen = {"watched": shown, "watched_recon": np.stack(recon)} if watched else {}
    return net.arrays() | history | seen


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
    nist36: Arrays, pca: Arrays, autoencoders: Mapping[str, Arrays], classes: Sequence[str], code: int
) -> Figure:
    """Two test images of each class and their reconstructions by each model (`Q6.2/reconstructions`)."""
    x, names = _two_of_each(nist36, "test", classes)
    recons = _reconstructions(pca, autoencoders, code, x)
    rows = {TITLES[name].replace(" ", "\n"): recon for name, recon in recons.items()}
    return figures.pairs(_as_images({"original": x} | rows), names)


def compare(nist36: Arrays, pca: Arrays, autoencoders: Mapping[str, Arrays], code: int) -> dict[str, float]:
    """How well each model reconstructs validation and test images, its rank and its parameters (``q5.*``, ``q6.*``).

    Parameters
    ----------
    pca : mapping
        From `fit_pca`.
    autoencoders : dict of str to mapping
        Those of `ACTIVATIONS`, by name.

    Returns
    -------
    dict
        Of each model, under its prefix in `PREFIXES`: ``psnr_<split>`` in dB, the mean over the images, and with
        reconstructions clipped to [0, 1] ``clipped_<split>``, both with ``_se``, the standard error of that mean;
        ``outside_<split>``, the share of pixels outside [0, 1]; ``parameters``. ``q6.minus.<model>.raw_<split>`` and
        ``.clipped_<split>``: by how much PCA is above a model on the same images.
    """
    mean, kept, uncentred = pca["mean"], pca["components"][:code], pca["uncentred"][:code]
    x, _ = _load(nist36, "train")
    left = ((x - compression.project(x, mean, kept)) ** 2).sum() / ((x - mean) ** 2).sum()
    numbers = {
        "q6.rank": int(np.linalg.matrix_rank(kept)),
        "q6.parameters": kept.size + mean.size,
        "q6.projection_rows": kept.shape[0],
        "q6.projection_columns": kept.shape[1],
        "q6.variance_kept": float(1 - left),
    }
    for name, fit in autoencoders.items():
        numbers[f"{PREFIXES[name]}.parameters"] = from_arrays(fit, ACTIVATIONS[name]).flat.size
    for split in ("valid", "test"):
        x, _ = _load(nist36, split)
        whole = compression.project(x, np.zeros_like(mean), uncentred)
        numbers[f"q6.psnr_{split}_uncentred"] = float(compression.psnr(whole, x).mean())
        found = {}
        for name, recon in _reconstructions(pca, autoencoders, code, x).items():
            kinds = {"psnr": compression.psnr(recon, x), "clipped": compression.psnr(recon.clip(0, 1), x)}
            prefix = PREFIXES[name]
            for kind, values in kinds.items():
                numbers[f"{prefix}.{kind}_{split}"] = float(values.mean())
                numbers[f"{prefix}.{kind}_{split}_se"] = standard_error(values)
            numbers[f"{prefix}.outside_{split}"] = float(((recon < 0) | (recon > 1)).mean())
            found[name] = kinds
        for name in autoencoders:
            for kind, key in (("psnr", "raw"), ("clipped", "clipped")):
                difference = found["pca"][kind] - found[name][kind]
                numbers[f"q6.minus.{name}.{key}_{split}"] = float(difference.mean())
                numbers[f"q6.minus.{name}.{key}_{split}_se"] = standard_error(difference)
    return numbers


def count_live(autoencoder: Arrays, gentle: Arrays, code: int) -> dict[str, Any]:
    """Units of each hidden layer that are active on any training image, by epoch (`Q5.2/live`).

    Returns
    -------
    dict
        ``live``: of the ``recipe`` and of the ``gentle`` training, by layer from ``1``, one number per epoch;
        ``numbers``: ``q5.live.*`` and ``q5.gentle.live.*``, those at the end, ``live_first``, those after one epoch.
    """
    live = {"recipe": np.asarray(autoencoder["live"]), "gentle": np.asarray(gentle["live"])}
    numbers = {"q5.units": code}
    for name, prefix in (("recipe", "q5"), ("gentle", "q5.gentle")):
        for layer, counts in enumerate(live[name].T, 1):
            numbers[f"{prefix}.live.{layer}"] = int(counts[-1])
            numbers[f"{prefix}.live_first.{layer}"] = int(counts[0])
    series = {name: {str(layer): counts.tolist() for layer, counts in enumerate(of.T, 1)} for name, of in live.items()}
    return {"live": series, "numbers": numbers}


def read_reconstructions(
    nist36: Arrays, pca: Arrays, autoencoders: Mapping[str, Arrays], weights: Arrays, code: int
) -> dict[str, float]:
    """How many reconstructed test images the network of Q3 reads (``q6.reads.*``).

    Returns
    -------
    dict
        The share with its 95 % interval, ``_low`` and ``_high``, of ``originals``, of each model's reconstructions, and
        of PCA's clipped to [0, 1]; how many PCA's and the autoencoder's alone keep legible, and McNemar's p.
    """
    x, labels = _load(nist36, "test")
    shown = {"originals": x} | _reconstructions(pca, autoencoders, code, x)
    shown["pca_clipped"] = shown["pca"].clip(0, 1)
    reader = from_arrays(weights, READER)
    right = {
        name: predict(reader, images.astype(np.float32)).argmax(axis=1) == labels for name, images in shown.items()
    }
    numbers: dict[str, float] = {}
    for name, found in right.items():
        low, high = confusion.wilson_interval(found.mean(), len(labels))
        numbers |= {name: float(found.mean()), f"{name}_low": low, f"{name}_high": high}
    only = confusion.mcnemar(right["pca"], right["autoencoder"])
    numbers |= dict(zip(("only_pca", "only_autoencoder", "mcnemar_p"), only, strict=True))
    return {f"q6.reads.{name}": value for name, value in numbers.items()}


def psnr_by_rank(nist36: Arrays, pca: Arrays, results: Mapping[str, float], code: int) -> Figure:
    """PSNR on test images over the number of components, beside the autoencoders (`Q6.3/psnr_by_rank`)."""
    x, _ = _load(nist36, "test")
    mean, components, uncentred = pca["mean"], pca["components"], pca["uncentred"]
    ranks = range(1, len(components) + 1)
    curves = {
        "PCA": compression.psnr_by_rank(x, mean, components, ranks),
        "PCA without centring": compression.psnr_by_rank(x, np.zeros_like(mean), uncentred, ranks),
    }
    points = {
        TITLES[name]: (code, results[f"{PREFIXES[name]}.psnr_test"]) for name in ("autoencoder", "gentle", "wide")
    }
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


def _reconstructions(pca: Arrays, autoencoders: Mapping[str, Arrays], code: int, x: NDArray) -> dict[str, NDArray]:
    """Reconstructions of `x` by PCA and by every autoencoder."""
    recons = {name: _reconstruct(fit, ACTIVATIONS[name], x) for name, fit in autoencoders.items()}
    return {"pca": compression.project(x, pca["mean"], pca["components"][:code])} | recons


def _as_images(rows: Mapping[str, NDArray]) -> dict[str, NDArray]:
    return {name: x.reshape(len(x), 32, 32) for name, x in rows.items()}
