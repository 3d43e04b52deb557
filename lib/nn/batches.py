"""Random batches: every example once per epoch, in a new order each epoch."""


def random_batches(rng, size, *arrays):
    """Yield batches that together hold every example exactly once.

    Parameters
    ----------
    rng : np.random.Generator
        Draws a new order each time this is called; the arrays themselves stay as they are.
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
    >>> import numpy as np
    >>> [len(x) for x, y in random_batches(np.random.default_rng(0), 4, np.zeros((10, 2)), np.arange(10))]
    [4, 4, 2]
    """
    lengths = [len(array) for array in arrays]
    if len(set(lengths)) != 1:
        raise ValueError(f"arrays of {lengths} rows cannot be cut into the same batches")
    if size < 1:
        raise ValueError(f"batch size is {size}, but a batch needs at least one example")
    order = rng.permutation(lengths[0])
    for start in range(0, lengths[0], size):
        chosen = order[start : start + size]
        yield tuple(array[chosen] for array in arrays)
