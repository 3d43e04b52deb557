"""What a data set looks like: a few images of every class on one sheet."""

import numpy as np
from matplotlib.figure import Figure

from lib.figures.style import style

WIDTH = 7.0  # inches


def class_sheet(images, labels, classes, each, across):
    """A few images of every class, each class in a column under its name.

    Parameters
    ----------
    images : (N, height, width) or (N, height, width, 3) float ndarray
        In [0, 1].
    labels : (N,) int ndarray
        Indices into classes.
    classes : list of str
        Names, written over the columns.
    each : int
        Images per class, evenly spaced among those there are.
    across : int
        Classes side by side; the others follow below.

    Returns
    -------
    matplotlib.figure.Figure
    """
    height, width = images.shape[1:3]
    bands = -(-len(classes) // across)
    column = WIDTH / across
    with style():
        figure = Figure(figsize=(WIDTH, bands * (each * column * height / width + 0.25)))
        grid = figure.subplots(bands, across, squeeze=False)
        for axes in grid.flat:
            axes.set_axis_off()
        for label, name in enumerate(classes):
            members = np.flatnonzero(labels == label)
            chosen = members[np.linspace(0, len(members) - 1, each).astype(int)]
            # Narrow frames keep neighbouring images apart, on white paper too.
            stack = np.concatenate([_framed(images[index]) for index in chosen])
            axes = grid.flat[label]
            axes.imshow(stack, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            axes.set_title(name, fontsize=11 if len(name) == 1 else 8, pad=3)
        figure.get_layout_engine().set(w_pad=0.01, h_pad=0.02, wspace=0, hspace=0.02)
    return figure


def _framed(image, shade=0.8):
    pad = ((1, 1), (1, 1)) + ((0, 0),) * (image.ndim - 2)
    return np.pad(image, pad, constant_values=shade)
