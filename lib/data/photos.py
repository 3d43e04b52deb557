"""Photographs and pictures, opened: from an image file, as a camera or a program wrote it, to an array of pixels."""

import struct
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from lib.vision.ink import opaque


def open_photo(path: Path | BinaryIO, name: str | None = None) -> NDArray[np.uint8]:
    """Pixels of an image file, upright as its EXIF notes say, opaque, 8 bits per channel.

    Parameters
    ----------
    path : Path or binary file
    name : str, optional
        What an error calls it, if not by its path.

    Returns
    -------
    (height, width) or (height, width, 3) uint8 ndarray
        Grey or RGB. A transparent part is laid on white paper; 16 bits are scaled to 8.

    Raises
    ------
    ValueError
        If the file cannot be read as an image.
    """

    def refusal(reason: str) -> ValueError:
        return ValueError(f"{name or path} cannot be read as an image: {reason}")

    try:
        # Pillow warns of half the size that it refuses, and of odd notes that do not touch the pixels.
        with warnings.catch_warnings(action="ignore"), Image.open(path) as file:
            photo = ImageOps.exif_transpose(file)
            if photo.mode in ("P", "PA", "CMYK", "YCbCr", "LAB", "HSV"):
                photo = photo.convert("RGBA" if "transparency" in photo.info or photo.mode == "PA" else "RGB")
            pixels, white = opaque(np.asarray(photo))
        return pixels if pixels.dtype == np.uint8 and white == 255 else np.rint(pixels * (255 / white)).astype(np.uint8)
    except Image.DecompressionBombError as error:
        limit = 2 * (Image.MAX_IMAGE_PIXELS or 0) // 10**6
        raise refusal(f"it has more than {limit} million pixels, the most that is read") from error
    except UnidentifiedImageError as error:
        raise refusal("the file is empty" if _is_empty(path) else "not an image that Pillow knows") from error
    except OSError as error:
        raise refusal(error.strerror or f"it is damaged ({error})") from error
    except (SyntaxError, ValueError, EOFError, struct.error) as error:  # what Pillow's decoders raise
        raise refusal(f"it is damaged ({error})") from error


def _is_empty(path: Path | BinaryIO) -> bool:
    """Whether a file, by path or open, has no bytes."""
    return path.stat().st_size == 0 if isinstance(path, Path) else path.seek(0, 2) == 0
