"""The theory's figures (Q1.6) and the writeup: every question in order, its numbers read from the artifacts."""

import hashlib
import json
from pathlib import Path

from lib.build import Artifact, config, figure, given, memo, settings, task
from lib.jsonfile import write_json
from stages import compression, data, flowers, network, pytorch, reading, results, training

PROJECT = Path(__file__).parents[1]

WRITEUP = Artifact("", "writeup.pdf", caption="Every question of the assignment, answered.")
VERSIONS = Artifact("", "versions.json", caption="Versions of Python and of the packages that computed this.")
EXCERPTS = Artifact("", "excerpts.json", caption="The code that the writeup shows.")

DERIVATIVES = figure("Q1.6", "derivatives", caption="Sigmoid and tanh, and their derivatives.")
NORMS = Artifact("Q1.6", "depth.npz")
DEPTH = figure("Q1.6", "depth", caption="How the gradient of a deep network shrinks from layer to layer.")
COURSE_OF_RATES = Artifact("Q3.1.2", "course.json", caption="How training went at each rate, in a few numbers.")
PATTERNS = Artifact("Q3.1.3", "patterns.json", caption="Smoothness and border of the weights, before and after.")
DEPTH_NUMBERS = Artifact("Q1.6", "depth.json", caption="What is left of the gradient per layer and over all layers.")

# The code that answers each question: a module and the functions of it that are shown.
CODE = {
    "Q2.1.2": {"lib.nn.network": ["xavier_uniform", "initialise"]},
    "Q2.2.1": {"lib.nn.activations": ["sigmoid"], "lib.nn.network": ["forward_layer", "forward"]},
    "Q2.2.2": {"lib.nn.losses": ["softmax"]},
    "Q2.2.3": {"lib.nn.losses": ["accuracy", "cross_entropy", "surprise", "logsumexp"]},
    "Q2.3.1": {"lib.nn.network": ["backward_layer", "backward"], "lib.nn.losses": ["cross_entropy_gradient"]},
    "Q2.4.1": {"lib.nn.batches": ["random_batches"], "lib.nn.training": ["train_epoch", "fit"]},
    "Q2.5.1": {"lib.nn.gradcheck": ["numerical_gradient"]},
    "Q4.2": {"lib.vision.letters": ["find_letters", "segment", "_segment", "join_pieces"]},
    "Q4.4": {"lib.vision.page": ["read_page"], "lib.vision.context": ["with_context"]},
    "Q5.1.1": {"lib.nn.losses": ["squared_error", "squared_error_gradient", "distance"]},
    "Q5.1.2": {"lib.nn.optimisers": ["Momentum"]},
    "Q7.1": {"lib.models.fit": ["fit"]},
    "Q7.1.1": {"lib.models.networks": ["Mlp"]},
    "Q7.1.2": {"lib.models.networks": ["Cnn", "convolution"]},
    "Q7.2.1 head": {"lib.models.flowers": ["frozen_features", "Head"]},
    "Q7.2.1 scratch": {"lib.models.flowers": ["FlowerCnn"]},
}

# Settings that the text states.
TOLD = ("training", "compression", "torch_mlp", "mnist_cnn", "nist36_cnn", "emnist_cnn", "flowers", "network")

# Every figure, number and text that the Typst sources name, whatever pages there are; then all.
ALWAYS = {
    "results": results.RESULTS_JSON,
    "report": data.REPORT,
    "derivatives": DERIVATIVES,
    "depth": DEPTH,
    "depth_numbers": DEPTH_NUMBERS,
    "gradients": network.GRADIENTS,
    "nist36_samples": data.NIST36_SHEET,
    "curves": training.CURVES,
    "curves_numbers": training.CURVES_NUMBERS,
    "learning_rates": training.RATES,
    "course_of_rates": COURSE_OF_RATES,
    "first_layer": training.FIRST_LAYER,
    "patterns": PATTERNS,
    "confusion": training.CONFUSION,
    "confused_pairs": training.PAIRS,
    "ranking": training.RANKING,
    "failures": reading.FAILURES,
    "autoencoder_history": compression.HISTORY,
    "autoencoder_loss": compression.LOSS,
    "autoencoder_pairs": compression.PAIRS,
    "pca_pairs": compression.PCA_PAIRS,
    "psnr_by_rank": compression.RANKS,
    "classifiers": pytorch.TABLE,
    "emnist_confusion": pytorch.CONFUSION,
    "flowers_samples": data.FLOWERS_SHEET,
    "against_numpy": pytorch.AGAINST_NUMPY,
    "flowers_curves": flowers.CURVES,
    "flowers_species": flowers.SPECIES_FIGURE,
    "species": flowers.SPECIES,
    "flowers_wrong_finetune": flowers.WRONG_FINETUNE,
    "flowers_wrong_scratch": flowers.WRONG_SCRATCH,
}
PRETEXT = {"pretext": flowers.PRETEXT_SHEET, "pretext_numbers": flowers.PRETEXT_NUMBERS}
# One assignment: a loop would count as code that importing this module runs, and so as reached by all of it.
FILES = (
    ALWAYS
    | (PRETEXT if config().source == "embedded" else {})
    | {f"boxes_{page.name}": reading.boxes(page) for page in reading.PAGES}
    | {f"crops_{page.name}": reading.sheet(page) for page in reading.PAGES}
    | {f"reading_{page.name}": reading.reading(page) for page in reading.PAGES}
    | {f"mistakes_{page.name}": reading.mistakes(page) for page in reading.PAGES if page.text}
    | {f"emnist_reading_{page.name}": pytorch.reading("emnist_cnn", page) for page in reading.PAGES}
    | {f"history_{number}": net.history for number, net in enumerate(pytorch.NETWORKS, 1)}
    | {f"network_{number}": net.trained for number, net in enumerate(pytorch.NETWORKS, 1)}
    | {f"curves_{number}": net.curves for number, net in enumerate(pytorch.NETWORKS, 1)}
)


def task_derivatives():
    """Q1.6 Sigmoid and tanh with their derivatives."""
    return task(draw_derivatives, outputs=[DERIVATIVES])


def task__depth_fit():
    """Q1.6 Gradients followed through deep random networks."""
    ours = settings("writeup").only("seed", "networks", "layers", "width", "examples")
    return task(follow_gradients, outputs=[NORMS], settings=ours)


def task_depth():
    """Q1.6 What is left of a gradient after many layers."""
    return task(draw_depth, inputs=[NORMS], outputs=[DEPTH, DEPTH_NUMBERS])


def task__course_of_rates():
    """Q3.1.2 How training went at each learning rate, in a few numbers."""
    ours = settings("training")
    fits = [training.fit_of(rate, seed) for rate in training.learning_rates(ours) for seed in ours.seeds]
    return task(sum_up_rates, inputs=[fits], outputs=[COURSE_OF_RATES])


def task__patterns():
    """Q3.1.3 Smoothness and border of the first layer's weights, before and after training."""
    return task(measure_patterns, inputs=[training.WEIGHTS], outputs=[PATTERNS])


def task__versions():
    """Q1.1 Versions of Python and the packages."""
    return task(note_versions, outputs=[VERSIONS])


def task__excerpts():
    """Q2.1.2 The code that the writeup shows."""
    # What is shown comes in as a setting, not as files: a comment in lib/ changes no page.
    return task(write_excerpts, outputs=[EXCERPTS], settings=settings("writeup").only(excerpts=excerpts()))


def task_writeup():
    """Q1-Q7 The whole writeup as a PDF, each number read from an artifact."""
    sources = [given(f"writeup/{file.name}") for file in sorted(PROJECT.glob("writeup/*.typ"))]
    pages = [page.name for page in reading.PAGES]
    told = {table: settings(table).as_dict() for table in TOLD}
    ours = settings("writeup").only(
        "author",
        "collaborators",
        source=config().source,
        changed=config().changed(),
        pages=pages,
        names=list(FILES),
        settings=told,
    )
    return task(write, inputs=[sources, list(FILES.values()), VERSIONS, EXCERPTS], outputs=[WRITEUP], settings=ours)


def draw_derivatives(pictures):
    from lib.figures.style import save
    from lib.figures.theory import derivatives

    save(derivatives(), *pictures)


def follow_gradients(norms_file, settings):
    """For each activation the norm of the gradient at every layer, relative to the last: (networks, layers)."""
    import numpy as np

    from lib.nn.activations import ACTIVATIONS
    from lib.nn.network import forward, initialise

    norms = {}
    for name in ("sigmoid", "tanh"):
        rng = np.random.default_rng(settings.seed)
        rows = []
        for _ in range(settings.networks):
            sizes = (settings.width,) * (settings.layers + 1)
            network = initialise(sizes, (name,) * settings.layers, rng, np.float64)
            outputs = forward(network, rng.standard_normal((settings.examples, settings.width)))[1:]
            delta = rng.standard_normal(outputs[-1].shape)
            row = [np.linalg.norm(delta)]
            # Layer by layer down (Q1.5): from dJ/da of one layer to dJ/da of the layer below.
            for layer, output in zip(network.layers[:0:-1], outputs[-2::-1], strict=True):
                delta = ACTIVATIONS[name].derivative(output) * (delta @ layer.W.T)
                row.append(np.linalg.norm(delta))
            rows.append(np.array(row) / row[0])
        norms[name] = np.array(rows)
    np.savez(norms_file, width=settings.width, **norms)


def draw_depth(norms_file, pictures, numbers_file):
    import numpy as np

    from lib.figures.style import save
    from lib.figures.theory import depth

    with np.load(norms_file) as stored:
        norms = {name: stored[name] for name in ("sigmoid", "tanh")}
        width = int(stored["width"])
    save(depth(norms), *pictures)
    numbers = {"networks": len(norms["tanh"]), "layers": norms["tanh"].shape[1], "width": width}
    for name, norm in norms.items():
        total = float(np.exp(np.log(norm[:, -1]).mean()))
        numbers |= {f"{name}_total": total, f"{name}_per_layer": total ** (1 / (norm.shape[1] - 1))}
    write_json(numbers_file, numbers)


def sum_up_rates(fit_files, numbers_file):
    """For each learning rate, over its seeds: where it ended, how fast it came there and how often the loss rose."""
    import numpy as np

    runs = {}
    for file in fit_files:
        with np.load(file) as stored:
            run = {name: stored[name] for name in ("train_accuracy", "train_loss", "valid_accuracy", "valid_loss")}
            runs.setdefault(float(stored["learning_rate"]), []).append(run)
    rows = []
    for rate, several in sorted(runs.items()):
        together = {name: np.array([run[name] for run in several]) for name in several[0]}  # (seeds, epochs)
        early = max(1, together["train_loss"].shape[1] // 10)
        row = {name: float(values[:, -1].mean()) for name, values in together.items()}
        row |= {
            "learning_rate": rate,
            "early_epochs": early,
            "early_valid_accuracy": float(together["valid_accuracy"][:, early - 1].mean()),
            "lowest_valid_loss": float(together["valid_loss"].min(axis=1).mean()),
            "rises": float((np.diff(together["train_loss"], axis=1) > 0).mean()),
            "spread": float(np.ptp(together["valid_accuracy"][:, -1])),
        }
        rows.append(row)
    write_json(numbers_file, rows)


def measure_patterns(weights_file, numbers_file):
    import numpy as np

    from lib.writeup.patterns import border_share, neighbour_correlation

    numbers = {}
    with np.load(weights_file) as weights:
        for name, W in (("before", weights["W0_before"]), ("after", weights["W0"])):
            side = round(len(W) ** 0.5)
            images = W.T.reshape(-1, side, side).astype(np.float64)
            numbers[f"{name}_neighbours"] = neighbour_correlation(images)
            numbers[f"{name}_border"] = border_share(images, side // 16)
            numbers[f"{name}_size"] = float(np.sqrt((images**2).mean()))
            numbers["units"] = len(images)
    write_json(numbers_file, numbers)


def note_versions(versions_file):
    import platform

    import matplotlib
    import numpy
    import scipy
    import skimage
    import torch
    import torchvision
    import typst

    python = ".".join(platform.python_version_tuple()[:2])  # as a task's fingerprint has it
    packages = {"NumPy": numpy, "SciPy": scipy, "scikit-image": skimage, "Matplotlib": matplotlib}
    packages |= {"PyTorch": torch, "torchvision": torchvision, "Typst": typst}
    write_json(versions_file, [["Python", python], *([name, it.__version__] for name, it in packages.items())])


def excerpts():
    """The code that the writeup shows: for each question a list of modules and the sources of functions in them."""
    modules = {module for shown in CODE.values() for module in shown} | {"lib.writeup.excerpts"}
    sources = {module: (PROJECT / module.replace(".", "/")).with_suffix(".py").read_text() for module in modules}
    return {
        question: [
            {"module": module, "sources": _excerpts_of(module, names, sources)} for module, names in shown.items()
        ]
        for question, shown in CODE.items()
    }


def _excerpts_of(module, names, sources):
    def cut():
        from lib.writeup.excerpts import excerpt

        return [excerpt(sources[module], name) for name in names]

    # Cut anew only when the module, or how it is cut, has changed: doit asks on every command.
    version = hashlib.sha256((sources["lib.writeup.excerpts"] + sources[module]).encode()).hexdigest()
    return memo("excerpts").recall(f"{module}: {' '.join(names)}", version, cut)


def write_excerpts(excerpts_file, settings):
    write_json(excerpts_file, settings.excerpts)


def write(sources, files, versions_file, excerpts_file, pdf_file, settings):
    from tempfile import TemporaryDirectory

    from lib.writeup.document import compile_pdf, lay_out

    files = {name: file if isinstance(file, list) else [file] for name, file in zip(settings.names, files, strict=True)}
    versions = json.loads(versions_file.read_text())
    about = {
        name: getattr(settings, name) for name in ("source", "changed", "pages", "settings", "author", "collaborators")
    }
    about["versions"] = versions
    values = {"about": about, "excerpts": json.loads(excerpts_file.read_text())}
    with TemporaryDirectory(dir=pdf_file.parent) as folder:
        lay_out(Path(folder), sources, files, values)
        pdf_file.write_bytes(compile_pdf(Path("writeup/main.typ"), Path(folder)))
