"""Photographs and pictures, opened: from an image file, as a camera or a program wrote it, to an array of pixels."""

import stat
import struct
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from lib.vision.ink import LIGHT, lay_on_paper

# Pillow would open fifty kinds more, one of them by running Ghostscript. HEIF is there if a plug-in was registered.
FORMATS = {
    "JPEG": "JPEG", "MPO": None, "PNG": "PNG", "TIFF": "TIFF", "BMP": "BMP", "GIF": "GIF", "WEBP": "WebP",
    "AVIF": "AVIF", "HEIF": "HEIF",
}  # fmt: skip
MEGAPIXELS = 100  # of 10**6 pixels; a phone's largest has 50
STRIP, OPAQUE_STRIP = 1 << 24, 1 << 20  # pixels converted at a time; laying them on paper takes floats

RGB_MODES = ("P", "PA", "CMYK", "YCbCr", "LAB", "HSV", "RGBa", "La", "RGBX")


class _Refusal(ValueError):
    """What is wrong with an image, for a sentence that begins with its name."""


def open_photo(path: Path | BinaryIO, name: str | None = None, megapixels: float = MEGAPIXELS) -> NDArray[np.uint8]:
    """Pixels of an image file, upright as its EXIF notes say, opaque, 8 bits per channel.

    Parameters
    ----------
    path : Path or binary file
        JPEG, PNG, TIFF, BMP, GIF, WebP or AVIF, and HEIF where Pillow has it; of several frames or pages the first.
    name : str, optional
        What an error calls it, if not by its path.
    megapixels : float
        The most that are decoded.

    Returns
    -------
    (height, width) or (height, width, 3) uint8 ndarray
        Grey or RGB. A transparent part is laid on white paper, or on black if what is drawn is light; 16 bits and
        floats are scaled to 8.

    Raises
    ------
    ValueError
        If the file cannot be read as an image.
    """

    def refusal(reason: str) -> ValueError:
        return ValueError(f"{name or path} cannot be read as an image: {reason}")

    Image.init()
    known = [form for form in FORMATS if form in Image.OPEN]
    try:
        if isinstance(path, Path) and not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():
            raise _Refusal("it is not a regular file")
        # Pillow warns of many pixels, which are counted here, and of odd notes that do not touch the pixels.
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=known) as file:
            width, height = file.size
            if width * height > megapixels * 1e6:
                raise _Refusal(
                    f"it has {width:,} x {height:,} pixels, more than the {megapixels:g} million that are read: "
                    "scale it down"
                )
            return _pixels(file)
    except _Refusal as error:
        raise refusal(str(error)) from None
    except Image.DecompressionBombError as error:
        raise refusal(f"it has more than the {megapixels:g} million pixels that are read: scale it down") from error
    except UnidentifiedImageError as error:
        read = ", ".join(title for form, title in FORMATS.items() if form in known and title)
        raise refusal(
            "the file is empty" if _is_empty(path) else f"not an image of a kind that is read ({read})"
        ) from error
    except MemoryError as error:
        raise refusal("it needs more memory than there is") from error
    except OSError as error:
        raise refusal(error.strerror or f"it is damaged ({error})") from error
    # What Pillow's decoders raise.
    except (
        SyntaxError,
        ValueError,
        EOFError,
        TypeError,
        LookupError,
        ArithmeticError,
        RuntimeError,
        struct.error,
    ) as error:
        raise refusal(f"it is damaged ({error})") from error


def _pixels(file: Image.Image) -> NDArray[np.uint8]:
    """The first frame, a strip at a time: a large picture would not fit into memory in several copies."""
    photo = ImageOps.exif_transpose(file)
    see_through = "transparency" in photo.info or photo.mode in ("PA", "RGBa", "La")
    if photo.mode in RGB_MODES or (see_through and photo.mode in ("1", "L", "RGB")):
        photo = photo.convert("LA" if photo.mode in ("1", "L", "La") else "RGBA" if see_through else "RGB")
    if photo.mode in ("LA", "RGBA"):
        return _opaque(photo)
    white = _white(photo)
    strips = (strip if strip.dtype == np.uint8 and white == 255 else _scaled(strip, white) for strip in _strips(photo))
    return _joined(photo, strips)


def _opaque(photo):
    """On white paper, or on black if all that is drawn is light and most of the page is not drawn."""
    drawn, darkest = 0, 1.0

    def laid(paper):
        nonlocal drawn, darkest
        for strip in _strips(photo):
            pixels = lay_on_paper(strip, 255.0, paper)
            if paper:
                drawn += int(np.count_nonzero(strip[..., -1] > 127))
                darkest = min(darkest, float(pixels.min()) / 255)
            yield np.rint(pixels).astype(np.uint8)

    pixels = _joined(photo, laid(255.0))
    if darkest > LIGHT and 0 < drawn < photo.width * photo.height / 2:
        return _joined(photo, laid(0.0))
    return pixels


def _strips(photo: Image.Image) -> Iterator[NDArray]:
    rows = max(1, (OPAQUE_STRIP if photo.mode in ("LA", "RGBA") else STRIP) // photo.width)
    for top in range(0, photo.height, rows):
        whole = rows >= photo.height
        yield np.asarray(photo if whole else photo.crop((0, top, photo.width, min(top + rows, photo.height))))


def _joined(photo, strips):
    channels = () if photo.mode in ("1", "L", "LA", "I", "F") or photo.mode.startswith("I;") else (3,)
    pixels, top = np.empty((photo.height, photo.width, *channels), np.uint8), 0
    for strip in strips:
        strip = strip.reshape(len(strip), photo.width, *channels)
        if strip.shape == pixels.shape:
            return strip
        pixels[top : top + len(strip)] = strip
        top += len(strip)
    return pixels


def _white(photo):
    """The value of white: of a mode that does not say it, the largest of 1, 255 and 65535 that is reached."""
    if photo.mode == "1":
        return 1.0
    if photo.mode.startswith("I;16"):
        return 65535.0
    if photo.mode not in ("I", "F"):
        return 255.0
    lows, highs = zip(*((strip.min(), strip.max()) for strip in _strips(photo)), strict=True)
    low, high = float(min(lows)), float(max(highs))
    if not np.isfinite([*lows, *highs]).all():
        raise _Refusal("it has values that are NaN or infinite")
    if low < -1e-3 or high > 65535.5:
        raise _Refusal(f"its values reach from {low:g} to {high:g}; save it with 8 or 16 bits per channel")
    return next(white for white in (1.0, 255.0, 65535.0) if high <= white + 0.5 and (white > 1 or photo.mode == "F"))


def _scaled(strip, white):
    return np.rint(np.clip(strip, 0, white) * (255 / white)).astype(np.uint8)


def _is_empty(path: Path | BinaryIO) -> bool:
    """Whether a file, by path or open, has no bytes."""
    return path.stat().st_size == 0 if isinstance(path, Path) else path.seek(0, 2) == 0
