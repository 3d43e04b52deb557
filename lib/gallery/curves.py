"""Histories of training for the chart of the gallery."""

import numpy as np

MEASURES = ("valid_accuracy", "train_accuracy", "valid_loss", "train_loss")


def curves(runs):
    """Mean history of runs that differ in their seed alone.

    Parameters
    ----------
    runs : list of mapping
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
        values = [np.ravel(run[name]) for run in runs if name in run]
        if values:
            shortest = min(map(len, values))
            mean = np.mean([one[:shortest] for one in values], axis=0, dtype=np.float64)
            found[name] = [float(f"{value:.5g}") for value in mean]
    if not found:
        raise ValueError(f"no curve can be drawn of {', '.join(runs[0])}; it wants some of {', '.join(MEASURES)}")
    return found
