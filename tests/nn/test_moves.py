"""Moved copies: the same letter a little elsewhere, ink for ink, and nothing else."""

import numpy as np
import pytest

from lib.nn import moves
from lib.nn.moves import moved, with_moved_copies

ONE = ("TURN", "LEAN", "STRETCH", "SHIFT", "WARP")


def blob(y=15.5, x=15.5, size=32, width=3.0, number=1):
    """A round spot of ink, (number, size, size)."""
    row, column = np.mgrid[:size, :size]
    return np.tile(1 - np.exp(-((row - y) ** 2 + (column - x) ** 2) / (2 * width**2)), (number, 1, 1))


def centres(images):
    ink = 1 - images
    total = ink.sum(axis=(1, 2))
    return np.stack([(ink.sum(axis=2 - k) * np.arange(ink.shape[1])).sum(axis=1) / total for k in (0, 1)], axis=1)


def alone(monkeypatch, name, value):
    """Nothing moves but what `name` says."""
    for each in ONE:
        monkeypatch.setattr(moves, each, value if each == name else 0.0)


def test_no_strength_leaves_the_images():
    images = np.random.default_rng(0).random((5, 16, 16))
    np.testing.assert_allclose(moved(images, np.random.default_rng(1), strength=0), images, atol=1e-6)


def test_same_seed_same_copies_and_every_image_its_own_move():
    images = blob(x=20, number=600)  # more than one part
    first, again, other = (moved(images, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert first.dtype == np.float32 and (first == again).all() and (first != other).any()
    assert len(np.unique(first.reshape(600, -1), axis=0)) == 600


def test_the_originals_are_not_changed():
    images = blob(number=3)
    before = images.copy()
    moved(images, np.random.default_rng(0))
    assert (images == before).all()


def test_a_shift_is_a_share_of_the_size(monkeypatch):
    alone(monkeypatch, "SHIFT", 0.05)
    found = centres(moved(blob(number=500), np.random.default_rng(0))) - 15.5
    assert found.std(axis=0) == pytest.approx([1.6, 1.6], rel=0.1) and abs(found.mean()) < 0.2


@pytest.mark.parametrize(
    ("name", "value", "at", "still", "moving"),
    [
        ("TURN", 0.2, (15.5, 22.5), 1, 7 * 0.2),  # right of the middle: up and down
        ("LEAN", 0.2, (22.5, 15.5), 0, 7 * 0.2),  # below the middle: to and fro
    ],
)
def test_turning_and_leaning_go_about_the_middle(monkeypatch, name, value, at, still, moving):
    alone(monkeypatch, name, value)
    found = centres(moved(blob(*at, width=1.5, number=500), np.random.default_rng(0))) - at
    assert found.std(axis=0)[1 - still] == pytest.approx(moving, rel=0.15)
    assert found.std(axis=0)[still] < 0.35 * moving
    middle = centres(moved(blob(width=1.5, number=500), np.random.default_rng(0)))
    np.testing.assert_allclose(middle, 15.5, atol=0.05)


def test_width_and_height_are_stretched_each_on_its_own(monkeypatch):
    alone(monkeypatch, "STRETCH", 0.1)
    ink = 1 - moved(blob(number=500), np.random.default_rng(0))
    profiles = ink.sum(axis=1), ink.sum(axis=2)
    away = (np.arange(32) - 15.5) ** 2
    width, height = (np.log(np.sqrt((p * away).sum(axis=1) / p.sum(axis=1))) for p in profiles)
    assert width.std() == pytest.approx(0.1, rel=0.15) and height.std() == pytest.approx(0.1, rel=0.15)
    assert abs(np.corrcoef(width, height)[0, 1]) < 0.15


def test_warping_moves_neighbours_alike(monkeypatch):
    alone(monkeypatch, "WARP", 0.05)
    rng = [np.random.default_rng(0) for _ in range(3)]
    here, near, far = (
        centres(moved(blob(y, 15.5, width=1.0, number=300), r))[:, 0] - y for y, r in zip((8, 10, 28), rng, strict=True)
    )
    assert np.corrcoef(here, near)[0, 1] > 0.8 > 0.4 > abs(np.corrcoef(here, far)[0, 1])


def test_what_enters_is_paper():
    images = np.zeros((200, 16, 16))
    found = moved(images, np.random.default_rng(0), strength=3)
    assert found.min() == 0 and found.max() == 1


def test_copies_follow_the_images_as_they_are_with_their_labels():
    images, labels = np.random.default_rng(0).random((4, 16, 16), np.float32), np.array([3, 1, 2, 0])
    found, their = with_moved_copies(images, labels, 2, np.random.default_rng(0))
    assert found.shape == (12, 16, 16) and their.tolist() == [3, 1, 2, 0] * 3
    assert (found[:4] == images).all() and (found[4:8] != found[8:]).any()
