"""Drawn flowers: the same dice, the same pictures; colour alone does not tell the species apart."""

import numpy as np
import pytest

from lib.data.flowers import PLANTS, SPECIES, draw_backgrounds, draw_flower, draw_flowers, split_indices


@pytest.fixture(scope="module")
def drawn():
    return draw_flowers(np.random.default_rng(1), per_class=14, size=48)


def test_there_are_seventeen_species_of_equal_number(drawn):
    images, labels = drawn
    assert len(SPECIES) == len(PLANTS) == len(set(SPECIES)) == 17
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
