"""MNIST and EMNIST from small made-up IDX files, whole and broken."""

from pathlib import Path

import numpy as np
import pytest

from lib.data import idx
from lib.data.archives import gunzip
from lib.data.datasets import EMNIST_CLASSES, FormatError

MIRROR = Path(__file__).parents[2].parent / "shared" / "mirror"
needs_mirror = pytest.mark.skipif(not MIRROR.is_dir(), reason="the mirror of the course's data is not on this machine")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def raw(array):
    """An IDX file of bytes, written by the letter of its specification."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.astype(np.uint8).tobytes()


def write_idx_folder(folder, images, labels, prefixes=("train", "t10k")):
    (folder / "raw").mkdir(parents=True)
    for prefix in prefixes:
        (folder / "raw" / f"{prefix}-images-idx3-ubyte").write_bytes(raw(images))
        (folder / "raw" / f"{prefix}-labels-idx1-ubyte").write_bytes(raw(labels))
    return folder


@pytest.fixture
def mnist(tmp_path, rng):
    images = rng.integers(0, 256, (20, 28, 28), dtype=np.uint8)
    return write_idx_folder(tmp_path / "MNIST", images, np.arange(20) % 10), images


def test_mnist_comes_out_dark_on_white(mnist):
    folder, images = mnist
    splits = idx.read_mnist(folder)
    np.testing.assert_array_equal(splits["train"][0], 255 - images)
    assert splits["test"][0].dtype == np.uint8 and splits["test"][1].dtype == np.int64
    assert splits["test"][1].tolist() == [n % 10 for n in range(20)]


def test_emnist_comes_out_upright_in_torchvisions_order_of_classes(tmp_path, rng):
    images = rng.integers(0, 256, (47, 28, 28), dtype=np.uint8)
    prefixes = ("emnist-balanced-train", "emnist-balanced-test")
    folder = write_idx_folder(tmp_path / "EMNIST", images, np.arange(47), prefixes)
    splits = idx.read_emnist(folder)
    np.testing.assert_array_equal(splits["test"][0][3], 255 - images[3].T)
    assert EMNIST_CLASSES[10] == "A" and EMNIST_CLASSES[36:] == "abdefghnqrt"


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        (
            "train-images-idx3-ubyte",
            lambda old: old[:-1],
            "cut short: its header declares 15,680 bytes, there are 15,679",
        ),
        ("train-images-idx3-ubyte", lambda old: old + b"x", "too long"),
        ("t10k-labels-idx1-ubyte", lambda old: old[:6], "not an IDX file of bytes in 1 dimensions"),
        ("t10k-labels-idx1-ubyte", lambda old: b"", "not an IDX file"),
        ("train-images-idx3-ubyte", lambda old: b"\x1f\x8b" + old[2:], "begins 1f 8b 08 03"),
        ("train-images-idx3-ubyte", lambda old: old[:11] + b"\x1b" + old[12:], r"sizes \(20, 27, 28\)"),
        ("train-images-idx3-ubyte", lambda old: old[:4] + bytes(4) + old[8:16], r"sizes \(0, 28, 28\)"),
        ("train-images-idx3-ubyte", lambda old: old[:4] + b"\xff" * 4 + old[8:], "cut short"),
        ("train-labels-idx1-ubyte", lambda old: old[:7] + b"\x13" + old[8:-1], "20 images, but 19 labels"),
        ("train-labels-idx1-ubyte", lambda old: old[:-1] + b"\x0a", "labels run from 0 to 10; 10 classes are 0..9"),
        ("train-labels-idx1-ubyte", lambda old: old.replace(b"\x07", b"\x01"), r"no image of the classes \[7\]"),
    ],
)
def test_a_wrong_idx_file_is_named(mnist, file, content, message):
    folder, _ = mnist
    path = folder / "raw" / file
    path.write_bytes(content(path.read_bytes()))
    with pytest.raises(FormatError, match=message):
        idx.read_mnist(folder)


def test_a_missing_idx_file_is_named(mnist):
    folder, _ = mnist
    (folder / "raw" / "t10k-images-idx3-ubyte").unlink()
    with pytest.raises(FormatError, match="t10k-images-idx3-ubyte is missing"):
        idx.read_mnist(folder)


@pytest.mark.parametrize(
    ("name", "classes", "write", "read"),
    [("MNIST", 10, idx.write_mnist, idx.read_mnist), ("EMNIST", 47, idx.write_emnist, idx.read_emnist)],
)
def test_what_is_written_is_read_again(tmp_path, rng, name, classes, write, read):
    labels = np.arange(classes)
    splits = {split: (rng.integers(0, 256, (classes, 28, 28), np.uint8), labels) for split in ("train", "test")}
    write(tmp_path / name, splits)
    for split, (images, labels) in read(tmp_path / name).items():
        np.testing.assert_array_equal(images, splits[split][0])
        np.testing.assert_array_equal(labels, splits[split][1])


def test_files_are_written_as_their_specification_says(tmp_path, rng):
    images = rng.integers(0, 256, (10, 28, 28), np.uint8)
    idx.write_mnist(tmp_path / "MNIST", {"train": (255 - images, np.arange(10)), "test": (255 - images, np.arange(10))})
    assert (tmp_path / "MNIST" / "raw" / "t10k-images-idx3-ubyte").read_bytes() == raw(images)
    assert (tmp_path / "MNIST" / "raw" / "train-labels-idx1-ubyte").read_bytes() == raw(np.arange(10))
    with pytest.raises(ValueError, match="not float32"):
        idx.write_file(tmp_path / "x", np.zeros(3, np.float32))


@needs_mirror
def test_the_mirrors_mnist_reads(tmp_path):
    (tmp_path / "MNIST" / "raw").mkdir(parents=True)
    for path in (MIRROR / "mnist").glob("*.gz"):
        gunzip(path, tmp_path / "MNIST" / "raw" / path.stem)
    splits = idx.read_mnist(tmp_path / "MNIST")
    assert len(splits["train"][0]) == 5000 and len(splits["test"][0]) == 10000
    assert splits["test"][1][:5].tolist() == [7, 2, 1, 0, 4]
    assert (255 - splits["test"][0]).mean() == pytest.approx(33.8, abs=0.2)  # as everybody finds for the test set
