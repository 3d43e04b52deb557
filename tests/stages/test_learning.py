"""Q3's measurements beside the training: rates, the hump, validation against test, for any settings."""

import json

import numpy as np
import pytest

from lib.steps import learning, training

SETTINGS = {"hidden": 4, "batch": 8, "momentum": 0.9, "weight_decay": 0.0}
SERIES = (*training.SERIES, *training.WATCHED)


@pytest.fixture(scope="module")
def nist36():
    """Noisy images of two classes; test images are darker than the others."""
    rng = np.random.default_rng(0)
    data = {"classes": np.array(["A", "B"])}
    for split, n, shade in (("train", 40, 0.0), ("valid", 20, 0.0), ("test", 20, 0.3)):
        labels = np.arange(n) % 2
        images = 0.3 + 0.4 * labels[:, None, None] + rng.uniform(0, 0.3, (n, 4, 4)) - shade
        data |= {f"{split}_images": images.astype(np.float32), f"{split}_labels": labels}
    return data


def fitted(nist36, seeds, epochs):
    runs = [training.fit(nist36, **SETTINGS, epochs=epochs, learning_rate=0.5, seed=seed) for seed in seeds]
    return [{name: np.array(value) for name, value in run.items()} for run in runs]


def made_up(rate, seed, **last):
    series = dict.fromkeys(SERIES, [1.0, 0.5]) | {name: [0, value] for name, value in last.items()}
    return {name: np.array(value) for name, value in {"learning_rate": rate, "seed": seed, **series}.items()}


def test_rates_are_sorted_and_marked_and_those_that_diverged_have_no_values():
    fits = [made_up(0.1, 0, valid_accuracy=0.6), made_up(0.1, 1, valid_accuracy=0.8)]
    lost = {name: np.array([]) for name in SERIES} | {"learning_rate": np.array(9.0), "seed": np.array(0)}
    found = learning.tabulate_rates(fits, [lost, made_up(0.01, 0, valid_accuracy=0.9, saturation=0.3)])
    low, asked, high = found["rates"]
    assert [row["rate"] for row in found["rates"]] == [0.01, 0.1, 9.0]
    assert [row["asked"] for row in found["rates"]] == [False, True, False]
    assert asked["valid_accuracy"] == {"mean": pytest.approx(0.7), "low": 0.6, "high": 0.8} and asked["seeds"] == 2
    assert low["saturation"] == {"first": 0, "last": 0.3}
    assert high["diverged"] == 1 and high["valid_accuracy"] is None and high["gradient_norm"] is None
    assert found["numbers"]["q3.sweep.best_rate"] == 0.01 and found["numbers"]["q3.sweep.diverged"] == 1
    json.dumps(found, allow_nan=False)


def test_rates_are_compared_seed_by_seed_whatever_their_order():
    more = (0.2, 0.21, 0.19)
    fits = [made_up(1.0, seed, train_loss=0.1 * seed) for seed in (0, 1, 2)]
    fits += [made_up(10.0, seed, train_loss=0.1 * seed + more[seed]) for seed in (2, 0, 1)]
    numbers = learning.compare_with_best(fits, {"q3.best_learning_rate": 1.0})
    assert numbers["q3.against_best.10.train_loss_difference"] == pytest.approx(0.2)
    assert numbers["q3.against_best.10.train_loss_higher"] == 3
    assert numbers["q3.against_best.10.train_loss_p"] < 0.001
    assert numbers["q3.against_best.1.train_loss_p"] == 1


def test_the_observed_network_is_the_chosen_one(nist36):
    (fit,) = fitted(nist36, [3], epochs=4)
    chosen = {"q3.best_learning_rate": 0.5, "q3.best_seed": 3}
    found = learning.observe(nist36, chosen, **SETTINGS, epochs=4)
    observed, snapshots = found["observed"], found["snapshots"]
    assert snapshots["epochs"].tolist() == [0, 1, 2, 3, 4] and snapshots["W0"].shape[:2] == (5, 16)
    for name in ("train_loss", *training.WATCHED):
        assert observed[name] == pytest.approx(fit[name].tolist())


def test_a_hump_is_explained_where_the_loss_at_the_mean_weights_does_not_rise_with_it():
    chosen = {"q3.best_learning_rate": 1.0}
    fits = [{"learning_rate": 1.0, "train_loss": np.array(loss)} for loss in ([3, 2, 2.5, 1], [3, 1, 1, 1.5])]
    observed = {"train_loss": [3, 2, 2.5, 1], "gradient_norm": [1, 2, 3, 1], "saturation": [0, 0.5, 0.75, 0]}
    swing = learning.explain_hump(observed | {"mean_weights_loss": [1, 0.9, 0.8, 0.7]}, fits, chosen)
    assert [swing[f"q3.hump.{name}"] for name in ("epoch", "rise", "rises", "same_epoch")] == [3, 0.5, 1, 1]
    assert swing["q3.hump.explained"] == 1 and swing["q3.hump.mean_weights_rises"] == 0
    assert swing["q3.hump.norm_change"] == 0.5 and swing["q3.hump.saturation_change"] == 0.25
    real = learning.explain_hump(observed | {"mean_weights_loss": [1, 0.9, 1.3, 0.7]}, fits, chosen)
    assert real["q3.hump.explained"] == 0 and real["q3.hump.mean_weights_rise"] == pytest.approx(0.4)


@pytest.mark.parametrize("loss", [[3.0], [3.0, 2.0, 1.0]])
def test_without_a_rise_there_is_no_hump(loss):
    observed = dict.fromkeys(("train_loss", "mean_weights_loss", "gradient_norm", "saturation"), loss)
    fits = [{"learning_rate": 1.0, "train_loss": np.array(loss)}]
    numbers = learning.explain_hump(observed, fits, {"q3.best_learning_rate": 1.0})
    assert [numbers[f"q3.hump.{name}"] for name in ("epoch", "rise", "explained", "same_epoch")] == [0, 0, 0, 0]


def test_test_images_that_are_further_from_the_training_images_are_found_to_be(nist36):
    fits = fitted(nist36, [0, 1], epochs=30)
    chosen = {"q3.best_learning_rate": 0.5, "q3.valid_accuracy": 1.0}
    numbers = learning.compare_splits(nist36, fits, chosen)
    assert numbers["q3.shift.test_nearest"] > numbers["q3.shift.valid_nearest"] and numbers["q3.shift.nearest_p"] < 0.01
    assert numbers["q3.shift.valid_minus_test_low"] <= numbers["q3.shift.valid_minus_test"]
    validated = np.mean([fit["valid_accuracy"][-1] for fit in fits])
    assert numbers["q3.shift.selection"] == pytest.approx(1 - validated)


def test_one_epoch_one_rate_and_one_seed_give_numbers(nist36):
    fits = fitted(nist36, [0], epochs=1)
    numbers = training.choose(nist36, fits)["numbers"]
    observed = learning.observe(nist36, numbers, **SETTINGS, epochs=1)["observed"]
    ones = {"train_images": np.ones((2, 32, 32), np.float32), "train_labels": np.arange(2)}
    found = [
        numbers,
        training.course(fits),
        learning.tabulate_rates(fits, []),
        observed,
        learning.compare_with_best(fits, numbers),
        learning.explain_hump(observed, fits, numbers),
        learning.compare_splits(nist36, fits, numbers),
        training.patterns(ones, {"W0": np.ones((1024, 1)), "W0_before": np.ones((1024, 1))}),
    ]
    json.dumps(found, allow_nan=False)
