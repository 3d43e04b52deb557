"""Q7.1: four networks in torch, trained by one loop and tested; the first is the network of Q3."""

from typing import Any, NamedTuple

from lib.graph import Artifact, Number, figure, json, npz, numbers, raw, step
from stages.data import EMNIST, MNIST, NIST36
from stages.settings import SETTINGS, called
from stages.training import BEST, mistakes


class Network(NamedTuple):
    """One of the four networks, and its artifacts."""

    question: str
    what: str
    data: Artifact
    trained: Any  # .weights, .network (its description) and .history
    predictions: Artifact
    numbers: Artifact
    curves: Artifact


def measures(key: str) -> list[Number]:
    """Numbers of a network beside its test accuracy."""
    return [
        Number(f"{key}.test_accuracy_low", "Test accuracy, lower end of the 95 % interval", "%", detail=True),
        Number(f"{key}.test_accuracy_high", "Test accuracy, upper end of the 95 % interval", "%", detail=True),
        Number(f"{key}.valid_accuracy", "Validation accuracy", "%"),
        Number(f"{key}.train_accuracy", "Training accuracy", "%", detail=True),
        Number(f"{key}.gap", "Training less validation accuracy", "%", detail=True),
        Number(f"{key}.gap_low", "Training less validation, lower end of the 95 % interval", "%", detail=True),
        Number(f"{key}.gap_high", "Training less validation, upper end of the 95 % interval", "%", detail=True),
        Number(f"{key}.train_loss", "Loss on training images", "nats", detail=True),
        Number(f"{key}.valid_loss", "Loss on validation images", "nats", detail=True),
        Number(f"{key}.test_loss", "Loss on test images", "nats", detail=True),
        Number(f"{key}.parameters", "Learned parameters"),
        Number(f"{key}.epochs", "Epochs", detail=True),
        Number(f"{key}.test_images", "Test images", detail=True),
    ]


def network(name: str, question: str, title: str, what: str, data: Artifact, function: str, **inputs: Any) -> Network:
    """Declare a network: training, test and curves.

    Their ids begin with the question: `Q7.1.1/curves`, `Q7.1.2/curves`, `Q7.1.3/curves`, `Q7.1.4/curves`.
    """
    trained = step(
        f"lib.steps.pytorch:{function}",
        dataset=data,
        device=SETTINGS.pytorch.device,
        **inputs,
        to={
            "weights": raw(f"{question}/weights.safetensors", f"The trained {what}."),
            "network": json(f"{question}/network", f"Layers, classes and device of the {what}."),
            "history": json(f"{question}/history", f"Accuracy and mean loss of the {what} by epoch."),
        },
    )
    tested = step(
        "lib.steps.pytorch:evaluate",
        dataset=data,
        weights=trained.weights,
        network=trained.network,
        history=trained.history,
        question=question,
        to={
            "predictions": npz(f"fits/{name}_test", f"Scores of the {what} for every test image."),
            "numbers": numbers(
                f"{question}/numbers",
                Number(
                    f"{question.lower()}.test_accuracy", f"{title}, test accuracy", "%", headline=10 + int(question[-1])
                ),
                *measures(question.lower()),
                caption=f"Test accuracy of the {what}.",
            ),
        },
    )
    curves = figure(
        f"{question}/curves",
        "lib.figures.training:curves",
        history=trained.history,
        caption=f"Accuracy and mean cross-entropy of the {what} after each epoch, on training images as they are (not "
        "augmented) and on held-out ones.",
    )
    return Network(question, what, data, trained, tested.predictions, tested.numbers, curves)


# fmt: off
NETWORKS = {
    "torch_mlp": network(
        "torch_mlp", "Q7.1.1", "PyTorch, the network of Q3", f"fully connected network on {called('NIST36')}", NIST36,
        "fit_mlp", settings=SETTINGS.training, seed=SETTINGS.training.seeds[0],
    ),
    "mnist_cnn": network(
        "mnist_cnn", "Q7.1.2", "CNN for 10 digits", f"convolutional network on {called('MNIST')}", MNIST,
        "fit_cnn", settings=SETTINGS.mnist_cnn,
    ),
    "nist36_cnn": network(
        "nist36_cnn", "Q7.1.3", "CNN for 36 characters", f"convolutional network on {called('NIST36')}", NIST36,
        "fit_cnn", settings=SETTINGS.nist36_cnn,
    ),
    "emnist_cnn": network(
        "emnist_cnn", "Q7.1.4", "CNN for 47 characters", f"convolutional network on {called('EMNIST Balanced')}",
        EMNIST, "fit_cnn", settings=SETTINGS.emnist_cnn,
    ),
}
# fmt: on

AGREEMENT = step(
    "lib.steps.pytorch:compare_losses",
    dataset=NIST36,
    epochs=2,
    settings=SETTINGS.training,
    seed=SETTINGS.training.seeds[0],
    to=numbers(
        "Q7.1.1/agreement",
        Number("q7.1.1.epochs_compared", "Epochs compared with numpy", detail=True),
        Number("q7.1.1.largest_loss_difference", "Largest difference from numpy's loss", "nats", detail=True),
        caption="Losses of numpy and torch, same weights and batches, float64.",
    ),
)
AGAINST_NUMPY = step(
    "lib.steps.pytorch:compare_readings",
    predictions={"numpy": BEST.predictions, "torch": NETWORKS["torch_mlp"].predictions},
    prefix="q7.1.1",
    to=numbers(
        "Q7.1.1/against_numpy",
        Number("q7.1.1.only_numpy_right", "Test images that only numpy reads right", detail=True),
        Number("q7.1.1.only_torch_right", "Test images that only torch reads right", detail=True),
        Number("q7.1.1.mcnemar_p", "McNemar's test of the two, p", detail=True),
        caption="Test images that only one of the two fully connected networks reads.",
    ),
)
# The network of Q7.1.2 once more, on the images as they are: what moving them at random is worth.
UNAUGMENTED = step(
    "lib.steps.pytorch:fit_cnn",
    dataset=MNIST,
    device=SETTINGS.pytorch.device,
    augment=0.0,
    settings=SETTINGS.mnist_cnn,
    to={
        "weights": raw("fits/mnist_unaugmented.safetensors"),
        "network": json("fits/mnist_unaugmented_network"),
        "history": json(
            "Q7.1.2/unaugmented_history", "Accuracy and mean loss of the network trained without moved images."
        ),
    },
    doc="The network of Q7.1.2, trained on images that are not moved.",
)
TESTED_UNAUGMENTED = step(
    "lib.steps.pytorch:evaluate",
    dataset=MNIST,
    weights=UNAUGMENTED.weights,
    network=UNAUGMENTED.network,
    history=UNAUGMENTED.history,
    question="Q7.1.2.unaugmented",
    to={
        "predictions": npz("fits/mnist_unaugmented_test"),
        "numbers": numbers(
            "Q7.1.2/unaugmented",
            Number("q7.1.2.unaugmented.test_accuracy", "Without moved images, test accuracy", "%"),
            *measures("q7.1.2.unaugmented"),
            caption="Test accuracy of the same network trained on images that are not moved.",
        ),
    },
)
AUGMENTED_AGAINST_NOT = step(
    "lib.steps.pytorch:compare_readings",
    predictions={"augmented": NETWORKS["mnist_cnn"].predictions, "unaugmented": TESTED_UNAUGMENTED.predictions},
    prefix="q7.1.2.unaugmented",
    to=numbers(
        "Q7.1.2/against_unaugmented",
        Number("q7.1.2.unaugmented.only_augmented_right", "Test images read only with moved images", detail=True),
        Number("q7.1.2.unaugmented.only_unaugmented_right", "Test images read only without them", detail=True),
        Number("q7.1.2.unaugmented.mcnemar_p", "McNemar's test of the two, p", detail=True),
        caption="Test images that only one of the two networks reads.",
    ),
)
PAIRS = step(
    "lib.steps.training:rank_pairs",
    predictions=NETWORKS["emnist_cnn"].predictions,
    to=json(
        "Q7.1.4/confused_pairs.json", f"Classes of {called('EMNIST Balanced')} in pairs, most often confused first."
    ),
)
mistakes("Q7.1.4", "EMNIST Balanced", EMNIST, NETWORKS["emnist_cnn"].predictions)
CONFUSION = figure(
    "Q7.1.4/confusion",
    "lib.figures.confusion:confusion",
    predictions=NETWORKS["emnist_cnn"].predictions,
    caption=f"Test images of {called('EMNIST Balanced')} by true class (rows) and class read (columns); the diagonal "
    "is left out of the colours. Of two counts that do not fit side by side the larger is printed.",
)
