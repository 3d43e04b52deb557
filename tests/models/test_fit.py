"""The training loop: it learns, agrees with lib.nn, repeats to the byte, and follows its schedule."""

import functools

import numpy as np
import pytest
import torch
from torch.nn import functional

from lib.models import augment, fit, networks
from lib.nn import losses, optimisers, training
from lib.nn import network as numpy_network
from lib.nn.batches import Batches


@pytest.fixture
def bars():
    """Images of 16 x 16 with a dark bar: standing (0), lying (1) or none (2)."""
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 3
    images = np.ones((60, 1, 16, 16), np.float32)
    for image, label, place in zip(images[:, 0], labels, rng.integers(3, 12, 60), strict=True):
        if label == 0:
            image[2:14, place : place + 2] = 0
        if label == 1:
            image[place : place + 2, 2:14] = 0
    return images, labels


def trained(images, labels, epochs=6, learning_rate=0.01, augmented=None, **more):
    torch.manual_seed(0)
    model = networks.Cnn(16, 3, channels=(4, 4, 4), hidden=8, dropout=0.1)
    batches = fit.Batches(images, labels, 16, np.random.default_rng(0), augmented)
    optimiser = torch.optim.AdamW(model.parameters(), learning_rate)
    history = fit.fit(model, batches, optimiser, epochs, fit.one_cycle(), **more)
    return model, history


def test_loss_falls_and_the_network_learns(bars):
    model, history = trained(*bars, epochs=12)
    assert len(history["batch_loss"]) == 12
    assert history["batch_loss"][-1] < history["batch_loss"][0] / 2
    assert fit.evaluate(model, *bars)[0] > 0.95


def test_the_same_seeds_give_the_same_bytes(bars):
    first, second = (networks.pack_weights(trained(*bars, augmented=augment.characters)[0]) for _ in range(2))
    assert first == second


def test_one_thread_is_used_whatever_the_caller_has(bars):
    threads, seen = torch.get_num_threads(), []
    torch.set_num_threads(3)
    try:
        trained(*bars, epochs=1, measure=lambda model: seen.append(torch.get_num_threads()) or {})
        assert seen == [1] and torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(threads)


def test_agrees_with_the_numpy_network_epoch_by_epoch():
    rng = np.random.default_rng(1)
    x, labels = rng.random((50, 64)), rng.integers(0, 5, 50)
    in_numpy = numpy_network.initialise((64, 8, 5), ("sigmoid", "linear"), rng, np.float64)
    in_torch = networks.from_numpy(networks.Mlp(64, 8, 5).double(), [layer[:2] for layer in in_numpy.layers])
    sets = {"train": (x, labels)}
    numpy_history = training.fit(
        in_numpy,
        Batches(x, labels, 16, np.random.default_rng(2)),
        losses.CROSS_ENTROPY,
        optimisers.Momentum(0.1, 0.9, weight_decay=0.05),
        epochs=5,
        measure=lambda net: training.measure(functools.partial(training.evaluate, net), sets),
    )
    torch_history = fit.fit(
        in_torch,
        fit.Batches(x, labels, 16, np.random.default_rng(2)),
        fit.DecayedSgd(in_torch.parameters(), 0.1, 0.9, decay=0.05),
        epochs=5,
        measure=lambda net: training.measure(functools.partial(fit.evaluate, net), sets),
    )
    np.testing.assert_allclose(torch_history["train_loss"], numpy_history["train_loss"], rtol=0, atol=1e-8)
    assert torch_history["train_accuracy"] == numpy_history["train_accuracy"]


def test_every_epoch_is_reported(bars):
    seen = []
    _, history = trained(
        *bars,
        epochs=2,
        measure=lambda model: {"quality": 0.5},
        on_epoch=lambda epoch, epochs, **measures: seen.append((epoch, epochs, measures)),
    )
    assert [(epoch, epochs) for epoch, epochs, _ in seen] == [(1, 2), (2, 2)]
    assert seen[0][2] == {"batch_loss": history["batch_loss"][0], "quality": 0.5}
    assert history["quality"] == [0.5, 0.5]


def test_any_loss_of_outputs_and_targets_will_do(bars):
    images, _ = bars
    torch.manual_seed(0)
    model = networks.Mlp(256, 4, 256)
    batches = fit.Batches(images, images.reshape(60, 256), 16, np.random.default_rng(0))
    history = fit.fit(model, batches, torch.optim.Adam(model.parameters(), 0.01), 4, loss=functional.mse_loss)
    assert history["batch_loss"][-1] < history["batch_loss"][0]


def test_a_rate_that_blows_up_is_named(bars):
    images, labels = bars
    model = networks.Mlp(256, 4, 3)
    batches = fit.Batches(np.full_like(images, np.inf), labels, 16, np.random.default_rng(0))
    with pytest.raises(FloatingPointError, match="epoch 1; is the learning rate 0.5 too high"):
        fit.fit(model, batches, torch.optim.SGD(model.parameters(), 0.5), 1)


def test_batches_hold_every_example_once_and_leave_the_data_alone(bars):
    images, labels = bars
    before = images.copy()
    batches = fit.Batches(images, labels, 16, np.random.default_rng(0), augment.characters)
    first, second = ([targets for _, targets in batches] for _ in range(2))
    assert [len(targets) for targets in first] == [16, 16, 16, 12] and len(batches) == 4
    assert sorted(torch.cat(first).tolist()) == sorted(labels)
    assert not torch.equal(torch.cat(first), torch.cat(second))
    np.testing.assert_array_equal(images, before)


def test_batches_are_augmented_and_inputs_stay_with_their_targets():
    numbers = np.arange(10, dtype=np.float32)
    for inputs, targets in fit.Batches(numbers, numbers, 4, np.random.default_rng(0), lambda images, _: images + 100):
        assert torch.equal(inputs, targets + 100)


def test_the_learning_rate_follows_the_schedule_batch_by_batch(bars):
    rates = []

    class Noting(torch.optim.SGD):
        def step(self, closure=None):
            rates.append(self.param_groups[0]["lr"])
            return super().step(closure)

    model = networks.Mlp(256, 4, 3)
    batches = fit.Batches(*bars, 16, np.random.default_rng(0))
    fit.fit(model, batches, Noting(model.parameters(), 0.5), 2, lambda progress: 1 - progress)
    np.testing.assert_allclose(rates, 0.5 * (1 - np.arange(8) / 8))


def test_every_batch_is_trained_on_in_training_mode(bars):
    model, _ = trained(*bars, epochs=2, measure=lambda model: {"loss": fit.evaluate(model, *bars)[1]})
    assert model.features[2].num_batches_tracked == 8  # batch norm counts what it learned from


def test_the_batch_loss_is_the_mean_over_all_examples(bars):
    images, labels = bars
    model = networks.Mlp(256, 4, 3)
    batches = fit.Batches(images, labels, 16, np.random.default_rng(0))  # 16, 16, 16 and 12
    history = fit.fit(model, batches, torch.optim.SGD(model.parameters(), 0.0), 1)
    assert history["batch_loss"][0] == pytest.approx(fit.evaluate(model, images, labels)[1], rel=1e-5)


def test_evaluation_by_hand():
    model = torch.nn.Linear(2, 2, bias=False)
    torch.nn.init.eye_(model.weight)
    accuracy, loss = fit.evaluate(model, np.eye(2, dtype=np.float32)[[0, 0, 1, 1]], np.array([0, 0, 1, 0]))
    right = np.log(1 + np.exp(-1))
    assert accuracy == 0.75 and loss == pytest.approx((3 * right + right + 1) / 4)


def test_prediction_leaves_dropout_out_and_does_not_depend_on_the_chunk(bars):
    model, _ = trained(*bars, epochs=1)
    model.train()
    whole, parts = (fit.predict(model, bars[0], chunk) for chunk in (512, 7))
    torch.testing.assert_close(whole, parts)


def test_weight_decay_shrinks_by_rate_times_decay_outside_the_momentum():
    parameter = torch.nn.Parameter(torch.ones(1))
    optimiser = fit.DecayedSgd([parameter], 0.1, 0.9, decay=0.5)
    for _ in range(2):
        parameter.grad = torch.zeros(1)
        optimiser.step()
    assert parameter.item() == pytest.approx(0.95**2)


def test_unknown_devices_are_refused():
    assert fit.choose_device("cpu") == "cpu"
    with pytest.raises(ValueError, match="'gpu', but must be one of cpu, cuda, auto"):
        fit.choose_device("gpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_missing_gpu_is_named_and_auto_does_without():
    assert fit.choose_device("auto") == "cpu"
    with pytest.raises(ValueError, match="no GPU"):
        fit.choose_device("cuda")
