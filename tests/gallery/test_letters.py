"""What was read on a page: which answers are wrong, and what is said of one that context chose."""

from lib.gallery.letters import letters


def reading(*answers):
    """A reading of letters ``(letter, in_context)`` on one line."""
    return {
        "letters": [
            {
                "box": [0, 10 * k, 10, 10 * k + 10],
                "line": 0,
                "word": 0,
                "letter": letter,
                "in_context": in_context,
                "probability": 0.6,
                "alternatives": [[letter, 0.6], ["O", 0.3]],
            }
            for k, (letter, in_context) in enumerate(answers)
        ]
    }


def summary(found):
    """Letter, probability, what the image alone says, and the truth, of each letter."""
    return [(row[6], row[7], row[9], row[10]) for row in found["letters"]]


def test_in_context_an_answer_keeps_the_probability_that_its_image_gives_it():
    found = letters(reading(("0", "O"), ("I", "I"), ("5", "S")), None, 100, 100, "in_context")
    assert summary(found) == [("O", 0.3, "0", None), ("I", 0.6, None, None), ("S", None, "5", None)]
    assert summary(letters(reading(("0", "O")), None, 100, 100)) == [("0", 0.6, None, None)]


def test_in_context_a_calibrated_confidence_is_shown():
    judged = reading(("0", "O"))
    judged["letters"][0]["confidence"] = 0.97
    assert summary(letters(judged, None, 100, 100, "in_context")) == [("O", 0.97, "0", None)]
    assert summary(letters(judged, None, 100, 100)) == [("0", 0.6, None, None)]


def test_wrong_missed_and_spurious_letters_are_told_apart():
    found = letters(reading(("A", "A"), ("B", "B"), ("C", "C"), ("X", "X")), "ad\nc", 100, 100)
    assert [truth for *_, truth in summary(found)] == [None, "D", None, ""]
    assert found["right"] == [2, 3]
    assert letters(reading(), "AB", 100, 100) == {"letters": [], "right": [0, 2]}


def test_a_letter_that_is_two_in_capitals_moves_no_other():
    found = letters(reading(("A", "A"), ("B", "B"), ("C", "C")), "ßbc", 100, 100)
    assert [truth for *_, truth in summary(found)] == ["SS", None, None]
