"""Which way up a page is."""

import numpy as np
import pytest

from lib.vision import turns

BOXES = np.array([[0, 0, 20, 10]] * 6)


def said(monkeypatch, odds):
    """`upright` of six pieces, whose log odds in the four turns are these."""
    answers = iter(odds)
    monkeypatch.setattr(turns, "judge", lambda views, weights: next(answers))
    monkeypatch.setattr(turns, "log_odds", lambda answer: np.asarray(answer, float))
    return turns.upright(np.zeros((6, 2, 32, 32), np.uint8), BOXES, {})


@pytest.mark.parametrize("best", [0, 1, 2, 3])
def test_a_page_is_turned_where_its_pieces_are_clearly_likelier_letters(best, monkeypatch):
    odds = np.full((4, 6), 1.0)
    odds[best] = 4.0
    found, given = said(monkeypatch, odds)
    assert found == best and (given == odds).all()


def test_of_many_pieces_some_say_how_the_page_lies_and_all_are_judged_so(monkeypatch):
    looked = []

    def judge(views, weights):
        looked.append(len(views))
        return np.full(len(views), [9.0, 1.0, 1.0, 1.0, 5.0][len(looked) - 1])

    monkeypatch.setattr(turns, "judge", judge)
    monkeypatch.setattr(turns, "log_odds", lambda answer: answer)
    count = 2 * turns.ASKED + 1
    best, odds = turns.upright(np.zeros((count, 2, 32, 32), np.uint8), BOXES[:1].repeat(count, axis=0), {})
    assert best == 0 and (odds[0] == 5.0).all() and looked == [267] * 4 + [count]


@pytest.mark.parametrize(
    "odds", [[[3.0] * 6, [3.0] * 6, [3.3] * 6, [1.0] * 6], [[-3.0] * 6, [-9.0] * 6, [-1.0] * 6, [-9.0] * 6]]
)
def test_it_stays_where_they_are_not_or_no_letters_at_all(odds, monkeypatch):
    assert said(monkeypatch, odds)[0] == 0
