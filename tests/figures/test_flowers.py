"""Figures of Q7.2: what is drawn, in which order."""

import numpy as np

from lib.figures import flowers


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def shown(figure):
    return [image.get_array()[0, 0].tolist() for image in figure.axes[0].images]


def test_curves_of_networks_with_different_numbers_of_epochs():
    """`Q7.2.1/curves`"""
    keys = ("train_accuracy", "valid_accuracy", "train_loss", "valid_loss")
    runs = {name: {key: np.linspace(0.2, 0.9, n) for key in keys} for name, n in (("a", 3), ("b", 7))}
    runs["b"]["valid_accuracy"] = np.full(7, 0.5)
    accuracy, loss = flowers.curves(runs).axes
    assert [len(line.get_xdata()) for line in accuracy.lines] == [3, 3, 7, 7]
    assert [line.get_label() for line in accuracy.lines] == [
        "a, training",
        "a, validation",
        "b, training",
        "b, validation",
    ]
    assert accuracy.lines[3].get_ydata().tolist() == [50.0] * 7 and loss.lines[3].get_ydata()[-1] == 0.9


def test_species_are_sorted_from_the_hardest():
    """`Q7.2.1/species`"""
    found = {
        "01_easy_one": {"finetune_accuracy": 1.0, "scratch_accuracy": 0.9, "test_images": 3},
        "02_hard_one": {"finetune_accuracy": 0.4, "scratch_accuracy": 0.1, "test_images": 3},
    }
    (axes,) = flowers.species(found).axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["hard one", "easy one"]
    points = {line.get_label(): line.get_xdata().tolist() for line in axes.lines}
    assert points == {"fine-tuned": [40.0, 100.0], "from scratch": [10.0, 90.0]}


def test_the_most_confident_mistakes_on_test_come_first():
    """`Q7.2.1/wrong_finetune` and `Q7.2.1/wrong_scratch`"""
    pictures = {
        "classes": np.array(["01_iris", "02_rose"]),
        "tst2": np.arange(4, dtype=np.uint8)[:, None, None, None].repeat(8, 1).repeat(8, 2).repeat(3, 3),
        "tst2_labels": np.array([0, 0, 1, 1]),
    }
    fit = {"test_logits": np.array([[0, 1], [5, 0], [3, 0], [2, 0]])}  # wrong by 1, right, wrong by 3, wrong by 2
    figure = flowers.mistakes(pictures, fit)
    assert shown(figure) == [[2, 2, 2], [3, 3, 3], [0, 0, 0]]
    assert texts(figure) == ["iris\n(rose)", "iris\n(rose)", "rose\n(iris)"]
    assert shown(flowers.mistakes(pictures, fit, most=1)) == [[2, 2, 2]]
    right = {"test_logits": np.eye(2)[pictures["tst2_labels"]]}
    assert texts(flowers.mistakes(pictures, right)) == ["no picture was mistaken"]


def test_the_resolution_figure_has_the_full_pictures_first():
    """`Q7.2.1/resolution`"""
    numbers = {f"q7.2.finetune_test_accuracy{end}": 0.9 for end in ("", "_low", "_high")}
    small = {"q7.2.small.size": 64} | {
        f"q7.2.small.{name}_test_accuracy{end}": share
        for name, share in (("pretrained", 0.7), ("scratch", 0.6), ("random", 0.3))
        for end in ("", "_low", "_high")
    }
    (axes,) = flowers.resolution(numbers, small).axes
    assert [line.get_xdata()[0] for line in axes.lines] == [90, 70, 60, 30]
    assert axes.get_yticklabels()[3].get_text() == "random weights,\n64 pixels"
