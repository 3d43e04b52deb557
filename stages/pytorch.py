"""Q7.1: four networks in torch, trained by one loop and tested; the first is the network of Q3."""

from typing import Any, NamedTuple

from lib.graph import Artifact, Number, figure, json, npz, numbers, raw, step
from stages.data import EMNIST, MNIST, NIST36
from stages.settings import SETTINGS
from stages.training import BEST


class Network(NamedTuple):
    """One of the four networks, and its artifacts."""

    question: str
    what: str
    data: Artifact
    trained: Any  # .weights, .network (its description) and .history
    predictions: Artifact
    numbers: Artifact
    curves: Artifact


def network(name: str, question: str, title: str, what: str, data: Artifact, function: str, **inputs: Any) -> Network:
    """Declare a network: training, test and curves.

    Their ids begin with the question: `Q7.1.1/curves`, `Q7.1.2/curves`, `Q7.1.3/curves`, `Q7.1.4/curves`.
    """
    key = question.lower()
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
                Number(f"{key}.test_accuracy", f"{title}, test accuracy", "%", headline=10 + int(question[-1])),
                Number(f"{key}.test_accuracy_low", "Test accuracy, lower end of the 95 % interval", "%", detail=True),
                Number(f"{key}.test_accuracy_high", "Test accuracy, upper end of the 95 % interval", "%", detail=True),
                Number(f"{key}.valid_accuracy", "Validation accuracy", "%"),
                Number(f"{key}.parameters", "Learned parameters"),
                Number(f"{key}.epochs", "Epochs", detail=True),
                Number(f"{key}.test_loss", "Loss on test images", "nats", detail=True),
                Number(f"{key}.test_images", "Test images", detail=True),
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
        "torch_mlp", "Q7.1.1", "PyTorch, the network of Q3", "fully connected network on NIST36", NIST36,
        "fit_mlp", settings=SETTINGS.training, seed=SETTINGS.training.seeds[0],
    ),
    "mnist_cnn": network(
        "mnist_cnn", "Q7.1.2", "CNN on MNIST", "convolutional network on MNIST", MNIST,
        "fit_cnn", settings=SETTINGS.mnist_cnn,
    ),
    "nist36_cnn": network(
        "nist36_cnn", "Q7.1.3", "CNN on NIST36", "convolutional network on NIST36", NIST36,
        "fit_cnn", settings=SETTINGS.nist36_cnn,
    ),
    "emnist_cnn": network(
        "emnist_cnn", "Q7.1.4", "CNN on EMNIST Balanced", "convolutional network on EMNIST Balanced", EMNIST,
        "fit_cnn", settings=SETTINGS.emnist_cnn,
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
    numpy_predictions=BEST.predictions,
    torch_predictions=NETWORKS["torch_mlp"].predictions,
    to=numbers(
        "Q7.1.1/against_numpy",
        Number("q7.1.1.only_numpy_right", "Test images that only numpy reads right", detail=True),
        Number("q7.1.1.only_torch_right", "Test images that only torch reads right", detail=True),
        Number("q7.1.1.mcnemar_p", "McNemar's test of the two, p", detail=True),
        caption="Test images that only one of the two fully connected networks reads.",
    ),
)
CONFUSION = figure(
    "Q7.1.4/confusion",
    "lib.figures.training:confusion",
    predictions=NETWORKS["emnist_cnn"].predictions,
    caption="EMNIST's test images of the class of each row that were read as the class of each column; the diagonal is "
    "left out of the colours.",
)
