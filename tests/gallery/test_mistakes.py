"""Which images stand behind a cell of the confusion matrix."""

import base64
import io

import numpy as np
from PIL import Image

from lib.gallery.mistakes import ACROSS, mistakes


def test_every_mistake_is_shown_and_of_what_is_right_a_few():
    labels = np.repeat([0, 1], 50)
    answers = np.where(np.arange(100) < 45, 1, labels)  # 45 of the first class are read as the second
    images = np.linspace(0, 1, 100)[:, None, None] * np.ones((1, 4, 4))
    predictions = {"logits": np.eye(2)[answers], "labels": labels, "classes": np.array(["A", "B"])}
    found = mistakes(images, predictions, right=3)
    assert found["cells"] == [[0, 0, 5, 0, 3], [0, 1, 45, 3, 45], [1, 1, 50, 48, 3]]
    file = base64.b64decode(found["sheet"].uri.partition(",")[2])
    sheet = np.asarray(Image.open(io.BytesIO(file)))
    assert sheet.shape == (8, 4 * ACROSS) == found["sheet"][:0:-1]
    shown = [sheet[4 * (k // ACROSS), 4 * (k % ACROSS)] for k in range(51)]
    assert shown[3:48] == [round(255 * k / 99) for k in range(45)]  # the mistakes, in their order
