"""Pictures that change from epoch to epoch."""

import base64
import io

import numpy as np
from PIL import Image

from lib.gallery import frames


def sheet(found):
    """Pixels of the sheet, frame by frame, in [0, 1]."""
    text = found["sheet"].uri.partition(";base64,")[2]
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert("L")) / 255
    assert pixels.shape == (len(found["epochs"]) * found["height"], found["width"])
    return pixels.reshape(len(found["epochs"]), found["height"], found["width"])


def test_weights_are_on_the_range_of_the_last_ones_whatever_the_epoch():
    last = np.zeros((1024, 9))
    last[:, ::2], last[:, 1::2] = 1.0, -1.0
    found = frames.weights(np.array([0, 30]), np.stack([0 * last, last]))
    before, after = sheet(found)
    assert found["epochs"] == [0, 30] and before.shape == (68, 8 * 34)
    assert abs(before[10, 10] - 0.5) < 0.05 and after[10, 10] > 0.95 and after[10, 44] < 0.05
    assert before[50, 60] > 0.95  # paper, where there is no unit


def test_of_many_epochs_some_are_shown_and_the_last_among_them():
    recon = np.arange(60, dtype=np.uint8)[:, None, None] * np.ones((60, 3, 1024), np.uint8)
    found = frames.reconstructions(np.ones((3, 1024)), recon)
    assert found["epochs"] == list(range(3, 61, 3))
    first, *_, last = sheet(found)
    assert abs(255 * first[50, 10] - 2) < 4 and abs(255 * last[50, 10] - 59) < 4 and last[10, 10] > 0.95
    assert frames.reconstructions(np.ones((3, 1024)), recon[:1])["epochs"] == [1]
