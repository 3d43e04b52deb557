"""The text of a page: composed of its characters, and the true one from a file."""

from collections.abc import Sequence
from pathlib import Path

from numpy.typing import NDArray


def read_transcript(path: Path) -> str:
    """The true text of a page, as somebody typed it.

    Parameters
    ----------
    path : Path
        UTF-8, with or without a byte order mark.

    Raises
    ------
    ValueError
        If the file is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 text ({error.reason}): save it as UTF-8") from None


def compose(characters: Sequence[str], line: Sequence[int] | NDArray, word: Sequence[int] | NDArray) -> str:
    """Text of a page: a space between words, a newline between lines.

    Parameters
    ----------
    characters : sequence of n str
        In reading order.
    line, word : (n,) int array
        Line and word of each; another number than the one before begins a new one.

    Returns
    -------
    str
        Without a newline at the end; empty for no characters.

    Raises
    ------
    ValueError
        If the lengths differ.

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
