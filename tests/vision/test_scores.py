import pytest

from lib.vision.scores import page_scores


def test_a_transcript_in_small_letters_is_as_good_as_one_in_capitals():
    assert page_scores("HELLO W0RLD", "hello world") == page_scores("HELLO W0RLD", "HELLO WORLD")


@pytest.mark.parametrize(
    "text, truth, found, missed, spurious",
    [("", "AB", 0, 2, 0), ("AB", "", 0, 0, 2), ("AXB", "AB", 2, 0, 1), ("A", "AB", 1, 1, 0), ("AC", "AB", 2, 0, 0)],
)
def test_letters_are_found_missed_or_spurious(text, truth, found, missed, spurious):
    scores = page_scores(text, truth)
    assert (scores["found"], scores["missed"], scores["spurious"]) == (found, missed, spurious)


def test_spaces_count_among_characters_alone():
    scores = page_scores("AB CD", "ABCD")
    assert scores["letter_accuracy"] == 1 and scores["char_accuracy"] == 3 / 4 and scores["word_accuracy"] == 0
