"""The style of a training set, and letters drawn in it."""

import numpy as np
import pytest

from lib.vision.crops import Style, draw_letter, measure_style, stroke_width


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
