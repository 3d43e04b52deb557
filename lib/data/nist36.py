"""NIST36, the assignment's letters and digits: three .mat files of images stored column by column, labels one-hot."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lib.data.child import ChildError, in_child
from lib.data.datasets import NIST36_CLASSES, SPLITS, FormatError, Split, check_split

SIDE = 32  # pixels, height and width
OVERSHOOT = 0.5  # the real NIST36 was resized with a cubic filter, which overshoots at stroke edges


def read_nist36(folder: Path) -> tuple[dict[str, Split], dict[str, int]]:
    """Read ``nist36_train.mat``, ``nist36_valid.mat`` and ``nist36_test.mat``.

    Parameters
    ----------
    folder : Path
        Where they are.

    Returns
    -------
    splits : dict
        (images, labels) of each split, as `lib.data.datasets.dataset` takes them; images (N, 32, 32) float32.
    clipped : dict
        Number of values outside [0, 1] that were clipped, per split.

    Raises
    ------
    FormatError
        Naming the file and what is wrong in it.
    """
    splits, clipped = {}, {}
    files = [(folder / f"nist36_{split}.mat", split) for split in SPLITS]
    for split, (images, labels, outside) in zip(SPLITS, read_files(files), strict=True):
        splits[split], clipped[split] = (images, labels), outside
    return splits, clipped


def read_files(files: Sequence[tuple[Path, str]]) -> Iterator[tuple[NDArray[np.float32], NDArray[np.int64], int]]:
    """What `read_file` returns of several files; a process of its own reads them, as a damaged one can crash SciPy."""
    found = in_child(read_file, files)
    for path, _ in files:
        try:
            yield next(found)
        except ChildError as error:
            raise FormatError(f"{path.name} cannot be read as a MATLAB file: {error}") from error


def read_file(path: Path, split: str) -> tuple[NDArray[np.float32], NDArray[np.int64], int]:
    """Read one .mat file with ``{split}_data`` (N, 1024) and ``{split}_labels`` (N, 36) one-hot.

    Returns
    -------
    images : (N, 32, 32) float32 ndarray
        Upright, ink dark, clipped to [0, 1].
    labels : (N,) int64 ndarray
        0..25 are A..Z, 26..35 are 0..9.
    clipped : int
        Number of values that were outside [0, 1], by at most `OVERSHOOT`.
    """
    name, classes = path.name, len(NIST36_CLASSES)
    data_key, labels_key = f"{split}_data", f"{split}_labels"
    data, one_hot = _matrices(path, data_key, labels_key)
    if len(data) == 0 or data.shape[1] != SIDE**2:
        raise FormatError(f"{name}: {data_key} is {data.shape}, not N x {SIDE**2} with N > 0")
    if one_hot.shape != (len(data), classes):
        raise FormatError(f"{name}: {labels_key} is {one_hot.shape}, not {len(data)} x {classes}")
    finite = np.isfinite(data).all(axis=1)
    if not finite.all():
        raise FormatError(f"{name}: {data_key}[{finite.argmin()}] holds a value that is not finite")
    if np.iscomplexobj(data) or data.min() < -OVERSHOOT or data.max() > 1 + OVERSHOOT:
        raise FormatError(
            f"{name}: {data_key} runs from {data.min():.4g} to {data.max():.4g}; images are in [0, 1], with at most "
            f"{OVERSHOOT} of overshoot at stroke edges"
        )
    ones = one_hot == 1
    right = ((one_hot == 0) | ones).all(axis=1) & (ones.sum(axis=1) == 1)
    if not right.all():
        raise FormatError(
            f"{name}: {labels_key}[{right.argmin()}] is not one-hot, that is one 1 and {classes - 1} zeros"
        )
    clipped = int(np.count_nonzero((data < 0) | (data > 1)))
    # MATLAB stores matrices column by column.
    images = np.clip(data, 0, 1).astype(np.float32).reshape(-1, SIDE, SIDE).transpose(0, 2, 1)
    labels = ones.argmax(axis=1).astype(np.int64)
    check_split(images, labels, classes, name)
    return np.ascontiguousarray(images), labels, clipped


def _matrices(path: Path, *keys: str) -> list[NDArray]:
    """Numeric matrices of a .mat file."""
    from scipy.io import loadmat

    name = path.name
    if not path.is_file():
        raise FormatError(
            f"{name} is missing; the archive should hold nist36_train.mat, nist36_valid.mat, nist36_test.mat"
        )
    try:
        found = loadmat(path, variable_names=keys)
    except MemoryError:
        raise
    except Exception as error:  # scipy raises a dozen kinds for a damaged file
        raise FormatError(f"{name} cannot be read as a MATLAB file: {error}") from error
    for key in keys:
        if key not in found:
            raise FormatError(f"{name} has no {key}; it should hold {' and '.join(keys)}")
        if not (np.issubdtype(found[key].dtype, np.number) or found[key].dtype == bool) or found[key].ndim != 2:
            raise FormatError(f"{name}: {key} is {found[key].dtype} {found[key].shape}, not a matrix of numbers")
    return [found[key] for key in keys]
