"""Q7.2: SqueezeNet with a new last layer, everything else frozen, and a network of three convolutions from scratch.

What is frozen gives the same output for the same picture every time, so it is asked once: each picture becomes a few
*views* (crops and their mirror images), each view one vector of features, and the last layer is trained on those
vectors. Pictures are (height, width, 3) uint8 RGB arrays; inputs of networks are (n, 3, size, size) float tensors.

References
----------
Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size", 2016.
"""

from io import BytesIO

import numpy as np
import torch
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load
from torch import nn
from torch.nn import functional

from lib.models.networks import convolution

# The mean and the spread of ImageNet's pixels, which torchvision's networks were trained to see as 0 and 1.
PIXEL_MEAN = (0.485, 0.456, 0.406)
PIXEL_SPREAD = (0.229, 0.224, 0.225)
WIDTH = 512  # channels that SqueezeNet's convolutions end in
VIEWS = ("centre", "whole")


# ---- pictures ----------------------------------------------------------------------------------------------------


def open_picture(path):
    """An image file as a PIL image in RGB.

    Raises
    ------
    ValueError
        If the file does not decode; the message names it.
    """
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError(f"{path} does not decode ({error}); put the file back or remove it") from error


def take_view(picture, view, size, mirror=False):
    """One square view of a picture.

    Parameters
    ----------
    picture : PIL.Image.Image
        RGB.
    view : {"centre", "whole"}
        ``centre``: the largest square in the middle; ``whole``: all of the picture, squeezed into a square.
    size : int
        Side of the view, pixels.
    mirror : bool
        Left and right exchanged.

    Returns
    -------
    (size, size, 3) uint8 ndarray

    Raises
    ------
    ValueError
        If there is no such view.

    Examples
    --------
    >>> take_view(Image.new("RGB", (50, 40), "red"), "centre", 14)[0, 0].tolist()
    [255, 0, 0]
    """
    if view not in VIEWS:
        raise ValueError(f"there is no view {view!r}, only {' and '.join(VIEWS)}")
    box = None
    if view == "centre":
        side = min(picture.size)
        left, top = ((length - side) / 2 for length in picture.size)
        box = (left, top, left + side, top + side)
    picture = picture.resize((size, size), Image.Resampling.BILINEAR, box=box)
    return np.asarray(picture)[:, ::-1] if mirror else np.asarray(picture)


def as_input(pictures):
    """(n, size, size, 3) uint8 pictures as the (n, 3, size, size) float tensor that torchvision's networks expect."""
    images = torch.from_numpy(np.ascontiguousarray(pictures)).float().div_(255)
    return ((images - torch.tensor(PIXEL_MEAN)) / torch.tensor(PIXEL_SPREAD)).permute(0, 3, 1, 2)


def scaled(images, size):
    """(n, 3, s, s) float tensor scaled to (n, 3, size, size), without aliasing."""
    return functional.interpolate(images, size=(size, size), mode="bilinear", antialias=True)


# ---- the frozen part ---------------------------------------------------------------------------------------------


def read_state(packed):
    """State dict in the bytes of a .safetensors or a .pth file; nothing in it is executed.

    Raises
    ------
    ValueError
        If the bytes are neither.
    """
    try:
        return load(packed)
    except SafetensorError:
        pass
    try:
        state = torch.load(BytesIO(packed), map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises a different kind for every way a file can be broken
        raise ValueError(f"this is no whole file of weights ({type(error).__name__}); fetch it again") from error
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise ValueError("this file holds no state dict of tensors; save model.state_dict(), not the model")
    return state


def squeezenet(state):
    """The convolutional part of torchvision's squeezenet1_1, frozen.

    Parameters
    ----------
    state : dict of str to tensor
        Of the whole network, or of its part ``features.*`` alone; a ``classifier.*`` is left out.

    Returns
    -------
    nn.Sequential
        From (n, 3, h, w) to (n, 512, about h / 16, about w / 16), in evaluation mode, without gradients.

    Raises
    ------
    ValueError
        If the weights are another network's, or not finite.
    """
    features = empty_squeezenet()
    wanted = features.state_dict()
    found = {name.removeprefix("features."): value for name, value in state.items() if name.startswith("features.")}
    missing, extra = sorted(wanted.keys() - found), sorted(found.keys() - wanted)
    if missing or extra:
        what = f"features.{missing[0]} is missing" if missing else f"features.{extra[0]} is unknown"
        raise ValueError(
            f"these weights are not of squeezenet1_1: {what} ({len(missing)} missing, {len(extra)} unknown)"
        )
    for name, value in wanted.items():
        if found[name].shape != value.shape:
            shapes = f"{tuple(found[name].shape)} instead of {tuple(value.shape)}"
            raise ValueError(f"these weights are not of squeezenet1_1: features.{name} is {shapes}")
        if not found[name].isfinite().all():
            raise ValueError(f"features.{name} is not finite: the file is damaged")
    features.load_state_dict(found)
    return features.eval().requires_grad_(False).to(memory_format=torch.channels_last)


def empty_squeezenet():
    """torchvision's squeezenet1_1 up to its classifier, with random weights."""
    from torchvision.models import squeezenet1_1

    return squeezenet1_1().features


@torch.inference_mode()
def frozen_features(features, pictures):
    """What the frozen part says of each picture: every channel's mean over the places, and its maximum.

    Parameters
    ----------
    features : nn.Module
        From `squeezenet`.
    pictures : (n, size, size, 3) uint8 ndarray

    Returns
    -------
    (n, 1024) float32 ndarray
        512 means, scaled to length 1, then 512 maxima, scaled to length 1.
    """
    maps = features(as_input(pictures).contiguous(memory_format=torch.channels_last))  # (n, 512, 13, 13)
    pools = (maps.mean(dim=(2, 3)), maps.amax(dim=(2, 3)))
    return torch.cat([functional.normalize(pool, dim=1) for pool in pools], dim=1).numpy()


# ---- the new last layer ------------------------------------------------------------------------------------------


class Head(nn.Module):
    """The new classifier layer, on frozen features.

    SqueezeNet's own ends in a 1 x 1 convolution and the mean over places; a linear layer on the mean of the features is
    the same, and one on their means and maxima a little more.

    Parameters
    ----------
    classes : int
    features : int
        Length of a view's vector.

    Examples
    --------
    >>> Head(17)(torch.zeros(2, 4, 1024)).shape
    torch.Size([2, 17])
    """

    def __init__(self, classes, features=2 * WIDTH):
        super().__init__()
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("spread", torch.ones(()))
        self.layer = nn.Linear(features, classes)
        nn.init.zeros_(self.layer.weight)
        nn.init.zeros_(self.layer.bias)

    def centre_on(self, features):
        """Remember the mean and the overall spread of training features, (n, views, 1024), to be taken off."""
        self.mean.copy_(features.mean(dim=(0, 1)))
        self.spread.copy_((features - self.mean).square().mean().sqrt())

    def forward(self, features):
        logits = self.layer((features - self.mean) / self.spread)  # (n, views, classes), or (n, classes) of one view
        return logits.mean(dim=1) if logits.dim() == 3 else logits


def any_view(features, rng):
    """One view of each picture, drawn anew for every batch: (n, views, d) to (n, d)."""
    n, views = features.shape[:2]
    return features[torch.arange(n), torch.from_numpy(rng.integers(views, size=n))]


# ---- from scratch ------------------------------------------------------------------------------------------------


class FlowerCnn(nn.Module):
    """The designed network: three convolutions, two fully connected layers.

    Parameters
    ----------
    classes : int
    channels : sequence of 3 int
        Width of the convolutions.
    hidden : int
        Width of the first fully connected layer.
    dropout : float
        Share of the inputs of either fully connected layer that is left out in training.

    Examples
    --------
    >>> FlowerCnn(17)(torch.zeros(2, 3, 64, 64)).shape
    torch.Size([2, 17])
    """

    def __init__(self, classes, channels=(32, 64, 128), hidden=128, dropout=0.4):
        super().__init__()
        a, b, c = channels
        self.features = nn.Sequential(
            nn.Conv2d(3, a, 5, stride=2, padding=2, bias=False),  # (n, 32, 32, 32); batch norm brings the bias
            nn.BatchNorm2d(a),
            nn.ReLU(),
            *convolution(a, b, kernel=3),  # (n, 64, 16, 16)
            *convolution(b, c, kernel=3),  # (n, 128, 8, 8)
            nn.AdaptiveAvgPool2d(4),  # (n, 128, 4, 4)
        )
        self.classifier = nn.Sequential(
            nn.Flatten(),  # (n, 2048)
            nn.Dropout(dropout),
            nn.Linear(16 * c, hidden, bias=False),
            nn.BatchNorm1d(hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, classes),
        )
        self.to(memory_format=torch.channels_last)

    def forward(self, pictures):
        return self.classifier(self.features(pictures.contiguous(memory_format=torch.channels_last)))


def jostle(pictures, rng, size, zoom=(0.55, 1.0), rotate=15.0, light=0.25):
    """Crop, turn, mirror and relight each picture of a batch by its own amount.

    Parameters
    ----------
    pictures : (n, 3, s, s) float tensor
        As a network takes them (`as_input`): light acts on values that are 0 in the mean.
    rng : np.random.Generator
    size : int
        Side of the result, pixels.
    zoom : (float, float)
        Range of the part of each side that is kept, drawn apart for height and width within a sixth of each other.
    rotate : float
        Standard deviation of the angle, degrees.
    light : float
        Range of the change of brightness, contrast and each colour.

    Returns
    -------
    (n, 3, size, size) float tensor
        Not clipped: a network does not mind.
    """
    n = len(pictures)
    keep = rng.uniform(*zoom, n)
    width, height = (keep * np.exp(rng.uniform(-0.16, 0.16, n)) for _ in range(2))
    angle = np.deg2rad(rng.normal(0, rotate, n))
    across = np.where(rng.random(n) < 0.5, -1.0, 1.0) * width
    room = np.maximum(1 - keep, 0.05)
    cos, sin = np.cos(angle), np.sin(angle)
    theta = np.stack(
        [
            np.stack([across * cos, -height * sin, room * rng.uniform(-1, 1, n)], axis=1),
            np.stack([across * sin, height * cos, room * rng.uniform(-1, 1, n)], axis=1),
        ],
        axis=1,
    )  # (n, 2, 3): from places in the result to places in the picture, both from -1 to 1
    grid = functional.affine_grid(torch.from_numpy(theta).float(), [n, 3, size, size], align_corners=False)
    pictures = functional.grid_sample(pictures, grid, padding_mode="reflection", align_corners=False)
    gain = 1 + light * rng.uniform(-1, 1, (n, 1)) + 0.4 * light * rng.uniform(-1, 1, (n, 3))
    contrast = 1 + light * rng.uniform(-1, 1, (n, 1))
    gain, contrast = (torch.from_numpy(each).float()[..., None, None] for each in (gain, contrast))
    mean = pictures.mean(dim=(1, 2, 3), keepdim=True)
    return ((pictures - mean) * contrast + mean) * gain


class Mirrored(nn.Module):
    """A network that gives the mean of its logits for a picture and its mirror image."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pictures):
        return (self.model(pictures) + self.model(pictures.flip(-1))) / 2


# ---- pretraining, where no trained network can be had --------------------------------------------------------------


class Pretext(nn.Module):
    """SqueezeNet with batch norm after every convolution, and one linear layer for all its questions.

    Batch norm lets it be trained in minutes; `folded` then puts it into the convolutions, which leaves the very network
    that torchvision's weights are for.

    Parameters
    ----------
    answers : sequence of int
        Number of answers to each question, such as which shape and which texture a picture shows.
    """

    def __init__(self, answers):
        super().__init__()
        self.answers = tuple(answers)
        self.features = with_batch_norm(empty_squeezenet())
        self.layer = nn.Linear(WIDTH, sum(self.answers))
        self.to(memory_format=torch.channels_last)

    def forward(self, pictures):
        maps = self.features(pictures.contiguous(memory_format=torch.channels_last))
        return self.layer(maps.mean(dim=(2, 3)))

    def loss(self, logits, targets):
        """Sum over the questions of the mean cross-entropy; targets (n, questions) int."""
        parts = logits.split(self.answers, dim=1)
        return sum(functional.cross_entropy(part, targets[:, i]) for i, part in enumerate(parts))

    def accuracies(self, logits, targets):
        """Share of right answers to each question, list of float."""
        parts = logits.split(self.answers, dim=1)
        return [(part.argmax(dim=1) == targets[:, i]).double().mean().item() for i, part in enumerate(parts)]


def with_batch_norm(features):
    """Put batch norm behind every convolution of a network, in place; each convolution becomes a pair."""
    for name, module in list(features.named_children()):
        if isinstance(module, nn.Conv2d):
            pair = nn.Sequential(module, nn.BatchNorm2d(module.out_channels))
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            features.add_module(name, pair)
        else:
            with_batch_norm(module)
    return features


@torch.no_grad()
def folded(features):
    """Weights of `empty_squeezenet` that compute what features with batch norm compute in evaluation mode.

    Parameters
    ----------
    features : nn.Module
        From `with_batch_norm`, trained.

    Returns
    -------
    dict of str to tensor
        State dict with names ``features.*``, as `squeezenet` takes it.
    """
    state = {}
    for name, module in features.named_modules():
        if isinstance(module, nn.Sequential) and len(module) == 2 and isinstance(module[1], nn.BatchNorm2d):
            conv, norm = module
            scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            state[f"features.{name}.weight"] = (conv.weight * scale[:, None, None, None]).contiguous()
            state[f"features.{name}.bias"] = (conv.bias - norm.running_mean) * scale + norm.bias
    return state
