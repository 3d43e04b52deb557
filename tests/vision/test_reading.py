"""The record of a reading, and its scores."""

import numpy as np

from lib.vision.reading import record, score_reading

# N, O or 0 (a little likelier 0), N: in context the second is O.
PROBS = np.array([[0.0, 0.0, 1.0], [0.4, 0.55, 0.05], [0.01, 0.01, 0.98]])
BOXES = np.array([[0, 0, 9, 5], [0, 6, 9, 11], [20, 0, 29, 5]])
SAYS = [0.5, 0.4, 0.1], [0.01, 0.01, 0.98]  # the judge, of the second


def make(alternatives=2):
    return record(BOXES, np.array([0, 0, 1]), np.array([0, 0, 1]), PROBS, "O0N", alternatives)


def test_both_readings_are_recorded():
    reading = make()
    assert reading["text"] == "N0\nN" and reading["text_in_context"] == "NO\nN"
    assert reading["letters"][1] == {
        "box": [0, 6, 9, 11],
        "line": 0,
        "word": 0,
        "letter": "0",
        "probability": 0.55,
        "in_context": "O",
        "alternatives": [["0", 0.55], ["O", 0.4]],
    }
    assert [(letter["line"], letter["word"]) for letter in reading["letters"]] == [(0, 0), (0, 0), (1, 1)]


def test_alternatives_are_the_likeliest_and_equals_keep_the_order_of_the_classes():
    assert [letter["alternatives"][-1][0] for letter in make(1)["letters"]] == ["N", "0", "N"]
    assert [name for name, _ in make(3)["letters"][2]["alternatives"]] == ["N", "O", "0"]


def test_scores_of_both_readings():
    scores = score_reading(make(), "NO\nN", "q4.page")
    assert scores["q4.page.true"] == scores["q4.page.found"] == 3
    assert scores["q4.page.letter_accuracy"] == 2 / 3 and scores["q4.page.in_context.letter_accuracy"] == 1
    assert scores["q4.page.word_accuracy"] == 1 / 2 and scores["q4.page.in_context.char_accuracy"] == 1
    assert len(scores) == 10


def test_the_judge_has_its_say_in_context_and_confidence_is_of_what_is_read():
    at = BOXES, np.array([0, 0, 1]), np.array([0, 0, 1]), PROBS, "O0N", 2, np.full(3, 9.0)
    unsure, sure = (record(*at, kinds=np.log([[0.01, 0.01, 0.98], row, [0.01, 0.01, 0.98]])) for row in SAYS)
    assert unsure["text"] == sure["text"] == "N0\nN"
    assert unsure["text_in_context"] == "NO\nN" and sure["text_in_context"] == "NN\nN"
    assert sure["confidence_alone"] == unsure["confidence_alone"]
    assert sure["letters"][1]["confidence_alone"] < 0.56 < unsure["letters"][1]["confidence"]
