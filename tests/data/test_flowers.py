"""Drawn flowers: the same seed, the same pictures; colour alone does not tell the species apart."""

import numpy as np
import pytest

from lib.data.flowers.blossoms import Cup, CupPaint, Petal, PetalPaint, Ring, paint_bell, paint_ring
from lib.data.flowers.painting import Axis, Scene, View
from lib.data.flowers.pictures import SPECIES, draw_backgrounds, draw_flower, draw_flowers, split_indices
from lib.data.oxford import FLOWERS17


@pytest.fixture(scope="module")
def drawn():
    return draw_flowers(np.random.default_rng(1), per_class=14, size=48)


def test_there_are_seventeen_species_of_equal_number(drawn):
    images, labels = drawn
    assert [paint.__name__ for paint in SPECIES] == list(FLOWERS17)
    assert images.shape == (17 * 14, 48, 48, 3) and images.dtype == np.uint8
    assert np.bincount(labels).tolist() == [14] * 17


def test_same_generator_same_bytes_other_seed_other_pictures():
    first, second, other = (draw_flowers(np.random.default_rng(seed), 1, 32)[0] for seed in (3, 3, 4))
    assert first.tobytes() == second.tobytes()
    assert (first != other).any(axis=(1, 2, 3)).all()


def test_no_picture_is_flat_or_a_repetition(drawn):
    images, _ = drawn
    assert images.std(axis=(1, 2, 3)).min() > 5
    assert len(np.unique(images.reshape(len(images), -1), axis=0)) == len(images)


@pytest.mark.parametrize("size", [32, 50, 128])
def test_every_species_can_be_drawn_at_every_size(size):
    rng = np.random.default_rng(0)
    backgrounds = draw_backgrounds(rng, size, count=6)
    assert backgrounds.min() >= 0 and backgrounds.max() <= 1
    for species in range(17):
        assert draw_flower(species, rng, backgrounds, size).shape == (size, size, 3)


def test_colour_alone_does_not_tell_the_species_apart(drawn):
    """A nearest-neighbour classifier of colour histograms stays far from what a small network reads (lib.models)."""
    images, labels = drawn
    bins = (images // 43).astype(int) @ np.array([36, 6, 1])
    histograms = np.sqrt(np.stack([np.bincount(image.ravel(), minlength=216) for image in bins]).astype(float))
    train = np.tile(np.arange(14) < 10, 17)
    distances = ((histograms[~train][:, None] - histograms[train]) ** 2).sum(axis=-1)
    accuracy = (labels[train][distances.argmin(axis=1)] == labels[~train]).mean()
    assert 1 / 17 < accuracy < 0.45


def test_a_split_takes_half_a_quarter_a_quarter_of_every_class():
    labels = np.repeat(np.arange(3), 80)
    split = split_indices(labels, np.random.default_rng(0))
    assert {part: np.bincount(labels[some]).tolist() for part, some in split.items()} == {
        "trn2": [40] * 3,
        "val2": [20] * 3,
        "tst2": [20] * 3,
    }
    assert sorted(np.concatenate(list(split.values())).tolist()) == list(range(240))


@pytest.mark.parametrize(("per_class", "size"), [(0, 64), (1, 16)])
def test_impossible_sizes_are_refused(per_class, size):
    with pytest.raises(ValueError, match="at least 1 picture of 32 pixels"):
        draw_flowers(np.random.default_rng(0), per_class, size)


# --- blossoms on black, lit from above -------------------------------------------------------------------------------

RED, BLUE = np.array((1.0, 0, 0), np.float32), np.array((0, 0, 1.0), np.float32)
MIDDLE = View(50, 50, 40)


@pytest.fixture
def scene():
    return Scene(np.zeros((101, 101, 3), np.float32), -np.pi / 2, np.random.default_rng(0))


def around(scene, radius):
    """What is painted at a distance from the middle, in radii, every degree anticlockwise from the right."""
    angles = np.deg2rad(np.arange(360))
    y, x = np.rint(50 + 40 * radius * np.array((-np.sin(angles), np.cos(angles)))).astype(int)
    return scene.image[y, x].max(axis=1) > 0.3


def changes(painted):
    return int((painted != np.roll(painted, 1)).sum())


@pytest.mark.parametrize("count", [3, 5, 8])
def test_a_ring_has_its_number_of_petals(scene, count):
    paint_ring(scene, MIDDLE, Ring(count, ragged=0), Petal(0.6 / count), PetalPaint(RED))
    assert changes(around(scene, 0.6)) == 2 * count
    assert not around(scene, 1.1).any()


def test_a_turned_ring_has_petals_where_there_were_gaps(scene):
    other = Scene(scene.image.copy(), scene.light, np.random.default_rng(0))
    paint_ring(scene, MIDDLE, Ring(4, ragged=0), Petal(0.15), PetalPaint(RED))
    paint_ring(other, MIDDLE, Ring(4, ragged=0, turn=0.5), Petal(0.15), PetalPaint(RED))
    assert around(scene, 0.6)[[0, 90, 180, 270]].all() and not around(scene, 0.6)[[45, 135, 225, 315]].any()
    assert around(other, 0.6)[[45, 135, 225, 315]].all() and not around(other, 0.6)[[0, 90, 180, 270]].any()


def test_petals_of_no_length_leave_their_places_empty(scene):
    paint_ring(scene, MIDDLE, Ring(4, ragged=0, lengths=(1, 0, 1, 0)), Petal(0.3), PetalPaint(RED))
    assert around(scene, 0.6)[[0, 180]].all() and not around(scene, 0.6)[[90, 270]].any()


def test_a_notch_clefts_the_tip_and_inner_leaves_the_middle_free(scene):
    paint_ring(scene, MIDDLE, Ring(4, ragged=0), Petal(0.5, blunt=0.2, notch=0.3, inner=0.4), PetalPaint(RED))
    near, far = around(scene, 0.6), around(scene, 0.85)
    assert near[0] and not far[0] and far[[15, 345]].all()
    assert not around(scene, 0.25).any()


def test_a_petal_goes_from_the_colour_of_its_base_to_that_of_its_tip(scene):
    paint_ring(scene, MIDDLE, Ring(4, ragged=0), Petal(0.3), PetalPaint(RED, BLUE))
    base, tip = scene.image[50, 58], scene.image[50, 85]
    assert base[2] > 2 * base[0] and tip[0] > 2 * tip[2]


def test_a_bell_hangs_along_its_axis_from_base_to_mouth(scene):
    paint_bell(scene, Axis(20, 50, 60, np.pi / 2), Cup((0.1, 0.2, 0.3), scallop=0.2), CupPaint(RED, BLUE))
    painted = scene.image.max(axis=2) > 0.2
    rows = np.flatnonzero(painted.any(axis=1))
    assert 20 <= rows[0] <= 22 and 78 <= rows[-1] <= 80
    assert painted[30].sum() == pytest.approx(2 * 60 * 0.13, abs=3)
    assert painted[60].sum() == pytest.approx(2 * 60 * 0.233, abs=3)
    assert scene.image[25, 50, 0] > scene.image[25, 50, 2] and scene.image[70, 50, 2] > scene.image[70, 50, 0]


@pytest.mark.parametrize("lobes", [2, 3, 4])
def test_a_bells_mouth_has_its_number_of_lobes(scene, lobes):
    paint_bell(scene, Axis(10, 50, 80, np.pi / 2), Cup((0.5, 0.5), lobes=lobes, scallop=0.3), CupPaint(RED, seams=0))
    assert changes(scene.image[80].max(axis=1) > 0.2) == 2 * lobes
