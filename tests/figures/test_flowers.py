"""Figures of Q7.2 with made-up numbers: nothing breaks at the ends of their ranges."""

import numpy as np
import pytest

from lib.figures.flowers import curves, sheet, species_bars
from lib.figures.style import save


def test_curves_of_networks_with_different_numbers_of_epochs(tmp_path):
    keys = ("train_accuracy", "valid_accuracy", "train_loss", "valid_loss")
    figure = curves({name: {key: np.linspace(0.2, 0.9, n) for key in keys} for name, n in (("a", 3), ("b", 7))})
    save(figure, tmp_path / "curves.png")
    assert [len(line.get_xdata()) for line in figure.axes[0].lines] == [3, 3, 7, 7]


def test_species_are_sorted_from_the_hardest():
    figure = species_bars(["easy", "hard"], [1.0, 0.4], [0.9, 0.1])
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["hard", "easy"]


@pytest.mark.parametrize("n", [0, 1, 7])
def test_a_sheet_of_any_number_of_pictures(n, tmp_path):
    save(sheet(np.zeros((n, 8, 8, 3), np.uint8), across=6, titles=["a\n(b)"] * n), tmp_path / "sheet.png")
