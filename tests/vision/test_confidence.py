"""Calibrated confidence."""

import numpy as np
import pytest

from lib.vision.confidence import calibrate, confidence, reliability


def test_confidence_is_the_product_of_both_opinions():
    assert confidence([[0.9, 0.1]], [0.0]) == pytest.approx([0.45])
    assert confidence([[0.9, 0.1]], [50.0]) == pytest.approx([0.9])


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_that_made_the_letters_is_found(temperature):
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 3, (20_000, 5))
    true = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    right = rng.random(len(true)) < true.max(axis=1)
    said = np.exp(logits * temperature)
    found = calibrate(said / said.sum(axis=1, keepdims=True), np.full(len(true), 50.0), right)
    assert found == pytest.approx(temperature, rel=0.05)


def test_without_letters_nothing_is_changed():
    assert calibrate(np.zeros((0, 3)), np.zeros(0), np.zeros(0, bool)) == 1.0
    assert reliability(np.zeros(0), np.zeros(0, bool))["confidence"] == []
    assert confidence(np.zeros((0, 3)), np.zeros(0)).shape == (0,)


def test_reliability_of_a_reader_that_is_too_sure():
    sure = np.repeat([0.6, 1.0], 50)
    right = np.tile([True, False], 50)
    found = reliability(sure, right, bins=2)
    assert found["confidence"] == pytest.approx([0.6, 1.0]) and found["right"] == [0.5, 0.5]
    assert found["letters"] == [50, 50] and found["error"] == pytest.approx([0.3])
