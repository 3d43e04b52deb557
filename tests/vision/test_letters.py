"""Letters found on pages drawn here, whose boxes are known, under what people's photographs do to them."""

import json
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from skimage import transform

from lib.data.photos import open_photo
from lib.vision import layout, letters, page
from lib.vision.text import read_transcript

PROJECT = Path(__file__).parents[2]
MIRROR = PROJECT.parent / "shared" / "mirror"
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


def assert_page(photo, truth):
    """As many letters in each word, and words in each line, as are written."""
    found = page.read_page(photo)
    words = [line.split() for line in truth]
    assert np.bincount(found.word).tolist() == [len(word) for line in words for word in line]
    assert np.bincount(found.line).tolist() == [sum(map(len, line)) for line in words]


@pytest.mark.parametrize("name", ["01_list", "02_letters", "03_haiku", "04_deep"])
def test_embedded_pages(name):
    truth = read_transcript(PROJECT / "images" / f"{name}.txt")
    assert_page(open_photo(PROJECT / "images" / f"{name}.jpg"), truth.splitlines())


@pytest.mark.skipif(not MIRROR.is_dir(), reason=f"the course's pages are in {MIRROR}, which is not here")
@pytest.mark.parametrize("name", ["01_list", "02_letters", "03_haiku", "04_deep"])
def test_course_pages(name, tmp_path):
    with zipfile.ZipFile(MIRROR / "images.zip") as archive:
        photo = open_photo(Path(archive.extract(f"{name}.jpg", tmp_path)))
    assert_page(photo, json.loads((MIRROR / "images_truth.json").read_text())[f"{name}.jpg"])


# --- resolution -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "size, width, step", [(60, 1300, 1), (60, 2700, 2), (30, 2700, 1), (150, 5000, 4), (90, 5000, 3)]
)
def test_a_page_is_seen_no_finer_than_its_letters_need(size, width, step):
    image = np.full((4 * size, width), WHITE)
    for x in range(size, width - 2 * size, 2 * size):
        image[size : 2 * size, x : x + size][glyphs(size)[0]] = 0.15
    assert letters.segment(image).step == step


def test_black_and_white_has_the_size_of_the_photograph_and_its_last_rows_are_paper():
    image, _ = drawn_page(120, rows=1, columns=12)
    image = np.pad(image[:, :1801], ((0, 1), (0, 0)), mode="edge")
    assert letters.segment(image).step == 2 and image.shape[0] % 2 == image.shape[1] % 2 == 1
    boxes, bw = letters.find_letters(image)
    assert bw.shape == image.shape and (bw[-1] == 1).all() and (bw[:, -1] == 1).all()
    ink = image < 0.5
    assert (bw[ink] == 0).mean() > 0.95 and (bw[~ink] == 1).mean() > 0.98


# --- ink --------------------------------------------------------------------------------------------------------------


def test_faint_ink_counts_where_it_touches_strong_ink_even_at_a_corner():
    image = np.full((120, 200), WHITE)
    image[40:80, 40:46] = 0.1
    image[80:100, 46:52] = WHITE - 0.36 * 0.8  # goes on diagonally, fainter than half the ink
    image[40:80, 120:126] = WHITE - 0.36 * 0.8  # stands alone
    boxes, _ = letters.find_letters(image)
    assert boxes.tolist() == [[40, 40, 100, 52]]


def test_specks_of_two_pixels_are_no_pieces_and_of_three_are():
    image = np.full((60, 80), WHITE)
    image[20:22, 20:22] = 0.1
    assert len(letters.find_letters(image)[0]) == 0
    image[20:23, 40:42] = 0.1
    assert letters.find_letters(image)[0].tolist() == [[20, 40, 23, 42]]


# --- ruling -----------------------------------------------------------------------------------------------------------


def lined(thickness=2, length=400, bend=0.0, shape=(300, 400)):
    """A mask with one line across at row 150, from the left edge."""
    mask = np.zeros(shape, bool)
    for x in range(length):
        y = 150 + round(bend * (x / shape[1]) ** 2)
        mask[y : y + thickness, x] = True
    return mask


@pytest.mark.parametrize(
    "mask, stays",
    [
        (lined(), False),
        (lined().T, False),
        (lined(bend=20), False),
        (lined(length=180), True),
        (lined(length=200), False),
        (lined(thickness=3), True),
        (lined(shape=(300, 1250), length=1250, thickness=5), False),  # 0.4 % of the longer side are allowed
        (lined(shape=(300, 1250), length=1250, thickness=6), True),
    ],
    ids=["across", "down", "bent", "too short", "long enough", "too thick", "thick on a large page", "too thick there"],
)
def test_a_thin_long_line_is_ruling(mask, stays):
    assert letters.remove_ruling(mask).any() == stays


def test_ruling_may_be_interrupted_and_leaves_the_strokes_that_cross_it():
    mask = lined()
    mask[:, 100:130] = mask[:, 250:280] = False  # less than a twelfth of the page
    mask[120:180, 200:206] = True
    cleaned = letters.remove_ruling(mask)
    assert (np.argwhere(cleaned).min(axis=0) == (120, 200)).all() and cleaned.sum() == 60 * 6
    assert mask[150, 0]  # the caller's mask is as it was


def test_ruling_that_is_mostly_gaps_is_no_ruling():
    mask = lined()
    mask[:, np.arange(400) % 30 >= 10] = False
    assert letters.remove_ruling(mask).any()
    mask = lined()
    mask[:, np.arange(400) % 30 >= 15] = False
    assert not letters.remove_ruling(mask).any()


def test_a_long_wave_is_no_ruling():
    mask = np.zeros((300, 400), bool)
    for x in range(400):
        y = 150 + round(20 * np.sin(x / 30))
        mask[y : y + 2, x] = True
    assert letters.remove_ruling(mask).any()


@pytest.mark.parametrize("box, spans", [((0, 0, 9, 90), False), ((0, 0, 9, 110), True), ((0, 0, 60, 9), True)])
def test_a_piece_longer_than_half_the_page_spans_it(box, spans):
    labels = np.zeros((100, 200), np.int32)
    labels[box[0] : box[2], box[1] : box[3]] = 1
    assert letters.spans_page(labels) == spans


# --- pieces of one letter ---------------------------------------------------------------------------------------------


def joined(*boxes):
    """Whether pieces are one letter, in hundredths of the letter height, whichever comes first."""
    there, back = (letters.join_pieces(np.array(pieces), 100) for pieces in (boxes, boxes[::-1]))
    assert len(set(there)) == len(set(back))
    return len(set(there)) == 1


STEM, BAR = (0, 0, 100, 15), (0, 0, 10, 80)


@pytest.mark.parametrize(
    "a, b, together",
    [
        # a dot above a stem: its gap, its size, the height of both
        ((0, 40, 80, 60), (-55, 40, -35, 60), True),
        ((0, 40, 80, 60), (-65, 40, -45, 60), False),
        ((0, 40, 80, 60), (-64, 40, -30, 74), True),
        ((0, 40, 80, 60), (-67, 40, -30, 77), False),
        ((0, 40, 100, 60), (-58, 40, -38, 60), True),
        ((0, 40, 100, 60), (-64, 40, -38, 60), False),
        # bars one above the other: their gap, and how far they cover each other
        (BAR, (25, 0, 35, 80), True),
        (BAR, (35, 0, 45, 80), False),
        (BAR, (25, 35, 35, 115), True),
        (BAR, (25, 45, 35, 125), False),
        (BAR, (25, 60, 35, 96), True),
        (BAR, (25, 64, 35, 100), False),
        (BAR, (25, -16, 35, 20), True),
        (BAR, (25, -20, 35, 16), False),
        # beside each other: the gap in both directions, the height of the smaller, the size of both
        (STEM, (0, 20, 12, 60), True),
        (STEM, (0, 25, 12, 65), False),
        (STEM, (105, 20, 120, 60), True),
        (STEM, (110, 20, 120, 60), False),
        (STEM, (0, 20, 65, 60), True),
        (STEM, (0, 20, 75, 60), False),
        (STEM, (0, 20, 12, 118), True),
        (STEM, (0, 20, 12, 122), False),
        (STEM, (70, 20, 123, 60), True),
        (STEM, (70, 20, 127, 60), False),
        (STEM, (70, 20, 100, 50), False),  # a comma
        # a broken stroke
        ((0, 0, 100, 30), (0, 32, 100, 62), True),
        ((0, 0, 100, 30), (0, 34, 100, 64), False),
        ((0, 0, 20, 20), (22, 22, 42, 42), True),
        ((0, 0, 20, 20), (24, 22, 44, 42), False),
        ((0, 0, 100, 58), (0, 60, 100, 119), True),
        ((0, 0, 100, 58), (0, 60, 100, 123), False),
        ((0, 0, 62, 30), (60, 32, 123, 62), True),
        ((0, 0, 62, 30), (60, 32, 127, 62), False),
    ],
)
def test_what_makes_two_pieces_one_letter(a, b, together):
    assert joined(a, b) == together


def test_pieces_are_joined_through_others_and_numbered_from_zero():
    stem, bars = (0, 300, 100, 315), [(y, 320, y + 10, 360) for y in (0, 45, 90)]
    pieces = np.array([(0, 0, 100, 60), bars[0], stem, bars[1], (0, 500, 100, 560), bars[2]])
    assert letters.join_pieces(pieces, 100).tolist() == [0, 1, 1, 1, 2, 1]


def test_thousands_of_pieces_fit_into_memory():
    y, x = np.divmod(np.arange(20_000), 200)
    pieces = np.stack([30 * y, 30 * x, 30 * y + 20, 30 * x + 15], axis=1)
    tracemalloc.start()
    assert len(set(letters.join_pieces(pieces, 20))) == 20_000
    layout.tilt(pieces[::4])
    assert tracemalloc.get_traced_memory()[1] < 500e6
    tracemalloc.stop()


# --- letters ----------------------------------------------------------------------------------------------------------


def owners(*boxes, shape=(200, 600)):
    owner = np.zeros(shape, np.int32)
    for number, (y1, x1, y2, x2) in enumerate(boxes, 1):
        owner[y1:y2, x1:x2] = number
    return np.array(boxes), owner


def test_dots_and_large_shapes_are_no_letters():
    boxes = [(0, 0, 9, 9), (0, 20, 30, 60), (0, 80, 42, 120), (100, 0, 110, 390), (120, 0, 130, 410), (140, 0, 180, 9)]
    kept, owner = letters.keep_letters(*owners(*boxes), height=100)
    assert kept.tolist() == [[*boxes[k]] for k in (1, 2, 3, 5)]
    assert [owner[y1, x1] for y1, x1, _, _ in boxes] == [0, 1, 2, 3, 0, 4]


def cut(*parts, bridge=20, usual=60):
    """Boxes and owners after columns of ink, 100 high, that a bridge joins are cut, on a page of four other letters."""
    owner = np.zeros((300, 900), np.int32)
    owner[50 : 50 + bridge, parts[0][0] : parts[-1][1]] = 1
    for x1, x2 in parts:
        owner[50:150, x1:x2] = 1
    for number in range(2, 6):
        owner[170:270, 200 * number - 390 : 200 * number - 390 + usual] = number
    boxes, owner = letters.cut_touching(letters.boxes_of(owner), owner, height=100)
    assert len(boxes) == owner.max()
    return np.delete(boxes, range(1, 5), axis=0).tolist(), owner


@pytest.mark.parametrize("bridge, count", [(25, 2), (35, 1)])
def test_letters_are_cut_through_little_ink(bridge, count):
    boxes, owner = cut((100, 170), (190, 280), bridge=bridge)
    assert len(boxes) == count
    if count == 2:  # of equally thin places the one nearest the middle
        assert boxes == [[50, 100, 150, 189], [50, 189, 150, 280]]
        assert owner[60, 188] == 1 and owner[60, 189] == 6


def test_three_letters_are_cut_twice():
    boxes, owner = cut((100, 180), (200, 280), (300, 380))
    assert sorted(boxes) == [[50, 100, 150, 190], [50, 190, 150, 280], [50, 280, 150, 380]]
    assert len({*owner[60, [120, 220, 320]]}) == 3


@pytest.mark.parametrize("width, usual, count", [(150, 60, 1), (160, 60, 2), (175, 105, 1), (175, 100, 2)])
def test_a_box_is_cut_if_it_is_wider_than_a_letter_and_than_the_usual_one(width, usual, count):
    assert len(cut((100, 170), (180, 100 + width), usual=usual)[0]) == count


@pytest.mark.parametrize("stroke, count", [(25, 1), (40, 2)])
def test_no_letter_is_cut_near_its_end(stroke, count):
    assert len(cut((100, 100 + stroke), (105 + stroke, 300))[0]) == count
    assert len(cut((100, 295 - stroke), (300 - stroke, 300))[0]) == count


@pytest.mark.parametrize("height", [1, 2, 3])
def test_a_page_of_dashes_is_read(height):
    image = np.full((90, 400), WHITE)
    for x in range(20, 380, 40):
        image[40 : 40 + height, x : x + 25] = 0.1
    letters.find_letters(image)
