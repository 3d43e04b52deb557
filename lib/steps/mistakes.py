"""Q3.1.4 and Q7.1.4: what is mixed up, and what the mistakes look like beside training images."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.data import datasets
from lib.models.alphabet import error_kinds, fold_case
from lib.nn.neighbours import nearest

MOST = 1000  # mistakes, and as many images that were read right, whose nearest training images are looked for


def count_kinds(predictions: Mapping[str, NDArray], prefix: str) -> dict[str, float]:
    """Test images that were misread, by what they were mixed up with (``<prefix>.errors``, ``<prefix>.kind.*``).

    Returns
    -------
    dict
        Also ``<prefix>.accuracy_folded``, where both cases of a letter count as right.
    """
    classes, labels, logits = predictions["classes"].tolist(), predictions["labels"], predictions["logits"]
    predicted = logits.argmax(axis=1)
    counts = error_kinds(predicted, labels, classes)
    folds = fold_case(np.eye(len(classes)), classes)[0].argmax(axis=1)  # the character of each class
    numbers: dict[str, float] = {f"{prefix}.kind.{kind}": count for kind, count in counts.items()}
    right = folds[predicted] == folds[labels]
    return numbers | {f"{prefix}.errors": sum(counts.values()), f"{prefix}.accuracy_folded": float(right.mean())}


def look_up(dataset: Mapping[str, NDArray], predictions: Mapping[str, NDArray], prefix: str) -> dict[str, Any]:
    """The nearest training images of test images that were misread.

    Parameters
    ----------
    dataset : mapping
        See `lib.data.datasets`.
    predictions : mapping
        ``logits`` and ``labels`` of its test images.
    prefix : str
        Of the numbers' keys.

    Returns
    -------
    dict
        ``nearest``: of up to `MOST` misread images, each pair of classes once before any comes again and then those
        first for which the network is surest, their indices ``test``, and the indices of the nearest training images of
        the class ``read`` and of the ``true`` one. ``numbers``: how many there are (``images``), the shares of them
        whose nearest training image of all is of the class read, and of the true class; and the latter for as many
        images that were read right.
    """
    images, labels = datasets.split(dataset, "test")
    train, train_labels = datasets.split(dataset, "train")
    x, among = images.reshape(len(images), -1), train.reshape(len(train), -1)
    logits = predictions["logits"]
    predicted = logits.argmax(axis=1)
    wrong = np.flatnonzero(predicted != labels)
    margin = logits[wrong, predicted[wrong]] - logits[wrong, labels[wrong]]
    wrong = wrong[np.argsort(-margin, kind="stable")]
    wrong = wrong[np.argsort(_turns(labels[wrong], predicted[wrong]), kind="stable")][:MOST]
    right = np.flatnonzero(predicted == labels)
    right = right[np.linspace(0, len(right) - 1, min(len(right), len(wrong))).astype(int)] if len(right) else right
    found = {"test": wrong, "read": np.zeros(len(wrong), int), "true": np.zeros(len(wrong), int)}
    for name, classes in (("read", predicted[wrong]), ("true", labels[wrong])):
        for label in np.unique(classes):
            of_class = classes == label
            found[name][of_class] = nearest(x[wrong[of_class]], among, train_labels == label)[0]
    beside_wrong, beside_right = (train_labels[nearest(x[which], among)[0]] for which in (wrong, right))
    numbers = {
        "images": len(wrong),
        "nearest_is_read": _share(beside_wrong == predicted[wrong]),
        "nearest_is_true": _share(beside_wrong == labels[wrong]),
        "right_nearest_is_true": _share(beside_right == labels[right]),
    }
    return {"nearest": found, "numbers": {f"{prefix}.mistakes.{name}": value for name, value in numbers.items()}}


def _share(which: NDArray) -> float:
    return float(which.mean()) if len(which) else 0.0


def _turns(labels: NDArray, predicted: NDArray) -> list[int]:
    """How many mistakes of the same kind come before each."""
    seen: Counter = Counter()
    turns = []
    for pair in zip(labels.tolist(), predicted.tolist(), strict=True):
        turns.append(seen[pair])
        seen[pair] += 1
    return turns
