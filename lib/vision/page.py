"""Q4.4 without the network: from a photograph to letters in reading order, drawn like a training set."""

from dataclasses import dataclass

import numpy as np

from lib.vision import crops, layout, letters
from lib.vision.ink import opaque


@dataclass(frozen=True)
class Page:
    """The letters of one page, in reading order.

    Attributes
    ----------
    boxes : (n, 4) int64 ndarray
        (y1, x1, y2, x2) in pixels of the photograph, half-open.
    line, word : (n,) int64 ndarray
        Counted over the page from 0.
    crops : tuple of (n, size, size) float32 ndarray
        Ink 0 on paper 1, one array for each style asked for.
    """

    boxes: np.ndarray
    line: np.ndarray
    word: np.ndarray
    crops: tuple


def open_photo(path, name=None):
    """Pixels of an image file, upright as its camera noted, opaque, in the range of a screen.

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
        If the file is no image that can be read.
    """
    import struct
    import warnings

    from PIL import Image, ImageOps, UnidentifiedImageError

    def refuse(reason, error=None):
        raise ValueError(f"{name or path} cannot be read as an image: {reason}") from error

    try:
        # Pillow warns of half the size that it refuses, and of odd notes that do not touch the pixels.
        with warnings.catch_warnings(action="ignore"):
            with Image.open(path) as photo:
                photo = ImageOps.exif_transpose(photo)
                if photo.mode in ("P", "PA", "CMYK", "YCbCr", "LAB", "HSV"):
                    photo = photo.convert("RGBA" if "transparency" in photo.info or photo.mode == "PA" else "RGB")
                pixels, white = opaque(np.asarray(photo))
        return pixels if pixels.dtype == np.uint8 and white == 255 else np.rint(pixels * (255 / white)).astype(np.uint8)
    except Image.DecompressionBombError as error:
        refuse(f"it has more than the {2 * Image.MAX_IMAGE_PIXELS // 10**6} million pixels that fit", error)
    except UnidentifiedImageError as error:
        refuse("the file is empty" if _is_empty(path) else "not an image that Pillow knows", error)
    except OSError as error:
        refuse(error.strerror or f"it is damaged ({error})", error)
    except (SyntaxError, ValueError, EOFError, struct.error) as error:  # what Pillow's decoders raise
        refuse(f"it is damaged ({error})", error)


def _is_empty(path):
    """Whether a file, by path or open, has no bytes."""
    if hasattr(path, "seek"):
        return path.seek(0, 2) == 0
    return path.stat().st_size == 0


def read_page(image, styles=()):
    """Find the letters of a page, put them in reading order and draw them in the styles of training sets.

    Parameters
    ----------
    image : (height, width[, channels]) array
        See `lib.vision.letters.find_letters`.
    styles : sequence of lib.vision.crops.Style

    Returns
    -------
    Page
    """
    found = letters.segment(image)
    line = layout.find_lines(found.boxes)
    order = layout.reading_order(found.boxes, line)
    boxes, line = found.boxes[order], line[order]
    return Page(
        boxes=found.full_boxes[order].astype(np.int64),
        line=line.astype(np.int64),
        word=layout.find_words(boxes, line).astype(np.int64),
        crops=tuple(crops.draw_letters(found, order, style) for style in styles),
    )
