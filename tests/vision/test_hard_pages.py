"""The two pages of `Q4.1/failures`: drawn as they were, and hard."""

import numpy as np
import pytest
from skimage.transform import downscale_local_mean

from lib.vision.hard_pages import JOINED, MIXED, joined_page, patterned_page
from lib.vision.letters import find_letters

# Darkness in per cent of 6 by 8 blocks of pages drawn with seed 0.
THUMBNAILS = {
    joined_page: [
        [6.5, 7.2, 10.3, 6.9, 14.7, 3.7, 0.0, 0.0],
        [4.5, 25.7, 23.1, 15.2, 17.1, 17.8, 0.0, 0.0],
        [8.7, 8.0, 29.4, 18.3, 8.6, 21.8, 11.1, 8.6],
        [3.4, 6.1, 6.1, 8.9, 8.2, 9.1, 10.4, 3.1],
        [10.9, 27.2, 27.6, 28.2, 3.9, 0.0, 0.0, 0.0],
        [0.7, 0.9, 0.5, 1.1, 0.4, 0.0, 0.0, 0.0],
    ],
    patterned_page: [
        [6.8, 3.6, 20.1, 15.1, 19.1, 9.4, 10.5, 10.0],
        [9.7, 10.1, 23.4, 16.1, 26.5, 11.0, 11.3, 10.2],
        [5.2, 15.5, 17.0, 20.0, 22.8, 11.2, 9.7, 9.2],
        [26.7, 31.2, 26.7, 34.7, 16.3, 10.7, 11.0, 10.9],
        [27.8, 48.9, 27.6, 33.2, 13.4, 11.1, 10.0, 9.4],
        [10.5, 10.0, 10.2, 10.3, 9.3, 10.5, 9.9, 10.0],
    ],
}  # fmt: skip


@pytest.mark.parametrize("draw", THUMBNAILS)
def test_pages_are_drawn_as_they_were(draw):
    page = draw(np.random.default_rng(0))
    height, width = page.shape
    blocks = downscale_local_mean(page[: height // 6 * 6, : width // 8 * 8], (height // 6, width // 8))
    np.testing.assert_allclose(100 * (1 - blocks), THUMBNAILS[draw], atol=0.15)
    assert page.dtype == np.float32 and page.min() == 0 and page.max() == 1


def test_letters_of_joined_writing_are_not_found_one_by_one():
    letters = sum(len(line.replace(" ", "")) for line in JOINED)
    assert len(find_letters(joined_page(np.random.default_rng(0)))[0]) < letters / 2


def test_a_pattern_is_taken_for_letters():
    letters = sum(len(text.replace(" ", "")) for _, _, text in MIXED)
    assert len(find_letters(patterned_page(np.random.default_rng(0)))[0]) > 5 * letters
