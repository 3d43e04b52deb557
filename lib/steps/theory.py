"""Q1.6: how the gradient shrinks on its way down a deep network."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.stats import gmean

from lib.nn.activations import ACTIVATIONS
from lib.nn.network import forward, initialise


def gradient_norms(seed: int, networks: int, layers: int, width: int, examples: int) -> dict[str, NDArray | int]:
    """Norm of the gradient at each layer of random networks, relative to the last layer.

    Parameters
    ----------
    seed : int
    networks : int
        Number of networks, with `layers` layers of `width` units each.
    layers, width : int
    examples : int
        Random inputs per network.

    Returns
    -------
    dict
        ``width``, and for ``sigmoid`` and ``tanh`` the norms, (networks, layers) float64, the last layer first.
    """
    norms: dict[str, NDArray | int] = {"width": width}
    for name in ("sigmoid", "tanh"):
        rng = np.random.default_rng(seed)
        rows = []
        for _ in range(networks):
            network = initialise((width,) * (layers + 1), (name,) * layers, rng, np.float64)
            outputs = forward(network, rng.standard_normal((examples, width)))[1:]
            delta = rng.standard_normal(outputs[-1].shape)
            row = [np.linalg.norm(delta)]
            # Layer by layer down (Q1.5): from dJ/da of one layer to dJ/da of the layer below.
            for layer, output in zip(network.layers[:0:-1], outputs[-2::-1], strict=True):
                delta = ACTIVATIONS[name].derivative(output) * (delta @ layer.W.T)
                row.append(np.linalg.norm(delta))
            rows.append(np.array(row) / row[0])
        norms[name] = np.array(rows)
    return norms


def depth(norms: Mapping[str, NDArray]) -> dict[str, float]:
    """Share of the gradient that reaches the first layer, and the share kept per layer, as geometric means."""
    networks, layers = norms["tanh"].shape
    numbers: dict[str, float] = {"q1.6.networks": networks, "q1.6.layers": layers, "q1.6.width": int(norms["width"])}
    for name in ("sigmoid", "tanh"):
        total = float(gmean(norms[name][:, -1]))
        numbers |= {f"q1.6.{name}_total": total, f"q1.6.{name}_per_layer": total ** (1 / (layers - 1))}
    return numbers
