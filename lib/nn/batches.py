"""Random batches: every example once per epoch, in a new order each epoch (Q2.4.1)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


def random_batches(rng: np.random.Generator, size: int, *arrays: NDArray) -> Iterator[tuple[NDArray, ...]]:
    """Yield batches that together hold every example exactly once.

    Parameters
    ----------
    rng : np.random.Generator
        Draws a new order on each call; the arrays are not modified.
    size : int
        Examples in a batch. The last one may be smaller; it is not dropped.
    *arrays : ndarray
        With the same number of rows, such as images and labels. Batches are copies.

    Yields
    ------
    tuple of ndarray
        The same rows of each array.

    Raises
    ------
    ValueError
        If the arrays differ in length, or `size` is not positive.

    Examples
    --------
    >>> [len(x) for x, y in random_batches(np.random.default_rng(0), 4, np.zeros((10, 2)), np.arange(10))]
    [4, 4, 2]
    """
    lengths = [len(array) for array in arrays]
    if len(set(lengths)) != 1:
        raise ValueError(f"arrays of {lengths} rows cannot be split into the same batches")
    if size < 1:
        raise ValueError(f"batch size is {size}, but a batch needs at least one example")
    order = rng.permutation(lengths[0])
    for start in range(0, lengths[0], size):
        chosen = order[start : start + size]
        yield tuple(array[chosen] for array in arrays)


@dataclass(frozen=True, eq=False, repr=False)
class Batches:
    """Examples and targets, to be iterated over once per epoch: each time `random_batches` in a new order.

    Attributes
    ----------
    x : (n, ...) ndarray
    target : (n, ...) ndarray
        What a loss compares the output with, one row (or label) for each row of `x`.
    size : int
        Examples in a batch.
    rng : np.random.Generator
        Draws the orders.
    """

    x: NDArray
    target: NDArray
    size: int
    rng: np.random.Generator

    def __repr__(self) -> str:
        return f"Batches({len(self.x):,} examples, {self.size} at a time)"

    def __iter__(self) -> Iterator[tuple[NDArray, ...]]:
        return random_batches(self.rng, self.size, self.x, self.target)
