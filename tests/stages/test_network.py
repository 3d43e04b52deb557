"""Q2.5.1: the gradient check reports every array, the worst of them, and the planted mistakes."""

import pytest

from lib.steps import network

NETWORKS = {
    "deep": [[4, 3, 3, 2], ["tanh", "sigmoid", "linear"], "cross_entropy"],
    "encoder": [[4, 2, 4], ["relu", "sigmoid"], "squared_error"],
}


@pytest.fixture(scope="module")
def numbers():
    return network.check([[name, *net] for name, net in NETWORKS.items()], mistaken="deep", seed=0, batch=3, step=3e-5)


def test_every_array_of_every_network_is_checked_and_right(numbers):
    arrays = {key: value for key, value in numbers.items() if key.startswith("q2.gradcheck.")}
    expected = [f"deep.{name}{i}" for i in range(3) for name in "Wb"]
    expected += [f"encoder.{name}{i}" for i in range(2) for name in "Wb"]
    assert list(arrays) == [f"q2.gradcheck.{name}" for name in expected]
    assert numbers["q2.gradcheck_max_relative_error"] == max(arrays.values()) < 1e-6
    assert numbers["q2.gradcheck_parameters"] == (15 + 12 + 8) + (10 + 12)


def test_each_planted_mistake_is_rejected(numbers):
    mistakes = {key: value for key, value in numbers.items() if "mistake" in key}
    assert mistakes == {
        "q2.gradcheck_mistake.sign": pytest.approx(2, rel=1e-3),
        "q2.gradcheck_mistake.scale": pytest.approx(0.5, rel=1e-3),
        "q2.gradcheck_mistake.bias": pytest.approx(1),
    }


def test_a_wrong_backward_pass_would_be_noticed(monkeypatch):
    right = network.gradcheck.analytic_gradient

    def wrong(*arguments):
        gradient = right(*arguments)
        gradient.layers[-1].b[...] *= 1.001
        return gradient

    monkeypatch.setattr(network.gradcheck, "analytic_gradient", wrong)
    numbers = network.check(
        [[name, *net] for name, net in NETWORKS.items()], mistaken="deep", seed=0, batch=3, step=3e-5
    )
    assert numbers["q2.gradcheck_max_relative_error"] == pytest.approx(0.001, rel=0.01)
