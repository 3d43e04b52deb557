"""Every figure with made-up numbers, ordinary ones and those at the ends of their ranges: drawn, legible, not cut."""

import io
import json
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from lib.figures import compression, confusion, datasets, flowers, limits, pages, people, reliability, theory, training
from lib.figures.style import LEAST, PAGE, save

RNG = np.random.default_rng(0)
NAMES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"  # EMNIST's 47
RUNS = ("train_accuracy", "valid_accuracy", "train_loss", "valid_loss")


def some(*shape):
    return RNG.random(shape)


def history(epochs):
    return {name: list(some(epochs)) for name in RUNS}


def fits(epochs, seeds, *rates):
    return [history(epochs) | {"learning_rate": rate} for rate in rates for _ in range(seeds)]


def measured(n, strengths=3):
    def scores():
        return {name: list(some(strengths)) for name in ("recall", "precision", "letters", "judged")}

    row = {"unit": "deviation, of a capital's height", "strengths": [10 ** -(k + 1) for k in range(strengths)]}
    disturbed = {f"uneven light {k}": row | scores() for k in range(n)}
    return limits.limits({"plain": {"letters": 0.9}, "disturbed": disturbed})


def reliable(readers, bins):
    found = {"confidence": sorted(some(bins)), "right": sorted(some(bins)), "letters": [9] * bins, "error": [0.1]}
    titles = [(f"reader_{k}", f"CNN, 36 characters, {k}") for k in range(readers)]
    return reliability.reliability({id: {"before": found, "after": found} for id, _ in titles}, titles)


def others(*names):
    row = {"unit": "deviation, of a capital's height", "strengths": [0.025, 0.05, 0.075], "letters": [1, 0.5, 0]}
    disturbed = {f"uneven light {k}": row for k in range(29)}
    with NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({name: {"drawn": {"disturbed": disturbed}} for name in names}, file)
        file.flush()
        return limits.readers(Path(file.name))


def matrix(n, most):
    return RNG.integers(0, most, (n, n)) * (some(n, n) < 0.2) + most * np.eye(n, dtype=int)


def predictions(counts, classes):
    true, predicted = (np.repeat(index, np.ravel(counts)) for index in map(np.ravel, np.indices(np.shape(counts))))
    return {"logits": np.eye(len(classes))[predicted], "labels": true, "classes": np.array(list(classes))}


def matrix_of(counts, classes):
    return confusion.confusion(predictions(counts, classes))


def mistakes(n):
    found = predictions([[38, n], [0, 50]], "O0")
    dataset = {"test_images": some(88 + n, 8, 8), "test_labels": found["labels"]}
    dataset |= {"train_images": some(5, 8, 8), "train_labels": np.arange(5) % 2}
    dataset = {name: array.astype(np.float32) if "images" in name else array for name, array in dataset.items()}
    return confusion.mistakes(
        dataset, found, {"test": 38 + np.arange(n), **dict.fromkeys(("read", "true"), np.arange(n) % 5)}
    )


def swept(*rates, diverged=()):
    series = {"mean": 0.5, "low": 0.4, "high": 0.6}
    row = {name: series for name in RUNS} | {
        name: {"first": 0.9, "last": 0.2} for name in ("gradient_norm", "saturation")
    }
    return training.sweep(
        [
            {"rate": rate, "asked": rate in (0.1, 1.0)}
            | {key: None if rate in diverged else value for key, value in row.items()}
            for rate in rates
        ]
    )


def observed(epochs):
    names = ("train_loss", "mean_weights_loss", "gradient_norm", "saturation")
    return training.hump({name: list(some(epochs)) for name in names})


def live(epochs):
    counts = {str(layer): [32 - layer] * epochs for layer in (1, 2, 3)}
    return compression.live_units({"recipe": counts, "gentle": counts}, 32)


def reads():
    names = {"originals": ["Originals", ""], "pca": ["PCA", "q6"], "pca_clipped": ["PCA, clipped to [0, 1]", ""]}
    shares = {f"q6.reads.{name}{end}": 0.8 for name in names for end in ("", "_low", "_high")}
    return compression.reads({"q6.clipped_test": 16.0, "q6.clipped_test_se": 0.1}, shares, names)


def resolution():
    keys = {f"{end}": 0.7 for end in ("", "_low", "_high")}
    small = {
        f"q7.2.small.{name}_test_accuracy{end}": 0.5 for name in ("pretrained", "scratch", "random") for end in keys
    }
    full = {f"q7.2.finetune_test_accuracy{end}": 0.9 for end in keys}
    return flowers.resolution(full, small | {"q7.2.small.size": 64})


def ranked(n):
    reader = {"title": "CNN, 47 characters", "accuracy": 0.9, "low": 0.85, "high": 0.95}
    return pages.ranking({"readers": [reader] * n})


def boxes(*shape, at=((20, 30, 60, 55), (22, 60, 61, 84)), grey=200):
    file = io.BytesIO()
    Image.fromarray(np.full(shape, grey, np.uint8)).save(file, "png")
    letters = [{"letter": letter, "box": box} for letter, box in zip("O0", at, strict=False)]
    return pages.boxes_over_page(file, {"letters": letters})


def letters(n, across):
    nist36 = {"train_images": some(8, 8, 8).astype(np.float32), "train_labels": np.arange(8) % 2}
    reading = {"letters": [{"letter": "AB"[k % 2]} for k in range(n)]}
    classes = {"classes": np.array([*"AB"])}
    return pages.letters_beside_training({"crops32": some(n, 8, 8)}, reading, nist36 | classes, across, examples=3)


def table(titles, names):
    row = {"letter_accuracy": 0.95, "in_context.letter_accuracy": 1.0}
    return pages.classifiers(
        {title: {name: row for name in [*names, "all"]} for title in titles}, [*zip(titles, titles, strict=True)]
    )


def sheet_of_classes(classes, across, images=40):
    labels = np.arange(images) % max(len(classes) - 1, 1)  # the last of several classes has no image
    return datasets.class_sheet(some(images, 9, 9, 3), labels, classes, 2, across)


def letterforms(*classes):
    labels = [np.repeat(np.arange(len(names)), 7) for names in classes]
    sets = [
        {"classes": np.array([*names]), "train_images": some(len(which), 9, 9), "train_labels": which}
        for names, which in zip(classes, labels, strict=True)
    ]
    return datasets.letterform_sheet(*sets)


def writers(numbers, seeds=3):
    found = {str(n): [60 + 30 * (1 - 1 / (n + k + 1)) for k in range(seeds)] for n in numbers}
    return people.curve(
        {"curve": {"writers": numbers, "drawn": [80.0] * seeds, "real": found, "drawn_then_real": found}}
    )


def pairs_of(n):
    found = predictions([[38, 12, 0, 0], [0, 50, 0, 0], [0, 0, 47, 3], [0, 0, 1, 49]], "O0I1")
    nist36 = {"test_images": some(200, 8, 8), "test_labels": found["labels"]}
    return confusion.confused_pairs(nist36, found, [{"pair": "O0"}, {"pair": "I1"}][:n])


def wrong(n, across=6):
    titles = ["lily of the valley\n(buttercup)"] * n
    return flowers.sheet(np.zeros((n, 8, 8, 3), np.uint8), across, titles)


def species(n):
    found = {f"{i:02d}_a_flower_of_kind_{i}": some(2) for i in range(n)}
    return flowers.species(
        {name: {"finetune_accuracy": tuned, "scratch_accuracy": own} for name, (tuned, own) in found.items()}
    )


FIGURES = {  # by the ids that a function draws, and by what is at the end of a range
    "Q1.6/derivatives": lambda: theory.derivatives(),
    "Q1.6/depth": lambda: theory.depth({"sigmoid": 0.2 ** np.arange(20.0)[None], "tanh": np.ones((3, 20))}),
    "depth, one layer": lambda: theory.depth({name: np.ones((1, 1)) for name in ("sigmoid", "tanh")}),
    "Q2.5.1/gradient_check": lambda: training.gradient_errors(
        {f"q2.gradcheck.{net}.{name}{i}": 1e-8 for net in ("autoencoder", "every") for name in "Wb" for i in range(4)}
        | {"q2.gradcheck_mistake.sign": 2.0, "q2.gradcheck_mistake.scale": 0.5}
    ),
    "gradients without an error": lambda: training.gradient_errors({"q2.gradcheck.classifier.W0": 0.0}),
    "Q3.1.1/curves, Q7.1.1/curves, Q7.1.2/curves, Q7.1.3/curves, Q7.1.4/curves": lambda: training.curves(history(30)),
    "curves, one epoch": lambda: training.curves(history(1)),
    "Q3.1.2/learning_rates": lambda: training.learning_rates(fits(30, 2, 0.01, 0.1, 1.0)),
    "learning rates, one": lambda: training.learning_rates(fits(1, 1, 0.1)),
    "learning rates, five": lambda: training.learning_rates(fits(3, 1, 0.01, 0.03, 0.1, 0.3, 1.0)),
    "Q3.1.1/hump": lambda: observed(30),
    "hump, one epoch": lambda: observed(1),
    "Q3.1.2/sweep": lambda: swept(0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0),
    "sweep, one rate": lambda: swept(0.1),
    "sweep, a rate too high": lambda: swept(0.1, 1.0, 1000.0, diverged=[1000.0]),
    "Q3.1.3/first_layer": lambda: training.first_layer({"W0_before": some(1024, 64), "W0": some(1024, 64)}),
    "first layer, five units": lambda: training.first_layer({"W0_before": some(64, 5), "W0": np.zeros((64, 5))}),
    "first layer, one unit": lambda: training.first_layer({"W0_before": some(64, 1), "W0": some(64, 1)}),
    "Q3.1.4/confusion, Q7.1.4/confusion": lambda: matrix_of(matrix(36, 50), NAMES[:36]),
    "confusion, many": lambda: matrix_of(matrix(47, 400), NAMES),
    "confusion, no mistake": lambda: matrix_of(5 * np.eye(10, dtype=int), NAMES[:10]),
    "confusion, one class": lambda: matrix_of([[7]], "A"),
    "Q3.1.4/confused_pairs": lambda: pairs_of(2),
    "pairs, none": lambda: pairs_of(0),
    "Q3.1.4/mistakes, Q7.1.4/mistakes": lambda: mistakes(30),
    "mistakes, one": lambda: mistakes(1),
    "mistakes, none": lambda: mistakes(0),
    "Q4.3/boxes": lambda: boxes(300, 400),
    "boxes at the upper edge": lambda: boxes(300, 400, at=[(0, 30, 40, 55), (2, 60, 41, 84)]),
    "boxes in colour": lambda: boxes(300, 400, 3, grey=0),
    "boxes, none": lambda: boxes(300, 400, at=[]),
    "boxes on a strip": lambda: boxes(3, 6000, at=[]),
    "boxes on a tall strip": lambda: boxes(6000, 3, at=[]),
    "boxes on a pixel": lambda: boxes(1, 1, at=[]),
    "Q4.4/crops": lambda: letters(30, 24),
    "letters, one": lambda: letters(1, 24),
    "letters, none": lambda: letters(0, 24),
    "Q4.1/failures": lambda: pages.failures(0),
    "failures, titles of several lines": lambda: pages.side_by_side(
        [some(60, 80), some(60, 60)], [[(3, 3, 9, 9)], []], ["one box", "172 " * 20]
    ),
    "Q4.1/limits": lambda: measured(29),
    "Q4.4/judged, upside down": lambda: boxes(120, 160, at=((60, 30, 110, 55),)),
    "Q7.1.4/reliability": lambda: reliable(4, 10),
    "Q7.1.4/reliability without letters": lambda: reliable(4, 0),
    "Q4.4/others": lambda: others(*limits.READERS),
    "others, one reader": lambda: others("CNN"),
    "limits, two disturbances": lambda: measured(2, strengths=2),
    "limits, one disturbance": lambda: measured(1, strengths=1),
    "Q5.2/loss": lambda: compression.loss({"train_loss": [3.0, 2.0, 1.0], "valid_loss": [3.0, 2.5, 2.0]}),
    "loss, one epoch": lambda: compression.loss({"train_loss": [3.0], "valid_loss": [2.0]}),
    "Q5.3.1/reconstructions, Q6.2/reconstructions": lambda: compression.pairs(
        {"original": some(10, 9, 9), "wide\nautoencoder": some(10, 9, 9)}, [*"ABCDEFGHIJ"]
    ),
    "reconstructions, one": lambda: compression.pairs({"original": some(1, 9, 9)}, ["A"]),
    "Q5.2/live_units": lambda: live(100),
    "live units, one epoch": lambda: live(1),
    "Q6.3/reads": lambda: reads(),
    "Q6.3/psnr_by_rank": lambda: compression.psnr_by_rank(
        range(1, 257), {"PCA": some(256)}, {"autoencoder": (32, 0.5)}
    ),
    "ranks, one": lambda: compression.psnr_by_rank([1], {"PCA": [9.0]}, {}),
    "classes": lambda: sheet_of_classes([*NAMES[:36]], 18),
    "writers": lambda: writers([1, 2, 5, 10, 35]),
    "writers, one": lambda: writers([1], seeds=1),
    "writers, nothing measured": lambda: people.curve({"curve": None}),
    "letterforms": lambda: letterforms(NAMES[:36], NAMES),
    "letterforms, nothing beside them": lambda: letterforms("A", "A"),
    "classes by long names": lambda: sheet_of_classes(["lily of the valley", "iris", "rose"], 6),
    "classes, one": lambda: sheet_of_classes(["A"], 18),
    "Q7.1.4/classifiers": lambda: table(["MLP", "CNN, 47 characters", "a", "b"], ["01_list", *"abc"]),
    "table of one page": lambda: table(["CNN"], ["a page of a very long name"]),
    "table of thirty pages": lambda: table(["CNN"], [f"02_letters{k}" for k in range(30)]),
    "Q7.1.4/ranking": lambda: ranked(5),
    "ranking, none": lambda: ranked(0),
    "Q7.2.1/resolution": lambda: resolution(),
    "Q7.2.1/curves": lambda: flowers.curves({"fine-tuned": history(60), "from scratch": history(40)}),
    "flower curves, one epoch": lambda: flowers.curves({"fine-tuned": history(1)}),
    "Q7.2.1/species": lambda: species(17),
    "species, many": lambda: species(102),
    "species, one": lambda: species(1),
    "Q7.2.1/wrong_finetune, Q7.2.1/wrong_scratch": lambda: wrong(7),
    "wrong, four in a row": lambda: wrong(7, across=4),
    "wrong, one": lambda: wrong(1),
    "wrong, none": lambda: wrong(0),
    "Q7.2.1/pretext, pictures": lambda: flowers.sheet(np.zeros((13, 8, 8, 3), np.uint8), 12),
}


@pytest.fixture
def drawn(monkeypatch):
    """Every text that is drawn: what it says, its size in points, the edges of its box as shares of the figure."""
    texts = []
    draw = Text.draw

    def note(text, renderer):
        if text.get_visible() and text.get_text().strip():
            box = text.get_window_extent(renderer).transformed(text.get_figure(root=True).transFigure.inverted())
            texts.append((text.get_text(), text.get_size(), box))
        return draw(text, renderer)

    monkeypatch.setattr(Text, "draw", note)
    return texts


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_drawn_legible_and_not_cut(name, tmp_path, drawn):
    figure = FIGURES[name]()
    save(figure, tmp_path / "figure.png")
    width, height = figure.get_size_inches()
    assert width <= PAGE and height <= 10
    for text, size, box in drawn:
        assert size >= LEAST, f"{text!r} has {size} points"
        assert -0.005 < min(box.x0, box.y0) and max(box.x1, box.y1) < 1.005, f"{text!r} is cut: {box}"
