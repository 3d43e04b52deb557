"""The judge's network, and the same in NumPy."""

import numpy as np
import torch

from lib.models import judge as networks
from lib.vision.judge import SIZE, judge

RNG = np.random.default_rng(0)
VIEWS = RNG.integers(0, 256, (60, 2, SIZE, SIZE), dtype=np.uint8)
LABELS = RNG.integers(0, 4, 60)


def trained(epochs=2):
    return networks.train(VIEWS, LABELS, classes=3, epochs=epochs, batch=20, learning_rate=0.003, seed=0)


def test_the_exported_weights_judge_as_the_network_does():
    network = trained()
    with torch.no_grad():
        expected = network(torch.from_numpy(VIEWS).float() / 255).log_softmax(dim=1).numpy()
    np.testing.assert_allclose(judge(VIEWS, networks.export(network)), expected, atol=1e-3)


def test_the_same_seed_gives_the_same_bytes():
    one, other = networks.export(trained()), networks.export(trained())
    assert all(one[name].tobytes() == other[name].tobytes() for name in one)


def test_it_learns():
    views = np.zeros((80, 2, SIZE, SIZE), np.uint8)
    views[:40, 0, 5:27, 14:18] = views[40:, 0, 14:18, 5:27] = 255  # bars upright and level
    labels = np.repeat([0, 1], 40)
    network = networks.train(views, labels, classes=1, epochs=8, batch=16, learning_rate=0.003, seed=0)
    assert (judge(views, networks.export(network)).argmax(axis=1) == labels).all()


def test_views_move_a_little_and_stay_ink_on_paper():
    moved = networks.moved(torch.from_numpy(VIEWS), np.random.default_rng(0))
    assert moved.shape == VIEWS.shape and moved.min() >= -1e-6 and moved.max() <= 1 + 1e-6
