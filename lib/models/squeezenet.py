"""Q7.2: torchvision's SqueezeNet, frozen as a source of features, and pretrained here where no weights are given.

A frozen network gives the same output for the same picture every time, so it runs once per picture: each picture
becomes a few *views* (crops and their mirror images), each view one vector of features.

References
----------
Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size", 2016.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO

import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from lib.models.fit import one_thread

CHANNELS = 512  # of SqueezeNet's last feature maps

# ---- the frozen part -------------------------------------------------------------------------------------------------


def read_state(packed: bytes) -> dict[str, Tensor]:
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
        raise ValueError(f"not a complete file of weights ({type(error).__name__}); fetch it again") from error
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise ValueError("this file holds no state dict of tensors; save model.state_dict(), not the model")
    return state


def squeezenet(state: Mapping[str, Tensor]) -> nn.Module:
    """The convolutional part of torchvision's squeezenet1_1, frozen.

    Parameters
    ----------
    state : dict of str to tensor
        Of the whole network, or of its part ``features.*`` alone; a ``classifier.*`` is ignored.

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
    expected = features.state_dict()
    found = {name.removeprefix("features."): value for name, value in state.items() if name.startswith("features.")}
    missing, extra = sorted(expected.keys() - found), sorted(found.keys() - expected)
    if missing or extra:
        what = f"features.{missing[0]} is missing" if missing else f"features.{extra[0]} is unknown"
        raise ValueError(
            f"these weights are not of squeezenet1_1: {what} ({len(missing)} missing, {len(extra)} unknown)"
        )
    for name, value in expected.items():
        if found[name].shape != value.shape:
            shapes = f"{tuple(found[name].shape)} instead of {tuple(value.shape)}"
            raise ValueError(f"these weights are not of squeezenet1_1: features.{name} is {shapes}")
        if not found[name].isfinite().all():
            raise ValueError(f"features.{name} is not finite: the file is damaged")
    features.load_state_dict(found)
    return features.eval().requires_grad_(False).to(memory_format=torch.channels_last)


def random_squeezenet(seed: int) -> nn.Module:
    """`squeezenet` that has never been trained, to see how much of its use is in its weights."""
    torch.manual_seed(seed)
    return empty_squeezenet().eval().requires_grad_(False).to(memory_format=torch.channels_last)


def empty_squeezenet() -> nn.Module:
    """torchvision's squeezenet1_1 up to its classifier, with random weights."""
    from torchvision.models import squeezenet1_1

    return squeezenet1_1().features


@one_thread()
@torch.inference_mode()
def frozen_features(features: nn.Module, inputs: Tensor) -> NDArray:
    """Every channel's mean over the frozen feature maps, and its maximum.

    Parameters
    ----------
    features : nn.Module
        From `squeezenet`.
    inputs : (n, 3, size, size) float tensor
        Normalised, from `lib.models.pictures.as_input`.

    Returns
    -------
    (n, 1024) float32 ndarray
        512 means, scaled to length 1, then 512 maxima, scaled to length 1.
    """
    maps = features(inputs.contiguous(memory_format=torch.channels_last))  # (n, 512, 13, 13)
    pools = (maps.mean(dim=(2, 3)), maps.amax(dim=(2, 3)))
    return torch.cat([functional.normalize(pool, dim=1) for pool in pools], dim=1).numpy()


# ---- pretraining, where no trained network is given ------------------------------------------------------------------


class Pretext(nn.Module):
    """SqueezeNet with batch norm after every convolution, and one linear layer for all its questions.

    Batch norm makes training a matter of minutes; `folded` then merges it into the convolutions, which leaves the same
    network that torchvision's weights are for.

    Parameters
    ----------
    answers : sequence of int
        Number of answers to each question, such as which shape and which texture a picture shows.
    """

    def __init__(self, answers: Sequence[int]):
        super().__init__()
        self.answers = tuple(answers)
        self.features = with_batch_norm(empty_squeezenet())
        self.layer = nn.Linear(CHANNELS, sum(self.answers))
        self.to(memory_format=torch.channels_last)

    def forward(self, pictures: Tensor) -> Tensor:
        maps = self.features(pictures.contiguous(memory_format=torch.channels_last))
        return self.layer(maps.mean(dim=(2, 3)))

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Sum over the questions of the mean cross-entropy; targets (n, questions) int."""
        parts = logits.split(self.answers, dim=1)
        losses = (functional.cross_entropy(part, targets[:, i]) for i, part in enumerate(parts))
        return sum(losses, start=logits.new_zeros(()))

    def accuracies(self, logits: Tensor, targets: Tensor) -> list[float]:
        """Share of right answers to each question."""
        parts = logits.split(self.answers, dim=1)
        return [(part.argmax(dim=1) == targets[:, i]).double().mean().item() for i, part in enumerate(parts)]


def with_batch_norm(features: nn.Module) -> nn.Module:
    """Put batch norm behind every convolution of a network, in place; each convolution becomes a pair."""
    for name, module in list(features.named_children()):
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            features.add_module(name, nn.Sequential(module, nn.BatchNorm2d(module.out_channels)))
        else:
            with_batch_norm(module)
    return features


def folded(features: nn.Module) -> dict[str, Tensor]:
    """Weights of `empty_squeezenet` that compute what features with batch norm compute in evaluation mode.

    Parameters
    ----------
    features : nn.Module
        From `with_batch_norm`, trained, in evaluation mode.

    Returns
    -------
    dict of str to tensor
        State dict with names ``features.*``, as `squeezenet` takes it.
    """
    state: dict[str, Tensor] = {}
    for name, pair in features.named_modules():
        if isinstance(pair, nn.Sequential) and isinstance(pair[-1], nn.BatchNorm2d):
            convolution = fuse_conv_bn_eval(*pair)
            state |= {f"features.{name}.{key}": value.contiguous() for key, value in convolution.state_dict().items()}
    return state
