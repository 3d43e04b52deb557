"""Q3: train the network, choose on validation, test once, and measure what it learned."""

import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.data import datasets
from lib.nn import confusion, losses, network, optimisers, training
from lib.nn.batches import Batches
from lib.nn.moves import with_moved_copies
from lib.nn.patterns import (
    border_share,
    colour_limit,
    letter_likeness,
    neighbour_correlation,
    positive_share,
    reach,
    unit_images,
)
from lib.nn.statistics import paired_p

ACTIVATIONS = ("sigmoid", "linear")  # of the hidden layer and the logits, for all that read the weights
SERIES = ("train_accuracy", "valid_accuracy", "train_loss", "valid_loss")
WATCHED = ("gradient_norm", "saturation")  # mean over the batches of an epoch; share of the hidden outputs at its end

Fit = Mapping[str, NDArray]  # what `fit` returns, as it is stored


def fit(
    nist36: Mapping[str, NDArray],
    hidden: int,
    epochs: int,
    batch: int,
    learning_rate: float,
    momentum: float,
    weight_decay: float,
    seed: int,
    progress: Callable[..., Any] | None = None,
) -> dict[str, Any]:
    """Train a network of one hidden layer on the training images.

    Returns
    -------
    dict
        ``W0_before``, the first weights before training; ``learning_rate`` and ``seed``; the weights ``W0, b0, W1,
        b1``; and of each of `SERIES` and `WATCHED` one value per epoch.
    """
    images, labels = datasets.split(nist36, "train")
    rng = np.random.default_rng(seed)
    optimiser = optimisers.Momentum(optimisers.cosine(learning_rate), momentum, weight_decay)
    run = _fit(nist36, images, labels, hidden, epochs, batch, optimiser, rng, progress)
    return {"learning_rate": learning_rate, "seed": seed} | run


def fit_ends(
    nist36: Mapping[str, NDArray],
    hidden: int,
    epochs: int,
    batch: int,
    learning_rate: float,
    momentum: float,
    weight_decay: float,
    seed: int,
    progress: Callable[..., Any] | None = None,
) -> dict[str, Any]:
    """Train the network of `fit`, measured after the first and the last epoch alone, for a sweep of many rates.

    Returns
    -------
    dict
        ``learning_rate``, ``seed``, and `SERIES` and `WATCHED` after the first epoch and at the end; they are empty
        where the rate is so high that the weights overflow.
    """
    images, labels = datasets.split(nist36, "train")
    rng = np.random.default_rng(seed)
    optimiser = optimisers.Momentum(optimisers.cosine(learning_rate), momentum, weight_decay)
    try:
        run = _fit(nist36, images, labels, hidden, epochs, batch, optimiser, rng, progress, {1, epochs})
    except FloatingPointError:
        run = {}
    return {"learning_rate": learning_rate, "seed": seed} | {name: run.get(name, []) for name in (*SERIES, *WATCHED)}


def fit_augmented(
    nist36: Mapping[str, NDArray],
    hidden: int,
    epochs: int,
    batch: int,
    learning_rate: float,
    momentum: float,
    weight_decay: float,
    copies: int,
    seed: int,
    progress: Callable[..., Any] | None = None,
) -> dict[str, Any]:
    """Train the network of `fit` on the training images and on moved copies of them; beside Q3's, not in its place.

    Parameters
    ----------
    copies : int
        Of each image; see `lib.nn.moves`.

    Returns
    -------
    dict
        As from `fit`; training accuracy and loss are those of the images as they are.
    """
    rng = np.random.default_rng(seed)
    images, labels = with_moved_copies(*datasets.split(nist36, "train"), copies, rng)
    optimiser = optimisers.Momentum(optimisers.cosine(learning_rate), momentum, weight_decay)
    run = _fit(nist36, images, labels, hidden, epochs, batch, optimiser, rng, progress)
    return {"learning_rate": learning_rate, "seed": seed} | run


def _fit(nist36, images, labels, hidden, epochs, batch, optimiser, rng, progress, measured=None):
    """A network trained on these images: its weights, before and after, and its history (of the epochs `measured`)."""
    as_they_are = len(nist36["train_labels"])  # they come first; moved copies of them are not measured
    valid_images, valid_labels = datasets.split(nist36, "valid")
    # Most pixels are paper, 1, in every image; relative to their mean all of them are small, and training goes better
    # at every learning rate.
    x, valid_x = images.reshape(len(images), -1), valid_images.reshape(len(valid_images), -1)
    mean = x.mean(axis=0)
    x, valid_x = x - mean, valid_x - mean

    classes = len(datasets.class_names(nist36))
    net = network.initialise((x.shape[1], hidden, classes), ACTIVATIONS, rng)
    before = net.layers[0].W.copy()
    sets = {"train": (x[:as_they_are], labels[:as_they_are]), "valid": (valid_x, valid_labels)}
    watched, epoch = optimisers.Watched(optimiser), itertools.count(1)

    def measure(net: network.Network) -> dict[str, float]:
        norm, _ = watched.take()
        if measured and next(epoch) not in measured:
            return {}
        share = training.saturation(net, x[::10])  # a tenth of the images is enough for a share
        measures = training.measure(functools.partial(training.evaluate, net), sets)
        return measures | {"gradient_norm": norm, "saturation": share}

    batches = Batches(x, labels, batch, rng)
    history = training.fit(net, batches, losses.CROSS_ENTROPY, watched, epochs, measure, progress)
    network.fold_mean(net, mean)
    return {"W0_before": before} | net.arrays() | history


def choose(nist36: Mapping[str, NDArray], fits: Sequence[Fit]) -> dict[str, Any]:
    """Choose the best network by validation accuracy, and test it.

    The learning rate with the best mean over its seeds is chosen first, then the best network of that rate.

    Returns
    -------
    dict
        ``weights`` of the chosen network (with ``W0_before``), ``history`` (each of `SERIES` as a list), ``numbers``
        (``q3.*``), and ``predictions``: ``logits`` (n, classes) and ``labels`` of the test images, and ``classes``.
    """
    rates = training.by_learning_rate(fits)
    valid = {rate: [float(fit["valid_accuracy"][-1]) for fit in rates[rate]] for rate in rates}
    best_rate = max(valid, key=lambda rate: np.mean(valid[rate]))
    best = max(rates[best_rate], key=lambda fit: fit["valid_accuracy"][-1])

    # The test images are used only from here on, when everything has been chosen.
    images, labels = datasets.split(nist36, "test")
    x = images.reshape(len(images), -1)
    logits = _predict(best, x)
    test_accuracy = losses.accuracy(logits, labels)
    over_seeds = [losses.accuracy(_predict(fit, x), labels) for fit in rates[best_rate]]
    low, high = confusion.wilson_interval(test_accuracy, len(labels))
    numbers = {
        "q3.best_learning_rate": best_rate,
        "q3.best_seed": int(best["seed"]),
        "q3.seeds": len(over_seeds),
        "q3.epochs": len(best["valid_accuracy"]),
        "q3.train_accuracy": float(best["train_accuracy"][-1]),
        "q3.valid_accuracy": float(best["valid_accuracy"][-1]),
        "q3.valid_loss": float(best["valid_loss"][-1]),
        "q3.test_accuracy": test_accuracy,
        "q3.test_loss": losses.cross_entropy(logits, labels),
        "q3.test_accuracy_low": low,
        "q3.test_accuracy_high": high,
        "q3.test_accuracy_mean": float(np.mean(over_seeds)),
        "q3.test_accuracy_std": float(np.std(over_seeds, ddof=1)) if len(over_seeds) > 1 else 0.0,
    }
    for rate, accuracies in valid.items():
        numbers[f"q3.valid_accuracy_mean.{rate:g}"] = float(np.mean(accuracies))
        numbers[f"q3.valid_accuracy_low.{rate:g}"] = min(accuracies)
        numbers[f"q3.valid_accuracy_high.{rate:g}"] = max(accuracies)
    return {
        "weights": {name: best[name] for name in ("W0_before", "W0", "b0", "W1", "b1")},
        "history": {name: best[name].tolist() for name in SERIES},
        "numbers": numbers,
        "predictions": {"logits": logits, "labels": labels, "classes": np.array(datasets.class_names(nist36))},
    }


def test_augmented(
    nist36: Mapping[str, NDArray], fits: Sequence[Fit], plain: Mapping[str, NDArray], copies: int
) -> dict[str, float]:
    """Test the best on validation of the networks from `fit_augmented`, beside Q3's network (``q3.augmented.*``).

    Parameters
    ----------
    plain : mapping
        ``logits`` and ``labels`` of Q3's network, from `choose`.
    """
    best = max(fits, key=lambda fit: fit["valid_accuracy"][-1])
    images, labels = datasets.split(nist36, "test")
    x = images.reshape(len(images), -1)
    logits = _predict(best, x)
    accuracy = losses.accuracy(logits, labels)
    low, high = confusion.wilson_interval(accuracy, len(labels))
    right = [found.argmax(axis=1) == labels for found in (plain["logits"], logits)]
    only_plain, only_augmented, p = confusion.mcnemar(*right)
    numbers = {
        "copies": copies,
        "train_accuracy": float(best["train_accuracy"][-1]),
        "valid_accuracy": float(best["valid_accuracy"][-1]),
        "test_accuracy": accuracy,
        "test_accuracy_low": low,
        "test_accuracy_high": high,
        "test_accuracy_mean": float(np.mean([losses.accuracy(_predict(fit, x), labels) for fit in fits])),
        "only_plain_right": only_plain,
        "only_augmented_right": only_augmented,
        "mcnemar_p": p,
    }
    return {f"q3.augmented.{name}": value for name, value in numbers.items()}


def course(fits: Sequence[Fit]) -> dict[str, float]:
    """Course of the training at each learning rate, as means over its seeds (``q3.rate.<rate>.*``).

    Final accuracy and losses, validation accuracy after a tenth of the epochs (``q3.early_epochs``), the lowest
    validation loss, the share of epochs in which the training loss rose, and its largest rise; the first epoch in which
    the mean validation accuracy is nine tenths of the highest, and the learning rate at its end; `WATCHED` in the first
    epoch and the last; by how much training accuracy is above validation accuracy, with the p of a paired t-test over
    the seeds.
    """
    numbers: dict[str, float] = {}
    for rate, runs in training.by_learning_rate(fits).items():
        series = {name: np.array([run[name] for run in runs]) for name in (*SERIES, *WATCHED)}  # (seeds, epochs)
        early = max(1, series["train_loss"].shape[1] // 10)
        rises = np.diff(series["train_loss"], axis=1)
        trained, validated = (series[f"{name}_accuracy"][:, -1] for name in ("train", "valid"))
        measures = {
            "train_accuracy": series["train_accuracy"][:, -1],
            "train_loss": series["train_loss"][:, -1],
            "valid_loss": series["valid_loss"][:, -1],
            "early_valid_accuracy": series["valid_accuracy"][:, early - 1],
            "lowest_valid_loss": series["valid_loss"].min(axis=1),
            "rises": rises > 0 if rises.size else np.zeros(1),  # after one epoch nothing can have risen
            "largest_rise": rises.max(axis=1, initial=0),
            "gap": trained - validated,
        }
        for name in WATCHED:
            measures |= {f"first_{name}": series[name][:, 0], f"last_{name}": series[name][:, -1]}
        numbers |= {f"q3.rate.{rate:g}.{name}": float(values.mean()) for name, values in measures.items()}
        mean = series["valid_accuracy"].mean(axis=0)
        near = int(np.argmax(mean >= 0.9 * mean.max())) + 1
        numbers[f"q3.rate.{rate:g}.near_epoch"] = near
        numbers[f"q3.rate.{rate:g}.near_rate"] = optimisers.cosine(rate)(near / len(mean))
        numbers[f"q3.rate.{rate:g}.gap_p"] = paired_p(trained, validated)
        numbers["q3.early_epochs"] = early
    return numbers


def patterns(nist36: Mapping[str, NDArray], weights: Mapping[str, NDArray]) -> dict[str, float]:
    """What the first layer's weights look like, before and after training (``q3.1.3.*``).

    Smoothness, border and size, and how much training images vary at the border; how far a shape reaches; how much of
    their energy is positive; how far a unit looks like a whole letter; and what range of values the figure's colours
    have.
    """
    images, labels = datasets.split(nist36, "train")
    letters = np.stack([images[labels == label].mean(axis=0) for label in np.unique(labels)]).astype(np.float64)
    numbers: dict[str, float] = {"q3.1.3.units": weights["W0"].shape[1]}
    for name, W in (("before", weights["W0_before"]), ("after", weights["W0"])):
        units = unit_images(W).astype(np.float64)
        numbers[f"q3.1.3.{name}_neighbours"] = neighbour_correlation(units)
        numbers[f"q3.1.3.{name}_border"] = border_share(units, units.shape[1] // 16)
        numbers[f"q3.1.3.{name}_size"] = float(np.sqrt((units**2).mean()))
        numbers[f"q3.1.3.{name}_reach"] = reach(units)
        numbers[f"q3.1.3.{name}_positive"] = positive_share(units)
        numbers[f"q3.1.3.{name}_letter"] = float(letter_likeness(units, letters).mean())
    spread = images.std(axis=0, dtype=np.float64)[None]
    numbers["q3.1.3.border_spread"] = border_share(spread, spread.shape[1] // 16)
    limit = colour_limit(weights["W0"])
    beyond = float((np.abs(weights["W0"]) > limit).mean())
    return numbers | {"q3.1.3.colour_limit": limit, "q3.1.3.clipped_share": beyond}


def rank_pairs(predictions: Mapping[str, NDArray]) -> list[dict[str, Any]]:
    """Pairs of classes, most often confused first: their two names, and how often each was read as the other."""
    classes = predictions["classes"].tolist()
    counts = confusion.confusion_matrix(predictions["logits"].argmax(axis=1), predictions["labels"], len(classes))
    return [
        {"pair": classes[i] + classes[j], "read_as_second": there, "read_as_first": back, "together": there + back}
        for i, j, there, back in confusion.most_confused(counts)
    ]


def _predict(fit: Fit, x: NDArray) -> NDArray:
    return network.predict(network.from_arrays(fit, ACTIVATIONS), x)
