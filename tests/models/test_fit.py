import numpy as np
import pytest
import torch
from torch.nn import functional

from lib.models import augment, fit, networks
from lib.nn import losses, optimisers, training
from lib.nn import network as numpy_network


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
    assert history["batch_loss"].shape == (12,)
    assert history["batch_loss"][-1] < history["batch_loss"][0] / 2
    assert fit.evaluate(model, *bars)[0] > 0.95


def test_the_same_seeds_give_the_same_bytes(bars):
    first, second = (networks.pack_weights(trained(*bars, augmented=augment.characters)[0]) for _ in range(2))
    assert first == second


def test_agrees_with_the_numpy_network_epoch_by_epoch():
    rng = np.random.default_rng(1)
    x, labels = rng.random((50, 64)), rng.integers(0, 5, 50)
    ours = numpy_network.initialise((64, 8, 5), ("sigmoid", "linear"), rng, np.float64)
    theirs = networks.from_numpy(networks.Mlp(64, 8, 5).double(), [layer[:2] for layer in ours.layers])

    def measure_ours(network):
        accuracy, loss = training.evaluate(network, x, labels)
        return {"accuracy": accuracy, "loss": loss}

    def measure_theirs(model):
        accuracy, loss = fit.evaluate(model, x, labels)
        return {"accuracy": accuracy, "loss": loss}

    numpy_history = training.fit(
        ours,
        x,
        labels,
        losses.CROSS_ENTROPY,
        optimisers.Momentum(0.9),
        training.constant(0.1),
        epochs=5,
        batch=16,
        rng=np.random.default_rng(2),
        measure=measure_ours,
    )
    torch_history = fit.fit(
        theirs,
        fit.Batches(x, labels, 16, np.random.default_rng(2)),
        torch.optim.SGD(theirs.parameters(), 0.1, momentum=0.9),
        epochs=5,
        measure=measure_theirs,
    )
    np.testing.assert_allclose(torch_history["loss"], numpy_history["loss"], rtol=0, atol=1e-8)
    np.testing.assert_array_equal(torch_history["accuracy"], numpy_history["accuracy"])


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
    np.testing.assert_array_equal(history["quality"], [0.5, 0.5])


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
    with pytest.raises(FloatingPointError, match="epoch 1; is 0.5 too high"):
        fit.fit(model, batches, torch.optim.SGD(model.parameters(), 0.5), 1)


def test_batches_hold_every_example_once_and_leave_the_data_alone(bars):
    images, labels = bars
    before = images.copy()
    batches = fit.Batches(images, labels, 16, np.random.default_rng(0), augment.characters)
    seen = [targets for _, targets in batches]
    assert [len(targets) for targets in seen] == [16, 16, 16, 12] and len(batches) == 4
    assert sorted(torch.cat(seen).tolist()) == sorted(labels)
    np.testing.assert_array_equal(images, before)


def test_unknown_devices_are_refused():
    assert fit.choose_device("cpu") == "cpu"
    with pytest.raises(ValueError, match="'gpu', but it is one of cpu, cuda, auto"):
        fit.choose_device("gpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_missing_gpu_is_named_and_auto_does_without():
    assert fit.choose_device("auto") == "cpu"
    with pytest.raises(ValueError, match="no GPU"):
        fit.choose_device("cuda")
