"""How the letters of a page stand to each other: letter height, tilt, lines, words, reading order.

`boxes` are (n, 4) as (y1, x1, y2, x2); every threshold is in units of the page's own letter height.
"""

import numpy as np
from numpy.typing import NDArray

# Which line a letter continues, in letter heights; chosen on drawn pages.
BESIDE = 0.6  # a letter further than this from the middle of a line does not stand on it
BASELINE = 0.1  # standing on a line's lower edge counts as being this far from its middle
DRIFT = 0.01  # what a line loses per letter height of blank since its last letter
RECENT = 3  # letters at a line's end that say where it is now


def letter_height(boxes: NDArray) -> float:
    """Median height of the boxes, each counted as often as it is high, so that specks do not pull it down.

    Examples
    --------
    >>> letter_height(np.array([[0, 0, 2, 2], [0, 0, 2, 2], [0, 0, 2, 2], [0, 0, 30, 9], [0, 0, 32, 9]]))
    30.0
    """
    heights = np.sort(boxes[:, 2] - boxes[:, 0])
    total = np.cumsum(heights)
    return float(heights[np.searchsorted(total, total[-1] / 2)])


def tilt(boxes: NDArray, steepest: float = 8.0, most: int = 500) -> float:
    """Slope of the lines of text: the one that gathers the letters' centres in the fewest rows.

    Parameters
    ----------
    boxes : (n, 4) array
    steepest : float
        Largest tilt tried, in degrees.
    most : int
        Letters that are compared with each other, spread evenly over a page that has more.

    Returns
    -------
    float
        Pixels down per pixel to the right; 0 unless another slope is clearly better.
    """
    if len(boxes) < 3:
        return 0.0
    boxes = boxes[:: -(-len(boxes) // most)]
    y, x = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    height = letter_height(boxes)
    # From the level outwards, so that the first of equals is the least tilted.
    slopes = np.tan(np.radians(sorted(np.arange(-steepest, steepest + 0.01, 0.5), key=abs)))
    rows = (y[:, None] - slopes * (x[:, None] - x.mean())) / height
    # Softly counted neighbours within half a letter height: no bins whose edges could split a line.
    near = np.exp(-8 * (rows[:, None] - rows) ** 2).sum((0, 1)) / len(boxes)
    best = int(np.argmax(near))
    return float(slopes[best]) if near[best] > 1.05 * near[0] else 0.0


def find_lines(boxes: NDArray) -> NDArray[np.int64]:
    """The line of each letter, counted from the top.

    Letters are taken from left to right, and each continues the line whose last letters it stands beside: a line may
    rise, sink and bend as far as it likes over the page.

    Parameters
    ----------
    boxes : (n, 4) array

    Returns
    -------
    (n,) int ndarray
    """
    if not len(boxes):
        return np.zeros(0, int)
    height, slope = letter_height(boxes), tilt(boxes)
    x = (boxes[:, 1] + boxes[:, 3]) / 2
    top = boxes[:, 0] - slope * x
    bottom = boxes[:, 2] - slope * x
    lines: list[list[int]] = []
    # Of each line, the mean top and bottom of its last letters, and where the last of all stands; a page full of specks
    # has thousands.
    ends = np.empty((3, len(boxes)))
    for letter in np.argsort(boxes[:, 1], kind="stable"):
        line_top, line_bottom, line_x = ends[:, : len(lines)]
        # A low letter may stand anywhere between the top and the bottom of a high one: measure from middle to middle,
        # but no further than from lower edge to lower edge.
        away = np.abs((top[letter] + bottom[letter]) - (line_top + line_bottom)) / 2
        away = np.minimum(away, np.abs(bottom[letter] - line_bottom) + BASELINE * height) / height
        # Over a wide gap another line may have come closer: prefer the one that ended nearby.
        away += DRIFT * np.maximum(0.0, x[letter] - line_x) / height
        best = int(away.argmin()) if len(lines) else 0
        if not len(lines) or away[best] >= BESIDE:
            best = len(lines)
            lines.append([])
        lines[best].append(letter)
        last = lines[best][-RECENT:]
        ends[:, best] = top[last].mean(), bottom[last].mean(), x[letter]
    line = np.empty(len(boxes), int)
    middles = [np.mean(top[members] + bottom[members]) for members in lines]
    for number, index in enumerate(np.argsort(middles, kind="stable")):
        line[lines[index]] = number
    return line


def reading_order(boxes: NDArray, line: NDArray) -> NDArray[np.int64]:
    """Order of the letters: line by line, from left to right.

    Examples
    --------
    >>> reading_order(np.array([[0, 9, 5, 12], [0, 1, 5, 4], [9, 0, 14, 3]]), np.array([0, 0, 1]))
    array([1, 0, 2])
    """
    return np.lexsort((boxes[:, 1] + boxes[:, 3], line))


def find_words(boxes: NDArray, line: NDArray) -> NDArray[np.int64]:
    """The word of each letter, counted over the page, for letters in reading order.

    Parameters
    ----------
    boxes : (n, 4) array
        In reading order.
    line : (n,) int array
        Line of each.

    Returns
    -------
    (n,) int ndarray
    """
    if not len(boxes):
        return np.zeros(0, int)
    gaps = np.maximum(boxes[1:, 1] - boxes[:-1, 3], 0) / letter_height(boxes)
    same_line = line[1:] == line[:-1]
    space = space_width(gaps[same_line])
    return np.concatenate([[0], np.cumsum(~same_line | (gaps > space))])


def space_width(gaps: NDArray, alone: float = 0.45, ratio: float = 1.8, least: float = 0.2) -> float:
    """The gap, in letter heights, above which a new word begins.

    A page's gaps between neighbours come in two kinds, and the best cut between the kinds (Otsu's) separates them;
    if they are of one kind only, their size decides: single letters apart, or one word to the line.

    Parameters
    ----------
    gaps : (n,) float array
        Gaps between neighbours in a line, in letter heights.
    alone : float
        Gaps of one kind whose median is above this stand between single letters.
    ratio, least : float
        Gaps are of two kinds when the mean of the wide ones is more than `ratio` times that of the narrow ones, plus
        `least`.

    Returns
    -------
    float

    References
    ----------
    Otsu, "A Threshold Selection Method from Gray-Level Histograms", 1979.

    Examples
    --------
    >>> round(space_width(np.array([0.2, 0.25, 0.3, 1.0, 1.1])), 2)
    0.65
    >>> space_width(np.array([0.1, 0.2, 0.15])), space_width(np.array([0.8, 0.9, 1.0]))
    (inf, 0.0)
    """
    if not len(gaps):
        return np.inf
    gaps = np.sort(gaps)
    counts = np.arange(1, len(gaps))
    total = np.cumsum(gaps)
    narrow, wide = total[:-1] / counts, (total[-1] - total[:-1]) / counts[::-1]
    if len(counts):
        between = counts * counts[::-1] * (wide - narrow) ** 2
        between[np.diff(gaps) < 1e-9] = -1  # no cut between equals
        cut = int(np.argmax(between))
        if wide[cut] > ratio * narrow[cut] + least:
            return float((gaps[cut] + gaps[cut + 1]) / 2)
    return 0.0 if np.median(gaps) > alone else np.inf
