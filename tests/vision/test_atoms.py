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
    assert any((6 <= seam).all() and (seam <= 20).all() for seam in atoms.cut_places(joined(), height=40))


def test_leaning_letters_are_cut_along_their_lean():
    mask = joined(slant=0.5, gap=3)
    assert any(seam[0] - seam[-1] > 5 for seam in atoms.cut_places(mask, height=40))


def test_letters_whose_boxes_overlap_are_cut_where_they_touch():
    """A ring against a bar: above and below the place where they touch a seam runs between them, through paper."""
    y, x = np.mgrid[:40, :30]
    ring = np.abs(np.hypot(y - 19.5, (x - 15) * 1.3) - 17) < 2.5
    right = np.flatnonzero(ring.any(axis=0))[-1]
    mask = np.zeros((40, 40), bool)
    mask[:, :30], mask[:, right - 1 : right + 4] = ring, True
    mask = mask[:, mask.any(axis=0)]
    bar = np.flatnonzero(mask.all(axis=0))
    parts = [np.arange(mask.shape[1]) <= seam[:, None] for seam in atoms.cut_places(mask, height=40)]
    of_bar = [(mask & ~left)[:, bar].mean() for left in parts]
    of_ring = [(mask & left)[:, : bar[0] - 2].sum() / mask[:, : bar[0] - 2].sum() for left in parts]
    assert max(min(pair) for pair in zip(of_bar, of_ring, strict=True)) > 0.95


def test_cuts_do_not_cross():
    rng = np.random.default_rng(0)
    for _ in range(20):
        seams = np.array(atoms.cut_places(rng.random((40, 150)) < 0.2, height=40))
        assert len(seams) > 1 and (np.diff(seams, axis=0) >= 0).all() and (np.abs(np.diff(seams, axis=1)) <= 1).all()


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
