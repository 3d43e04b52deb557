"""Q7.1: train four torch networks by one loop, test them, and compare one with the network in NumPy."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from lib.data import datasets
from lib.models import fit, networks
from lib.models.augment import characters
from lib.nn import confusion, losses, optimisers, training
from lib.nn import network as numpy_network
from lib.nn.batches import Batches
from lib.nn.statistics import difference_interval
from lib.steps.training import ACTIVATIONS


def fit_mlp(
    dataset: Mapping[str, NDArray],
    hidden: int,
    epochs: int,
    batch: int,
    learning_rate: float,
    momentum: float,
    weight_decay: float,
    seed: int,
    device: str,
    progress: Callable[..., None] | None = None,
) -> dict[str, Any]:
    """Train the network of Q3 (Q7.1.1), from the weights and on the batches that lib.nn uses with the same seed.

    Parameters
    ----------
    dataset : mapping
        As in lib.data.datasets.
    device : {"cpu", "cuda", "auto"}

    Returns
    -------
    dict
        ``weights``, a safetensors file; ``network``, its description for `lib.models.networks.build`, with the names of
        the classes; ``history``, lists of one number per epoch.
    """
    images, labels = datasets.split(dataset, "train")
    inputs, classes = images[0].size, len(datasets.class_names(dataset))
    rng = np.random.default_rng(seed)
    start = numpy_network.initialise((inputs, hidden, classes), ACTIVATIONS, rng)
    description = {"kind": "Mlp", "inputs": inputs, "hidden": hidden, "classes": classes}
    model = networks.from_numpy(networks.Mlp(inputs, hidden, classes), [layer[:2] for layer in start.layers])
    model.mean.copy_(torch.from_numpy(images.reshape(len(images), -1).mean(axis=0)))
    batches = fit.Batches(images[:, None], labels, batch, rng)
    optimiser = fit.DecayedSgd(model.parameters(), learning_rate, momentum, weight_decay)
    return _fit(model, batches, optimiser, optimisers.cosine(1), epochs, description, dataset, device, progress)


def fit_cnn(
    dataset: Mapping[str, NDArray],
    channels: Sequence[int],
    hidden: int,
    dropout: float,
    epochs: int,
    batch: int,
    learning_rate: float,
    weight_decay: float,
    label_smoothing: float,
    augment: float,
    seed: int,
    device: str,
    progress: Callable[..., None] | None = None,
) -> dict[str, Any]:
    """Train a convolutional network (Q7.1.2 to Q7.1.4).

    Parameters
    ----------
    augment : float
        Strength of the random changes to the training images; 0 for none.

    Returns
    -------
    dict
        As from `fit_mlp`.
    """
    images, labels = datasets.split(dataset, "train")
    description = {
        "kind": "Cnn",
        "size": images.shape[1],
        "classes": len(datasets.class_names(dataset)),
        "channels": list(channels),
        "hidden": hidden,
        "dropout": dropout,
    }
    torch.manual_seed(seed)
    model = networks.build(description)
    augmented = functools.partial(characters, strength=augment)
    batches = fit.Batches(images[:, None], labels, batch, np.random.default_rng(seed), augmented)
    optimiser = torch.optim.AdamW(model.parameters(), learning_rate, weight_decay=weight_decay)
    loss = functools.partial(functional.cross_entropy, label_smoothing=label_smoothing)
    return _fit(model, batches, optimiser, fit.one_cycle(), epochs, description, dataset, device, progress, loss)


def _fit(
    model, batches, optimiser, schedule, epochs, description, dataset, device, progress, loss=functional.cross_entropy
):
    """Train on the requested device, measuring on training and validation images; the outputs of `fit_mlp`."""
    device = fit.choose_device(device)
    every = _every(len(batches.targets))
    images, labels = datasets.split(dataset, "valid")
    sets = {"train": (batches.inputs[::every], batches.targets[::every]), "valid": (images[:, None], labels)}
    history = fit.fit(
        model.to(device),
        batches,
        optimiser,
        epochs,
        schedule,
        loss,
        measure=lambda model: training.measure(functools.partial(fit.evaluate, model), sets),
        on_epoch=progress,
    )
    names = datasets.class_names(dataset)
    return {
        "weights": networks.pack_weights(model),
        "network": description | {"names": names, "device": device, "weights": networks.count(model)},
        "history": history,
    }


def _every(images: int) -> int:
    """About 3,000 training images are enough for a curve; taken throughout, as a data set may be sorted by class."""
    return max(1, images // 3000)


def evaluate(
    dataset: Mapping[str, NDArray],
    weights: bytes,
    network: Mapping[str, Any],
    history: Mapping[str, Sequence[float]],
    question: str,
) -> dict[str, Any]:
    """Test a trained network.

    Parameters
    ----------
    dataset : mapping
        As in lib.data.datasets.
    weights, network, history
        From `fit_mlp` or `fit_cnn`.
    question : str
        Such as ``Q7.1.2``; the keys of the numbers begin with it.

    Returns
    -------
    dict
        ``predictions``: ``logits`` (n, classes) and ``labels`` (n,) of the test images, ``classes``; ``numbers``.

    Raises
    ------
    ValueError
        If the network was trained for other classes.
    """
    names = datasets.class_names(dataset)
    if network["names"] != names:
        raise ValueError(
            f"{question}: the network has the classes {''.join(network['names'])}, but the dataset {''.join(names)};"
            " train the network again"
        )
    images, labels = datasets.split(dataset, "test")
    logits = fit.predict(networks.restore(network, weights), images[:, None]).numpy()
    accuracy = losses.accuracy(logits, labels)
    low, high = confusion.wilson_interval(accuracy, len(labels))
    numbers = {
        "test_accuracy": accuracy,
        "test_accuracy_low": low,
        "test_accuracy_high": high,
        "test_images": len(labels),
        "test_loss": losses.cross_entropy(logits, labels),
        "valid_accuracy": history["valid_accuracy"][-1],
        "valid_loss": history["valid_loss"][-1],
        "train_accuracy": history["train_accuracy"][-1],
        "train_loss": history["train_loss"][-1],
        "gap": history["train_accuracy"][-1] - history["valid_accuracy"][-1],
        "epochs": len(history["valid_accuracy"]),
        "parameters": network["weights"],
    }
    measured = len(range(0, len(dataset["train_labels"]), _every(len(dataset["train_labels"]))))
    numbers["gap_low"], numbers["gap_high"] = difference_interval(
        numbers["train_accuracy"], measured, numbers["valid_accuracy"], len(dataset["valid_labels"])
    )
    return {
        "predictions": {"logits": logits, "labels": labels, "classes": np.array(names)},
        "numbers": {f"{question.lower()}.{name}": value for name, value in numbers.items()},
    }


def compare_losses(
    dataset: Mapping[str, NDArray],
    hidden: int,
    epochs: int,
    batch: int,
    learning_rate: float,
    momentum: float,
    weight_decay: float,
    seed: int,
) -> dict[str, float]:
    """Train the networks in NumPy and in torch from equal weights on equal batches, in float64 (Q7.1.1).

    Returns
    -------
    dict
        ``q7.1.1.epochs_compared``, and ``q7.1.1.largest_loss_difference`` after any of them, in nats.
    """
    images, labels = datasets.split(dataset, "train")
    x, labels = images[::4].reshape(-1, images[0].size).astype(np.float64), labels[::4]
    sizes = (x.shape[1], hidden, len(datasets.class_names(dataset)))
    in_numpy = numpy_network.initialise(sizes, ACTIVATIONS, np.random.default_rng(seed), np.float64)
    in_torch = networks.from_numpy(networks.Mlp(*sizes).double(), [layer[:2] for layer in in_numpy.layers])
    numpy_history = training.fit(
        in_numpy,
        Batches(x, labels, batch, np.random.default_rng(seed)),
        losses.CROSS_ENTROPY,
        optimisers.Momentum(learning_rate, momentum, weight_decay),
        epochs,
        measure=lambda net: {"loss": training.evaluate(net, x, labels)[1]},
    )
    torch_history = fit.fit(
        in_torch,
        fit.Batches(x, labels, batch, np.random.default_rng(seed)),
        fit.DecayedSgd(in_torch.parameters(), learning_rate, momentum, weight_decay),
        epochs,
        measure=lambda net: {"loss": fit.evaluate(net, x, labels)[1]},
    )
    difference = np.abs(np.subtract(torch_history["loss"], numpy_history["loss"])).max()
    return {"q7.1.1.epochs_compared": epochs, "q7.1.1.largest_loss_difference": float(difference)}


def compare_readings(predictions: Mapping[str, Mapping[str, NDArray]], prefix: str) -> dict[str, float]:
    """Test images that only one of two networks classifies correctly, and McNemar's test.

    Parameters
    ----------
    predictions : dict of str to mapping
        By the names of the two, ``logits`` (n, classes) and ``labels`` (n,) of the same images.
    prefix : str
        Of the numbers' keys: ``<prefix>.only_<name>_right``, ``<prefix>.mcnemar_p``.
    """
    right = [found["logits"].argmax(axis=1) == found["labels"] for found in predictions.values()]
    *only, p = confusion.mcnemar(*right)
    numbers = {f"{prefix}.only_{name}_right": count for name, count in zip(predictions, only, strict=True)}
    return numbers | {f"{prefix}.mcnemar_p": p}
