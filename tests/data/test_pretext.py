"""The pretext task: every answer as often as every other, and the same seed, the same pictures."""

import numpy as np

from lib.data.pretext import QUESTIONS, draw_pretext


def test_every_combination_comes_equally_often():
    images, answers = draw_pretext(np.random.default_rng(0), int(np.prod(QUESTIONS)), size=32)
    assert len(np.unique(answers, axis=0)) == len(images) == len(np.unique(images.reshape(len(images), -1), axis=0))
    assert images.std(axis=(1, 2, 3)).min() > 1


def test_same_generator_same_bytes():
    first, second, other = (draw_pretext(np.random.default_rng(seed), 10, 32)[0] for seed in (0, 0, 1))
    assert first.tobytes() == second.tobytes() != other.tobytes()
