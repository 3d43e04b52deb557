"""Opening photographs as cameras and programs write them, and saying what is wrong with a file that is none."""

import io

import numpy as np
import pytest
from PIL import Image

from lib.data.photos import open_photo


@pytest.fixture
def upright():
    """A page with an L in its upper left corner, (90, 120) uint8."""
    image = np.full((90, 120), 230, np.uint8)
    image[15:55, 15:20] = image[50:55, 15:40] = 20
    return image


@pytest.mark.parametrize("ending", ["png", "tiff", "bmp", "gif", "jpg", "webp"])
def test_formats(upright, ending, tmp_path):
    Image.fromarray(upright).save(tmp_path / f"photo.{ending}")
    pixels = open_photo(tmp_path / f"photo.{ending}").astype(int)
    pixels = pixels if pixels.ndim == 2 else pixels[..., 0]
    assert np.abs(pixels - upright).max() <= (40 if ending in ("jpg", "webp") else 0)


@pytest.mark.parametrize("orientation, turn", [(1, None), (3, Image.ROTATE_180), (6, Image.ROTATE_90)])
def test_the_cameras_rotation_is_honoured(upright, orientation, turn):
    photo = Image.fromarray(upright)
    exif, file = Image.Exif(), io.BytesIO()
    exif[0x112] = orientation
    (photo.transpose(turn) if turn else photo).save(file, "png", exif=exif)
    np.testing.assert_array_equal(open_photo(file), upright)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "I;16"])
def test_modes(upright, mode):
    photo = Image.fromarray(upright.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(upright)
    file = io.BytesIO()
    if mode == "PA":
        photo.convert("P").save(file, "png", transparency=0)
    else:
        photo.convert(mode, dither=Image.Dither.NONE).save(file, "tiff")
    pixels = open_photo(file)
    assert pixels.dtype == np.uint8 and pixels.shape[:2] == upright.shape and pixels.shape[2:] in ((), (3,))
    expected = np.where(upright < 128, 0, 255) if mode == "1" else upright
    np.testing.assert_allclose(pixels.reshape(*upright.shape, -1)[..., 0].astype(int), expected, atol=3)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_a_transparent_background_is_paper(upright, mode):
    file = io.BytesIO()
    rgba = np.zeros((*upright.shape, 4), np.uint8)  # black ink on nothing
    rgba[..., 3] = 255 * (upright < 100)
    Image.fromarray(rgba).convert(mode).save(file, "png")
    assert open_photo(file)[0, 0].min() == 255
    np.testing.assert_array_equal(open_photo(file).reshape(*upright.shape, -1)[..., 0] == 0, upright < 100)


def noise():
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 60), np.uint8)).save(file, "jpeg")
    return file.getvalue()


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"", "the file is empty"),
        (b"DEEP LEARNING\n", "not an image of a kind that is read .JPEG, PNG, TIFF"),
        (noise()[:1000], "it is damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "not an image|damaged"),
    ],
    ids=["empty", "text", "cut off", "header alone"],
)
def test_a_file_that_is_no_image_is_named(content, reason, tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    for file, called in ((path, "photo.jpg"), (io.BytesIO(content), "standard input")):
        with pytest.raises(ValueError, match=f"^{called} cannot be read as an image: .*({reason})"):
            open_photo(file, called)


def test_a_folder_and_a_missing_file_are_named(tmp_path):
    with pytest.raises(ValueError, match="Is a directory"):
        open_photo(tmp_path)
    with pytest.raises(ValueError, match="none.png cannot be read as an image: No such file"):
        open_photo(tmp_path / "none.png")


def test_too_many_pixels_are_refused_before_they_are_decoded(monkeypatch):
    file = io.BytesIO()
    Image.new("L", (300, 100)).save(file, "png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 20_000)
    assert open_photo(file).shape == (100, 300)  # Pillow would warn
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10_000)
    with pytest.raises(ValueError, match="million pixels"):
        open_photo(file)
