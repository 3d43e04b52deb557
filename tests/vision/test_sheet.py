"""The sheet of paper in a photograph."""

import numpy as np
import pytest
from scipy import ndimage

from lib.vision import sheet


def page(height=240, width=320):
    """Paper with a row of strokes on it, grey."""
    grey = np.full((height, width), 0.85, np.float32)
    for x in range(80, 240, 20):
        grey[100:130, x : x + 4] = 0.2
    return grey


def on_table(grey, margin=40, level=0.45):
    """The page on a table of streaky wood."""
    rng = np.random.default_rng(0)
    grain = ndimage.gaussian_filter(rng.standard_normal(grey.shape), (6, 0.7))
    table = (level + 0.1 * grain / grain.std()).astype(np.float32).clip(0, 1)
    table[margin:-margin, margin:-margin] = grey[margin:-margin, margin:-margin]
    return table


def test_the_sheet_on_a_rough_table_is_found_to_a_few_pixels():
    found = sheet.find_sheet(on_table(page()))
    assert not found[:36].any() and not found[:, :36].any()
    assert found[50:-50, 50:-50].all()


@pytest.mark.parametrize("shaded", [0, 150])
def test_paper_alone_is_the_sheet_in_a_hard_shadow_too(shaded):
    grey = page()
    grey[:, :shaded] *= 0.3
    assert sheet.find_sheet(grey).all()


def test_a_sheet_on_a_smooth_table_is_known_by_its_outline():
    grey = np.full((240, 320), 0.5, np.float32)
    grey[40:200, 50:-50] = page()[40:200, 50:-50]
    found = sheet.find_sheet(grey)
    assert not found[:38].any() and not found[:, :48].any() and found[50:190, 60:-60].all()
    round_one = np.where(np.hypot(*np.mgrid[-120:120, -160:160]) < 110, page(), np.float32(0.5))  # a lamp's light
    assert sheet.find_sheet(round_one).all()


def test_a_board_with_chalk_is_no_table():
    assert sheet.find_sheet(1 - page()).all()


def test_small_pictures_are_sheets():
    assert sheet.find_sheet(np.zeros((5, 5), np.float32)).all()


def test_the_photograph_is_cropped_to_the_sheet_and_the_corner_is_told():
    grey = on_table(page()).repeat(3, axis=0).repeat(3, axis=1)
    pixels, mask, (top, left) = sheet.crop((grey * 255).astype(np.uint8), 255.0)
    assert 110 <= top <= 150 and 110 <= left <= 150
    np.testing.assert_array_equal(pixels[:50, :50], (grey * 255).astype(np.uint8)[top : top + 50, left : left + 50])
    assert mask.mean() > 0.9


def test_beyond_the_sheet_lies_paper():
    grey = on_table(page())
    filled = sheet.on_sheet(grey, sheet.find_sheet(grey))
    assert np.abs(filled[:30] - 0.85).max() < 0.2 and np.abs(filled[:, -30:] - 0.85).mean() < 0.03
    np.testing.assert_array_equal(filled[90:150, 70:250], grey[90:150, 70:250])
