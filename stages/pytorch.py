"""Q7.1: four networks in torch, each trained by the same loop, and what they read on the pages."""

import functools
import json
from typing import NamedTuple

from lib.build import Artifact, figure, progress, settings, task
from lib.jsonfile import write_json
from stages.data import EMNIST, MNIST, NIST36, pages
from stages.reading import letters, record_reading
from stages.reading import reading as read_by_numpy
from stages.training import ACTIVATIONS, PREDICTIONS, draw_confusion, draw_curves

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
AGAINST_NUMPY = Artifact(
    "Q7.1.1", "against_numpy.json", caption="Test images that only one of the two fully connected networks reads."
)
CONFUSION = figure(
    "Q7.1.4",
    "confusion",
    caption="EMNIST's test images of the class of each row that were read as the class of each column; the diagonal is "
    "left out of the colours.",
)

PAGES = pages()
# What reads the pages, in the table's order: its name in files and keys, what the table calls it, its weights.
CLASSIFIERS = {
    "numpy_mlp": ("MLP, numpy", None),  # stages.reading has read the pages with it
    "torch_mlp": ("MLP, torch", MLP.trained),
    "nist36_cnn": ("CNN, NIST36", NIST36_CNN.trained),
    "emnist_cnn": ("CNN, EMNIST", EMNIST_CNN.trained),
}
TABLE = Artifact(
    "Q7.1.4", "classifiers.json", caption="Letter and character accuracy of every classifier on every page."
)
TABLE_FIGURE = figure(
    "Q7.1.4",
    "classifiers",
    caption="Letters read right on each page by each classifier, each from its own image and, in brackets, in context: "
    "there the neighbours say whether a character is a letter or a digit.",
)


def reading(classifier, page):
    """The text of a page, and every letter with its probabilities, as one of the classifiers reads it."""
    if classifier == "numpy_mlp":
        return read_by_numpy(page)
    folder, stem = ("Q7.1.4", page.name) if classifier == "emnist_cnn" else ("fits", f"{classifier}_{page.name}")
    what = CLASSIFIERS[classifier][0]
    return Artifact(folder, f"{stem}.txt", f"{stem}.json", caption=f"{page.name}: the text as read by the {what}.")


def scores(page):
    """Scores of all classifiers on a page whose text is known."""
    return Artifact(
        "Q7.1.4", f"{page.name}_scores.json", caption=f"{page.name}: letters read right by each classifier."
    )


RESULTS = [
    AGREEMENT,
    AGAINST_NUMPY,
    *(network.numbers for network in NETWORKS),
    *(scores(page) for page in PAGES if page.text),
]


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
    ours = settings("torch_mlp").only("hidden", "batch", "learning_rate", "momentum", "weight_decay", "seed", epochs=2)
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


def task_torch_against_numpy():
    """Q7.1.1 Test images that only the network in numpy reads, and only the one in torch."""
    return task(compare_readings, inputs=[PREDICTIONS, MLP.predictions], outputs=[AGAINST_NUMPY])


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
    return task(draw_confusion, inputs=[EMNIST_CNN.predictions], outputs=[CONFUSION])


# --- reading pages ----------------------------------------------------------------------------------------------------


def task_read_with_networks():
    """Q7.1.4 The text of each page, as each classifier reads it."""
    networks = {name: network for name, network in CLASSIFIERS.items() if name != "numpy_mlp"}
    for classifier, (what, weights) in networks.items():
        for page in PAGES:
            yield task(
                read_with_torch,
                name=f"{classifier}:{page.name}",
                doc=f"Q7.1.4 The text of {page.name}, read by the {what}.",
                inputs=[letters(page), weights],
                outputs=[reading(classifier, page)],
                settings=settings("pytorch").only("alternatives"),
            )


def task_network_scores():
    """Q7.1.4 How well each page was read by each classifier."""
    for page in PAGES:
        if page.text:
            yield task(
                score,
                name=page.name,
                doc=f"Q7.1.4 How well {page.name} was read by each classifier.",
                inputs=[[reading(classifier, page) for classifier in CLASSIFIERS], page.text],
                outputs=[scores(page)],
                settings=settings("pytorch").only(page=page.name, classifiers=list(CLASSIFIERS)),
            )


def task_classifiers():
    """Q7.1.4 All classifiers against all pages: the table."""
    return task(tabulate, inputs=[_all_scores()], outputs=[TABLE], settings=_rows())


def task_classifiers_figure():
    """Q7.1.4 All classifiers against all pages: the picture."""
    return task(draw_table, inputs=[TABLE], outputs=[TABLE_FIGURE], settings=_rows())


def _all_scores():
    return [scores(page) for page in PAGES if page.text]


def _rows():
    pages_with_text = [page.name for page in PAGES if page.text]
    names = [[classifier, what] for classifier, (what, _) in CLASSIFIERS.items()]
    return settings("pytorch").only(pages=pages_with_text, classifiers=names)


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
    start = network.initialise((images[0].size, settings.hidden, len(classes)), ACTIVATIONS, rng)
    model = networks.from_numpy(networks.build(description), [layer[:2] for layer in start.layers])
    model.mean.copy_(torch.from_numpy(images.reshape(len(images), -1).mean(axis=0)))
    optimiser = fit.DecayedSgd(model.parameters(), settings.learning_rate, settings.momentum, settings.weight_decay)
    batches = fit.Batches(images[:, None], labels, settings.batch, rng)
    history = _train(model, batches, optimiser, training.cosine(1), dataset_file, settings)
    _save(model, description, history, dataset_file, trained_files, history_file, settings)


def train_cnn(dataset_file, trained_files, history_file, settings):
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
    history = _train(model, batches, optimiser, fit.one_cycle(), dataset_file, settings, loss)
    _save(model, description, history, dataset_file, trained_files, history_file, settings)


def _train(model, batches, optimiser, schedule, dataset_file, settings, loss=None):
    """Train on the device asked for, measuring on training and validation images; the history."""
    from torch.nn import functional

    from lib.data import formats
    from lib.models import fit
    from lib.nn import training

    device = fit.choose_device(settings.device)
    images, labels = formats.load_split(dataset_file, "train")
    # Every few training images are enough to see a curve; a data set may be sorted by class.
    every = max(1, len(labels) // 3000)
    watched = {"train": (images[::every, None], labels[::every])}
    images, labels = formats.load_split(dataset_file, "valid")
    watched["valid"] = (images[:, None], labels)
    return fit.fit(
        model.to(device),
        batches,
        optimiser,
        settings.epochs,
        schedule,
        loss or functional.cross_entropy,
        lambda model: training.measure(functools.partial(fit.evaluate, model, device=device), watched),
        device,
        progress,
    )


def _save(model, description, history, dataset_file, trained_files, history_file, settings):
    from lib.data import formats
    from lib.models import fit, networks

    weights_file, description_file = trained_files
    weights_file.write_bytes(networks.pack_weights(model))
    description |= {
        "names": formats.load_classes(dataset_file),
        "device": fit.choose_device(settings.device),
        "weights": networks.count(model),
    }
    write_json(description_file, description)
    write_json(history_file, {name: values.tolist() for name, values in history.items()})


def compare_losses(dataset_file, agreement_file, settings):
    import numpy as np

    from lib.data import formats
    from lib.models import fit, networks
    from lib.nn import losses, network, optimisers, training

    images, labels = formats.load_split(dataset_file, "train")
    images, labels = images[::4].reshape(-1, images[0].size).astype(np.float64), labels[::4]
    sizes = (images.shape[1], settings.hidden, len(formats.load_classes(dataset_file)))
    ours = network.initialise(sizes, ACTIVATIONS, np.random.default_rng(settings.seed), np.float64)
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
        settings.weight_decay,
        measure=lambda net: {"loss": training.evaluate(net, images, labels)[1]},
    )
    of_theirs = fit.fit(
        theirs,
        fit.Batches(images, labels, settings.batch, np.random.default_rng(settings.seed)),
        fit.DecayedSgd(theirs.parameters(), settings.learning_rate, settings.momentum, settings.weight_decay),
        settings.epochs,
        measure=lambda model: {"loss": fit.evaluate(model, images, labels)[1]},
    )
    difference = np.abs(of_theirs["loss"] - of_ours["loss"]).max()
    write_json(
        agreement_file,
        {"q7.1.1.epochs_compared": settings.epochs, "q7.1.1.largest_loss_difference": float(difference)},
    )


def compare_readings(numpy_predictions, torch_predictions, numbers_file):
    import numpy as np

    from lib.nn import confusion

    with np.load(numpy_predictions) as ours, np.load(torch_predictions) as theirs:
        right = [one["logits"].argmax(axis=1) == one["labels"] for one in (ours, theirs)]
    only_ours, only_theirs, p = confusion.mcnemar(*right)
    numbers = {"only_numpy_right": only_ours, "only_torch_right": only_theirs, "mcnemar_p": p}
    write_json(numbers_file, {f"q7.1.1.{name}": value for name, value in numbers.items()})


def test(dataset_file, trained_files, history_file, predictions_file, numbers_file, settings):
    import numpy as np

    from lib.data import formats
    from lib.models import fit
    from lib.nn import confusion, losses

    model, description = _load(trained_files)
    if description["names"] != formats.load_classes(dataset_file):
        raise ValueError(f"{trained_files[1].name} has other classes than {dataset_file.name}; train the network again")
    images, labels = formats.load_split(dataset_file, "test")
    logits = fit.predict(model, images[:, None]).numpy()
    np.savez(predictions_file, logits=logits, labels=labels, classes=np.array(description["names"]))
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
    }
    prefix = settings.question.lower()
    write_json(numbers_file, {f"{prefix}.{name}": value for name, value in numbers.items()})


def _load(trained_files):
    """A trained network in evaluation mode, and its description."""
    from lib.models import networks

    weights_file, description_file = trained_files
    description = json.loads(description_file.read_text())
    return networks.unpack_weights(networks.build(description), weights_file.read_bytes()), description


def read_with_torch(letters_file, trained_files, reading_files, settings):
    import numpy as np

    found = np.load(letters_file)
    record_reading(found, *letter_probs(found, trained_files), reading_files, settings)


def letter_probs(found, trained_files):
    """What a network says of each letter: probabilities (n, k), and the characters, small ones counted as capitals."""
    from lib.models import alphabet, fit

    model, description = _load(trained_files)
    crops = found["crops28" if description.get("size") == 28 else "crops32"]
    probs = fit.predict(model, crops[:, None]).double().softmax(dim=1).numpy()
    return alphabet.fold_case(probs, description["names"])


def score(readings, truth_file, scores_file, settings):
    from lib.vision import reading
    from lib.vision.text import read_transcript

    truth = read_transcript(truth_file)
    result = {}
    for classifier, (_, json_file) in zip(settings.classifiers, readings, strict=True):
        read = json.loads(json_file.read_text(encoding="utf-8"))
        result |= reading.score(read, truth, _key(settings.page, classifier))
    write_json(scores_file, result)


def _key(page, classifier):
    """What the numbers of a page begin with; the EMNIST network is the one that the question asks for."""
    return f"q7.1.4.{page}" + ("" if classifier == "emnist_cnn" else f".{classifier}")


def tabulate(score_files, table_file, settings):
    """One row per classifier and page, and the mean over all letters."""
    found = {}
    for path in score_files:
        found |= json.loads(path.read_text(encoding="utf-8"))
    table = {}
    measures = ("letter_accuracy", "in_context.letter_accuracy", "char_accuracy", "in_context.char_accuracy")
    for classifier, _ in settings.classifiers:
        rows = {}
        for page in settings.pages:
            key = _key(page, classifier)
            rows[page] = {"letters": found[f"{key}.true"]} | {name: found[f"{key}.{name}"] for name in measures}
        total = sum(row["letters"] for row in rows.values())
        mean = {name: sum(row["letters"] * row[name] for row in rows.values()) / max(total, 1) for name in measures}
        table[classifier] = rows | {"all": {"letters": total} | mean}
    write_json(table_file, table)


def draw_table(table_file, pictures, settings):
    import numpy as np

    from lib.figures import torch as figures
    from lib.figures.style import save

    table = json.loads(table_file.read_text(encoding="utf-8"))
    columns = [*settings.pages, "all"]
    strict, in_context = (
        np.array([[table[classifier][page][name] for page in columns] for classifier, _ in settings.classifiers])
        for name in ("letter_accuracy", "in_context.letter_accuracy")
    )
    save(figures.table(strict, in_context, [what for _, what in settings.classifiers], columns), *pictures)
