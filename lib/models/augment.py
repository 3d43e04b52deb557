"""Small random moves of a batch of characters, drawn anew for every batch: writers, pens and cameras differ.

Images are (n, 1, size, size) float tensors, ink dark (0) on white paper (1).
"""

import numpy as np
import torch
from torch.nn import functional


def affine(images, rng, rotate=8.0, shear=0.15, scale=0.1, shift=0.04, elastic=0.03):
    """Rotate, shear, scale, shift and warp each image by its own small amount.

    Parameters
    ----------
    images : (n, 1, size, size) float tensor
    rng : np.random.Generator
    rotate : float
        Standard deviation of the angle, degrees.
    shear : float
        Of the horizontal shear, pixels per pixel.
    scale : float
        Of the logarithm of width and height, drawn apart from each other.
    shift : float
        Of the shift, in units of the image's size.
    elastic : float
        Of the smooth displacement field, in units of the image's size.

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
    ).astype(np.float32)  # (n, 2, 3): from places in the result to places in the original, both from -1 to 1
    grid = functional.affine_grid(torch.from_numpy(theta), list(images.shape), align_corners=False)
    if elastic:
        knots = torch.from_numpy(rng.standard_normal((n, 2, 4, 4), dtype=np.float32) * np.float32(2 * elastic))
        warp = functional.interpolate(knots, size=images.shape[2:], mode="bilinear", align_corners=True)
        grid = grid + warp.permute(0, 2, 3, 1)
    # Outside the image grid_sample reads zeros, so it is given ink as 1.
    return 1 - functional.grid_sample(1 - images, grid, align_corners=False)


def pen(images, rng, width=0.7, blur=0.4):
    """Make each image's strokes thicker or thinner, and blur it, by its own small amount.

    Parameters
    ----------
    images : (n, 1, size, size) float tensor
    rng : np.random.Generator
    width : float
        Half the range of the change of the strokes' half-width, pixels; at most 1.
    blur : float
        Upper end of the share of a 3 x 3 mean in the result.

    Returns
    -------
    (n, 1, size, size) float tensor
    """
    n = len(images)
    change, share = (torch.from_numpy(rng.random(n, dtype=np.float32)).view(n, 1, 1, 1) for _ in range(2))
    change, share = width * (2 * change - 1), blur * share
    # The least of a pixel's neighbourhood is what a thicker pen leaves, the most what a thinner one does.
    thick = -functional.max_pool2d(-images, 3, stride=1, padding=1)
    thin = functional.max_pool2d(images, 3, stride=1, padding=1)
    images = images + change.clamp(min=0) * (thick - images) - change.clamp(max=0) * (thin - images)
    mean = functional.avg_pool2d(images, 3, stride=1, padding=1, count_include_pad=False)
    return images + share * (mean - images)


def characters(images, rng, strength=1.0):
    """`affine` and `pen` with their usual amounts times `strength`; none for 0.

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
