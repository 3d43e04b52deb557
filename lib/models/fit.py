"""The one training loop of all torch networks, and what it is fed with.

A *batch* is ``(inputs, targets)``, two tensors with the same number of rows. *Batches* are anything that can be walked
through once per epoch and has a length. Random orders come from a NumPy generator, as in lib.nn, so that both walk
through the same data in the same order.
"""

import math

import numpy as np
import torch
from torch.nn import functional

from lib.nn.batches import random_batches


def choose_device(wish):
    """The torch device that ``"cpu"``, ``"cuda"`` or ``"auto"`` stands for on this machine, as ``"cpu"`` or ``"cuda"``.

    Raises
    ------
    ValueError
        If it is another word, or a GPU is asked for and there is none.
    """
    if wish not in ("cpu", "cuda", "auto"):
        raise ValueError(f"device is {wish!r}, but it is one of cpu, cuda, auto")
    if wish == "cuda" and not torch.cuda.is_available():
        raise ValueError("device is 'cuda', but torch finds no GPU here; auto takes one where there is one")
    return "cuda" if wish != "cpu" and torch.cuda.is_available() else "cpu"


class Batches:
    """Random batches of a data set that fits in memory, in a new order each epoch.

    Parameters
    ----------
    inputs : (n, ...) float ndarray
    targets : (n, ...) ndarray
    size : int
        Examples in a batch. The last one of an epoch may be smaller; it is not dropped.
    rng : np.random.Generator
        Draws the orders, and what `augment` needs.
    augment : callable, optional
        ``augment(inputs, rng)`` turns a batch of inputs into another one of the same shape.
    """

    def __init__(self, inputs, targets, size, rng, augment=None):
        self.inputs, self.targets, self.size, self.rng, self.augment = inputs, targets, size, rng, augment

    def __len__(self):
        return -(-len(self.inputs) // self.size)

    def __iter__(self):
        for inputs, targets in random_batches(self.rng, self.size, self.inputs, self.targets):
            inputs = torch.from_numpy(inputs)
            yield self.augment(inputs, self.rng) if self.augment else inputs, torch.from_numpy(targets)


def fit(
    model,
    batches,
    optimiser,
    epochs,
    schedule=None,
    loss=functional.cross_entropy,
    measure=None,
    device="cpu",
    on_epoch=None,
):
    """Train a network in place.

    Parameters
    ----------
    model : nn.Module
        On `device` already.
    batches : iterable of (inputs, targets)
        One walk through it is an epoch; it has a length.
    optimiser : torch.optim.Optimizer
        Over the parameters to be trained, with the highest learning rate they shall see.
    epochs : int
    schedule : callable, optional
        ``schedule(progress)`` gives the share of that learning rate to use, before every batch; progress runs from 0
        at the first towards 1. Constant without it.
    loss : callable
        ``loss(outputs, targets)`` gives a scalar tensor, the mean over the batch.
    measure : callable, optional
        ``measure(model)`` gives a dict of numbers after each epoch, such as `evaluate` does.
    device : str
    on_epoch : callable, optional
        Called as ``on_epoch(epoch, epochs, **measures)`` after each, counted from 1.

    Returns
    -------
    dict of str to (epochs,) float64 ndarray
        ``batch_loss``, the mean loss of the batches as they were trained on (augmented, with dropout), and what was
        measured.

    Raises
    ------
    FloatingPointError
        If the loss is no longer finite: the learning rate is too high.
    """
    rates = [group["lr"] for group in optimiser.param_groups]
    history = {}
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
            raise FloatingPointError(f"the loss overflowed in epoch {epoch + 1}; is {max(rates):g} too high a rate?")
        measures = {"batch_loss": total.item() / count, **(measure(model) if measure else {})}
        for name, value in measures.items():
            history.setdefault(name, []).append(value)
        if on_epoch:
            on_epoch(epoch + 1, epochs, **measures)
    return {name: np.array(values, dtype=np.float64) for name, values in history.items()}


def one_cycle(warm_up=0.25, start=0.04):
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

    def schedule(progress):
        if progress < warm_up:
            return start + (1 - start) * (1 - math.cos(math.pi * progress / warm_up)) / 2
        return (1 + math.cos(math.pi * (progress - warm_up) / (1 - warm_up))) / 2

    return schedule


@torch.no_grad()
def predict(model, inputs, chunk=512, device="cpu"):
    """Outputs of a network in evaluation mode for any number of examples, a chunk at a time.

    Parameters
    ----------
    model : nn.Module
    inputs : (n, ...) float ndarray
    chunk : int
        Examples at a time.
    device : str

    Returns
    -------
    (n, ...) float tensor on the CPU
    """
    model.eval()
    chunks = torch.from_numpy(inputs).split(chunk)
    return torch.cat([model(inputs.to(device)).cpu() for inputs in chunks])


def evaluate(model, inputs, labels, device="cpu"):
    """How a classifier does on a whole set.

    Parameters
    ----------
    model : nn.Module
    inputs : (n, ...) float ndarray
    labels : (n,) int ndarray
    device : str

    Returns
    -------
    accuracy, loss : float
        Share that is right, and mean cross-entropy in nats.
    """
    logits, labels = predict(model, inputs, device=device).double(), torch.from_numpy(labels)
    accuracy = (logits.argmax(dim=1) == labels).double().mean().item()
    return accuracy, functional.cross_entropy(logits, labels).item()


class DecayedSgd(torch.optim.SGD):
    """Momentum with the weight decay of `lib.nn.training`: every step first shrinks all parameters by
    ``learning_rate * decay`` of themselves, outside the momentum (torch's own decay is part of the gradient, and with
    momentum ten times as strong).

    Parameters
    ----------
    parameters : iterable of nn.Parameter
    learning_rate, momentum, decay : float

    References
    ----------
    Loshchilov & Hutter, "Decoupled Weight Decay Regularization", 2019.
    """

    def __init__(self, parameters, learning_rate, momentum, decay):
        super().__init__(parameters, learning_rate, momentum)
        self.decay = decay

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter *= 1 - group["lr"] * self.decay
        return super().step(closure)
