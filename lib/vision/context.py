"""What the neighbours say: whether a character is a letter or a digit, which its own image often cannot tell.

O and 0, I and 1, S and 5, Z and 2 are drawn alike; of a page's recognition errors one in six is of this kind. People
write words of letters and numbers of digits, so the kind of a character is nearly that of its neighbours. That is a
hidden Markov chain of two states along the page, and the forward-backward algorithm gives each character's
probabilities with all others taken into account. Nothing here knows any language.
"""

import numpy as np

# Before any page was read: how often the kind is drawn anew between two neighbours in a word, in a line, on a page.
RENEWAL = (0.05, 0.2, 0.5)
LETTERS = 0.8  # share of letters among characters drawn anew


def with_context(probs, characters, line, word, renewal=RENEWAL, letters=LETTERS):
    """Probabilities of a page's characters given the page, where they were given each its own image.

    Parameters
    ----------
    probs : (n, k) float ndarray
        One row per character, in reading order: probabilities from training data with all classes equally often.
    characters : sequence of k str
        Names of the columns; which of them are digits is read from them.
    line, word : (n,) int ndarray
        Line and word of each; a new number begins a new one.
    renewal : sequence of 3 float
        Probability that the kind is drawn anew from one character to the next within a word, from one word to the next
        within a line, and from one line to the next. 1 everywhere takes neighbours for independent.
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
    # Classes were equally often in training, so this is proportional to how likely the image is of a kind's typical
    # character: the mean over the kind's classes.
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
