"""All questions: one list of everything that is not as the assignment has it."""

from collections.abc import Mapping, Sequence
from typing import Any

from lib.steps.results import NAMES, kinds

ASKED_FACTORS = [0.1, 1.0, 10.0]
IMAGES = {"mnist": (60_000, 10_000), "emnist": (112_800, 18_800)}  # for training, with validation, and for the test
CLASSES = 5  # of which Q5.3.1 shows two images each


def list_departures(
    tables: Mapping[str, Mapping[str, Any]], report: Mapping[str, Any], readers: Sequence[str]
) -> list[dict[str, str]]:
    """What the assignment asks for and what is here instead, in the order of its questions (`departures`).

    Parameters
    ----------
    tables : dict of str to mapping
        Settings: ``training``, ``compression``, ``flowers``, and the convolutional networks'.
    report : mapping
        From `lib.steps.data.report`.
    readers : sequence of str
        Titles of the classifiers that read the pages.

    Returns
    -------
    list of dict
        ``question``, ``asked``, ``here``.
    """
    q3, q5, flowers = tables["training"], tables["compression"], tables["flowers"]
    found: list[tuple[str, str, str]] = [
        ("all", "code in python/nn.py and its neighbours", "code in lib/, in rooms; stages/ says what depends on what"),
        (
            "all",
            "no libraries but numpy, scipy, scikit-image, matplotlib and, in Q7, pytorch",
            "what the questions ask for is computed with these; others keep NumPy to one thread, postpone imports, "
            "build the graph, fetch and check files, open pictures and set the pages",
        ),
    ]
    for name, data in kinds(report).items():
        if data["kind"] != "real":
            found.append((_question(name), NAMES[name], data["name"]))
    for name, (train, test) in IMAGES.items():
        here = report.get(name, {}).get("images")
        if here and (here["train"] + here["valid"], here["test"]) != (train, test):
            asked = f"{NAMES[name]}: {train:,} images for training, {test:,} for the test"
            part = f"{here['train']:,} for training, {here['valid']:,} for validation, {here['test']:,} for the test"
            found.append((_question(name), asked, part))
    found += [
        ("Q2.2.3", "the sum of y · log f(x)", "its negative mean, which does not grow with the number of images"),
        (
            "Q3.1.1",
            "batches and a gradient step",
            f"momentum {q3['momentum']:g}, weight decay {q3['weight_decay']:g}, a rate that falls along half a cosine; "
            "images about their mean, which is folded into the first biases in the end",
        ),
    ]
    if q3["hidden"] != 64:
        found.append(("Q3.1.1", "64 hidden units", _count(q3["hidden"], "hidden unit")))
    if q3["epochs"] < 30:
        found.append(("Q3.1.1", "at least 30 epochs", _count(q3["epochs"], "epoch")))
    if sorted(q3["factors"]) != ASKED_FACTORS:
        rates = ", ".join(f"{factor:g}" for factor in q3["factors"])
        found.append(("Q3.1.2", "the best rate, ten times and a tenth of it", f"the rate times {rates}"))
    found += [
        ("Q3.1.2", "one network at each rate", f"{len(q3['seeds'])} at each, and a sweep of other rates beside them"),
        (
            "Q5.2",
            "the default settings of the course's script, which is not part of the text",
            f"rate {q5['learning_rate']:g} falling along half a cosine, batches of {q5['batch']}; the last biases "
            "begin at the mean image, and the first layer takes differences from it",
        ),
    ]
    if q5["code"] != 32:
        found.append(("Q5.1.1", "layers of 32 units", f"layers of {_count(q5['code'], 'unit')}"))
        found.append(("Q6.1", "32 principal components", _count(q5["code"], "principal component")))
    if q5["epochs"] != 100:
        found.append(("Q5.2", "100 epochs", _count(q5["epochs"], "epoch")))
    if len(q5["classes"]) != CLASSES:
        found.append(("Q5.3.1", "five classes", _count(len(q5["classes"]), "class", "classes")))
    others = f"so do {_count(len(readers) - 1, 'other')}; " if len(readers) > 1 else ""
    decays = len(flowers["weight_decays"])
    decay = f"its weight decay is chosen from {decays} on validation; " if decays > 1 else ""
    found += [
        ("Q5.2", "one autoencoder", "beside it the same, trained more gently; a linear one; and a wider one"),
        (
            "Q6",
            "SVD of the training images",
            "eigenvectors of the matrix of their products, which are its right singular vectors",
        ),
        (
            "Q7.1.4",
            "the network trained on EMNIST reads the pages",
            f"{others}both cases of a letter count as its capital",
        ),
        (
            "Q7.2.1",
            "SqueezeNet's classifier replaced by a new layer",
            "the new layer takes each channel's mean and its maximum, of two views and their mirror images; "
            f"{decay}all other layers stay frozen",
        ),
    ]
    return [dict(zip(("question", "asked", "here"), row, strict=True)) for row in found]


def _question(name: str) -> str:
    """The part of the assignment in which a data set is used first, such as ``Q3`` or ``Q7.1.2``."""
    return {"nist36": "Q3", "mnist": "Q7.1.2", "emnist": "Q7.1.4", "pages": "Q4"}.get(name, "Q7.2.1")


def _count(n: int, noun: str, many: str = "") -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {many or noun + 's'}"
