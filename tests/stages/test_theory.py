"""Q1.6: gradients followed through random networks, and what is left of them (`Q1.6/depth`)."""

import numpy as np
import pytest

from lib.steps import theory


@pytest.fixture(scope="module")
def norms():
    return theory.gradient_norms(seed=0, networks=3, layers=6, width=16, examples=8)


def test_norms_are_relative_to_the_last_layer_and_vanish_with_the_sigmoid(norms):
    assert norms["width"] == 16 and norms["sigmoid"].shape == norms["tanh"].shape == (3, 6)
    assert (norms["sigmoid"][:, 0] == 1).all() and (norms["tanh"][:, 0] == 1).all()
    assert (np.diff(norms["sigmoid"], axis=1) < 0).all()
    assert (norms["sigmoid"][:, -1] < 4.0**-4).all() and (norms["tanh"][:, -1] > 0.1).all()


def test_networks_differ_but_are_the_same_again_and_for_both_activations(norms):
    assert len(np.unique(norms["sigmoid"][:, -1])) == 3
    again = theory.gradient_norms(seed=0, networks=3, layers=6, width=16, examples=8)
    other = theory.gradient_norms(seed=1, networks=3, layers=6, width=16, examples=8)
    assert (again["tanh"] == norms["tanh"]).all() and (other["tanh"] != norms["tanh"]).any()


def test_a_norm_is_that_of_backward(norms):
    """The gradient with respect to the pre-activations of the first of two layers, from the biases' gradients."""
    from lib.nn.network import backward, forward, initialise

    (row,) = theory.gradient_norms(seed=3, networks=1, layers=2, width=4, examples=1)["tanh"]
    rng = np.random.default_rng(3)
    network = initialise((4, 4, 4), ("tanh", "tanh"), rng, np.float64)
    outputs, gradient = forward(network, rng.standard_normal((1, 4))), network.zeros()
    delta = rng.standard_normal((1, 4))
    backward(network, outputs, delta / (1 - outputs[-1] ** 2), gradient)  # dJ/da of the last layer is delta
    assert row == pytest.approx([1, np.linalg.norm(gradient.layers[0].b) / np.linalg.norm(delta)])


def test_numbers_are_geometric_means_over_the_networks():
    norms = {"width": 5, "sigmoid": np.array([[1, 0.1, 0.04], [1, 0.1, 0.01]]), "tanh": np.array([[1, 1, 1.0]] * 2)}
    assert theory.depth(norms) == {
        "q1.6.networks": 2,
        "q1.6.layers": 3,
        "q1.6.width": 5,
        "q1.6.sigmoid_total": pytest.approx(0.02),
        "q1.6.sigmoid_per_layer": pytest.approx(0.02**0.5),
        "q1.6.tanh_total": 1.0,
        "q1.6.tanh_per_layer": 1.0,
    }
