"""Q3's decisions on tiny data: what is trained on, what is chosen by, what is tested, and what is reported."""

import numpy as np
import pytest

from lib.nn import network
from lib.steps import training

CLASSES = np.array(["A", "B"])
SETTINGS = {
    "hidden": 4,
    "epochs": 20,
    "batch": 4,
    "learning_rate": 0.5,
    "momentum": 0.9,
    "weight_decay": 0.0,
    "seed": 0,
}


@pytest.fixture
def nist36():
    """Dark (A) and light (B) images of 4 x 4, with noise; labels of validation are turned round."""
    rng = np.random.default_rng(0)
    data = {"classes": CLASSES}
    for split, n in (("train", 40), ("valid", 20), ("test", 8)):
        labels = np.arange(n) % 2
        images = 0.2 + 0.5 * labels[:, None, None] + rng.uniform(0, 0.2, (n, 4, 4))
        data[f"{split}_images"] = images.astype(np.float32)
        data[f"{split}_labels"] = 1 - labels if split == "valid" else labels
    return data


def test_training_learns_from_the_training_images_alone_and_measures_both_sets(nist36):
    fit = training.fit(nist36, **SETTINGS)
    assert [len(fit[name]) for name in training.SERIES] == [20] * 4
    assert fit["train_accuracy"][-1] == 1 and fit["valid_accuracy"][-1] == 0
    assert fit["train_loss"][-1] < 0.1 < fit["valid_loss"][-1]
    assert fit["learning_rate"] == 0.5 and fit["seed"] == 0


def test_the_stored_network_takes_images_as_they_are(nist36):
    fit = training.fit(nist36, **SETTINGS)
    net = network.from_arrays(fit, training.ACTIVATIONS)
    logits = network.predict(net, nist36["train_images"].reshape(40, 16))
    assert (logits.argmax(axis=1) == nist36["train_labels"]).all()
    assert fit["W0"].shape == fit["W0_before"].shape == (16, 4) and fit["W1"].shape == (4, 2)


def test_weights_before_training_are_those_of_the_seed(nist36):
    fit = training.fit(nist36, **SETTINGS)
    start = network.initialise((16, 4, 2), training.ACTIVATIONS, np.random.default_rng(0))
    assert (fit["W0_before"] == start.layers[0].W).all() and (fit["W0"] != fit["W0_before"]).any()
    assert (training.fit(nist36, **SETTINGS)["W1"] == fit["W1"]).all()


@pytest.mark.parametrize(
    ("setting", "value"),
    [("batch", 8), ("learning_rate", 0.1), ("momentum", 0.5), ("weight_decay", 0.1), ("seed", 1), ("hidden", 3)],
)
def test_every_setting_has_an_effect(nist36, setting, value):
    plain, changed = (training.fit(nist36, **SETTINGS | change) for change in ({}, {setting: value}))
    assert plain["train_loss"] != changed["train_loss"]


def test_weight_decay_makes_weights_smaller(nist36):
    plain, decayed = (training.fit(nist36, **SETTINGS | {"weight_decay": decay}) for decay in (0, 0.1))
    assert np.abs(decayed["W1"]).sum() < 0.9 * np.abs(plain["W1"]).sum()


def test_the_augmented_network_learns_from_what_the_copies_are(nist36, monkeypatch):
    """Where those have the labels of the other class, it learns these."""
    seen = []

    def copies(images, labels, number, rng):
        seen.append((images, labels, number))
        return np.concatenate([images, images]), np.tile(1 - labels, 2)

    monkeypatch.setattr(training, "with_moved_copies", copies)
    fit = training.fit_augmented(nist36, **SETTINGS, copies=3)
    ((images, labels, number),) = seen
    assert (images == nist36["train_images"]).all() and (labels == nist36["train_labels"]).all() and number == 3
    net = network.from_arrays(fit, training.ACTIVATIONS)
    logits = network.predict(net, nist36["train_images"].reshape(40, 16))
    assert (logits.argmax(axis=1) == 1 - nist36["train_labels"]).all()
    assert [len(fit[name]) for name in training.SERIES] == [20] * 4 and fit["seed"] == 0


def test_training_accuracy_of_the_augmented_network_is_that_of_the_images_as_they_are(nist36, monkeypatch):
    def copies(images, labels, number, rng):
        noise = rng.random(images.shape).astype(np.float32)
        return np.concatenate([images, noise]), np.concatenate([labels, rng.integers(2, size=len(labels))])

    monkeypatch.setattr(training, "with_moved_copies", copies)
    fit = training.fit_augmented(nist36, **SETTINGS, copies=1)
    logits = network.predict(network.from_arrays(fit, training.ACTIVATIONS), nist36["train_images"].reshape(40, 16))
    assert fit["train_accuracy"][-1] == (logits.argmax(axis=1) == nist36["train_labels"]).mean()


def test_the_augmented_network_is_that_of_its_seed_and_copies(nist36):
    first, again = (training.fit_augmented(nist36, **SETTINGS, copies=2) for _ in range(2))
    other = training.fit_augmented(nist36, **SETTINGS, copies=1)
    assert (first["W1"] == again["W1"]).all() and (first["W1"] != other["W1"]).any()


def test_progress_is_reported_after_each_epoch(nist36):
    seen = []
    training.fit(nist36, **SETTINGS, progress=lambda epoch, epochs, **metrics: seen.append((epoch, epochs, *metrics)))
    names = ("train_accuracy", "train_loss", "valid_accuracy", "valid_loss", "gradient_norm", "saturation")
    assert seen == [(epoch, 20, *names) for epoch in range(1, 21)]


def made_up(learning_rate, seed, valid_accuracy, answer=0):
    """A fit that reached this validation accuracy, of a network that always answers the same class."""
    return {
        "learning_rate": np.array(learning_rate),
        "seed": np.array(seed),
        "W0_before": np.zeros((4, 1)),
        "W0": np.ones((4, 1)),
        "b0": np.zeros(1),
        "W1": np.zeros((1, 2)),
        "b1": np.eye(2)[answer],
        "train_accuracy": np.array([0.1, 0.97]),
        "valid_accuracy": np.array([0.99, valid_accuracy]),
        "train_loss": np.array([2.0, 0.3]),
        "valid_loss": np.array([2.0, 0.4 + seed]),
    }


@pytest.fixture
def tested():
    """Four test images, three of them of class B."""
    return {
        "classes": CLASSES,
        "test_images": np.zeros((4, 2, 2), np.float32),
        "test_labels": np.array([1, 0, 1, 1]),
    }


@pytest.fixture
def fits():
    return [
        made_up(0.1, 0, 0.9),  # the best network, but of a rate that is worse on the whole
        made_up(0.1, 1, 0.5),
        made_up(1.0, 0, 0.8),
        made_up(1.0, 1, 0.84, answer=1),
        made_up(10.0, 0, 0.2),
        made_up(10.0, 1, 0.3),
    ]


def test_the_rate_with_the_best_mean_and_then_its_best_seed_is_chosen_on_validation(tested, fits):
    best = training.choose(tested, fits)
    numbers = best["numbers"]
    assert (numbers["q3.best_learning_rate"], numbers["q3.best_seed"]) == (1.0, 1)
    assert best["weights"]["b1"].tolist() == [0, 1]
    assert list(best["weights"]) == ["W0_before", "W0", "b0", "W1", "b1"]
    assert best["history"]["valid_accuracy"] == [0.99, 0.84] and list(best["history"]) == list(training.SERIES)


def test_test_accuracy_is_that_of_the_test_images_and_validation_that_of_the_history(tested, fits):
    numbers = training.choose(tested, fits)["numbers"]
    assert numbers["q3.test_accuracy"] == 0.75 and numbers["q3.valid_accuracy"] == 0.84
    assert numbers["q3.train_accuracy"] == 0.97 and numbers["q3.valid_loss"] == 1.4
    assert numbers["q3.test_loss"] == pytest.approx(np.log(1 + np.e) - 0.75)
    assert numbers["q3.test_accuracy_low"] < 0.75 < numbers["q3.test_accuracy_high"] < 1
    # One seed of the chosen rate answers A, which is right once in four, the other B.
    assert numbers["q3.test_accuracy_mean"] == 0.5
    assert numbers["q3.test_accuracy_std"] == pytest.approx(0.5 / 2**0.5)
    assert numbers["q3.seeds"] == 2 and numbers["q3.epochs"] == 2


def test_validation_accuracy_is_reported_for_every_rate(tested, fits):
    numbers = training.choose(tested, fits)["numbers"]
    reported = {key: value for key, value in numbers.items() if key.startswith("q3.valid_accuracy_")}
    expected = {"0.1": (0.5, 0.7, 0.9), "1": (0.8, 0.82, 0.84), "10": (0.2, 0.25, 0.3)}
    assert reported == {
        f"q3.valid_accuracy_{name}.{rate}": pytest.approx(value)
        for rate, values in expected.items()
        for name, value in zip(("low", "mean", "high"), values, strict=True)
    }


def test_the_augmented_network_is_chosen_on_validation_and_compared_with_q3s(tested):
    fits = [made_up(1.0, 0, 0.8), made_up(1.0, 1, 0.84, answer=1), made_up(1.0, 2, 0.7)]
    plain = {"logits": np.eye(2)[[0, 0, 0, 1]], "labels": tested["test_labels"]}  # right: the second and the last
    found = training.test_augmented(tested, fits, plain, copies=2)
    assert found["q3.augmented.copies"] == 2
    assert found["q3.augmented.valid_accuracy"] == 0.84 and found["q3.augmented.test_accuracy"] == 0.75
    assert found["q3.augmented.test_accuracy_mean"] == pytest.approx((0.25 + 0.75 + 0.25) / 3)
    assert found["q3.augmented.test_accuracy_low"] < 0.75 < found["q3.augmented.test_accuracy_high"]
    assert (found["q3.augmented.only_plain_right"], found["q3.augmented.only_augmented_right"]) == (1, 2)


def test_one_seed_has_no_deviation(tested):
    assert training.choose(tested, [made_up(0.1, 0, 0.9)])["numbers"]["q3.test_accuracy_std"] == 0


def test_predictions_are_the_scores_of_the_chosen_network(tested, fits):
    predictions = training.choose(tested, fits)["predictions"]
    assert predictions["logits"].tolist() == [[0, 1]] * 4
    assert predictions["labels"].tolist() == [1, 0, 1, 1] and predictions["classes"].tolist() == ["A", "B"]


def test_the_course_of_a_rate_is_a_mean_over_its_seeds():
    epochs = np.arange(20.0)
    fits = [
        {
            "learning_rate": np.array(0.1),
            "train_accuracy": epochs / 20,
            "valid_accuracy": epochs / 40 + offset,
            "train_loss": 20 - epochs,
            "valid_loss": np.abs(epochs - 15) + offset,
            "gradient_norm": 20 - epochs,
            "saturation": epochs / 100,
        }
        for offset in (0, 0.2)
    ]
    fits[1]["train_loss"] = np.array([5.0, 4, 4.5] + [3.0] * 17)  # rises once in 19 steps
    found = training.course(fits)
    assert found.pop("q3.rate.0.1.gap_p") == pytest.approx(0.1659, abs=1e-4)  # of gaps of 0.475 and 0.275
    assert found == {
        "q3.early_epochs": 2,
        "q3.rate.0.1.train_accuracy": 0.95,
        "q3.rate.0.1.train_loss": (1 + 3) / 2,
        "q3.rate.0.1.valid_loss": pytest.approx(4.1),
        "q3.rate.0.1.early_valid_accuracy": pytest.approx(1 / 40 + 0.1),
        "q3.rate.0.1.lowest_valid_loss": pytest.approx(0.1),
        "q3.rate.0.1.rises": pytest.approx(1 / 38),
        "q3.rate.0.1.largest_rise": pytest.approx(0.5 / 2),
        "q3.rate.0.1.near_epoch": 18,  # 17 / 40 + 0.1 of 19 / 40 + 0.1
        "q3.rate.0.1.near_rate": pytest.approx(0.1 * (1 + np.cos(0.9 * np.pi)) / 2),
        "q3.rate.0.1.gap": pytest.approx((0.475 + 0.275) / 2),
        "q3.rate.0.1.first_gradient_norm": 20,
        "q3.rate.0.1.last_gradient_norm": 1,
        "q3.rate.0.1.first_saturation": 0,
        "q3.rate.0.1.last_saturation": pytest.approx(0.19),
    }


def test_patterns_compare_the_weights_before_and_after():
    inside = np.pad(np.full((28, 28), 2.0), 2, constant_values=1.0)
    weights = {"W0_before": np.full((1024, 3), -1.0) + np.eye(1024, 3), "W0": np.tile(inside.reshape(-1, 1), 3)}
    letters = np.stack([inside, np.eye(32), np.ones((32, 32))]).astype(np.float32)
    numbers = training.patterns({"train_images": letters, "train_labels": np.arange(3)}, weights)
    assert numbers["q3.1.3.units"] == 3
    assert numbers["q3.1.3.after_border"] == pytest.approx(0.5)
    assert numbers["q3.1.3.after_neighbours"] > 0.8 > 0.1 > numbers["q3.1.3.before_neighbours"]
    assert numbers["q3.1.3.before_size"] == pytest.approx(1, abs=1e-3)
    assert numbers["q3.1.3.after_size"] == pytest.approx(np.sqrt((inside**2).mean()))
    assert numbers["q3.1.3.after_positive"] == 1 and numbers["q3.1.3.before_positive"] == 0
    assert numbers["q3.1.3.after_letter"] > 0.9 > 0.3 > numbers["q3.1.3.before_letter"]
    assert numbers["q3.1.3.colour_limit"] == 2 and numbers["q3.1.3.clipped_share"] == 0


def test_pairs_name_the_more_mistaken_class_first():
    labels, predicted = np.array([0, 0, 1, 1, 1, 2]), np.array([0, 1, 0, 0, 1, 2])
    predictions = {"logits": np.eye(3)[predicted], "labels": labels, "classes": np.array(["A", "B", "C"])}
    assert training.rank_pairs(predictions) == [{"pair": "BA", "read_as_second": 2, "read_as_first": 1, "together": 3}]


def test_a_network_of_the_sweep_is_that_of_fit_measured_at_its_ends(nist36):
    whole, ends = training.fit(nist36, **SETTINGS), training.fit_ends(nist36, **SETTINGS)
    assert ends == {"learning_rate": 0.5, "seed": 0} | {
        name: [whole[name][0], whole[name][-1]] for name in (*training.SERIES, *training.WATCHED)
    }
    one = training.fit_ends(nist36, **SETTINGS | {"epochs": 1})
    assert [len(one[name]) for name in training.SERIES] == [1] * 4


def test_a_rate_of_the_sweep_may_be_too_high(nist36):
    ends = training.fit_ends(nist36, **SETTINGS | {"learning_rate": 1e6, "weight_decay": 0.9})
    assert ends["learning_rate"] == 1e6 and all(ends[name] == [] for name in (*training.SERIES, *training.WATCHED))


def test_what_is_watched_is_measured_in_every_epoch(nist36):
    fit = training.fit(nist36, **SETTINGS)
    assert [len(fit[name]) for name in training.WATCHED] == [20, 20]
    assert min(fit["gradient_norm"]) > 0 and 0 <= min(fit["saturation"]) <= max(fit["saturation"]) <= 1
