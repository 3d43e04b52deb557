"""Q4.4 and Q7.1.4: all readers of the pages ranked on the same letters, and the letters against training images."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.data import datasets
from lib.nn.confusion import mcnemar
from lib.nn.neighbours import nearest
from lib.nn.statistics import bootstrap_interval, difference_interval, larger_p
from lib.vision.scores import align, tidy
from lib.vision.text import read_transcript

Record = Mapping[str, Any]  # what `lib.vision.reading.record` returns
POWER = 1.96 + 0.84  # standard errors from zero that a test at 5 % sees with 80 %


def rank(
    readings: Mapping[str, Sequence[Record]], texts: Sequence[Path], titles: Sequence[tuple[str, str]], seed: int
) -> dict[str, Any]:
    """Readers by the share of the pages' letters that they read, each from its image alone (`Q7.1.4/ranking`).

    Parameters
    ----------
    readings : dict of str to list of dict
        By reader, its record of each page.
    texts : list of Path
        The transcripts of these pages.
    titles : list of (str, str)
        Ids of the readers and their titles.
    seed : int
        Of the bootstrap.

    Returns
    -------
    dict
        ``letters``, how many are written; ``readers``, best first, each with ``id, title, right, accuracy`` and the
        ends ``low, high`` of a 95 % interval; ``pairs``, the ``better`` before the ``worse``: the letters that only one
        of them reads, the ``difference`` of their shares with its interval, and McNemar's ``p``. Intervals are by
        bootstrap over the lines of the pages, of which one hand wrote all letters.
    """
    truths = [tidy(read_transcript(text)) for text in texts]
    lines = [letters for truth in truths for letters in map(_letters, truth.split("\n")) if letters]
    groups = np.repeat(np.arange(len(lines)), [len(letters) for letters in lines])
    right = {
        reader: np.concatenate(
            [np.zeros(0, bool), *(_right(page["text"], truth) for page, truth in zip(pages, truths, strict=True))]
        )
        for reader, pages in readings.items()
    }
    if not len(groups):
        return {"letters": 0, "readers": [], "pairs": []}
    named = dict(titles)
    order = sorted(named, key=lambda reader: -right[reader].mean())
    pairs = list(combinations(order, 2))
    columns = [right[reader] for reader in order] + [right[a].astype(float) - right[b] for a, b in pairs]
    ends = bootstrap_interval(np.stack(columns, axis=1), np.random.default_rng(seed), groups).T.tolist()
    readers = [
        {
            "id": reader,
            "title": named[reader],
            "right": int(right[reader].sum()),
            "accuracy": float(right[reader].mean()),
            "low": low,
            "high": high,
        }
        for reader, (low, high) in zip(order, ends[: len(order)], strict=True)
    ]
    compared = []
    for (better, worse), (low, high) in zip(pairs, ends[len(order) :], strict=True):
        only_better, only_worse, p = mcnemar(right[better], right[worse])
        difference = float(right[better].mean() - right[worse].mean())
        compared.append({"better": better, "worse": worse, "only_better": only_better, "only_worse": only_worse})
        compared[-1] |= {"difference": difference, "low": low, "high": high, "p": p}
    return {"letters": len(groups), "readers": readers, "pairs": compared}


def compare_crops(
    letters: Sequence[Mapping[str, NDArray]],
    readings: Sequence[Record],
    texts: Mapping[str, Path],
    pages: Sequence[str],
    nist36: Mapping[str, NDArray],
    predictions: Mapping[str, NDArray],
) -> dict[str, Any]:
    """Letters of the pages against test images of the classes that they were read as (`Q4.4/crops_and_training`).

    Parameters
    ----------
    letters, readings : sequence of mapping
        Of each page, from `lib.steps.reading.find` and from the network of Q3.
    texts : dict of str to Path
        Transcripts of the pages that have one.
    pages : sequence of str
        Names of the pages.
    nist36 : mapping
        The data set.
    predictions : mapping
        ``logits`` and ``labels`` of its test images by the network of Q3.

    Returns
    -------
    dict
        ``measures``: of each of `_measure` the means of the letters of the pages (``crops``) and of as many test
        images, their ``difference`` in standard deviations of the latter with its 95 % interval, ``p`` of a
        Mann-Whitney test, and ``detectable``, the least difference that so many letters show with 80 %. Empty without
        letters.
        ``read``: of the letters with a transcript the ``share`` read right, the share ``expected`` from test images of
        the same classes, and the interval of the difference.
    """
    crops = np.concatenate([np.zeros((0, 32, 32), np.float32), *(page["crops32"] for page in letters)])
    names = [letter["letter"] for reading in readings for letter in reading["letters"]]
    images, labels = datasets.split(nist36, "test")
    train, _ = datasets.split(nist36, "train")
    classes = datasets.class_names(nist36)
    beside, taken = [], dict.fromkeys(classes, 0)
    for name in names:  # one test image of the class for each letter, in turn
        of_class = np.flatnonzero(labels == classes.index(name))
        if len(of_class):
            beside.append(of_class[taken[name] % len(of_class)])
            taken[name] += 1
    read = _read_and_expected(dict(zip(pages, readings, strict=True)), texts, classes, predictions)
    if not len(crops) or not beside:
        return {"measures": [], "read": read}
    found, others = _measure(crops, train), _measure(images[np.array(beside)], train)
    return {"measures": [_contrast(name, found[name], others[name]) for name in found], "read": read}


def _read_and_expected(readings, texts, classes, predictions):
    """The share of letters that are read right, and what test images of the same classes let expect."""
    truths = {page: tidy(read_transcript(text)) for page, text in texts.items()}
    right = [_right(readings[page]["text"], truth) for page, truth in truths.items()]
    written = [classes.index(letter) for truth in truths.values() for letter in _letters(truth) if letter in classes]
    if not written:
        return None
    correct, labels = predictions["logits"].argmax(axis=1) == predictions["labels"], predictions["labels"]
    by_class = {label: correct[labels == label].mean() for label in np.unique(labels)}
    expected = [by_class[label] for label in written if label in by_class]
    share, hoped = float(np.concatenate(right).mean()), float(np.mean(expected)) if expected else 0.0
    low, high = difference_interval(share, len(written), hoped, len(labels))
    return {"letters": len(written), "share": share, "expected": hoped, "low": low, "high": high}


def _measure(images: NDArray, train: NDArray) -> dict[str, NDArray]:
    """Of each image: distance to the nearest training image, share of ink, width and height of it, share of grey."""
    rows, columns = (images.min(axis=axis) < 0.5 for axis in (2, 1))
    return {
        "nearest": nearest(images.reshape(len(images), -1), train.reshape(len(train), -1))[1],
        "ink": 1 - images.mean(axis=(1, 2), dtype=np.float64),
        "width": _extent(columns),
        "height": _extent(rows),
        "grey": ((images > 0.1) & (images < 0.9)).mean(axis=(1, 2)),
    }


def _extent(touched: NDArray) -> NDArray:
    """From the first to the last True of each row, both counted; 0 without any."""
    last = touched.shape[1] - touched[:, ::-1].argmax(axis=1)
    return np.where(touched.any(axis=1), last - touched.argmax(axis=1), 0).astype(float)


def _contrast(name: str, crops: NDArray, tested: NDArray) -> dict[str, Any]:
    spread = tested.std(ddof=1) if len(tested) > 1 else 0.0
    error = np.sqrt(sum(values.var(ddof=1) / len(values) for values in (crops, tested) if len(values) > 1))
    difference, error = ((value / spread if spread else 0.0) for value in (crops.mean() - tested.mean(), error))
    numbers = {
        "crops": crops.mean(),
        "test": tested.mean(),
        "difference": difference,
        "low": difference - 1.96 * error,
        "high": difference + 1.96 * error,
        "p": larger_p(crops, tested),
        "detectable": POWER * error,
    }
    return {"measure": name} | {key: float(value) for key, value in numbers.items()}


def _letters(text: str) -> str:
    return "".join(text.split())


def _right(text: str, truth: str) -> NDArray:
    """Which letters of the truth were read right; (letters,) bool ndarray."""
    read, true = _letters(tidy(text)), _letters(truth)
    right = np.zeros(len(true), bool)
    for i, j in align(read, true):
        if i is not None and j is not None:
            right[j] = read[i] == true[j]
    return right
