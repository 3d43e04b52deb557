"""Pictures inside a page: data URIs, no larger than a screen needs, the same bytes every time."""

import base64
import io
from typing import NamedTuple


class Picture(NamedTuple):
    """An image as a page shows it."""

    uri: str
    width: int  # pixels of what is shown
    height: int


def photograph(pixels, longest=1600, quality=78):
    """A photograph as JPEG.

    Parameters
    ----------
    pixels : (height, width) or (height, width, 3) uint8 ndarray
        Grey or RGB, as `lib.vision.page.open_photo` returns them.
    longest : int
        Pixels of the longer side at most.
    quality : int
        Of the JPEG, 1 to 95.

    Returns
    -------
    Picture

    Examples
    --------
    >>> import numpy as np
    >>> photograph(np.zeros((30, 60), np.uint8), longest=20)[1:]
    (20, 10)
    """
    from PIL import Image

    return _jpeg(Image.fromarray(pixels), longest, quality)


def drawing(file, most=250_000, longest=1800):
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
    from PIL import Image

    with Image.open(io.BytesIO(file)) as image:
        if len(file) > most:
            return _jpeg(image, longest, quality=82)
        return Picture(_uri("png", file), *image.size)


def _jpeg(image, longest, quality):
    from PIL import Image

    small = image.convert("RGB")
    small.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=3.0)
    kept = io.BytesIO()
    small.save(kept, "JPEG", quality=quality, optimize=True, progressive=True)
    return Picture(_uri("jpeg", kept.getvalue()), *small.size)


def _uri(kind, file):
    return f"data:image/{kind};base64,{base64.b64encode(file).decode()}"
