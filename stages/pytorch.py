"""Q7.1: four networks in torch, each trained by the same loop, and what they read on the pages."""

from typing import NamedTuple

from lib.build import Artifact, figure, progress, settings, task
from stages.data import EMNIST, MNIST, NIST36

# --- what the other stages read ---------------------------------------------------------------------------------------


class Network(NamedTuple):
    """One of the four networks, and where what it gives lies."""

    question: str
    table: str  # of its settings
    what: str
    data: Artifact

    @property
    def trained(self):
        """Weights, and the description that they go with: kind, shape, classes, the device it was trained on."""
        return Artifact(self.question, "weights.safetensors", "network.json", caption=f"The trained {self.what}.")

    @property
    def history(self):
        """Accuracy and loss on training and validation images after each epoch."""
        return Artifact(self.question, "history.json", caption=f"Accuracy and mean loss of the {self.what} by epoch.")

    @property
    def predictions(self):
        """Scores for every test image."""
        return Artifact("fits", f"{self.table}_test.npz", caption=f"Scores of the {self.what} for every test image.")

    @property
    def numbers(self):
        """What results.json takes over."""
        return Artifact(self.question, "numbers.json", caption=f"Test accuracy of the {self.what}.")

    @property
    def curves(self):
        """The figure of the history."""
        return figure(
            self.question,
            "curves",
            caption=f"Accuracy and mean cross-entropy of the {self.what} after each epoch, on training images as they "
            "are (not augmented) and on held-out ones.",
        )


MLP = Network("Q7.1.1", "torch_mlp", "fully connected network on NIST36", NIST36)
MNIST_CNN = Network("Q7.1.2", "mnist_cnn", "convolutional network on MNIST", MNIST)
NIST36_CNN = Network("Q7.1.3", "nist36_cnn", "convolutional network on NIST36", NIST36)
EMNIST_CNN = Network("Q7.1.4", "emnist_cnn", "convolutional network on EMNIST Balanced", EMNIST)
NETWORKS = (MLP, MNIST_CNN, NIST36_CNN, EMNIST_CNN)

AGREEMENT = Artifact(
    "Q7.1.1", "agreement.json", caption="Losses of numpy and torch, same weights and batches, float64."
)
CONFUSION = figure(
    "Q7.1.4",
    "confusion",
    caption="EMNIST's test images of the class of each row that were read as the class of each column; the diagonal is "
    "left out of the colours. What remains is what only context tells apart: 0/O, 1/I/L, 2/Z, 5/S, 9/g/q.",
)
RESULTS = [AGREEMENT, *(network.numbers for network in NETWORKS)]


# --- training and testing ---------------------------------------------------------------------------------------------


def task_torch_networks():
    """Q7.1 Four networks, trained: weights as safetensors, accuracy and loss by epoch."""
    device = settings("pytorch").device
    for network in NETWORKS:
        ours = settings(network.table)
        yield task(
            train_mlp if network is MLP else train_cnn,
            name=network.table,
            doc=f"{network.question} The {network.what}, trained.",
            inputs=[network.data],
            outputs=[network.trained, network.history],
            settings=ours.only(*ours.as_dict(), device=device),
        )


def task_torch_agreement():
    """Q7.1.1 Losses of the numpy and the torch network from the same weights and batches."""
    ours = settings("torch_mlp").only("hidden", "batch", "learning_rate", "momentum", "seed", epochs=2)
    return task(compare_losses, inputs=[NIST36], outputs=[AGREEMENT], settings=ours)


def task_torch_tests():
    """Q7.1 Test accuracy of the four networks."""
    for network in NETWORKS:
        yield task(
            test,
            name=network.table,
            doc=f"{network.question} Test accuracy of the {network.what}.",
            inputs=[network.data, network.trained, network.history],
            outputs=[network.predictions, network.numbers],
            settings=settings("pytorch").only(question=network.question),
        )


def task_torch_curves():
    """Q7.1 Accuracy and loss over epochs of the four networks."""
    for network in NETWORKS:
        yield task(
            draw_curves,
            name=network.table,
            doc=f"{network.question} Accuracy and loss over epochs of the {network.what}.",
            inputs=[network.history],
            outputs=[network.curves],
        )


def task_emnist_confusion():
    """Q7.1.4 Confusion matrix of the EMNIST network on test."""
    return task(draw_confusion, inputs=[EMNIST, EMNIST_CNN.predictions], outputs=[CONFUSION])


# --- what the tasks do ------------------------------------------------------------------------------------------------


def train_mlp(dataset_file, trained_files, history_file, settings):
    """Start from the weights, and go through the batches, that lib.nn would take with the same seed."""
    import numpy as np
    import torch

    from lib.data import formats
    from lib.models import fit, networks
    from lib.nn import network, training

    images, labels = formats.load_split(dataset_file, "train")
    classes = formats.load_classes(dataset_file)
    description = {"kind": "Mlp", "inputs": images[0].size, "hidden": settings.hidden, "classes": len(classes)}
    rng = np.random.default_rng(settings.seed)
    start = network.initialise((images[0].size, settings.hidden, len(classes)), ("sigmoid", "linear"), rng)
    model = networks.from_numpy(networks.build(description), [layer[:2] for layer in start.layers])
    optimiser = torch.optim.SGD(
        model.parameters(), settings.learning_rate, settings.momentum, weight_decay=settings.weight_decay
    )
    batches = fit.Batches(images[:, None], labels, settings.batch, rng)
    _train(
        model,
        batches,
        optimiser,
        training.cosine(1),
        None,
        description,
        dataset_file,
        trained_files,
        history_file,
        settings,
    )


def train_cnn(dataset_file, trained_files, history_file, settings):
    import functools

    import numpy as np
    import torch

    from lib.data import formats
    from lib.models import augment, fit, networks

    images, labels = formats.load_split(dataset_file, "train")
    classes = formats.load_classes(dataset_file)
    description = {
        "kind": "Cnn",
        "size": images.shape[1],
        "classes": len(classes),
        "channels": settings.channels,
        "hidden": settings.hidden,
        "dropout": settings.dropout,
    }
    torch.manual_seed(settings.seed)
    model = networks.build(description)
    batches = fit.Batches(
        images[:, None],
        labels,
        settings.batch,
        np.random.default_rng(settings.seed),
        functools.partial(augment.characters, strength=settings.augment),
    )
    loss = functools.partial(torch.nn.functional.cross_entropy, label_smoothing=settings.label_smoothing)
    optimiser = torch.optim.AdamW(model.parameters(), settings.learning_rate, weight_decay=settings.weight_decay)
    _train(
        model,
        batches,
        optimiser,
        fit.one_cycle(),
        loss,
        description,
        dataset_file,
        trained_files,
        history_file,
        settings,
    )


def _train(model, batches, optimiser, schedule, loss, description, dataset_file, trained_files, history_file, settings):
    """Train on the device asked for, measuring on training and validation images, and write what came out."""
    import torch

    from lib.data import formats
    from lib.models import fit, networks

    device = fit.choose_device(settings.device)
    images, labels = formats.load_split(dataset_file, "train")
    # Every few training images are enough to see a curve; data sets are sorted by class.
    every = max(1, len(labels) // 3000)
    watched = {"train": (images[::every, None], labels[::every])}
    images, labels = formats.load_split(dataset_file, "valid")
    watched["valid"] = (images[:, None], labels)

    def measure(model):
        measures = {}
        for split, (images, labels) in watched.items():
            accuracy, mean_loss = fit.evaluate(model, images, labels, device)
            measures |= {f"{split}_accuracy": accuracy, f"{split}_loss": mean_loss}
        return measures

    history = fit.fit(
        model.to(device),
        batches,
        optimiser,
        settings.epochs,
        schedule,
        loss or torch.nn.functional.cross_entropy,
        measure,
        device,
        progress,
    )
    weights_file, description_file = trained_files
    weights_file.write_bytes(networks.pack_weights(model))
    names = formats.load_classes(dataset_file)
    _write_json(description_file, description | {"names": names, "device": device, "weights": networks.count(model)})
    _write_json(history_file, {name: values.tolist() for name, values in history.items()})


def compare_losses(dataset_file, agreement_file, settings):
    import numpy as np
    import torch

    from lib.data import formats
    from lib.models import fit, networks
    from lib.nn import losses, network, optimisers, training

    images, labels = formats.load_split(dataset_file, "train")
    images, labels = images[::4].reshape(-1, images[0].size).astype(np.float64), labels[::4]
    sizes = (images.shape[1], settings.hidden, len(formats.load_classes(dataset_file)))
    ours = network.initialise(sizes, ("sigmoid", "linear"), np.random.default_rng(settings.seed), np.float64)
    theirs = networks.from_numpy(networks.Mlp(*sizes).double(), [layer[:2] for layer in ours.layers])
    of_ours = training.fit(
        ours,
        images,
        labels,
        losses.CROSS_ENTROPY,
        optimisers.Momentum(settings.momentum),
        training.constant(settings.learning_rate),
        settings.epochs,
        settings.batch,
        np.random.default_rng(settings.seed),
        measure=lambda net: {"loss": training.evaluate(net, images, labels)[1]},
    )
    of_theirs = fit.fit(
        theirs,
        fit.Batches(images, labels, settings.batch, np.random.default_rng(settings.seed)),
        torch.optim.SGD(theirs.parameters(), settings.learning_rate, settings.momentum),
        settings.epochs,
        measure=lambda model: {"loss": fit.evaluate(model, images, labels)[1]},
    )
    difference = np.abs(of_theirs["loss"] - of_ours["loss"]).max()
    _write_json(
        agreement_file,
        {"q7.1.1.epochs_compared": settings.epochs, "q7.1.1.largest_loss_difference": float(difference)},
    )


def test(dataset_file, trained_files, history_file, predictions_file, numbers_file, settings):
    import json

    import numpy as np

    from lib.data import formats
    from lib.models import fit
    from lib.nn import confusion, losses

    model, description = _load(trained_files)
    if description["names"] != formats.load_classes(dataset_file):
        raise ValueError(f"{trained_files[1].name} has other classes than {dataset_file.name}; train the network again")
    images, labels = formats.load_split(dataset_file, "test")
    logits = fit.predict(model, images[:, None]).numpy()
    np.savez(predictions_file, logits=logits, labels=labels)
    accuracy = losses.accuracy(logits, labels)
    low, high = confusion.wilson_interval(accuracy, len(labels))
    history = json.loads(history_file.read_text())
    numbers = {
        "test_accuracy": accuracy,
        "test_accuracy_low": low,
        "test_accuracy_high": high,
        "test_images": len(labels),
        "test_loss": losses.cross_entropy(logits, labels),
        "valid_accuracy": history["valid_accuracy"][-1],
        "epochs": len(history["valid_accuracy"]),
        "parameters": description["weights"],
        "device": description["device"],
    }
    prefix = settings.question.lower()
    _write_json(numbers_file, {f"{prefix}.{name}": value for name, value in numbers.items()})


def _load(trained_files):
    """A trained network in evaluation mode, and its description."""
    import json

    from lib.models import networks

    weights_file, description_file = trained_files
    description = json.loads(description_file.read_text())
    return networks.unpack_weights(networks.build(description), weights_file.read_bytes()), description


def draw_curves(history_file, pictures):
    import json

    from lib.figures import training as figures
    from lib.figures.style import save

    save(figures.curves(json.loads(history_file.read_text())), *pictures)


def draw_confusion(dataset_file, predictions_file, pictures):
    import numpy as np

    from lib.data import formats
    from lib.figures import training as figures
    from lib.figures.style import save
    from lib.nn import confusion

    classes = formats.load_classes(dataset_file)
    with np.load(predictions_file) as found:
        counts = confusion.confusion_matrix(found["logits"].argmax(axis=1), found["labels"], len(classes))
    save(figures.confusion(counts, classes), *pictures)


def _write_json(path, value):
    import json

    path.write_text(json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
