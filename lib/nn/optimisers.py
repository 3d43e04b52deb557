"""Optimisers: one step of all weights, in place, given the gradient.

`weights` and `gradient` are the flat vectors of two networks of the same shape. Steps use the gradient's memory as
scratch: it is computed afresh for every batch.
"""

import numpy as np


class Sgd:
    """Gradient descent: ``W = W - learning_rate * grad_W``."""

    def __call__(self, weights, gradient, learning_rate):
        """Move `weights` in place; `gradient` is overwritten."""
        gradient *= learning_rate
        weights -= gradient


class Momentum:
    """Gradient descent with momentum (Q5.1.2): ``M = 0.9 M - learning_rate * grad_W``, then ``W = W + M``.

    Parameters
    ----------
    decay : float
        Share of the earlier movement that is kept, 0.9 in the assignment.
    """

    def __init__(self, decay=0.9):
        self.decay = decay
        self.movement = None

    def __call__(self, weights, gradient, learning_rate):
        """Move `weights` in place; `gradient` is overwritten."""
        if self.movement is None:
            self.movement = np.zeros_like(weights)
        self.movement *= self.decay
        gradient *= learning_rate
        self.movement -= gradient
        weights += self.movement


class Adam:
    """Steps of about the learning rate for every weight, however large its gradient (Kingma & Ba 2015, algorithm 1).

    Parameters
    ----------
    decay, square_decay : float
        Memory of the running means of the gradient and of its square.
    epsilon : float
        Keeps the step finite where the gradient has always been zero.
    """

    def __init__(self, decay=0.9, square_decay=0.999, epsilon=1e-8):
        self.decay, self.square_decay, self.epsilon = decay, square_decay, epsilon
        self.steps = 0
        self.mean = self.square = None

    def __call__(self, weights, gradient, learning_rate):
        """Move `weights` in place; `gradient` is overwritten."""
        if self.mean is None:
            self.mean, self.square = np.zeros_like(weights), np.zeros_like(weights)
        self.steps += 1
        self.mean += (1 - self.decay) * (gradient - self.mean)
        np.square(gradient, out=gradient)
        self.square += (1 - self.square_decay) * (gradient - self.square)
        # Both means began at zero and are too small by these factors.
        mean_bias, square_bias = 1 - self.decay**self.steps, 1 - self.square_decay**self.steps
        weights -= (learning_rate / mean_bias) * self.mean / (np.sqrt(self.square / square_bias) + self.epsilon)
