"""The two pages of `Q4.1/failures`: drawn as they were, and hard."""

import numpy as np
import pytest
from skimage.transform import downscale_local_mean

from lib.vision.hard_pages import JOINED, MIXED, joined_page, patterned_page
from lib.vision.letters import find_letters

# Darkness in per cent of 6 by 8 blocks of pages drawn with seed 0.
THUMBNAILS = {
    joined_page: [
        [3.9, 7.0, 5.9, 8.8, 10.4, 17.0, 4.4, 3.4],
        [6.3, 24.0, 20.4, 19.3, 11.1, 8.9, 24.0, 11.4],
        [5.5, 9.8, 11.1, 25.4, 18.5, 3.0, 17.2, 16.2],
        [2.0, 4.5, 13.8, 4.8, 9.7, 7.1, 9.7, 7.4],
        [10.0, 26.1, 23.4, 26.6, 29.2, 0.0, 0.0, 0.0],
        [0.2, 0.8, 0.5, 0.4, 0.8, 0.0, 0.0, 0.0],
    ],
    patterned_page: [
        [3.6, 5.1, 16.9, 10.3, 16.6, 21.9, 25.2, 13.3],
        [9.7, 9.4, 16.6, 16.4, 25.3, 30.9, 24.4, 10.2],
        [4.7, 10.5, 15.0, 19.7, 19.5, 19.8, 16.8, 9.2],
        [0.3, 29.9, 32.3, 24.7, 12.6, 34.1, 20.3, 10.9],
        [17.8, 13.5, 18.7, 26.6, 23.1, 32.6, 10.0, 9.4],
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
