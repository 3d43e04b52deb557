"""Figures of Q2 and Q3 with made-up numbers: they show what they were given."""

import numpy as np
import pytest

from lib.figures.training import curves, first_layer, gradient_errors, hump, learning_rates, sweep
from lib.nn.patterns import colour_limit

KEYS = ("train_accuracy", "valid_accuracy", "train_loss", "valid_loss")


def test_gradient_errors_shows_each_array_and_mistake_and_nothing_else():  # Q2.5.1/gradient_check
    check = {"q2.gradcheck.a.W0": 1e-8, "q2.gradcheck.a.b0": 0.0, "q2.gradcheck_mistake.sign": 2.0}
    (axes,) = gradient_errors(check | {"q2.gradcheck_parameters": 100, "q2.gradcheck_max_relative_error": 1e-8}).axes
    points = [y for line in axes.lines if line.get_marker() in "os" for y in line.get_ydata()]
    assert points == [1e-8, 1e-17, 2.0]  # zero has no logarithm
    assert [label.get_text() for label in axes.get_xticklabels()] == ["W0", "b0", "sign"]


def test_curves_are_of_training_and_validation_in_percent_and_nats():  # Q3.1.1/curves, Q7.1.1/curves ...
    figure = curves({key: [0.5, 0.1 * i] for i, key in enumerate(KEYS)})
    above, below = figure.axes
    assert [line.get_ydata().tolist() for line in above.lines] == [[50, 0], [50, 10]]
    assert [line.get_ydata().tolist() for line in below.lines] == [[0.5, 0.2], [0.5, pytest.approx(0.3)]]
    assert [line.get_xdata().tolist() for line in above.lines] == [[1, 2]] * 2
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["training", "validation"]


def test_learning_rates_are_means_over_the_fits_of_a_rate_in_ascending_order():  # Q3.1.2/learning_rates
    fits = [
        {"learning_rate": np.array(rate)} | {key: np.array([top, top / 2]) for key in KEYS}
        for rate, top in ((1.0, 0.6), (0.1, 0.2), (1.0, 0.8))
    ]
    axes = learning_rates(fits).axes
    assert [one.get_title() for one in axes[:2]] == ["learning rate 0.1", "learning rate 1"]
    assert axes[1].lines[0].get_ydata() == pytest.approx([70, 35])
    assert axes[3].lines[1].get_ydata() == pytest.approx([0.7, 0.35])


def test_a_loss_that_explodes_at_one_rate_leaves_the_others_visible():  # Q3.1.2/learning_rates
    calm, wild = ({key: top * np.array([0.9, 0.5]) for key in KEYS} | {"learning_rate": top} for top in (1, 60))
    assert learning_rates([calm]).axes[1].get_yscale() == "linear"
    assert learning_rates([calm, wild]).axes[2].get_yscale() == "log"


def test_first_layer_shows_units_before_and_after_on_one_range_without_outliers():  # Q3.1.3/first_layer
    after = np.linspace(-1, 1, 9 * 5).reshape(9, 5)
    after[0, 0] = 1000
    figure = first_layer({"W0_before": np.full((9, 5), 0.5), "W0": after})
    images = [axes.images[0] for axes in figure.axes if axes.images]
    assert len(images) == 10 and all(image.get_array().shape == (3, 3) for image in images)
    assert {image.get_clim() for image in images} == {(-colour_limit(after), colour_limit(after))}
    assert (images[6].get_array() == after[:, 1].reshape(3, 3)).all()


def test_of_very_many_units_the_first_are_shown():  # Q3.1.3/first_layer
    figure = first_layer({"W0_before": np.ones((9, 300)), "W0": np.ones((9, 300))}, most=16)
    assert sum(bool(axes.images) for axes in figure.axes) == 32


def test_the_hump_is_shown_beside_the_loss_at_the_mean_weights():  # Q3.1.1/hump
    names = ("train_loss", "mean_weights_loss", "gradient_norm", "saturation")
    above, below = hump({name: [1.0 * i, 2.0 * i] for i, name in enumerate(names)}).axes
    assert [[*line.get_ydata()] for line in (*above.lines, *below.lines)] == [[0, 0], [1, 2], [2, 4], [3, 6]]


def test_a_sweep_fills_the_asked_rates_and_leaves_out_those_that_diverged():  # Q3.1.2/sweep
    ends = {"mean": 0.5, "low": 0.4, "high": 0.6}
    row = {f"{split}_accuracy": ends for split in ("train", "valid")}
    row |= {name: {"first": 2.0, "last": 1.0} for name in ("gradient_norm", "saturation")}
    lost = dict.fromkeys(row)
    rates = [{"rate": rate, "asked": rate != 1} | (lost if rate == 9 else row) for rate in (0.1, 1.0, 9.0)]
    accuracy, norm, saturation = sweep(rates).axes
    open_line, filled = accuracy.lines[:2]
    assert open_line.get_xdata().tolist() == [0.1, 1.0] and filled.get_xdata().tolist() == [0.1]
    assert open_line.get_fillstyle() == "none" and filled.get_fillstyle() == "full"
    assert norm.lines[0].get_ydata().tolist() == [2, 2] and saturation.lines[2].get_ydata().tolist() == [100, 100]
