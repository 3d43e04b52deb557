"""From a photograph to letters in reading order."""

import numpy as np
import pytest

from lib.vision import crops, page

STYLE = crops.Style(size=32, height=20, width=18, stroke=4, edge=1.2)


def test_letters_come_in_reading_order_with_their_lines_words_and_crops():
    image = np.full((300, 400), 230, np.uint8)
    corners = [(40, 40), (45, 70), (42, 160), (150, 50), (148, 200)]
    for k, (y, x) in enumerate(corners):  # an I, then L's with longer and longer feet
        image[y : y + 40, x : x + 5] = image[y + 35 : y + 40, x : x + 5 + 4 * k] = 20
    found = page.read_page(image, {"crops32": STYLE, "tiny": crops.Style(9, 7, 7, 1, 1)})
    assert found.boxes[:, :2].tolist() == [[*corner] for corner in corners]
    assert found.line.tolist() == [0, 0, 0, 1, 1] and found.word.tolist() == [0, 0, 1, 2, 3]
    assert {array.dtype for array in (found.boxes, found.line, found.word)} == {np.dtype(np.int64)}
    assert {name: crop.shape for name, crop in found.crops.items()} == {"crops32": (5, 32, 32), "tiny": (5, 9, 9)}
    ink = (found.crops["crops32"] < 0.5).sum(axis=(1, 2))
    assert (np.diff(ink) > 0).all()  # in the same order as the boxes


def test_boxes_are_in_pixels_of_the_photograph():
    image = np.full((500, 3000), 230, np.uint8)
    for x in range(100, 2900, 300):
        image[100:200, x : x + 12] = image[188:200, x : x + 60] = 20
    found = page.read_page(image)
    assert len(found.boxes) == 10
    np.testing.assert_allclose(found.boxes[0], [100, 100, 200, 160], atol=3)


def test_a_page_without_letters_is_empty():
    found = page.read_page(np.full((200, 300), 0.9))
    assert found.boxes.shape == (0, 4) and len(found.line) == len(found.word) == 0


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (2, 2), (20, 30_000)])
def test_odd_shapes_hold(shape):
    assert len(page.read_page(np.full(shape, 255, np.uint8)).boxes) == 0


def test_a_very_wide_page_is_seen_fine_enough():
    image = np.full((300, 30_000), 230, np.uint8)
    image[100:160, 20_000:20_008] = image[152:160, 20_000:20_040] = 20
    np.testing.assert_allclose(page.read_page(image).boxes, [[100, 20_000, 160, 20_040]], atol=4)
