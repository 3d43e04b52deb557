"""Which atoms are one letter."""

import numpy as np
from scipy import ndimage

from lib.vision import lattice
from lib.vision.ink import boxes_of


def bars(*columns, height=30, width=6, page=(80, 300)):
    """Upright bars as pieces of ink: labels and boxes."""
    mask = np.zeros(page, bool)
    for x in columns:
        mask[20 : 20 + height, x : x + width] = True
    labels, _ = ndimage.label(mask)
    return labels.astype(np.int32), boxes_of(labels)


def test_every_run_of_neighbours_no_wider_than_a_letter_is_a_candidate():
    net = lattice.build(*bars(20, 36, 100), height=30.0)
    assert sorted(zip(net.first.tolist(), net.last.tolist(), strict=True)) == [(0, 0), (0, 1), (1, 1), (2, 2)]
    assert net.candidates[net.first < net.last].tolist() == [[20, 20, 50, 42]]
    assert net.views().shape == (4, 2, 32, 32) and net.views([0]).shape == (1, 2, 32, 32)


def test_lines_are_kept_apart():
    labels, boxes = bars(20, 40)
    labels = np.concatenate([labels, np.where(labels, labels + 2, 0)])
    net = lattice.build(labels, np.concatenate([boxes, boxes + [80, 0, 80, 0]]), height=30.0)
    assert net.line.tolist() == [0, 0, 1, 1]
    assert (net.line[net.first] == net.line[net.last]).all()


def choose(net, odds):
    """The runs of atoms that are chosen, given log odds by run."""
    given = np.array([odds.get((i, j), -9.0) for i, j in zip(net.first, net.last, strict=True)])
    return [(net.first[c], net.last[c]) for c in lattice.best_cutting(net, given, 30.0)]


def test_the_likeliest_cutting_is_chosen():
    net = lattice.build(*bars(20, 34, 60), height=30.0)
    assert choose(net, {(0, 1): 5.0, (2, 2): 3.0, (0, 0): 1.0, (1, 1): 1.0}) == [(0, 1), (2, 2)]
    assert choose(net, {(0, 0): 5.0, (1, 1): 5.0, (0, 1): 3.0, (2, 2): 3.0}) == [(0, 0), (1, 1), (2, 2)]


def test_ink_among_letters_is_one_too_and_ink_alone_is_not():
    net = lattice.build(*bars(20, 60, 100, 140, 180), height=30.0)
    sure = {(k, k): 9.0 for k in (0, 1, 3, 4)}
    assert choose(net, sure | {(2, 2): -1.0}) == [(k, k) for k in range(5)]
    assert choose(net, {(2, 2): -1.0}) == []


def test_the_owner_of_all_ink():
    labels, boxes = bars(20, 34, 60)
    net = lattice.build(labels, boxes, height=30.0)
    both = int(np.flatnonzero((net.first == 0) & (net.last == 1))[0])
    assert (net.owner(np.array([both])) == np.where((labels == 1) | (labels == 2), 1, 0)).all()


def test_specks_and_giants_stand_in_no_line():
    boxes = np.array([[20, 20, 50, 40], [20, 60, 50, 80], [30, 50, 31, 51], [0, 100, 200, 120], [44, 84, 50, 90]])
    assert lattice.lines_of(boxes, 30.0).tolist() == [0, 0, -1, -1, 0]


def test_no_ink_no_candidates():
    net = lattice.build(np.zeros((9, 9), np.int32), np.zeros((0, 4), int), height=5.0)
    assert len(net.first) == 0 and net.views().shape == (0, 2, 32, 32)
    assert len(lattice.best_cutting(net, np.zeros(0), 5.0)) == 0
