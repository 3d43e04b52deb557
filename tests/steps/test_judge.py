"""The judge's training set and test."""

import numpy as np
import pytest
from scipy import ndimage

from lib.data.cuttings import NONE, Line
from lib.steps import judge
from lib.vision import lattice
from lib.vision.ink import boxes_of


def line_of_two():
    """An I, and an H in two pieces, 4 and 8 pixels from one another: owners 1 and 2 of classes 3 and 5."""
    owner = np.zeros((60, 90), np.int32)
    owner[10:40, 10:16] = 1
    owner[10:40, 28:34] = owner[10:40, 38:44] = 2
    return Line(owner, np.array([3, 5]))


def test_each_cutting_is_known_for_what_it_is():
    line = line_of_two()
    labels, _ = ndimage.label(line.owner)
    net = lattice.build(labels.astype(np.int32), boxes_of(labels), 30.0)
    kinds, item, common = judge.label(line, net)
    known = {
        (i, j): (kind, round(float(c), 2)) for i, j, kind, c in zip(net.first, net.last, kinds, common, strict=True)
    }
    assert known == {
        (0, 0): (3, 1.0),
        (0, 1): (NONE, 0.5),
        (0, 2): (NONE, 0.67),
        (1, 1): (NONE, 0.5),
        (1, 2): (5, 1.0),
        (2, 2): (NONE, 0.5),
    }
    assert item[net.first == 2].tolist() == [1]


def test_what_is_no_letter_is_none_however_it_is_cut():
    line = line_of_two()
    line = line._replace(classes=np.array([3, NONE]))
    labels, _ = ndimage.label(line.owner)
    net = lattice.build(labels.astype(np.int32), boxes_of(labels), 30.0)
    kinds, _, _ = judge.label(line, net)
    assert kinds[net.first > 0].tolist() == [NONE] * 3


def test_training_is_reproducible_and_its_numbers_are_shares():
    settings = {"lines": 12, "wrong": 2.0, "epochs": 1, "batch": 16, "learning_rate": 0.003, "test_lines": 8, "seed": 3}
    one, other = judge.fit_judge(**settings), judge.fit_judge(**settings)
    assert one["numbers"] == other["numbers"]
    assert all(one["weights"][name].tobytes() == other["weights"][name].tobytes() for name in one["weights"])
    shares = {name: value for name, value in one["numbers"].items() if name != "q4.judge.cuttings"}
    assert len(shares) == 4 and all(0 <= value <= 1 for value in shares.values())
    assert one["numbers"]["q4.judge.cuttings"] > 50


def test_a_judge_that_knows_finds_every_letter_that_the_lattice_holds(monkeypatch):
    drawn = list(judge.draw_cuttings(np.random.default_rng(0), 15))
    answers = iter(drawn)
    monkeypatch.setattr(judge, "judge", lambda views, weights: next(answers).labels)
    monkeypatch.setattr(judge, "log_odds", lambda labels: np.where((labels >= 0) & (labels < NONE), 9.0, -9.0))
    numbers = judge.test({}, iter(drawn))
    assert numbers["q4.judge.right"] == 1 and numbers["q4.judge.wrong"] == 0
    assert numbers["q4.judge.found"] > 0.85 and numbers["q4.judge.spurious"] == pytest.approx(0, abs=0.1)
