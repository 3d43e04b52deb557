"""Pictures inside a page: data URIs, no larger than a screen needs, the same bytes every time."""

import base64
import io
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image


class Picture(NamedTuple):
    """An image as a page shows it."""

    uri: str
    width: int  # pixels of what is shown
    height: int


def photograph(pixels: NDArray[np.uint8], longest: int, quality: int) -> Picture:
    """A photograph as JPEG.

    Parameters
    ----------
    pixels : (height, width) or (height, width, 3) uint8 ndarray
        Grey or RGB, as `lib.data.photos.open_photo` returns them.
    longest : int
        Pixels of the longer side at most.
    quality : int
        Of the JPEG, 1 to 95.

    Returns
    -------
    Picture

    Examples
    --------
    >>> photograph(np.zeros((30, 60), np.uint8), longest=20, quality=80)[1:]
    (20, 10)
    """
    return _jpeg(Image.fromarray(pixels), longest, quality)


def drawing(file: bytes, most: int = 250_000, longest: int = 1800) -> Picture:
    """A figure as the PNG that it is; one with photographs in it, which PNG keeps badly, as JPEG.

    Parameters
    ----------
    file : bytes
        A PNG.
    most : int
        Bytes above which it becomes a JPEG.
    longest : int
        Pixels of the longer side that such a JPEG has at most.
    """
    with Image.open(io.BytesIO(file)) as image:
        if len(file) > most:
            return _jpeg(image, longest, quality=82)
        return Picture(_uri("png", file), *image.size)


def sheet(images: NDArray, across: int) -> Picture:
    """Images of one size side by side, as a grey PNG.

    Parameters
    ----------
    images : (n, height, width) float ndarray
        In [0, 1].
    across : int
        How many in a row.

    Examples
    --------
    >>> sheet(np.zeros((5, 8, 6)), across=4)[1:]
    (24, 16)
    """
    n, height, width = images.shape
    padded = np.ones((-(-n // across) * across, height, width))
    padded[:n] = images
    rows = padded.reshape(-1, across, height, width).transpose(0, 2, 1, 3).reshape(-1, across * width)
    file = io.BytesIO()
    Image.fromarray(np.round(255 * rows).astype(np.uint8)).save(file, "PNG", optimize=True)
    return Picture(_uri("png", file.getvalue()), across * width, len(rows))


def _jpeg(image: Image.Image, longest: int, quality: int) -> Picture:
    small = image.convert("RGB")
    small.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=3.0)
    file = io.BytesIO()
    small.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
    return Picture(_uri("jpeg", file.getvalue()), *small.size)


def _uri(kind: str, file: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(file).decode()}"
