"""The training loop: random batches, forward, loss, backward, step; once around the data is an epoch (Q2.4.1)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from lib.nn.losses import Loss, accuracy, cross_entropy
from lib.nn.network import Network, backward, forward, forward_layer, predict
from lib.nn.optimisers import Optimiser


def train_epoch(
    network: Network,
    batches: Iterable[tuple[NDArray, ...]],
    loss: Loss,
    optimiser: Optimiser,
    gradient: Network,
    progress: float = 0.0,
) -> None:
    """Update the network's weights once around the data, in place.

    Parameters
    ----------
    network : Network
    batches : iterable of (x, target)
        Such as `lib.nn.batches.Batches`: `x` is (batch, sizes[0]), `target` what `loss` compares the output with.
    loss : lib.nn.losses.Loss
    optimiser : lib.nn.optimisers.Optimiser
    gradient : Network
        Of the same shape; overwritten.
    progress : float
        Share of the training that is done, in [0, 1), for the optimiser's schedule.
    """
    for x, target in batches:
        activations = forward(network, x)
        backward(network, activations, loss.gradient(activations[-1], target), gradient)
        optimiser(network.flat, gradient.flat, progress)


def fit(
    network: Network,
    batches: Iterable[tuple[NDArray, ...]],
    loss: Loss,
    optimiser: Optimiser,
    epochs: int,
    measure: Callable[[Network], dict[str, float]] | None = None,
    on_epoch: Callable[..., Any] | None = None,
) -> dict[str, list[float]]:
    """Train a network in place.

    Parameters
    ----------
    network, batches, loss, optimiser
        As for `train_epoch`.
    epochs : int
    measure : callable, optional
        ``measure(network)`` gives a dict of numbers after each epoch.
    on_epoch : callable, optional
        Called as ``on_epoch(epoch, epochs, **measures)`` after each, counted from 1.

    Returns
    -------
    dict of str to list of float
        What was measured, one number per epoch.

    Raises
    ------
    FloatingPointError
        If the weights are no longer finite: the learning rate is too high.
    """
    history: dict[str, list[float]] = {}
    gradient = network.zeros()
    # Matrices of one batch are too small to share: with a thread per core an epoch takes up to 20 times as long.
    with threadpool_limits(1, "blas"):
        for epoch in range(epochs):
            progress = epoch / epochs
            with np.errstate(over="ignore", invalid="ignore"):  # reported below, in words
                train_epoch(network, batches, loss, optimiser, gradient, progress)
            if not np.isfinite(network.flat).all():
                rate = optimiser.rate(progress)
                raise FloatingPointError(f"weights overflowed in epoch {epoch + 1}; is {rate:g} too high a rate?")
            measures = measure(network) if measure else {}
            for name, value in measures.items():
                history.setdefault(name, []).append(value)
            if on_epoch:
                on_epoch(epoch + 1, epochs, **measures)
    return history


def by_learning_rate(fits: Iterable[Mapping[str, Any]]) -> dict[float, list[Mapping[str, Any]]]:
    """Group networks, each with its ``learning_rate``, by that rate."""
    rates: dict[float, list[Mapping[str, Any]]] = {}
    for fit in fits:
        rates.setdefault(float(fit["learning_rate"]), []).append(fit)
    return rates


def evaluate(network: Network, x: NDArray, labels: NDArray) -> tuple[float, float]:
    """Performance of a classifier on a whole set.

    Parameters
    ----------
    network : Network
    x : (n, sizes[0]) float ndarray
    labels : (n,) int ndarray

    Returns
    -------
    accuracy, loss : float
        Share of correct predictions, and mean cross-entropy in nats.
    """
    logits = predict(network, x)
    return accuracy(logits, labels), cross_entropy(logits, labels)


def saturation(network: Network, x: NDArray, margin: float = 0.05) -> float:
    """Share of the sigmoids of the first layer that are within `margin` of 0 or 1, where their slope is nearly 0."""
    outputs = forward_layer(network.layers[0], x)
    return float(((outputs < margin) | (outputs > 1 - margin)).mean())


def measure(
    evaluate: Callable[[Any, Any], tuple[float, float]], sets: Mapping[str, tuple[Any, Any]]
) -> dict[str, float]:
    """Performance of a classifier on several sets, under the names that a history has.

    Parameters
    ----------
    evaluate : callable
        ``evaluate(inputs, labels)`` gives accuracy and loss: a network's `evaluate`, here or in lib.models.fit.
    sets : dict of str to (inputs, labels)

    Returns
    -------
    dict of str to float
        ``<set>_accuracy`` and ``<set>_loss`` of each.

    Examples
    --------
    >>> measure(lambda inputs, labels: (0.5, 1.25), {"valid": (None, None)})
    {'valid_accuracy': 0.5, 'valid_loss': 1.25}
    """
    measures = {}
    for name, (inputs, labels) in sets.items():
        measures[f"{name}_accuracy"], measures[f"{name}_loss"] = evaluate(inputs, labels)
    return measures
