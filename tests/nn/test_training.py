"""Batches, optimisers and the loop."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from lib.nn import losses, network, optimisers, training
from lib.nn.batches import Batches, random_batches


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


def test_a_batch_of_no_example_is_refused_and_one_of_one_example_is_not(rng):
    with pytest.raises(ValueError, match="batch size is 0"):
        next(random_batches(rng, 0, np.zeros(3)))
    assert len(list(random_batches(rng, 1, np.zeros(3)))) == 3


def test_batches_can_be_iterated_over_again_in_a_new_order(rng):
    batches = Batches(np.arange(20.0), np.arange(20), 8, rng)
    first, second = (np.concatenate([target for _, target in batches]) for _ in range(2))
    assert sorted(first) == sorted(second) == list(range(20)) and (first != second).any()


def test_sgd_and_momentum_by_hand():
    weights = np.array([1.0])
    optimisers.Sgd(0.1)(weights, np.array([2.0]))
    assert weights == pytest.approx([0.8])
    weights, optimiser = np.array([1.0]), optimisers.Momentum(0.1)
    optimiser(weights, np.array([2.0]))  # M = -0.2
    assert weights == pytest.approx([0.8])
    optimiser(weights, np.array([1.0]))  # M = 0.9 * -0.2 - 0.1 = -0.28
    assert weights == pytest.approx([0.52])
    optimiser = optimisers.Momentum(0.1, momentum=0.5)
    for gradient in (2.0, 1.0):  # M = -0.2, then 0.5 * -0.2 - 0.1 = -0.2
        optimiser(weights, np.array([gradient]))
    assert weights == pytest.approx([0.12])


def test_adam_moves_by_about_the_learning_rate_whatever_the_gradient():
    for size in (1e-6, 1.0, 1e6):
        weights = np.array([0.0])
        optimisers.Adam(0.1, epsilon=1e-12)(weights, np.array([size]))
        assert weights == pytest.approx([-0.1], rel=1e-4)


def test_adam_follows_algorithm_1_of_the_paper_step_by_step():
    weights, optimiser = np.array([1.0]), optimisers.Adam(0.1)
    expected, m, v = 1.0, 0.0, 0.0
    for t, gradient in enumerate((3.0, -1.0, 0.5, 0.0, 2.0), 1):
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        expected -= 0.1 * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)) ** 0.5 + 1e-8)
        optimiser(weights, np.array([gradient]))
        assert weights == pytest.approx([expected], rel=1e-9)


def test_adam_stays_where_the_gradient_is_zero():
    weights = np.array([1.0])
    optimisers.Adam(0.1)(weights, np.array([0.0]))
    assert weights == [1.0]


def test_a_watched_optimiser_moves_as_before_and_tells_of_its_steps_since_it_was_asked():
    plain, seen = np.array([1.0, 2.0]), np.array([1.0, 2.0])
    optimiser, watched = optimisers.Momentum(0.1), optimisers.Watched(optimisers.Momentum(0.1))
    steps = []
    for gradient in ([3.0, 4.0], [6.0, 8.0], [0.0, 0.0]):
        optimiser(plain, np.array(gradient))
        watched(seen, np.array(gradient))
        steps.append(plain.copy())
        assert seen.tolist() == plain.tolist()
        if len(steps) == 2:
            norm, between = watched.take()
            assert norm == 7.5 and between.tolist() == np.mean(steps, axis=0).tolist()
    norm, between = watched.take()
    assert norm == 0 and between.tolist() == plain.tolist() and watched.rate(0.5) == 0.1
    with pytest.raises(ValueError, match="no step has been made since the last take"):
        watched.take()


def test_units_near_zero_and_one_are_saturated():
    net = network.Network((1, 4, 1), ("sigmoid", "linear"))
    net.layers[0].b[...] = [-9, 0, 2.9, 3]
    assert training.saturation(net, np.zeros((5, 1))) == 0.5


@pytest.mark.parametrize("kind", [optimisers.Sgd, optimisers.Momentum, optimisers.Adam])
def test_weight_decay_shrinks_all_weights_by_its_share_of_the_learning_rate(kind):
    weights = np.array([2.0, -4.0])
    kind(0.1, weight_decay=0.5)(weights, np.zeros(2))
    assert weights == pytest.approx([1.9, -3.8])


def test_a_schedule_is_followed_by_steps_and_weight_decay():
    weights = np.array([1.0])
    optimisers.Sgd(lambda progress: 0.1 * progress, weight_decay=1.0)(weights, np.array([2.0]), 0.5)
    assert weights == pytest.approx([0.95 - 0.1])  # a rate of 0.05
    assert optimisers.Sgd(0.3).rate(0.9) == 0.3
    assert [optimisers.cosine(3.0)(progress) for progress in (0, 1 / 3, 2 / 3, 1)] == pytest.approx([3, 2.25, 0.75, 0])


def examples(rng):
    """Two clouds that a line separates."""
    labels = rng.integers(0, 2, 200)
    x = rng.normal(0, 0.5, (200, 3)) + labels[:, None]
    return x.astype(np.float32), labels


def fit(x, labels, optimiser=None, seed=0, **options):
    rng = np.random.default_rng(seed)
    net = network.initialise((3, 8, 2), ("sigmoid", "linear"), rng)
    options.setdefault("measure", lambda net: {"loss": training.evaluate(net, x, labels)[1]})
    optimiser = optimiser or optimisers.Momentum(0.1)
    return net, training.fit(net, Batches(x, labels, 32, rng), losses.CROSS_ENTROPY, optimiser, 8, **options)


def test_training_lowers_the_loss_leaves_the_data_alone_and_repeats_itself(rng):
    x, labels = examples(rng)
    before = x.copy(), labels.copy()
    net, history = fit(x, labels)
    assert len(history["loss"]) == 8 and history["loss"][-1] < 0.5 * history["loss"][0]
    right = network.predict(net, x).argmax(axis=1) == labels
    assert training.evaluate(net, x, labels) == (right.mean(), history["loss"][-1])
    assert (x == before[0]).all() and (labels == before[1]).all()
    again, _ = fit(x, labels)
    assert (again.flat == net.flat).all()


def test_an_epoch_takes_the_steps_of_the_formula(rng):
    x, labels = rng.normal(size=(6, 3)), rng.integers(0, 2, 6)
    net = network.initialise((3, 4, 2), ("tanh", "linear"), rng, np.float64)
    expected = net.copy()
    for start in (0, 3):
        outputs, gradient = network.forward(expected, x[start : start + 3]), expected.zeros()
        grad_output = losses.cross_entropy_gradient(outputs[-1], labels[start : start + 3])
        network.backward(expected, outputs, grad_output, gradient)
        expected.flat -= 0.2 * gradient.flat
    batches = [(x[:3], labels[:3]), (x[3:], labels[3:])]
    training.train_epoch(net, batches, losses.CROSS_ENTROPY, optimisers.Sgd(0.2), net.zeros())
    assert net.flat == pytest.approx(expected.flat)


def test_every_epoch_is_reported_and_the_schedule_sees_its_progress(rng):
    x, labels = examples(rng)
    reported, seen = [], []
    schedule = lambda progress: seen.append(progress) or 0.1  # noqa: E731
    fit(
        x,
        labels,
        optimisers.Sgd(schedule),
        on_epoch=lambda epoch, epochs, **metrics: reported.append((epoch, epochs, list(metrics))),
    )
    assert reported == [(epoch, 8, ["loss"]) for epoch in range(1, 9)]
    assert sorted(set(seen)) == [epoch / 8 for epoch in range(8)]


def test_training_without_measuring_has_no_history(rng):
    x, labels = examples(rng)
    assert fit(x, labels, measure=None)[1] == {}


def test_weight_decay_makes_the_weights_of_a_fit_smaller(rng):
    x, labels = examples(rng)
    plain, decayed = (fit(x, labels, optimisers.Momentum(0.1, weight_decay=decay))[0] for decay in (0, 0.1))
    assert np.square(decayed.flat).sum() < 0.9 * np.square(plain.flat).sum()


def test_a_rate_that_overflows_says_so(rng):
    x, labels = examples(rng)
    with pytest.raises(FloatingPointError, match=r"epoch 1; is 1e\+30 too high"):
        fit(x * 1e20, labels, optimisers.Momentum(1e30))


def test_blas_uses_one_thread_while_a_network_is_trained_and_as_many_as_before_afterwards(rng):
    def threads(_=None):
        return {"threads": max(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")}

    with threadpool_limits(2, "blas"):
        _, history = fit(*examples(rng), measure=threads)
        assert set(history["threads"]) == {1} and threads() == {"threads": 2}


def test_networks_are_grouped_by_their_learning_rate():
    fits = [{"learning_rate": np.array(rate), "seed": seed} for seed in (0, 1) for rate in (0.1, 1.0)]
    groups = training.by_learning_rate(fits)
    assert {rate: [fit["seed"] for fit in group] for rate, group in groups.items()} == {0.1: [0, 1], 1.0: [0, 1]}
