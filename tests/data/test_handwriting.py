import time
from pathlib import Path

import numpy as np
import pytest

from lib.data import handwriting
from lib.data.handwriting import EMNIST, MNIST, NIST36, Writers, draw_images, draw_splits, draw_strokes, draw_writers
from lib.data.skeletons import CHARACTERS, letterforms
from lib.data.strokes import Strokes, rasterise

MIRROR = Path(__file__).parents[2].parent / "shared" / "mirror"


@pytest.fixture(scope="module")
def nist36():
    return draw_splits(np.random.default_rng(0), NIST36, {"train": 40, "valid": 10, "test": 10})


def test_same_seed_same_images_other_seed_other_images():
    counts = {"train": 2, "test": 1}
    first, again, other = (draw_splits(np.random.default_rng(seed), NIST36, counts) for seed in (0, 0, 1))
    for split in counts:
        for array, same in zip(first[split], again[split], strict=True):
            np.testing.assert_array_equal(array, same)
    assert (first["train"][0] != other["train"][0]).any()


@pytest.mark.parametrize(
    ("look", "classes", "size", "dtype"),
    [(NIST36, 36, 32, np.float32), (MNIST, 10, 28, np.uint8), (EMNIST, 47, 28, np.uint8)],
)
def test_splits_hold_images_of_every_class(look, classes, size, dtype):
    counts = {"train": 3, "valid": 2, "test": 1}
    splits = draw_splits(np.random.default_rng(0), look, counts, dtype)
    assert list(splits) == list(counts)
    for split, (images, labels) in splits.items():
        assert images.shape == (classes * counts[split], size, size) and images.dtype == dtype
        assert labels.dtype == np.int64 and np.bincount(labels).tolist() == [counts[split]] * classes
        white = 255 if dtype == np.uint8 else 1
        assert images.min() == 0 and images.max() == white
        assert images.mean() > 0.7 * white  # more paper than ink


def test_class_names_are_those_of_the_real_datasets():
    assert "".join(look[0] for look in NIST36.classes) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    assert "".join(look[0] for look in EMNIST.classes) == "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"
    assert sum(len(characters) for characters in EMNIST.classes) == 62


def test_nobody_writes_for_two_splits(monkeypatch):
    seen = []

    def remember(rng, look, count, writers, dtype):
        seen.append(writers)
        return draw_images(rng, look, count, writers, dtype)

    monkeypatch.setattr(handwriting, "draw_images", remember)
    draw_splits(np.random.default_rng(0), MNIST, {"train": 5, "valid": 3, "test": 2})
    assert [writers.number for writers in seen] == [5, 3, 2]
    hands = [hand.tobytes() for writers in seen for hand in writers.shape]
    assert len(set(hands)) == 10


@pytest.mark.parametrize("look", [NIST36, MNIST])
def test_no_ink_is_clipped_at_the_border(look):
    images, _ = draw_images(np.random.default_rng(0), look, 20, draw_writers(np.random.default_rng(1), 20, 2.0))
    border = np.concatenate([images[:, [0, -1]].ravel(), images[:, :, [0, -1]].ravel()])
    assert border.min() > 0.4
    assert images.reshape(len(images), -1).min(axis=1).max() < 0.3  # and every image has ink


def test_digits_are_centred_by_their_mass_as_in_mnist():
    images, _ = draw_images(np.random.default_rng(0), MNIST, 20, draw_writers(np.random.default_rng(1), 20))
    ink = 1 - images
    total = ink.sum(axis=(1, 2))
    for axis in (1, 2):
        centre = (ink.sum(axis=3 - axis) * np.arange(28)).sum(axis=1) / total
        assert np.abs(centre - 13.5).mean() < 0.5
        assert np.abs(centre - 13.5).max() < 3


def test_merged_classes_come_in_both_cases():
    """i has a dot above it, I does not: about half of the images have a gap in their profile."""
    look = EMNIST._replace(classes=("Ii",))
    images, _ = draw_images(np.random.default_rng(0), look, 100, draw_writers(np.random.default_rng(1), 20))
    dotted = 0
    for image in images:
        rows = np.flatnonzero((image < 0.5).any(axis=1))
        dotted += len(rows) < rows[-1] - rows[0] + 1
    assert 20 < dotted < 70


def _means_accuracy(train_images, train_labels, images, labels, classes):
    means = np.stack([train_images[train_labels == c].mean(axis=0).ravel() for c in range(classes)])
    distance = (means**2).sum(axis=1) - 2 * images.reshape(len(images), -1) @ means.T
    right = distance.argmin(axis=1) == labels
    return right.mean(), np.array([right[labels == c].mean() for c in range(classes)])


def test_class_means_of_some_writers_recognise_what_others_write(nist36):
    overall, per_class = _means_accuracy(*nist36["train"], *nist36["test"], 36)
    assert overall > 0.4
    assert (per_class > 1 / 36).mean() > 0.95


def test_all_62_characters_are_recognisable():
    look = NIST36._replace(classes=tuple(CHARACTERS), extent=(26, 28), variety=1)
    splits = draw_splits(np.random.default_rng(0), look, {"train": 30, "test": 10})
    overall, _ = _means_accuracy(*splits["train"], *splits["test"], 62)
    assert overall > 0.35


def test_drawn_letters_resemble_what_people_write(nist36):
    if not (MIRROR / "data.zip").exists():
        pytest.skip("the mirror of the course's data is not there")
    import io
    import zipfile

    from scipy.io import loadmat

    with zipfile.ZipFile(MIRROR / "data.zip") as archive:
        split = loadmat(io.BytesIO(archive.read("nist36_test.mat")))
    images = split["test_data"].reshape(-1, 32, 32).transpose(0, 2, 1)
    overall, _ = _means_accuracy(*nist36["train"], images, split["test_labels"].argmax(1), 36)
    assert overall > 0.4


def _written(character, form, rng, count=400, **style):
    """Points of one letterform by `count` average writers who do nothing of their own but `style`."""
    writers = draw_writers(rng, count)
    still = {name: getattr(writers, name) * 0 for name in Writers._fields if name not in ("form", "aspect", "pen")}
    writers = writers._replace(**still | {"aspect": writers.aspect * 0 + 1} | style)
    writers.form[:, CHARACTERS.index(character)] = form
    return draw_strokes(rng, writers, np.arange(count), [character] * count)


def _number(character):
    return [form.character for form in letterforms()].index(character)


def test_all_of_nist36_is_drawn_in_seconds():
    start = time.process_time()
    draw_splits(np.random.default_rng(0), NIST36, {"train": 300, "valid": 100, "test": 50})
    assert time.process_time() - start < 10


@pytest.mark.parametrize("number", range(0, len(letterforms()), 9))
def test_noise_along_a_stroke_is_alike_and_of_the_same_size(number):
    form = letterforms()[number]
    mix = handwriting._smoothing(number)
    np.testing.assert_allclose((mix**2).sum(axis=1), 1, rtol=1e-5)
    covariance = mix @ mix.T
    for a, b in zip(range(len(mix) - 1), range(1, len(mix)), strict=True):
        if form.stroke[a] == form.stroke[b]:
            assert covariance[a, b] > 0.5
        else:
            assert covariance[a, b] == 0


def test_small_letters_are_bent_as_much_for_their_size(monkeypatch):
    """Of an o, half as high as an O, the samples of one writer stray half as far."""
    for name in ("warp", "slant", "turn", "aspect", "overshoot", "roundness"):
        monkeypatch.setattr(handwriting, "BETWEEN_SAMPLES", handwriting.BETWEEN_SAMPLES._replace(**{name: 0.0}))
    loose = np.ones(400, np.float32)
    strays = {}
    for character in "oO":
        number = _number(character)
        monkeypatch.setattr(handwriting, "_choose_forms", lambda rng, c, n, number=number: np.full(n, number))
        points = _written(character, number, np.random.default_rng(0), loose=loose).points
        strays[character] = points.std(axis=0).mean()
    heights = {c: np.ptp(letterforms()[_number(c)].controls, axis=0).max() for c in "oO"}
    assert strays["o"] / strays["O"] == pytest.approx(heights["o"] / heights["O"], rel=0.15)


def test_letters_that_need_their_corners_keep_them():
    """However round a hand is: a Z stays near the corners of its letterform, an M need not."""
    round_hand, away = np.ones(400, np.float32), {}
    for character in "ZM":
        number = _number(character)
        forms = letterforms()[number]
        sharp, _, stroke = handwriting.path_matrices(number, 96)
        same = [
            _written(character, number, np.random.default_rng(0), **style).points
            for style in ({}, {"roundness": round_hand})
        ]
        rounded = handwriting.path_matrices(number, 96)[1] @ forms.controls
        full = np.abs(rounded - sharp @ forms.controls).max()
        away[character] = np.abs(same[1] - same[0]).max(axis=(1, 2)).mean() / full
    assert away["Z"] < 0.45 and away["M"] > 0.8


def test_small_letters_that_fill_the_image_have_somewhat_thicker_lines(monkeypatch):
    inked = []

    def remember(strokes, *size):
        inked.append(strokes.pen)
        return rasterise(strokes, *size)

    monkeypatch.setattr(handwriting, "rasterise", remember)
    for character in "oO":
        look = NIST36._replace(classes=(character,), extent=(24, 24), pen=0.5)
        draw_images(np.random.default_rng(0), look, 200, draw_writers(np.random.default_rng(1), 50))
    small, capital = (np.median(pen) for pen in inked)
    assert small / capital == pytest.approx(np.sqrt(1 / 0.55), rel=0.1)


def test_the_sheet_of_letterforms_shows_all_of_them_whole():
    images = handwriting.draw_letterforms(40)
    assert len(images) == len(letterforms())
    assert (images.min(axis=(1, 2)) < 0.2).all()
    assert images[:, [0, -1]].min() > 0.9 and images[:, :, [0, -1]].min() > 0.9


def test_a_letter_is_the_same_at_any_resolution():
    coarse, fine = (
        draw_strokes(np.random.default_rng(3), draw_writers(np.random.default_rng(4), 1), [0], ["S"], points)
        for points in (60, 600)
    )
    nearest = np.linalg.norm(coarse.points[0][:, None] - fine.points[0][None], axis=2).min(axis=1)
    assert nearest.max() < 0.02


def test_a_character_without_letterform_is_refused():
    writers = draw_writers(np.random.default_rng(0), 1)
    with pytest.raises(ValueError, match=r"no letterform for \['!', 'Ä'\]"):
        draw_strokes(np.random.default_rng(0), writers, [0, 0, 0], ["A", "Ä", "!"])


def _straight(ends, pen, points=80):
    path = np.linspace(*np.float32(ends), points)[None]
    return Strokes(path.astype(np.float32), np.full((1, points), pen, np.float32), np.zeros((1, points), int))


@pytest.mark.parametrize("pen", [0.8, 1.5, 3.0])
def test_a_straight_line_is_as_dark_as_the_distance_to_it_says(pen):
    (x1, y1), (x2, y2) = ends = (6.3, 8.1), (25.2, 21.7)
    image = rasterise(_straight(ends, pen), 32, 32)[0]
    y, x = np.mgrid[:32, :32]
    along = np.clip(((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2), 0, 1)
    distance = np.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1))
    middle = (along > 0.15) & (along < 0.85)  # the ends are rounder or blunter than a disc
    expected = 1 - np.clip(pen - distance + 0.5, 0, 1)
    assert np.abs(image - expected)[middle].max() < 0.25
    assert np.abs(image - expected)[middle].mean() < 0.02
    assert (image[distance > pen + 1.5] > 0.99).all()


def test_points_off_the_paper_leave_no_ink():
    strokes = _straight(((4, 16), (28, 16)), 1.5)
    pen = strokes.pen.copy()
    pen[:, 30:50] = 0
    image = rasterise(strokes._replace(pen=pen), 32, 32)[0]
    assert image[16, 8] == 0 and image[16, 24] == 0 and image[16, 16] == 1


def test_bytes_are_the_rounded_floats():
    strokes = _straight(((4, 10), (28, 20)), 1.2)
    floats, integers = (rasterise(strokes, 32, 32, dtype) for dtype in (np.float32, np.uint8))
    np.testing.assert_array_equal(integers, np.rint(255 * floats).astype(np.uint8))
