"""Histories for the chart."""

import numpy as np
import pytest

from lib.gallery.curves import curves


def test_runs_without_a_history_are_an_error():
    with pytest.raises(ValueError, match="a curve needs some of valid_accuracy.*; the run has accuracy"):
        curves([{"accuracy": np.ones(3)}])


def test_seeds_are_averaged_as_far_as_all_go():
    found = curves([{"valid_loss": np.array([3.0, 2.0, 1.0])}, {"valid_loss": [1.0, 1.0]}])
    assert found == {"valid_loss": [2.0, 1.5]}
