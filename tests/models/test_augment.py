"""Random changes to images: they keep shape and range, differ from image to image, and have the size they say."""

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


def slant_width_height(images):
    """Of a standing bar: how far its top lies left of its bottom, and its extents in pixels."""
    ink = 1 - images[:, 0]
    rows = (ink * torch.arange(28.0)).sum(2) / ink.sum(2).clamp(min=1e-3)
    return rows[:, 18] - rows[:, 9], ink[:, 14].sum(1), ink.sum(1).amax(1)


@pytest.mark.parametrize("amount, changed", [("rotate", [0]), ("shear", [0]), ("scale", [1, 2]), ("elastic", [0, 1])])
def test_each_amount_of_an_affine_move_acts_alone(strokes, amount, changed):
    others = dict.fromkeys({"rotate", "shear", "scale", "shift", "elastic"} - {amount}, 0)
    spreads = [values.std() for values in slant_width_height(augment.affine(strokes, rng(), **others))]
    assert all(spreads[i] > (0.5, 0.2, 0.5)[i] for i in changed), spreads
    assert amount != "scale" or spreads[0] < 0.01  # what is scaled stays upright


def test_pens_become_thicker_and_thinner(strokes):
    ink = (1 - augment.pen(strokes, rng(), blur=0)).sum((1, 2, 3))
    assert ink.min() < 0.8 * 64 and ink.max() > 1.2 * 64


def test_a_strength_of_zero_leaves_characters_unchanged_and_a_larger_one_moves_them_further(strokes):
    assert torch.equal(augment.characters(strokes, rng(), strength=0), strokes)
    near, far = ((augment.characters(strokes, rng(), amount) - strokes).abs().mean() for amount in (0.3, 1.5))
    assert 0 < near < far / 2


def test_a_blurred_pen_turns_edges_grey(strokes):
    grey = augment.pen(strokes, rng(), width=0)[:, 0, 14, 12]
    assert grey.max() <= 0.4 / 3 + 1e-5 and grey.std() > 0.02  # a third of the neighbours of an edge are paper


def photographs(**amounts):
    """A photograph with a bright left half, 200 times, each changed in its own way."""
    images = torch.zeros(200, 3, 32, 32)
    images[..., :16] = 1
    still = {"zoom": (1.0, 1.0), "rotate": 0.0, "light": 0.0}
    return augment.photographs(images, rng(), 32, **still | amounts)


def test_photographs_depend_on_the_generator_alone_and_are_scaled():
    images = torch.rand(2, 3, 40, 40)
    a, b, c = (augment.photographs(images, np.random.default_rng(seed), 24) for seed in (0, 0, 1))
    assert a.shape == (2, 3, 24, 24) and a.isfinite().all() and torch.equal(a, b) and not torch.equal(a, c)


def test_about_half_of_the_photographs_are_mirrored():
    left = photographs()[:, 0, :, :8].mean((1, 2))
    assert 0.4 < (left > 0.5).float().mean() < 0.6
    assert ((left > 0.95) | (left < 0.05)).float().mean() > 0.9


def test_photographs_are_zoomed_into_and_rotated():
    upright, rotated = photographs(), photographs(rotate=20.0)
    assert (upright[:, 0, 0] - upright[:, 0, -1]).abs().max() < 0.1  # the top row is like the bottom row
    assert (rotated[:, 0, 0] - rotated[:, 0, -1]).abs().mean() > 0.05
    edges = torch.zeros(200, 3, 32, 32)
    edges[..., :4, :] = 1  # the top eighth
    zoomed = augment.photographs(edges, rng(), 32, zoom=(0.3, 0.3), rotate=0.0, light=0.0)
    assert (zoomed.amax((1, 2, 3)) < 0.1).float().mean() > 0.4  # many do not see the edge
    beside = photographs(zoom=(0.3, 0.3)).mean((1, 2, 3))
    assert ((beside < 0.05) | (beside > 0.95)).float().mean() > 0.3  # many see one half alone


def test_light_changes_brightness_contrast_and_colour():
    changed = photographs(light=0.25)
    assert changed.mean((1, 2, 3)).std() > 0.03
    assert (changed.std((1, 2, 3)) / changed.mean((1, 2, 3))).std() > 0.05  # whatever the brightness
    assert (changed.mean((2, 3)).std(dim=1) > 0.005).float().mean() > 0.9  # the channels of a grey picture differ
    assert photographs().mean((2, 3)).std(dim=1).max() < 1e-5


@pytest.mark.parametrize("shape", [(3, 1, 32, 32), (2, 1, 1, 5)])
def test_the_largest_of_a_neighbourhood_is_that_of_max_pooling(shape):
    images = torch.rand(shape, generator=torch.Generator().manual_seed(0))
    expected = torch.nn.functional.max_pool2d(images, 3, stride=1, padding=1)
    torch.testing.assert_close(augment._largest(images), expected, rtol=0, atol=0)
