"""Losses of a network's output, and their gradients with respect to the output.

Shapes: `logits` and `output` are (batch, classes) or (batch, pixels), one row an example; `labels` are (batch,)
integers. Classifiers pass scores before softmax: the loss takes the logarithm itself, in a form that is finite even
for a class of probability zero.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# A probability below this changes no sum, and products of smaller values would be subnormal numbers, which make a
# processor ten times slower.
LEAST = 1e-18


def softmax(logits: NDArray) -> NDArray:
    """Probabilities of the classes, row by row.

    Parameters
    ----------
    logits : (batch, classes) float ndarray
        Scores; any finite values.

    Returns
    -------
    (batch, classes) float ndarray
        Positive, each row summing to one.

    Examples
    --------
    >>> softmax(np.array([[1e4, 1e4, -1e4]]))
    array([[0.5, 0.5, 0. ]])
    """
    # Softmax does not change when a row is shifted (Q1.1); shifted by its maximum, exp stays within (0, 1].
    probs = logits - logits.max(axis=1, keepdims=True)
    np.exp(probs, out=probs)
    probs /= probs.sum(axis=1, keepdims=True)
    return probs


def logsumexp(logits: NDArray) -> NDArray:
    """``log(sum(exp(row)))`` of each row without overflow; (batch, classes) to (batch, 1)."""
    highest = logits.max(axis=1, keepdims=True)
    return highest + np.log(np.exp(logits - highest).sum(axis=1, keepdims=True))


def surprise(logits: NDArray, labels: NDArray) -> NDArray:
    """Negative log-probability of the true class of each row, in nats; (batch,) float ndarray."""
    _check_labels(labels, rows=len(logits), classes=logits.shape[1])
    return logsumexp(logits)[:, 0] - logits[np.arange(len(labels)), labels]


def cross_entropy(logits: NDArray, labels: NDArray) -> float:
    """Mean negative log-likelihood of the true classes, in nats.

    Parameters
    ----------
    logits : (batch, classes) float ndarray
        Scores before softmax.
    labels : (batch,) int ndarray
        True class of each row.

    Returns
    -------
    float
        Mean over the batch.

    Raises
    ------
    ValueError
        If a label is outside ``[0, classes)``, or there is not one for each row.

    Examples
    --------
    >>> round(cross_entropy(np.zeros((1, 4)), np.array([2])), 4)
    1.3863
    """
    return float(surprise(logits, labels).mean())


def cross_entropy_gradient(logits: NDArray, labels: NDArray) -> NDArray:
    """Gradient of `cross_entropy` with respect to the logits: ``(softmax(logits) - one_hot) / batch``."""
    grad = softmax(logits)
    np.maximum(grad, LEAST, out=grad)
    grad[np.arange(len(labels)), labels] -= 1
    grad /= len(labels)
    return grad


def accuracy(logits: NDArray, labels: NDArray) -> float:
    """Share of rows, in [0, 1], whose highest score is that of the true class.

    Examples
    --------
    >>> accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
    0.5
    """
    _check_labels(labels, rows=len(logits), classes=logits.shape[1])
    return float((logits.argmax(axis=1) == labels).mean())


def distance(output: NDArray, target: NDArray) -> NDArray:
    """Squared distance of each row of `output` from that of `target`; (batch,) float ndarray."""
    if output.shape != target.shape:
        raise ValueError(f"output has shape {output.shape}, but target has {target.shape}")
    difference = output - target
    return np.einsum("ij,ij->i", difference, difference)


def squared_error(output: NDArray, target: NDArray) -> float:
    """Total squared error over all rows and columns (the loss of Q5.1.1: a sum, not a mean).

    Examples
    --------
    >>> squared_error(np.array([[1.0, 2.0]]), np.array([[0.0, 0.0]]))
    5.0
    """
    return float(distance(output, target).sum())


def squared_error_gradient(output: NDArray, target: NDArray) -> NDArray:
    """Gradient of `squared_error` with respect to the output: ``2 (output - target)``."""
    grad = output - target
    grad *= 2
    return grad


class Loss(NamedTuple):
    """A loss as functions of the output and the target."""

    total: Callable[[NDArray, NDArray], float]
    gradient: Callable[[NDArray, NDArray], NDArray]  # of `total` with respect to the output
    examples: Callable[[NDArray, NDArray], NDArray]  # (batch,): each row's share of `total`
    reduce: Callable[..., NDArray]  # np.mean or np.sum: reduces `examples` to `total`


CROSS_ENTROPY = Loss(cross_entropy, cross_entropy_gradient, surprise, np.mean)
SQUARED_ERROR = Loss(squared_error, squared_error_gradient, distance, np.sum)


def _check_labels(labels: NDArray, rows: int, classes: int) -> None:
    """Labels are one integer per row, counted from zero."""
    if labels.shape != (rows,):
        raise ValueError(f"labels have shape {labels.shape}, but there are {rows} rows; one label each, not one-hot")
    outside = np.flatnonzero((labels < 0) | (labels >= classes))
    if len(outside):
        raise ValueError(
            f"labels[{outside[0]}] is {labels[outside[0]]}, but {classes} classes are numbered 0 to {classes - 1}; "
            "are the labels counted from 1?"
        )
