"""The printed lines of ruled and squared paper."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lib.vision.ink import EIGHT, boxes_of


def spans_page(labels: NDArray[np.int32], share: float = 0.5) -> bool:
    """Whether a piece is as long as only a printed line is: that share of the page, in either direction."""
    boxes = boxes_of(labels)
    return bool(((boxes[:, 2:] - boxes[:, :2]) > share * np.array(labels.shape)).any())


def remove_ruling(
    mask: NDArray[np.bool_], share: float = 0.5, thickest: float = 0.004, inked: float = 0.4
) -> NDArray[np.bool_]:
    """The mask without the printed lines of ruled or squared paper.

    A line is thin across its direction, as long as the page, and straight. Where a stroke crosses it the ink is thicker
    than the line, and stays: nothing is cut out of the letters (as staves are removed from scanned music).

    Parameters
    ----------
    mask : (height, width) bool ndarray
    share : float
        A line reaches over this share of the page at least.
    thickest : float
        Thickest line, as a fraction of the page's longer side.
    inked : float
        Share of a line's length that is ink, and not interrupted by letters, at least.

    Returns
    -------
    (height, width) bool ndarray
    """
    mask = mask.copy()
    longer = max(mask.shape)
    thick = max(2, round(thickest * longer))
    for view in (mask, mask.T):  # lines across, then lines down
        length = view.shape[1]
        thin = view & ~ndimage.binary_opening(view, np.ones((thick + 1, 1), bool))
        # Letters interrupt a line by no more than a twelfth of the page.
        joined = ndimage.maximum_filter(thin.view(np.uint8), (3, longer // 12 | 1), mode="constant")
        labels, _ = ndimage.label(joined, EIGHT)
        for number, place in enumerate(ndimage.find_objects(labels), 1):
            if place[1].stop - place[1].start < share * length:
                continue
            line = thin[place] & (labels[place] == number)
            y, x = np.nonzero(line)
            if line.any(axis=0).mean() < inked or len(y) < 9 or np.ptp(x) < 8:  # too few pixels for a curve
                continue
            off = y - np.polyval(np.polyfit(x / length, y, 2), x / length)  # a lens bends lines a little
            if np.median(np.abs(off)) <= thick:
                view[place] &= ~line
    return mask
