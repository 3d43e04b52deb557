"""The networks of Q7.1 as small torch modules, and their weights as safetensors files.

Images are (n, 1, size, size) float tensors, ink dark (0) on white paper (1), upright; all networks give logits,
(n, classes). A network's weights are its state dict, parameters and batch-norm statistics alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn


class Mlp(nn.Module):
    """Q7.1.1: the fully connected network of Q3, one hidden layer of sigmoids.

    Parameters
    ----------
    inputs, hidden, classes : int
        Pixels of an image, width of the hidden layer, number of logits.

    Attributes
    ----------
    mean : (inputs,) float tensor
        Subtracted from every image; zero until it is set.

    Examples
    --------
    >>> Mlp()(torch.ones(2, 1, 32, 32)).shape
    torch.Size([2, 36])
    """

    mean: Tensor

    def __init__(self, inputs: int = 1024, hidden: int = 64, classes: int = 36):
        super().__init__()
        self.register_buffer("mean", torch.zeros(inputs))
        self.hidden = nn.Linear(inputs, hidden)
        self.output = nn.Linear(hidden, classes)
        for layer in (self.hidden, self.output):  # as in Q2.1: Xavier-uniform weights, zero biases
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, images: Tensor) -> Tensor:
        x = images.flatten(1) - self.mean  # (n, 1024)
        x = torch.sigmoid(self.hidden(x))  # (n, 64)
        return self.output(x)  # (n, 36)


class Cnn(nn.Module):
    """Q7.1.2 to Q7.1.4: three convolutions with batch norm, each halving the image, and two linear layers.

    Parameters
    ----------
    size : int
        Height and width of the images in pixels.
    classes : int
        Number of logits.
    channels : sequence of 3 int
        Width of the three convolutions.
    hidden : int
        Width of the linear layer before the last.
    dropout : float
        Share of the features that are left out before either linear layer in training.

    Examples
    --------
    >>> Cnn(size=28, classes=47)(torch.ones(2, 1, 28, 28)).shape
    torch.Size([2, 47])
    """

    def __init__(
        self,
        size: int,
        classes: int,
        channels: Sequence[int] = (16, 32, 64),
        hidden: int = 128,
        dropout: float = 0.2,
    ):
        super().__init__()
        a, b, c = channels
        # Shapes for 28 x 28 images, 47 classes and the default channels.
        self.features = nn.Sequential(
            *convolution(1, a, kernel=5),  # (n, 16, 14, 14)
            *convolution(a, b, kernel=3),  # (n, 32, 7, 7)
            *convolution(b, c, kernel=3),  # (n, 64, 3, 3)
        )
        self.classifier = nn.Sequential(
            nn.Flatten(),  # (n, 576)
            nn.Dropout(dropout),
            nn.Linear(c * (size // 8) ** 2, hidden, bias=False),  # (n, 128)
            nn.BatchNorm1d(hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, classes),  # (n, 47)
        )
        self.to(memory_format=torch.channels_last)  # 1.4 times as fast on a CPU

    def forward(self, images: Tensor) -> Tensor:
        ink = 1 - images  # so that paper is 0, like the border that the convolutions pad with
        return self.classifier(self.features(ink))


def convolution(fan_in: int, fan_out: int, kernel: int) -> tuple[nn.Module, ...]:
    """Layers from (n, fan_in, h, w) to (n, fan_out, h // 2, w // 2)."""
    return (
        nn.Conv2d(fan_in, fan_out, kernel, padding=kernel // 2, bias=False),  # batch norm brings the bias
        nn.MaxPool2d(2),  # before batch norm and ReLU, which then have a quarter of the work
        nn.BatchNorm2d(fan_out),
        nn.ReLU(),
    )


def build(description: Mapping[str, Any]) -> nn.Module:
    """A network with new weights, by its description.

    Parameters
    ----------
    description : dict
        ``kind`` (``"Mlp"`` or ``"Cnn"``) and the parameters of that class; other entries are ignored.

    Returns
    -------
    nn.Module

    Raises
    ------
    ValueError
        If there is no such kind, or a parameter is missing.

    Examples
    --------
    >>> count(build({"kind": "Mlp", "inputs": 1024, "hidden": 64, "classes": 36}))
    67940
    """
    kinds: dict[str, tuple[type[nn.Module], tuple[str, ...]]] = {
        "Mlp": (Mlp, ("inputs", "hidden", "classes")),
        "Cnn": (Cnn, ("size", "classes", "channels", "hidden", "dropout")),
    }
    kind = description.get("kind")
    if kind not in kinds:
        raise ValueError(f"kind is {kind!r}, but must be {' or '.join(kinds)}")
    network, names = kinds[kind]
    missing = [name for name in names if name not in description]
    if missing:
        raise ValueError(f"the description of this {kind} lacks {', '.join(missing)}")
    return network(**{name: description[name] for name in names})


def count(model: nn.Module) -> int:
    """Number of learned parameters."""
    return sum(parameter.numel() for parameter in model.parameters())


def pack_weights(model: nn.Module) -> bytes:
    """All parameters and statistics of a network as a safetensors file; equal networks give equal bytes."""
    return save({name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()})


def unpack_weights(model: nn.Module, packed: bytes) -> nn.Module:
    """Load weights from `pack_weights` into a network of the same shape.

    Parameters
    ----------
    model : nn.Module
        Changed in place, and only if everything fits.
    packed : bytes
        A safetensors file.

    Returns
    -------
    nn.Module
        The same network, in evaluation mode.

    Raises
    ------
    ValueError
        If the bytes are not a safetensors file, or hold the weights of another network.
    """
    try:
        weights = load(packed)
    except SafetensorError as error:
        raise ValueError(f"not a complete safetensors file ({error}); train the network again") from error
    expected = model.state_dict()
    network = type(model).__name__
    for names, what in ((expected.keys() - weights, "missing"), (weights.keys() - expected, "unknown")):
        if names:
            raise ValueError(f"weights {', '.join(sorted(names))} are {what}: the file is not of this {network}")
    for name, tensor in expected.items():
        found = weights[name]
        if found.shape != tensor.shape or found.dtype != tensor.dtype:
            raise ValueError(
                f"{name} is {found.dtype} {tuple(found.shape)} in the file, but {tensor.dtype} {tuple(tensor.shape)} in"
                f" this {network}: the file is of a network for other images or classes, or with other settings"
            )
    model.load_state_dict(weights)
    return model.eval()


def restore(description: Mapping[str, Any], packed: bytes) -> nn.Module:
    """The trained network of a description and its packed weights, in evaluation mode."""
    return unpack_weights(build(description), packed)


def from_numpy(model: Mlp, layers: Iterable[tuple[NDArray, NDArray]]) -> Mlp:
    """Copy the weights of a network of lib.nn into an `Mlp`, so that both compute the same.

    Parameters
    ----------
    model : Mlp
        Changed in place.
    layers : sequence of 2 pairs (W, b)
        W is (fan_in, fan_out), b is (fan_out,), float; torch keeps W transposed.

    Returns
    -------
    Mlp
        The same network.

    Raises
    ------
    ValueError
        If a layer has another shape.
    """
    for (W, b), layer in zip(layers, (model.hidden, model.output), strict=True):
        if W.shape != layer.weight.T.shape or b.shape != layer.bias.shape:
            raise ValueError(f"W is {W.shape} and b {b.shape}, but the layer takes {tuple(layer.weight.T.shape)}")
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(W.T.copy()))
            layer.bias.copy_(torch.from_numpy(b))
    return model
