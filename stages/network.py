"""Q2: the network's gradients, checked against central differences."""

import json

from lib.build import Artifact, figure, settings, task
from lib.jsonfile import write_json

GRADIENT_CHECK = Artifact("Q2.5.1", "gradient_check.json", caption="Largest relative error of every array.")
GRADIENTS = figure(
    "Q2.5.1",
    "gradient_check",
    caption="Relative error of the analytic gradient for every array of parameters, in float64: below the 1e-6 that "
    "would betray a mistake, and what three planted mistakes look like to the same check.",
)
RESULTS = [GRADIENT_CHECK]

# name: widths, activations, loss. The first has every activation; the others are those of Q3 and, smaller, of Q5.
NETWORKS = {
    "every": ((20, 16, 14, 12, 10), ("sigmoid", "tanh", "relu", "linear"), "cross_entropy"),
    "classifier": ((1024, 64, 36), ("sigmoid", "linear"), "cross_entropy"),
    "autoencoder": ((64, 8, 8, 8, 64), ("relu", "relu", "relu", "sigmoid"), "squared_error"),
}


def task_gradient_check():
    """Q2.5.1 Gradients of three networks against central differences, and three planted mistakes."""
    return task(check, outputs=[GRADIENT_CHECK], settings=settings("network"))


def task_gradient_check_figure():
    """Q2.5.1 Relative error for every array of parameters."""
    return task(draw_check, inputs=[GRADIENT_CHECK], outputs=[GRADIENTS])


def check(numbers_file, settings):
    import numpy as np

    from lib.nn import gradcheck, losses, network

    rng = np.random.default_rng(settings.seed)
    numbers, parameters = {}, 0
    for name, (sizes, activations, loss_name) in NETWORKS.items():
        loss = losses.CROSS_ENTROPY if loss_name == "cross_entropy" else losses.SQUARED_ERROR
        net = network.initialise(sizes, activations, rng, np.float64)
        net.flat += 0.01 * rng.standard_normal(net.flat.shape)  # biases that are not zero are checked as well
        x = rng.random((settings.batch, sizes[0]))
        target = rng.integers(sizes[-1], size=settings.batch) if loss_name == "cross_entropy" else x
        numerical = gradcheck.numerical_gradient(net, x, target, loss, settings.step)
        analytic = gradcheck.analytic_gradient(net, x, target, loss)
        parameters += net.flat.size
        errors = gradcheck.relative_errors(analytic, numerical)
        numbers |= {f"q2.gradcheck.{name}.{array}": error for array, error in errors.items()}
        if name == "every":  # the check is worth something only if it rejects a wrong gradient
            for mistake, wrong in gradcheck.mistakes(analytic).items():
                worst = max(gradcheck.relative_errors(wrong, numerical).values())
                numbers[f"q2.gradcheck_mistake.{mistake}"] = worst
    worst = max(value for key, value in numbers.items() if key.startswith("q2.gradcheck."))
    numbers["q2.gradcheck_max_relative_error"] = worst
    numbers["q2.gradcheck_parameters"] = parameters
    write_json(numbers_file, numbers)


def draw_check(numbers_file, figure_files):
    from lib.figures import training as figures
    from lib.figures.style import save

    numbers = json.loads(numbers_file.read_text())
    parts = ["q2.gradcheck.", "q2.gradcheck_mistake."]
    errors, mistakes = ({k.removeprefix(p): v for k, v in numbers.items() if k.startswith(p)} for p in parts)
    save(figures.gradient_errors(errors, mistakes), *figure_files)
