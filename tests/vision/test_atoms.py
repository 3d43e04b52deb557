"""Over-segmentation: every letter is a run of atoms."""

import numpy as np
import pytest

from lib.vision import atoms


def joined(slant=0.0, gap=14):
    """Two tall bars, joined by a thin stroke in the middle."""
    mask = np.zeros((40, 60), bool)
    for row in range(40):
        lean = round(slant * (20 - row))
        for x in (14, 14 + 6 + gap):
            mask[row, x + lean : x + lean + 6] = True
    mask[19:21, 14 : 20 + gap + 6] = True
    return mask[:, mask.any(axis=0)]


def test_letters_that_touch_are_cut_where_the_ink_is_thin():
    places = atoms.cut_places(joined(), height=40)
    assert any(6 <= top <= 20 and 6 <= bottom <= 20 for top, bottom in places)


def test_leaning_letters_are_cut_along_their_lean():
    mask = joined(slant=0.5, gap=3)
    assert any(top - bottom > 5 for top, bottom in atoms.cut_places(mask, height=40))


def test_cuts_do_not_cross():
    rng = np.random.default_rng(0)
    for _ in range(20):
        places = np.array(atoms.cut_places(rng.random((40, 150)) < 0.2, height=40)).reshape(-1, 2)
        assert (np.diff(places, axis=0) > 0).all()


@pytest.mark.parametrize("width", [1, 5, 12])
def test_narrow_pieces_are_not_cut(width):
    assert atoms.cut_places(np.ones((40, width), bool), height=40) == []


def test_atoms_hold_all_the_ink_and_know_their_piece():
    labels = np.zeros((60, 120), np.int32)
    mask = joined()
    labels[5:45, 10 : 10 + mask.shape[1]][mask] = 1
    labels[5:45, 70 : 70 + mask.shape[1]][mask] = 2
    boxes = np.array([[5, 10, 45, 10 + mask.shape[1]], [5, 70, 45, 70 + mask.shape[1]]])
    found, found_boxes, piece = atoms.cut(labels, boxes, 40.0, whole=np.array([False, True]))
    assert ((found > 0) == (labels > 0)).all() and len(found_boxes) == len(piece) == found.max() > 2
    assert (piece == 1).sum() == 1
    for number, (y1, x1, y2, x2) in enumerate(found_boxes, 1):
        y, x = np.nonzero(found == number)
        assert [y.min(), x.min(), y.max() + 1, x.max() + 1] == [y1, x1, y2, x2]
        assert (labels[y, x] == piece[number - 1] + 1).all()
