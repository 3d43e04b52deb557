"""Drawn lines with the owner of every pixel."""

import numpy as np
import pytest
from scipy import ndimage

from lib.data import cuttings


def lines(count=40, seed=0):
    return list(cuttings.draw_lines(np.random.default_rng(seed), count))


def test_every_pixel_of_ink_has_an_owner_of_a_known_class():
    for line in lines():
        assert line.owner.dtype == np.int32 and line.owner.max() <= len(line.classes)
        assert ((line.classes >= 0) & (line.classes <= cuttings.NONE)).all()


def test_lines_are_of_all_kinds():
    drawn = lines(200)
    texture = sum((line.classes == cuttings.NONE).all() for line in drawn)
    marked = sum((line.classes == cuttings.NONE).any() and (line.classes < cuttings.NONE).any() for line in drawn)
    assert 8 <= texture <= 36 and 50 <= marked <= 130  # or joined
    letters = np.concatenate([line.classes for line in drawn])
    assert len(np.unique(letters)) == cuttings.NONE + 1
    # Some touch: two owners side by side without paper between.
    assert (
        sum(
            ((line.owner[:, 1:] != line.owner[:, :-1]) & (line.owner[:, 1:] > 0) & (line.owner[:, :-1] > 0)).any()
            for line in drawn
        )
        > 60
    )


def test_joins_are_no_part_of_the_letters():
    """Strokes from letter to letter are items of their own, and what they join is one piece of ink."""
    joined = 0
    for seed in range(10):
        owner, cover = np.zeros((40, 100), np.int32), np.zeros((40, 100), np.float32)
        for number, x in enumerate((10, 40, 70), 1):
            owner[5:35, x : x + 6], cover[5:35, x : x + 6] = number, 1
        joins = cuttings._join(np.random.default_rng(seed), owner, cover, 3, height=30.0, thick=3.0)
        assert (owner[5:35, [12, 42, 72]] == [1, 2, 3]).all() and owner.max() == (3 + joins if joins else 3)
        assert ndimage.label(cover > 0.5, np.ones((3, 3)))[1] == 3 - joins
        joined += joins
    assert 5 <= joined <= 18


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_generator_draws_the_same_lines(seed):
    for one, other in zip(lines(6, seed), lines(6, seed), strict=True):
        assert (one.owner == other.owner).all() and (one.classes == other.classes).all()
