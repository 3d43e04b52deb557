"""One look for every figure: a colour-blind safe cycle, legible in a two-column writeup, the same bytes every time."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

# Widths in inches as printed: half the text of an A4 page, for two side by side; most of it; all of it. A figure is
# never shrunk, so that its type is as large in print as it says here, and at least `LEAST`.
HALF, COLUMN, PAGE = 3.05, 4.6, 6.3
TYPE, LEAST = 8.5, 8  # points

# The colours of petroff10 that are seen on white: at least three times as dark, by WCAG's measure of contrast.
COLOURS = ("#3f90da", "#bd1f01", "#832db6", "#e76300", "#717581", "#a96b59")
MARKERS = "os^Dv*"
DASHES = ("-", "--", "-.", ":")
LETTERS = "DejaVu Sans Mono"  # a face in which 0 and O, and 1, I and l, differ
# Light enough at both ends for black text on it.
SHADES = LinearSegmentedColormap.from_list("shades", ["#fff0b8", "#f2a33c"])

RC: dict[Any, Any] = {
    "axes.prop_cycle": cycler(color=COLOURS),
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": "medium",
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",  # ships with matplotlib, so the same glyphs everywhere
    "font.size": TYPE,
    "grid.alpha": 0.3,
    "image.cmap": "gray",
    "legend.handlelength": 2.5,  # room for a dash and a half
    "lines.linewidth": 1.4,
    "lines.markersize": 5,
    "pdf.fonttype": 42,
}


@contextmanager
def style() -> Iterator[None]:
    """Draw in the project's style inside the ``with`` block; matplotlib's settings are restored after it."""
    with matplotlib.rc_context(RC):
        yield


def board(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty figure whose axes are measured in inches.

    Parameters
    ----------
    width, height : float
        Inches; raised to 0.1, since an empty figure cannot be saved.

    Returns
    -------
    (matplotlib.figure.Figure, matplotlib.axes.Axes)
        The axes fill the figure: x to the right and y down, in inches.
    """
    width, height = max(width, 0.1), max(height, 0.1)
    figure = Figure(figsize=(width, height), layout="none")  # type: ignore[arg-type]
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0), autoscale_on=False)
    axes.set_axis_off()
    return figure, axes


def lay(axes: Axes, image: NDArray, left: float, top: float, width: float, height: float) -> None:
    """Draw an image, uint8 or floats in [0, 1], on a `board`."""
    white = 255 if image.dtype.kind == "u" else 1
    axes.imshow(image, vmin=0, vmax=white, extent=(left, left + width, top + height, top), aspect="auto")


def wrapped(text: str, width: float, size: float = TYPE) -> str:
    """Break text into lines of at most `width` inches, unless a single word is wider.

    Examples
    --------
    >>> wrapped("lily of the valley", 0.7)
    'lily of the\\nvalley'
    """
    font = FontProperties(family=RC["font.family"])
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and TextPath((0, 0), longer, size, prop=font).get_extents().width <= 72 * width:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def count_epochs(axes: Axes, most: int = 9) -> None:
    """Label the x axis "epoch", with at most so many integer ticks."""
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(most, integer=True, steps=(1, 2, 5, 10), min_n_ticks=1))


def plain_powers(axis: Axis) -> None:
    """Label a logarithmic axis with 1e-06 instead of a power, whose exponent would be too small to read."""
    axis.set_major_formatter(lambda value, _: f"{value:g}")


def save(figure: Figure, *paths: Path) -> None:
    """Write a matplotlib Figure to each path, in the format of its ending.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Made with ``Figure()`` rather than pyplot, which would keep it alive.
    *paths : Path
        Each ``.png`` or ``.pdf``.
    """
    # By default both formats hold the library's version, and the PDF the time: same inputs must give the same bytes.
    metadata = {".png": {"Software": None}, ".pdf": dict.fromkeys(("Creator", "Producer", "CreationDate"))}
    dpi = 300 if figure.get_figwidth() <= COLUMN else 200  # about 1200 pixels
    with style(), matplotlib.rc_context({"figure.constrained_layout.use": False}):  # a figure has its own layout
        for path in paths:
            # A PDF keeps the pixels of images: resampled, they would get half-transparent edges, shown as grey lines.
            for image in itertools.chain.from_iterable(axes.images for axes in figure.axes):
                image.set_interpolation("none" if path.suffix == ".pdf" else "auto")
            figure.savefig(path, dpi=dpi, metadata=metadata[path.suffix])
