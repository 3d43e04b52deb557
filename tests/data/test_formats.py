"""Small made-up files in the formats of the assignment, whole and broken."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from lib.data import formats
from lib.data.archives import gunzip, unpack
from lib.data.formats import FormatError

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


# --- NIST36 ---------------------------------------------------------------------------------------------------------


def test_nist36_comes_out_upright_with_whole_number_labels(tmp_path, rng):
    data, labels = nist(rng)
    image = np.ones((32, 32))
    image[2:6, 20:30] = 0  # ink at the top right
    data[5] = image.T.ravel()  # stored column by column
    images, found, clipped = formats.read_nist36_file(save_nist(tmp_path / "nist36_train.mat", data, labels), "train")
    np.testing.assert_array_equal(images[5], image)
    assert images.shape == (72, 32, 32) and images.dtype == np.float32
    assert found.dtype == np.int64 and found.tolist() == [n % 36 for n in range(72)]
    assert clipped == 0 and formats.NIST36_CLASSES[found[0]] == "A" and formats.NIST36_CLASSES[found[35]] == "9"


def test_a_little_overshoot_is_clipped_and_counted(tmp_path, rng):
    data, labels = nist(rng)
    data[3, :4] = -0.5, -1e-9, 1.2, 1.5
    images, _, clipped = formats.read_nist36_file(save_nist(tmp_path / "nist36_train.mat", data, labels), "train")
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
        formats.read_nist36_file(path, "train")


def test_nist36_files_that_are_missing_damaged_or_of_another_split_are_named(tmp_path, rng):
    path = save_nist(tmp_path / "nist36_valid.mat", *nist(rng))
    with pytest.raises(FormatError, match="nist36_valid.mat has no valid_data"):
        formats.read_nist36_file(path, "valid")
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(FormatError, match="nist36_valid.mat is not a MATLAB file that can be read"):
        formats.read_nist36_file(path, "train")
    with pytest.raises(FormatError, match="nist36_train.mat is missing"):
        formats.read_nist36(tmp_path)


def test_images_in_two_splits_are_counted_and_warned_of(rng):
    images = rng.random((6, 4, 4)).astype(np.float32)
    labels = np.arange(6)
    splits = {"train": (images, labels), "valid": (images[:2], labels[:2]), "test": (images[5:] / 2, labels[5:])}
    with pytest.warns(UserWarning, match="2 of 2 validation images and 0 of 1 test images are training images too"):
        found = formats.describe(splits, "abcdef", "letters")
    assert found["held_out_in_training"] == {"valid": 2, "test": 0}
    assert found["images"] == {"train": 6, "valid": 2, "test": 1}


# --- dataset files --------------------------------------------------------------------------------------------------


def made_up(rng, dtype=np.float32, classes=3):
    images = rng.random((9, 5, 4)).astype(np.float32)
    images = images if dtype == np.float32 else (images * 255).astype(np.uint8)
    return {split: (images, np.arange(9) % classes) for split in formats.SPLITS}


@pytest.mark.parametrize("dtype", [np.float32, np.uint8])
def test_a_dataset_comes_back_as_it_was_saved(tmp_path, rng, dtype):
    splits = made_up(rng, dtype)
    for name in ("a.npz", "b.npz"):
        formats.save_dataset(tmp_path / name, splits, "XYZ")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    images, labels = formats.load_split(tmp_path / "a.npz", "valid")
    expected = splits["valid"][0] if dtype == np.float32 else splits["valid"][0].astype(np.float32) / np.float32(255)
    np.testing.assert_array_equal(images, expected)
    assert images.dtype == np.float32 and labels.dtype == np.int64
    assert formats.load_classes(tmp_path / "a.npz") == ["X", "Y", "Z"]


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
        formats.check_split(images, labels, 2, "here")


def test_a_dataset_that_cannot_be_read_says_which(tmp_path, rng):
    path = tmp_path / "a.npz"
    with pytest.raises(FormatError, match="a.npz is missing"):
        formats.load_split(path, "train")
    formats.save_dataset(path, made_up(rng), "XYZ")
    with pytest.raises(ValueError, match="split is 'validation'"):
        formats.load_split(path, "validation")
    whole = path.read_bytes()
    path.write_bytes(whole[:600])
    with pytest.raises(FormatError, match="a.npz is not a dataset"):
        formats.load_classes(path)
    at = whole.index(b"train_images") + 200  # inside the images
    path.write_bytes(whole[:at] + b"\xff\xff\xff" + whole[at + 3 :])
    with pytest.raises(FormatError, match="a.npz: train_images cannot be read"):
        formats.load_split(path, "train")
    np.savez(path, classes=np.array(["A", None], dtype=object))
    with pytest.raises(FormatError, match="classes cannot be read"):  # never unpickled
        formats.load_classes(path)
    with pytest.raises(FormatError, match="has no train_images"):
        formats.load_split(path, "train")


def test_a_held_out_part_has_its_share_of_every_class(rng):
    labels = rng.permutation(np.repeat([0, 1, 2], [100, 50, 3]))
    kept, held_out = formats.stratified_split(labels, 0.1, np.random.default_rng(1))
    assert np.bincount(labels[held_out]).tolist() == [10, 5, 1]
    assert sorted([*kept, *held_out]) == list(range(153))
    again = formats.stratified_split(labels, 0.1, np.random.default_rng(1))
    np.testing.assert_array_equal(held_out, again[1])
    other = formats.stratified_split(labels, 0.1, np.random.default_rng(2))
    assert not np.array_equal(held_out, other[1])
    with pytest.raises(FormatError, match="class 1 has 1 training image"):
        formats.stratified_split(np.array([0, 0, 1]), 0.5, rng)
    with pytest.raises(ValueError, match="fraction is 1.5"):
        formats.stratified_split(labels, 1.5, rng)


# --- IDX ------------------------------------------------------------------------------------------------------------


def write_idx_folder(folder, images, labels, prefixes=("train", "t10k")):
    (folder / "raw").mkdir(parents=True)
    for prefix in prefixes:
        formats.write_idx(folder / "raw" / f"{prefix}-images-idx3-ubyte", images)
        formats.write_idx(folder / "raw" / f"{prefix}-labels-idx1-ubyte", labels.astype(np.uint8))
    return folder


@pytest.fixture
def mnist(tmp_path, rng):
    images = rng.integers(0, 256, (20, 28, 28), dtype=np.uint8)
    return write_idx_folder(tmp_path / "MNIST", images, np.arange(20) % 10), images


def test_mnist_comes_out_dark_on_white(mnist):
    folder, images = mnist
    splits = formats.read_mnist(folder)
    np.testing.assert_array_equal(splits["train"][0], 255 - images)
    assert splits["test"][0].dtype == np.uint8 and splits["test"][1].dtype == np.int64
    assert splits["test"][1].tolist() == [n % 10 for n in range(20)]


def test_emnist_comes_out_upright_in_torchvisions_order_of_classes(tmp_path, rng):
    images = rng.integers(0, 256, (47, 28, 28), dtype=np.uint8)
    prefixes = ("emnist-balanced-train", "emnist-balanced-test")
    folder = write_idx_folder(tmp_path / "EMNIST", images, np.arange(47), prefixes)
    splits = formats.read_emnist(folder)
    np.testing.assert_array_equal(splits["test"][0][3], 255 - images[3].T)
    assert formats.EMNIST_CLASSES[10] == "A" and formats.EMNIST_CLASSES[36:] == "abdefghnqrt"


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
        formats.read_mnist(folder)


def test_a_missing_idx_file_is_named(mnist):
    folder, _ = mnist
    (folder / "raw" / "t10k-images-idx3-ubyte").unlink()
    with pytest.raises(FormatError, match="t10k-images-idx3-ubyte is missing"):
        formats.read_mnist(folder)


# --- flowers --------------------------------------------------------------------------------------------------------


def split_numbers():
    """Every class's images, one in four for each held-out split, as 17 flowers has them."""
    numbers = np.arange(1, 1361)
    return {"trn2": numbers[numbers % 4 < 2], "val2": numbers[numbers % 4 == 2], "tst2": numbers[numbers % 4 == 3]}


def save_pictures(folder, numbers, digits=4):
    folder.mkdir()
    for number in numbers:
        Image.new("RGB", (9, 8), (number % 256, 80, 0)).save(folder / f"image_{number:0{digits}d}.jpg")
    return folder


def test_flowers17_are_laid_out_by_oxfords_numbers(tmp_path):
    savemat(tmp_path / "datasplits.mat", split_numbers())
    splits = formats.flowers17_numbers(tmp_path / "datasplits.mat")
    assert {split: len(members) for split, members in splits.items()} == {"trn2": 680, "val2": 340, "tst2": 340}
    assert (80, "01_daffodil") in splits["trn2"] and (81, "02_snowdrop") in splits["trn2"]
    assert (1359, "17_pansy") in splits["tst2"]
    few = {split: members[::10] for split, members in splits.items()}
    images = save_pictures(tmp_path / "jpg", [number for members in few.values() for number, _ in members])
    formats.lay_out_flowers(images, few, tmp_path / "out")
    assert (tmp_path / "out" / "trn2" / "01_daffodil" / "image_0001.jpg").is_file()
    counts, classes = formats.check_image_folder(tmp_path / "out")
    assert counts == {"trn2": 68, "val2": 34, "tst2": 34} and classes == formats.flowers17_folders()
    pictures, labels, names = formats.read_image_folder(tmp_path / "out" / "val2", each=2, size=6)
    assert pictures.shape == (34, 6, 6, 3) and labels.tolist()[:3] == [0, 0, 1] and names == classes


def test_flowers102_are_laid_out_by_oxfords_labels(tmp_path):
    savemat(tmp_path / "imagelabels.mat", {"labels": np.arange(306) % 102 + 1})
    savemat(
        tmp_path / "setid.mat", {"trnid": np.arange(1, 103), "valid": np.arange(103, 205), "tstid": np.arange(205, 307)}
    )
    splits = formats.flowers102_numbers(tmp_path / "setid.mat", tmp_path / "imagelabels.mat")
    images = save_pictures(tmp_path / "jpg", range(1, 307), digits=5)
    assert formats.lay_out_flowers(images, splits, tmp_path / "out", digits=5) == dict.fromkeys(splits, 102)
    assert (tmp_path / "out" / "val2" / "001" / "image_00103.jpg").is_file()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tst2": np.array([0, 5])}, "image numbers run from 0"),
        ({"tst2": np.array([1361])}, "run from 1 to 1361, not 1..1360"),
        ({"tst2": np.array([1, 3])}, "1 images occur in two splits"),
        ({"tst2": np.array([1.5])}, "not a list of image numbers"),
        ({"tst2": None}, "datasplits.mat has no tst2"),
    ],
)
def test_wrong_flower_splits_are_refused(tmp_path, change, message):
    splits = {name: numbers for name, numbers in (split_numbers() | change).items() if numbers is not None}
    savemat(tmp_path / "datasplits.mat", splits)
    with pytest.raises(FormatError, match=message):
        formats.flowers17_numbers(tmp_path / "datasplits.mat")


@pytest.mark.parametrize("damage", ["cut", "text", "missing"])
def test_a_picture_that_does_not_decode_is_named(tmp_path, damage):
    rng = np.random.default_rng(0)
    images = tmp_path / "jpg"
    images.mkdir()
    path = images / "image_0001.jpg"
    Image.fromarray(rng.integers(0, 256, (99, 99, 3), dtype=np.uint8)).save(path)
    members = [(1, "01_daffodil")]
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-2000] if damage == "cut" else b"not an image")
    with pytest.raises(FormatError, match="the image image_0001.jpg (does not decode|is missing)"):
        formats.lay_out_flowers(images, {"trn2": members}, tmp_path / "out")


def test_a_class_that_a_split_does_not_have_is_named(tmp_path):
    splits = {"trn2": [(1, "a"), (2, "b")], "val2": [(3, "a")]}
    with pytest.raises(FormatError, match="val2 has no image of b"):
        formats.lay_out_flowers(tmp_path, splits, tmp_path / "out")


def test_drawn_pictures_get_the_same_layout(tmp_path, rng):
    images = rng.integers(0, 256, (6, 8, 8, 3), dtype=np.uint8)
    splits = {"trn2": np.array([0, 3]), "val2": np.array([1, 4]), "tst2": np.array([2, 5])}
    formats.save_image_folder(images, np.repeat([0, 1], 3), splits, ["01_a", "02_b"], tmp_path / "out")
    assert formats.describe_image_folder(tmp_path / "out") == {"classes": 2, "images": dict.fromkeys(formats.SPLITS, 2)}
    assert (tmp_path / "out" / "val2" / "02_b" / "image_0005.jpg").is_file()


# --- the mirror: stand-ins in the real formats ----------------------------------------------------------------------


@needs_mirror
def test_the_mirrors_nist36_reads(tmp_path):
    unpack(MIRROR / "data.zip", tmp_path, lambda name: name if "valid" in name else None)
    images, labels, clipped = formats.read_nist36_file(tmp_path / "nist36_valid.mat", "valid")
    assert len(images) == 3600 and np.bincount(labels).tolist() == [100] * 36 and clipped == 0
    ink = 1 - images
    heights = (ink.max(axis=2) > 0.5).sum(axis=1)[labels == 8]  # I is upright: higher than wide
    widths = (ink.max(axis=1) > 0.5).sum(axis=1)[labels == 8]
    assert heights.mean() > 1.5 * widths.mean()


@needs_mirror
def test_the_mirrors_mnist_reads(tmp_path):
    (tmp_path / "MNIST" / "raw").mkdir(parents=True)
    for path in (MIRROR / "mnist").glob("*.gz"):
        gunzip(path, tmp_path / "MNIST" / "raw" / path.stem)
    splits = formats.read_mnist(tmp_path / "MNIST")
    assert len(splits["train"][0]) == 5000 and len(splits["test"][0]) == 10000
    assert splits["test"][1][:5].tolist() == [7, 2, 1, 0, 4]
    assert (255 - splits["test"][0]).mean() == pytest.approx(33.8, abs=0.2)  # as everybody finds for the test set
