"""The judge's network in torch: trained on cuttings, and exported as arrays for `lib.vision.judge`."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from lib.models import augment, fit
from lib.vision.judge import SIZE

NORM_EPSILON = 1e-5  # torch's default


class Judge(nn.Module):
    """Three convolutions of stride 2 with batch norm, and two linear layers.

    Parameters
    ----------
    classes : int
        Kinds of letters; the last logit is for no letter.
    channels : sequence of 3 int
    hidden : int
    """

    def __init__(self, classes: int, channels: tuple[int, ...] = (24, 48, 96), hidden: int = 128):
        super().__init__()
        a, b, c = channels
        # Shapes for the default channels; views are (n, 2, 32, 32).
        self.convolutions = nn.ModuleList(
            nn.Conv2d(fan_in, fan_out, side, stride=2, padding=side // 2, bias=False)
            for fan_in, fan_out, side in (
                (2, a, 5),
                (a, b, 3),
                (b, c, 3),
            )  # (n, 24, 16, 16), (n, 48, 8, 8), (n, 96, 4, 4)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(width, NORM_EPSILON) for width in channels)
        self.hidden = nn.Linear(c * (SIZE // 8) ** 2, hidden)
        self.out = nn.Linear(hidden, classes + 1)
        self.to(memory_format=torch.channels_last)

    def forward(self, views: Tensor) -> Tensor:
        x = views.contiguous(memory_format=torch.channels_last)
        for convolve, norm in zip(self.convolutions, self.norms, strict=True):
            x = functional.relu(norm(convolve(x)))
        x = functional.dropout(x.flatten(1), 0.1, self.training)
        return self.out(functional.relu(self.hidden(x)))


def train(
    views: NDArray[np.uint8],
    labels: NDArray[np.int64],
    classes: int,
    epochs: int,
    batch: int,
    learning_rate: float,
    seed: int,
    progress: Callable[..., None] | None = None,
) -> Judge:
    """A judge trained on cuttings.

    Parameters
    ----------
    views : (n, 2, SIZE, SIZE) uint8 ndarray
        From `lib.vision.judge.view`.
    labels : (n,) int ndarray
        Class of each, `classes` for no letter.
    """
    torch.manual_seed(seed)
    judge = Judge(classes)
    batches = fit.Batches(views, labels, batch, np.random.default_rng(seed), moved)
    optimiser = torch.optim.AdamW(judge.parameters(), learning_rate, weight_decay=0.01, fused=True)
    fit.fit(judge, batches, optimiser, epochs, fit.one_cycle(), on_epoch=progress)
    return judge.eval()


def moved(views: Tensor, rng: np.random.Generator) -> Tensor:
    """Views in [0, 1], each turned, sheared and scaled by its own small amount."""
    return 1 - augment.affine(
        1 - views.float() / 255, rng, rotate=3, shear=0.08, scale=0.03, shift=0.015, elastic=0.012
    )


@torch.no_grad()
def export(judge: Judge) -> dict[str, NDArray[np.float32]]:
    """The weights as `lib.vision.judge.judge` takes them: batch norm folded in, channels last."""
    arrays = {}
    for number, (convolve, norm) in enumerate(zip(judge.convolutions, judge.norms, strict=True), 1):
        state = norm.state_dict()
        scale = state["weight"] / torch.sqrt(state["running_var"] + NORM_EPSILON)
        arrays[f"kernel_{number}"] = (convolve.state_dict()["weight"] * scale[:, None, None, None]).permute(2, 3, 1, 0)
        arrays[f"bias_{number}"] = state["bias"] - state["running_mean"] * scale
    rows, side = judge.hidden.weight.shape[0], SIZE // 8
    hidden = judge.hidden.weight.reshape(rows, -1, side, side).permute(2, 3, 1, 0)
    arrays["weight_hidden"], arrays["bias_hidden"] = hidden.reshape(-1, rows), judge.hidden.bias
    arrays["weight_out"], arrays["bias_out"] = judge.out.weight.T, judge.out.bias
    return {name: np.ascontiguousarray(array.numpy()) for name, array in arrays.items()}
