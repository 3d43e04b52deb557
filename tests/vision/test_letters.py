"""Letters found on pages drawn here, whose boxes are known, under what people's photographs do to them."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from skimage import transform

from lib.vision import letters, page

MIRROR = Path(__file__).parents[2].parent / "shared" / "mirror"
WHITE = 0.9


def strokes(size, *lines, width=0.12):
    """A glyph from line segments in the unit square; True is ink."""
    y, x = np.mgrid[:size, :size] / (size - 1)
    mask = np.zeros((size, size), bool)
    for (y0, x0), (y1, x1) in lines:
        along = np.clip(
            ((y - y0) * (y1 - y0) + (x - x0) * (x1 - x0)) / max((y1 - y0) ** 2 + (x1 - x0) ** 2, 1e-9), 0, 1
        )
        mask |= np.hypot(y - y0 - along * (y1 - y0), x - x0 - along * (x1 - x0)) < width / 2
    return mask


def glyphs(size):
    """H, T, L, N, Z: one connected piece each."""
    return [
        strokes(size, ((0.1, 0.15), (0.9, 0.15)), ((0.1, 0.8), (0.9, 0.8)), ((0.5, 0.15), (0.5, 0.8))),
        strokes(size, ((0.1, 0.1), (0.1, 0.9)), ((0.1, 0.5), (0.9, 0.5))),
        strokes(size, ((0.1, 0.2), (0.9, 0.2)), ((0.9, 0.2), (0.9, 0.8))),
        strokes(size, ((0.9, 0.15), (0.1, 0.15)), ((0.1, 0.15), (0.9, 0.8)), ((0.9, 0.8), (0.1, 0.8))),
        strokes(size, ((0.1, 0.1), (0.1, 0.9)), ((0.1, 0.9), (0.9, 0.1)), ((0.9, 0.1), (0.9, 0.9))),
    ]


def drawn_page(size=60, rows=3, columns=8, shapes=None):
    """A grey page of separate letters in reading order, and their boxes."""
    shapes = shapes or glyphs(size)
    pitch_y, pitch_x, margin = int(1.7 * size), int(1.25 * size), size
    image = np.full((rows * pitch_y + 2 * margin, columns * pitch_x + 2 * margin), WHITE)
    boxes = []
    for row in range(rows):
        for column in range(columns):
            mask = shapes[(row + column) % len(shapes)]
            y, x = margin + row * pitch_y, margin + column * pitch_x
            image[y : y + size, x : x + size][mask] = 0.15
            ys, xs = np.nonzero(mask)
            boxes.append((y + ys.min(), x + xs.min(), y + ys.max() + 1, x + xs.max() + 1))
    return image, np.array(boxes)


def overlap(found, true):
    """Intersection over union of every found with every true box."""
    low = np.maximum(found[:, None, :2], true[None, :, :2])
    high = np.minimum(found[:, None, 2:], true[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(axis=2)
    area = lambda boxes: (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)  # noqa: E731
    return common / (area(found)[:, None] + area(true)[None] - common)


def assert_found(image, true, least=0.6):
    """Each letter once, nothing else, in reading order."""
    found = page.read_page(image).boxes
    assert len(found) == len(true)
    assert (np.diagonal(overlap(found, true)) > least).all()


def test_every_letter_is_found_in_reading_order():
    assert_found(*drawn_page())


@pytest.mark.parametrize("size", [16, 30, 120, 400])
def test_small_and_large_photographs(size):
    image, true = drawn_page(size, rows=2, columns=14)
    assert 300 <= image.shape[1] <= 8000
    assert_found(image, true, least=0.5)


def test_uneven_light_and_a_shadow():
    image, true = drawn_page()
    y, x = np.mgrid[: image.shape[0], : image.shape[1]] / max(image.shape)
    light = 1 - 0.6 * x - 0.1 * y
    light[:, image.shape[1] // 2 :] *= 0.7
    assert_found(image * light, true)


def test_noise():
    image, true = drawn_page()
    noisy = image + np.random.default_rng(0).normal(0, 0.04, image.shape)
    assert_found(np.clip(noisy, 0, 1), true)


def test_white_on_black():
    image, true = drawn_page()
    assert_found(1 - image, true)


@pytest.mark.parametrize("degrees", [-5, 5])
def test_a_tilted_page_keeps_its_lines(degrees):
    image, _ = drawn_page()
    tilted = transform.rotate(image, degrees, resize=True, mode="edge", order=1)
    found = page.read_page(tilted)
    assert np.bincount(found.line).tolist() == [8, 8, 8]
    for line in range(3):
        assert (np.diff(found.boxes[found.line == line][:, 1]) > 0).all()


@pytest.mark.parametrize("squared", [False, True], ids=["ruled", "squared"])
def test_ruling_is_no_letter(squared):
    image, true = drawn_page()
    ruled = image.copy()
    ruled[20::34] = np.minimum(ruled[20::34], 0.6)
    if squared:
        ruled[:, 20::34] = np.minimum(ruled[:, 20::34], 0.6)
    assert_found(ruled, true, least=0.45)


def test_a_single_letter():
    image, true = drawn_page(rows=1, columns=1)
    assert_found(image, true)


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_an_empty_page_has_no_letters(value):
    boxes, bw = letters.find_letters(np.full((300, 400), value))
    assert boxes.shape == (0, 4) and (bw == 1).all()


def test_noise_alone_has_no_letters():
    paper = 0.8 + np.random.default_rng(0).normal(0, 0.02, (400, 500))
    assert len(letters.find_letters(np.clip(paper, 0, 1))[0]) == 0


def test_letters_of_several_strokes_are_one():
    size = 60
    broken_e = strokes(size, ((0.1, 0.2), (0.9, 0.2))) | strokes(size, ((0.1, 0.33), (0.1, 0.8)))
    broken_e |= strokes(size, ((0.5, 0.33), (0.5, 0.7))) | strokes(size, ((0.9, 0.33), (0.9, 0.8)))
    dotted = strokes(size, ((0.4, 0.5), (0.9, 0.5))) | strokes(size, ((0.12, 0.5), (0.14, 0.5)))
    assert_found(*drawn_page(shapes=[*glyphs(size)[:3], broken_e, dotted]))


def test_letters_that_touch_are_cut():
    image, true = drawn_page()
    y1, _, y2, x2 = true[1]
    image[(y1 + y2) // 2 - 3 : (y1 + y2) // 2 + 3, x2 - 25 : true[2][1] + 8] = 0.15
    assert len(letters.find_letters(image)[0]) == len(true)


def test_spaces_and_lines():
    image, _ = drawn_page(rows=2, columns=9)
    image[:, 60 + 3 * 75 : 60 + 4 * 75] = WHITE  # a letter's room left empty
    found = page.read_page(image)
    assert found.line.tolist() == [0] * 8 + [1] * 8
    assert found.word.tolist() == [0] * 3 + [1] * 5 + [2] * 3 + [3] * 5


def as_rgba(image):
    return np.dstack([image, image, image, np.ones_like(image)])


@pytest.mark.parametrize(
    "convert",
    [
        lambda image: (255 * image).astype(np.uint8),
        lambda image: (65535 * image).astype(np.uint16),
        lambda image: image.astype(np.float32)[..., None].repeat(3, axis=2),
        as_rgba,
    ],
    ids=["uint8", "uint16", "RGB", "RGBA"],
)
def test_every_kind_of_image(convert):
    image, true = drawn_page()
    assert_found(convert(image), true)


def test_black_and_white_image_is_ink_0_on_paper_1():
    image, true = drawn_page()
    _, bw = letters.find_letters(image)
    assert bw.dtype.kind == "f" and set(np.unique(bw)) == {0, 1} and bw.shape == image.shape
    y1, x1, y2, x2 = true[1]  # a T: ink in the middle of its bar, paper beside its stem
    assert bw[y1 + 2, (x1 + x2) // 2] == 0 and bw[y2 - 3, x1 + 3] == 1


@pytest.mark.parametrize(
    "image, message",
    [
        (np.zeros(5), "shape"),
        (np.zeros((0, 5)), "empty"),
        (np.full((9, 9), np.nan), "nan|NaN|finite"),
        (np.zeros((9, 9, 7)), "channels"),
    ],
    ids=["one dimension", "empty", "NaN", "seven channels"],
)
def test_what_is_no_image_is_refused(image, message):
    with pytest.raises(ValueError, match=message):
        letters.find_letters(image)


@pytest.mark.skipif(not MIRROR.is_dir(), reason=f"the course's pages are in {MIRROR}, which is not here")
@pytest.mark.parametrize("name, count", [("01_list", 115), ("02_letters", 36), ("03_haiku", 54), ("04_deep", 41)])
def test_course_pages(name, count, tmp_path):
    with zipfile.ZipFile(MIRROR / "images.zip") as archive:
        photo = page.open_photo(Path(archive.extract(f"{name}.jpg", tmp_path)))
    truth = json.loads((MIRROR / "images_truth.json").read_text())[f"{name}.jpg"]
    found = page.read_page(photo)
    assert len(found.boxes) == count
    words = [len(word) for line in truth for word in line.split()]
    assert np.bincount(found.word).tolist() == words
