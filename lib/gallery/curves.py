"""Histories of training for the chart of the gallery."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

MEASURES = ("valid_accuracy", "train_accuracy", "valid_loss", "train_loss")


def curves(runs: Sequence[Mapping[str, ArrayLike]]) -> dict[str, list[float]]:
    """Mean history of runs that differ in their seed alone.

    Parameters
    ----------
    runs : list of dict
        Histories: those of `MEASURES` that there are, a value an epoch.

    Returns
    -------
    dict
        The same names, lists of floats of five digits.

    Raises
    ------
    ValueError
        If there is no history in the runs.

    Examples
    --------
    >>> curves([{"train_loss": [2.0, 1.0]}, {"train_loss": [1.0, 0.5]}])
    {'train_loss': [1.5, 0.75]}
    """
    found = {}
    for name in MEASURES:
        histories = [np.ravel(run[name]) for run in runs if name in run]
        if histories:
            shortest = min(map(len, histories))
            mean = np.stack([history[:shortest] for history in histories]).mean(axis=0, dtype=np.float64)
            found[name] = [float(f"{value:.5g}") for value in mean]
    if not found:
        raise ValueError(f"a curve needs some of {', '.join(MEASURES)}; the run has {', '.join(runs[0])}")
    return found
