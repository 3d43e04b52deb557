"""How well a page was read: edit distances between what was read and what is written.

Found, missed and spurious letters come from an alignment of the letters alone, without spaces, in which a missing
letter, an extra letter and a substitution cost the same. Accuracies are 1 - distance / length of the truth, at least 0.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def edit_distances(read: Sequence, truth: Sequence) -> NDArray[np.int64]:
    """Levenshtein distances between all prefixes of two sequences.

    Returns
    -------
    (len(read) + 1, len(truth) + 1) int ndarray

    Examples
    --------
    >>> int(edit_distances("SITTING", "KITTEN")[-1, -1])
    3
    """
    distance = np.zeros((len(read) + 1, len(truth) + 1), int)
    distance[:, 0] = np.arange(len(read) + 1)
    columns = np.arange(len(truth) + 1)
    distance[0] = columns
    for i, item in enumerate(read, 1):
        # Without insertions a row follows from the one above at once; insertions are then a running minimum.
        substituted = distance[i - 1, :-1] + np.array([item != other for other in truth], int)
        row = np.concatenate([[i], np.minimum(distance[i - 1, 1:] + 1, substituted)])
        distance[i] = np.minimum.accumulate(row - columns) + columns
    return distance


def align(read: Sequence, truth: Sequence) -> list[tuple[int | None, int | None]]:
    """Pair the items of two sequences at the least edit distance, preferring pairs to items without a counterpart.

    Returns
    -------
    list of (int or None, int or None)
        Index in `read` and in `truth`; None where one has no counterpart.

    Examples
    --------
    >>> align("AC", "ABC")
    [(0, 0), (None, 1), (1, 2)]
    """
    distance = edit_distances(read, truth)
    i, j = len(read), len(truth)
    pairs: list[tuple[int | None, int | None]] = []
    while i or j:
        if i and j and distance[i, j] == distance[i - 1, j - 1] + (read[i - 1] != truth[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif i and distance[i, j] == distance[i - 1, j] + 1:
            i -= 1
            pairs.append((i, None))
        else:
            j -= 1
            pairs.append((None, j))
    return pairs[::-1]


def accuracy(read: Sequence, truth: Sequence) -> float:
    """1 - edit distance / length of the truth, at least 0; 1 when both are empty."""
    if not len(truth):
        return float(not len(read))
    return max(0, len(truth) - int(edit_distances(read, truth)[-1, -1])) / len(truth)


def page_scores(text: str, truth: str) -> dict[str, float]:
    """Scores of one page.

    Parameters
    ----------
    text, truth : str
        Read and true text, spaces between words and newlines between lines. Spaces at the ends of lines, empty lines,
        and the case of letters do not count.

    Returns
    -------
    dict
        ``true``: letters on the page; ``found``, ``missed``, ``spurious``: letters with a counterpart, true letters
        without one, read letters without one; ``letter_accuracy``: without spaces and line breaks; ``char_accuracy``:
        with both; ``word_accuracy``: whole words.

    Examples
    --------
    >>> scores = page_scores("A NAB", "A NAP")
    >>> scores["true"], scores["found"], scores["letter_accuracy"], scores["char_accuracy"], scores["word_accuracy"]
    (4, 4, 0.75, 0.8, 0.5)
    """
    text, truth = tidy(text), tidy(truth)
    letters, true_letters = "".join(text.split()), "".join(truth.split())
    pairs = align(letters, true_letters)
    missed = sum(i is None for i, _ in pairs)
    return {
        "true": len(true_letters),
        "found": len(true_letters) - missed,
        "missed": missed,
        "spurious": sum(j is None for _, j in pairs),
        "letter_accuracy": accuracy(letters, true_letters),
        "char_accuracy": accuracy(text, truth),
        "word_accuracy": accuracy(text.split(), truth.split()),
    }


def mistakes(text: str, truth: str) -> list[list[str]]:
    """Letters read as others, in the order of the page, without spaces and letters without a counterpart.

    Parameters
    ----------
    text, truth : str
        Read and true text, as for `page_scores`.

    Returns
    -------
    list of [str, str]
        True letter and letter read.

    Examples
    --------
    >>> mistakes("A NAB", "A NAP")
    [['P', 'B']]
    """
    read, true = ("".join(tidy(words).split()) for words in (text, truth))
    pairs = align(read, true)
    return [[true[j], read[i]] for i, j in pairs if i is not None and j is not None and read[i] != true[j]]


def tidy(text: str) -> str:
    """The text in capitals, with single spaces, and without empty lines.

    Examples
    --------
    >>> tidy("A  nap \\n\\n OK\\n")
    'A NAP\\nOK'
    """
    lines = (" ".join(line.split()) for line in text.upper().splitlines())
    return "\n".join(line for line in lines if line)
