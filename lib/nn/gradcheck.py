"""Numerical gradient check: central differences of the loss with respect to every weight (Q2.5.1).

Central differences need two losses per parameter. Running the whole network for each would take minutes; but a nudge
of ``W[i, j]`` moves only column ``j`` of the layer's output, so all nudges into one column go through the rest of the
network together, as one large batch.
"""

import numpy as np
from numpy.typing import NDArray

from lib.nn.activations import ACTIVATIONS
from lib.nn.losses import Loss
from lib.nn.network import Network, backward, forward, forward_layer


def numerical_gradient(network: Network, x: NDArray, target: NDArray, loss: Loss, step: float = 3e-5) -> Network:
    """Central differences ``(loss(w + step) - loss(w - step)) / (2 step)`` for every parameter ``w``.

    Parameters
    ----------
    network : Network
        In float64: a difference of float32 losses would lose half its digits.
    x : (batch, sizes[0]) float64 ndarray
    target : ndarray
        What `loss` compares the output with, one row (or label) for each row of `x`.
    loss : lib.nn.losses.Loss
    step : float
        At about 3e-5 the error of the formula (step ** 2) and of the arithmetic (1e-16 / step) balance.

    Returns
    -------
    Network
        Of the same shape: the derivative with respect to each parameter.

    Raises
    ------
    ValueError
        If the network or `x` is not float64.
    """
    if network.flat.dtype != np.float64 or x.dtype != np.float64:
        raise ValueError(f"a gradient check needs float64; the network is {network.flat.dtype} and x is {x.dtype}")
    gradient = network.zeros()
    inputs = forward(network, x)
    for i, layer in enumerate(network.layers):
        pre = inputs[i] @ layer.W + layer.b
        # How far each nudge moves its column, row by row. The bias acts like a weight whose input is always 1.
        moves = step * np.vstack([inputs[i].T, np.ones(len(x))])

        def losses(j, moved, i=i, layer=layer):
            """Loss of every example, (nudges, batch), with the pre-activation of unit `j` replaced by `moved`."""
            output = np.broadcast_to(inputs[i + 1], (*moved.shape, layer.W.shape[1])).copy()
            output[:, :, j] = ACTIVATIONS[layer.activation].function(moved)
            output = output.reshape(-1, layer.W.shape[1])
            for after in network.layers[i + 1 :]:
                output = forward_layer(after, output)
            repeated = np.concatenate([target] * len(moved))
            return loss.examples(output, repeated).reshape(moved.shape)

        for j in range(layer.W.shape[1]):
            # Subtracted example by example, before the sum over the batch can round the difference away.
            difference = losses(j, pre[:, j] + moves) - losses(j, pre[:, j] - moves)
            slopes = loss.reduce(difference, axis=1) / (2 * step)
            gradient.layers[i].W[:, j], gradient.layers[i].b[j] = slopes[:-1], slopes[-1]
    return gradient


def relative_errors(analytic: Network, numerical: Network) -> dict[str, float]:
    """Largest relative difference between two gradients, for each array of parameters.

    Parameters
    ----------
    analytic, numerical : Network
        Gradients of the same shape.

    Returns
    -------
    dict of str to float
        By name, ``W0, b0, W1, ...``: the largest ``|a - n| / max(|a|, |n|, floor)`` in that array. The floor is a
        thousandth of the array's largest derivative: smaller differences are rounding.
    """
    errors = {}
    for name, n in numerical.arrays().items():
        a = analytic.arrays()[name]
        sizes = np.maximum(np.abs(a), np.abs(n))
        floor = 1e-3 * sizes.max() or 1.0  # two gradients that are zero throughout agree
        errors[name] = float((np.abs(a - n) / np.maximum(sizes, floor)).max())
    return errors


def analytic_gradient(network: Network, x: NDArray, target: NDArray, loss: Loss) -> Network:
    """The same derivatives by `lib.nn.network.backward`; parameters and result as for `numerical_gradient`."""
    gradient = network.zeros()
    activations = forward(network, x)
    backward(network, activations, loss.gradient(activations[-1], target), gradient)
    return gradient


def check_gradient(network: Network, x: NDArray, target: NDArray, loss: Loss, step: float = 3e-5) -> dict[str, float]:
    """`relative_errors` of `analytic_gradient` against `numerical_gradient`; parameters as for the latter."""
    analytic = analytic_gradient(network, x, target, loss)
    return relative_errors(analytic, numerical_gradient(network, x, target, loss, step))


def mistakes(gradient: Network) -> dict[str, Network]:
    """Wrong gradients that a check has to reject: a correct one after each of three common mistakes.

    Parameters
    ----------
    gradient : Network
        A correct gradient, with at least two layers.

    Returns
    -------
    dict of str to Network
        ``sign``: one derivative of the first layer has the wrong sign. ``scale``: the last layer's are summed over a
        batch of two instead of averaged. ``bias``: those of the first layer's biases are missing.
    """
    wrong = {name: gradient.copy() for name in ("sign", "scale", "bias")}
    W = wrong["sign"].layers[0].W
    W.flat[np.abs(W).argmax()] *= -1
    wrong["scale"].layers[-1].W[...] *= 2
    wrong["bias"].layers[0].b[...] = 0
    return wrong
