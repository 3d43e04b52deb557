"""Q7.2: a new last layer for a frozen SqueezeNet, and a network of three convolutions trained from scratch.

The last layer is trained on the frozen network's features of each picture's views (lib.models.squeezenet), the other
network on pictures as lib.models.pictures gives them: (n, 3, size, size) float tensors.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from lib.models.networks import convolution
from lib.models.squeezenet import CHANNELS

# ---- the new last layer ----------------------------------------------------------------------------------------------


class Head(nn.Module):
    """The new classifier layer, on frozen features.

    SqueezeNet's own ends in a 1 x 1 convolution and the mean over positions; a linear layer on the mean of the features
    is the same, and one on their means and maxima a little more.

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

    mean: Tensor
    spread: Tensor

    def __init__(self, classes: int, features: int = 2 * CHANNELS):
        super().__init__()
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("spread", torch.ones(()))
        self.layer = nn.Linear(features, classes)
        nn.init.zeros_(self.layer.weight)
        nn.init.zeros_(self.layer.bias)

    def normalise_by(self, features: Tensor) -> None:
        """Set the mean and the overall standard deviation from training features, (n, views, 1024)."""
        self.mean.copy_(features.mean(dim=(0, 1)))
        self.spread.copy_((features - self.mean).square().mean().sqrt())

    def forward(self, features: Tensor) -> Tensor:
        logits = self.layer((features - self.mean) / self.spread)  # (n, views, classes), or (n, classes) of one view
        return logits.mean(dim=1) if logits.dim() == 3 else logits


def any_view(features: Tensor, rng: np.random.Generator) -> Tensor:
    """One random view of each picture: (n, views, d) to (n, d)."""
    n, views = features.shape[:2]
    return features[torch.arange(n), torch.from_numpy(rng.integers(views, size=n))]


# ---- from scratch ----------------------------------------------------------------------------------------------------


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

    def __init__(self, classes: int, channels: Sequence[int] = (32, 64, 128), hidden: int = 128, dropout: float = 0.4):
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

    def forward(self, pictures: Tensor) -> Tensor:
        return self.classifier(self.features(pictures.contiguous(memory_format=torch.channels_last)))


class Mirrored(nn.Module):
    """A network whose logits are averaged over a picture and its mirror image."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, pictures: Tensor) -> Tensor:
        return (self.model(pictures) + self.model(pictures.flip(-1))) / 2
