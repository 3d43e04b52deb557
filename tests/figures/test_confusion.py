"""Figures of Q3.1.4 and Q7.1.4 with made-up numbers: they show what they were given."""

import numpy as np
import pytest

from lib.figures.confusion import confused_pairs, confusion, mistakes


def predictions(counts, classes):
    """Predictions with these counts of true (rows) and predicted (columns) classes."""
    true, predicted = (np.repeat(index, np.ravel(counts)) for index in map(np.ravel, np.indices(np.shape(counts))))
    return {"logits": np.eye(len(classes))[predicted], "labels": true, "classes": np.array(list(classes))}


def test_a_confusion_matrix_writes_mistakes_into_cells_and_correct_counts_beside_them():  # Q3.1.4/confusion
    axes = confusion(predictions([[7, 2, 0], [0, 8, 11], [0, 0, 9]], "ABC")).axes[0]
    cells = {text.get_position(): text.get_text() for text in axes.texts[:2]}
    assert cells == {(1, 0): "2", (2, 1): "11"}
    assert [text.get_text() for text in axes.texts[2:]] == ["7", "8", "9"]


def test_a_count_without_room_beside_another_is_left_to_its_colour():  # Q7.1.4/confusion
    counts = 50 * np.eye(47, dtype=int)
    counts[0, 5] = counts[0, 6] = counts[1, 9] = 123
    axes = confusion(predictions(counts, [chr(65 + i) for i in range(47)])).axes[0]
    assert [text.get_position() for text in axes.texts if text.get_text() == "123"] == [(9, 1)]


def test_the_scale_of_a_confusion_matrix_begins_each_colour_at_a_whole_number():  # Q7.1.4/confusion
    figure = confusion(predictions([[7, 3], [12, 8]], "AB"))
    figure.draw_without_rendering()
    assert [label.get_text() for label in figure.axes[1].get_xticklabels()] == ["1", "2", "3", "5", "10"]


def test_a_pair_shows_as_many_images_as_there_is_room_for_and_counts_all():  # Q3.1.4/confused_pairs
    found = predictions([[38, 12], [1, 49]], "O0")
    shades = np.where(found["logits"].argmax(axis=1) == found["labels"], 1.0, np.where(found["labels"] == 0, 0.5, 0.0))
    nist36 = {"test_images": np.ones((100, 8, 8)) * shades[:, None, None], "test_labels": found["labels"]}
    (axes,) = confused_pairs(nist36, found, [{"pair": "O0"}], each=8).axes
    first, second = (image.get_array() for image in axes.images)
    assert first.shape == (10, 80) and second.shape == (10, 10)
    assert (first[1, 1], second[1, 1]) == (0.5, 0.0)  # O read as 0, then 0 read as O
    assert [text.get_text() for text in axes.texts[4:]] == ["O 0", "13", "12", "1"]
    assert axes.texts[1].get_text() == "mistaken\nof 100"


def test_mistakes_stand_above_the_nearest_images_of_the_class_read_and_of_their_own():  # Q3.1.4/mistakes
    found = predictions([[1, 2], [0, 1]], "O0")  # images 1 and 2 are read as 0
    shades = np.array([0.1, 0.2, 0.3, 0.4], np.float32)[:, None, None] * np.ones((1, 4, 4), np.float32)
    dataset = {"test_images": shades, "train_images": shades + 0.5}
    dataset |= dict.fromkeys(("test_labels", "train_labels"), found["labels"])
    figure = mistakes(dataset, found, {"test": np.array([2, 1]), "read": np.array([3, 0]), "true": np.array([1, 1])})
    misread, read, own = (np.asarray(image.get_array()) for image in figure.axes[0].images)
    assert misread[1, [1, 7]] == pytest.approx([0.3, 0.2])
    assert read[1, [1, 7]] == pytest.approx([0.9, 0.6]) and own[1, [1, 7]] == pytest.approx([0.7, 0.7])
    assert [text.get_text() for text in figure.axes[0].texts[:2]] == ["O→0", "O→0"]
