"""Batches, optimisers and the loop."""

import numpy as np
import pytest

from lib.nn import losses, network, optimisers, training
from lib.nn.batches import random_batches


def test_every_example_comes_once_an_epoch_in_a_new_order_with_its_label(rng):
    x, labels = np.arange(10)[:, None], np.arange(10)
    epochs = []
    for _ in range(2):
        seen = list(random_batches(rng, 4, x, labels))
        assert [len(batch) for batch, _ in seen] == [4, 4, 2]
        assert all((batch[:, 0] == names).all() for batch, names in seen)
        epochs.append(np.concatenate([names for _, names in seen]))
        assert sorted(epochs[-1]) == list(range(10))
    assert (epochs[0] != epochs[1]).any()
    assert (x[:, 0] == np.arange(10)).all() and (labels == np.arange(10)).all()


def test_arrays_of_different_length_are_refused(rng):
    with pytest.raises(ValueError, match=r"\[3, 4\]"):
        next(random_batches(rng, 2, np.zeros(3), np.zeros(4)))


def test_sgd_and_momentum_by_hand():
    weights = np.array([1.0])
    optimisers.Sgd()(weights, np.array([2.0]), 0.1)
    assert weights == pytest.approx([0.8])
    weights, step = np.array([1.0]), optimisers.Momentum(0.9)
    step(weights, np.array([2.0]), 0.1)  # M = -0.2
    assert weights == pytest.approx([0.8])
    step(weights, np.array([1.0]), 0.1)  # M = 0.9 * -0.2 - 0.1 = -0.28
    assert weights == pytest.approx([0.52])


def test_adam_moves_by_about_the_learning_rate_whatever_the_gradient():
    for size in (1e-6, 1.0, 1e6):
        weights = np.array([0.0])
        optimisers.Adam(epsilon=1e-12)(weights, np.array([size]), 0.1)
        assert weights == pytest.approx([-0.1], rel=1e-4)


def examples(rng):
    """Two clouds that a line separates."""
    labels = rng.integers(0, 2, 200)
    x = rng.normal(0, 0.5, (200, 3)) + labels[:, None]
    return x.astype(np.float32), labels


def fit(x, labels, seed=0, learning_rate=0.1, **options):
    rng = np.random.default_rng(seed)
    net = network.initialise((3, 8, 2), ("sigmoid", "linear"), rng)
    measure = lambda net: {"loss": training.evaluate(net, x, labels)[1]}  # noqa: E731
    schedule = training.constant(learning_rate)
    return net, training.fit(
        net, x, labels, losses.CROSS_ENTROPY, optimisers.Momentum(), schedule, 8, 32, rng, measure=measure, **options
    )


def test_training_lowers_the_loss_leaves_the_data_alone_and_repeats_itself(rng):
    x, labels = examples(rng)
    before = x.copy(), labels.copy()
    net, history = fit(x, labels)
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    assert (x == before[0]).all() and (labels == before[1]).all()
    again, _ = fit(x, labels)
    assert (again.flat == net.flat).all()


def test_every_epoch_is_told_and_weight_decay_shrinks(rng):
    x, labels = examples(rng)
    told = []
    plain, _ = fit(x, labels, on_epoch=lambda epoch, epochs, **metrics: told.append((epoch, epochs, list(metrics))))
    assert told == [(epoch, 8, ["loss"]) for epoch in range(1, 9)]
    decayed, _ = fit(x, labels, weight_decay=0.1)
    assert np.square(decayed.flat).sum() < np.square(plain.flat).sum()


def test_a_rate_that_overflows_says_so(rng):
    x, labels = examples(rng)
    with pytest.raises(FloatingPointError, match="too high"):
        fit(x * 1e20, labels, learning_rate=1e30)
