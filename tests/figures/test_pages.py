"""Figures of Q4 and Q7.1.4 on made-up pages: `Q4.3/boxes`, `Q4.4/crops`, `Q4.1/failures`, `Q7.1.4/classifiers`."""

import io

import numpy as np
import pytest
from PIL import Image

from lib.figures import pages
from lib.figures.style import HALF

BOXES = np.array([[2, 30, 40, 55], [0, 60, 41, 84], [130, 30, 170, 55]])


def read_as(letters, boxes=BOXES):
    """The record of a page."""
    found = zip(letters, boxes.tolist(), strict=True)
    return {"letters": [{"letter": letter, "box": box} for letter, box in found]}


def boxes_over(pixels, reading):
    """`Q4.3/boxes` of a page that was photographed so."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return pages.boxes_over_page(file, reading)


@pytest.mark.parametrize("shape", [(300, 400), (300, 400, 3)])
def test_labels_stand_above_their_frames_on_the_first_line_too(shape):
    figure = boxes_over(np.full(shape, 200, np.uint8), read_as("O01"))
    (axes,) = figure.axes
    (frames,) = axes.collections
    tops = [path.get_extents().y0 for path in frames.get_paths()]
    assert [text.get_text() for text in axes.texts] == [*"O01"]
    for text, top in zip(axes.texts, tops, strict=True):
        assert 0.1 < text.get_position()[1] < top
    assert axes.images[0].get_extent()[3] > 0  # the page begins below the upper edge


def test_labels_are_the_answers_that_were_asked_for():
    photo = io.BytesIO()
    Image.fromarray(np.full((300, 400), 200, np.uint8)).save(photo, "png")
    reading = read_as("O01")
    for letter in reading["letters"]:
        letter["in_context"] = "I"
    for answer, labels in (("letter", "O01"), ("in_context", "III")):
        (axes,) = pages.boxes_over_page(photo, reading, answer).axes
        assert [text.get_text() for text in axes.texts] == [*labels]


def test_frames_are_around_the_letters():
    figure = boxes_over(np.full((300, 400), 200, np.uint8), read_as("O01", BOXES + 50))
    frames = figure.axes[0].collections[0].get_paths()
    for frame, (y1, x1, y2, x2) in zip(frames, (BOXES + 50) * HALF / 400, strict=True):
        inside = frame.get_extents()
        assert inside.x0 < x1 < x2 < inside.x1 and inside.y0 < y1 < y2 < inside.y1
        assert inside.width == pytest.approx(x2 - x1, abs=0.03)


def test_a_page_with_room_above_its_first_line_fills_the_figure():
    figure = boxes_over(np.full((300, 400), 200, np.uint8), read_as("O01", BOXES + [100, 0, 100, 0]))
    assert figure.get_size_inches() == pytest.approx([HALF, HALF * 300 / 400])


def test_a_tall_photograph_fits_on_a_page():
    width, height = boxes_over(np.full((4000, 500, 3), 200, np.uint8), read_as("O01", BOXES + 300)).get_size_inches()
    assert height <= 10 and height / width == pytest.approx(8)


@pytest.mark.parametrize("shape", [(1, 1), (3, 6000), (6000, 3)])
def test_pages_of_odd_shapes_and_without_letters(shape):
    figure = boxes_over(np.full(shape, 200, np.uint8), {"letters": []})
    assert figure.axes[0].images[0].get_array().size > 0


def test_a_blackboard_has_light_frames():
    colours = [
        boxes_over(np.full((300, 400), grey, np.uint8), read_as("O01")).axes[0].collections[0].get_edgecolor()[0, :3]
        for grey in (30, 200)
    ]
    assert colours[0].sum() > colours[1].sum()


def test_large_photographs_are_shrunk_to_the_mean_of_blocks_of_every_channel():
    photo = np.random.default_rng(0).integers(0, 256, (3001, 2900, 3), np.uint8)
    small = boxes_over(photo, {"letters": []}).axes[0].images[0].get_array()
    assert small.shape == (1000, 966, 3) and small.dtype == np.uint8
    assert small[1, 2, 0] == np.rint(photo[3:6, 6:9, 0].mean())


def dataset(images=3):
    """Training images of A, all 0.5, and of B, from 0.1 on."""
    grey = np.concatenate([np.full(images, 0.5), np.arange(images) / 10 + 0.1])
    shades = (grey[:, None, None] * np.ones((1, 2, 2))).astype(np.float32)
    return {"train_images": shades, "train_labels": np.repeat([0, 1], images), "classes": np.array(["A", "B"])}


def test_letters_stand_above_images_of_the_class_that_they_were_read_as():
    letters = {"crops32": np.zeros((3, 2, 2), np.float32)}
    figure = pages.letters_beside_training(letters, read_as("BAB"), dataset(4), letters_in_row=2, examples=2)
    first, second = (image.get_array() for image in figure.axes[0].images)
    assert first.shape == (3 * 4, 2 * 4, 3) and second.shape == (3 * 4, 4, 3)  # framed by paper
    assert (first[1:3, 1:3] == 0).all() and first[0, 0, 2] < 1  # shaded
    np.testing.assert_allclose(first[5:7, 1:3], 0.1, rtol=1e-6)
    np.testing.assert_allclose(first[9:11, 1:3], 0.3, rtol=1e-6)  # spread over the class
    assert (first[5:7, 5:7] == 0.5).all()
    assert [text.get_text() for text in figure.axes[0].texts[:3]] == [*"BAB"]


def test_a_page_without_letters_says_so():
    letters = {"crops32": np.zeros((0, 2, 2), np.float32)}
    figure = pages.letters_beside_training(letters, read_as("", BOXES[:0]), dataset(), letters_in_row=2, examples=2)
    assert [text.get_text() for text in figure.axes[0].texts] == ["no letters"]


def test_failures_are_counted():
    figure = pages.failures(seed=0)
    titles = [" ".join(text.get_text().split()) for text in figure.axes[0].texts]
    joined, pattern = (len(frames.get_paths()) for frames in figure.axes[0].collections)
    assert titles == [f"joined: {joined} boxes for 31 letters", f"pattern: {pattern} boxes for 16 letters"]
    assert joined < 15 and pattern > 50


def test_the_table_has_a_row_for_each_page_that_is_read_worst_and_all_pages_last():
    def row(share):
        return {"letter_accuracy": share, "in_context.letter_accuracy": share / 2}

    table = {"b": {"a_page": row(0.9), "all": row(0.85), "z_page": row(0.8)}}
    table["a"] = {page: row(0.5) for page in table["b"]}
    titles = [["b", "Network B"], ["a", "Network A"]]
    axes = pages.classifiers(table, titles).axes[0]  # Q7.1.4/classifiers
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a_page", "z_page", "all"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["Network B", "Network A"]
    assert [text.get_text() for text in axes.texts[:3]] == ["90.0\n(45.0)", "50.0\n(25.0)", "80.0\n(40.0)"]
    few = pages.classifiers(table, titles, most=1).axes[0]
    assert [label.get_text() for label in few.get_yticklabels()] == ["z_page", "all"]


def test_the_ranking_shows_every_reader_with_its_interval():
    readers = [{"title": "A", "accuracy": 0.9, "low": 0.8, "high": 0.95}]
    (axes,) = pages.ranking({"readers": readers}).axes  # Q7.1.4/ranking
    assert axes.lines[0].get_xdata() == [90] and axes.collections[0].get_segments()[0][:, 0].tolist() == [80, 95]
