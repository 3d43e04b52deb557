"""Captions of artifacts, and the titles that begin them."""

import re

CLAUSE = re.compile(r"(\S+(?:\s.*?)?)(?:[:;.]\s|$)", re.DOTALL)  # of more than one word: "01_list:" is none
LONGEST_TITLE = 60  # characters


def split_caption(caption: str) -> tuple[str, str]:
    """A caption's first clause as a title, and the rest as a text.

    A clause ends at a colon, a semicolon or a full stop; a long one at its last comma that leaves few words.

    Examples
    --------
    >>> split_caption("Pictures that are read wrongly: as what, and what it is.")
    ('Pictures that are read wrongly', 'As what, and what it is.')
    >>> split_caption("Sigmoid and tanh, and their derivatives."), split_caption("01_list: every letter found.")
    (('Sigmoid and tanh, and their derivatives', ''), ('01_list: every letter found', ''))
    >>> split_caption("Accuracy and loss of the network on NIST36 after each epoch, on held-out images.")
    ('Accuracy and loss of the network on NIST36 after each epoch', 'On held-out images.')
    """
    clause = CLAUSE.match(caption)
    title = clause[1].rstrip(".") if clause else caption
    if len(title) > LONGEST_TITLE:
        shorter = title[: LONGEST_TITLE + 1].rpartition(", ")[0]
        title = shorter if " " in shorter else title
    text = caption[len(title) :].lstrip(",:;. ")
    return title, text[:1].upper() + text[1:]
