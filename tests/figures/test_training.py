"""Figures of Q3 with made-up numbers: they say what they were given."""

import numpy as np

from lib.figures.training import confused_pairs, confusion, learning_rates


def test_a_confusion_matrix_writes_mistakes_into_cells_and_what_is_right_beside_them():
    axes = confusion(np.array([[7, 2, 0], [0, 8, 11], [0, 0, 9]]), [*"ABC"]).axes[0]
    cells = {text.get_position(): text.get_text() for text in axes.texts[:2]}
    assert cells == {(1, 0): "2", (2, 1): "11"}
    assert [text.get_text() for text in axes.texts[2:]] == ["7", "8", "9"]


def test_the_scale_of_a_confusion_matrix_counts_whole_images():
    figure = confusion(np.array([[7, 3], [0, 8]]), [*"AB"])
    figure.draw_without_rendering()
    assert figure.axes[1].get_xticks().tolist() == [0, 1, 2, 3]


def test_a_pair_shows_as_many_images_as_there_is_room_for_and_counts_all():
    figure = confused_pairs([("O", "0", np.ones((12, 8, 8)), np.zeros((0, 8, 8)))], 50, each=8)
    (axes,) = figure.axes
    assert [image.get_array().shape for image in axes.images] == [(10, 80)]
    assert {"O 0", "12", "0", "mistaken\nof 100"} <= {text.get_text() for text in axes.texts}


def test_a_loss_that_explodes_at_one_rate_leaves_the_others_to_be_seen():
    keys = ("train_accuracy", "valid_accuracy", "train_loss", "valid_loss")
    calm, wild = ({key: top * np.array([0.9, 0.5]) for key in keys} for top in (1, 60))
    assert learning_rates({0.1: [calm]}).axes[1].get_yscale() == "linear"
    assert learning_rates({0.1: [calm], 10.0: [wild]}).axes[2].get_yscale() == "log"
