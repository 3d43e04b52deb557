"""From photographs of every kind to ink."""

import numpy as np
import pytest
from skimage import color, transform

from lib.vision import ink


@pytest.mark.parametrize(
    "image, white",
    [
        (np.array([[True, False]]), 1),
        (np.array([[0, 255]], np.uint8), 255),
        (np.array([[0, 65535]], np.uint16), 65535),
        (np.array([[0, 255]], np.int64), 255),  # what was a uint8 before some arithmetic
        (np.array([[0, 256]], np.int64), 65535),
        (np.array([[0.0, 1.0]]), 1),
        (np.array([[0.0, 1.0009]]), 1),
        (np.array([[[0], [255]]], np.uint8), 255),
    ],
)
def test_white_of_every_type(image, white):
    pixels, found = ink.opaque(image)
    assert found == white and pixels.shape == (1, 2) and pixels.dtype.kind != "b"


@pytest.mark.parametrize(
    "image, error, message",
    [
        (np.array([["a"]]), TypeError, "pixels are <U1"),
        (np.array([[1j]]), TypeError, "complex"),
        (np.zeros((2, 2, 5)), ValueError, "neither"),
        (np.zeros((2, 2, 2, 1)), ValueError, "neither"),
        (np.zeros((2, 0)), ValueError, "empty"),
        (np.array([[-1, 3]]), ValueError, "negative"),
        (np.array([[0, np.inf]]), ValueError, "infinite"),
        (np.array([[0, 1.01]]), ValueError, "from 0 to 1.01"),
        (np.array([[-0.01, 1]]), ValueError, "from -0.01 to 1"),
    ],
)
def test_what_is_no_image_is_refused(image, error, message):
    with pytest.raises(error, match=message):
        ink.opaque(image)


def test_transparent_pixels_are_laid_on_white():
    rgba = np.array([[[10, 20, 30, 255], [10, 20, 30, 0], [0, 0, 0, 51]]], np.uint8)
    pixels, white = ink.opaque(rgba)
    np.testing.assert_allclose(pixels, [[[10, 20, 30], [255, 255, 255], [204, 204, 204]]], rtol=1e-6)
    grey, _ = ink.opaque(np.array([[[100, 255], [100, 0]]], np.uint8))
    assert grey.tolist() == [[100, 255]] and white == 255


@pytest.mark.parametrize("dtype, white", [(np.uint8, 255), (np.uint16, 65535), (np.float32, 1)])
@pytest.mark.parametrize("shape", [(7, 9, 3), (7, 9)])
@pytest.mark.parametrize("step", [1, 2, 3])
def test_grey_is_that_of_scikit_image(dtype, white, shape, step):
    image = (np.random.default_rng(0).random(shape) * white).astype(dtype)
    whole = image[: 7 // step * step, : 9 // step * step].astype(float) / white
    expected = transform.downscale_local_mean(whole, (step, step, 1)[: image.ndim])
    expected = color.rgb2gray(expected) if image.ndim == 3 else expected
    np.testing.assert_allclose(ink.reduced_grey(image, step, white), expected, rtol=1e-5)


def strokes(paper=0.8, contrast=0.5, shape=(160, 240)):
    """Bars of ink on even paper, and where they are."""
    mask = np.zeros(shape, bool)
    for x in range(30, shape[1] - 30, 20):
        mask[40:120, x : x + 5] = True
    return np.where(mask, paper * (1 - contrast), paper).astype(np.float32), mask


@pytest.mark.parametrize("paper, contrast", [(0.8, 0.5), (0.3, 0.2), (1.0, 0.09), (0.5, 1.0)])
def test_density_is_one_in_strokes_and_zero_on_paper_however_dark(paper, contrast):
    grey, mask = strokes(paper, contrast)
    density, floor = ink.ink_density(grey)
    assert density[mask] == pytest.approx(1, abs=0.06) and np.abs(density[~mask]).max() < 0.01 and floor < 0.5


def test_writing_lighter_than_its_ground_counts_too():
    grey, mask = strokes()
    density, _ = ink.ink_density(1 - grey)
    assert density[mask].min() > 0.9 and density[~mask].max() < 0.01


def test_light_that_fades_and_a_shadow_with_an_edge_are_taken_out():
    grey, mask = strokes()
    light = np.linspace(1, 0.5, grey.shape[1], dtype=np.float32) * np.where(np.arange(240) < 125, 1, 0.6)
    density, _ = ink.ink_density(grey * light.astype(np.float32))
    assert density[mask].min() > 0.75 and density[~mask].max() < 0.15


@pytest.mark.parametrize("contrast, found", [(0.06, False), (0.1, True)])
def test_strokes_that_hardly_darken_the_paper_are_none(contrast, found):
    density, floor = ink.ink_density(strokes(contrast=contrast)[0])
    assert density.any() == found and (found or floor == 1)


@pytest.mark.parametrize("noise, found", [(0.01, True), (0.03, False)])
def test_strokes_must_stand_out_of_the_noise(noise, found):
    grey, mask = strokes(contrast=0.2)
    noisy = grey + np.random.default_rng(0).normal(0, noise, grey.shape).astype(np.float32)
    density, floor = ink.ink_density(noisy)
    assert density.any() == found
    if found:
        assert (density[mask] > max(floor, 0.25)).all() and 0.1 < floor < 0.8
        assert (density[~mask] > floor).mean() < 0.001


def test_strokes_as_wide_as_the_window_are_background():
    grey = np.full((160, 240), 0.8, np.float32)
    grey[40:120, 40:56] = 0.4  # narrower than an eighth of the shorter side
    grey[40:120, 100:124] = 0.4
    density, _ = ink.ink_density(grey)
    assert density[80, 48] == pytest.approx(1, abs=0.05) and density[80, 112] < 0.05
