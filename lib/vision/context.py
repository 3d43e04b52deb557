"""Context: whether a character is a letter or a digit, which its neighbours often tell better than its own image.

O and 0, I and 1, S and 5, Z and 2 look alike; one in six of a page's recognition errors is of this kind. People write
words of letters and numbers of digits, so a character is mostly of the kind of its neighbours. That is a hidden Markov
chain of two states along the page, and the forward-backward algorithm gives each character's probabilities given all
others. Nothing here knows any language.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Chosen before any page was read. Probability that the kind is drawn anew between two neighbours in a word, in a line,
# on a page.
RENEWAL = (0.05, 0.2, 0.5)
LETTERS = 0.8  # share of letters among characters drawn anew
JUDGED = 1 / 3  # weight of the judge's opinion beside a reader's, who has seen more writing
FLOOR = 1e-4  # neither is surer than this that a character is not of some class


def pooled(probs: ArrayLike, kinds: ArrayLike, weight: float = JUDGED) -> NDArray[np.float64]:
    """Two opinions of what each character is as one: a logarithmic opinion pool.

    Parameters
    ----------
    probs : (n, k) float array
        Probabilities given each character's image.
    kinds : (n, k) float array
        Log probabilities by the judge (`lib.vision.judge.kinds`), which sees the ink around the character too, and has
        learned from broken, joined and touching ones.
    weight : float
        Of the judge; the two weights are 1 together, as both learned from much the same and are wrong together.

    Returns
    -------
    (n, k) float64 ndarray
        Rows sum to 1.

    References
    ----------
    Genest & Zidek, "Combining Probability Distributions: A Critique and an Annotated Bibliography", 1986.

    Examples
    --------
    >>> pooled([[0.8, 0.2]], np.log([[0.1, 0.9]]), weight=0.5).round(2)
    array([[0.4, 0.6]])
    """
    own, judged = np.log(np.maximum(probs, FLOOR)), np.maximum(kinds, np.log(FLOOR))
    log = (1 - weight) * own.astype(np.float64) + weight * judged
    log -= log.max(axis=1, keepdims=True, initial=-np.inf)
    return np.exp(log) / np.exp(log).sum(axis=1, keepdims=True)


def with_context(
    probs: ArrayLike,
    characters: Sequence[str],
    line: NDArray,
    word: NDArray,
    renewal: tuple[float, float, float] = RENEWAL,
    letters: float = LETTERS,
) -> NDArray[np.float64]:
    """Probabilities of a page's characters given the whole page, from those given each character's image.

    Parameters
    ----------
    probs : (n, k) float ndarray
        One row per character, in reading order: probabilities from training data with all classes equally often.
    characters : sequence of k str
        Names of the columns.
    line, word : (n,) int ndarray
        Line and word of each; another number than the one before begins a new one.
    renewal : sequence of 3 float
        Probability that the kind is drawn anew from one character to the next within a word, from one word to the next
        within a line, and from one line to the next. With 1 everywhere neighbours are independent.
    letters : float
        Probability that a kind drawn anew is a letter.

    Returns
    -------
    (n, k) float64 ndarray
        Rows sum to 1. Within a kind the proportions are those of `probs`.

    References
    ----------
    Rabiner, "A Tutorial on Hidden Markov Models and Selected Applications in Speech Recognition", 1989, section III.

    Examples
    --------
    >>> alike = np.array([[0.4, 0.5, 0.1], [0.01, 0.01, 0.98]])  # O or 0, then surely N
    >>> with_context(alike, "O0N", np.zeros(2), np.zeros(2)).argmax(axis=1)
    array([0, 2])
    """
    probs = np.asarray(probs, np.float64)
    if not len(probs):
        return probs
    digit = np.array([name.isdigit() for name in characters])
    members = np.stack([~digit, digit], axis=1)  # (k, 2): letters, digits
    drawn = np.array([letters, 1 - letters])
    # Classes were equally frequent in training, so this is proportional to the likelihood of the image given the kind:
    # the mean over the kind's classes.
    evidence = probs @ (members / np.maximum(members.sum(axis=0), 1))  # (n, 2)
    steps = np.where(np.diff(line) != 0, renewal[2], np.where(np.diff(word) != 0, renewal[1], renewal[0]))
    moves = (1 - steps)[:, None, None] * np.eye(2) + steps[:, None, None] * drawn  # (n - 1, from, to)

    forward, backward = np.empty_like(evidence), np.ones_like(evidence)
    forward[0] = drawn * evidence[0]
    for i, move in enumerate(moves):
        forward[i] /= forward[i].sum()
        forward[i + 1] = (forward[i] @ move) * evidence[i + 1]
    for i in reversed(range(len(moves))):
        backward[i] = moves[i] @ (evidence[i + 1] * backward[i + 1])
        backward[i] /= backward[i].sum()
    kind = forward * backward
    kind /= kind.sum(axis=1, keepdims=True)
    of_kind = probs @ members  # (n, 2)
    scale = np.divide(kind, of_kind, out=np.zeros_like(kind), where=of_kind > 0)
    result = probs * (scale @ members.T)
    return result / result.sum(axis=1, keepdims=True)
