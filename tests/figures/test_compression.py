"""The figures of Q5 and Q6."""

import pytest

from lib.figures import compression

LAYERS = {layer: [32, 30, 17, 17] for layer in "123"}
POINTS = {"autoencoder": (32, 16.8), "autoencoder, gentle": (32, 18.8), "wide autoencoder": (32, 19.7)}


@pytest.mark.parametrize(
    "figure",
    [
        compression.live_units({"recipe": LAYERS, "gentle": LAYERS}, 32),
        compression.psnr_by_rank([1, 16, 256], {"PCA": [10, 14, 26], "PCA without centring": [10, 14, 26]}, POINTS),
    ],
)
def test_the_legend_covers_no_axes_and_stays_in_the_figure(figure):
    figure.draw_without_rendering()
    (legend,) = figure.legends
    (left, _), (right, top) = legend.get_window_extent().get_points()
    assert not any(axes.get_legend() or axes.bbox.overlaps(legend.get_window_extent()) for axes in figure.axes)
    assert left >= 0 and right <= figure.bbox.width and top <= figure.bbox.height
