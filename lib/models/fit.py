"""The one training loop of all torch networks, its batches, schedule and optimiser, and evaluation.

Random orders come from a NumPy generator, as in lib.nn, so that both train on the same data in the same order.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from lib.nn.batches import random_batches


def choose_device(requested: str) -> str:
    """The torch device, ``"cpu"`` or ``"cuda"``, for ``"cpu"``, ``"cuda"`` or ``"auto"`` on this machine.

    Raises
    ------
    ValueError
        If another device is requested, or a GPU and there is none.
    """
    if requested not in ("cpu", "cuda", "auto"):
        raise ValueError(f"device is {requested!r}, but must be one of cpu, cuda, auto")
    if requested == "cuda" and not torch.cuda.is_available():
        raise ValueError("device is 'cuda', but torch finds no GPU here; auto uses one where there is one")
    return "cuda" if requested != "cpu" and torch.cuda.is_available() else "cpu"


@dataclass(frozen=True, eq=False, repr=False)
class Batches:
    """Random batches ``(inputs, targets)`` of a data set that fits in memory: two tensors, in a new order each epoch.

    Attributes
    ----------
    inputs : (n, ...) float ndarray
    targets : (n, ...) ndarray
    size : int
        Examples in a batch. The last one of an epoch may be smaller; it is not dropped.
    rng : np.random.Generator
        Draws the orders, and what `augment` needs.
    augment : callable, optional
        ``augment(inputs, rng)`` returns changed inputs, of the same number of rows.
    """

    inputs: NDArray
    targets: NDArray
    size: int
    rng: np.random.Generator
    augment: Callable[[Tensor, np.random.Generator], Tensor] | None = None

    def __repr__(self) -> str:
        return f"Batches({len(self.inputs):,} examples, {self.size} at a time)"

    def __len__(self) -> int:
        return -(-len(self.inputs) // self.size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for inputs, targets in random_batches(self.rng, self.size, self.inputs, self.targets):
            images = torch.from_numpy(inputs)
            yield self.augment(images, self.rng) if self.augment else images, torch.from_numpy(targets)


@contextmanager
def one_thread() -> Iterator[None]:
    """Limit torch to one thread: the same bytes on every machine, and small batches are several times as fast.

    A context manager, or a decorator.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@one_thread()
def fit(
    model: nn.Module,
    batches: Batches,
    optimiser: torch.optim.Optimizer,
    epochs: int,
    schedule: Callable[[float], float] | None = None,
    loss: Callable[[Tensor, Tensor], Tensor] = functional.cross_entropy,
    measure: Callable[[nn.Module], dict[str, float]] | None = None,
    on_epoch: Callable[..., None] | None = None,
) -> dict[str, list[float]]:
    """Train a network in place, on the device it is on.

    Parameters
    ----------
    model : nn.Module
    batches : Batches
        One pass over it is an epoch.
    optimiser : torch.optim.Optimizer
        Over the parameters to be trained, with their highest learning rate.
    epochs : int
    schedule : callable, optional
        ``schedule(progress)`` gives the share of that learning rate to use, before every batch; progress runs from 0
        at the first towards 1. Constant without it.
    loss : callable
        ``loss(outputs, targets)`` gives a scalar tensor, the mean over the batch.
    measure : callable, optional
        ``measure(model)`` gives a dict of numbers after each epoch.
    on_epoch : callable, optional
        Called as ``on_epoch(epoch, epochs, **measures)`` after each, counted from 1.

    Returns
    -------
    dict of str to list of float
        One number per epoch: ``batch_loss``, the mean loss of the batches as they were trained on (augmented, with
        dropout), and what was measured.

    Raises
    ------
    FloatingPointError
        If the loss is no longer finite: the learning rate is too high.
    """
    device = _device_of(model)
    rates = [group["lr"] for group in optimiser.param_groups]
    history: dict[str, list[float]] = {}
    for epoch in range(epochs):
        model.train()
        total = torch.zeros((), dtype=torch.float64, device=device)
        count = 0
        for step, (inputs, targets) in enumerate(batches):
            if schedule:
                for group, rate in zip(optimiser.param_groups, rates, strict=True):
                    group["lr"] = rate * schedule((epoch + step / len(batches)) / epochs)
            inputs, targets = inputs.to(device), targets.to(device)
            batch_loss = loss(model(inputs), targets)
            optimiser.zero_grad()
            batch_loss.backward()
            optimiser.step()
            total += batch_loss.detach() * len(inputs)
            count += len(inputs)
        if not total.isfinite():
            raise FloatingPointError(
                f"the loss is no longer finite in epoch {epoch + 1}; is the learning rate {max(rates):g} too high?"
            )
        measures = {"batch_loss": total.item() / count, **(measure(model) if measure else {})}
        for name, value in measures.items():
            history.setdefault(name, []).append(value)
        if on_epoch:
            on_epoch(epoch + 1, epochs, **measures)
    return history


def one_cycle(warm_up: float = 0.25, start: float = 0.04) -> Callable[[float], float]:
    """Schedule: up from a small share of the learning rate along half a cosine, then down to zero along another.

    Parameters
    ----------
    warm_up : float
        Share of the training until the highest rate.
    start : float
        Share of the highest rate to begin with.

    References
    ----------
    Smith & Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates", 2018.

    Examples
    --------
    >>> [round(one_cycle()(progress), 2) for progress in (0, 0.25, 0.5, 1)]
    [0.04, 1.0, 0.75, 0.0]
    """

    def schedule(progress: float) -> float:
        if progress < warm_up:
            return start + (1 - start) * (1 - math.cos(math.pi * progress / warm_up)) / 2
        return (1 + math.cos(math.pi * (progress - warm_up) / (1 - warm_up))) / 2

    return schedule


@one_thread()
@torch.no_grad()
def predict(model: nn.Module, inputs: NDArray, chunk: int = 512) -> Tensor:
    """Outputs of a network in evaluation mode for any number of examples, on the device it is on.

    Parameters
    ----------
    model : nn.Module
    inputs : (n, ...) float ndarray
    chunk : int
        Examples at a time.

    Returns
    -------
    (n, ...) float tensor on the CPU
    """
    model.eval()
    device = _device_of(model)
    return torch.cat([model(part.to(device)).cpu() for part in torch.from_numpy(inputs).split(chunk)])


def evaluate(model: nn.Module, inputs: NDArray, labels: NDArray) -> tuple[float, float]:
    """Accuracy and loss of a classifier on a whole set.

    Parameters
    ----------
    model : nn.Module
    inputs : (n, ...) float ndarray
    labels : (n,) int ndarray

    Returns
    -------
    accuracy, loss : float
        Share that is right, and mean cross-entropy in nats.
    """
    logits, targets = predict(model, inputs).double(), torch.from_numpy(labels)
    accuracy = (logits.argmax(dim=1) == targets).double().mean().item()
    return accuracy, functional.cross_entropy(logits, targets).item()


class DecayedSgd(torch.optim.SGD):
    """Momentum with the weight decay of lib.nn: every step first shrinks all parameters by ``learning_rate * decay`` of
    themselves, outside the momentum (torch's own decay is part of the gradient, and with momentum ten times as strong).

    Parameters
    ----------
    parameters : iterable of nn.Parameter
    learning_rate, momentum, decay : float

    References
    ----------
    Loshchilov & Hutter, "Decoupled Weight Decay Regularization", 2019.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], learning_rate: float, momentum: float, decay: float):
        super().__init__(parameters, learning_rate, momentum)
        self.decay = decay

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter *= 1 - group["lr"] * self.decay
        return super().step(closure)


def _device_of(model: nn.Module) -> torch.device:
    return next(model.parameters()).device
