"""The network of Q3 as the page's script takes it, to read what a person draws."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray


def pack(weights: Mapping[str, NDArray], style: Mapping[str, float], names: Sequence[str]) -> dict[str, Any]:
    """Weights, and how the training set draws its letters.

    Parameters
    ----------
    weights : dict of str to ndarray
        ``W0, b0`` of the hidden layer and ``W1, b1`` of the output (`Q3.1.1/weights`).
    style : dict of str to float
        Fields of `lib.vision.crops.Style`.
    names : sequence of str
        What the outputs stand for.

    Returns
    -------
    dict
        ``names``, ``style``, and ``layers``: ``W`` and ``b`` of each, little-endian float32 in base64, row by row.

    Examples
    --------
    >>> import numpy as np
    >>> one = np.ones((1, 1))
    >>> pack({"W0": one, "b0": one[0], "W1": one, "b1": one[0]}, {"size": 1}, "A")["layers"][0]
    {'W': 'AACAPw==', 'b': 'AACAPw=='}
    """
    layers = [{name: _base64(weights[f"{name}{layer}"]) for name in "Wb"} for layer in (0, 1)]
    return {"names": [*names], "style": dict(style), "layers": layers}


def _base64(array: NDArray) -> str:
    return base64.b64encode(array.astype("<f4").tobytes()).decode()
