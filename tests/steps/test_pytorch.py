"""The four networks on tiny data: what is trained, what is measured on which split, what is reported."""

import math

import numpy as np
import pytest
import torch

from lib.data import datasets
from lib.models import fit, networks
from lib.nn import network as numpy_network
from lib.steps import pytorch as steps

CNN = {
    "channels": (4, 4, 4),
    "hidden": 8,
    "dropout": 0.1,
    "epochs": 2,
    "batch": 16,
    "learning_rate": 0.01,
    "weight_decay": 0.0,
    "label_smoothing": 0.0,
    "augment": 0.0,
    "seed": 0,
    "device": "cpu",
}
MLP = {"hidden": 6, "epochs": 2, "batch": 8, "learning_rate": 0.1, "momentum": 0.9, "weight_decay": 0.01, "seed": 3}


def draw(n, rng):
    """Images of 16 x 16 with a dark bar: standing (0), lying (1) or none (2)."""
    labels = rng.permutation(np.arange(n) % 3)
    images = np.ones((n, 16, 16), np.float32)
    for image, label, place in zip(images, labels, rng.integers(3, 12, n), strict=True):
        if label == 0:
            image[2:14, place : place + 2] = 0
        if label == 1:
            image[place : place + 2, 2:14] = 0
    return images, labels


@pytest.fixture(scope="module")
def dataset():
    rng = np.random.default_rng(0)
    return datasets.dataset({"train": draw(60, rng), "valid": draw(30, rng), "test": draw(18, rng)}, "IL ")


def weights_of(trained):
    return torch.cat(
        [value.flatten() for value in networks.restore(trained["network"], trained["weights"]).parameters()]
    )


@pytest.fixture(scope="module")
def cnn(dataset):
    return steps.fit_cnn(dataset, **CNN)


@pytest.mark.parametrize(
    "train", [lambda data: steps.fit_cnn(data, **CNN), lambda data: steps.fit_mlp(data, **MLP, device="cpu")]
)
def test_the_history_ends_with_the_trained_network_on_training_and_validation_images(dataset, train):
    trained = train(dataset)
    model = networks.restore(trained["network"], trained["weights"])
    for split in ("train", "valid"):
        images, labels = datasets.split(dataset, split)
        accuracy, loss = fit.evaluate(model, images[:, None], labels)
        assert len(trained["history"][f"{split}_accuracy"]) == 2
        assert trained["history"][f"{split}_accuracy"][-1] == pytest.approx(accuracy)
        assert trained["history"][f"{split}_loss"][-1] == pytest.approx(loss, rel=1e-5)


def test_a_description_says_what_was_trained(dataset, cnn):
    assert cnn["network"] == {
        "kind": "Cnn",
        "size": 16,
        "classes": 3,
        "channels": [4, 4, 4],
        "hidden": 8,
        "dropout": 0.1,
        "names": ["I", "L", " "],
        "device": "cpu",
        "weights": len(weights_of(cnn)),
    }


@pytest.mark.parametrize(
    "change",
    [
        {"augment": 1.0},
        {"batch": 20},
        {"channels": (4, 4, 6)},
        {"dropout": 0.5},
        {"hidden": 6},
        {"label_smoothing": 0.2},
        {"learning_rate": 0.02},
        {"seed": 1},
        {"weight_decay": 0.2},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_setting_changes_the_weights(dataset, cnn, change):
    assert not torch.equal(weights_of(steps.fit_cnn(dataset, **CNN | change)), weights_of(cnn))


def test_the_seed_decides_the_initial_weights_and_the_batches(dataset, cnn, monkeypatch):
    torch.manual_seed(99)
    assert steps.fit_cnn(dataset, **CNN)["weights"] == cnn["weights"]
    seed_torch = torch.manual_seed
    monkeypatch.setattr(torch, "manual_seed", lambda seed: seed_torch(0))
    assert steps.fit_cnn(dataset, **CNN | {"seed": 1})["weights"] != cnn["weights"]  # by other batches alone


def test_weight_decay_shrinks_the_weights(dataset, cnn):
    decayed = steps.fit_cnn(dataset, **CNN | {"weight_decay": 0.9})
    assert weights_of(decayed).norm() < 0.99 * weights_of(cnn).norm()


def test_smoothed_labels_bound_the_training_loss_from_below(dataset):
    share, other = 1 - 0.3 + 0.1, 0.1  # of the true class, and of each of the other two
    entropy = -share * math.log(share) - 2 * other * math.log(other)
    learning = CNN | {"epochs": 12, "dropout": 0.0}
    sharp, smooth = (
        steps.fit_cnn(dataset, **learning | {"label_smoothing": amount})["history"]["batch_loss"] for amount in (0, 0.3)
    )
    assert min(sharp) < entropy < min(smooth)


def test_the_mlp_starts_from_the_weights_of_lib_nn_and_the_mean_of_the_training_images(dataset):
    trained = steps.fit_mlp(dataset, **MLP | {"epochs": 0}, device="cpu")
    model = networks.restore(trained["network"], trained["weights"])
    start = numpy_network.initialise((256, 6, 3), ("sigmoid", "linear"), np.random.default_rng(3))
    np.testing.assert_array_equal(model.hidden.weight.detach(), start.layers[0].W.T)
    np.testing.assert_array_equal(model.output.weight.detach(), start.layers[1].W.T)
    images, _ = datasets.split(dataset, "train")
    np.testing.assert_allclose(model.mean, images.reshape(60, 256).mean(axis=0), rtol=1e-6)


def test_the_mlp_cools_down_from_its_learning_rate_and_a_cnn_warms_up_to_it(dataset, monkeypatch):
    seen = []
    monkeypatch.setattr(
        steps.fit,
        "fit",
        lambda model, batches, optimiser, epochs, schedule, *more, **named: seen.append(schedule) or {},
    )
    steps.fit_mlp(dataset, **MLP, device="cpu")
    steps.fit_cnn(dataset, **CNN)
    mlp, cnn = ([round(schedule(progress), 2) for progress in (0, 0.25, 1)] for schedule in seen)
    assert (mlp, cnn) == ([1, 0.85, 0], [0.04, 1, 0])


def test_progress_is_reported_after_each_epoch(dataset):
    seen = []
    steps.fit_mlp(dataset, **MLP, device="cpu", progress=lambda epoch, epochs, **measures: seen.append((epoch, epochs)))
    assert seen == [(1, 2), (2, 2)]


def test_evaluation_is_on_test_images(dataset, cnn):
    history = {"valid_accuracy": [0.25, 0.5], "train_accuracy": [0.5, 0.75]}
    history |= {"valid_loss": [2, 1], "train_loss": [1, 0.5]}
    found = steps.evaluate(dataset, cnn["weights"], cnn["network"], history, "Q7.1.3")
    images, labels = datasets.split(dataset, "test")
    model = networks.restore(cnn["network"], cnn["weights"])
    expected = fit.predict(model, images[:, None]).numpy()
    np.testing.assert_array_equal(found["predictions"]["logits"], expected)
    np.testing.assert_array_equal(found["predictions"]["labels"], labels)
    assert found["predictions"]["classes"].tolist() == ["I", "L", " "]
    accuracy, loss = fit.evaluate(model, images[:, None], labels)
    numbers = found["numbers"]
    assert numbers["q7.1.3.test_accuracy"] == pytest.approx(accuracy)
    assert numbers["q7.1.3.test_loss"] == pytest.approx(loss, rel=1e-5)
    assert numbers["q7.1.3.test_accuracy_low"] < accuracy < numbers["q7.1.3.test_accuracy_high"]
    assert (numbers["q7.1.3.test_images"], numbers["q7.1.3.valid_accuracy"]) == (18, 0.5)
    assert (numbers["q7.1.3.train_accuracy"], numbers["q7.1.3.train_loss"]) == (0.75, 0.5)
    assert (numbers["q7.1.3.gap"], numbers["q7.1.3.valid_loss"]) == (0.25, 1)
    assert numbers["q7.1.3.gap_low"] < 0.25 < numbers["q7.1.3.gap_high"]
    assert (numbers["q7.1.3.epochs"], numbers["q7.1.3.parameters"]) == (2, cnn["network"]["weights"])


def test_a_network_for_other_classes_is_refused(dataset, cnn):
    with pytest.raises(ValueError, match="Q7.1.2: the network has the classes IL , but the dataset ILO; train"):
        steps.evaluate(dict(dataset, classes=np.array([*"ILO"])), cnn["weights"], cnn["network"], {}, "Q7.1.2")


def test_numpy_and_torch_agree_on_the_loss_with_momentum_and_weight_decay(dataset):
    found = steps.compare_losses(dataset, **MLP | {"weight_decay": 0.1, "epochs": 3})
    assert found["q7.1.1.epochs_compared"] == 3
    assert 0 < found["q7.1.1.largest_loss_difference"] < 1e-12


def test_a_difference_between_the_two_implementations_is_seen(dataset, monkeypatch):
    monkeypatch.setattr(
        steps.fit, "DecayedSgd", lambda parameters, rate, momentum, decay: torch.optim.SGD(parameters, rate)
    )
    assert steps.compare_losses(dataset, **MLP)["q7.1.1.largest_loss_difference"] > 1e-4


def test_readings_are_compared_image_by_image():
    labels = np.array([0, 1, 1, 0, 1])
    numpy_right, torch_right = np.array([1, 1, 0, 0, 1]), np.array([1, 0, 1, 1, 1])
    predictions = {
        name: {"logits": np.eye(2)[np.where(right, labels, 1 - labels)], "labels": labels}
        for name, right in (("numpy", numpy_right), ("torch", torch_right))
    }
    assert steps.compare_readings(predictions, "q7.1.1") == {
        "q7.1.1.only_numpy_right": 1,
        "q7.1.1.only_torch_right": 2,
        "q7.1.1.mcnemar_p": 1.0,
    }
