"""Q4.4 without the network: from a photograph to letters in reading order, drawn as a training set draws them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.vision import crops, judged, layout, letters


@dataclass(frozen=True, repr=False)
class Page:
    """The letters of one page, in reading order.

    Attributes
    ----------
    boxes : (n, 4) int64 ndarray
        (y1, x1, y2, x2) in pixels of the photograph, half-open.
    line, word : (n,) int64 ndarray
        Counted over the page from 0.
    crops : dict of str to (n, size, size) float32 ndarray
        Ink 0 on paper 1, one array for each style.
    odds : (n,) float64 ndarray
        Log odds that each is exactly one letter; 0 where no judge was asked.
    kinds : (n, classes) float64 ndarray
        The judge's log probabilities of which letter each is; without a judge of no classes.
    turns : int
        By how many quarters, anticlockwise, the photograph was turned to be read.
    """

    boxes: NDArray[np.int64]
    line: NDArray[np.int64]
    word: NDArray[np.int64]
    crops: dict[str, NDArray[np.float32]]
    odds: NDArray[np.float64]
    kinds: NDArray[np.float64]
    turns: int = 0

    def __repr__(self) -> str:
        words, lines = len(set(self.word.tolist())), len(set(self.line.tolist()))
        return f"Page({len(self.boxes)} letters in {words} words on {lines} lines)"


def read_page(
    image: ArrayLike,
    styles: Mapping[str, crops.Style] | None = None,
    judge: Mapping[str, NDArray] | None = None,
) -> Page:
    """Find the letters of a page, put them in reading order and draw them in the styles of training sets.

    Parameters
    ----------
    image : (height, width[, channels]) array
        See `lib.vision.letters.find_letters`.
    styles : dict of str to lib.vision.crops.Style, optional
        By the name of their crops.
    judge : dict of str to ndarray, optional
        Weights of the judge that decides which ink is a letter (`lib.vision.judged`); without, rules of thumb do
        (`lib.vision.letters`).

    Returns
    -------
    Page
    """
    if judge is None:
        found = letters.segment(image)
        odds, kinds = np.zeros(len(found.boxes)), np.zeros((len(found.boxes), 0))
    else:
        found, odds, kinds = judged.segment(image, judge)[:3]
    line = layout.find_lines(found.boxes)
    order = layout.reading_order(found.boxes, line)
    boxes, line = found.boxes[order], line[order]
    return Page(
        boxes=found.full_boxes[order].astype(np.int64),
        line=line.astype(np.int64),
        word=layout.find_words(boxes, line).astype(np.int64),
        crops={name: crops.draw_letters(found, order, style) for name, style in (styles or {}).items()},
        odds=odds[order],
        kinds=kinds[order],
        turns=found.turns,
    )
