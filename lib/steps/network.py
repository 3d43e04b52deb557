"""Q2: the gradient check."""

from collections.abc import Sequence

import numpy as np

from lib.nn import gradcheck, losses
from lib.nn.network import initialise

LOSSES = {"cross_entropy": losses.CROSS_ENTROPY, "squared_error": losses.SQUARED_ERROR}


def check(networks: Sequence[Sequence], mistaken: str, seed: int, batch: int, step: float) -> dict[str, float]:
    """Largest relative error of the analytic gradient for each array of parameters, and for planted mistakes.

    Parameters
    ----------
    networks : list of (name, widths, activations, loss)
        Their random numbers come from one generator, in this order. The loss is ``"cross_entropy"`` or
        ``"squared_error"`` (then the target is the input).
    mistaken : str
        The network whose gradient is also checked with each of `lib.nn.gradcheck.mistakes`.
    seed, batch : int
        Examples are random.
    step : float
        Each parameter is moved by this both ways.

    Returns
    -------
    dict of str to float
        ``q2.gradcheck.<network>.<array>`` and ``q2.gradcheck_mistake.<mistake>``, the largest of the former as
        ``q2.gradcheck_max_relative_error``, and the number of parameters as ``q2.gradcheck_parameters``.
    """
    rng = np.random.default_rng(seed)
    numbers: dict[str, float] = {}
    planted: dict[str, float] = {}
    parameters = 0
    for name, sizes, activations, loss_name in networks:
        loss = LOSSES[loss_name]
        net = initialise(sizes, activations, rng, np.float64)
        net.flat += 0.01 * rng.standard_normal(net.flat.shape)  # to check biases that are not zero as well
        x = rng.random((batch, sizes[0]))
        target = rng.integers(sizes[-1], size=batch) if loss_name == "cross_entropy" else x
        numerical = gradcheck.numerical_gradient(net, x, target, loss, step)
        analytic = gradcheck.analytic_gradient(net, x, target, loss)
        parameters += net.flat.size
        errors = gradcheck.relative_errors(analytic, numerical)
        numbers |= {f"q2.gradcheck.{name}.{array}": error for array, error in errors.items()}
        if name == mistaken:  # the check means something only if it rejects a wrong gradient
            for mistake, wrong in gradcheck.mistakes(analytic).items():
                worst = max(gradcheck.relative_errors(wrong, numerical).values())
                planted[f"q2.gradcheck_mistake.{mistake}"] = worst
    worst = max(numbers.values())
    return numbers | planted | {"q2.gradcheck_max_relative_error": worst, "q2.gradcheck_parameters": parameters}
