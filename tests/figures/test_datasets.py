"""Sheets of samples: every image under the name of its class."""

import numpy as np
import pytest
from PIL import Image

from lib.data.datasets import dataset
from lib.data.pretext import draw_pretext
from lib.data.skeletons import CHARACTERS, letterforms
from lib.figures import datasets


def names_and_columns(figure):
    """The text over each column, and what is in the column: the mean of its images, frames left out."""
    axes = figure.axes[0]
    found = {}
    for text in axes.texts:
        x, y = text.get_position()
        for image in axes.images:
            left, right, bottom, top = image.get_extent()
            if left < x < right and 0 < top - y < 0.1:
                pixels = np.asarray(image.get_array())
                cell = pixels.shape[1] / round((right - left) / (datasets.PAGE / across(axes)))
                column = int((x - left) / (right - left) * pixels.shape[1] / cell)
                found[text.get_text()] = pixels[1:-1, int(column * cell) + 1 : int((column + 1) * cell) - 1]
    return found


def across(axes):
    return len({round(text.get_position()[0], 6) for text in axes.texts})


@pytest.mark.parametrize("id", ["data/nist36_samples", "data/mnist_samples", "data/emnist_samples"])
def test_training_images_stand_under_their_names(id):
    classes = "ABCDE"
    labels = np.random.default_rng(0).permutation(np.repeat(np.arange(5), 4))
    levels = np.array([0.0, 0.25, 0.5, 0.75, 1.0], np.float32)
    images = np.broadcast_to(levels[labels][:, None, None], (20, 6, 6))
    other = np.full((5, 6, 6), 0.1, np.float32), np.arange(5)
    data = dataset({"train": (images, labels), "valid": other, "test": other}, classes)
    found = names_and_columns(datasets.letter_sheet(data, each=2, across=3))
    assert list(found) == list(classes)
    for name, level in zip(classes, levels, strict=True):
        assert np.median(found[name]) == level, (id, name)


def test_every_letterform_stands_beside_training_images_of_its_character():
    """`data/letterforms`: A and O are shown from NIST36, d from EMNIST, and for others there is nothing to show."""
    classes = {"nist36": "AO", "emnist": "AOd"}
    data = {}
    for place, (name, each) in enumerate(classes.items()):
        images = np.full((len(each), 6, 6), 0.25 + 0.5 * place, np.float32)
        data[name] = dataset(dict.fromkeys(("train", "valid", "test"), (images, np.arange(len(each)))), each)
    axes = datasets.letterform_sheet(**data, each=2).axes[0]
    assert "".join(text.get_text() for text in axes.texts) == CHARACTERS
    shown = [np.asarray(image.get_array()) for image in axes.images]
    forms = [image.shape[1] // 40 for image in shown if image.shape[0] == 40]
    counts = [sum(form.character == c for form in letterforms()) for c in CHARACTERS]
    assert forms == counts
    levels = [float(image[0, 0]) for image in shown if image.shape == (6, 6)]
    assert levels == [0.25, 0.25, 0.75]  # A, O, d


def test_flowers_stand_under_their_names(tmp_path):
    """`data/flowers_samples`, of the training part."""
    for part, shift in (("trn2", 0), ("val2", 100)):
        for number, name in enumerate(["01_a_b", "02_c"]):
            (tmp_path / part / name).mkdir(parents=True)
            Image.new("RGB", (8, 8), (100 * number + shift, 0, 50)).save(tmp_path / part / name / "image_0001.png")
    found = names_and_columns(datasets.flower_sheet(tmp_path, each=1, size=8, across=2))
    assert list(found) == ["a b", "c"]
    for column, red in zip(found.values(), (0, 100), strict=True):
        np.testing.assert_allclose(np.median(column, axis=(0, 1)), np.array((red, 0, 50)) / 255, atol=1e-6)


def test_the_pretext_sheet_shows_the_first_pictures_of_its_seed():
    """`Q7.2.1/pretext`."""
    figure = datasets.pretext_sheet(seed=3, pretext_size=32)
    pictures, _ = draw_pretext(np.random.default_rng(3), 18, 32)
    shown = [np.asarray(image.get_array()) for image in figure.axes[0].images]
    np.testing.assert_array_equal(np.stack(shown), pictures)
