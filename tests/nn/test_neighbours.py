"""Nearest images, against SciPy."""

import numpy as np
from scipy.spatial.distance import cdist

from lib.nn import neighbours


def test_the_nearest_image_is_found_in_any_chunk_and_among_those_allowed(monkeypatch):
    monkeypatch.setattr(neighbours, "CHUNK", 3)
    rng = np.random.default_rng(0)
    x, among = (rng.random((n, 16)).astype(np.float32) for n in (8, 20))
    allowed = np.arange(20) % 3 == 0
    distances = cdist(x, among) / 4  # the root mean square of 16 pixels
    index, distance = neighbours.nearest(x, among)
    assert index.tolist() == distances.argmin(axis=1).tolist()
    np.testing.assert_allclose(distance, distances.min(axis=1), rtol=1e-6)
    index, _ = neighbours.nearest(x, among, allowed)
    assert index.tolist() == np.where(allowed, distances, np.inf).argmin(axis=1).tolist()


def test_none_has_no_nearest_image():
    index, distance = neighbours.nearest(np.zeros((0, 4)), np.ones((2, 4)))
    assert len(index) == len(distance) == 0
