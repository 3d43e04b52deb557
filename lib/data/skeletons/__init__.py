"""Stroke skeletons of 62 characters, as people write them: the letterforms behind the drawn handwriting.

One line per letterform, in the tables of `digits`, `capitals` and `small`: the character, how common the form is
(relative to its other forms), and its strokes in writing order, separated by ``|``. Coordinates are hundredths of the
height of a capital: x to the right, y **down** from the top of the capitals (0) to the baseline (100); small letters
reach from 45 to 100, ascenders to 0, descenders to 140. ``L`` is a polyline, ``C`` a smooth curve through its points,
in which ``!`` marks a corner. A crossed seven, half as common as a plain one::

    7 2.0 L 2,4 61,2 23,100
    7 1.0 L 2,4 61,2 23,100 | L 17,52 59,50

To add a form, add a line; the sheet ``data/letterforms`` of the artifacts shows all of them.

Drawn for this project, by hand and eye; nothing in it is traced from a font or from data.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from lib.data.skeletons import capitals, digits, small

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Letterform(NamedTuple):
    """One way of writing one character; K control points in S strokes."""

    character: str
    weight: float
    controls: np.ndarray  # (K, 2) float64, (x, y) in heights of a capital, y down
    stroke: np.ndarray  # (K,) int, the stroke of each control point
    corner: np.ndarray  # (K,) bool, the pen changes direction at once


def parse(line: str) -> Letterform:
    """The letterform of one line of a table.

    Raises
    ------
    ValueError
        If the line cannot be read.

    Examples
    --------
    >>> form = parse("7 1.0 L 2,4 61,2! 23,100 | L 17,52 59,50")
    >>> form.character, form.stroke.tolist(), form.controls[1].tolist()
    ('7', [0, 0, 0, 1, 1], [0.61, 0.02])
    """
    try:
        character, weight, drawing = line.split(maxsplit=2)
        strokes = [part.split() for part in drawing.split("|")]
        controls = [[int(v) / 100 for v in point.rstrip("!").split(",")] for _, *points in strokes for point in points]
        if character not in tuple(CHARACTERS) or not float(weight) > 0 or {kind for kind, *_ in strokes} - {"L", "C"}:
            raise ValueError("unknown character, weight or kind of stroke")
        if {len(point) for point in controls} != {2} or min(map(len, strokes)) < 3:
            raise ValueError("a stroke needs two points x,y")
    except ValueError as error:
        raise ValueError(
            f"letterform {line!r} cannot be read ({error}); write it as in '7 1.0 L 2,4 61,2 23,100 | L 17,52 59,50'"
        ) from error
    stroke = np.repeat(np.arange(len(strokes)), [len(points) for _, *points in strokes])
    corner = np.array([kind == "L" or point.endswith("!") for kind, *points in strokes for point in points])
    return Letterform(character, float(weight), np.array(controls), stroke, corner)


@cache
def letterforms() -> tuple[Letterform, ...]:
    """All letterforms of the tables, grouped by character in the order of `CHARACTERS`.

    Returns
    -------
    tuple of Letterform

    Examples
    --------
    >>> len({form.character for form in letterforms()})
    62
    """
    tables = digits.TABLE + capitals.TABLE + small.TABLE
    forms = [parse(line) for line in tables.splitlines() if line]
    return tuple(sorted(forms, key=lambda form: CHARACTERS.index(form.character)))


@cache
def path_matrices(number: int, points: int) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray]:
    """Linear maps from the control points of a letterform to points along its path.

    A cubic spline with fixed knots is linear in the points it goes through, so a thousand perturbed copies of a
    letterform are one matrix product. Of the two maps one keeps corners and one rounds them; writers mix the two.

    Parameters
    ----------
    number : int
        Position in `letterforms`.
    points : int
        How many points P, shared among the strokes by their length.

    Returns
    -------
    sharp, round : (P, K) float32 ndarray
        ``sharp @ controls`` are points evenly spaced along each stroke.
    stroke : (P,) int ndarray
        The stroke of each point.
    """
    form = letterforms()[number]
    strokes = [np.flatnonzero(form.stroke == s) for s in range(form.stroke[-1] + 1)]
    lengths = [np.linalg.norm(np.diff(form.controls[s], axis=0), axis=1).sum() for s in strokes]
    share = np.maximum(3, np.round(np.array(lengths) / sum(lengths) * points)).astype(int)
    share[np.argmax(share)] += points - share.sum()
    sharp, rounded = np.zeros((2, points, len(form.controls)), np.float32)
    start = 0
    for members, count in zip(strokes, share, strict=True):
        rows = slice(start, start + count)
        sharp[rows, members] = _spline(form.controls[members], form.corner[members], count)
        rounded[rows, members] = _spline(form.controls[members], np.zeros(len(members), bool), count)
        start += count
    return sharp, rounded, np.repeat(np.arange(len(strokes)), share)


def _spline(controls, corner, count):
    """(count, K) map from one stroke's controls to evenly spaced points on the curve through them."""
    # Between two chord lengths to the power 0.7 the curve neither overshoots long pieces nor flattens short ones.
    knots = np.concatenate([[0], np.cumsum(np.maximum(np.linalg.norm(np.diff(controls, axis=0), axis=1), 1e-3) ** 0.7)])
    breaks = [0, *np.flatnonzero(corner[1:-1]) + 1, len(controls) - 1]
    fine = np.linspace(0, knots[-1], 40 * len(controls))
    basis = np.zeros((len(fine), len(controls)))
    for first, last in zip(breaks[:-1], breaks[1:], strict=True):
        inside = (fine >= knots[first]) & (fine <= knots[last])
        piece = slice(first, last + 1)
        basis[inside, piece] = CubicSpline(knots[piece], np.eye(last - first + 1))(fine[inside])
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(basis @ controls, axis=0), axis=1))])
    even = np.interp(np.linspace(0, length[-1], count), length, np.arange(len(fine)))
    low = np.minimum(even.astype(int), len(fine) - 2)
    part = (even - low)[:, None]
    return (1 - part) * basis[low] + part * basis[low + 1]
