"""From characters to text, and what was written in truth."""


def read_transcript(path):
    """The true text of a page, as somebody typed it.

    Parameters
    ----------
    path : Path
        UTF-8, with or without a byte order mark.

    Raises
    ------
    ValueError
        If it is something else.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 text ({error.reason}): save it as UTF-8") from None


def compose(characters, line, word):
    """Text of a page: a space between words, a newline between lines.

    Parameters
    ----------
    characters : sequence of n str
        In reading order.
    line, word : (n,) int array
        Line and word of each; a new number begins a new one.

    Returns
    -------
    str
        Without a newline at the end; empty for no characters.

    Examples
    --------
    >>> compose("ANAPOK", [0, 0, 0, 0, 1, 1], [0, 1, 1, 1, 2, 2])
    'A NAP\\nOK'
    """
    if not len(characters) == len(line) == len(word):
        raise ValueError(
            f"{len(characters)} characters, {len(line)} lines and {len(word)} words: give one of each per letter"
        )
    parts = []
    for k, character in enumerate(characters):
        if k and line[k] != line[k - 1]:
            parts.append("\n")
        elif k and word[k] != word[k - 1]:
            parts.append(" ")
        parts.append(character)
    return "".join(parts)
