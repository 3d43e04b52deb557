"""Tilt, lines, words and spaces of made-up boxes."""

import numpy as np
import pytest

from lib.vision import layout


def grid(rows, columns, slope=0.0, height=20, width=14, pitch_y=30, pitch_x=20):
    """Boxes of a page of equal letters, line by line, on lines of some slope."""
    y, x = np.mgrid[:rows, :columns]
    y, x = (pitch_y * y + slope * pitch_x * x).ravel(), (pitch_x * x).ravel()
    return np.stack([y, x, y + height, x + width], axis=1)


def test_letter_height_is_that_of_the_letters_and_not_of_many_specks():
    assert layout.letter_height(np.array([[0, 0, 3, 3]] * 30 + [[5, 0, 45, 9], [5, 0, 47, 9], [5, 0, 49, 9]])) == 40


@pytest.mark.parametrize("degrees", [-7.5, -3, 0, 2, 6, 8])
@pytest.mark.parametrize("rows, columns", [(3, 30), (30, 40)])
def test_tilt_of_the_lines(rows, columns, degrees):
    slope = np.tan(np.radians(degrees))
    assert layout.tilt(grid(rows, columns, slope)) == pytest.approx(slope, abs=0.005)


def test_tilt_is_zero_without_evidence():
    assert layout.tilt(grid(1, 2, 0.1)) == 0
    assert layout.tilt(grid(30, 1)) == 0  # one letter to the line stands as well on any
    assert layout.tilt(np.array([[0, 0, 20, 14], [2, 30, 22, 44], [300, 15, 320, 29]])) == 0  # a tenth of a letter off


def test_three_letters_have_a_tilt():
    assert layout.tilt(grid(1, 3, np.tan(np.radians(5)), pitch_x=100)) == pytest.approx(np.tan(np.radians(5)), abs=0.01)


@pytest.mark.parametrize("slope", [-0.13, 0, 0.13])
def test_lines_of_a_tilted_page_are_counted_from_the_top(slope):
    boxes = grid(4, 30, slope)
    order = np.random.default_rng(0).permutation(len(boxes))
    assert layout.find_lines(boxes[order]).tolist() == (order // 30).tolist()


def test_a_line_may_bend_further_than_its_neighbour_is_away():
    boxes = grid(3, 40)
    boxes[:, [0, 2]] += (60 * np.sin(np.arange(120) % 40 / 16)).astype(int)[:, None]
    assert np.ptp(boxes[:40, 0]) > 50
    assert layout.find_lines(boxes).tolist() == np.repeat([0, 1, 2], 40).tolist()


@pytest.mark.parametrize("low, line", [((10, 20), 0), ((-10, 32), 0), ((14, 24), 0), ((13, 33), 1), ((24, 34), 1)])
def test_a_low_or_a_high_letter_is_of_the_line_that_it_stands_on(low, line):
    """On a line from 0 to 20; the next is too far away."""
    boxes = np.concatenate([grid(1, 6), [[low[0], 120, low[1], 134]]])
    assert layout.find_lines(boxes)[-1] == line


def test_over_a_gap_a_letter_is_of_the_line_that_ended_nearby():
    far, near = grid(1, 4), grid(1, 8) + [22, 0, 22, 0]
    near[:, [1, 3]] += 600
    level = grid(1, 40) + [300, 0, 300, 0]  # so that the page has no tilt
    between = np.array([[10.6, 780, 30.6, 794]])  # a little nearer to the middle of the first line
    assert layout.find_lines(np.concatenate([level, far, near, between]))[-1] == 1
    assert layout.find_lines(np.concatenate([level, far, near, between - [0, 680, 0, 680]]))[-1] == 0


def test_a_line_is_where_its_last_letters_are():
    boxes = np.concatenate([grid(1, 9), [[8, 180, 28, 194], [8, 200, 28, 214], [8, 220, 28, 234], [19, 240, 39, 254]]])
    assert layout.find_lines(boxes).tolist() == [0] * 13
    assert layout.find_lines(np.delete(boxes, [9, 10, 11], axis=0)).tolist() == [0] * 9 + [1]


def test_pages_without_letters():
    none = np.zeros((0, 4), int)
    assert len(layout.find_lines(none)) == len(layout.find_words(none, np.zeros(0, int))) == 0
    assert layout.tilt(none) == 0


def test_words_begin_after_wide_gaps_and_on_new_lines():
    boxes = grid(2, 6)
    boxes[[3, 4, 5], 1::2] += 20
    boxes[[8, 9, 10, 11], 1::2] += 20
    assert layout.find_words(boxes, np.repeat([0, 1], 6)).tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 3]


def test_letters_of_a_word_may_overlap():
    boxes = grid(1, 6, width=30)
    boxes[3:, 1::2] += 30
    assert layout.find_words(boxes, np.zeros(6)).tolist() == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize(
    "gaps, space",
    [
        ([], np.inf),
        ([0.1], np.inf),
        ([0.44], np.inf),  # one word
        ([0.46], 0),  # single letters
        ([0.2, 0.2, 0.2, 0.57], 0.385),  # two kinds: 0.57 > 1.8 * 0.2 + 0.2
        ([0.2, 0.2, 0.2, 0.55], np.inf),
        ([0.5, 0.5, 0.5, 1.12], 0.81),
        ([0.5, 0.5, 0.5, 1.08], 0),
        ([0.0, 0.0, 0.1, 0.9, 1.0, 0.1, 1.1], 0.5),
        ([0.1] * 20 + [1.0], 0.55),
        ([0.1] + [1.0] * 20, 0.55),
        ([0.3] * 9, np.inf),
    ],
)
def test_space_width(gaps, space):
    assert layout.space_width(np.array(gaps)) == pytest.approx(space)


@pytest.mark.parametrize("slope", [-0.13, 0.13])
def test_letters_far_apart_on_a_tilted_page_are_a_line(slope):
    boxes = grid(5, 12, slope, pitch_y=60, pitch_x=130)
    assert np.abs(np.diff(boxes[:3, 0])).min() > 15  # each is beside the one before only when the page is straightened
    assert layout.find_lines(boxes).tolist() == np.repeat(range(5), 12).tolist()


@pytest.mark.parametrize("gap, words", [(6, 1), (12, 5)])
def test_equal_gaps_make_one_word_or_single_letters(gap, words):
    boxes = grid(1, 5, pitch_x=14 + gap)  # letters are 20 high
    assert layout.find_words(boxes, np.zeros(5)).max() + 1 == words
