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
    height, width = np.add(images.shape[1:3], 2)
    bands = [range(start, min(start + across, len(classes))) for start in range(0, len(classes), across)]
    with style():
        # One picture per band: a picture per class would spend seconds on the layout.
        figure = Figure(figsize=(WIDTH, len(bands) * (each * WIDTH / across * height / width + 0.3)))
        for band, axes in zip(bands, figure.subplots(len(bands), squeeze=False)[:, 0], strict=True):
            mosaic = np.concatenate([_column(images[labels == label], each) for label in band], axis=1)
            missing = across * width - mosaic.shape[1]
            mosaic = np.pad(mosaic, ((0, 0), (0, missing), (0, 0))[: mosaic.ndim], constant_values=1)
            axes.imshow(mosaic, vmin=0, vmax=1, interpolation="nearest")
            axes.set_axis_off()
            for place, label in enumerate(band):
                size = 11 if len(classes[label]) == 1 else 8
                axes.text((place + 0.5) * width - 0.5, -2, classes[label], ha="center", va="bottom", size=size)
    return figure


def _column(images, each, shade=0.8):
    """Some of a class's images below each other, framed so that neighbours on white paper stay apart."""
    chosen = images[np.linspace(0, len(images) - 1, each).astype(int)]
    pad = ((0, 0), (1, 1), (1, 1)) + ((0, 0),) * (chosen.ndim - 3)
    return np.concatenate(np.pad(chosen, pad, constant_values=shade))
