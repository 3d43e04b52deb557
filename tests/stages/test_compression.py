"""Q5 and Q6 on tiny data: what is trained, projected and compared, on which images."""

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio

from lib.nn import network
from lib.steps import compression

SETTINGS = {"code": 4, "batch": 8, "learning_rate": 1e-4, "epochs": 6, "momentum": 0.9, "seed": 0}
GENTLE = {
    "code": 4,
    "batch": 8,
    "gentle_rate": 1e-4,
    "gentle_epochs": 5,
    "gentle_warm_up": 0.5,
    "gentle_bias": 1.0,
    "gentle_weights": 0.5,
    "momentum": 0.9,
    "seed": 0,
}
LINEAR = {"code": 4, "linear_epochs": 300, "wide_batch": 8, "wide_rate": 0.01, "seed": 0}
WIDE = {"code": 4, "wide": 8, "wide_epochs": 4, "wide_batch": 8, "wide_rate": 0.002, "seed": 0}


@pytest.fixture(scope="module")
def nist36():
    """Images of 32 x 32 that vary along a few directions; those of one split differ from those of the others."""
    rng = np.random.default_rng(0)
    directions = rng.normal(0, 0.1, (6, 1024))
    data = {"classes": np.array(["A", "B", "C"])}
    for split, n in (("train", 40), ("valid", 12), ("test", 15)):
        images = np.clip(0.6 + rng.normal(size=(n, 6)) @ directions, 0, 1).astype(np.float32)
        data |= {f"{split}_images": images.reshape(n, 32, 32), f"{split}_labels": np.arange(n) // 2 % 3}
    return data


@pytest.fixture(scope="module")
def models(nist36):
    return {
        "pca": compression.fit_pca(nist36),
        "autoencoders": {
            "autoencoder": compression.fit_autoencoder(nist36, **SETTINGS),
            "gentle": compression.fit_gentle(nist36, **GENTLE),
            "linear": compression.fit_linear(nist36, **LINEAR),
            "wide": compression.fit_wide(nist36, **WIDE),
        },
    }


@pytest.fixture(scope="module")
def autoencoders(models):
    return models["autoencoders"]


def test_all_autoencoders_learn(autoencoders):
    for name, epochs in (("autoencoder", 6), ("gentle", 5), ("linear", 300), ("wide", 4)):
        losses = autoencoders[name]["train_loss"]
        assert len(losses) == len(autoencoders[name]["valid_loss"]) == epochs and losses[-1] < losses[0]


def test_the_layers_are_those_of_the_assignment_and_wider_ones(autoencoders):
    assert [autoencoders["autoencoder"][f"W{i}"].shape for i in range(4)] == [
        (1024, 4),
        (4, 4),
        (4, 4),
        (4, 1024),
    ]
    assert [autoencoders["wide"][f"W{i}"].shape for i in range(4)] == [(1024, 8), (8, 4), (4, 8), (8, 1024)]


def test_losses_are_of_the_stored_network_on_either_set(nist36, autoencoders):
    net = network.from_arrays(autoencoders["autoencoder"], compression.ASKED)
    for split in ("train", "valid"):
        x = nist36[f"{split}_images"].reshape(-1, 1024)
        errors = ((network.predict(net, x) - x) ** 2).sum(axis=1)
        assert autoencoders["autoencoder"][f"{split}_loss"][-1] == pytest.approx(errors.mean(), rel=1e-4)


def test_an_autoencoder_begins_at_the_mean_image(nist36):
    start = compression.fit_autoencoder(nist36, **SETTINGS | {"learning_rate": 1e-12, "epochs": 1})
    x = nist36["train_images"].reshape(-1, 1024)
    assert start["train_loss"][0] < 1.5 * ((x - x.mean(axis=0)) ** 2).sum(axis=1).mean()
    assert start["b3"] == pytest.approx(np.log(x.mean(axis=0) / (1 - x.mean(axis=0))), abs=1e-4)


@pytest.mark.parametrize(("setting", "value"), [("batch", 4), ("learning_rate", 1e-5), ("momentum", 0.5), ("seed", 1)])
def test_every_setting_has_an_effect(nist36, autoencoders, setting, value):
    changed = compression.fit_autoencoder(nist36, **SETTINGS | {setting: value})
    assert changed["train_loss"] != autoencoders["autoencoder"]["train_loss"]


def test_history_has_both_losses_as_lists(autoencoders):
    stored = {name: np.array(value) for name, value in autoencoders["autoencoder"].items()}
    expected = {name: autoencoders["autoencoder"][name] for name in ("train_loss", "valid_loss")}
    assert compression.history(stored) == expected


def test_pca_is_that_of_the_training_images(nist36, models):
    x = nist36["train_images"].reshape(-1, 1024).astype(np.float64)
    assert models["pca"]["mean"] == pytest.approx(x.mean(axis=0))
    assert models["pca"]["components"].shape == models["pca"]["uncentred"].shape == (256, 1024)
    for name, rows in (("components", x - x.mean(axis=0)), ("uncentred", x)):
        _, _, right = np.linalg.svd(rows, full_matrices=False)
        assert np.abs(models["pca"][name][:4] @ right[:4].T) == pytest.approx(np.eye(4), abs=1e-6)


def psnrs(x, recon):
    return [peak_signal_noise_ratio(a, b.astype(a.dtype), data_range=1) for a, b in zip(x, recon, strict=True)]


def test_numbers_compare_all_models_on_the_same_images(nist36, models, autoencoders):
    numbers = compression.compare(nist36, **models, code=4)
    assert numbers["q6.rank"] == numbers["q6.projection_rows"] == 4 and numbers["q6.projection_columns"] == 1024
    assert numbers["q6.parameters"] == 5 * 1024
    assert numbers["q5.parameters"] == (1024 * 4 + 4) + 2 * (4 * 4 + 4) + (4 * 1024 + 1024)
    assert numbers["q5.wide.parameters"] == (1024 * 8 + 8) + (8 * 4 + 4) + (4 * 8 + 8) + (8 * 1024 + 1024)
    assert numbers["q5.gentle.parameters"] == numbers["q5.parameters"]
    assert numbers["q5.linear.parameters"] == (1024 * 4 + 4) + (4 * 1024 + 1024)
    assert 0 < numbers["q6.variance_kept"] < 1
    for split in ("valid", "test"):
        x = nist36[f"{split}_images"].reshape(-1, 1024)
        mean, kept = models["pca"]["mean"], models["pca"]["components"][:4]
        flat = models["pca"]["uncentred"][:4]
        recons = {
            f"q6.psnr_{split}": mean + (x - mean) @ kept.T @ kept,
            f"q6.psnr_{split}_uncentred": x @ flat.T @ flat,
            f"q5.psnr_{split}": network.predict(network.from_arrays(autoencoders["autoencoder"], compression.ASKED), x),
            f"q5.wide.psnr_{split}": network.predict(network.from_arrays(autoencoders["wide"], compression.WIDE), x),
        }
        for key, recon in recons.items():
            each = psnrs(x, recon)
            assert numbers[key] == pytest.approx(np.mean(each), rel=1e-4), key
            if "uncentred" not in key:
                clipped = psnrs(x, recon.clip(0, 1))
                assert numbers[key.replace("psnr", "clipped")] == pytest.approx(np.mean(clipped), rel=1e-4)
                assert numbers[f"{key}_se"] == pytest.approx(np.std(each, ddof=1) / len(x) ** 0.5, rel=1e-3)
                outside = ((recon < 0) | (recon > 1)).mean()
                assert numbers[key.replace("psnr", "outside")] == pytest.approx(outside)
        difference = numbers[f"q6.psnr_{split}"] - numbers[f"q5.wide.psnr_{split}"]
        assert numbers[f"q6.minus.wide.raw_{split}"] == pytest.approx(difference, rel=1e-4)


def test_pairs_show_the_first_two_images_of_each_class_of_validation_and_test(nist36, models, autoencoders):
    figure = compression.autoencoder_pairs(nist36, autoencoders["autoencoder"], ["C", "A"])  # Q5.3.1/reconstructions
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts] == ["C", "C", "A", "A", "original", "autoencoder"]
    assert len(axes.images) == 8
    for image, number in zip(axes.images[:4], (4, 5, 0, 1), strict=True):
        assert (image.get_array() == nist36["valid_images"][number]).all()
    figure = compression.pca_pairs(nist36, **models, classes=["B"], code=4)  # Q6.2/reconstructions
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts][2:] == [
        *("original", "PCA", "autoencoder", "autoencoder,\ngentle", "linear\nautoencoder", "wide\nautoencoder")
    ]
    assert (axes.images[0].get_array() == nist36["test_images"][2]).all()
    x, recon = (np.asarray(image.get_array()).ravel() for image in (axes.images[1], axes.images[3]))
    mean, kept = models["pca"]["mean"], models["pca"]["components"][:4]
    assert recon == pytest.approx(mean + (x - mean) @ kept.T @ kept)


def test_an_unknown_class_is_named(nist36, autoencoders):
    with pytest.raises(ValueError, match="compression.classes has a, 5; the classes are A B C"):
        compression.autoencoder_pairs(nist36, autoencoders["autoencoder"], ["A", "a", "5"])


def test_the_curve_over_ranks_meets_the_numbers_and_the_autoencoders_stand_at_their_code(nist36, models):
    numbers = compression.compare(nist36, **models, code=4)
    (axes,) = compression.psnr_by_rank(nist36, models["pca"], numbers, code=4).axes  # Q6.3/psnr_by_rank
    pca, uncentred, autoencoder, gentle, wide = axes.lines
    assert pca.get_ydata()[3] == pytest.approx(numbers["q6.psnr_test"])
    assert uncentred.get_ydata()[3] == pytest.approx(numbers["q6.psnr_test_uncentred"])
    assert (autoencoder.get_xdata(), autoencoder.get_ydata()) == ([4], [numbers["q5.psnr_test"]])
    assert gentle.get_ydata() == [numbers["q5.gentle.psnr_test"]]
    assert (wide.get_xdata(), wide.get_ydata()) == ([4], [numbers["q5.wide.psnr_test"]])


def test_an_autoencoder_without_non_linearities_finds_what_pca_finds(nist36, models):
    numbers = compression.compare(nist36, **models, code=4)
    assert 0 <= numbers["q6.psnr_valid"] - numbers["q5.linear.psnr_valid"] < 0.2


def test_live_units_are_those_that_any_training_image_activates(nist36, autoencoders):
    gentle = autoencoders["gentle"]
    net = network.from_arrays(gentle, compression.ASKED)
    outputs = network.forward(net, nist36["train_images"].reshape(-1, 1024))[1:-1]
    found = compression.count_live(autoencoders["autoencoder"], gentle, code=4)
    for layer, output in enumerate(outputs, 1):
        live = int((output > 0).any(axis=0).sum())
        assert found["numbers"][f"q5.gentle.live.{layer}"] == found["live"]["gentle"][str(layer)][-1] == live
        assert len(found["live"]["recipe"][str(layer)]) == 6
    assert found["numbers"]["q5.units"] == 4


def test_reconstructions_are_read_by_the_network_of_q3(nist36, models, autoencoders):
    labels = nist36["test_labels"]
    weights = {"W0": np.zeros((1024, 2)), "b0": np.zeros(2), "W1": np.zeros((2, 3)), "b1": np.eye(3)[1]}  # always B
    numbers = compression.read_reconstructions(nist36, **models, weights=weights, code=4)
    shares = [numbers[f"q6.reads.{name}"] for name in ("originals", "pca", "pca_clipped", *autoencoders)]
    assert shares == [(labels == 1).mean()] * 7
    assert numbers["q6.reads.pca_low"] < shares[0] < numbers["q6.reads.pca_high"]
    assert [numbers[f"q6.reads.{name}"] for name in ("only_pca", "only_autoencoder", "mcnemar_p")] == [0, 0, 1]


def test_any_length_of_the_code_has_its_rank(nist36):
    pca = compression.fit_pca(nist36)
    for code in (1, 8, 256):
        numbers = compression.compare(nist36, pca, {}, code)
        assert numbers["q6.rank"] == numbers["q6.projection_rows"] == code
        assert np.isfinite([*numbers.values()]).all()
