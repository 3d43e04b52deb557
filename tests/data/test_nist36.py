"""NIST36 from small made-up .mat files, whole and broken."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from lib.data import nist36
from lib.data.archives import unpack
from lib.data.datasets import NIST36_CLASSES, FormatError

MIRROR = Path(__file__).parents[2].parent / "shared" / "mirror"
needs_mirror = pytest.mark.skipif(not MIRROR.is_dir(), reason="the mirror of the course's data is not on this machine")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def nist(rng, count=72):
    """Data and one-hot labels as in a nist36 file, every class at least once."""
    return rng.random((count, 1024)), np.eye(36)[np.arange(count) % 36]


def save_nist(path, data, labels, split="train"):
    savemat(path, {f"{split}_data": data, f"{split}_labels": labels})
    return path


def test_nist36_comes_out_upright_with_integer_labels(tmp_path, rng):
    data, labels = nist(rng)
    image = np.ones((32, 32))
    image[2:6, 20:30] = 0  # ink at the top right
    data[5] = image.T.ravel()  # stored column by column
    images, found, clipped = nist36.read_file(save_nist(tmp_path / "nist36_train.mat", data, labels), "train")
    np.testing.assert_array_equal(images[5], image)
    assert images.shape == (72, 32, 32) and images.dtype == np.float32
    assert found.dtype == np.int64 and found.tolist() == [n % 36 for n in range(72)]
    assert clipped == 0 and NIST36_CLASSES[found[0]] == "A" and NIST36_CLASSES[found[35]] == "9"


def test_a_little_overshoot_is_clipped_and_counted(tmp_path, rng):
    data, labels = nist(rng)
    data[3, :4] = -0.5, -1e-9, 1.2, 1.5
    images, _, clipped = nist36.read_file(save_nist(tmp_path / "nist36_train.mat", data, labels), "train")
    assert clipped == 4 and images.min() >= 0 and images.max() <= 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data, labels: (data, labels[:-1]), "train_labels is .71, 36., not 72 x 36"),
        (lambda data, labels: (data[:, :1000], labels), "not N x 1024"),
        (lambda data, labels: (data[:0], labels[:0]), "not N x 1024 with N > 0"),
        (lambda data, labels: (data, labels[:, :26]), "not 72 x 36"),
        (lambda data, labels: (data, labels * 2), r"train_labels\[0\] is not one-hot"),
        (lambda data, labels: (data, np.maximum(labels, labels[::-1])), r"train_labels\[0\] is not one-hot"),
        (lambda data, labels: (data, labels * (np.arange(72) != 7)[:, None]), r"train_labels\[7\] is not one-hot"),
        (lambda data, labels: (data, labels * np.nan), "not one-hot"),
        (
            lambda data, labels: (data + np.where(np.arange(72) == 9, np.nan, 0)[:, None], labels),
            r"train_data\[9\].*finite",
        ),
        (lambda data, labels: (data - 0.7, labels), "runs from -0.7.*overshoot"),
        (lambda data, labels: (data * 255, labels), "runs from .* to 25"),
        (lambda data, labels: (data, labels[np.r_[1:36, 1:36, 1, 1]]), r"no image of the classes \[0\]"),
        (lambda data, labels: (data.astype(str), labels), "not a matrix of numbers"),
    ],
)
def test_a_wrong_nist36_file_is_refused(tmp_path, rng, change, message):
    path = save_nist(tmp_path / "nist36_train.mat", *change(*nist(rng)))
    with pytest.raises(FormatError, match=f"nist36_train.mat.*{message}"):
        nist36.read_file(path, "train")


def test_nist36_files_that_are_missing_damaged_or_of_another_split_are_named(tmp_path, rng):
    path = save_nist(tmp_path / "nist36_valid.mat", *nist(rng))
    with pytest.raises(FormatError, match="nist36_valid.mat has no valid_data"):
        nist36.read_file(path, "valid")
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(FormatError, match="nist36_valid.mat cannot be read as a MATLAB file"):
        nist36.read_file(path, "train")
    with pytest.raises(FormatError, match="nist36_train.mat is missing"):
        nist36.read_nist36(tmp_path)


@needs_mirror
def test_the_mirrors_nist36_reads(tmp_path):
    unpack(MIRROR / "data.zip", tmp_path, lambda name: name if "valid" in name else None)
    images, labels, clipped = nist36.read_file(tmp_path / "nist36_valid.mat", "valid")
    assert len(images) == 3600 and np.bincount(labels).tolist() == [100] * 36 and clipped == 0
    ink = 1 - images
    heights = (ink.max(axis=2) > 0.5).sum(axis=1)[labels == 8]  # I is upright: higher than wide
    widths = (ink.max(axis=1) > 0.5).sum(axis=1)[labels == 8]
    assert heights.mean() > 1.5 * widths.mean()


def test_the_three_files_become_three_splits(tmp_path, rng):
    for count, split in zip((36, 72, 108), ("train", "valid", "test"), strict=True):
        data, labels = nist(rng, count)
        data[0, : count // 36] = 1.1
        save_nist(tmp_path / f"nist36_{split}.mat", data, labels, split)
    splits, clipped = nist36.read_nist36(tmp_path)
    assert {split: len(labels) for split, (_, labels) in splits.items()} == {"train": 36, "valid": 72, "test": 108}
    assert clipped == {"train": 1, "valid": 2, "test": 3}
