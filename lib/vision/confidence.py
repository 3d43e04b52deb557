"""How sure a reading is: the probability that a letter is right, calibrated on pages whose text is known.

A letter is right if its ink is one letter, and that letter is the one that was read: the judge's probability times the
classifier's. Both are surer than they should be, by about the same factor: the temperature that divides both their log
odds is chosen where the letters of drawn pages are likeliest.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar

RANGE = (0.3, 10.0)  # of temperatures


def confidence(probs: ArrayLike, odds: ArrayLike, temperature: float = 1.0) -> NDArray[np.float64]:
    """Probability that each letter is right.

    Parameters
    ----------
    probs : (n, k) float ndarray
        Of each letter's classes; the likeliest is read.
    odds : (n,) float ndarray
        Log odds that its ink is one letter (`lib.vision.judge.log_odds`).
    temperature : float
        From `calibrate`.

    Returns
    -------
    (n,) float64 ndarray

    Examples
    --------
    >>> confidence([[0.8, 0.2]], [20.0]), confidence([[0.8, 0.2]], [20.0], temperature=2.0)
    (array([0.8]), array([0.66663639]))
    """
    log = np.log(np.maximum(np.asarray(probs, np.float64), 1e-12)) / temperature
    best = np.exp(log.max(axis=1, initial=-np.inf)) / np.exp(log).sum(axis=1)
    return best / (1 + np.exp(-np.asarray(odds) / temperature))


def calibrate(probs: NDArray, odds: NDArray, right: NDArray[np.bool_]) -> float:
    """The temperature at which the letters' confidences fit best which of them are right.

    Parameters
    ----------
    probs, odds
        As for `confidence`, of letters whose truth is known.
    right : (n,) bool ndarray
    """

    def loss(log_temperature: float) -> float:
        sure = np.clip(confidence(probs, odds, float(np.exp(log_temperature))), 1e-6, 1 - 1e-6)
        return float(-np.log(np.where(right, sure, 1 - sure)).mean())

    if not len(right):
        return 1.0
    found = minimize_scalar(loss, bounds=np.log(RANGE), method="bounded", options={"xatol": 1e-3})
    return round(float(np.exp(found.x)), 3)


def reliability(sure: NDArray, right: NDArray[np.bool_], bins: int = 10) -> dict[str, list[float]]:
    """Confidences beside the share that is right, in bins of as many letters each.

    Returns
    -------
    dict
        ``confidence, right``: means of each bin; ``letters``: how many; ``error``: by how much both differ, on the
        average over all letters (the expected calibration error).

    References
    ----------
    Guo et al., "On Calibration of Modern Neural Networks", 2017.
    """
    parts = [part for part in np.array_split(np.argsort(sure, kind="stable"), bins) if len(part)]
    means = [(float(sure[part].mean()), float(right[part].mean()), len(part)) for part in parts]
    error = sum(abs(mean - share) * count for mean, share, count in means) / max(len(sure), 1)
    columns = [list(column) for column in zip(*means, strict=True)] or [[], [], []]
    return {"confidence": columns[0], "right": columns[1], "letters": columns[2], "error": [error]}
