"""Figures of Q2 and Q3 with made-up numbers: they show what they were given."""

import numpy as np
import pytest

from lib.figures.training import confused_pairs, confusion, curves, first_layer, gradient_errors, learning_rates

KEYS = ("train_accuracy", "valid_accuracy", "train_loss", "valid_loss")


def predictions(counts, classes):
    """Predictions with these counts of true (rows) and predicted (columns) classes."""
    true, predicted = (np.repeat(index, np.ravel(counts)) for index in map(np.ravel, np.indices(np.shape(counts))))
    return {"logits": np.eye(len(classes))[predicted], "labels": true, "classes": np.array(list(classes))}


def test_gradient_errors_shows_each_array_and_mistake_and_nothing_else():  # Q2.5.1/gradient_check
    check = {"q2.gradcheck.a.W0": 1e-8, "q2.gradcheck.a.b0": 0.0, "q2.gradcheck_mistake.sign": 2.0}
    (axes,) = gradient_errors(check | {"q2.gradcheck_parameters": 100, "q2.gradcheck_max_relative_error": 1e-8}).axes
    points = [y for line in axes.lines if line.get_marker() in "os" for y in line.get_ydata()]
    assert points == [1e-8, 1e-17, 2.0]  # zero has no logarithm
    assert [label.get_text() for label in axes.get_xticklabels()] == ["W0", "b0", "sign"]


def test_curves_are_of_training_and_validation_in_percent_and_nats():  # Q3.1.1/curves, Q7.1.1/curves ...
    left, right = curves({key: [0.5, 0.1 * i] for i, key in enumerate(KEYS)}).axes
    assert [line.get_ydata().tolist() for line in left.lines] == [[50, 0], [50, 10]]
    assert [line.get_ydata().tolist() for line in right.lines] == [[0.5, 0.2], [0.5, pytest.approx(0.3)]]
    assert [line.get_xdata().tolist() for line in left.lines] == [[1, 2]] * 2
    assert [text.get_text() for text in left.get_legend().get_texts()] == ["training", "validation"]


def test_learning_rates_are_means_over_the_fits_of_a_rate_in_ascending_order():  # Q3.1.2/learning_rates
    fits = [
        {"learning_rate": np.array(rate)} | {key: np.array([top, top / 2]) for key in KEYS}
        for rate, top in ((1.0, 0.6), (0.1, 0.2), (1.0, 0.8))
    ]
    axes = learning_rates(fits).axes
    assert [one.get_title() for one in axes[:2]] == ["learning rate 0.1", "learning rate 1"]
    assert axes[1].lines[0].get_ydata() == pytest.approx([70, 35])
    assert axes[3].lines[1].get_ydata() == pytest.approx([0.7, 0.35])


def test_a_loss_that_explodes_at_one_rate_leaves_the_others_visible():  # Q3.1.2/learning_rates
    calm, wild = ({key: top * np.array([0.9, 0.5]) for key in KEYS} | {"learning_rate": top} for top in (1, 60))
    assert learning_rates([calm]).axes[1].get_yscale() == "linear"
    assert learning_rates([calm, wild]).axes[2].get_yscale() == "log"


def test_first_layer_shows_each_half_on_its_own_range():  # Q3.1.3/first_layer
    figure = first_layer({"W0_before": np.full((9, 4), 0.5), "W0": np.full((9, 4), -2.0)})
    before, after = (axes.images[0] for axes in figure.axes[:2])
    assert before.get_clim() == (-0.5, 0.5) and after.get_clim() == (-2, 2)
    assert before.get_array().shape == (10, 10)  # two by two units of 3 x 3, with a margin


def test_a_confusion_matrix_writes_mistakes_into_cells_and_correct_counts_beside_them():  # Q3.1.4/confusion
    axes = confusion(predictions([[7, 2, 0], [0, 8, 11], [0, 0, 9]], "ABC")).axes[0]
    cells = {text.get_position(): text.get_text() for text in axes.texts[:2]}
    assert cells == {(1, 0): "2", (2, 1): "11"}
    assert [text.get_text() for text in axes.texts[2:]] == ["7", "8", "9"]


def test_the_scale_of_a_confusion_matrix_counts_whole_images():  # Q7.1.4/confusion
    figure = confusion(predictions([[7, 3], [0, 8]], "AB"))
    figure.draw_without_rendering()
    assert figure.axes[1].get_xticks().tolist() == [0, 1, 2, 3]


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
