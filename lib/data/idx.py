"""MNIST and EMNIST Balanced as IDX files: read by torchvision after a check of their own, written for drawn data.

The files are white on black, and EMNIST's images are transposed. What is read is upright, ink dark (0) on white (255).
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lib.data.datasets import EMNIST_CLASSES, MNIST_CLASSES, FormatError, Split, check_split

SIDE = 28  # pixels, height and width
MNIST_PREFIXES = {"train": "train", "test": "t10k"}
EMNIST_PREFIXES = {"train": "emnist-balanced-train", "test": "emnist-balanced-test"}
MAX_BYTES = 200 << 20  # the largest, EMNIST Balanced's training images, has 88 MB; read, it is in memory three times


def read_mnist(folder: Path) -> dict[str, Split]:
    """Read MNIST from a folder ``MNIST`` that holds ``raw/train-images-idx3-ubyte`` and so on.

    Returns
    -------
    dict
        ``{"train": (images, labels), "test": ...}``: (N, 28, 28) uint8, int64 labels.

    Raises
    ------
    FormatError
        If a file is missing, cut short, of another size, or does not hold the ten classes.
    """
    from torchvision.datasets import MNIST

    return _read(folder, MNIST_PREFIXES, len(MNIST_CLASSES), MNIST)


def read_emnist(folder: Path) -> dict[str, Split]:
    """Read EMNIST Balanced from a folder ``EMNIST``; as `read_mnist`, with 47 classes."""
    from torchvision.datasets import EMNIST

    if list(EMNIST.classes_split_dict["balanced"]) != list(EMNIST_CLASSES):
        raise FormatError("this torchvision orders EMNIST Balanced's classes differently from this project")
    splits = _read(folder, EMNIST_PREFIXES, len(EMNIST_CLASSES), partial(EMNIST, split="balanced"))
    return {split: (_transposed(images), labels) for split, (images, labels) in splits.items()}


def write_mnist(folder: Path, splits: dict[str, Split]) -> None:
    """Write the files that `read_mnist` reads into ``folder/raw``: `splits` as it returns them."""
    for split, (images, labels) in splits.items():
        _write_split(folder / "raw" / MNIST_PREFIXES[split], images, labels)


def write_emnist(folder: Path, splits: dict[str, Split]) -> None:
    """Write the files that `read_emnist` reads into ``folder/raw``: `splits` as it returns them."""
    for split, (images, labels) in splits.items():
        _write_split(folder / "raw" / EMNIST_PREFIXES[split], _transposed(images), labels)


def file_names(prefixes: dict[str, str]) -> list[str]:
    """Names of all files of MNIST or EMNIST Balanced."""
    return [f"{prefix}-{part}" for prefix in prefixes.values() for part in ("images-idx3-ubyte", "labels-idx1-ubyte")]


def check_file(path: Path, dimensions: int) -> tuple[int, ...]:
    """Raise FormatError unless an IDX file holds what its header declares; torchvision would only assert.

    Parameters
    ----------
    path : Path
        An unpacked IDX file of unsigned bytes.
    dimensions : int
        3 for images, which must be 28 x 28; 1 for labels.

    Returns
    -------
    tuple of int
        The declared sizes.
    """
    if not path.is_file():
        raise FormatError(f"{path.name} is missing")
    start = 4 + 4 * dimensions
    with open(path, "rb") as file:
        header = file.read(start)
    if len(header) < start or header[:4] != bytes([0, 0, 8, dimensions]):
        raise FormatError(
            f"{path.name} is not an IDX file of bytes in {dimensions} dimensions: it begins {header[:4].hex(' ')}"
        )
    sizes = tuple(np.frombuffer(header, ">u4", offset=4).tolist())
    if sizes[0] == 0 or (dimensions == 3 and sizes[1:] != (SIDE, SIDE)):
        raise FormatError(f"{path.name} declares the sizes {sizes}; images are N x {SIDE} x {SIDE} with N > 0")
    found, declared = path.stat().st_size - start, int(np.prod(sizes, dtype=object))
    if found != declared:
        how = "cut short" if found < declared else "too long"
        raise FormatError(f"{path.name} is {how}: its header declares {declared:,} bytes, there are {found:,}")
    return sizes


def write_file(path: Path, array: NDArray[np.uint8]) -> None:
    """Write an IDX file of unsigned bytes: two zeros, the type, the number of dimensions, the sizes, the bytes."""
    if array.dtype != np.uint8:
        raise ValueError(f"only uint8 is written as IDX here, not {array.dtype}")
    path.write_bytes(bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes())


def _transposed(images: NDArray) -> NDArray:
    """Rows and columns exchanged: NIST stored EMNIST's images column by column."""
    return np.ascontiguousarray(images.transpose(0, 2, 1))


def _read(folder: Path, prefixes: dict[str, str], classes: int, opened: Callable) -> dict[str, Split]:
    for prefix in prefixes.values():
        count = check_file(folder / "raw" / f"{prefix}-images-idx3-ubyte", dimensions=3)[0]
        labelled = check_file(folder / "raw" / f"{prefix}-labels-idx1-ubyte", dimensions=1)[0]
        if count != labelled:
            raise FormatError(f"{folder.name}, {prefix}: {count} images, but {labelled} labels")
    splits = {}
    for split in prefixes:
        found = opened(str(folder.parent), train=split == "train")
        images, labels = 255 - found.data.numpy(), found.targets.numpy().astype(np.int64)
        check_split(images, labels, classes, f"{folder.name}, {split}")
        splits[split] = images, labels
    return splits


def _write_split(prefix: Path, images: NDArray[np.uint8], labels: NDArray) -> None:
    prefix.parent.mkdir(parents=True, exist_ok=True)
    write_file(prefix.with_name(f"{prefix.name}-images-idx3-ubyte"), 255 - images)
    write_file(prefix.with_name(f"{prefix.name}-labels-idx1-ubyte"), labels.astype(np.uint8))
