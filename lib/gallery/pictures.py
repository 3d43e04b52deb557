"""Pictures inside a page: data URIs, no larger than a screen needs, the same bytes every time."""

import base64
import io
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image


class Picture(NamedTuple):
    """An image as a page shows it."""

    uri: str
    width: int  # pixels of what is shown
    height: int


def photograph(pixels: NDArray[np.uint8], longest: int, quality: int) -> Picture:
    """A photograph as WebP.

    Parameters
    ----------
    pixels : (height, width) or (height, width, 3) uint8 ndarray
        Grey or RGB, as `lib.data.photos.open_photo` returns them.
    longest : int
        Pixels of the longer side at most.
    quality : int
        Of the WebP, 1 to 95.

    Returns
    -------
    Picture

    Examples
    --------
    >>> photograph(np.zeros((30, 60), np.uint8), longest=20, quality=80)[1:]
    (20, 10)
    """
    return _lossy(Image.fromarray(pixels), longest, quality)


def drawing(file: bytes, most: int = 150_000, longest: int = 1600) -> Picture:
    """A figure as WebP, with every pixel as it was unless it takes too much room.

    Parameters
    ----------
    file : bytes
        A PNG.
    most : int
        Bytes of a PNG above which pixels may change a little: it holds photographs or many images.
    longest : int
        Pixels of the longer side that such a figure has at most.
    """
    with Image.open(io.BytesIO(file)) as image:
        if len(file) > most:
            return _lossy(image, longest, quality=82)
        return _webp(image, lossless=True, quality=40, method=2)


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


def grey(pixels: NDArray) -> Picture:
    """A grey image in [0, 1], (height, width) floats, as WebP.

    Examples
    --------
    >>> grey(np.zeros((4, 8)))[1:]
    (8, 4)
    """
    return _webp(Image.fromarray(np.round(255 * pixels).astype(np.uint8)), quality=85, method=4)


def _lossy(image: Image.Image, longest: int, quality: int) -> Picture:
    small = image.convert("RGB")
    small.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return _webp(small, quality=quality, method=4)


def _webp(image: Image.Image, **options: Any) -> Picture:
    file = io.BytesIO()
    image.convert("RGB").save(file, "WEBP", **options)
    return Picture(_uri("webp", file.getvalue()), *image.size)


def _uri(kind: str, file: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(file).decode()}"
