"""Random changes to a batch of images, drawn anew for every batch: writers, pens and cameras differ.

Characters are (n, 1, size, size) float tensors, ink dark (0) on white paper (1). Photographs are (n, 3, size, size)
float tensors as `lib.models.pictures.as_input` makes them.
"""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional


def affine(
    images: Tensor,
    rng: np.random.Generator,
    rotate: float = 8.0,
    shear: float = 0.15,
    scale: float = 0.1,
    shift: float = 0.04,
    elastic: float = 0.03,
) -> Tensor:
    """Rotate, shear, scale, shift and warp each image of characters by its own small amount.

    Parameters
    ----------
    images : (n, 1, size, size) float tensor
    rng : np.random.Generator
    rotate : float
        Standard deviation of the angle, degrees.
    shear : float
        Of the horizontal shear, pixels per pixel.
    scale : float
        Of the logarithm of width and height, drawn separately.
    shift : float
        Of the shift, as a share of the image's size.
    elastic : float
        Of the smooth displacement field, as a share of the image's size.

    Returns
    -------
    (n, 1, size, size) float tensor
        What leaves the image is lost; what enters is paper.
    """
    n = len(images)
    normal = rng.standard_normal((6, n)).astype(np.float32)
    angle, shears = np.deg2rad(rotate) * normal[0], shear * normal[1]
    width, height = np.exp(scale * normal[2]), np.exp(scale * normal[3])
    cos, sin = np.cos(angle), np.sin(angle)
    theta = np.stack(
        [
            np.stack([cos * width, (shears * cos - sin) * width, 2 * shift * normal[4]], axis=1),
            np.stack([sin * height, (shears * sin + cos) * height, 2 * shift * normal[5]], axis=1),
        ],
        axis=1,
    ).astype(np.float32)  # (n, 2, 3): from positions in the result to positions in the original, both from -1 to 1
    grid = functional.affine_grid(torch.from_numpy(theta), list(images.shape), align_corners=False)
    if elastic:
        knots = torch.from_numpy(rng.standard_normal((n, 2, 4, 4), dtype=np.float32) * np.float32(2 * elastic))
        warp = functional.interpolate(knots, size=images.shape[2:], mode="bilinear", align_corners=True)
        grid = grid + warp.permute(0, 2, 3, 1)
    # grid_sample pads with zeros, so sample with ink as 1 and paper as 0.
    return 1 - functional.grid_sample(1 - images, grid, align_corners=False)


def pen(images: Tensor, rng: np.random.Generator, width: float = 0.7, blur: float = 0.4) -> Tensor:
    """Make each image's strokes thicker or thinner, and blur it, by its own small amount.

    Parameters
    ----------
    images : (n, 1, size, size) float tensor
    rng : np.random.Generator
    width : float
        Largest change of the strokes' half-width either way, pixels; at most 1.
    blur : float
        Largest share of a 3 x 3 mean in the result.

    Returns
    -------
    (n, 1, size, size) float tensor
    """
    n = len(images)
    change, share = (torch.from_numpy(rng.random(n, dtype=np.float32)).view(n, 1, 1, 1) for _ in range(2))
    change, share = width * (2 * change - 1), blur * share
    # The minimum over a pixel's neighbourhood is what a thicker pen leaves, the maximum what a thinner one does.
    thick, thin = -_largest(-images), _largest(images)
    images = images + change.clamp(min=0) * (thick - images) - change.clamp(max=0) * (thin - images)
    mean = functional.avg_pool2d(images, 3, stride=1, padding=1, count_include_pad=False)
    return images + share * (mean - images)


def _largest(images):
    """The largest of each pixel's 3 x 3 neighbourhood; max_pool2d takes 25 times as long on a CPU."""
    for axis in (-2, -1):
        found, last = images.clone(), images.shape[axis] - 1
        for first, second in ((0, 1), (1, 0)):
            here = found.narrow(axis, first, last)
            torch.maximum(here, images.narrow(axis, second, last), out=here)
        images = found
    return images


def characters(images: Tensor, rng: np.random.Generator, strength: float = 1.0) -> Tensor:
    """`affine` and `pen` with their default amounts times `strength`; 0 leaves the images unchanged.

    Parameters
    ----------
    images : (n, 1, size, size) float tensor
    rng : np.random.Generator
    strength : float

    Returns
    -------
    (n, 1, size, size) float tensor
    """
    if not strength:
        return images
    moved = affine(images, rng, 8 * strength, 0.15 * strength, 0.1 * strength, 0.04 * strength, 0.03 * strength)
    return pen(moved, rng, min(0.7 * strength, 1), min(0.4 * strength, 1))


def photographs(
    images: Tensor,
    rng: np.random.Generator,
    size: int,
    zoom: tuple[float, float] = (0.55, 1.0),
    rotate: float = 15.0,
    light: float = 0.25,
) -> Tensor:
    """Crop, rotate, mirror and relight each photograph of a batch by its own amount.

    Parameters
    ----------
    images : (n, 3, s, s) float tensor
        Normalised as a network takes them: the changes of light assume a mean near 0.
    rng : np.random.Generator
    size : int
        Side of the result, pixels.
    zoom : (float, float)
        Range of the share of each side that is kept; height and width differ from it by up to 17 % each.
    rotate : float
        Standard deviation of the angle, degrees.
    light : float
        Range of the relative change of brightness and contrast; colours change by 0.4 of it.

    Returns
    -------
    (n, 3, size, size) float tensor
        Not clipped.
    """
    n = len(images)
    keep = rng.uniform(*zoom, n)
    width, height = (keep * np.exp(rng.uniform(-0.16, 0.16, n)) for _ in range(2))
    angle = np.deg2rad(rng.normal(0, rotate, n))
    mirrored_width = np.where(rng.random(n) < 0.5, -1.0, 1.0) * width
    room = np.maximum(1 - keep, 0.05)
    cos, sin = np.cos(angle), np.sin(angle)
    theta = np.stack(
        [
            np.stack([mirrored_width * cos, -height * sin, room * rng.uniform(-1, 1, n)], axis=1),
            np.stack([mirrored_width * sin, height * cos, room * rng.uniform(-1, 1, n)], axis=1),
        ],
        axis=1,
    )  # (n, 2, 3): from positions in the result to positions in the original, both from -1 to 1
    grid = functional.affine_grid(torch.from_numpy(theta).float(), [n, 3, size, size], align_corners=False)
    images = functional.grid_sample(images, grid, padding_mode="reflection", align_corners=False)
    gain = 1 + light * rng.uniform(-1, 1, (n, 1)) + 0.4 * light * rng.uniform(-1, 1, (n, 3))
    contrast = 1 + light * rng.uniform(-1, 1, (n, 1))
    mean = images.mean(dim=(1, 2, 3), keepdim=True)
    return ((images - mean) * _per_channel(contrast) + mean) * _per_channel(gain)


def _per_channel(factors):
    """(n, 1) or (n, 3) ndarray as a float tensor that multiplies (n, 3, size, size)."""
    return torch.from_numpy(factors).float()[..., None, None]
