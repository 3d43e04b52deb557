"""Oxford's flowers (Nilsback and Zisserman 2006, 2008): which image belongs to which split and class.

Images are numbered from 1, ``image_0001.jpg`` and so on; .mat files list the numbers of each split. Of the three splits
of 17 flowers the assignment uses the second, ``trn2``, ``val2``, ``tst2``; the only one of 102 flowers gets its names.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat

from lib.data.datasets import FormatError

Members = list[tuple[int, str]]  # (number of an image, its class)

# In the order of the image numbers, EACH images of every one
FLOWERS17 = (
    "daffodil", "snowdrop", "lily_of_the_valley", "bluebell", "crocus", "iris", "tiger_lily", "tulip", "fritillary",
    "sunflower", "daisy", "coltsfoot", "dandelion", "cowslip", "buttercup", "windflower", "pansy",
)  # fmt: skip
EACH = 80


def class_folders() -> list[str]:
    """Names of the 17 class folders, numbered so that they sort in Oxford's order."""
    return [f"{number:02d}_{name}" for number, name in enumerate(FLOWERS17, 1)]


def read_splits17(splits_file: Path) -> dict[str, Members]:
    """Image numbers and class folders of 17 flowers, split 2, from ``datasplits.mat``.

    Returns
    -------
    dict
        ``{"trn2": [(number, class name), ...], "val2": ..., "tst2": ...}``, sorted by number.

    Raises
    ------
    FormatError
        Naming the file and what is wrong in it.
    """
    names = class_folders()
    splits = _read_splits(splits_file, {"trn2": "trn2", "val2": "val2", "tst2": "tst2"}, last=len(names) * EACH)
    return {split: [(number, names[(number - 1) // EACH]) for number in numbers] for split, numbers in splits.items()}


def read_splits102(splits_file: Path, labels_file: Path) -> dict[str, Members]:
    """As `read_splits17`, for 102 flowers ``001`` to ``102``, from ``setid.mat`` and ``imagelabels.mat``."""
    labels = _read_vector(labels_file, "labels")
    if labels.min() != 1 or labels.max() != 102 or len(np.unique(labels)) != 102:
        raise FormatError(f"{labels_file.name}: labels do not run from 1 to 102")
    splits = _read_splits(splits_file, {"trn2": "trnid", "val2": "valid", "tst2": "tstid"}, last=len(labels))
    return {split: [(number, f"{labels[number - 1]:03d}") for number in numbers] for split, numbers in splits.items()}


def _read_splits(path: Path, keys: dict[str, str], last: int) -> dict[str, list[int]]:
    splits = {split: sorted(_read_vector(path, key).tolist()) for split, key in keys.items()}
    numbers = np.concatenate(list(splits.values()))
    if numbers.min() < 1 or numbers.max() > last:
        raise FormatError(f"{path.name}: image numbers run from {numbers.min()} to {numbers.max()}, not 1..{last}")
    if repeated := len(numbers) - len(np.unique(numbers)):
        raise FormatError(f"{path.name}: {repeated} images occur in two splits, or twice")
    return splits


def _read_vector(path: Path, key: str) -> NDArray[np.int64]:
    """A vector of integers from a .mat file."""
    try:
        found = loadmat(path, variable_names=[key], squeeze_me=True)
    except Exception as error:  # scipy raises a dozen kinds for a damaged file
        raise FormatError(f"{path.name} cannot be read as a MATLAB file: {error}") from error
    if key not in found:
        raise FormatError(f"{path.name} has no {key}")
    vector = np.atleast_1d(found[key])
    if vector.ndim != 1 or len(vector) == 0 or not np.issubdtype(vector.dtype, np.number) or (vector % 1 != 0).any():
        raise FormatError(f"{path.name}: {key} is {vector.dtype} {vector.shape}, not a list of image numbers")
    return vector.astype(np.int64)
