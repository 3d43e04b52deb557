"""What the neighbours say: letters and digits that look alike are told apart by the word they stand in.

O and 0, I and 1, Z and 2, S and 5 (B and 8, G and 6) are the same strokes in many hands. A word is either of letters or
of digits: its characters vote, each with the network's own probabilities, and every character is then read among the
winning kind. No dictionary, no language.
"""

import numpy as np


def resolve(probs, classes, word):
    """Read every word as letters or as digits, whichever its characters speak for.

    Parameters
    ----------
    probs : (n, classes) float ndarray
        The network's probabilities for each letter.
    classes : sequence of str
        One character each.
    word : (n,) int array
        Word of each letter.

    Returns
    -------
    (n, classes) float ndarray
        Probabilities, those of the other kind set to 0, each row summing to 1 again. Words that stand alone as one
        character, and words that speak for neither, stay as they are.

    Examples
    --------
    >>> probs = np.array([[0.4, 0.6, 0.0], [0.0, 0.1, 0.9]])
    >>> resolve(probs, "O0T", [0, 0])[0].round(2)
    array([1., 0., 0.])
    """
    probs = np.array(probs, np.float64)
    digit = np.array([name.isdigit() for name in classes])
    word = np.asarray(word)
    for number in np.unique(word):
        members = word == number
        if members.sum() < 2:
            continue
        as_digits = np.log(np.maximum(probs[members][:, digit].max(1), 1e-9)).sum()
        as_letters = np.log(np.maximum(probs[members][:, ~digit].max(1), 1e-9)).sum()
        if as_digits == as_letters:
            continue
        probs[np.ix_(members, digit if as_letters > as_digits else ~digit)] = 0
    return probs / probs.sum(1, keepdims=True)
