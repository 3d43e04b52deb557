"""Mistakes of Q3.1.4 and Q7.1.4: their kinds, and the training images nearest to them."""

import numpy as np

from lib.steps import mistakes


def predictions(predicted, labels, classes):
    return {"logits": np.eye(len(classes))[predicted], "labels": np.array(labels), "classes": np.array([*classes])}


def test_kinds_add_up_and_a_letters_other_case_is_right_when_folded():
    found = mistakes.count_kinds(predictions([1, 0, 2, 3], [0, 0, 3, 3], "aAO0"), "q7.1.4")
    assert found["q7.1.4.errors"] == 2 and found["q7.1.4.kind.case"] == found["q7.1.4.kind.0O"] == 1
    assert found["q7.1.4.accuracy_folded"] == 3 / 4


def grey(*shades):
    return np.array(shades, np.float32)[:, None, None] * np.ones((1, 2, 2), np.float32)


def test_the_nearest_images_of_both_classes_stand_beside_the_surest_mistakes():
    dataset = {
        "train_images": grey(0.0, 0.2, 0.5, 1.0),
        "train_labels": np.array([0, 0, 1, 1]),
        "test_images": grey(0.1, 0.45, 0.3, 0.9),
        "test_labels": np.array([0, 0, 1, 1]),
    }
    found = predictions([0, 1, 0, 1], dataset["test_labels"], "AB")
    found["logits"][2] *= 3  # surer than the other
    looked_up = mistakes.look_up(dataset, found, "q3")
    nearest, numbers = looked_up["nearest"], looked_up["numbers"]
    assert nearest["test"].tolist() == [2, 1]
    assert nearest["read"].tolist() == [1, 2] and nearest["true"].tolist() == [2, 1]
    assert numbers["q3.mistakes.images"] == 2
    assert numbers["q3.mistakes.nearest_is_read"] == 1 and numbers["q3.mistakes.nearest_is_true"] == 0
    assert numbers["q3.mistakes.right_nearest_is_true"] == 1


def test_without_a_mistake_all_shares_are_zero():
    dataset = {f"{split}_images": grey(0.0, 1.0) for split in ("train", "test")}
    dataset |= {f"{split}_labels": np.array([0, 1]) for split in ("train", "test")}
    found = mistakes.look_up(dataset, predictions([0, 1], [0, 1], "AB"), "q3")
    assert set(found["numbers"].values()) == {0} and not len(found["nearest"]["test"])


def test_many_mistakes_are_looked_up_as_far_as_there_is_time(monkeypatch):
    monkeypatch.setattr(mistakes, "MOST", 3)
    dataset = {f"{split}_images": grey(*np.linspace(0, 1, 10)) for split in ("train", "test")}
    dataset |= {f"{split}_labels": np.arange(10) % 2 for split in ("train", "test")}
    found = mistakes.look_up(dataset, predictions([0] * 10, np.arange(10) % 2, "AB"), "q3")
    assert len(found["nearest"]["test"]) == found["numbers"]["q3.mistakes.images"] == 3


def test_each_kind_of_mistake_comes_once_before_any_comes_again():
    labels = np.array([0, 0, 1, 0])
    dataset = {f"{split}_images": grey(0.1, 0.2, 0.3, 0.4) for split in ("train", "test")}
    dataset |= {f"{split}_labels": labels for split in ("train", "test")}
    found = predictions([1, 1, 0, 1], labels, "AB")
    found["logits"] *= np.array([3, 2, 1, 4])[:, None]  # how sure it is
    assert mistakes.look_up(dataset, found, "q3")["nearest"]["test"].tolist() == [3, 2, 0, 1]
