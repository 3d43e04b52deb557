"""Numbers that steps report: their keys in results.json, and how they are shown."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace


class Number(Struct, frozen=True):
    """One number.

    Parameters
    ----------
    key : str
        In results.json, ``q3.test_accuracy``; axes of a sweep in braces.
    label : str
        Its name in words, without the question.
    unit : str
        ``"%"`` for a share, which is stored as 0.85 and printed as 85.0 %; ``"dB"``; empty for a plain number.
    digits : int, optional
        After the decimal point; None for as many as the unit usually has.
    headline : int, optional
        Row of the table on the writeup's first page; None if it is not there.
    detail : bool
        Whether it is shown only among the details.
    question : str
        That it answers, where it is not the one that its artifact's folder names.
    """

    key: str
    label: str
    unit: str = ""
    digits: int | None = None
    headline: int | None = None
    detail: bool = False
    question: str = ""

    def at(self, point: dict[str, Any]) -> "Number":
        """This number for one point of a sweep."""
        return replace(self, key=self.key.format(**point), label=self.label.format(**point))
