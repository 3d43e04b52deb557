"""From a photograph to ink: grey values, an even background, and a density that is 0 on paper and about 1 in a stroke.

Nothing here knows how large the letters are, so every window is a fraction of the page. `image` is the photograph,
`grey` (height, width) float32 in [0, 1], `density` the same shape.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

# Rec. 709 luminance, as skimage.color.rgb2gray.
LUMINANCE = np.array([0.2125, 0.7154, 0.0721], np.float32)
EIGHT = np.ones((3, 3), bool)  # neighbours of a pixel, diagonals included
LIGHT = 0.6  # ink lighter than this share of white would not be seen on white paper


def opaque(image: ArrayLike) -> tuple[NDArray, float]:
    """The image as (height, width) or (height, width, 3), opaque, and its value of white.

    Parameters
    ----------
    image : (height, width[, 1 | 2 | 3 | 4]) array
        Grey, grey with alpha, RGB or RGBA; bool, unsigned integers (white is the type's largest), floats in [0, 1].

    Returns
    -------
    (height, width) or (height, width, 3) ndarray
        The same pixels; a transparent part is laid on white paper, or on black if all that is drawn is light.
    float
        Value of white.

    Raises
    ------
    TypeError
        If the pixels are not numbers.
    ValueError
        If the shape or a value is not that of an image.
    """
    pixels = np.asarray(image)
    if pixels.dtype.kind not in "buif":
        raise TypeError(
            f"the image's pixels are {pixels.dtype}; give numbers: uint8, uint16, bool, or floats in [0, 1]"
        )
    if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] not in (1, 2, 3, 4)):
        raise ValueError(
            f"an image of shape {pixels.shape} is neither (height, width) nor (height, width, 1 to 4 channels)"
        )
    if pixels.size == 0:
        raise ValueError(f"the image is empty: its shape is {pixels.shape}")
    if pixels.dtype.kind == "b":
        pixels, white = pixels.astype(np.uint8), 1.0
    elif pixels.dtype.kind in "ui":
        if pixels.dtype.kind == "i" and pixels.min() < 0:
            raise ValueError(
                f"the image has negative values (down to {pixels.min()}); give uint8, uint16 or floats in [0, 1]"
            )
        # A signed array usually holds what was a uint8 or a uint16 before some arithmetic.
        white = (
            float(np.iinfo(pixels.dtype).max) if pixels.dtype.kind == "u" else 255.0 if pixels.max() < 256 else 65535.0
        )
    else:
        low, high = float(pixels.min()), float(pixels.max())  # a NaN anywhere makes both NaN
        if not (np.isfinite(low) and np.isfinite(high)):
            raise ValueError("the image has values that are NaN or infinite; give finite floats in [0, 1]")
        if low < -1e-3 or high > 1 + 1e-3:
            raise ValueError(f"the image's floats reach from {low:g} to {high:g}; scale them into [0, 1]")
        white = 1.0
    if pixels.ndim == 3:
        if pixels.shape[2] in (2, 4):
            drawn, laid = pixels[..., -1] > white / 2, lay_on_paper(pixels, white, white)
            if laid.min() > LIGHT * white and 0 < np.count_nonzero(drawn) < drawn.size / 2:
                laid = lay_on_paper(pixels, white, 0.0)
            pixels = laid
        if pixels.shape[2] == 1:
            pixels = pixels[..., 0]
    return pixels, white


def lay_on_paper(pixels: NDArray, white: float, paper: float) -> NDArray[np.float32]:
    """Pixels, (height, width, 2 or 4) with alpha last, on a ground of one value; the alpha is gone.

    Examples
    --------
    >>> lay_on_paper(np.array([[[0, 255], [0, 0]]], np.uint8), 255.0, 255.0)
    array([[[  0.],
            [255.]]], dtype=float32)
    """
    alpha = pixels[..., -1:].astype(np.float32) / np.float32(white)
    return (pixels[..., :-1] * alpha + np.float32(paper) * (1 - alpha)).astype(np.float32)


def reduced_grey(image: NDArray, step: int, white: float = 1.0) -> NDArray[np.float32]:
    """Luminance of the mean of each block of ``step`` by ``step`` pixels.

    Parameters
    ----------
    image : (height, width[, 3]) ndarray
        As `opaque` returns it.
    step : int
        Side of a block, in pixels; rows and columns that fill no block are left out.
    white : float
        Value of white in `image`.

    Returns
    -------
    (height // step, width // step) float32 ndarray
        In [0, 1].

    Examples
    --------
    >>> reduced_grey(np.array([[0, 255, 9], [255, 0, 9]], np.uint8), 2, white=255.0)
    array([[0.5]], dtype=float32)
    """
    height, width = image.shape[0] // step, image.shape[1] // step
    weights = LUMINANCE if image.ndim == 3 else np.ones(1, np.float32)
    rows = np.ascontiguousarray(image[: height * step, : width * step]).reshape(height, step, -1)
    # As skimage.transform.downscale_local_mean and rgb2gray, ten times as fast: whole rows are added in small integers,
    # and only the reduced page is converted to floats.
    wider = {"u1": np.uint16, "u2": np.uint32}.get(image.dtype.str[1:], np.float32)
    summed = rows[:, 0].astype(wider)
    for row in range(1, step):
        summed += rows[:, row]
    weights = np.tile(weights, step) / np.float32(white * step * step)
    return (summed.reshape(height * width, -1).astype(np.float32) @ weights).reshape(height, width)


def ink_is_light(grey: NDArray[np.float32]) -> bool:
    """Whether the writing is lighter than its background: strokes are the few pixels far from their local mean.

    Examples
    --------
    >>> board = np.full((60, 60), 0.1, np.float32)
    >>> board[20:40, 30] = 0.9
    >>> ink_is_light(board), ink_is_light(1 - board)
    (True, False)
    """
    window = max(3, min(grey.shape) // 8)
    deviation = grey - ndimage.uniform_filter(grey, window, mode="nearest")
    return bool((deviation * deviation * deviation).sum(dtype=np.float64) > 0)


def ink_density(
    grey: NDArray[np.float32], window: float = 0.125, noise: float = 6.0, faintest: float = 0.08
) -> tuple[NDArray[np.float32], float]:
    """How much of each pixel is ink, with light, shadow and noise removed.

    The background is the grey closing: what remains when every dark stroke narrower than the window is filled from
    its sides. It follows slopes and steps of the light exactly (a blurred or fitted background does not follow a
    shadow's edge).

    Parameters
    ----------
    grey : (height, width) float32 ndarray
        In [0, 1].
    window : float
        Side of the closing's window as a fraction of the page's shorter side; strokes must be narrower.
    noise : float
        Ink is more than this many standard deviations of the paper's noise darker than the paper.
    faintest : float
        Strokes darken the paper by at least this fraction.

    Returns
    -------
    density : (height, width) float32 ndarray
        0 on paper, around 1 in the strokes; all 0 when there is no ink.
    floor : float
        Density below which there is only noise.
    """
    if ink_is_light(grey):
        grey = 1 - grey
    side = max(3, int(min(grey.shape) * window)) | 1
    # A closing of bytes costs half that of floats, and a step of 1/255 is below the noise of a photograph.
    paper = ndimage.grey_closing((grey * 255 + 0.5).astype(np.uint8), (side, side), mode="nearest").astype(np.float32)
    paper *= np.float32(1 / 255)
    darkening = paper - grey
    darkening /= np.maximum(paper, np.float32(0.05))
    sample = darkening[::2, ::2]
    level = float(np.median(sample))
    spread = max(1.4826 * float(np.median(np.abs(sample - level))), 1 / 510)
    above = darkening[darkening > level + noise * spread]
    # The core of a stroke: the softened edges and the paper's ghosts lie lower, a few glints higher.
    full = float(np.percentile(above, 90)) if above.size else 0.0
    if full < max(faintest, level + 2 * noise * spread):
        return np.zeros_like(grey), 1.0
    darkening -= np.float32(level)
    darkening /= np.float32(full - level)
    return np.clip(darkening, 0, None, out=darkening), noise * spread / (full - level)


def boxes_of(labels: NDArray) -> NDArray[np.int64]:
    """Boxes of the labels 1, 2, ... of an int image, (n, 4)."""
    return np.array([(y.start, x.start, y.stop, x.stop) for y, x in ndimage.find_objects(labels)], int).reshape(-1, 4)
