"""The data steps on small files: what they unpack, draw, hold out and report."""

import gzip
import io
import json
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from lib.data import datasets, oxford
from lib.data.datasets import class_names, split
from lib.data.fetch import sha256
from lib.steps import data


def jpeg():
    out = io.BytesIO()
    Image.new("L", (20, 10), 255).save(out, "jpeg")
    return out.getvalue()


def write_zip(path, **files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def mirror(tmp_path):
    """A mirror of one file, and the folder that it is fetched to."""
    name = "mnist/train-labels-idx1-ubyte.gz"
    path = tmp_path / "mirror" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(b"two labels"))
    manifest = [{"file": name, "sha256": sha256(path), "not_real": "two labels"}]
    (tmp_path / "mirror" / "MANIFEST.json").write_text(json.dumps(manifest))
    return {"download": {"name": name, "urls": []}, "folder": str(tmp_path / "data"), "retries": 0}


def test_a_file_is_fetched_from_a_mirror_once_and_its_origin_kept(tmp_path, mirror):
    place, record = tmp_path / "data" / mirror["download"]["name"], tmp_path / "data" / "origins"
    made = data.fetch(place, **mirror, mirror=str(tmp_path / "mirror"))
    assert place.read_bytes() == gzip.compress(b"two labels")
    assert made["origin"]["origin"] == "mirror" and made["origin"]["not_real"] == "two labels"
    assert str(tmp_path) not in json.dumps(made)
    file = record / f"{mirror['download']['name']}.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(made["origin"]))
    assert data.fetch(tmp_path / "staged.gz", **mirror) == made  # from its place: the mirror is not asked again
    assert (tmp_path / "staged.gz").read_bytes() == place.read_bytes()


def test_a_file_can_be_fetched_as_bytes(tmp_path, mirror):
    made = data.fetch_bytes(**mirror, mirror=str(tmp_path / "mirror"))
    assert made["file"] == gzip.compress(b"two labels") and made["origin"]["origin"] == "mirror"
    assert not (tmp_path / "data" / mirror["download"]["name"]).exists()  # the step writes it


def test_progress_is_told_in_mebibytes(tmp_path, mirror, monkeypatch):
    told = []
    monkeypatch.setattr("lib.data.fetch.fetch", lambda *_, progress, **__: progress(3 << 20, 7 << 20))
    data.fetch(tmp_path / "x", **mirror, progress=lambda done, total: told.append((done, total)))
    assert told == [(3, 7)]


def test_a_page_is_unpacked_without_what_a_mac_adds(tmp_path):
    files = {f"images/{name}.jpg": jpeg() for name in ("01_list", "02_letters")}
    files |= {f"__MACOSX/{name}": b"not an image" for name in files}
    archive = write_zip(tmp_path / "images.zip", **files)
    (tmp_path / "out").mkdir()
    data.unpack_photo(archive, "01_list", tmp_path / "out" / "page.jpg")
    assert (tmp_path / "out" / "page.jpg").read_bytes() == jpeg()
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_a_page_that_is_missing_or_no_image_is_named(tmp_path):
    archive = write_zip(tmp_path / "images.zip", **{"01_list.jpg": b"not an image"})
    with pytest.raises(ValueError, match="01_list.jpg cannot be read as an image"):
        data.unpack_photo(archive, "01_list", tmp_path / "01_list.jpg")
    with pytest.raises(ValueError, match="images.zip has no 04_deep.jpg"):
        data.unpack_photo(archive, "04_deep", tmp_path / "04_deep.jpg")


def test_mnists_files_are_unpacked_under_their_names(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(name.encode()))
    data.unpack_mnist([tmp_path / "a.gz", tmp_path / "b.gz"], tmp_path / "MNIST")
    assert {path.name: path.read_text() for path in (tmp_path / "MNIST" / "raw").iterdir()} == {"a": "a", "b": "b"}


def test_emnists_archive_gives_its_balanced_split(tmp_path):
    files = {
        f"gzip/emnist-{split}-{part}-ubyte.gz": gzip.compress(f"{split} {part}".encode())
        for split in ("balanced", "letters")
        for part in ("train-images-idx3", "train-labels-idx1", "test-images-idx3", "test-labels-idx1")
    }
    archive = write_zip(tmp_path / "gzip.zip", **files, **{"gzip/emnist-balanced-mapping.txt": "0 48"})
    data.unpack_emnist(archive, tmp_path / "EMNIST")
    assert {path.name: path.read_text() for path in (tmp_path / "EMNIST" / "raw").iterdir()} == {
        "emnist-balanced-test-images-idx3-ubyte": "balanced test-images-idx3",
        "emnist-balanced-test-labels-idx1-ubyte": "balanced test-labels-idx1",
        "emnist-balanced-train-images-idx3-ubyte": "balanced train-images-idx3",
        "emnist-balanced-train-labels-idx1-ubyte": "balanced train-labels-idx1",
    }


def test_nist36_is_read_from_its_archive(tmp_path):
    rng, files = np.random.default_rng(0), {}
    for split_name in datasets.SPLITS:
        file = io.BytesIO()
        images = rng.random((36, 1024))
        images[0, 0] = -0.25
        savemat(file, {f"{split_name}_data": images, f"{split_name}_labels": np.eye(36)})
        files[f"data/nist36_{split_name}.mat"] = file.getvalue()
    archive = write_zip(tmp_path / "data.zip", **files, **{"__MACOSX/nist36_train.mat": b"", "data/readme": b""})
    made = data.read_nist36(archive)
    images, labels = split(made["dataset"], "valid")
    assert labels.tolist() == list(range(36)) and images[0, 0, 0] == 0
    assert made["report"]["clipped_values"] == {"train": 1, "valid": 1, "test": 1}


def test_oxfords_archive_is_laid_out_by_its_splits(tmp_path):
    numbers = np.arange(1, 1361)
    splits = {"trn2": numbers[numbers % 4 < 2], "val2": numbers[numbers % 4 == 2], "tst2": numbers[numbers % 4 == 3]}
    savemat(tmp_path / "datasplits.mat", splits)
    with tarfile.open(tmp_path / "17flowers.tgz", "w:gz") as archive:
        for number in numbers:
            member = tarfile.TarInfo(f"jpg/image_{number:04d}.jpg")
            member.size = len(jpeg())
            archive.addfile(member, io.BytesIO(jpeg()))
    made = data.lay_out_flowers17(tmp_path / "17flowers.tgz", tmp_path / "datasplits.mat", tmp_path / "flowers")
    assert made["report"] == {"classes": 17, "images": {"train": 680, "valid": 340, "test": 340}}
    assert (tmp_path / "flowers" / "tst2" / "02_snowdrop" / "image_0083.jpg").read_bytes() == jpeg()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["17flowers.tgz", "datasplits.mat", "flowers"]


@pytest.mark.parametrize(
    ("draw", "read", "name", "classes"),
    [
        (data.draw_mnist, data.read_mnist, "MNIST", datasets.MNIST_CLASSES),
        (data.draw_emnist, data.read_emnist, "EMNIST", datasets.EMNIST_CLASSES),
    ],
)
def test_drawn_idx_files_are_read_as_the_real_ones_are(tmp_path, draw, read, name, classes):
    counts = {f"{name.lower()}_train": 10, f"{name.lower()}_test": 3}
    draw(tmp_path / name, seed=0, **counts)
    made = read(tmp_path / name, seed=0, valid_fraction=0.2)
    dataset, counts = made["dataset"], {"train": 8, "valid": 2, "test": 3}
    for part, count in counts.items():
        images, labels = split(dataset, part)
        assert np.bincount(labels).tolist() == [count] * len(classes)
        assert images[:, :2].mean() > 0.9 and images.min() < 0.2  # ink dark on white
    assert class_names(dataset) == list(classes)
    images, labels = split(dataset, "test")
    one = 1 - images[labels == 1].mean(axis=0)  # upright, a 1 is higher than wide
    assert one.max(axis=1).sum() > 1.3 * one.max(axis=0).sum()
    assert made["report"]["images"] == {part: n * len(classes) for part, n in counts.items()}


def test_validation_images_are_held_out_of_training_and_test_images_stay(tmp_path):
    data.draw_mnist(tmp_path / "MNIST", seed=0, mnist_train=10, mnist_test=3)
    made, other = (data.read_mnist(tmp_path / "MNIST", seed=seed, valid_fraction=0.3)["dataset"] for seed in (0, 1))
    train, valid, test = ({image.tobytes() for image in made[f"{part}_images"]} for part in datasets.SPLITS)
    assert (len(train), len(valid), len(test)) == (70, 30, 30)
    assert not train & valid and not (train | valid) & test
    assert (made["valid_images"] != other["valid_images"]).any()
    np.testing.assert_array_equal(made["test_images"], other["test_images"])


def test_nist36_is_drawn_in_three_splits_with_the_right_labels():
    made = data.draw_nist36(seed=0, nist36_train=60, nist36_valid=2, nist36_test=1)
    assert {part: len(split(made["dataset"], part)[1]) for part in datasets.SPLITS} == {
        "train": 2160, "valid": 72, "test": 36,
    }  # fmt: skip
    assert made["report"]["held_out_in_training"] == {"test": 0, "valid": 0}
    images, labels = split(made["dataset"], "train")
    ink = 1 - images
    widths = [(ink[labels == label].max(axis=1) > 0.5).sum(axis=1).mean() for label in range(26)]
    assert np.argmin(widths) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index("I")


def test_flowers_are_drawn_in_oxfords_layout(tmp_path):
    made = data.draw_flowers(tmp_path / "flowers", seed=0, flowers_each=4, flowers_size=32)
    assert made["report"] == {"classes": 17, "images": {"train": 34, "valid": 17, "test": 17}}
    assert sorted(path.name for path in (tmp_path / "flowers" / "val2").iterdir()) == oxford.class_folders()


def test_the_report_says_where_the_data_came_from():
    origins = [{"file": "b.zip", "origin": "official"}, {"file": "a.zip", "origin": "by hand"}]
    found = data.report({"nist36": {"classes": 36}}, origins, "course")
    assert found == {
        "nist36": {"classes": 36},
        "files": {"b.zip": origins[0], "a.zip": origins[1]},
        "origins": ["by hand", "official"],
        "source": "course",
    }
    assert data.report({}, [], "embedded")["origins"] == ["drawn by the project"]
