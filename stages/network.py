"""Q2: the network's gradients, checked against central differences."""

from lib.graph import Number, figure, numbers, step
from stages.settings import SETTINGS

# name: widths, activations, loss. The first has every activation; the others are those of Q3 and, smaller, of Q5.
NETWORKS = {
    "every": [[20, 16, 14, 12, 10], ["sigmoid", "tanh", "relu", "linear"], "cross_entropy"],
    "classifier": [[1024, 64, 36], ["sigmoid", "linear"], "cross_entropy"],
    "autoencoder": [[64, 8, 8, 8, 64], ["relu", "relu", "relu", "sigmoid"], "squared_error"],
}
LABELS = {"every": "network with every activation", "classifier": "classifier", "autoencoder": "autoencoder"}
MISTAKES = {"sign": "one sign is wrong", "scale": "summed, not averaged", "bias": "biases missing"}

GRADIENT_CHECK = step(
    "lib.steps.network:check",
    networks=[[name, *network] for name, network in NETWORKS.items()],  # in this order: they share a generator
    mistaken="every",
    settings=SETTINGS.network,
    to=numbers(
        "Q2.5.1/gradient_check.json",
        Number("q2.gradcheck_max_relative_error", "Gradient check, largest relative error", headline=1),
        Number("q2.gradcheck_parameters", "Parameters checked"),
        *(
            Number(
                f"q2.gradcheck.{name}.{array}{layer}", f"Gradient check, {LABELS[name]}, {array}{layer}", detail=True
            )
            for name, (_, activations, _) in NETWORKS.items()
            for array in "Wb"
            for layer in range(len(activations))
        ),
        *(
            Number(f"q2.gradcheck_mistake.{name}", f"Planted mistake, {label}: relative error", detail=True)
            for name, label in MISTAKES.items()
        ),
        caption="Largest relative error of every array of parameters.",
    ),
)
figure(
    "Q2.5.1/gradient_check",
    "lib.figures.training:gradient_errors",
    check=GRADIENT_CHECK,
    caption="Relative error of the analytic gradient for every array of parameters, in float64: of the "
    "autoencoder, of the classifier, and of a network with every activation. A right gradient is to be below the "
    "dashed limit of 1e-6, planted mistakes above it.",
)
