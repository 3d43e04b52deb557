"""Softmax and the losses: by hand, against SciPy, at the extremes, and their gradients."""

import numpy as np
import pytest
from scipy import special

from lib.nn import losses


def test_softmax_and_logsumexp_agree_with_scipy(rng):
    logits = rng.normal(0, 5, (7, 36))
    assert np.allclose(losses.softmax(logits), special.softmax(logits, axis=1))
    assert np.allclose(losses.logsumexp(logits)[:, 0], special.logsumexp(logits, axis=1))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_huge_logits_stay_finite(dtype):
    logits = np.array([[1e4, -1e4, 0], [-1e4, -1e4, -1e4], [1e4, 1e4, 1e4]], dtype)
    probs = losses.softmax(logits)
    assert np.isfinite(probs).all() and np.allclose(probs.sum(axis=1), 1)
    labels = np.array([1, 0, 0])  # the first true class has probability zero
    assert losses.cross_entropy(logits, labels) == pytest.approx((2e4 + 2 * np.log(3)) / 3)
    assert np.isfinite(losses.cross_entropy_gradient(logits, labels)).all()


def test_softmax_leaves_its_argument_alone(rng):
    logits = rng.normal(size=(3, 4))
    before = logits.copy()
    losses.softmax(logits)
    assert (logits == before).all()


@pytest.mark.parametrize("loss", [losses.CROSS_ENTROPY, losses.SQUARED_ERROR], ids=["cross-entropy", "squared error"])
def test_gradient_agrees_with_central_differences(loss, rng):
    output = rng.normal(size=(4, 5))
    target = rng.integers(0, 5, 4) if loss is losses.CROSS_ENTROPY else rng.normal(size=(4, 5))
    analytic = loss.gradient(output, target)
    for index in np.ndindex(output.shape):
        step = np.zeros_like(output)
        step[index] = 1e-6
        numeric = (loss.total(output + step, target) - loss.total(output - step, target)) / 2e-6
        assert analytic[index] == pytest.approx(numeric, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize(
    "labels, message",
    [
        ([0, 36], r"labels\[1\] is 36, but 36 classes are numbered 0 to 35; are the labels counted from 1\?"),
        ([-1, 0], r"labels\[0\] is -1"),
        ([0], r"shape \(1,\), but there are 2 rows"),
    ],
)
def test_labels_that_cannot_be_are_named(labels, message):
    with pytest.raises(ValueError, match=message):
        losses.cross_entropy(np.zeros((2, 36)), np.array(labels))


def test_outputs_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="shape"):
        losses.squared_error(np.zeros((2, 3)), np.zeros((2, 4)))
