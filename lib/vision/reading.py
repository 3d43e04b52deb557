"""What a classifier makes of a page's letters: the record of a reading, and how much of it is right.

Strict is what the classifier says of each letter's own image; in context its neighbours have a say
(`lib.vision.context`). Every classifier's readings have the same shape, and both are always there.
"""

import numpy as np

from lib.vision.context import with_context
from lib.vision.scores import page_scores
from lib.vision.text import compose

MEASURES = ("letter_accuracy", "char_accuracy", "word_accuracy")


def record(boxes, line, word, probs, characters, alternatives):
    """A page as it was read.

    Parameters
    ----------
    boxes : (n, 4) int ndarray
        In reading order.
    line, word : (n,) int ndarray
    probs : (n, k) float ndarray
        Of each letter's image, strictly.
    characters : sequence of k str
    alternatives : int
        How many of the likeliest characters to keep for each letter.

    Returns
    -------
    dict
        ``text`` and ``text_in_context``, and ``letters``: a dict for each with ``box``, ``line``, ``word``, ``letter``,
        its ``probability``, ``in_context`` and ``alternatives`` (pairs of character and probability).
    """
    in_context = with_context(probs, characters, line, word)
    strict, helped = ([characters[best] for best in one.argmax(axis=1)] for one in (probs, in_context))
    order = np.argsort(-probs, axis=1, kind="stable")[:, :alternatives]
    letters = [
        {
            "box": boxes[i].tolist(),
            "line": int(line[i]),
            "word": int(word[i]),
            "letter": strict[i],
            "probability": round(float(probs[i].max()), 4),
            "in_context": helped[i],
            "alternatives": [[characters[k], round(float(probs[i, k]), 4)] for k in order[i]],
        }
        for i in range(len(boxes))
    ]
    return {
        "text": compose(strict, line, word),
        "text_in_context": compose(helped, line, word),
        "letters": letters,
    }


def score(reading, truth, key):
    """Scores of a recorded reading as flat numbers.

    Parameters
    ----------
    reading : dict
        As `record` returned it.
    truth : str
        What is written on the page.
    key : str
        What the names of the numbers begin with.

    Returns
    -------
    dict of str to float
        All of `lib.vision.scores.page_scores` for the strict reading, and `MEASURES` ``.in_context``.
    """
    strict, helped = page_scores(reading["text"], truth), page_scores(reading["text_in_context"], truth)
    found = {f"{key}.{name}": value for name, value in strict.items()}
    return found | {f"{key}.in_context.{name}": helped[name] for name in MEASURES}
