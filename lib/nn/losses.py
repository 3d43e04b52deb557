"""Losses: what a network's output costs, and the gradient of that cost with respect to the output.

Shapes: `logits` and `output` are (batch, classes) or (batch, pixels), one row an example; `labels` are (batch,)
integers. Classifiers hand over scores before softmax: the loss takes the logarithm itself, in a form that is finite
even for a class of probability zero.
"""

from typing import NamedTuple

import numpy as np

# A probability below this changes no sum, and products of smaller ones would be subnormal numbers, with which a
# processor is ten times as slow.
LEAST = 1e-18


def softmax(logits):
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


def logsumexp(logits):
    """``log(sum(exp(row)))`` of each row without overflow; (batch, classes) to (batch, 1)."""
    highest = logits.max(axis=1, keepdims=True)
    return highest + np.log(np.exp(logits - highest).sum(axis=1, keepdims=True))


def surprise(logits, labels):
    """Negative log-probability of the true class of each row, in nats; (batch,) float ndarray."""
    _check_labels(labels, rows=len(logits), classes=logits.shape[1])
    return logsumexp(logits)[:, 0] - logits[np.arange(len(labels)), labels]


def cross_entropy(logits, labels):
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
        If a label is outside ``[0, classes)``, or their number is not that of the rows.

    Examples
    --------
    >>> round(cross_entropy(np.zeros((1, 4)), np.array([2])), 4)
    1.3863
    """
    return float(surprise(logits, labels).mean())


def cross_entropy_gradient(logits, labels):
    """Gradient of `cross_entropy` with respect to the logits: ``(softmax(logits) - one_hot) / batch``."""
    grad = softmax(logits)
    np.maximum(grad, LEAST, out=grad)
    grad[np.arange(len(labels)), labels] -= 1
    grad /= len(labels)
    return grad


def accuracy(logits, labels):
    """Share of rows, in [0, 1], whose highest score is that of the true class.

    Examples
    --------
    >>> accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
    0.5
    """
    _check_labels(labels, rows=len(logits), classes=logits.shape[1])
    return float((logits.argmax(axis=1) == labels).mean())


def distance(output, target):
    """Squared distance of each row of `output` from that of `target`; (batch,) float ndarray."""
    if output.shape != target.shape:
        raise ValueError(f"output has shape {output.shape}, but target has {target.shape}")
    difference = output - target
    return np.einsum("ij,ij->i", difference, difference)


def squared_error(output, target):
    """Total squared error over all rows and columns (the loss of Q5.1.1: a sum, not a mean).

    Examples
    --------
    >>> squared_error(np.array([[1.0, 2.0]]), np.array([[0.0, 0.0]]))
    5.0
    """
    return float(distance(output, target).sum())


def squared_error_gradient(output, target):
    """Gradient of `squared_error` with respect to the output: ``2 (output - target)``."""
    grad = output - target
    grad *= 2
    return grad


class Loss(NamedTuple):
    """A loss in the three forms in which it is asked for."""

    total: callable  # (output, target) -> float
    gradient: callable  # (output, target) -> gradient of `total`, shaped like output
    examples: callable  # (output, target) -> (batch,): each row's share
    reduce: callable  # np.mean or np.sum: makes `total` of `examples`


CROSS_ENTROPY = Loss(cross_entropy, cross_entropy_gradient, surprise, np.mean)
SQUARED_ERROR = Loss(squared_error, squared_error_gradient, distance, np.sum)


def _check_labels(labels, rows, classes):
    """Labels are one whole number per row, counted from zero."""
    if labels.shape != (rows,):
        raise ValueError(f"labels have shape {labels.shape}, but there are {rows} rows; one label each, not one-hot")
    outside = np.flatnonzero((labels < 0) | (labels >= classes))
    if len(outside):
        raise ValueError(
            f"labels[{outside[0]}] is {labels[outside[0]]}, but {classes} classes are numbered 0 to {classes - 1}; "
            "are the labels counted from 1?"
        )
