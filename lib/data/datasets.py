"""Datasets of single letters and digits: one mapping of arrays, checked, the same for every source.

A dataset holds, in this order::

    classes                        (C,) str, one character each
    train_images, train_labels     (N, height, width) float32 in [0, 1] or uint8, and (N,) int64 indices into classes
    valid_images, valid_labels
    test_images, test_labels

Images are upright, with dark ink (0) on white paper. `dataset` builds one, `split` and `class_names` read one; while it
is being built, its splits are a dict from the names in `SPLITS` to (images, labels).
"""

import string
import warnings
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Split = tuple[NDArray, NDArray]

SPLITS = ("train", "valid", "test")
NIST36_CLASSES = string.ascii_uppercase + string.digits
MNIST_CLASSES = string.digits
# EMNIST Balanced: 15 letters are in one class with their capitals.
EMNIST_CLASSES = string.digits + string.ascii_uppercase + "abdefghnqrt"


class FormatError(ValueError):
    """Data in a wrong format; the message says where, and what was found."""


def split(dataset: Mapping[str, NDArray], name: str) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """One split of a dataset.

    Parameters
    ----------
    dataset : mapping of str to ndarray
        See the module; only the arrays of this split are read.
    name : {"train", "valid", "test"}

    Returns
    -------
    images : (N, height, width) float32 ndarray
        In [0, 1].
    labels : (N,) int64 ndarray
        Indices into `class_names`.

    Raises
    ------
    ValueError
        If there is no such split.

    Examples
    --------
    >>> images, labels = split({"test_images": np.full((1, 2, 2), 255, np.uint8), "test_labels": np.array([3])}, "test")
    >>> images.dtype.name, images.max().item(), labels.tolist()
    ('float32', 1.0, [3])
    """
    if name not in SPLITS:
        raise ValueError(f"there is no split {name!r}; a dataset has {', '.join(SPLITS)}")
    images, labels = dataset[f"{name}_images"], dataset[f"{name}_labels"]
    if images.dtype == np.uint8:
        images = images.astype(np.float32)
        images /= 255
    return images, labels


def class_names(dataset: Mapping[str, NDArray]) -> list[str]:
    """Names of a dataset's classes, one character each, in the order of the labels."""
    return dataset["classes"].tolist()


def dataset(splits: Mapping[str, Split], classes: Sequence[str]) -> dict[str, NDArray]:
    """Build a dataset from its splits.

    Parameters
    ----------
    splits : mapping of str to (images, labels)
        For each of `SPLITS`, images (N, height, width) float32 in [0, 1] or uint8, labels (N,) integers.
    classes : sequence of str
        One character per class.

    Returns
    -------
    dict of str to ndarray
        See the module.

    Raises
    ------
    FormatError
        If a split does not pass `check_split`.
    """
    arrays = {"classes": np.array(list(classes))}
    for name in SPLITS:
        images, labels = splits[name]
        check_split(images, labels, len(classes), name)
        arrays[f"{name}_images"] = np.ascontiguousarray(images)
        arrays[f"{name}_labels"] = np.asarray(labels, dtype=np.int64)
    return arrays


def check_split(images: NDArray, labels: NDArray, classes: int, where: str) -> None:
    """Raise FormatError unless images and labels are a split of that many classes, all of which occur."""
    if images.ndim != 3 or images.dtype not in (np.float32, np.uint8):
        raise FormatError(f"{where}: images are {images.dtype} {images.shape}, not (N, height, width) float32 or uint8")
    if len(images) == 0:
        raise FormatError(f"{where}: there are no images")
    if labels.shape != images.shape[:1]:
        raise FormatError(f"{where}: {len(images)} images have labels of shape {labels.shape}")
    if not np.issubdtype(labels.dtype, np.integer):
        raise FormatError(f"{where}: labels are {labels.dtype}, not integers")
    if images.dtype == np.float32 and not (np.isfinite(images).all() and images.min() >= 0 and images.max() <= 1):
        raise FormatError(f"{where}: images are not within [0, 1]")
    if labels.min() < 0 or labels.max() >= classes:
        raise FormatError(
            f"{where}: labels run from {labels.min()} to {labels.max()}; {classes} classes are 0..{classes - 1}"
        )
    if missing := sorted(set(range(classes)) - set(np.unique(labels).tolist())):
        raise FormatError(f"{where}: no image of the classes {missing}; all {classes} must occur")


def describe(splits: Mapping[str, Split], classes: Sequence[str], name: str) -> dict[str, object]:
    """Facts about a dataset for its report; warns of held-out images that occur in training.

    Parameters
    ----------
    splits, classes
        As in `dataset`.
    name : str
        The dataset's, for the warning.

    Returns
    -------
    dict
        ``images`` and ``images_per_class`` ([fewest, most]) per split, ``size``, ``classes``, ``ink`` (mean darkness of
        the training images), and ``held_out_in_training``: how many validation and test images are, pixel for pixel,
        training images too.
    """
    train = splits["train"][0]
    per_class = {split: np.bincount(labels, minlength=len(classes)) for split, (_, labels) in splits.items()}
    white = 255 if train.dtype == np.uint8 else 1
    shared = {split: overlap(train, splits[split][0]) for split in ("valid", "test")}
    if any(shared.values()):
        warnings.warn(
            f"{name}: {shared['valid']} of {len(splits['valid'][0])} validation images and {shared['test']} of "
            f"{len(splits['test'][0])} test images are training images too",
            stacklevel=2,
        )
    return {
        "classes": len(classes),
        "held_out_in_training": shared,
        "images": {split: len(labels) for split, (_, labels) in splits.items()},
        "images_per_class": {split: [int(counts.min()), int(counts.max())] for split, counts in per_class.items()},
        "ink": round(1 - float(train.mean(dtype=np.float64)) / white, 4),
        "size": list(train.shape[1:]),
    }


def overlap(images: NDArray, others: NDArray) -> int:
    """How many of `others` are, pixel for pixel, also among `images`; images lie along the first axis of each.

    Examples
    --------
    >>> a = np.arange(12).reshape(3, 2, 2)
    >>> overlap(a, a[1:])
    2
    """
    known = {image.tobytes() for image in np.ascontiguousarray(images)}
    return sum(image.tobytes() in known for image in np.ascontiguousarray(others))


def stratified_split(
    labels: NDArray, fraction: float, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Hold out a fraction of every class, at least one example and never all.

    Parameters
    ----------
    labels : (N,) int ndarray
        Class of each example.
    fraction : float
        Held out, between 0 and 1.
    rng : np.random.Generator

    Returns
    -------
    kept, held_out : int64 ndarray
        Indices, sorted; together every example once.

    Raises
    ------
    ValueError
        If the fraction is not between 0 and 1.
    FormatError
        If a class has a single example.

    Examples
    --------
    >>> kept, held_out = stratified_split(np.repeat([0, 1], 10), 0.2, np.random.default_rng(0))
    >>> len(kept), np.bincount(np.repeat([0, 1], 10)[held_out]).tolist()
    (16, [2, 2])
    """
    if not 0 < fraction < 1:
        raise ValueError(f"the held-out fraction is {fraction}; it must be between 0 and 1")
    held_out = []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        if len(members) < 2:
            raise FormatError(f"class {label} has {len(members)} training image; two are needed to hold one out")
        count = min(max(1, round(fraction * len(members))), len(members) - 1)
        held_out.append(rng.permutation(members)[:count])
    chosen = np.sort(np.concatenate(held_out))
    return np.setdiff1d(np.arange(len(labels)), chosen), chosen
