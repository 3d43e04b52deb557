import itertools

import numpy as np
import pytest

from lib.vision.context import pooled, with_context

CHARACTERS = "OIN017"


def sure(text, doubt=0.02):
    """Nearly certain probabilities of a text; a ``?`` is O or 0, the digit a little more likely."""
    rows = np.full((len(text), len(CHARACTERS)), doubt / len(CHARACTERS))
    for row, name in zip(rows, text, strict=True):
        if name == "?":
            row[[CHARACTERS.index("O"), CHARACTERS.index("0")]] += 0.45, 0.55
        else:
            row[CHARACTERS.index(name)] += 1
    return rows / rows.sum(axis=1, keepdims=True)


def read(text, line, word, doubt=0.02):
    best = with_context(sure(text, doubt), CHARACTERS, np.array(line), np.array(word)).argmax(axis=1)
    return "".join(CHARACTERS[i] for i in best)


def test_a_doubtful_character_is_what_its_word_is():
    assert read("N?I7?1", [0] * 6, [0, 0, 0, 1, 1, 1]) == "NOI701"


def test_neighbouring_words_of_a_line_count_more_than_another_line():
    assert read("NIN?7", [0, 0, 0, 1, 1], [0, 1, 2, 3, 4]) == "NIN07"
    assert read("NI?17", [0, 0, 0, 1, 1], [0, 1, 2, 3, 4]) == "NIO17"


def test_certain_characters_stay():
    assert read("N7N", [0] * 3, [0] * 3, doubt=0.001) == "N7N"


def test_agrees_with_the_sum_over_all_sequences_of_kinds():
    rng = np.random.default_rng(0)
    probs = rng.dirichlet(np.ones(len(CHARACTERS)), 5)
    line, word = np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 2, 2])
    renewal, letters = (0.1, 0.3, 0.6), 0.7
    drawn = (letters, 1 - letters)
    expected = np.zeros_like(probs)
    steps = (0.1, 0.3, 0.6, 0.1)
    for kinds in itertools.product((0, 1), repeat=5):
        weight = drawn[kinds[0]]
        for (a, b), step in zip(itertools.pairwise(kinds), steps, strict=True):
            weight *= (1 - step) * (a == b) + step * drawn[b]
        columns = [slice(0, 3) if kind == 0 else slice(3, 6) for kind in kinds]
        parts = [row[column].mean() for row, column in zip(probs, columns, strict=True)]
        for i, column in enumerate(columns):
            others = np.prod([part for j, part in enumerate(parts) if j != i])
            expected[i, column] += weight * others * probs[i, column] / 3
    expected /= expected.sum(axis=1, keepdims=True)
    found = with_context(probs, CHARACTERS, line, word, renewal, letters)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_two_opinions_become_one_and_neither_is_overruled_by_being_too_sure():
    both = pooled(np.array([[0.6, 0.4], [1.0, 0.0]]), np.log([[0.2, 0.8], [1e-9, 1]]), weight=0.5)
    np.testing.assert_allclose(both[0], np.sqrt([0.12, 0.32]) / np.sqrt([0.12, 0.32]).sum())
    assert 0.1 < both[1, 0] < 0.9
    assert pooled(np.zeros((0, 2)), np.zeros((0, 2))).shape == (0, 2)


@pytest.mark.parametrize("n", [0, 1])
def test_pages_of_no_or_one_character_are_fine(n):
    found = with_context(sure("N" * n).reshape(n, len(CHARACTERS)), CHARACTERS, np.zeros(n), np.zeros(n))
    assert found.shape == (n, len(CHARACTERS))


def test_long_pages_do_not_underflow_and_impossible_classes_stay_impossible():
    probs = np.zeros((3000, 6))
    probs[:, :2] = 0.5
    found = with_context(probs, CHARACTERS, np.zeros(3000), np.arange(3000))
    np.testing.assert_allclose(found, probs, atol=1e-12)


@pytest.mark.parametrize("line, word, letter", [(0, 0, 0.99), (0, 1, 0.96), (1, 1, 0.9)])
def test_how_far_a_letter_speaks_for_its_neighbour(line, word, letter):
    probs = np.array([[0, 0, 1, 0, 0, 0], [0.5, 0, 0, 0.5, 0, 0]])  # N, then O or 0
    found = with_context(probs, CHARACTERS, np.array([0, line]), np.array([0, word]))
    np.testing.assert_allclose(found[1, [0, 3]], [letter, 1 - letter], rtol=1e-12)
    digit = with_context(probs[:, ::-1], CHARACTERS, np.array([0, line]), np.array([0, word]))[1, 3]
    assert digit < letter  # letters are the more common


def test_alone_a_character_is_a_letter_in_four_of_five_cases():
    found = with_context(np.array([[0.5, 0, 0, 0.5, 0, 0]]), CHARACTERS, np.zeros(1), np.zeros(1))
    np.testing.assert_allclose(found, [[0.8, 0, 0, 0.2, 0, 0]], rtol=1e-12)


def test_with_letters_alone_nothing_changes():
    probs = np.array([[0.3, 0.7], [0.9, 0.1]])
    np.testing.assert_allclose(with_context(probs, "AB", np.zeros(2), np.zeros(2)), probs, rtol=1e-12)
