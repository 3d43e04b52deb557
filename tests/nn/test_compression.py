"""PCA and PSNR against independent opinions."""

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio

from lib.nn import compression
from lib.nn.network import forward, initialise


@pytest.fixture
def x(rng):
    """Images that vary along a few directions, most along the first."""
    return np.clip(0.5 + rng.normal(size=(60, 5)) @ (rng.normal(size=(5, 20)) * 0.1), 0, 1)


def test_psnr_agrees_with_scikit_image(x, rng):
    recon = np.clip(x + rng.normal(0, 0.1, x.shape), 0, 1)
    expected = [peak_signal_noise_ratio(a, b, data_range=1) for a, b in zip(x, recon, strict=True)]
    assert compression.psnr(recon, x) == pytest.approx(expected)


def test_a_perfect_reconstruction_has_infinite_psnr_and_no_warning(x):
    assert np.isinf(compression.psnr(x, x)).all()


def test_components_are_the_right_singular_vectors(x):
    mean = x.mean(axis=0)
    components = compression.principal_components(x, mean)
    assert components @ components.T == pytest.approx(np.eye(20), abs=1e-9)
    _, _, right = np.linalg.svd(x - mean)
    for ours, theirs in zip(components[:5], right[:5], strict=True):
        assert abs(ours @ theirs) == pytest.approx(1)


def test_more_components_never_hurt_and_all_of_them_lose_nothing(x):
    mean = x.mean(axis=0)
    components = compression.principal_components(x, mean)
    errors = [((compression.project(x, mean, components[:rank]) - x) ** 2).sum() for rank in (1, 2, 5, 20)]
    assert errors == sorted(errors, reverse=True) and errors[-1] < 1e-9


def test_psnr_by_rank_is_the_psnr_of_the_projections(x):
    mean = x.mean(axis=0)
    components = compression.principal_components(x, mean)[:4]
    expected = [compression.psnr(compression.project(x, mean, components[:k]), x).mean() for k in (1, 3, 4)]
    assert compression.psnr_by_rank(x, mean, components, (1, 3, 4)) == pytest.approx(expected)


def test_other_images_do_not_move_the_components(x):
    mean = x[:40].mean(axis=0)
    kept = compression.principal_components(x[:40], mean)
    compression.project(x[40:], mean, kept[:3])
    assert (compression.principal_components(x[:40], mean) == kept).all()


def test_shapes_that_differ_are_refused():
    with pytest.raises(ValueError, match="shape"):
        compression.psnr(np.zeros((2, 3)), np.zeros((2, 4)))


def test_components_are_signed_by_their_largest_entry(x):
    components = compression.principal_components(x, x.mean(axis=0))
    largest = np.abs(components).argmax(axis=1)
    assert (components[np.arange(20), largest] > 0).all()


def test_float32_images_are_measured_in_double_precision(x):
    images, mean = x.astype(np.float32), x.mean(axis=0).astype(np.float32)
    components = compression.principal_components(images, mean)
    assert components.dtype == compression.psnr(images, images[::-1]).dtype == np.float64
    assert components @ components.T == pytest.approx(np.eye(20), abs=1e-12)
    (psnr,) = compression.psnr_by_rank(images, mean, components[:5], [5])
    exact = compression.psnr(compression.project(images, mean, components[:5]), images)
    assert psnr == pytest.approx(exact.mean(), rel=1e-6)


def test_all_components_give_an_infinite_psnr_without_a_warning():
    x = np.array([[1.0, 0.0], [0.0, 0.0]])
    assert compression.psnr_by_rank(x, np.zeros(2), np.eye(2), [2]) == [np.inf]


def test_logit_inverts_the_sigmoid_and_clips_at_both_ends():
    bias = compression.logit(np.array([0.0, 0.001, 0.3, 0.999, 1.0]))
    assert 1 / (1 + np.exp(-bias)) == pytest.approx([0.01, 0.01, 0.3, 0.99, 0.99])


def test_live_units_are_counted_over_all_chunks(rng):
    net = initialise((6, 5, 4, 6), ("relu", "relu", "sigmoid"), rng)
    net.layers[0].b[0] = -100  # dead
    x = rng.random((7, 6)).astype(np.float32)
    loss, live = compression.loss_and_live(net, x, chunk=2)
    first, second, output = forward(net, x)[1:]
    assert live == [int((units > 0).any(axis=0).sum()) for units in (first, second)] and live[0] < 5
    assert loss == pytest.approx(((output - x) ** 2).sum(axis=1).mean(), rel=1e-5)
