"""Fine-tuning and training from scratch on tiny pictures: the right split, the best on validation, known answers."""

import math

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load

from lib.models import fit, networks, pictures, squeezenet
from lib.models.flowers import FlowerCnn, Head, Mirrored
from lib.steps import flowers as steps

PARTS = {"trn2": 4, "val2": 3, "tst2": 2}  # pictures of each class


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Pictures of two classes, each part in its own shade."""
    folder = tmp_path_factory.mktemp("flowers")
    for shade, (part, each) in enumerate(PARTS.items()):
        for label, name in enumerate(("01_daffodil", "02_snowdrop")):
            (folder / part / name).mkdir(parents=True)
            for i in range(each):
                picture = np.zeros((40, 50, 3), np.uint8)
                picture[:, :25] = 50 * (shade + 1)
                picture[:, :5] = 255  # not in the middle square
                picture[:, 25:, label] = 200 + i
                Image.fromarray(picture).save(folder / part / name / f"image_{i}.png")
    return folder


@pytest.fixture(scope="module")
def pretrained():
    torch.manual_seed(0)
    state = squeezenet.empty_squeezenet().state_dict()
    return steps.save({f"features.{name}": value for name, value in state.items()})


def head_settings(**changes):
    return {"epochs": 8, "batch": 8, "learning_rate": 0.05, "weight_decay": 0.0, "seed": 0, "device": "cpu"} | changes


def views(n=30, seed=0):
    """Features of two views of pictures of 3 classes in three parts that differ."""
    rng = np.random.default_rng(seed)
    found = [{}, {}]
    for part in PARTS:
        labels = rng.permutation(np.arange(n) % 3)
        for view in found:
            view[part] = (np.eye(8)[labels] + 0.4 * rng.standard_normal((n, 8))).astype(np.float32)
            view[f"{part}_labels"] = labels
    return found


def small_pictures(size=24):
    rng = np.random.default_rng(1)
    found = {"classes": np.array(["01_a", "02_b"])}
    for part, each in PARTS.items():
        labels = rng.permutation(np.arange(2 * each) % 2)
        images = rng.integers(0, 60, (len(labels), size, size, 3)).astype(np.uint8)
        images[labels == 1, :, :, 0] += 150
        found |= {part: images, f"{part}_labels": labels}
    return found


def scratch_settings(**changes):
    return {
        "scratch_size": 16,
        "scratch_channels": (4, 4, 4),
        "scratch_hidden": 8,
        "scratch_dropout": 0.1,
        "scratch_epochs": 2,
        "scratch_batch": 4,
        "scratch_rate": 0.01,
        "scratch_weight_decay": 0.0,
        "seed": 0,
        "device": "cpu",
    } | changes


# ---- pictures and features -------------------------------------------------------------------------------------------


def test_every_part_is_shrunk_with_its_labels_in_the_order_of_the_classes(folder):
    found = steps.shrink(folder, 20)
    assert found["classes"].tolist() == ["01_daffodil", "02_snowdrop"]
    for shade, (part, each) in enumerate(PARTS.items()):
        assert found[part].shape == (2 * each, 20, 20, 3) and found[part].dtype == np.uint8
        assert found[f"{part}_labels"].tolist() == [0] * each + [1] * each
        assert (found[part][:, :, 0] == 255).all() and (found[part][:, :, 5] == 50 * (shade + 1)).all()
        assert found[part][:each, 0, -1, 0].tolist() == [200 + i for i in range(each)]


def test_features_are_those_of_the_requested_view_and_of_its_mirror_image(folder, pretrained):
    seen = []
    found = steps.extract(folder, pretrained, "centre", 48, lambda done, total: seen.append((done, total)))
    network = squeezenet.squeezenet(load(pretrained))
    for part, each in PARTS.items():
        files = sorted((folder / part).rglob("*.png"))
        images = np.stack([pictures.take_view(np.asarray(Image.open(file)), "centre", 48) for file in files])
        for name, views in (("plain", images), ("mirrored", images[:, :, ::-1])):
            features = squeezenet.frozen_features(network, pictures.as_input(views))
            np.testing.assert_array_equal(found[name][part], features)
            assert found[name][f"{part}_labels"].tolist() == [0] * each + [1] * each
    assert seen == [(8, 18), (14, 18), (18, 18)]


def test_pretraining_repeats_to_the_byte():
    first = steps.pretrain(20, 32, 1, 8, 0.003, 0, "cpu")
    torch.manual_seed(99)
    assert steps.pretrain(20, 32, 1, 8, 0.003, 0, "cpu") == first


def test_pretraining_gives_weights_that_load_and_an_accuracy_of_each_kind_of_answer():
    seen = []
    found = steps.pretrain(30, 32, 1, 8, 0.003, 0, "cpu", lambda *epochs, **metrics: seen.append(epochs))
    assert seen == [(0, 1), (1, 1)]  # from the beginning: drawing takes a while
    squeezenet.squeezenet(squeezenet.read_state(found["weights"]))
    assert found["numbers"].keys() == {f"q7.2.pretext.{name}_accuracy" for name in ("shape", "texture", "colour")}
    assert set(found["numbers"].values()) <= {0, 1 / 3, 2 / 3, 1}  # of three held-out pictures


# ---- the new last layer ----------------------------------------------------------------------------------------------


def restored(model, weights):
    return networks.unpack_weights(model, weights)


def test_a_new_head_learns_and_is_measured_on_each_part():
    features = views()
    found = steps.fit_head(features, **head_settings())
    model = restored(Head(3, 8), found["weights"])
    inputs = {part: np.stack([view[part] for view in features], axis=1) for part in PARTS}
    np.testing.assert_array_equal(found["fit"]["test_logits"], fit.predict(model, inputs["tst2"]))
    for split, part in (("train", "trn2"), ("valid", "val2")):
        accuracy, loss = fit.evaluate(model, inputs[part], features[0][f"{part}_labels"])
        assert found["fit"][f"{split}_accuracy"][-1] == pytest.approx(accuracy) and accuracy > 0.8
        assert found["fit"][f"{split}_loss"][-1] == pytest.approx(loss, rel=1e-5)
    assert found["fit"]["trained_parameters"] == 3 * 8 + 3 and len(found["fit"]["valid_loss"]) == 8
    np.testing.assert_allclose(model.mean, inputs["trn2"].mean(axis=(0, 1)), rtol=1e-4)


def test_weight_decay_shrinks_the_head():
    norms = [
        load(steps.fit_head(views(), **head_settings(weight_decay=decay))["weights"])["layer.weight"].norm()
        for decay in (0.0, 1.0)
    ]
    assert norms[1] < 0.98 * norms[0]


@pytest.mark.parametrize("informative", [0, 1])
def test_a_head_is_trained_on_all_views(informative):
    features = views()
    for part in PARTS:
        features[1 - informative][part][:] = 0
    assert steps.fit_head(features, **head_settings())["fit"]["valid_accuracy"][-1] > 0.8


@pytest.mark.parametrize(
    "accuracies, losses, best",
    [
        ([[0.9, 0.5], [0.1, 0.6], [0.7, 0.4]], [[1.0, 0.1], [1.0, 0.9], [1.0, 0.5]], 1),  # after the last epoch
        ([[0.5], [0.8], [0.8]], [[0.1], [0.7], [0.6]], 2),  # the same accuracy: by loss
    ],
)
def test_the_head_is_chosen_by_validation_accuracy_then_loss(accuracies, losses, best):
    fits = [
        {"valid_accuracy": np.array(accuracy), "valid_loss": np.array(loss), "test_logits": np.array(-i)}
        for i, (accuracy, loss) in enumerate(zip(accuracies, losses, strict=True))
    ]
    chosen = steps.choose_head(fits, [b"0", b"1", b"2"])
    assert chosen["fit"]["test_logits"] == -best and chosen["weights"] == str(best).encode()


# ---- from scratch ----------------------------------------------------------------------------------------------------


def test_the_network_from_scratch_is_measured_on_plain_pictures_and_their_mirror_images():
    small = small_pictures()
    found = steps.fit_scratch(small, **scratch_settings())
    model = Mirrored(restored(FlowerCnn(2, (4, 4, 4), 8, 0.1), found["weights"]))
    inputs = {part: pictures.scaled(pictures.as_input(small[part]), 16).numpy() for part in PARTS}
    np.testing.assert_array_equal(found["fit"]["test_logits"], fit.predict(model, inputs["tst2"]))
    accuracy, loss = fit.evaluate(model, inputs["val2"], small["val2_labels"])
    assert found["fit"]["valid_accuracy"][-1] == pytest.approx(accuracy)
    assert found["fit"]["valid_loss"][-1] == pytest.approx(loss, rel=1e-5)
    assert found["fit"]["trained_parameters"] == networks.count(model)


@pytest.mark.parametrize(
    "change",
    [{"scratch_dropout": 0.6}, {"scratch_weight_decay": 0.9}, {"scratch_batch": 3}, {"scratch_size": 20}, {"seed": 1}],
    ids=lambda change: next(iter(change)),
)
def test_every_setting_changes_the_network_from_scratch(change):
    found, other = (steps.fit_scratch(small_pictures(), **scratch_settings(**more)) for more in ({}, change))
    assert found["weights"] != other["weights"]


@pytest.mark.parametrize(
    "train",
    [
        lambda seed: steps.fit_scratch(small_pictures(), **scratch_settings(seed=seed)),
        lambda seed: steps.fit_head(views(), **head_settings(seed=seed)),
    ],
    ids=["scratch", "head"],
)
def test_the_seed_decides_the_initial_weights_and_the_batches(train, monkeypatch):
    first = train(0)["weights"]
    torch.manual_seed(99)
    assert train(0)["weights"] == first
    seed_torch = torch.manual_seed
    monkeypatch.setattr(torch, "manual_seed", lambda seed: seed_torch(0))
    assert train(1)["weights"] != first  # by other batches alone


def test_training_pictures_are_augmented_and_their_labels_smoothed(monkeypatch):
    entropy = -0.95 * math.log(0.95) - 0.05 * math.log(0.05)  # of labels that are smoothed by 0.1
    learning = scratch_settings(scratch_epochs=30, scratch_dropout=0.0)
    augmented = steps.fit_scratch(small_pictures(), **learning)
    assert augmented["fit"]["batch_loss"].min() > entropy
    monkeypatch.setattr(steps, "photographs", lambda images, rng, size: pictures.scaled(images, size))
    plain = steps.fit_scratch(small_pictures(), **learning)
    assert plain["fit"]["batch_loss"][-1] < augmented["fit"]["batch_loss"][-1] - 1e-4


# ---- both ------------------------------------------------------------------------------------------------------------


def test_both_networks_are_compared_on_test_pictures_species_by_species():
    small = {"classes": np.array(["01_a", "02_b"]), "tst2_labels": np.array([0, 0, 0, 1])}
    logits = {"finetune": [[1, 0], [1, 0], [0, 1], [0, 1]], "scratch": [[0, 1], [0, 1], [1, 0], [1, 0]]}
    finetune, scratch = (
        {
            "test_logits": np.array(logits[name]),
            "valid_accuracy": np.linspace(0, 0.9, epochs),
            "trained_parameters": np.array(epochs * 10),
        }
        for name, epochs in (("finetune", 3), ("scratch", 4))
    )
    found = steps.compare(small, finetune, scratch)
    numbers = {key: value for key, value in found["numbers"].items() if not key.endswith(("_low", "_high"))}
    for name in ("finetune", "scratch"):
        low, middle, high = (found["numbers"][f"q7.2.{name}_test_accuracy{end}"] for end in ("_low", "", "_high"))
        assert 0 <= low < middle < high <= 1
    assert numbers == {
        "q7.2.classes": 2,
        "q7.2.test_images": 4,
        "q7.2.finetune_test_accuracy": 0.75,
        "q7.2.finetune_valid_accuracy": 0.9,
        "q7.2.finetune_trained_parameters": 30,
        "q7.2.finetune_epochs": 3,
        "q7.2.scratch_test_accuracy": 0.25,
        "q7.2.scratch_valid_accuracy": 0.9,
        "q7.2.scratch_trained_parameters": 40,
        "q7.2.scratch_epochs": 4,
        "q7.2.only_finetune_right": 3,
        "q7.2.only_scratch_right": 1,
        "q7.2.mcnemar_p": 0.625,
    }
    assert found["species"] == {
        "01_a": {"test_images": 3, "finetune_accuracy": 2 / 3, "scratch_accuracy": 1 / 3},
        "02_b": {"test_images": 1, "finetune_accuracy": 1.0, "scratch_accuracy": 0.0},
    }


def test_small_pictures_are_compared_with_random_weights_and_pretrained_ones(pretrained):
    small = small_pictures()
    for weights in ({"pretrained": pretrained}, {}):
        views = steps.extract_small(small, scratch_size=20, seed=0, **weights)
        network = squeezenet.squeezenet(load(pretrained)) if weights else squeezenet.random_squeezenet(0)
        seen = pictures.scaled(pictures.scaled(pictures.as_input(small["tst2"]), 20), 32)
        np.testing.assert_array_equal(views["plain"]["tst2"], squeezenet.frozen_features(network, seen))
        np.testing.assert_array_equal(views["mirrored"]["tst2"], squeezenet.frozen_features(network, seen.flip(-1)))
        assert views["plain"]["tst2_labels"].tolist() == small["tst2_labels"].tolist()


def test_networks_on_small_pictures_are_compared_in_pairs():
    labels = np.array([0] * 8)
    answers = {"pretrained": [0] * 8, "random": [1] * 8, "scratch": [0] * 7 + [1]}
    fits = {name: {"test_logits": np.eye(2)[found]} for name, found in answers.items()}
    numbers = steps.compare_small({"tst2_labels": labels}, fits, scratch_size=64)
    assert numbers["q7.2.small.size"] == 64 and numbers["q7.2.small.random_test_accuracy"] == 0
    assert numbers["q7.2.small.scratch_test_accuracy"] == 7 / 8
    assert numbers["q7.2.small.pretrained_random_p"] == pytest.approx(2 / 2**8)
    assert numbers["q7.2.small.pretrained_scratch_p"] == 1
