"""The record of a reading: what a classifier makes of a page's letters, and how much of it is right.

Every classifier's records have the same shape. They hold both readings: of each letter's own image, and in context,
where its neighbours count too (`lib.vision.context`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.vision.confidence import confidence
from lib.vision.context import pooled, with_context
from lib.vision.scores import page_scores
from lib.vision.text import compose


def record(
    boxes: NDArray,
    line: NDArray,
    word: NDArray,
    probs: NDArray,
    characters: Sequence[str],
    alternatives: int,
    odds: NDArray | None = None,
    kinds: NDArray | None = None,
    temperature: float = 1.0,
) -> dict[str, Any]:
    """A page as it was read.

    Parameters
    ----------
    boxes : (n, 4) int ndarray
        In reading order.
    line, word : (n,) int ndarray
    probs : (n, k) float ndarray
        Of each letter, given its own image.
    characters : sequence of k str
    alternatives : int
        How many of the likeliest characters to record for each letter.
    odds : (n,) float ndarray, optional
        Log odds that each is one letter, where a judge was asked.
    kinds : (n, k) float ndarray, optional
        The judge's log probabilities of the characters; they count in context.
    temperature : float
        Of the confidences (`lib.vision.confidence`).

    Returns
    -------
    dict
        ``text`` and ``text_in_context``; ``letters``, a dict for each with ``box``, ``line``, ``word``, ``letter``, its
        ``probability``, ``in_context`` and ``alternatives`` (pairs of character and probability). With odds, also
        the ``confidence`` that the letter in context is right, ``confidence_alone`` that it is given its own image
        alone, and of the page the means of these.
    """
    whole = with_context(probs if kinds is None else pooled(probs, kinds), characters, line, word)
    alone, in_context = ([characters[best] for best in p.argmax(axis=1)] for p in (probs, whole))
    order = np.argsort(-probs, axis=1, kind="stable")[:, :alternatives]
    letters = [
        {
            "box": boxes[i].tolist(),
            "line": int(line[i]),
            "word": int(word[i]),
            "letter": alone[i],
            "probability": round(float(probs[i].max()), 4),
            "in_context": in_context[i],
            "alternatives": [[characters[k], round(float(probs[i, k]), 4)] for k in order[i]],
        }
        for i in range(len(boxes))
    ]
    found: dict[str, Any] = {
        "text": compose(alone, line, word),
        "text_in_context": compose(in_context, line, word),
        "letters": letters,
    }
    if odds is None:
        return found
    for name, opinion in {"confidence": whole, "confidence_alone": probs}.items():
        sure = confidence(opinion, odds, temperature)
        for letter, share in zip(letters, sure, strict=True):
            letter[name] = round(float(share), 4)
        found[name] = round(float(sure.mean()), 4) if len(sure) else 0.0
    return found


def score_reading(reading: Mapping[str, Any], truth: str, key: str) -> dict[str, float]:
    """Scores of a record as flat numbers.

    Parameters
    ----------
    reading : dict
        From `record`.
    truth : str
        The true text of the page.
    key : str
        Prefix of the numbers' names.

    Returns
    -------
    dict of str to number
        All of `lib.vision.scores.page_scores` for the letters' own images, and the accuracies ``.in_context``.
    """
    alone, in_context = page_scores(reading["text"], truth), page_scores(reading["text_in_context"], truth)
    found = {f"{key}.{name}": value for name, value in alone.items()}
    return found | {
        f"{key}.in_context.{name}": value for name, value in in_context.items() if name.endswith("_accuracy")
    }
