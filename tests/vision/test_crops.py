"""The style of a training set, and letters drawn in it."""

import numpy as np
import pytest

from lib.vision.crops import Style, draw_letter, draw_letters, measure_style, stroke_width
from lib.vision.letters import Letters


def bars(width, count, size=32, height=20):
    """Upright bars as images, ink 0 on paper 1."""
    images = np.ones((count, size, size), np.float32)
    top, left = (size - height) // 2, (size - width) // 2
    images[:, top : top + height, left : left + width] = 0
    return images


def test_a_sorted_set_has_the_style_of_the_same_set_shuffled():
    images = np.concatenate([bars(width, 1000) for width in (3, 5, 7)])
    shuffled = np.random.default_rng(0).permutation(images)
    assert measure_style(images).stroke == measure_style(shuffled).stroke == 5
    assert measure_style(images).edge == pytest.approx(measure_style(shuffled).edge, rel=0.05)


def test_soft_edges_are_seen():
    hard = bars(7, 50)
    soft = hard.copy()
    soft[:, :, 12] = soft[:, :, 19] = np.where(hard[:, :, 13] == 0, 0.5, 1)
    assert measure_style(soft).edge > measure_style(hard).edge


@pytest.mark.parametrize("shape", [(40, 12), (400, 90), (7, 3)])
def test_a_letter_of_any_size_is_drawn_in_the_style(shape):
    style = Style(size=32, height=20, width=18, stroke=4, edge=1.2)
    drawn = draw_letter(np.ones(shape), style)
    ink = drawn < 0.5
    rows = np.flatnonzero(ink.any(1))
    assert drawn.shape == (32, 32) and drawn.dtype == np.float32 and drawn.min() >= 0 and drawn.max() <= 1
    assert abs(rows[-1] + 1 - rows[0] - 20) <= 1 or abs(np.ptp(np.flatnonzero(ink.any(0))) + 1 - 18) <= 1
    assert abs(rows.mean() - 15.5) <= 0.5  # in the middle
    assert abs(stroke_width(ink) - 4) <= 1.5


def test_a_letter_without_ink_is_refused():
    with pytest.raises(ValueError, match="no ink"):
        draw_letter(np.zeros((9, 9)), Style(size=32, height=20, width=18, stroke=4, edge=1))


def test_style_of_letters_of_known_size():
    style = measure_style(np.concatenate([bars(5, 97, height=20), bars(11, 3, height=24)]))
    assert (style.size, style.height, style.stroke) == (32, 20, 5) and 5 < style.width <= 11
    assert style.edge == 0.5  # hard edges, and no harder


def lines(*segments, width=8, shape=(80, 70)):
    """Density of a letter of straight strokes, (y0, x0, y1, x1) each."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    mask = np.zeros(shape, bool)
    for y0, x0, y1, x1 in segments:
        along = np.clip(((y - y0) * (y1 - y0) + (x - x0) * (x1 - x0)) / ((y1 - y0) ** 2 + (x1 - x0) ** 2), 0, 1)
        mask |= np.hypot(y - y0 - along * (y1 - y0), x - x0 - along * (x1 - x0)) < width / 2
    return mask.astype(float)


@pytest.mark.parametrize("style", [Style(32, 20, 18, 4, 1.5), Style(28, 22, 20, 3, 2.5), Style(40, 30, 27, 4, 3.5)])
def test_letters_drawn_in_a_style_have_it(style):
    letters = [
        lines((4, 35, 75, 5), (4, 35, 75, 65)),
        lines((4, 5, 75, 65), (4, 65, 75, 5)),
        lines((4, 4, 40, 65), (40, 65, 75, 4)),
    ]
    found = measure_style(np.stack([draw_letter(letter, style) for letter in letters]))
    assert found.size == style.size and found.height == style.height
    assert found.width == pytest.approx(style.width, abs=2) and found.stroke == pytest.approx(style.stroke, abs=0.7)
    assert found.edge == pytest.approx(style.edge, abs=0.8)


def test_empty_images_have_no_say_in_the_style():
    images = bars(5, 60)
    assert measure_style(np.concatenate([images, np.ones_like(images)])) == measure_style(images)


@pytest.mark.parametrize("width", [3, 6, 11])
def test_stroke_width_of_a_ring(width):
    y, x = np.mgrid[:80, :80] - 39.5
    ring = np.abs(np.hypot(y, x) - 25) < width / 2
    assert stroke_width(ring) == pytest.approx(width, abs=1)
    assert stroke_width(np.zeros((5, 5), bool)) == 0


STYLE = Style(size=32, height=20, width=18, stroke=4, edge=1.2)
SOFT = Style(size=32, height=20, width=18, stroke=4, edge=4)


def extent(drawn):
    """First and last row and column of a drawn letter's ink."""
    return [edge for axis in (1, 0) for edge in np.flatnonzero((drawn < 0.5).any(axis))[[0, -1]]]


def test_a_thin_and_a_bold_letter_get_the_same_stroke():
    for width in (2, 4, 8):
        letter = np.zeros((60, 50))
        letter[:, :width] = letter[-width:] = 1
        drawn = draw_letter(letter, STYLE)
        assert abs((drawn[10] < 0.5).sum() - 4) <= 1
        top, bottom, left, right = extent(drawn)
        assert bottom - top + 1 == pytest.approx(20, abs=1) and (top + bottom) / 2 == pytest.approx(15.5, abs=0.5)
        # Proportions are those of the pen's path, and the letter stands in the middle.
        assert right - left - 3 == pytest.approx(16 * (50 - width) / (60 - width), abs=1)
        assert (left + right) / 2 == pytest.approx(15.5, abs=0.5)


def test_a_wide_letter_is_as_wide_as_the_style_allows():
    letter = np.zeros((30, 90))
    letter[:, :4] = letter[:, -4:] = letter[13:17] = 1
    top, bottom, left, right = extent(draw_letter(letter, STYLE))
    assert right - left + 1 == pytest.approx(18, abs=1) and bottom - top < 10


def test_a_softer_style_has_softer_edges():
    letter = np.zeros((60, 50))
    letter[:, 20:26] = 1
    grey = [((0.1 < drawn) & (drawn < 0.9)).sum() for drawn in (draw_letter(letter, s) for s in (STYLE, SOFT))]
    assert grey[1] > 2 * grey[0]
    drawn = draw_letter(letter, STYLE)
    assert drawn[16, 15] == drawn[16, 16] == 0 and (drawn[:, :10] == 1).all() and (drawn[:4] == 1).all()


def test_margins_and_faint_ink_around_a_letter_do_not_matter():
    letter = np.zeros((60, 50))
    letter[:, :6] = letter[-6:] = 1
    around = np.pad(letter, ((7, 3), (2, 11)))
    around[0] = 0.4
    np.testing.assert_allclose(draw_letter(around, STYLE), draw_letter(letter, STYLE), atol=0.3)
    assert extent(draw_letter(around, STYLE)) == extent(draw_letter(letter, STYLE))


def test_letters_are_drawn_of_their_own_ink_black_however_faint():
    owner, density = np.zeros((100, 200), np.int32), np.zeros((100, 200), np.float32)
    for number, (x, ink) in enumerate([(20, 1.0), (120, 0.3)], 1):
        owner[20:80, x : x + 6] = owner[74:80, x : x + 40] = number
        density[owner == number] = ink
    boxes = np.array([[20, 20, 80, 60], [20, 120, 80, 160]])
    owner[20:30, 50:60], density[20:30, 50:60] = 2, 1  # a neighbour's ink within the first box
    density[40:50, 140:150] = 0.2  # paper that is not quite clean
    drawn = draw_letters(Letters(boxes, owner, density, 1), np.array([1, 0, 1]), STYLE)
    assert drawn.shape == (3, 32, 32) and drawn.dtype == np.float32
    np.testing.assert_array_equal(drawn[0], drawn[2])
    np.testing.assert_allclose(drawn[0], drawn[1], atol=0.05)
