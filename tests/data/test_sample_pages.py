"""The pictures in images/ are those that lib.data.sample_pages draws."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lib.data import sample_pages

IMAGES = Path(__file__).parents[2] / "images"


@pytest.mark.parametrize("name", sample_pages.SAMPLES)
def test_a_sample_page_is_what_is_drawn(name):
    file = io.BytesIO()
    Image.fromarray(sample_pages.draw(name)).save(file, "jpeg", quality=sample_pages.QUALITY)
    drawn, kept = np.asarray(Image.open(file)), np.asarray(Image.open(IMAGES / f"{name}.jpg"))
    # Equal, but where a processor rounds sums of floats differently: there 1 value in 10,000 is off by a bit.
    assert drawn.shape == kept.shape and (drawn != kept).mean() < 1e-3


def test_there_is_a_picture_and_a_text_of_every_sample_and_nothing_else():
    assert sample_pages.TEXTS.keys() == sample_pages.SAMPLES.keys()
    for name, text in sample_pages.TEXTS.items():
        assert (IMAGES / f"{name}.txt").read_text() == text
    names = {f"{name}.{ending}" for name in sample_pages.SAMPLES for ending in ("jpg", "txt")}
    assert {path.name for path in IMAGES.iterdir()} == names
