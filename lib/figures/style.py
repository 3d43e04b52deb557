"""One look for every figure: a colour-blind safe cycle, legible in a two-column writeup, the same bytes every time."""

from contextlib import contextmanager

MARKERS = "os^Dv*"
DASHES = ("-", "--", "-.", ":")

RC = {
    "axes.prop_cycle": None,  # filled in by `style`, from petroff10
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "font.family": "DejaVu Sans",  # ships with matplotlib, so the same glyphs everywhere
    "font.size": 11,
    "grid.alpha": 0.3,
    "image.cmap": "gray",
    "lines.linewidth": 1.8,
    "pdf.fonttype": 42,
    "savefig.dpi": 160,
}


@contextmanager
def style():
    """Draw in the project's style inside the ``with`` block; matplotlib's own settings return after it."""
    import matplotlib.style

    cycle = matplotlib.style.library["petroff10"]["axes.prop_cycle"]
    with matplotlib.rc_context({**RC, "axes.prop_cycle": cycle}):
        yield


def save(figure, *paths):
    """Write a matplotlib Figure to each path; the format follows from the ending.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Made with ``Figure()`` rather than pyplot, so that nothing global keeps it alive.
    *paths : Path
        Where to, each ``.png`` or ``.pdf``.
    """
    import matplotlib

    # Either format would stamp the library's version, the PDF the time as well: same inputs, same bytes.
    metadata = {".png": {"Software": None}, ".pdf": {"Creator": None, "Producer": None, "CreationDate": None}}
    with style(), matplotlib.rc_context({"figure.constrained_layout.use": False}):  # a figure brings its own layout
        for path in paths:
            figure.savefig(path, metadata=metadata[path.suffix])
