"""All questions: where each number comes from, what the data were, how each network was trained, what was changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from lib.vision.judge import SIZE

NAMES = {
    "nist36": "NIST36",
    "mnist": "MNIST",
    "emnist": "EMNIST Balanced",
    "flowers": "Oxford's flowers",
    "squeezenet": "SqueezeNet trained on ImageNet",
    "pages": "the assignment's pages",
}
# By how the names of its downloads begin.
FILES = {
    "nist36": ("data.zip",),
    "mnist": ("mnist/",),
    "emnist": ("emnist/",),
    "flowers": ("17flowers", "102flowers", "datasplits", "imagelabels", "setid"),
    "squeezenet": ("squeezenet",),
    "pages": ("images.zip",),
}


def state_provenance(
    report: Mapping[str, Any], behind: Mapping[str, Sequence[str]], questions: Mapping[str, str]
) -> dict:
    """What the data were, and which of them stand behind each artifact and each question (`provenance`).

    Parameters
    ----------
    report : mapping
        From `lib.steps.data.report`.
    behind : dict of str to list of str
        By artifact, the data sets that it was made from.
    questions : dict of str to str
        By artifact, the question it belongs to.

    Returns
    -------
    dict
        ``datasets``: of each its ``kind``, ``drawn`` by the project, ``stand-in`` (not the file it is named for) or
        ``real``; its ``name`` with that; for a stand-in ``content_from`` and ``not_real``. ``artifacts`` and
        ``questions``: lists of data sets. ``origins``: the same in a few words, by artifact, question and part of the
        assignment.
    """
    datasets = kinds(report)
    by_question: dict[str, list[str]] = {}
    by_part: dict[str, list[str]] = {}
    for artifact, names in behind.items():
        question = questions[artifact]
        for found in (by_question.setdefault(question, []), by_part.setdefault(question.partition(".")[0], [])):
            found += [name for name in names if name not in found]
    by_question = {question: sorted(names) for question, names in by_question.items()}
    everything = by_part | by_question | dict(behind)
    return {
        "datasets": datasets,
        "artifacts": {artifact: list(names) for artifact, names in behind.items()},
        "questions": by_question,
        "origins": {id: origin(names, datasets) for id, names in everything.items() if names},
    }


def origin(names: Sequence[str], datasets: Mapping[str, Mapping[str, Any]]) -> str:
    """The kinds of some data sets in a few words.

    Parameters
    ----------
    names : sequence of str
        At least one.
    datasets : mapping
        From `kinds`.

    Examples
    --------
    >>> kinds = {"nist36": {"kind": "stand-in"}, "pages": {"kind": "real"}, "emnist": {"kind": "stand-in"}}
    >>> origin(["nist36", "emnist"], kinds), origin(["nist36", "pages"], kinds)
    ('stand-in', "stand-in: NIST36; real: the assignment's pages")
    """
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(datasets[name]["kind"], []).append(NAMES[name])
    return next(iter(found)) if len(found) == 1 else "; ".join(f"{kind}: {', '.join(of)}" for kind, of in found.items())


def kinds(report: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Of each data set its ``kind`` and its ``name`` with that, as in `state_provenance`."""
    return {name: _kind(name, report) for name in NAMES}


def _kind(name: str, report: Mapping[str, Any]) -> dict[str, Any]:
    if report["source"] == "embedded":
        drawn = {"squeezenet": "SqueezeNet trained on drawn shapes", "pages": "the pages in images/"}
        return {"kind": "drawn", "name": drawn.get(name, f"drawn {NAMES[name]}")}
    files = [file for key, file in report["files"].items() if key.startswith(FILES[name])]
    # A mirror's file whose content is all the original's is as good as the original.
    stand_ins = [file for file in files if "stands_in_for" in file and not str(file["not_real"]).startswith("nothing")]
    if not stand_ins:
        return {"kind": "real", "name": NAMES[name]}
    said = {key: list(dict.fromkeys(file[key] for file in stand_ins)) for key in ("content_from", "not_real")}
    return {"kind": "stand-in", "name": f"the stand-in for {NAMES[name]}"} | said


def state_sources(sources: dict[str, Any]) -> dict[str, Any]:
    """Artifact, step, function and question of each number, as they were declared (`sources`)."""
    return sources


def tabulate_networks(
    tables: Mapping[str, Mapping[str, Any]],
    report: Mapping[str, Any],
    numbers: Sequence[Mapping[str, Any]],
    views: Sequence[int],
    judge: Mapping[str, NDArray],
) -> list[dict[str, Any]]:
    """How each network is built and was trained (`networks`).

    Parameters
    ----------
    tables : dict of str to mapping
        Settings: ``training``, ``judge``, ``compression``, ``flowers``, and of each convolutional network.
    report : mapping
        From `lib.steps.data.report`.
    numbers : sequence of mapping
        Those of Q3's choice, of Q6, Q7.1 and Q7.2, by key.
    views : sequence of int
        Sides of SqueezeNet's views, pixels.
    judge : mapping of str to ndarray
        Its weights (`fits/judge`).
    """
    results = {key: value for found in numbers for key, value in found.items()}
    q3, q5, flowers = tables["training"], tables["compression"], tables["flowers"]
    side = report["nist36"]["size"][0]
    pixels, classes, code, wide = side * side, report["nist36"]["classes"], q5["code"], q5["wide"]
    mlp = {
        "input": f"{side} × {side}",
        "layers": f"{pixels} – {q3['hidden']} sigmoid – {classes} softmax",
        "parameters": (pixels + 1) * q3["hidden"] + (q3["hidden"] + 1) * classes,
        "optimiser": f"momentum {q3['momentum']:g}",
        "schedule": "half a cosine to 0",
        "batch": q3["batch"],
        "epochs": q3["epochs"],
        "weight_decay": q3["weight_decay"],
        "loss": "cross-entropy",
        "augmentation": "none",
    }
    best, rate = results["q3.best_learning_rate"], q3["learning_rate"]
    rows = [
        {"id": "mlp", "question": "Q3.1", "title": "Q3, chosen", "data": "nist36", **mlp, "learning_rate": best},
        {
            "id": "mlp_augmented",
            "question": "Q3.1.2",
            "title": "Q3, with moved copies",
            "data": "nist36",
            **mlp,
            "learning_rate": rate,
            "augmentation": f"{q3['copies']} moved copies of each image",
        },
    ]
    rows.append(_judge(tables["judge"], judge))
    auto = {
        "question": "Q5",
        "data": "nist36",
        "input": f"{side} × {side}",
        "loss": "summed squared error",
        "augmentation": "none",
        "weight_decay": 0,
    }
    momentum, cosine = f"momentum {q5['momentum']:g}", "half a cosine to 0"
    asked = f"{pixels} – {code} ReLU – {code} ReLU – {code} ReLU – {pixels} sigmoid"
    for id, title, layers, optimiser, schedule, learning_rate, batch, epochs, key in (
        ("autoencoder", "Autoencoder", asked, momentum, cosine, q5["learning_rate"], q5["batch"], q5["epochs"], "q5"),
        (
            "gentle",
            "Autoencoder, gentle",
            asked,
            momentum,
            f"warmed up over {100 * q5['gentle_warm_up']:g} %, then {cosine}; hidden weights "
            f"{q5['gentle_weights']:g} of Xavier's, biases {q5['gentle_bias']:g}",
            q5["gentle_rate"],
            q5["batch"],
            q5["gentle_epochs"],
            "q5.gentle",
        ),
        (
            "linear",
            "Autoencoder, linear",
            f"{pixels} – {code} – {pixels}",
            "Adam",
            cosine,
            q5["wide_rate"],
            q5["wide_batch"],
            q5["linear_epochs"],
            "q5.linear",
        ),
        (
            "wide",
            "Autoencoder, wide",
            f"{pixels} – {wide} ReLU – {code} – {wide} ReLU – {pixels} sigmoid",
            "Adam",
            cosine,
            q5["wide_rate"],
            q5["wide_batch"],
            q5["wide_epochs"],
            "q5.wide",
        ),
    ):
        row = {"id": id, "title": title, "layers": layers, "optimiser": optimiser, "schedule": schedule}
        row |= {"learning_rate": learning_rate, "batch": batch, "epochs": epochs}
        rows.append(auto | row | {"parameters": results[f"{key}.parameters"]})
    torch = {
        "id": "torch_mlp",
        "question": "Q7.1.1",
        "title": "PyTorch, as Q3",
        "data": "nist36",
        "learning_rate": rate,
    }
    rows.append(mlp | torch)
    for id, question, title, data in (
        ("mnist_cnn", "Q7.1.2", "CNN for 10 digits", "mnist"),
        ("mnist_unaugmented", "Q7.1.2", "CNN for 10 digits, images not moved", "mnist"),
        ("nist36_cnn", "Q7.1.3", "CNN for 36 characters", "nist36"),
        ("emnist_cnn", "Q7.1.4", "CNN for 47 characters", "emnist"),
    ):
        unmoved = id == "mnist_unaugmented"
        set_to = tables["mnist_cnn" if unmoved else id]
        size = report[data]["size"][0]
        a, b, c = set_to["channels"]
        moves = 0 if unmoved else set_to["augment"]
        rows.append(
            {
                "id": id,
                "question": question,
                "title": title,
                "data": data,
                "input": f"{size} × {size}",
                "layers": f"conv 5×5 {a}, conv 3×3 {b}, conv 3×3 {c}, each pool 2, batch norm, ReLU – "
                f"{set_to['hidden']} batch norm, ReLU – {report[data]['classes']} softmax; "
                f"dropout {set_to['dropout']:g}",
                "parameters": results[f"{question.lower()}.parameters"],
                "optimiser": "AdamW",
                "schedule": "one cycle",
                "loss": "cross-entropy"
                + (f", labels smoothed by {set_to['label_smoothing']:g}" if set_to["label_smoothing"] else ""),
                "augmentation": f"turned, leaned, scaled, warped, pen, strength {moves:g}" if moves else "none",
                **{name: set_to[name] for name in ("learning_rate", "batch", "epochs", "weight_decay")},
            }
        )
    head = {
        "question": "Q7.2.1",
        "data": "flowers",
        "optimiser": "AdamW",
        "schedule": "one cycle",
        "learning_rate": flowers["learning_rate"],
        "batch": flowers["batch"],
        "epochs": flowers["epochs"],
        "layers": f"SqueezeNet 1.1 frozen, mean and maximum of 512 channels – {report['flowers']['classes']} softmax",
        "parameters": results["q7.2.finetune_trained_parameters"],
        "loss": "cross-entropy",
    }
    small, (a, b, c) = flowers["scratch_size"], flowers["scratch_channels"]
    rows += [
        head
        | {
            "id": "flowers_head",
            "title": "Flowers, fine-tuned",
            "input": f"centre {views[0]} × {views[0]}, whole {views[1]} × {views[1]}",
            "weight_decay": list(flowers["weight_decays"]),
            "augmentation": "mirrored; one of the views at random",
        },
        *(
            head
            | {
                "id": f"flowers_small_{name}",
                "title": f"Flowers, small pictures, {title}",
                "input": f"{small} × {small}",
                "weight_decay": flowers["weight_decays"][0],
                "augmentation": "mirrored",
            }
            for name, title in (("pretrained", "fine-tuned"), ("random", "random weights"))
        ),
        {
            "id": "flowers_scratch",
            "question": "Q7.2.1",
            "title": "Flowers, from scratch",
            "data": "flowers",
            "input": f"{small} × {small}",
            "layers": f"conv 5×5 stride 2 {a}, conv 3×3 {b}, conv 3×3 {c}, pool to 4 × 4 – "
            f"{flowers['scratch_hidden']} – {report['flowers']['classes']} softmax; "
            f"dropout {flowers['scratch_dropout']:g}",
            "parameters": results["q7.2.scratch_trained_parameters"],
            "optimiser": "AdamW",
            "schedule": "one cycle",
            "learning_rate": flowers["scratch_rate"],
            "batch": flowers["scratch_batch"],
            "epochs": flowers["scratch_epochs"],
            "weight_decay": flowers["scratch_weight_decay"],
            "loss": "cross-entropy, labels smoothed by 0.1",
            "augmentation": "cropped, turned, mirrored, relit",
        },
    ]
    return rows


def _judge(set_to: Mapping[str, Any], weights: Mapping[str, NDArray]) -> dict[str, Any]:
    """The row of the judge of cuttings."""
    kernels = [weights[f"kernel_{number}"] for number in (1, 2, 3)]
    convolutions = ", ".join(f"conv {len(kernel)}×{len(kernel)} {kernel.shape[-1]}" for kernel in kernels)
    # Batch norm, which the exported kernels and biases hold already, learned a scale and a shift of each channel.
    norms = sum(2 * kernel.shape[-1] for kernel in kernels)
    linear = sum(weights[name].size for name in ("weight_hidden", "bias_hidden", "weight_out", "bias_out"))
    hidden, classes = weights["weight_out"].shape
    return {
        "id": "judge",
        "question": "Q4.4",
        "title": "Judge of cuttings",
        "data": "drawn lines",
        "input": f"{SIZE} × {SIZE}, the ink and its neighbours",
        "layers": f"{convolutions}, each stride 2, batch norm, ReLU – {hidden} ReLU – {classes} softmax; dropout 0.1",
        "parameters": sum(kernel.size for kernel in kernels) + norms + linear,
        "optimiser": "AdamW",
        "schedule": "one cycle",
        "weight_decay": 0.01,
        "loss": "cross-entropy",
        "augmentation": f"{set_to['lines']} drawn lines; turned, leaned, scaled, warped",
        **{name: set_to[name] for name in ("learning_rate", "batch", "epochs")},
    }
