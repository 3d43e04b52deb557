"""What one network read on one page, as the gallery's script takes it.

A reading is what `lib.vision.reading.record` makes: ``text`` and ``letters``, each with its ``box`` (y1, x1, y2, x2 in
pixels of the photograph), ``line``, ``word``, ``letter``, ``in_context``, ``probability`` and ``alternatives``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lib.vision import scores


def letters(
    reading: Mapping[str, Any], truth: str | None, width: int, height: int, answer: str = "letter"
) -> dict[str, Any]:
    """Boxes in percent of the page, answers, and where they are wrong.

    Parameters
    ----------
    reading : dict
    truth : str or None
        What is written on the page, where that is known.
    width, height : int
        Of the photograph, pixels.
    answer : {"letter", "in_context"}
        Field of a letter that holds what it was read as.

    Returns
    -------
    dict
        ``letters``: lists ``[left, top, width, height, line, word, letter, probability, alternatives, alone, truth]``.
        Lengths are in percent. ``probability`` is what the image of the letter alone gives the answer, None where that
        was not recorded, or in context the calibrated confidence, where there is one; ``alone`` is what the image alone
        was read as, None where that is the answer. ``truth`` is None where the answer is right or not known to be
        wrong, and empty where nothing stands. ``right``: how many letters of how many, None without a truth.

    Examples
    --------
    >>> zero = {"letter": "0", "in_context": "O", "probability": 0.6, "alternatives": [["0", 0.6], ["O", 0.3]]}
    >>> reading = {"letters": [{"box": [0, 0, 50, 20], "line": 0, "word": 0} | zero]}
    >>> letters(reading, "O", 200, 100)
    {'letters': [[0.0, 0.0, 10.0, 50.0, 0, 0, '0', 0.6, [['0', 0.6], ['O', 0.3]], None, 'O']], 'right': [0, 1]}
    >>> letters(reading, "O", 200, 100, "in_context")["letters"][0][6:]
    ['O', 0.3, [['0', 0.6], ['O', 0.3]], '0', None]
    """
    read = [letter[answer] for letter in reading["letters"]]
    mistakes, right = _compare(read, truth)
    rows = []
    for k, letter in enumerate(reading["letters"]):
        y1, x1, y2, x2 = letter["box"]
        place = (100 * x1 / width, 100 * y1 / height, 100 * (x2 - x1) / width, 100 * (y2 - y1) / height)
        probabilities = dict(letter["alternatives"]) | {letter["letter"]: letter["probability"]}
        if answer == "in_context" and "confidence" in letter:
            probabilities[read[k]] = letter["confidence"]
        alone = letter["letter"] if letter["letter"] != read[k] else None
        rows.append(
            [round(length, 3) for length in place]
            + [letter["line"], letter["word"], read[k], probabilities.get(read[k])]
            + [letter["alternatives"], alone, mistakes.get(k)]
        )
    return {"letters": rows, "right": right}


def _compare(read: Sequence[str], truth: str | None) -> tuple[dict[int, str], list[int] | None]:
    """What should have been read where something else was, by index, and how many are right of how many."""
    if truth is None:
        return {}, None
    # A page may have been typed in small letters: the case of a letter does not count. Letter by letter, so
    # that places stay: a whole text may grow in capitals.
    expected = [letter.upper() for letter in "".join(truth.split())]
    pairs = scores.align([letter.upper() for letter in read], expected)
    wrong = {i: "" if j is None else expected[j] for i, j in pairs if i is not None}
    wrong = {i: letter for i, letter in wrong.items() if letter != read[i].upper()}
    paired = sum(None not in pair for pair in pairs)
    return wrong, [paired - sum(letter != "" for letter in wrong.values()), len(expected)]
