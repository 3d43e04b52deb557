"""Views of pictures and what networks are given of them."""

import numpy as np
import pytest
import torch

from lib.models import pictures


def test_the_centre_leaves_out_the_sides():
    wide = np.zeros((40, 100, 3), np.uint8)
    wide[:, :28], wide[:, 72:] = (255, 0, 0), (0, 0, 255)
    assert pictures.take_view(wide, "centre", 20).max() == 0
    whole = pictures.take_view(wide, "whole", 20)
    assert whole[0, 0].tolist() == [255, 0, 0] and whole[0, -1].tolist() == [0, 0, 255]
    with pytest.raises(ValueError, match="no view 'left', only centre and whole"):
        pictures.take_view(wide, "left", 20)


def test_grey_pictures_become_rgb():
    assert pictures.take_view(np.full((9, 12), 7, np.uint8), "whole", 4).tolist() == [[[7, 7, 7]] * 4] * 4


def test_inputs_are_normalised_channel_by_channel():
    found = pictures.as_input(np.full((1, 2, 2, 3), (255, 0, 128), np.uint8))
    expected = [(1 - 0.485) / 0.229, -0.456 / 0.224, (128 / 255 - 0.406) / 0.225]
    torch.testing.assert_close(found, torch.tensor(expected).view(1, 3, 1, 1).expand(1, 3, 2, 2))


def test_scaling_averages_what_it_shrinks():
    stripes = torch.zeros(1, 3, 32, 32)
    stripes[..., ::4] = 1
    assert (pictures.scaled(stripes, 4) - 0.25).abs().max() < 0.1
