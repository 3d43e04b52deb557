"""Which way up a page is: the judge sees its pieces of ink in all four turns."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lib.vision import layout
from lib.vision.judge import judge, log_odds

MARGIN = 0.7  # a page is turned if its pieces are likelier letters then by this, in nats each on the average
FEWEST = 4  # pieces that can say so
LOW = 0.5  # lower pieces, in letter heights, say nothing
ASKED = 400  # pieces of a page that are looked at in all turns, spread evenly over one that has more


def upright(
    views: NDArray[np.uint8], boxes: NDArray[np.int64], weights: Mapping[str, NDArray]
) -> tuple[int, NDArray[np.float64]]:
    """By how many quarters a page must be turned.

    Parameters
    ----------
    views : (n, 2, SIZE, SIZE) uint8 ndarray
        Of its pieces of ink (`lib.vision.judge.view`).
    boxes : (n, 4) int ndarray
    weights : mapping of str to ndarray
        The judge's.

    Returns
    -------
    turns : int
        Anticlockwise (`numpy.rot90`); 0 unless another turn is clearly better.
    odds : (4, n) float64 ndarray
        Log odds that each piece, turned by 0 to 3 quarters, is one letter; if there are more than `ASKED`, only those
        of the turn that is returned.
    """

    def look(views: NDArray[np.uint8], turns: int) -> NDArray[np.float64]:
        return log_odds(judge(np.rot90(views, turns, axes=(2, 3)), weights))

    asked = slice(None, None, -(-len(views) // ASKED))
    odds = np.stack([look(views[asked], turns) for turns in range(4)])
    size = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)[asked]
    # Pieces that are a letter one way or the other.
    says = (odds.max(axis=0) > 0) & (size > LOW * layout.letter_height(boxes))
    means = odds[:, says].mean(axis=1) if says.sum() >= FEWEST else np.zeros(4)
    best = int(means.argmax())
    best = best if means[best] > means[0] + MARGIN else 0
    if len(views) > ASKED:
        odds = np.zeros((4, len(views)))
        odds[best] = look(views, best)
    return best, odds
