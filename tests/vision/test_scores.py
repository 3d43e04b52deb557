"""Edit distances, alignments and what is made of them."""

import itertools

import numpy as np
import pytest

from lib.vision.scores import accuracy, align, edit_distances, mistakes, page_scores, tidy


def distance(read, truth):
    """Levenshtein's by its definition."""
    if not read or not truth:
        return len(read) + len(truth)
    return min(
        distance(read[1:], truth) + 1,
        distance(read, truth[1:]) + 1,
        distance(read[1:], truth[1:]) + (read[0] != truth[0]),
    )


def test_edit_distances_are_those_of_the_definition():
    words = ["".join(word) for n in range(4) for word in itertools.product("AB", repeat=n)]
    for read, truth in itertools.product([*words, "CABAC"], repeat=2):
        found = edit_distances(read, truth)
        assert found.shape == (len(read) + 1, len(truth) + 1)
        assert found[-1, -1] == distance(read, truth)
        assert found[:, -1].tolist() == [distance(read[:i], truth) for i in range(len(read) + 1)]


@pytest.mark.parametrize(
    "read, truth, pairs",
    [
        ("", "", []),
        ("A", "", [(0, None)]),
        ("", "AB", [(None, 0), (None, 1)]),
        ("AB", "AB", [(0, 0), (1, 1)]),
        ("AXB", "AB", [(0, 0), (1, None), (2, 1)]),
        ("AB", "CD", [(0, 0), (1, 1)]),  # pairs, not two too many and two missing
        ("AAB", "AB", [(0, None), (1, 0), (2, 1)]),  # paired from the end
    ],
)
def test_alignment(read, truth, pairs):
    assert align(read, truth) == pairs


def test_an_alignment_has_the_least_distance_and_every_item_once_in_order():
    rng = np.random.default_rng(0)
    for _ in range(30):
        read, truth = ("".join(rng.choice([*"ABC"], rng.integers(0, 9))) for _ in range(2))
        pairs = align(read, truth)
        assert [i for i, _ in pairs if i is not None] == [*range(len(read))]
        assert [j for _, j in pairs if j is not None] == [*range(len(truth))]
        cost = sum(i is None or j is None or read[i] != truth[j] for i, j in pairs)
        assert cost == edit_distances(read, truth)[-1, -1]


@pytest.mark.parametrize(
    "read, truth, share", [("", "", 1), ("A", "", 0), ("ABCD", "A", 0), ("ABX", "ABC", 2 / 3), (["A"], ["A", "B"], 0.5)]
)
def test_accuracy(read, truth, share):
    assert accuracy(read, truth) == pytest.approx(share)


def test_a_transcript_in_small_letters_is_as_good_as_one_in_capitals():
    assert page_scores("HELLO W0RLD", "hello world") == page_scores("HELLO W0RLD", "HELLO WORLD")
    assert mistakes("HELLO W0RLD", "hello world") == [["O", "0"]]


@pytest.mark.parametrize(
    "text, truth, found, missed, spurious",
    [("", "AB", 0, 2, 0), ("AB", "", 0, 0, 2), ("AXB", "AB", 2, 0, 1), ("A", "AB", 1, 1, 0), ("AC", "AB", 2, 0, 0)],
)
def test_letters_are_found_missed_or_spurious(text, truth, found, missed, spurious):
    scores = page_scores(text, truth)
    assert (scores["found"], scores["missed"], scores["spurious"]) == (found, missed, spurious)
    assert scores["true"] == len(truth)


def test_spaces_count_among_characters_alone():
    scores = page_scores("AB CD", "ABCD")
    assert scores["letter_accuracy"] == 1 and scores["char_accuracy"] == 3 / 4 and scores["word_accuracy"] == 0


def test_lines_count_as_characters_and_words_in_their_order():
    scores = page_scores("TO DO\nLIST", "TO DO LIST NOW")
    assert scores["char_accuracy"] == pytest.approx(1 - 5 / 14) and scores["word_accuracy"] == 3 / 4


def test_mistakes_are_substitutions_in_the_order_of_the_page():
    assert mistakes("A80\nXZ", "AB O\nYZ") == [["B", "8"], ["O", "0"], ["Y", "X"]]
    assert mistakes("SAME", "SAME") == mistakes("", "AB") == []


def test_tidy():
    assert tidy(" a  b \n\n\tc") == "A B\nC"
