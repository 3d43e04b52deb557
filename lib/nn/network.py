"""A fully connected network: a stack of layers ``y = f(x W + b)``, forward and backward.

Shapes: `x` is (batch, fan_in), one row an example; `W` is (fan_in, fan_out), `b` is (fan_out,). All weights and biases
of a network are views into one flat vector, so that an optimiser updates them with one operation, and a gradient is
simply another `Network` of the same shape.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from lib.nn.activations import ACTIVATIONS


class Layer(NamedTuple):
    """Weights, biases and the name of the activation function."""

    W: NDArray
    b: NDArray
    activation: str


class Network:
    """A stack of layers, initially all zero.

    Parameters
    ----------
    sizes : sequence of int
        Width of the input, of each hidden layer, and of the output: ``(1024, 64, 36)`` makes two layers.
    activations : sequence of str
        One name for each layer, from `lib.nn.activations.ACTIVATIONS`.
    dtype : numpy dtype
        float32 to train, float64 to check gradients.

    Attributes
    ----------
    flat : (parameters,) float ndarray
        All weights and biases in one vector.
    layers : list of Layer
        The same numbers in the shapes that layers use.

    Raises
    ------
    ValueError
        If the sizes and activations do not fit together.

    Examples
    --------
    >>> network = Network((1024, 64, 36), ("sigmoid", "linear"))
    >>> network.flat.shape, network.layers[0].W.shape
    ((67940,), (1024, 64))
    """

    def __init__(self, sizes: Sequence[int], activations: Sequence[str], dtype: DTypeLike = np.float32):
        self.sizes, self.activations = tuple(sizes), tuple(activations)
        if len(self.sizes) < 2 or min(self.sizes) < 1:
            raise ValueError(f"sizes are {self.sizes}, but a network needs an input and an output of at least 1")
        if len(self.activations) != len(self.sizes) - 1:
            raise ValueError(f"{len(self.sizes) - 1} layers need as many activations, not {self.activations}")
        for name in self.activations:
            if name not in ACTIVATIONS:
                raise ValueError(f"unknown activation {name!r}; known are {', '.join(ACTIVATIONS)}")
        fans = list(zip(self.sizes[:-1], self.sizes[1:], strict=True))
        self.flat = np.zeros(sum((fan_in + 1) * fan_out for fan_in, fan_out in fans), dtype)
        self.layers: list[Layer] = []
        start = 0
        for (fan_in, fan_out), activation in zip(fans, self.activations, strict=True):
            W, b = np.split(self.flat[start : start + (fan_in + 1) * fan_out], [fan_in * fan_out])
            self.layers.append(Layer(W.reshape(fan_in, fan_out), b, activation))
            start += (fan_in + 1) * fan_out

    def __repr__(self) -> str:
        sizes, activations = "-".join(map(str, self.sizes)), ", ".join(self.activations)
        return f"Network({sizes}, {activations}: {self.flat.size:,} parameters)"

    def zeros(self) -> "Network":
        """Another network of the same shape, all zero, such as for a gradient."""
        return Network(self.sizes, self.activations, self.flat.dtype)

    def copy(self) -> "Network":
        """Another network with the same weights."""
        other = self.zeros()
        other.flat[:] = self.flat
        return other

    def arrays(self) -> dict[str, NDArray]:
        """Weights and biases by name, ``W0, b0, W1, ...``: what ``np.savez`` stores."""
        named = {}
        for i, layer in enumerate(self.layers):
            named[f"W{i}"], named[f"b{i}"] = layer.W, layer.b
        return named


def from_arrays(arrays: Mapping[str, NDArray], activations: Sequence[str]) -> Network:
    """The network whose `Network.arrays` these are.

    Parameters
    ----------
    arrays : mapping of str to float ndarray
        ``W0, b0, W1, b1, ...``, as many as there are activations; other names are ignored.
    activations : sequence of str
        One name for each layer.

    Returns
    -------
    Network

    Raises
    ------
    ValueError
        If an array is missing, or its shape does not match its neighbours'.
    """
    missing = [f"{name}{i}" for i in range(len(activations)) for name in "Wb" if f"{name}{i}" not in arrays]
    if missing:
        raise ValueError(f"weights {', '.join(missing)} are missing; there are {', '.join(sorted(arrays))}")
    weights = [arrays[f"W{i}"] for i in range(len(activations))]
    network = Network((len(weights[0]), *(W.shape[1] for W in weights)), activations, weights[0].dtype)
    for name, array in network.arrays().items():
        if arrays[name].shape != array.shape:
            raise ValueError(f"{name} has shape {arrays[name].shape}, but its neighbours need {array.shape}")
        array[...] = arrays[name]
    return network


def xavier_uniform(fan_in: int, fan_out: int, rng: np.random.Generator) -> NDArray:
    """Weights of variance ``2 / (fan_in + fan_out)``: signals keep their size from layer to layer, both ways.

    Parameters
    ----------
    fan_in, fan_out : int
        Width of the layer's input and output.
    rng : np.random.Generator

    Returns
    -------
    (fan_in, fan_out) float64 ndarray
        Uniform within plus or minus ``sqrt(6 / (fan_in + fan_out))``.

    References
    ----------
    Glorot & Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010, eq. 16.
    """
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def initialise(
    sizes: Sequence[int], activations: Sequence[str], rng: np.random.Generator, dtype: DTypeLike = np.float32
) -> Network:
    """A network with Xavier-uniform weights and zero biases, ready to train.

    Parameters
    ----------
    sizes, activations, dtype
        As for `Network`.
    rng : np.random.Generator

    Returns
    -------
    Network
    """
    network = Network(sizes, activations, dtype)
    for layer in network.layers:
        fan_in, fan_out = layer.W.shape
        layer.W[...] = xavier_uniform(fan_in, fan_out, rng)
    return network


def forward_layer(layer: Layer, x: NDArray) -> NDArray:
    """Output ``f(x W + b)`` of one layer; (batch, fan_in) to (batch, fan_out)."""
    pre = x @ layer.W
    pre += layer.b
    return ACTIVATIONS[layer.activation].function(pre)


def forward(network: Network, x: NDArray) -> list[NDArray]:
    """Run a batch through the network.

    Parameters
    ----------
    network : Network
    x : (batch, sizes[0]) float ndarray

    Returns
    -------
    list of float ndarray
        The input, then the output of every layer, (batch, sizes[i]) each. The last one is the network's output;
        `backward` needs all of them.

    Raises
    ------
    ValueError
        If `x` does not have the first layer's width.
    """
    if x.ndim != 2 or x.shape[1] != network.sizes[0]:
        raise ValueError(f"x has shape {x.shape}, but the first layer takes (batch, {network.sizes[0]})")
    activations = [x]
    for layer in network.layers:
        activations.append(forward_layer(layer, activations[-1]))
    return activations


def backward_layer(
    layer: Layer, x: NDArray, y: NDArray, grad_y: NDArray, gradient: Layer, needs_grad_x: bool = True
) -> NDArray | None:
    """Gradients of one layer (Q1.5 in matrix form).

    Parameters
    ----------
    layer : Layer
    x, y : (batch, fan_in) and (batch, fan_out) float ndarray
        Its input and output.
    grad_y : (batch, fan_out) float ndarray
        Gradient of the loss with respect to `y`.
    gradient : Layer
        Receives the gradients with respect to the weights and biases.
    needs_grad_x : bool
        False for the first layer, whose input is not learned: saves a third of its work.

    Returns
    -------
    (batch, fan_in) float ndarray or None
        Gradient with respect to `x`, for the layer before.
    """
    delta = grad_y
    if layer.activation != "linear":  # whose slope is 1 everywhere
        delta = ACTIVATIONS[layer.activation].derivative(y)
        delta *= grad_y
    np.matmul(x.T, delta, out=gradient.W)
    delta.sum(axis=0, out=gradient.b)
    return delta @ layer.W.T if needs_grad_x else None


def backward(network: Network, activations: list[NDArray], grad_output: NDArray, gradient: Network) -> None:
    """Gradient of the loss with respect to every weight and bias, from the last layer to the first.

    Parameters
    ----------
    network : Network
    activations : list of float ndarray
        What `forward` returned.
    grad_output : (batch, sizes[-1]) float ndarray
        Gradient of the loss with respect to the network's output.
    gradient : Network
        Of the same shape; receives the result.
    """
    grad: Any = grad_output
    for i in reversed(range(len(network.layers))):
        x, y = activations[i], activations[i + 1]
        grad = backward_layer(network.layers[i], x, y, grad, gradient.layers[i], needs_grad_x=i > 0)


def predict(network: Network, x: NDArray, chunk: int = 1024) -> NDArray:
    """Output of the network for any number of examples, a chunk at a time; (n, sizes[0]) to (n, sizes[-1])."""
    outputs = [forward(network, x[start : start + chunk])[-1] for start in range(0, max(len(x), 1), chunk)]
    return np.concatenate(outputs)


def fold_mean(network: Network, mean: NDArray) -> None:
    """Make a network that was trained on ``x - mean`` accept `x` itself, in place.

    ``(x - mean) W + b`` is ``x W + (b - mean W)``: only the first biases change.

    Parameters
    ----------
    network : Network
    mean : (sizes[0],) float ndarray
    """
    first = network.layers[0]
    first.b[...] -= mean @ first.W
