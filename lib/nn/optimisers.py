"""Optimisers: one step of all weights, in place, given the gradient; and schedules of the learning rate.

An optimiser is called as ``optimiser(weights, gradient, progress)`` for every batch: `weights` and `gradient` are the
flat vectors of two networks of the same shape, `progress` runs from 0 in the first epoch towards 1. Steps use the
gradient's memory as scratch: it is computed afresh for every batch.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Schedule = Callable[[float], float]  # progress in [0, 1] -> learning rate


def cosine(learning_rate: float) -> Schedule:
    """Schedule: from `learning_rate` down to zero along half a cosine.

    Examples
    --------
    >>> [round(cosine(0.2)(progress), 2) for progress in (0, 0.5, 1)]
    [0.2, 0.1, 0.0]
    """
    return lambda progress: learning_rate * (1 + math.cos(math.pi * progress)) / 2


def warmed(schedule: Schedule, share: float) -> Schedule:
    """Another schedule, that begins near zero and has come up to `schedule` after `share` of the training.

    Examples
    --------
    >>> [round(warmed(lambda progress: 1.0, 0.1)(progress), 2) for progress in (0, 0.05, 0.1, 0.5)]
    [0.02, 0.52, 1.0, 1.0]
    """
    return lambda progress: schedule(progress) * min(1.0, 0.02 + progress / share)


class Optimiser(ABC):
    """What all optimisers share: the learning rate and weight decay.

    Parameters
    ----------
    learning_rate : float or callable
        The same throughout, or a schedule of the progress such as `cosine`.
    weight_decay : float
        Each step also shrinks all parameters by ``learning_rate * weight_decay`` of themselves, independently of the
        gradient.

    References
    ----------
    Loshchilov & Hutter, "Decoupled Weight Decay Regularization", 2019.
    """

    def __init__(self, learning_rate: float | Schedule, weight_decay: float = 0.0):
        self.learning_rate, self.weight_decay = learning_rate, weight_decay

    def __repr__(self) -> str:
        chosen = {name: value for name, value in vars(self).items() if isinstance(value, float)}
        return f"{type(self).__name__}({', '.join(f'{name}={value:g}' for name, value in chosen.items())})"

    def rate(self, progress: float) -> float:
        """Learning rate at `progress` in [0, 1]."""
        return self.learning_rate(progress) if callable(self.learning_rate) else self.learning_rate

    def __call__(self, weights: NDArray, gradient: NDArray, progress: float = 0.0) -> None:
        """Move `weights` in place; `gradient` is overwritten."""
        learning_rate = self.rate(progress)
        if self.weight_decay:
            weights *= 1 - learning_rate * self.weight_decay
        self.step(weights, gradient, learning_rate)

    @abstractmethod
    def step(self, weights: NDArray, gradient: NDArray, learning_rate: float) -> None:
        """Move `weights` along the gradient, in place; `gradient` is overwritten."""


class Sgd(Optimiser):
    """Gradient descent: ``W = W - learning_rate * grad_W``."""

    def step(self, weights: NDArray, gradient: NDArray, learning_rate: float) -> None:
        gradient *= learning_rate
        weights -= gradient


class Momentum(Optimiser):
    """Gradient descent with momentum (Q5.1.2): ``M = 0.9 M - learning_rate * grad_W``, then ``W = W + M``.

    Parameters
    ----------
    learning_rate, weight_decay
        As for `Optimiser`.
    momentum : float
        Share of the previous movement that is kept, 0.9 in the assignment.
    """

    def __init__(self, learning_rate: float | Schedule, momentum: float = 0.9, weight_decay: float = 0.0):
        super().__init__(learning_rate, weight_decay)
        self.momentum = momentum
        self.movement: NDArray | None = None

    def step(self, weights: NDArray, gradient: NDArray, learning_rate: float) -> None:
        if self.movement is None:
            self.movement = np.zeros_like(weights)
        self.movement *= self.momentum
        gradient *= learning_rate
        self.movement -= gradient
        weights += self.movement


class Adam(Optimiser):
    """Steps of about the learning rate for every weight, however large its gradient (Kingma & Ba 2015, algorithm 1).

    Parameters
    ----------
    learning_rate, weight_decay
        As for `Optimiser`.
    decay, square_decay : float
        Memory of the running means of the gradient and of its square.
    epsilon : float
        Keeps the step finite where the gradient has always been zero.
    """

    def __init__(
        self,
        learning_rate: float | Schedule,
        decay: float = 0.9,
        square_decay: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        super().__init__(learning_rate, weight_decay)
        self.decay, self.square_decay, self.epsilon = decay, square_decay, epsilon
        self.steps = 0
        self.mean: NDArray | None = None
        self.square: NDArray | None = None

    def step(self, weights: NDArray, gradient: NDArray, learning_rate: float) -> None:
        if self.mean is None or self.square is None:
            self.mean, self.square = np.zeros_like(weights), np.zeros_like(weights)
        self.steps += 1
        self.mean += (1 - self.decay) * (gradient - self.mean)
        np.square(gradient, out=gradient)
        self.square += (1 - self.square_decay) * (gradient - self.square)
        # Both means start at zero and are too small by these factors.
        mean_bias, square_bias = 1 - self.decay**self.steps, 1 - self.square_decay**self.steps
        weights -= (learning_rate / mean_bias) * self.mean / (np.sqrt(self.square / square_bias) + self.epsilon)


class Watched(Optimiser):
    """Another optimiser, and what it has done since the last `take`.

    Parameters
    ----------
    optimiser : Optimiser
        Moves the weights.
    """

    def __init__(self, optimiser: Optimiser):
        self.optimiser = optimiser
        self.norms: list[float] = []
        self.total: NDArray | None = None

    def rate(self, progress: float) -> float:
        return self.optimiser.rate(progress)

    def __call__(self, weights: NDArray, gradient: NDArray, progress: float = 0.0) -> None:
        self.norms.append(float(np.linalg.norm(gradient)))
        self.optimiser(weights, gradient, progress)
        self.total = weights.copy() if self.total is None else np.add(self.total, weights, out=self.total)

    def step(self, weights: NDArray, gradient: NDArray, learning_rate: float) -> None:
        self.optimiser.step(weights, gradient, learning_rate)

    def take(self) -> tuple[float, NDArray]:
        """The mean norm of the gradients, and the mean of the weights after each step; then both begin anew."""
        if self.total is None:
            raise ValueError("no step has been made since the last take")
        taken = float(np.mean(self.norms)), self.total / len(self.norms)
        self.norms, self.total = [], None
        return taken
