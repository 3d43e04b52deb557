import numpy as np
import pytest
import torch

from lib.models import augment


@pytest.fixture
def strokes():
    images = torch.ones(40, 1, 28, 28)
    images[:, 0, 6:22, 12:16] = 0
    return images


def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("change", [augment.affine, augment.pen, augment.characters])
def test_images_keep_their_shape_range_and_paper(strokes, change):
    changed = change(strokes, rng())
    assert changed.shape == strokes.shape and changed.dtype == torch.float32
    assert -1e-5 <= changed.min() and changed.max() <= 1 + 1e-5
    assert changed[:, 0, 0].mean() > 0.95  # the top row is paper still


def test_every_image_moves_its_own_way(strokes):
    moved = augment.affine(strokes, rng())
    assert all(not torch.equal(moved[0], other) for other in moved[1:])


def test_no_amount_is_no_change(strokes):
    still = augment.affine(strokes, rng(), rotate=0, shear=0, scale=0, shift=0, elastic=0)
    torch.testing.assert_close(still, strokes, rtol=0, atol=1e-4)
    torch.testing.assert_close(augment.pen(strokes, rng(), width=0, blur=0), strokes)


def test_a_shift_is_in_units_of_the_image(strokes):
    moved = augment.affine(strokes, rng(), rotate=0, shear=0, scale=0, shift=0.1, elastic=0)
    columns = torch.arange(28.0)
    ink = 1 - moved[:, 0]
    centre = (ink.sum(1) * columns).sum(1) / ink.sum((1, 2))
    assert 1.5 < (centre - 13.5).std() < 4.5  # 2.8 pixels expected


def test_pens_become_thicker_and_thinner(strokes):
    ink = (1 - augment.pen(strokes, rng(), blur=0)).sum((1, 2, 3))
    assert ink.min() < 0.8 * 64 and ink.max() > 1.2 * 64
