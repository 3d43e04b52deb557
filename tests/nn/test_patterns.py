"""Patterns in weights: noise has none, a blob has a border and smooth neighbours."""

import numpy as np
import pytest

from lib.nn.patterns import (
    border_share,
    colour_limit,
    letter_likeness,
    neighbour_correlation,
    positive_share,
    reach,
    unit_images,
)


def test_each_unit_becomes_the_image_of_its_weights():
    W = np.arange(18).reshape(9, 2)
    assert unit_images(W)[1].tolist() == [[1, 3, 5], [7, 9, 11], [13, 15, 17]]


def test_noise_has_no_neighbours_and_no_border_and_a_blob_has_both():
    noise = np.random.default_rng(0).normal(size=(50, 32, 32))
    y, x = np.mgrid[-1:1:32j, -1:1:32j]
    blob = np.exp(-5 * (x**2 + y**2))[None]
    assert abs(neighbour_correlation(noise)) < 0.02 < 0.9 < neighbour_correlation(blob) < 1
    assert border_share(noise, 2) == pytest.approx(1, abs=0.02)
    assert border_share(blob, 2) < 0.2


def test_neighbours_are_horizontal_and_vertical_and_of_each_image_about_its_mean():
    stripes = np.tile([1.0, -1.0], (4, 2))[None]  # vertical neighbours agree, horizontal ones are opposite
    assert neighbour_correlation(stripes) == pytest.approx(0)
    assert neighbour_correlation(np.concatenate([stripes, stripes + 5])) == pytest.approx(0)
    checkers = np.indices((4, 4)).sum(axis=0)[None] % 2
    assert neighbour_correlation(checkers) == pytest.approx(-1)


def test_a_border_is_as_wide_as_it_says():
    image = np.full((1, 6, 6), 4.0)
    image[:, 2:4, 2:4] = 1.0
    assert border_share(image, 2) == pytest.approx(4)
    assert border_share(image, 1) == pytest.approx(4 / ((12 * 16 + 4) / 16) ** 0.5)


def test_the_reach_of_a_shape_grows_with_it():
    y, x = np.mgrid[-16:16, -16:16]
    small, large = (np.exp(-(x**2 + y**2) / (2 * width**2))[None] for width in (1.5, 3))
    noise = np.random.default_rng(0).normal(size=(50, 32, 32))
    assert reach(noise) == pytest.approx(0.5, abs=0.02) and 1.8 < reach(large) / reach(small) < 2.2
    assert reach(np.ones((1, 8, 8))) == 0.5  # nothing varies, nothing correlates


def test_a_unit_that_looks_like_a_letter_or_its_opposite_is_found():
    letters = np.random.default_rng(0).random((3, 8, 8))
    difference = letters[1] - letters.mean(axis=0)
    found = letter_likeness(np.stack([difference, -5 * difference, np.zeros((8, 8))]), letters)
    assert found == pytest.approx([1, 1, 0])


def test_energy_is_positive_by_its_squares_and_zero_has_none():
    assert positive_share(np.array([2.0, -1.0, 1.0])) == pytest.approx(5 / 6)
    assert positive_share(np.zeros(3)) == 0


def test_colours_end_at_a_percentile_and_have_a_range_for_zeros():
    W = np.append(np.ones(999), 1000.0)
    assert colour_limit(W) == 1 and colour_limit(np.zeros(4)) == 1 and colour_limit(-W, 100) == 1000
