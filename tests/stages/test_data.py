"""The data stage: its functions on small files, and which pages it finds."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lib.build import SettingsError
from lib.build.config import Settings
from lib.data import formats
from stages import data


def jpeg():
    out = io.BytesIO()
    Image.new("L", (20, 10), 255).save(out, "jpeg")
    return out.getvalue()


def idx(array):
    array = np.asarray(array, np.uint8)
    return bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape) + array.tobytes()


def outputs(folder, *artifacts):
    """Paths as the task constructor hands them to a function."""
    paths = [folder / artifact.folder / name for artifact in artifacts for name in artifact.names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
    return paths


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to stand in, in the place of the project's."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(*paths):
    for path in map(Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def test_every_download_has_an_official_address_and_is_fetched_by_a_task_of_its_own(monkeypatch):
    monkeypatch.setattr(data, "SOURCE", "course")
    files = data.downloads()
    assert len(files) == 10
    for name, file in files.items():
        assert file["addresses"] and all(address.startswith("http") for address in file["addresses"]), name
    assert files["data.zip"]["addresses"][0].endswith("ebklocte1t2wl4dja61dg1ct285l65md.zip")  # not as printed
    assert [task["name"] for task in data.task__fetch()] == list(files)
    monkeypatch.setattr(data, "SOURCE", "embedded")
    assert list(data.task__fetch()) == []


def test_torchvisions_checksums_are_ours():
    from torchvision.datasets import EMNIST, MNIST, Flowers102

    assert {name: f"md5:{md5}" for name, md5 in MNIST.resources} == data.MNIST_FILES
    assert data.downloads()["emnist/gzip.zip"]["checksum"] == f"md5:{EMNIST.md5}"
    flowers = {f"102/{name}": f"md5:{md5}" for name, md5 in Flowers102._file_dict.values()}
    assert data.FLOWER_FILES["flowers102"] == flowers


def test_embedded_pages_are_the_images_of_the_project_with_their_texts(here, monkeypatch):
    monkeypatch.setattr(data, "SOURCE", "embedded")
    assert data.pages() == []
    put("images/b.jpg", "images/b.txt", "images/a.PNG", "images/.hidden.png", "images/notes.txt", "images/c.jpeg")
    pages = data.pages()
    assert [page.name for page in pages] == ["a", "b", "c"]
    assert [str(page.image.path) for page in pages] == ["images/a.PNG", "images/b.jpg", "images/c.jpeg"]
    assert [page.text and str(page.text.path) for page in pages] == [None, "images/b.txt", None]
    put("images/b.png")
    with pytest.raises(SettingsError, match="b.jpg and images/b.png would both be the page b"):
        data.pages()


def test_course_pages_are_the_assignments_four_and_what_somebody_put_beside_them(here, monkeypatch):
    monkeypatch.setattr(data, "SOURCE", "course")
    put("images/01_list.txt", "images/02_letters.txt")
    assert [page.name for page in data.pages()] == ["01_list", "02_letters", "03_haiku", "04_deep"]  # before any fetch
    folder = data.pages()[0].image.path.parent
    put(folder / "01_list.jpg", folder / "mine.png", folder / "mine.txt", folder / "02_letters.txt")
    found = {page.name: page.text and page.text.path for page in data.pages()}
    assert found == {
        "01_list": Path("images/01_list.txt"),
        "02_letters": folder / "02_letters.txt",
        "03_haiku": None,
        "04_deep": None,
        "mine": folder / "mine.txt",
    }


def test_pages_are_unpacked_without_what_a_mac_adds(tmp_path):
    archive = tmp_path / "images.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for name in data.COURSE_PAGES:
            out.writestr(f"images/{name}", jpeg())
            out.writestr(f"__MACOSX/images/{name}", b"not an image")
    files = outputs(tmp_path / "out", *(data.Artifact("images", name, root="data") for name in data.COURSE_PAGES))
    data.unpack_pages(archive, *files)
    assert all(path.read_bytes() == jpeg() for path in files)
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("01_list.jpg", b"not an image")
    with pytest.raises(formats.FormatError, match="01_list.jpg does not decode"):
        data.unpack_pages(archive, *files)


def test_a_file_is_fetched_from_a_mirror_and_its_origin_kept(tmp_path):
    mirror = tmp_path / "mirror"
    (mirror / "mnist").mkdir(parents=True)
    name = "mnist/train-labels-idx1-ubyte.gz"
    (mirror / name).write_bytes(gzip.compress(idx([1, 2])))
    manifest = [{"file": name, "sha256": formats_sha256(mirror / name), "not_real": "two labels"}]
    (mirror / "MANIFEST.json").write_text(json.dumps(manifest))
    folder = tmp_path / "data"
    settings = Settings(
        "data", {"download": data.downloads()[name], "mirror": str(mirror), "folder": str(folder), "retries": 0}
    )
    for _ in range(2):  # the second time it is there already
        file, record = outputs(folder, data._fetched(name), data._origin(name))
        data.fetch(file, record, settings=settings)
        found = json.loads(record.read_text())
        assert found["origin"] == "mirror" and found["not_real"] == "two labels"
        assert str(tmp_path) not in record.read_text()


def formats_sha256(path):
    from lib.data.fetch import sha256

    return sha256(path)


@pytest.mark.parametrize(
    ("draw", "read", "raw", "classes"),
    [
        (data.draw_mnist, data.read_mnist, data.MNIST_RAW, formats.MNIST_CLASSES),
        (data.draw_emnist, data.read_emnist, data.EMNIST_RAW, formats.EMNIST_CLASSES),
    ],
)
def test_drawn_idx_files_are_read_as_the_real_ones_are(tmp_path, draw, read, raw, classes):
    (folder,) = outputs(tmp_path, raw)
    draw(folder, settings=Settings("data", {"seed": 0, "train": 10, "test": 3}))
    dataset, report = tmp_path / "set.npz", tmp_path / "report.json"
    read(folder, dataset, report, settings=Settings("data", {"seed": 0, "valid_fraction": 0.2}))
    counts = {"train": 8, "valid": 2, "test": 3}
    for split, count in counts.items():
        images, labels = formats.load_split(dataset, split)
        assert np.bincount(labels).tolist() == [count] * len(classes)
        assert images[:, :2].mean() > 0.9 and images.min() < 0.2  # ink dark on white
    assert formats.load_classes(dataset) == list(classes)
    images, labels = formats.load_split(dataset, "test")
    one = 1 - images[labels == 1].mean(axis=0)  # upright, a 1 is higher than wide
    assert one.max(axis=1).sum() > 1.3 * one.max(axis=0).sum()
    assert json.loads(report.read_text())["images"] == {s: n * len(classes) for s, n in counts.items()}


def test_nist36_is_drawn_in_three_splits(tmp_path):
    dataset, report = tmp_path / "nist36.npz", tmp_path / "nist36.json"
    settings = Settings("data", {"seed": 0, "nist36_train": 3, "nist36_valid": 2, "nist36_test": 1})
    data.draw_nist36(dataset, report, settings=settings)
    assert formats.load_split(dataset, "train")[0].shape == (108, 32, 32)
    assert json.loads(report.read_text())["held_out_in_training"] == {"test": 0, "valid": 0}


def test_emnists_archive_gives_its_balanced_split(tmp_path):
    archive = tmp_path / "gzip.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for split in ("balanced", "letters"):
            for part in ("train-images-idx3", "train-labels-idx1", "test-images-idx3", "test-labels-idx1"):
                out.writestr(f"gzip/emnist-{split}-{part}-ubyte.gz", gzip.compress(idx([1])))
        out.writestr("gzip/emnist-balanced-mapping.txt", "0 48")
    (folder,) = outputs(tmp_path / "out", data.EMNIST_RAW)
    data.unpack_emnist([archive], folder)
    assert sorted(path.name for path in (folder / "raw").iterdir()) == [
        "emnist-balanced-test-images-idx3-ubyte",
        "emnist-balanced-test-labels-idx1-ubyte",
        "emnist-balanced-train-images-idx3-ubyte",
        "emnist-balanced-train-labels-idx1-ubyte",
    ]


def test_the_report_says_where_the_data_came_from(tmp_path):
    (tmp_path / "nist36.json").write_text('{"images": {"train": 3}}')
    (tmp_path / "data.zip.json").write_text('{"file": "data.zip", "origin": "by hand"}')
    settings = Settings("data", {"source": "course"})
    data.write_report([tmp_path / "nist36.json"], [tmp_path / "data.zip.json"], tmp_path / "report.json", settings)
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["origins"] == ["by hand"] and report["nist36"]["images"]["train"] == 3
    assert report["files"]["data.zip"]["origin"] == "by hand"


def test_sheets_are_drawn_for_letters_and_for_flowers(tmp_path):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (12, 16, 16, 3), dtype=np.uint8)
    splits = {"trn2": np.arange(0, 12, 2), "val2": np.array([1, 7]), "tst2": np.array([3, 9])}
    formats.save_image_folder(images, np.repeat([0, 1], 6), splits, ["01_a_b", "02_c"], tmp_path / "flowers")
    pictures = [tmp_path / "sheet.png", tmp_path / "sheet.pdf"]
    data.draw_flowers_sheet(tmp_path / "flowers", pictures)
    assert all(path.stat().st_size > 1000 for path in pictures)
