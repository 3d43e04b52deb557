"""Initialisation, activations, forward and backward, and the checker that has to catch a wrong gradient."""

import numpy as np
import pytest

from lib.nn import gradcheck, losses, network
from lib.nn.activations import ACTIVATIONS


def test_xavier_is_uniform_with_the_variance_of_equation_16(rng):
    weights = network.xavier_uniform(300, 200, rng)
    limit = np.sqrt(6 / 500)
    assert weights.shape == (300, 200) and np.abs(weights).max() <= limit
    assert weights.var() == pytest.approx(2 / 500, rel=0.02)
    # Uniform: each tenth of the range gets its tenth.
    assert np.histogram(weights, 10, (-limit, limit))[0] == pytest.approx(np.full(10, 6000), rel=0.05)


def test_biases_begin_at_zero(rng):
    net = network.initialise((5, 4, 3), ("tanh", "linear"), rng)
    assert all((layer.b == 0).all() and (layer.W != 0).any() for layer in net.layers)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_activations_are_finite_and_silent_at_the_extremes(name, dtype):
    x = np.array([-1e4, -100, -1, 0, 1, 100, 1e4], dtype)
    y = ACTIVATIONS[name].function(x.copy())
    slope = ACTIVATIONS[name].derivative(y)
    assert y.dtype == slope.dtype == dtype
    assert np.isfinite(y).all() and np.isfinite(slope).all()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivative_in_terms_of_the_value_agrees_with_central_differences(name):
    x = np.linspace(-3, 3, 40)  # without 0, where relu has its kink
    function, derivative = ACTIVATIONS[name]
    numeric = (function(x + 1e-6) - function(x - 1e-6)) / 2e-6
    assert derivative(function(x.copy())) == pytest.approx(numeric, abs=1e-8)


def test_forward_by_hand():
    net = network.Network((2, 1), ("sigmoid",), np.float64)
    net.layers[0].W[...] = [[1], [2]]
    net.layers[0].b[...] = -1
    assert network.forward(net, np.array([[1.0, 0.5]]))[-1] == pytest.approx(np.array([[1 / (1 + np.exp(-1))]]))


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("loss", [losses.CROSS_ENTROPY, losses.SQUARED_ERROR], ids=["cross-entropy", "squared error"])
def test_backward_agrees_with_central_differences(name, loss, rng):
    net = network.initialise((6, 5, 4, 3), (name, name, "linear"), rng, np.float64)
    net.flat += rng.normal(0, 0.1, net.flat.shape)
    x = rng.normal(size=(4, 6))
    target = rng.integers(0, 3, 4) if loss is losses.CROSS_ENTROPY else rng.normal(size=(4, 3))
    assert max(gradcheck.check_gradient(net, x, target, loss).values()) < 1e-6


def test_the_checker_sees_a_wrong_sign_a_wrong_scale_and_a_forgotten_bias(rng):
    net = network.initialise((6, 5, 3), ("sigmoid", "linear"), rng, np.float64)
    x, labels = rng.normal(size=(8, 6)), rng.integers(0, 3, 8)
    numerical = gradcheck.numerical_gradient(net, x, labels, losses.CROSS_ENTROPY)
    analytic = gradcheck.analytic_gradient(net, x, labels, losses.CROSS_ENTROPY)
    assert max(gradcheck.relative_errors(analytic, numerical).values()) < 1e-6

    def error(wrong):
        return max(gradcheck.relative_errors(wrong, numerical).values())

    wrong = analytic.copy()
    wrong.layers[1].b[:] = 0
    assert error(wrong) == 1
    assert {name: error(wrong) for name, wrong in gradcheck.mistakes(analytic).items()} == {
        "sign": pytest.approx(2, rel=1e-6),
        "scale": pytest.approx(0.5, rel=1e-6),
        "bias": 1,
    }


def test_mistakes_are_one_sign_the_last_layers_scale_and_the_first_biases(rng):
    right = network.initialise((3, 4, 2, 2), ("sigmoid", "tanh", "linear"), rng, np.float64)
    right.flat += 1
    wrong = gradcheck.mistakes(right)
    ratios = {name: gradient.flat / right.flat for name, gradient in wrong.items()}
    assert sorted(ratios["sign"]) == [-1] + [1] * (right.flat.size - 1)
    assert (wrong["sign"].layers[0].W < 0).sum() == 1
    assert (wrong["scale"].layers[2].W == 2 * right.layers[2].W).all() and (ratios["scale"] == 2).sum() == 4
    assert (wrong["bias"].layers[0].b == 0).all() and (ratios["bias"] == 0).sum() == 4


def test_relative_errors_are_relative_to_a_thousandth_of_the_largest_derivative_at_least():
    one, other = (network.Network((1, 3), ("linear",), np.float64) for _ in range(2))
    one.layers[0].W[:], other.layers[0].W[:] = [[2.0, 0.5, 0.0]], [[2.0, 0.4, 1e-4]]
    assert gradcheck.relative_errors(one, other) == {"W0": pytest.approx(0.2), "b0": 0}
    one.layers[0].W[:], other.layers[0].W[:] = [[2.0, 0.5, 0.0]], [[2.0, 0.5, 1e-4]]
    assert gradcheck.relative_errors(one, other) == {"W0": pytest.approx(0.05), "b0": 0}


def test_a_gradient_check_refuses_float32_of_either(rng):
    for net_type, x_type in ((np.float32, np.float64), (np.float64, np.float32)):
        net = network.initialise((3, 2), ("linear",), rng, net_type)
        with pytest.raises(ValueError, match=f"network is {net.flat.dtype} and x is {np.dtype(x_type)}"):
            gradcheck.numerical_gradient(net, np.zeros((2, 3), x_type), np.zeros(2, int), losses.CROSS_ENTROPY)


def test_wrong_shapes_are_named(rng):
    net = network.initialise((6, 3), ("linear",), rng)
    with pytest.raises(ValueError, match=r"\(2, 5\).*6"):
        network.forward(net, np.zeros((2, 5), np.float32))
    with pytest.raises(ValueError, match="unknown activation"):
        network.Network((2, 2), ("swish",))
    for sizes in ((3,), (3, 0), (0, 3)):
        with pytest.raises(ValueError, match="sizes are"):
            network.Network(sizes, ("relu",) * (len(sizes) - 1))
    with pytest.raises(ValueError, match="2 layers need as many activations"):
        network.Network((2, 2, 2), ("relu",))
    with pytest.raises(ValueError, match="weights W1, b1 are missing; there are W0, b0"):
        network.from_arrays({"W0": np.zeros((2, 2)), "b0": np.zeros(2)}, ("relu", "linear"))
    with pytest.raises(ValueError, match=r"b0 has shape \(3,\), but its neighbours need \(2,\)"):
        network.from_arrays({"W0": np.zeros((2, 2)), "b0": np.zeros(3)}, ("relu",))


def test_stored_weights_come_back(rng):
    net = network.initialise((4, 3, 2), ("sigmoid", "linear"), rng)
    again = network.from_arrays({name: array.copy() for name, array in net.arrays().items()}, net.activations)
    x = rng.normal(size=(5, 4)).astype(np.float32)
    assert (network.predict(again, x) == network.predict(net, x)).all()
    assert again.flat.dtype == net.flat.dtype == network.predict(net, x).dtype == np.float32
    double = network.Network((4, 2), ("linear",), np.float64)
    assert network.from_arrays(double.arrays(), ("linear",)).flat.dtype == double.zeros().flat.dtype == np.float64


def test_predictions_do_not_depend_on_the_chunk(rng):
    net = network.initialise((4, 3), ("sigmoid",), rng)
    x = rng.normal(size=(7, 4)).astype(np.float32)
    assert network.predict(net, x, chunk=3) == pytest.approx(network.forward(net, x)[-1])
    assert network.predict(net, x[:0]).shape == (0, 3)


def test_a_folded_mean_is_a_subtracted_mean(rng):
    net = network.initialise((4, 2), ("linear",), rng, np.float64)
    x, mean = rng.normal(size=(5, 4)), rng.normal(size=4)
    expected = network.predict(net, x - mean)
    network.fold_mean(net, mean)
    assert network.predict(net, x) == pytest.approx(expected)
