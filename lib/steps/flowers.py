"""Q7.2: fine-tune a new last layer on a frozen SqueezeNet, train a network from scratch, and compare both on test."""

import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save
from torch.nn import CrossEntropyLoss
from torchvision.datasets import ImageFolder

from lib.data.image_folder import PARTS
from lib.data.photos import open_photo
from lib.data.pretext import QUESTIONS, draw_pretext
from lib.models import fit, networks, squeezenet
from lib.models.augment import photographs
from lib.models.flowers import FlowerCnn, Head, Mirrored, any_view
from lib.models.pictures import as_input, scaled, take_view
from lib.nn import confusion, training

Progress = Callable[..., None] | None


def pretrain(
    pretext_images: int,
    pretext_size: int,
    pretext_epochs: int,
    pretext_batch: int,
    pretext_rate: float,
    seed: int,
    device: str,
    progress: Progress = None,
) -> dict[str, Any]:
    """Train SqueezeNet to name drawn shapes, textures and colours, in place of ImageNet (Q7.2.1).

    Returns
    -------
    dict
        ``weights``, a safetensors file for `lib.models.squeezenet.read_state`; ``numbers``, the accuracy of each kind
        of answer on a tenth as many pictures that were held out.
    """
    if progress:
        progress(0, pretext_epochs)  # drawing the pictures takes a while
    device = fit.choose_device(device)
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    held_out = max(pretext_images // 10, 1)
    images, answers = draw_pretext(rng, pretext_images + held_out, pretext_size)
    model = squeezenet.Pretext(QUESTIONS).to(device)
    batches = fit.Batches(
        images[held_out:],
        answers[held_out:],
        pretext_batch,
        rng,
        lambda images, _: as_input(images.numpy()),
    )
    optimiser = torch.optim.AdamW(model.parameters(), pretext_rate, weight_decay=0.01)
    fit.fit(model, batches, optimiser, pretext_epochs, fit.one_cycle(), model.loss, on_epoch=progress)
    logits = fit.predict(model, as_input(images[:held_out]).contiguous().numpy())
    accuracies = model.accuracies(logits, torch.from_numpy(answers[:held_out]))
    names = ("shape", "texture", "colour")
    return {
        "weights": save(squeezenet.folded(model.cpu().eval().features)),
        "numbers": {f"q7.2.pretext.{name}_accuracy": share for name, share in zip(names, accuracies, strict=True)},
    }


def extract(
    flowers: Path, pretrained: bytes, view: str, size: int, progress: Progress = None
) -> dict[str, dict[str, NDArray]]:
    """Frozen features of one view of every picture, and of its mirror image (Q7.2.1).

    Parameters
    ----------
    flowers : Path
        In the layout of lib.data.image_folder.
    pretrained : bytes
        Weights of SqueezeNet, .safetensors or .pth.
    view, size
        As for `lib.models.pictures.take_view`.

    Returns
    -------
    dict
        ``plain`` and ``mirrored``, each ``trn2``, ``val2``, ``tst2``: (n, 1024) float32; their labels ``trn2_labels``
        ...: (n,) int64.
    """
    network = squeezenet.squeezenet(squeezenet.read_state(pretrained))
    folders = {part: ImageFolder(flowers / part) for part in PARTS.values()}
    total, done = sum(map(len, folders.values())), 0
    arrays: dict[str, dict[str, NDArray]] = {"plain": {}, "mirrored": {}}
    for part, folder in folders.items():
        features: dict[str, list[NDArray]] = {name: [] for name in arrays}
        for start in range(0, len(folder), 32):
            chunk = folder.samples[start : start + 32]
            views = np.stack([take_view(open_photo(Path(file)), view, size) for file, _ in chunk])
            for name, seen in (("plain", views), ("mirrored", views[:, :, ::-1])):
                features[name].append(squeezenet.frozen_features(network, as_input(seen)))
            done += len(chunk)
            if progress:
                progress(done, total)
        for name, found in features.items():
            arrays[name] |= {part: np.concatenate(found), f"{part}_labels": np.array(folder.targets)}
    return arrays


def extract_small(
    pictures: Mapping[str, NDArray], scratch_size: int, seed: int, pretrained: bytes | None = None
) -> dict[str, dict[str, NDArray]]:
    """Frozen features of pictures as small as the network from scratch sees them (Q7.2.1).

    Parameters
    ----------
    pictures : mapping
        From `shrink`.
    scratch_size : int
        Side to which they are scaled, pixels. Below 32, SqueezeNet's least, they are enlarged again.
    seed : int
        Of random weights.
    pretrained : bytes, optional
        Weights of SqueezeNet; random ones without it.

    Returns
    -------
    dict
        ``plain`` and ``mirrored``, each as from `extract`.
    """
    network = (
        squeezenet.squeezenet(squeezenet.read_state(pretrained)) if pretrained else squeezenet.random_squeezenet(seed)
    )
    views: dict[str, dict[str, NDArray]] = {"plain": {}, "mirrored": {}}
    for part in PARTS.values():
        inputs = scaled(scaled(as_input(pictures[part]), scratch_size), max(scratch_size, 32))
        for name, seen in (("plain", inputs), ("mirrored", inputs.flip(-1))):
            features = [squeezenet.frozen_features(network, chunk) for chunk in seen.split(64)]
            views[name] |= {part: np.concatenate(features), f"{part}_labels": pictures[f"{part}_labels"]}
    return views


def shrink(flowers: Path, picture_size: int) -> dict[str, NDArray]:
    """Every picture as a small square, for the network that is trained from scratch (Q7.2.1).

    Returns
    -------
    dict
        ``classes``; ``trn2``, ``val2``, ``tst2``: (n, picture_size, picture_size, 3) uint8; their labels
        ``trn2_labels`` ...: (n,) int64.
    """
    folders = {part: ImageFolder(flowers / part) for part in PARTS.values()}
    arrays = {"classes": np.array(folders[PARTS["train"]].classes)}
    for part, folder in folders.items():
        views = [take_view(open_photo(Path(file)), "whole", picture_size) for file, _ in folder.samples]
        arrays |= {part: np.stack(views), f"{part}_labels": np.array(folder.targets)}
    return arrays


def fit_head(
    features: Sequence[Mapping[str, NDArray]],
    epochs: int,
    batch: int,
    learning_rate: float,
    weight_decay: float,
    seed: int,
    device: str,
    progress: Progress = None,
) -> dict[str, Any]:
    """Train a new last layer on the frozen features of all views (Q7.2.1).

    Parameters
    ----------
    features : sequence of mapping
        From `extract`, one for each view of the same pictures.

    Returns
    -------
    dict
        ``fit``: ``test_logits``, ``trained_parameters`` and the history; ``weights``, a safetensors file.
    """
    device = fit.choose_device(device)
    inputs = {split: np.stack([view[part] for view in features], axis=1) for split, part in PARTS.items()}
    labels = {split: features[0][f"{part}_labels"] for split, part in PARTS.items()}
    model = Head(int(labels["train"].max()) + 1, inputs["train"].shape[-1])
    model.normalise_by(torch.from_numpy(inputs["train"]))
    batches = fit.Batches(inputs["train"], labels["train"], batch, np.random.default_rng(seed), any_view)
    optimiser = torch.optim.AdamW(model.parameters(), learning_rate, weight_decay=weight_decay)
    history = fit.fit(
        model.to(device),
        batches,
        optimiser,
        epochs,
        fit.one_cycle(),
        measure=_measuring(inputs, labels),
        on_epoch=progress,
    )
    return _fitted(model, history, fit.predict(model, inputs["test"]))


def choose_head(fits: Sequence[Mapping[str, NDArray]], weights: Sequence[bytes]) -> dict[str, Any]:
    """The last layer with the highest validation accuracy, ``fit`` and ``weights`` as from `fit_head` (Q7.2.1)."""
    # By loss where the accuracy is the same: a validation set of 340 pictures has many ties.
    ranks = [(-found["valid_accuracy"][-1], found["valid_loss"][-1]) for found in fits]
    best = ranks.index(min(ranks))
    return {"fit": dict(fits[best]), "weights": weights[best]}


def fit_scratch(
    pictures: Mapping[str, NDArray],
    scratch_size: int,
    scratch_channels: Sequence[int],
    scratch_hidden: int,
    scratch_dropout: float,
    scratch_epochs: int,
    scratch_batch: int,
    scratch_rate: float,
    scratch_weight_decay: float,
    seed: int,
    device: str,
    progress: Progress = None,
) -> dict[str, Any]:
    """Train three convolutions and two fully connected layers from scratch (Q7.2.1).

    Parameters
    ----------
    pictures : mapping
        From `shrink`.

    Returns
    -------
    dict
        As from `fit_head`.
    """
    device = fit.choose_device(device)
    labels = {split: pictures[f"{part}_labels"] for split, part in PARTS.items()}
    inputs = {split: as_input(pictures[part]) for split, part in PARTS.items()}
    plain = {split: scaled(images, scratch_size).numpy() for split, images in inputs.items()}
    torch.manual_seed(seed)
    model = FlowerCnn(len(pictures["classes"]), scratch_channels, scratch_hidden, scratch_dropout)
    augmented = functools.partial(photographs, size=scratch_size)
    batches = fit.Batches(
        inputs["train"].contiguous().numpy(), labels["train"], scratch_batch, np.random.default_rng(seed), augmented
    )
    measure = _measuring(plain, labels)
    history = fit.fit(
        model.to(device),
        batches,
        torch.optim.AdamW(model.parameters(), scratch_rate, weight_decay=scratch_weight_decay),
        scratch_epochs,
        fit.one_cycle(),
        CrossEntropyLoss(label_smoothing=0.1),
        measure=lambda model: measure(Mirrored(model)),
        on_epoch=progress,
    )
    return _fitted(model, history, fit.predict(Mirrored(model), plain["test"]))


def compare(
    pictures: Mapping[str, NDArray], finetune: Mapping[str, NDArray], scratch: Mapping[str, NDArray]
) -> dict[str, Any]:
    """Both networks on the test pictures (Q7.2.1).

    Parameters
    ----------
    pictures : mapping
        From `shrink`.
    finetune, scratch : mapping
        ``fit`` from `choose_head` and `fit_scratch`.

    Returns
    -------
    dict
        ``numbers``, of all species; ``species``, by species: its ``test_images`` and the accuracy of either network.
    """
    labels, classes = pictures["tst2_labels"], pictures["classes"].tolist()
    numbers: dict[str, float] = {"q7.2.classes": len(classes), "q7.2.test_images": len(labels)}
    species: dict[str, dict[str, float]] = {
        name: {"test_images": int((labels == i).sum())} for i, name in enumerate(classes)
    }
    for network, fitted in (("finetune", finetune), ("scratch", scratch)):
        right = fitted["test_logits"].argmax(axis=1) == labels
        numbers |= _accuracy(f"q7.2.{network}_test_accuracy", right) | {
            f"q7.2.{network}_valid_accuracy": float(fitted["valid_accuracy"][-1]),
            f"q7.2.{network}_trained_parameters": int(fitted["trained_parameters"]),
            f"q7.2.{network}_epochs": len(fitted["valid_accuracy"]),
        }
        for i, name in enumerate(classes):
            species[name][f"{network}_accuracy"] = float(right[labels == i].mean())
    only = confusion.mcnemar(*(fitted["test_logits"].argmax(axis=1) == labels for fitted in (finetune, scratch)))
    names = ("only_finetune_right", "only_scratch_right", "mcnemar_p")
    numbers |= {f"q7.2.{name}": value for name, value in zip(names, only, strict=True)}
    return {"numbers": numbers, "species": species}


def compare_small(
    pictures: Mapping[str, NDArray], fits: Mapping[str, Mapping[str, NDArray]], scratch_size: int
) -> dict[str, float]:
    """Networks that saw pictures equally small, on the test pictures (``q7.2.small.*``).

    Parameters
    ----------
    pictures : mapping
        From `shrink`.
    fits : dict of str to mapping
        ``pretrained`` and ``random``, new last layers on features from `extract_small`; ``scratch``.
    """
    labels = pictures["tst2_labels"]
    right = {name: fitted["test_logits"].argmax(axis=1) == labels for name, fitted in fits.items()}
    numbers: dict[str, float] = {"size": scratch_size}
    for name, found in right.items():
        numbers |= _accuracy(f"{name}_test_accuracy", found)
    for one, other in (("pretrained", "scratch"), ("pretrained", "random"), ("random", "scratch")):
        numbers[f"{one}_{other}_p"] = confusion.mcnemar(right[one], right[other])[2]
    return {f"q7.2.small.{name}": value for name, value in numbers.items()}


def _accuracy(key, right):
    """The share that is right and its 95 % interval, by keys that begin with this one."""
    share = float(right.mean())
    low, high = confusion.wilson_interval(share, len(right))
    return {key: share, f"{key}_low": low, f"{key}_high": high}


def _measuring(inputs, labels):
    """`measure` for `fit.fit`: accuracy and loss on training and validation pictures."""
    sets = {split: (inputs[split], labels[split]) for split in ("train", "valid")}
    return lambda model: training.measure(functools.partial(fit.evaluate, model), sets)


def _fitted(model, history, logits):
    arrays = {"test_logits": logits.numpy(), "trained_parameters": np.array(networks.count(model))}
    arrays |= {name: np.array(values) for name, values in history.items()}
    return {"fit": arrays, "weights": networks.pack_weights(model)}
