"""Oxford's flowers: splits from made-up .mat files, pictures in the layout of ImageFolder."""

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from lib.data import image_folder, oxford
from lib.data.datasets import SPLITS, FormatError


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
    splits = oxford.read_splits17(tmp_path / "datasplits.mat")
    assert {split: len(members) for split, members in splits.items()} == {"trn2": 680, "val2": 340, "tst2": 340}
    assert (80, "01_daffodil") in splits["trn2"] and (81, "02_snowdrop") in splits["trn2"]
    assert (1359, "17_pansy") in splits["tst2"]
    few = {split: members[::10] for split, members in splits.items()}
    images = save_pictures(tmp_path / "jpg", [number for members in few.values() for number, _ in members])
    image_folder.lay_out(images, few, tmp_path / "out")
    assert (tmp_path / "out" / "trn2" / "01_daffodil" / "image_0001.jpg").is_file()
    found = image_folder.describe(tmp_path / "out")
    assert found == {"classes": 17, "images": {"train": 68, "valid": 34, "test": 34}}
    pictures, labels, names = image_folder.read_samples(tmp_path / "out" / "val2", each=2, size=6)
    assert pictures.shape == (34, 6, 6, 3) and labels.tolist()[:3] == [0, 0, 1] and names == oxford.class_folders()


def test_flowers102_are_laid_out_by_oxfords_labels(tmp_path):
    savemat(tmp_path / "imagelabels.mat", {"labels": np.arange(306) % 102 + 1})
    savemat(
        tmp_path / "setid.mat", {"trnid": np.arange(1, 103), "valid": np.arange(103, 205), "tstid": np.arange(205, 307)}
    )
    splits = oxford.read_splits102(tmp_path / "setid.mat", tmp_path / "imagelabels.mat")
    images = save_pictures(tmp_path / "jpg", range(1, 307), digits=5)
    image_folder.lay_out(images, splits, tmp_path / "out", digits=5)
    assert image_folder.describe(tmp_path / "out") == {"classes": 102, "images": dict.fromkeys(SPLITS, 102)}
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
        oxford.read_splits17(tmp_path / "datasplits.mat")


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
    with pytest.raises(ValueError, match="image_0001.jpg cannot be read as an image: (it is dam|not an|No such)"):
        image_folder.lay_out(images, {"trn2": members}, tmp_path / "out")


def test_a_class_that_a_split_does_not_have_is_named(tmp_path):
    splits = {"trn2": [(1, "a"), (2, "b")], "val2": [(3, "a")]}
    with pytest.raises(FormatError, match="val2 has no image of b"):
        image_folder.lay_out(tmp_path, splits, tmp_path / "out")


def test_drawn_pictures_get_the_same_layout(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (6, 8, 8, 3), dtype=np.uint8)
    splits = {"trn2": np.array([0, 3]), "val2": np.array([1, 4]), "tst2": np.array([2, 5])}
    image_folder.save(images, np.repeat([0, 1], 3), splits, ["01_a", "02_b"], tmp_path / "out")
    assert image_folder.describe(tmp_path / "out") == {"classes": 2, "images": dict.fromkeys(SPLITS, 2)}
    assert (tmp_path / "out" / "val2" / "02_b" / "image_0005.jpg").is_file()


def test_parts_with_different_classes_are_refused(tmp_path):
    for folder in ("trn2/a", "val2/a", "tst2/b"):
        (tmp_path / folder).mkdir(parents=True)
        Image.new("L", (4, 4)).save(tmp_path / folder / "image_0001.jpg")
    with pytest.raises(FormatError, match="tst2 does not have images of all 1 classes of trn2"):
        image_folder.describe(tmp_path)


def test_samples_are_middle_squares_evenly_spaced_and_upright(tmp_path):
    (tmp_path / "a").mkdir()
    for number in range(5):
        picture = np.full((8, 16, 3), 50 * number, np.uint8)
        picture[:, :4] = picture[:, 12:] = 255  # left and right of the middle square
        upright = Image.fromarray(picture)
        exif = Image.Exif()
        exif[0x112] = 6  # held upright: stored turned by a quarter
        upright.transpose(Image.ROTATE_90).save(tmp_path / "a" / f"{number}.png", exif=exif)
    images, labels, classes = image_folder.read_samples(tmp_path, each=3, size=8)
    np.testing.assert_allclose(images, np.array([0, 100, 200])[:, None, None, None] / 255 * np.ones((3, 8, 8, 3)))
    assert images.dtype == np.float32 and labels.tolist() == [0, 0, 0] and classes == ["a"]
