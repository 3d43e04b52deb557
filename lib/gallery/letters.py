"""What one network read on one page, as the gallery's script wants it.

A reading is what stages/reading.py and stages/pytorch.py write as JSON: ``text`` and ``letters``, each with its ``box``
(y1, x1, y2, x2 in pixels of the photograph), ``line``, ``word``, ``letter``, ``probability`` and ``alternatives``.
"""

from lib.vision import scores


def letters(reading, truth, width, height, answer="letter"):
    """Boxes in percent of the page, answers, and where they are wrong.

    Parameters
    ----------
    reading : dict
    truth : str or None
        What is written on the page, where that is known.
    width, height : int
        Of the photograph, pixels.
    answer : str
        Field of a letter that holds what it was read as.

    Returns
    -------
    dict
        ``letters``: lists ``[left, top, width, height, line, word, letter, probability, alternatives, truth]``, lengths
        in percent; the last is None where the answer is right or not known to be wrong, and empty where nothing
        stands. ``right``: how many letters of how many, None without a truth.

    Examples
    --------
    >>> box = {"box": [0, 0, 50, 20], "line": 0, "word": 0, "letter": "0", "probability": 0.6, "alternatives": []}
    >>> letters({"letters": [box]}, "O", 200, 100)
    {'letters': [[0.0, 0.0, 10.0, 50.0, 0, 0, '0', 0.6, [], 'O']], 'right': [0, 1]}
    """
    found = reading["letters"]
    read = [one[answer] for one in found]
    mistakes, right = _mistakes(read, truth)
    rows = []
    for k, one in enumerate(found):
        y1, x1, y2, x2 = one["box"]
        place = (100 * x1 / width, 100 * y1 / height, 100 * (x2 - x1) / width, 100 * (y2 - y1) / height)
        rows.append(
            [round(length, 3) for length in place]
            + [one["line"], one["word"], read[k], one["probability"], one.get("alternatives", []), mistakes.get(k)]
        )
    return {"letters": rows, "right": right}


def _mistakes(read, truth):
    """What should have been read where something else was, by index, and how many are right of how many."""
    if truth is None:
        return {}, None
    # EMNIST's networks answer in small letters too: which case a letter has is not what is asked.
    wanted = "".join(truth.split())
    pairs = scores.align([one.upper() for one in read], wanted.upper())
    wrong = {k: "" if j is None else wanted[j] for k, j in pairs if k is not None}
    wrong = {k: letter for k, letter in wrong.items() if letter.upper() != read[k].upper()}
    return wrong, [
        sum(None not in pair for pair in pairs) - sum(bool(letter) for letter in wrong.values()),
        len(wanted),
    ]
