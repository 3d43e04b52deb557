"""Q3: what learning rates do, why the loss has humps, and how the test images differ from the others."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.data import datasets
from lib.nn import losses, network, optimisers, training
from lib.nn.batches import Batches
from lib.nn.neighbours import nearest
from lib.nn.statistics import difference_interval, larger_p, paired_p
from lib.steps.training import ACTIVATIONS, SERIES, WATCHED, Fit

SNAPSHOTS = 20  # of the weights, at most
MOST = 1000  # images of a split whose nearest training images are looked for


def tabulate_rates(fits: Sequence[Fit], more: Sequence[Fit]) -> dict[str, Any]:
    """Where training ends, by learning rate (`Q3.1.2/sweep`).

    Parameters
    ----------
    fits : sequence of mapping
        From `lib.steps.training.fit`, at the rates that the assignment asks for.
    more : sequence of mapping
        From `lib.steps.training.fit_ends`, at others.

    Returns
    -------
    dict
        ``rates``: by rising ``rate``, whether it is ``asked``; ``seeds``, and in how many of them the weights
        ``diverged``; of each of `SERIES` its ``mean``, ``low`` and ``high`` over the other seeds at the end, of each of
        `WATCHED` the means in the ``first`` and the ``last`` epoch, None where all seeds diverged.
        ``numbers``: ``q3.sweep.*``.
    """
    asked = training.by_learning_rate(fits)
    rows: list[dict[str, Any]] = []
    for rate, runs in sorted(training.by_learning_rate([*fits, *more]).items()):
        ended = [run for run in runs if len(run["train_loss"])]
        row: dict[str, Any] = {"rate": rate, "asked": rate in asked, "seeds": len(runs)}
        row["diverged"] = len(runs) - len(ended)
        for name in SERIES:
            last = np.array([float(run[name][-1]) for run in ended])
            row[name] = {"mean": last.mean(), "low": last.min(), "high": last.max()} if ended else None
        for name in WATCHED:
            ends = np.array([[float(run[name][0]), float(run[name][-1])] for run in ended])
            row[name] = dict(zip(("first", "last"), ends.mean(axis=0), strict=True)) if ended else None
        rows.append(row)
    best = max((row for row in rows if row["valid_accuracy"]), key=lambda row: row["valid_accuracy"]["mean"])
    return {
        "rates": rows,
        "numbers": {
            "q3.sweep.rates": len(rows),
            "q3.sweep.lowest_rate": rows[0]["rate"],
            "q3.sweep.highest_rate": rows[-1]["rate"],
            "q3.sweep.best_rate": best["rate"],
            "q3.sweep.best_valid_accuracy": best["valid_accuracy"]["mean"],
            "q3.sweep.diverged": sum(row["diverged"] == row["seeds"] for row in rows),
        },
    }


def compare_with_best(fits: Sequence[Fit], chosen: Mapping[str, float]) -> dict[str, float]:
    """Each asked rate against the best one, seed by seed (``q3.against_best.<rate>.*``).

    Parameters
    ----------
    fits : sequence of mapping
        From `lib.steps.training.fit`.
    chosen : mapping
        ``q3.best_learning_rate``, from `lib.steps.training.choose`.

    Returns
    -------
    dict
        Of each of `SERIES` at the end ``_difference``, the mean over seeds of its value less that of the best rate;
        ``_p`` of a paired t-test; and ``_higher``, the number of seeds in which it is higher.
    """
    rates = training.by_learning_rate(fits)
    numbers: dict[str, float] = {}
    for rate, runs in rates.items():
        for name in SERIES:
            values, best = (
                np.array([float(run[name][-1]) for run in sorted(of_rate, key=lambda run: int(run["seed"]))])
                for of_rate in (runs, rates[chosen["q3.best_learning_rate"]])
            )
            key = f"q3.against_best.{rate:g}.{name}"
            numbers[f"{key}_difference"] = float((values - best).mean())
            numbers[f"{key}_p"] = paired_p(values, best)
            numbers[f"{key}_higher"] = int((values > best).sum())
    return numbers


def observe(
    nist36: Mapping[str, NDArray],
    chosen: Mapping[str, float],
    hidden: int,
    epochs: int,
    batch: int,
    momentum: float,
    weight_decay: float,
) -> dict[str, dict[str, Any]]:
    """Train the best network once more and look at the weights within its epochs (`Q3.1.1/observed`).

    Large steps carry the weights from one side of a valley of the loss to the other. Where that is what lifts the loss
    at the end of an epoch, the loss at the mean of the weights over the epoch, which lies between the sides, is not
    lifted with it.

    Parameters
    ----------
    chosen : mapping
        ``q3.best_learning_rate`` and ``q3.best_seed``, from `lib.steps.training.choose`.

    Returns
    -------
    dict
        ``observed``: by epoch ``train_loss`` at its end, ``mean_weights_loss`` at the mean of its weights, `WATCHED`.
        ``snapshots``: first-layer weights ``W0``, (k, pixels, units) float16, after some ``epochs``, 0 before all.
    """
    images, labels = datasets.split(nist36, "train")
    x = images.reshape(len(images), -1)
    x = x - x.mean(axis=0)
    rng = np.random.default_rng(int(chosen["q3.best_seed"]))
    net = network.initialise((x.shape[1], hidden, len(datasets.class_names(nist36))), ACTIVATIONS, rng)
    rate = optimisers.cosine(chosen["q3.best_learning_rate"])
    watched = optimisers.Watched(optimisers.Momentum(rate, momentum, weight_decay))
    between = net.copy()
    # As many as a slider shows, close together at first, where they change most.
    kept = sorted({round(epoch) for epoch in epochs * np.linspace(0, 1, SNAPSHOTS) ** 2})
    weights = [net.layers[0].W.astype(np.float16)]

    def measure(net: network.Network) -> dict[str, float]:
        weights.append(net.layers[0].W.astype(np.float16))
        norm, between.flat[:] = watched.take()
        return {
            "train_loss": training.evaluate(net, x, labels)[1],
            "mean_weights_loss": training.evaluate(between, x, labels)[1],
            "gradient_norm": norm,
            "saturation": training.saturation(net, x[::10]),
        }

    observed = training.fit(net, Batches(x, labels, batch, rng), losses.CROSS_ENTROPY, watched, epochs, measure)
    return {"observed": observed, "snapshots": {"epochs": np.array(kept), "W0": np.stack([weights[k] for k in kept])}}


def explain_hump(
    observed: Mapping[str, Sequence[float]], fits: Sequence[Fit], chosen: Mapping[str, float]
) -> dict[str, float]:
    """The largest rise of the best network's training loss from one epoch to the next, and what goes with it.

    Returns
    -------
    dict
        ``q3.hump.*``: the ``epoch`` (0 if the loss never rose) and the ``rise`` in nats; the number of epochs in which
        the loss rose, ``rises``, and in which that at the mean weights did, ``mean_weights_rises``; at the epoch of the
        hump ``loss``, ``mean_weights_loss`` and ``mean_weights_rise``, and the changes of the gradient's norm
        (relative) and of the saturation (share); ``same_epoch``: seeds of this rate, this one included, with their
        largest rise there; ``explained``: 1 if the loss at the mean weights rose by less than half as much, so that it
        is the swing of the steps that rose.
    """
    loss, between = np.array(observed["train_loss"]), np.array(observed["mean_weights_loss"])
    at = _largest_rise(loss)
    before = max(at - 1, 0)
    rise, followed = float(loss[at] - loss[before]), float(between[at] - between[before])
    norm, saturation = observed["gradient_norm"], observed["saturation"]
    seeds = training.by_learning_rate(fits)[chosen["q3.best_learning_rate"]]
    numbers = {
        "epoch": at + 1 if at else 0,
        "rise": rise,
        "rises": int((np.diff(loss) > 0).sum()),
        "mean_weights_rises": int((np.diff(between) > 0).sum()),
        "loss": float(loss[at]),
        "mean_weights_loss": float(between[at]),
        "mean_weights_rise": followed,
        "norm_change": norm[at] / norm[before] - 1 if norm[before] else 0.0,
        "saturation_change": saturation[at] - saturation[before],
        "same_epoch": sum(_largest_rise(np.asarray(fit["train_loss"])) == at for fit in seeds) if at else 0,
        "explained": int(rise > 0 and followed < rise / 2),
    }
    return {f"q3.hump.{name}": value for name, value in numbers.items()}


def _largest_rise(loss: NDArray) -> int:
    """The epoch, counted from 0, by which the loss has risen most since the one before; 0 if it never rose."""
    rises = np.diff(loss)
    return int(rises.argmax()) + 1 if len(rises) and rises.max() > 0 else 0


def compare_splits(nist36: Mapping[str, NDArray], fits: Sequence[Fit], chosen: Mapping[str, float]) -> dict[str, float]:
    """What validation and test accuracy may differ by: choice, chance, and images less like those of training.

    Returns
    -------
    dict
        ``q3.shift.*``: ``valid_minus_test``, over all seeds of the best rate, with the 95 % interval that the numbers
        of images leave it; ``selection``, by which the chosen network's validation accuracy is above that of all those
        seeds; ``valid_nearest`` and ``test_nearest``, the mean distance of an image to the nearest training image, of
        up to `MOST` images each, and ``nearest_p`` of a Mann-Whitney test.
    """
    seeds = training.by_learning_rate(fits)[chosen["q3.best_learning_rate"]]
    images, labels = datasets.split(nist36, "test")
    x = images.reshape(len(images), -1)
    logits = [network.predict(network.from_arrays(fit, ACTIVATIONS), x) for fit in seeds]
    tested = float(np.mean([losses.accuracy(found, labels) for found in logits]))
    validated = float(np.mean([fit["valid_accuracy"][-1] for fit in seeds]))
    low, high = difference_interval(validated, len(nist36["valid_labels"]), tested, len(labels))
    train, _ = datasets.split(nist36, "train")
    far = {}
    for split in ("valid", "test"):
        some, _ = datasets.split(nist36, split)
        some = some[:: -(-len(some) // MOST)]
        far[split] = nearest(some.reshape(len(some), -1), train.reshape(len(train), -1))[1]
    numbers = {
        "valid_minus_test": validated - tested,
        "valid_minus_test_low": low,
        "valid_minus_test_high": high,
        "selection": chosen["q3.valid_accuracy"] - validated,
        "valid_nearest": far["valid"].mean(),
        "test_nearest": far["test"].mean(),
        "nearest_p": larger_p(far["test"], far["valid"]),
    }
    return {f"q3.shift.{name}": float(value) for name, value in numbers.items()}
