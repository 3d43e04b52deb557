"""Pictures inside a page: data URIs, no larger than a screen needs, the same bytes every time."""

import base64
import io
from typing import NamedTuple


class Picture(NamedTuple):
    """An image as a page shows it."""

    uri: str
    width: int  # pixels of what is shown
    height: int
    scale: float  # pixels shown for each pixel of the file


def photograph(file, longest=1600, quality=78):
    """A photograph as JPEG, upright as its camera noted.

    Parameters
    ----------
    file : bytes
        Anything that Pillow opens.
    longest : int
        Pixels of the longer side at most.
    quality : int
        Of the JPEG, 1 to 95.

    Returns
    -------
    Picture
    """
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(file)) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    width = upright.width
    upright.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=3.0)
    kept = io.BytesIO()
    upright.save(kept, "JPEG", quality=quality, optimize=True, progressive=True)
    return Picture(_uri("jpeg", kept.getvalue()), *upright.size, upright.width / width)


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

    if len(file) > most:
        return photograph(file, longest, quality=82)
    with Image.open(io.BytesIO(file)) as image:
        return Picture(_uri("png", file), *image.size, 1.0)


def _uri(kind, file):
    return f"data:image/{kind};base64,{base64.b64encode(file).decode()}"
