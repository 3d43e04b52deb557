"""Datasets: built from splits, checked, read back one split at a time."""

import numpy as np
import pytest

from lib.data import datasets
from lib.data.datasets import FormatError


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def made_up(rng, dtype=np.float32, classes=3):
    """Splits of different images and labels."""
    splits = {}
    for shift, split in enumerate(datasets.SPLITS):
        images = rng.random((9, 5, 4)).astype(np.float32)
        images = images if dtype == np.float32 else (images * 255).astype(np.uint8)
        splits[split] = images, (np.arange(9) + shift) % classes
    return splits


@pytest.mark.parametrize("dtype", [np.float32, np.uint8])
@pytest.mark.parametrize("name", datasets.SPLITS)
def test_every_split_comes_back_as_float32_in_0_to_1(rng, dtype, name):
    splits = made_up(rng, dtype)
    images, labels = datasets.split(datasets.dataset(splits, "XYZ"), name)
    expected = splits[name][0] if dtype == np.float32 else splits[name][0].astype(np.float32) / np.float32(255)
    np.testing.assert_array_equal(images, expected)
    np.testing.assert_array_equal(labels, splits[name][1])
    assert images.dtype == np.float32 and labels.dtype == np.int64


def test_a_dataset_is_saved_in_one_order_as_plain_arrays(rng, tmp_path):
    dataset = datasets.dataset(made_up(rng), "XYZ")
    assert list(dataset) == [
        "classes", "train_images", "train_labels", "valid_images", "valid_labels", "test_images", "test_labels",
    ]  # fmt: skip
    np.savez(tmp_path / "a.npz", **dataset)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as loaded:
        assert datasets.class_names(loaded) == ["X", "Y", "Z"]
        np.testing.assert_array_equal(datasets.split(loaded, "test")[1], dataset["test_labels"])


def test_only_the_arrays_of_the_split_are_read(rng):
    whole = datasets.dataset(made_up(rng), "XYZ")
    datasets.split({key: whole[key] for key in ("valid_images", "valid_labels")}, "valid")


def test_a_split_that_there_is_not_is_named(rng):
    with pytest.raises(ValueError, match="no split 'validation'; a dataset has train, valid, test"):
        datasets.split(datasets.dataset(made_up(rng), "XYZ"), "validation")


def test_a_split_without_a_class_makes_no_dataset(rng):
    splits = made_up(rng)
    splits["valid"] = splits["valid"][0], np.zeros(9, int)
    with pytest.raises(FormatError, match=r"valid: no image of the classes \[1, 2\]"):
        datasets.dataset(splits, "XYZ")


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((0, 2, 2), np.float32), np.zeros(0, int), "there are no images"),
        (np.zeros((2, 2, 2)), np.array([0, 1]), "images are float64"),
        (np.zeros((2, 4), np.float32), np.array([0, 1]), "not .N, height, width."),
        (np.zeros((2, 2, 2), np.float32), np.array([0]), "labels of shape .1,."),
        (np.zeros((2, 2, 2), np.float32), np.array([0.0, 1.0]), "not integers"),
        (np.zeros((2, 2, 2), np.float32), np.array([0, 2]), "run from 0 to 2; 2 classes are 0..1"),
        (np.zeros((2, 2, 2), np.float32), np.array([0, 0]), r"no image of the classes \[1\]"),
        (np.full((2, 2, 2), np.nan, np.float32), np.array([0, 1]), "not within"),
        (np.full((2, 2, 2), 2, np.float32), np.array([0, 1]), "not within"),
    ],
)
def test_a_wrong_split_is_refused(images, labels, message):
    with pytest.raises(FormatError, match=f"here: .*{message}"):
        datasets.check_split(images, labels, 2, "here")


def test_images_in_two_splits_are_counted_and_warned_of(rng):
    images = rng.random((6, 4, 5)).astype(np.float32)
    labels = np.arange(6)
    splits = {"train": (images, labels), "valid": (images[:2], labels[:2]), "test": (images[5:] / 2, labels[5:])}
    with pytest.warns(UserWarning, match="letters: 2 of 2 validation images and 0 of 1 test images are"):
        found = datasets.describe(splits, "abcdef", "letters")
    assert found["held_out_in_training"] == {"valid": 2, "test": 0}
    assert found["images"] == {"train": 6, "valid": 2, "test": 1}


@pytest.mark.parametrize("white", [np.float32(1), np.uint8(255)])
def test_a_report_counts_images_and_ink(white):
    images = np.full((4, 2, 5), white)
    images[:, 0, 0] = 0  # one pixel in ten
    splits = {
        "train": (images, np.array([0, 0, 0, 1])),
        "valid": (images[:2] // 2, np.array([0, 1])),
        "test": (images[:1] // 2, np.array([1])),
    }
    assert datasets.describe(splits, "AB", "letters") == {
        "classes": 2,
        "held_out_in_training": {"valid": 0, "test": 0},
        "images": {"train": 4, "valid": 2, "test": 1},
        "images_per_class": {"train": [1, 3], "valid": [1, 1], "test": [0, 1]},
        "ink": 0.1,
        "size": [2, 5],
    }


def test_a_held_out_part_has_its_share_of_every_class(rng):
    labels = rng.permutation(np.repeat([0, 1, 2], [100, 50, 3]))
    kept, held_out = datasets.stratified_split(labels, 0.1, np.random.default_rng(1))
    assert np.bincount(labels[held_out]).tolist() == [10, 5, 1]
    assert sorted([*kept, *held_out]) == list(range(153))
    again = datasets.stratified_split(labels, 0.1, np.random.default_rng(1))
    np.testing.assert_array_equal(held_out, again[1])
    other = datasets.stratified_split(labels, 0.1, np.random.default_rng(2))
    assert not np.array_equal(held_out, other[1])
    with pytest.raises(FormatError, match="class 1 has 1 training image"):
        datasets.stratified_split(np.array([0, 0, 1]), 0.5, rng)
    with pytest.raises(ValueError, match="fraction is 1.5"):
        datasets.stratified_split(labels, 1.5, rng)
