"""Photographs as networks take them: square views of an image, normalised as torchvision's networks expect.

Pictures are (height, width, 3) uint8 RGB arrays; inputs of networks are (n, 3, size, size) float tensors.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional

# Mean and standard deviation of ImageNet's pixels, by which torchvision's networks expect them to be normalised.
PIXEL_MEAN = (0.485, 0.456, 0.406)
PIXEL_STD = (0.229, 0.224, 0.225)
VIEWS = ("centre", "whole")


def take_view(picture: NDArray, view: str, size: int) -> NDArray:
    """One square view of a picture.

    Parameters
    ----------
    picture : (height, width) or (height, width, 3) uint8 ndarray
        Grey or RGB.
    view : {"centre", "whole"}
        ``centre``: the largest square in the middle; ``whole``: the whole picture, squeezed into a square.
    size : int
        Side of the view, pixels.

    Returns
    -------
    (size, size, 3) uint8 ndarray

    Raises
    ------
    ValueError
        If there is no such view.

    Examples
    --------
    >>> take_view(np.full((40, 50, 3), (255, 0, 0), np.uint8), "centre", 14)[0, 0].tolist()
    [255, 0, 0]
    """
    if view not in VIEWS:
        raise ValueError(f"there is no view {view!r}, only {' and '.join(VIEWS)}")
    image = Image.fromarray(picture).convert("RGB")
    box = None
    if view == "centre":
        side = min(image.size)
        left, top = ((length - side) / 2 for length in image.size)
        box = (left, top, left + side, top + side)
    return np.asarray(image.resize((size, size), Image.Resampling.BILINEAR, box=box))


def as_input(pictures: NDArray) -> Tensor:
    """(n, size, size, 3) uint8 pictures as the (n, 3, size, size) float tensor that torchvision's networks expect."""
    images = torch.from_numpy(np.ascontiguousarray(pictures)).float().div_(255)
    return ((images - torch.tensor(PIXEL_MEAN)) / torch.tensor(PIXEL_STD)).permute(0, 3, 1, 2)


def scaled(images: Tensor, size: int) -> Tensor:
    """(n, 3, s, s) float tensor scaled to (n, 3, size, size), antialiased."""
    return functional.interpolate(images, size=(size, size), mode="bilinear", antialias=True)
