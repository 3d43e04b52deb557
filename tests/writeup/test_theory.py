"""The theory of Q1 and Q2.1.1 in numbers, with the functions that the networks are made of."""

import numpy as np
import pytest

from lib.figures import theory
from lib.nn.activations import ACTIVATIONS, sigmoid, sigmoid_derivative, tanh, tanh_derivative
from lib.nn.losses import CROSS_ENTROPY, softmax
from lib.nn.network import Network, backward, forward, initialise
from lib.nn.optimisers import Momentum

X = np.linspace(-8, 8, 321)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


# Q1.1, Q1.2: softmax


@pytest.mark.parametrize("shift", [-1e3, -1.0, 1e-3, 7.0, 1e3])
def test_softmax_does_not_see_a_translation(rng, shift):
    logits = rng.normal(size=(50, 36))
    np.testing.assert_allclose(softmax(logits + shift), softmax(logits), rtol=1e-12 * max(1, abs(shift)))


def test_softmax_is_a_distribution_that_keeps_order_and_ratios(rng):
    logits = rng.normal(scale=3, size=(50, 36))
    probs = softmax(logits)
    assert ((probs > 0) & (probs < 1)).all()
    np.testing.assert_allclose(probs.sum(axis=1), 1, rtol=1e-14)
    np.testing.assert_array_equal(probs.argsort(axis=1), logits.argsort(axis=1))
    np.testing.assert_allclose(probs[:, 0] / probs[:, 1], np.exp(logits[:, 0] - logits[:, 1]), rtol=1e-12)


def test_unshifted_softmax_overflows_where_the_text_says(rng):
    limit = np.log(np.finfo(np.float64).max)
    assert np.isfinite(np.exp(np.floor(limit)))
    with np.errstate(over="ignore"):
        assert np.isinf(np.exp(np.ceil(limit)))
    assert np.isfinite(softmax(np.array([[np.ceil(limit), 0.0]]))).all()


# Q1.3: depth without a non-linearity


def test_stacked_linear_layers_are_one_affine_map(rng):
    network = initialise((7, 11, 9, 4), ("linear",) * 3, rng, np.float64)
    for layer in network.layers:
        layer.b[:] = rng.normal(size=layer.b.shape)
    W1, W2, W3 = (layer.W for layer in network.layers)
    b1, b2, b3 = (layer.b for layer in network.layers)
    x = rng.normal(size=(20, 7))
    np.testing.assert_allclose(
        forward(network, x)[-1], x @ (W1 @ W2 @ W3) + ((W2 @ W3).T @ b1 + W3.T @ b2 + b3), rtol=1e-10
    )


def test_an_affine_map_fits_into_a_network_with_as_many_hidden_units_as_its_rank(rng):
    U, V, bias = rng.normal(size=(7, 2)), rng.normal(size=(2, 5)), rng.normal(size=5)
    network = Network((7, 2, 5), ("linear", "linear"), np.float64)
    network.layers[0].W[:], network.layers[1].W[:], network.layers[1].b[:] = U, V, bias
    x = rng.normal(size=(20, 7))
    np.testing.assert_allclose(forward(network, x)[-1], x @ (U @ V) + bias, rtol=1e-10, atol=1e-12)


# Q1.4, Q1.6: sigmoid and tanh


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_derivatives_from_the_value_alone_agree_with_central_differences(name):
    function, derivative = ACTIVATIONS[name]
    numerical = (function(X + 1e-6) - function(X - 1e-6)) / 2e-6
    np.testing.assert_allclose(derivative(function(X)), numerical, atol=1e-9)


def test_largest_slopes_are_a_quarter_and_one():
    assert sigmoid_derivative(sigmoid(X)).max() == sigmoid_derivative(sigmoid(np.zeros(1)))[0] == 0.25
    assert tanh_derivative(tanh(X)).max() == tanh_derivative(tanh(np.zeros(1)))[0] == 1


def test_tanh_is_a_scaled_and_shifted_sigmoid():
    np.testing.assert_allclose(tanh(X), 2 * sigmoid(2 * X) - 1, atol=1e-15)
    np.testing.assert_allclose(tanh_derivative(tanh(X)), 4 * sigmoid_derivative(sigmoid(2 * X)), atol=1e-15)


def test_tanh_has_the_larger_slope_exactly_within_the_dotted_lines():
    larger = tanh_derivative(tanh(X)) > sigmoid_derivative(sigmoid(X))
    np.testing.assert_array_equal(larger, np.abs(X) < theory.CROSSING)


def test_ranges_are_those_of_the_text():
    assert 0 < sigmoid(X).min() < 0.001 and 0.999 < sigmoid(X).max() < 1
    assert -1 < tanh(X).min() < -0.999 and 0.999 < tanh(X).max() < 1


# Q1.5: gradients of a linear layer


def test_layer_gradients_are_those_of_scalar_differences(rng):
    """For J = sum(delta * y): dJ/dW = X' delta, dJ/dX = delta W', dJ/db = column sums."""
    x, W, b, delta = (rng.normal(size=shape) for shape in [(5, 4), (4, 3), (3,), (5, 3)])
    arrays = {"x": x, "W": W, "b": b}
    expected = {"x": delta @ W.T, "W": x.T @ delta, "b": delta.sum(axis=0)}

    def loss():
        return float((delta * (x @ W + b)).sum())

    for name, array in arrays.items():
        numerical = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            kept, losses = array[index], []
            for nudge in (1e-6, -1e-6):
                array[index] = kept + nudge
                losses.append(loss())
            array[index] = kept
            numerical[index] = (losses[0] - losses[1]) / 2e-6
        np.testing.assert_allclose(expected[name], numerical, atol=1e-8, err_msg=name)


def test_backward_is_the_matrix_form_of_one_layer(rng):
    network = initialise((4, 3), ("linear",), rng, np.float64)
    x, delta = rng.normal(size=(5, 4)), rng.normal(size=(5, 3))
    gradient = network.zeros()
    backward(network, forward(network, x), delta, gradient)
    np.testing.assert_allclose(gradient.layers[0].W, x.T @ delta)
    np.testing.assert_allclose(gradient.layers[0].b, delta.T @ np.ones(5))


# Q2.1: why not zeros


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_hidden_units_that_start_as_zeros_stay_copies_of_each_other(rng, activation):
    network = _train_from_zeros(activation, rng)
    W1, b1 = network.layers[0][:2]
    W2 = network.layers[1].W
    np.testing.assert_allclose(W1, W1[:, :1] * np.ones(W1.shape), atol=1e-14)
    np.testing.assert_allclose(b1, b1[:1] * np.ones(b1.shape), atol=1e-14)
    np.testing.assert_allclose(W2, W2[:1] * np.ones(W2.shape), atol=1e-14)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_only_the_output_bias_learns_where_zero_gives_zero(rng, activation):
    network = _train_from_zeros(activation, rng, steps=2000)
    assert not network.layers[0].W.any() and not network.layers[0].b.any() and not network.layers[1].W.any()
    frequencies = np.bincount(LABELS) / len(LABELS)
    np.testing.assert_allclose(softmax(network.layers[1].b[None])[0], frequencies, atol=1e-6)


LABELS = np.array([0] * 10 + [1] * 6 + [2] * 4)


def _train_from_zeros(activation, rng, steps=50):
    network = Network((6, 5, 3), (activation, "linear"), np.float64)
    x, gradient, optimiser = rng.normal(size=(len(LABELS), 6)), network.zeros(), Momentum(0.1)
    for _ in range(steps):
        outputs = forward(network, x)
        backward(network, outputs, CROSS_ENTROPY.gradient(outputs[-1], LABELS), gradient)
        optimiser(network.flat, gradient.flat)
    return network


# The figures


def test_theory_figures_label_what_they_show():
    figure = theory.derivatives()
    _, slopes = figure.axes
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["sigmoid", "tanh"]
    assert slopes.get_lines()[0].get_ydata().max() == pytest.approx(0.25)


def test_depth_figure_draws_each_activation_and_the_bound():
    norms = {"sigmoid": 0.2 ** np.ones((3, 4)).cumsum(axis=1), "tanh": 0.9 ** np.ones((3, 4)).cumsum(axis=1)}
    (axes,) = theory.depth(norms).axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["sigmoid", "tanh", "4⁻ⁿ"]
    np.testing.assert_allclose(axes.get_lines()[0].get_ydata(), norms["sigmoid"][0])
