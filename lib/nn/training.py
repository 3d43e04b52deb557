"""The training loop: random batches, forward, loss, backward, step; once around the data is an epoch (Q2.4.1)."""

import math

import numpy as np

from lib.nn.batches import random_batches
from lib.nn.losses import accuracy, cross_entropy
from lib.nn.network import backward, forward, predict


def train_epoch(network, x, target, loss, optimiser, learning_rate, batch, rng, gradient, weight_decay=0.0):
    """Move the network's weights once around the data, in place.

    Parameters
    ----------
    network : Network
    x : (n, sizes[0]) float ndarray
    target : ndarray
        What `loss` compares the output with, one row (or label) for each row of `x`.
    loss : lib.nn.losses.Loss
    optimiser : callable
        ``optimiser(weights, gradient, learning_rate)`` from `lib.nn.optimisers`.
    learning_rate : float
    batch : int
        Examples per step.
    rng : np.random.Generator
        Draws the order.
    gradient : Network
        Of the same shape; overwritten.
    weight_decay : float
        Every step also shrinks all parameters by ``learning_rate * weight_decay`` of themselves.
    """
    for x_batch, target_batch in random_batches(rng, batch, x, target):
        activations = forward(network, x_batch)
        backward(network, activations, loss.gradient(activations[-1], target_batch), gradient)
        if weight_decay:
            network.flat *= 1 - learning_rate * weight_decay
        optimiser(network.flat, gradient.flat, learning_rate)


def fit(
    network, x, target, loss, optimiser, schedule, epochs, batch, rng, weight_decay=0.0, measure=None, on_epoch=None
):
    """Train a network in place.

    Parameters
    ----------
    network, x, target, loss, optimiser, batch, rng, weight_decay
        As for `train_epoch`.
    schedule : callable
        ``schedule(progress)`` gives the learning rate; progress runs from 0 at the first epoch towards 1.
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
    history, gradient = {}, network.zeros()
    for epoch in range(epochs):
        learning_rate = schedule(epoch / epochs)
        with np.errstate(over="ignore", invalid="ignore"):  # told below, in words
            train_epoch(network, x, target, loss, optimiser, learning_rate, batch, rng, gradient, weight_decay)
        if not np.isfinite(network.flat).all():
            raise FloatingPointError(f"weights overflowed in epoch {epoch + 1}; is {learning_rate:g} too high a rate?")
        measures = measure(network) if measure else {}
        for name, value in measures.items():
            history.setdefault(name, []).append(value)
        if on_epoch:
            on_epoch(epoch + 1, epochs, **measures)
    return history


def constant(learning_rate):
    """Schedule: the same learning rate throughout."""
    return lambda progress: learning_rate


def cosine(learning_rate):
    """Schedule: from the given learning rate down to zero along half a cosine.

    Examples
    --------
    >>> [round(cosine(0.2)(progress), 2) for progress in (0, 0.5, 1)]
    [0.2, 0.1, 0.0]
    """
    return lambda progress: learning_rate * (1 + math.cos(math.pi * progress)) / 2


def evaluate(network, x, labels):
    """How a classifier does on a whole set.

    Parameters
    ----------
    network : Network
    x : (n, sizes[0]) float ndarray
    labels : (n,) int ndarray

    Returns
    -------
    accuracy, loss : float
        Share that is right, and mean cross-entropy in nats.
    """
    logits = predict(network, x)
    return accuracy(logits, labels), cross_entropy(logits, labels)


def measure(evaluate, sets):
    """How a classifier does on several sets, as a history has it.

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
