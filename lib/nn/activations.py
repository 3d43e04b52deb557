"""Activation functions, elementwise on arrays of any shape, and their derivatives in terms of the post-activation.

After ``y = f(x)`` the slope of every function here follows from ``y`` alone, so that the backward pass needs only the
outputs of the forward pass.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


def sigmoid(x: NDArray) -> NDArray:
    """``1 / (1 + exp(-x))``, without overflow for any finite `x`.

    Parameters
    ----------
    x : float ndarray
        Pre-activation.

    Returns
    -------
    float ndarray
        Post-activation in [0, 1], same shape and dtype.

    Examples
    --------
    >>> sigmoid(np.array([-1e4, 0.0, 1e4])).round(6)
    array([0. , 0.5, 1. ])
    """
    # At x = -40 the result (4e-18) is practically 0, long before exp overflows (at 88.8 in float32). Products of
    # smaller values would be subnormal numbers, which make a processor ten times slower.
    # In-place steps: this runs once per layer and batch, and its temporaries would cost as much as its arithmetic.
    y = np.minimum(-x, 40)
    np.exp(y, out=y)
    y += 1
    return np.reciprocal(y, out=y)


def sigmoid_derivative(y: NDArray) -> NDArray:
    """Slope of the sigmoid where its value is `y`: ``y (1 - y)``."""
    return y * (1 - y)


def tanh(x: NDArray) -> NDArray:
    """Hyperbolic tangent, in [-1, 1]."""
    return np.tanh(x)


def tanh_derivative(y: NDArray) -> NDArray:
    """Slope of tanh where its value is `y`: ``1 - y ** 2``."""
    return 1 - y * y


def relu(x: NDArray) -> NDArray:
    """``max(x, 0)``."""
    return np.maximum(x, 0)


def relu_derivative(y: NDArray) -> NDArray:
    """Slope of relu where its value is `y`: 1 above zero, 0 at zero (where relu has a kink and any choice would do)."""
    return (y > 0).astype(y.dtype)


def linear(x: NDArray) -> NDArray:
    """`x` itself: the activation of an output layer whose loss takes scores."""
    return x


def linear_derivative(y: NDArray) -> NDArray:
    """Slope of the identity: 1."""
    return np.ones_like(y)


class Activation(NamedTuple):
    """A function and its derivative in terms of the function's own value."""

    function: Callable[[NDArray], NDArray]
    derivative: Callable[[NDArray], NDArray]


ACTIVATIONS = {
    "sigmoid": Activation(sigmoid, sigmoid_derivative),
    "tanh": Activation(tanh, tanh_derivative),
    "relu": Activation(relu, relu_derivative),
    "linear": Activation(linear, linear_derivative),
}
