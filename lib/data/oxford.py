"""Oxford's flowers (Nilsback and Zisserman 2006, 2008): which image belongs to which split and class.

Images are numbered from 1, ``image_0001.jpg`` and so on; .mat files list the numbers of each split. Of the three splits
of 17 flowers the assignment uses the second, ``trn2``, ``val2``, ``tst2``; the only one of 102 flowers gets its names.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lib.data.child import ChildError, in_child
from lib.data.datasets import FormatError

Members = list[tuple[int, str]]  # (number of an image, its class)

# In the order of the image numbers, EACH images of every one
FLOWERS17 = (
    "daffodil", "snowdrop", "lily_of_the_valley", "bluebell", "crocus", "iris", "tiger_lily", "tulip", "fritillary",
    "sunflower", "daisy", "coltsfoot", "dandelion", "cowslip", "buttercup", "windflower", "pansy",
)  # fmt: skip
EACH = 80
PARTS = ("trn2", "val2", "tst2")


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
    (vectors,) = _read_files((splits_file, PARTS))
    splits = _splits(splits_file, dict(zip(PARTS, vectors, strict=True)), last=len(names) * EACH)
    return {split: [(number, names[(number - 1) // EACH]) for number in numbers] for split, numbers in splits.items()}


def read_splits102(splits_file: Path, labels_file: Path) -> dict[str, Members]:
    """As `read_splits17`, for 102 flowers ``001`` to ``102``, from ``setid.mat`` and ``imagelabels.mat``."""
    (labels,), vectors = _read_files((labels_file, ("labels",)), (splits_file, ("trnid", "valid", "tstid")))
    if labels.min() != 1 or labels.max() != 102 or len(np.unique(labels)) != 102:
        raise FormatError(f"{labels_file.name}: labels do not run from 1 to 102")
    splits = _splits(splits_file, dict(zip(PARTS, vectors, strict=True)), last=len(labels))
    return {split: [(number, f"{labels[number - 1]:03d}") for number in numbers] for split, numbers in splits.items()}


def _splits(path: Path, vectors: dict[str, NDArray[np.int64]], last: int) -> dict[str, list[int]]:
    numbers = np.concatenate(list(vectors.values()))
    if numbers.min() < 1 or numbers.max() > last:
        raise FormatError(f"{path.name}: image numbers run from {numbers.min()} to {numbers.max()}, not 1..{last}")
    if repeated := len(numbers) - len(np.unique(numbers)):
        raise FormatError(f"{path.name}: {repeated} images occur in two splits, or twice")
    return {split: sorted(vector.tolist()) for split, vector in vectors.items()}


def _read_files(*files: tuple[Path, Sequence[str]]) -> list[list[NDArray[np.int64]]]:
    """Vectors of integers of .mat files; a process of its own reads them, as a damaged one can crash SciPy."""
    found, vectors = in_child(_read_vectors, files), []
    for path, _ in files:
        try:
            vectors.append(next(found))
        except ChildError as error:
            raise FormatError(f"{path.name} cannot be read as a MATLAB file: {error}") from error
    return vectors


def _read_vectors(path: Path, keys: Sequence[str]) -> list[NDArray[np.int64]]:
    from scipy.io import loadmat

    try:
        found = loadmat(path, variable_names=list(keys), squeeze_me=True)
    except MemoryError:
        raise
    except Exception as error:  # scipy raises a dozen kinds for a damaged file
        raise FormatError(f"{path.name} cannot be read as a MATLAB file: {error}") from error
    return [_checked_vector(found, key, path.name) for key in keys]


def _checked_vector(found, key, name):
    if key not in found:
        raise FormatError(f"{name} has no {key}")
    vector = np.atleast_1d(found[key])
    if (
        vector.ndim != 1
        or len(vector) == 0
        or vector.dtype.kind not in "iuf"
        or not (np.isfinite(vector).all() and (vector % 1 == 0).all() and np.abs(vector).max() < 2**31)
    ):
        raise FormatError(f"{name}: {key} is {vector.dtype} {vector.shape}, not a list of image numbers")
    return vector.astype(np.int64)
