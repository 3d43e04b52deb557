"""What the judge sees, and what it says."""

import numpy as np
import pytest

from lib.vision import judge


@pytest.fixture(scope="module")
def weights():
    """Of a judge that has seen nothing."""
    torch = pytest.importorskip("torch")
    from lib.models.judge import Judge, export

    torch.manual_seed(0)
    return export(Judge(36).eval())


def test_a_view_shows_the_ink_in_the_middle_and_its_neighbours_apart():
    labels = np.zeros((60, 90), np.int32)
    labels[10:50, 30:34], labels[10:50, 44:48], labels[10:50, 58:62] = 1, 2, 3
    seen = judge.view(labels, np.array([10, 44, 50, 48]), 1, 1)
    own, other = seen
    rows, columns = np.nonzero(own > 127)
    assert np.ptp(rows) + 1 == pytest.approx(judge.EXTENT, abs=1) and abs(columns.mean() - 15.5) < 0.6
    assert (other[:, :12] > 127).any() and (other[:, 20:] > 127).any() and not (other[:, 13:19] > 127).any()
    both = judge.view(labels, np.array([10, 30, 50, 48]), 0, 1)
    assert (both[0] > 127).sum() > 1.5 * (own > 127).sum()


@pytest.mark.parametrize("box", [[0, 0, 1, 1], [0, 0, 30, 2], [28, 38, 30, 40]])
def test_beyond_the_page_is_paper(box):
    labels = np.ones((30, 40), np.int32)
    seen = judge.view(labels, np.array(box), 0, 0)
    assert seen.shape == (2, 32, 32) and not seen[1].any() and seen[0].any()


def test_log_odds_are_bounded():
    certain = np.log(np.array([[1.0, 1e-300], [1e-300, 1.0], [0.5, 0.5]]))
    np.testing.assert_allclose(judge.log_odds(certain), [judge.SUREST, -judge.SUREST, 0], atol=1e-9)


def test_no_views_no_judgements(weights):
    assert judge.judge(np.zeros((0, 2, 32, 32), np.uint8), weights).shape == (0, 37)


def test_probabilities_sum_to_one_and_do_not_depend_on_the_chunk(weights, monkeypatch):
    views = np.random.default_rng(0).integers(0, 256, (70, 2, 32, 32), dtype=np.uint8)
    log_probs = judge.judge(views, weights)
    np.testing.assert_allclose(np.exp(log_probs).sum(axis=1), 1)
    monkeypatch.setattr(judge, "CHUNK", 16)
    np.testing.assert_allclose(judge.judge(views, weights), log_probs, rtol=1e-3, atol=1e-3)
