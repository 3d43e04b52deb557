"""Pictures of a page, from photographs of every kind."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from lib.data.photos import open_photo
from lib.gallery import pictures


def shown(picture):
    """Pixels of a picture as a browser decodes it."""
    kind, _, text = picture.uri.partition(";base64,")
    return kind, np.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB")).astype(int)


def ink_on_paper(mode):
    """A dark left half on light paper, transparent where the mode can be, as a file."""
    pixels = np.full((40, 80), 220, np.uint8)
    pixels[:, :40] = 30
    opacity = np.where(pixels < 100, 255, 0).astype(np.uint8)
    if mode == "I;16":
        image = Image.fromarray(pixels.astype(np.uint16) * 257)
    elif mode in ("LA", "RGBA"):
        grey = Image.fromarray(pixels)
        image = Image.merge(mode, [grey] * (len(mode) - 1) + [Image.fromarray(opacity)])
    else:
        image = Image.fromarray(pixels).convert(mode)
    file = io.BytesIO()
    image.save(file, "PNG")
    file.seek(0)
    return file


@pytest.mark.parametrize("mode", ["L", "RGB", "LA", "RGBA", "I;16"])
def test_a_photograph_looks_like_what_was_read(mode):
    picture = pictures.photograph(open_photo(ink_on_paper(mode)), longest=40, quality=80)
    kind, pixels = shown(picture)
    assert kind == "data:image/webp" and picture[1:] == (40, 20)
    assert pixels[:, :15].mean() == pytest.approx(30, abs=6)
    assert pixels[:, 25:].mean() == pytest.approx(255 if mode in ("LA", "RGBA") else 220, abs=6)


def test_the_same_pixels_are_the_same_bytes():
    pixels = np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)
    assert pictures.photograph(pixels, 50, 80) == pictures.photograph(pixels.copy(), 50, 80)


def test_a_drawing_stays_what_it_is_unless_it_is_large():
    file = ink_on_paper("RGB").getvalue()
    kind, pixels = shown(pictures.drawing(file))
    assert kind == "data:image/webp" and pictures.drawing(file)[1:] == (80, 40)
    assert pixels.tolist() == np.asarray(Image.open(io.BytesIO(file))).tolist()
    noisy = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 80, 3), np.uint8)).save(noisy, "PNG")
    large, exact = (pictures.drawing(noisy.getvalue(), most=most) for most in (10, 10**6))
    assert len(large.uri) < len(exact.uri) and large[1:] == (80, 40)
