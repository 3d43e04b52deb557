"""A judge that is trained in seconds, for tests of what it decides."""

import numpy as np
import pytest

from lib.steps import judge


@pytest.fixture(scope="session")
def weights():
    """Of a judge that has seen few lines."""
    drawn = judge.fit_judge(lines=220, wrong=2.0, epochs=5, batch=32, learning_rate=0.004, test_lines=2, seed=0)
    return {name: np.asarray(array) for name, array in drawn["weights"].items()}
