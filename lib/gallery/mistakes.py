"""The confusion matrix to point at: which test images stand behind each of its cells."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.gallery import pictures

ACROSS = 40  # images in a row of the sheet


def mistakes(images: NDArray, predictions: Mapping[str, NDArray], right: int) -> dict[str, Any]:
    """Counts by true class and answer, and the images that were counted.

    Parameters
    ----------
    images : (n, size, size) float ndarray
        Test images, in [0, 1].
    predictions : dict of str to ndarray
        ``logits, labels, classes`` (`fits/mlp_test`).
    right : int
        How many images that were read right to show of each class; of mistakes all are shown.

    Returns
    -------
    dict
        ``classes``; ``cells``: lists ``[true, read, count, first, shown]``, where images `first` to ``first + shown``
        of the sheet are the cell's; ``sheet``, a `lib.gallery.pictures.Picture` of all of them, `across` in a row, each
        ``size`` pixels wide.

    Examples
    --------
    >>> answers = {"logits": np.eye(2)[[0, 0, 1]], "labels": np.array([0, 1, 1]), "classes": np.array(["A", "B"])}
    >>> mistakes(np.ones((3, 4, 4)), answers, right=1)["cells"]
    [[0, 0, 1, 0, 1], [1, 0, 1, 1, 1], [1, 1, 1, 2, 1]]
    """
    labels, answers = predictions["labels"], predictions["logits"].argmax(axis=1)
    cells: list[list[int]] = []
    shown: list[NDArray] = []
    first = 0
    for true, read in sorted(set(zip(labels.tolist(), answers.tolist(), strict=True))):
        found = np.flatnonzero((labels == true) & (answers == read))
        kept = found[:right] if true == read else found
        cells.append([true, read, len(found), first, len(kept)])
        shown.append(images[kept])
        first += len(kept)
    return {
        "classes": predictions["classes"].tolist(),
        "cells": cells,
        "size": images.shape[1],
        "across": ACROSS,
        "sheet": pictures.sheet(np.concatenate(shown), ACROSS),
    }
