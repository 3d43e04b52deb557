"""Figures of Q4 on made-up pages."""

import numpy as np
import pytest

from lib.figures.pages import boxes_over_page, letters_beside_training, shrink

BOXES = np.array([[2, 30, 40, 55], [0, 60, 41, 84], [130, 30, 170, 55]])


@pytest.mark.parametrize("shape", [(300, 400), (300, 400, 3)])
def test_labels_stand_above_their_frames_on_the_first_line_too(shape):
    figure = boxes_over_page(np.full(shape, 200, np.uint8), BOXES, [*"O01"])
    (axes,) = figure.axes
    (frames,) = axes.collections
    tops = [path.get_extents().y0 for path in frames.get_paths()]
    for text, top in zip(axes.texts, tops, strict=True):
        assert 0.1 < text.get_position()[1] < top
    assert axes.images[0].get_extent()[3] > 0  # the page begins below the upper edge


def test_a_page_with_room_above_its_first_line_fills_the_figure():
    figure = boxes_over_page(np.full((300, 400), 200, np.uint8), BOXES + [100, 0, 100, 0], [*"O01"])
    assert figure.get_size_inches() == pytest.approx([7, 7 * 300 / 400])


def test_as_many_characters_as_boxes():
    with pytest.raises(ValueError):
        boxes_over_page(np.full((300, 400), 200, np.uint8), BOXES, [*"O0"])


def test_a_tall_photograph_fits_on_a_page():
    width, height = boxes_over_page(np.full((4000, 500, 3), 200, np.uint8), BOXES).get_size_inches()
    assert height <= 10 and height / width == pytest.approx(8)


def test_shrink_takes_the_mean_of_blocks_of_every_channel():
    photo = np.random.default_rng(0).integers(0, 256, (7, 9, 3), np.uint8)
    small = shrink(photo, 3)
    assert small.shape == (2, 3, 3) and small.dtype == np.uint8
    assert small[1, 2, 0] == np.rint(photo[3:6, 6:9, 0].mean())


def test_letters_stand_above_images_of_the_class_that_they_were_read_as():
    letters, examples = np.zeros((1, 2, 2)), {"A": np.full((3, 2, 2), 0.5), "B": np.full((2, 2, 2), 0.25)}
    figure = letters_beside_training(letters, ["B"], examples, 4)
    sheet = figure.axes[0].images[0].get_array()
    assert sheet.shape == (3 * 4, 4, 3)  # the letter and two examples, as every class has, framed by paper
    assert (sheet[1:3, 1:3] == 0).all() and (sheet[5:7, 1:3] == 0.25).all() and (sheet[9:11, 1:3] == 0.25).all()
