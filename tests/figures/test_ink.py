"""`Q4.2/black_and_white`: a page beside the same in black and white."""

import io

import numpy as np
import pytest
from PIL import Image

from lib.figures.ink import black_and_white


@pytest.mark.parametrize("shape", [(60, 80), (60, 80, 3), (1500, 900, 3)])
def test_the_page_stands_beside_its_ink(shape):
    page = np.full(shape, 255, np.uint8)
    page[20:40, 30:33] = 40
    file = io.BytesIO()
    Image.fromarray(page).save(file, "PNG")
    file.seek(0)
    photo, ink = (image.get_array() for image in black_and_white(file).axes[0].images)
    assert photo.shape[:2] == ink.shape
    assert ink.min() < 0.5 < ink.max() == 1
