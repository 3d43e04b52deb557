"""The page, built from made-up artifacts, and a real browser to open it in."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from lib.commands import panel
from lib.data.datasets import NIST36_CLASSES
from lib.graph.step import load_stages
from lib.steps import gallery
from stages import STAGES

load_stages(STAGES)

from stages.gallery import TEMPLATE  # noqa: E402

CHROMIUM = Path("/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]
PROJECT = Path(__file__).parents[2]

STYLES = {"crops32": {"size": 32, "height": 24.0, "width": 28.0, "stroke": 3.0, "edge": 1.2}}
TEXT = "TO DO\nLIST 1"
READ = "T0 DO\nLIST 1"
IN_CONTEXT = {"0": "O", "1": "I"}
RUNS = 9


def draw_page(size=(800, 500)):
    """A page with TEXT on it, and the box of each letter."""
    image = Image.new("RGB", size, "#e9e4d8")
    draw = ImageDraw.Draw(image)
    boxes, y = [], 60
    font = ImageFont.load_default(size=120)
    for line in TEXT.splitlines():
        x = 60
        for letter in line:
            if letter != " ":
                draw.text((x, y), letter, fill="#22252c", font=font)
                left, top, right, bottom = draw.textbbox((x, y), letter, font=font)
                boxes.append([int(top), int(left), int(bottom), int(right)])
            x += 100 if letter != " " else 60
        y += 200
    return image, boxes


def encode(image, kind="PNG"):
    """An image as the bytes of a file."""
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def reading(boxes, text, probability):
    """What a network read, as lib.vision.reading records it."""
    letters = [
        {
            "box": box,
            "line": line,
            "word": word,
            "letter": letter,
            "in_context": IN_CONTEXT.get(letter, letter),
            "probability": probability,
            "alternatives": [[letter, probability], ["O" if letter == "0" else "Q", round(1 - probability, 2)]],
        }
        for box, (line, word, letter) in zip(boxes, places(text), strict=True)
    ]
    return {"text": text, "letters": letters}


def places(text):
    """Line, word and letter of each letter of a text."""
    words = [(line, word) for line, words in enumerate(text.splitlines()) for word in words.split()]
    return [(line, k, letter) for k, (line, word) in enumerate(words) for letter in word]


def declare():
    """Declarations of the made-up numbers."""
    numbers = [
        {"key": "q3.test_accuracy", "label": "Test accuracy", "unit": "%", "headline": 1},
        {"key": "q3.test_accuracy_low", "label": "Test accuracy, lowest", "unit": "%"},
        {"key": "q3.test_accuracy_high", "label": "Test accuracy, highest", "unit": "%"},
        {"key": "q3.spare_number", "label": "Spare number", "detail": True},
    ]
    for key in ("q4.one", "q7.1.4.one", "q7.1.4.one.numpy_mlp"):
        for before, above in (("", "Right, by its image alone"), ("in_context.", "Right, in context")):
            for name, label in (("letter", "letters"), ("char", "with spaces"), ("word", "words")):
                label = f"{above}: {label}"
                numbers.append({"key": f"{key}.{before}{name}_accuracy", "label": label, "unit": "%"})
        for name in ("true", "found", "missed", "spurious"):
            numbers.append({"key": f"{key}.{name}", "label": f"Letters: {name}"})
    return numbers


def make_histories():
    """A history for each run; the second ends before the others."""
    histories = {}
    for k in range(RUNS):
        epochs = np.arange(1, 13 if k != 1 else 9)
        curves = (1 - 0.7 / epochs, 0.9 - 0.6 / epochs, 2 / epochs, 0.5 + (1 + k) / epochs)
        names = ("train_accuracy", "valid_accuracy", "train_loss", "valid_loss")
        histories[f"run {k}"] = [dict(zip(names, curves, strict=True))]
    return histories


def make_figures(folder):
    """Files of three figures, and what is known of them."""
    images, catalogue = {}, []
    fit = {"channels": [16, 32], "names": ["A", "B"]}
    for name, shape in (("Q3.1.2/a", (300, 200)), ("Q3.1.2/b", (900, 200)), ("Q7.2.1/c", (1120, 1120))):
        image = folder / f"{name[-1]}.png"
        image.write_bytes(encode(Image.new("RGB", shape, "#89a")))
        pdf = image.with_suffix(".pdf")  # b alone has pixels in it
        pdf.write_bytes(b"%PDF << /Subtype /Image >>" if name[-1] == "b" else b"%PDF")
        images[name] = {".png": image, ".pdf": pdf}
        if name == "Q7.2.1/c":
            steps = [{"function": "lib.figures.flowers:draw", "settings": fit | {"learning_rate": 0.01}}]
        else:
            rates = [
                {"function": "lib.steps.training:fit", "settings": fit | {"learning_rate": r}} for r in (0.01, 0.1)
            ]
            steps = [{"function": "lib.figures.training:draw", "settings": {}}, *rates]
        caption = f"Figure {name[-1]}: what is <seen> in {name[-1]}."
        catalogue.append({"id": name, "caption": caption, "steps": steps})
    return {"images": images, "catalogue": catalogue}


def make_network():
    """Weights of a network that has learned nothing, a data set of three classes, and answers to its test images."""
    rng = np.random.default_rng(0)
    weights = {"W0": rng.normal(0, 0.1, (1024, 8)), "b0": rng.normal(size=8), "W1": rng.normal(size=(8, 36))}
    weights = {name: array.astype(np.float32) for name, array in (weights | {"b1": rng.normal(size=36)}).items()}
    labels = np.repeat(np.arange(3), 10)
    answers = np.where(np.arange(30) % 10 == 9, (labels + 1) % 3, labels)  # one of each class is read as the next
    nist36 = {"classes": np.array([*NIST36_CLASSES]), "test_labels": labels}
    nist36["test_images"] = np.repeat(labels / 3, 1024).reshape(30, 32, 32).astype(np.float32)
    return weights, nist36, {"logits": np.eye(3)[answers], "labels": labels, "classes": nist36["classes"][:3]}


def make_tasks():
    """Boxes of three steps in a row."""
    box = {"stage": "training", "count": 1, "doc": "Fits", "function": "lib.a:fit", "code": "def fit():\n    pass"}
    box |= {"settings": [["epochs", "30"]], "given": ["images/one.jpg"]}
    return [
        box | {"id": "data/a", "stage": "data", "depth": 0, "reads": [], "makes": [["data/a", "Images"]]},
        box | {"id": "fits/{seed}", "depth": 1, "count": 4, "reads": [0], "makes": [["fits/{seed}", "Fits"]]},
        box | {"id": "Q3.1.2/a", "depth": 2, "reads": [1], "makes": [["Q3.1.2/a", "Figure a"]], "code": "draw"},
    ]


def make_runs():
    """What a build leaves beside the page after two runs and one that was interrupted."""
    numbers = {"q3.test_accuracy": 0.8, "q3.test_accuracy_low": 0.79, "q3.test_accuracy_high": 0.81}
    run = {"when": "2026-11-26T10:00:00Z", "commit": "ab12cd3", "settings": {}, "numbers": numbers}
    run |= {"seconds": 61, "steps": {"built": 3}, "documents": ["index.html"]}
    later = {"edited": True, "settings": {"training.epochs": 3}, "numbers": numbers | {"q3.test_accuracy": 0.813}}
    stopped = {"stopped": {"why": "interrupted", "done": 2, "of": 3}, "documents": []}
    return panel.panel([run, run | later, run | stopped])


def build(folder, **changes):
    """An index.html of two pages, two networks, nine curves and three figures."""
    image, boxes = draw_page()
    (folder / "one.png").write_bytes(encode(image))
    (folder / "two.png").write_bytes(encode(Image.new("RGB", (300, 400), "white")))
    (folder / "one.txt").write_text(TEXT + "\n")
    nothing = {"text": "", "letters": []}
    declared = declare()
    counts = {number["key"]: 8 / 9 if "unit" in number else 9 for number in declared}
    accuracy = {"q3.test_accuracy": 0.813, "q3.test_accuracy_low": 0.8, "q3.test_accuracy_high": 0.82}
    weights, nist36, predictions = make_network()
    words = {"about": "Made up.", "data_name": "generated data", "command": "./doitw", "writeup": "writeup.pdf"}
    words |= {"source": "embedded", "tested": "drawn NIST36", "unsure": 0.6}
    words |= {"changed": {"training.epochs": 3}}
    (folder / "shipped.json").write_text(json.dumps({"embedded": {"lines": [["Q3", "Test accuracy", "86.8 %"]]}}))
    values = dict(
        template={kind: [PROJECT / one.id for one in TEMPLATE[kind]] for kind in ("css", "js")}
        | {"html": PROJECT / TEMPLATE["html"].id},
        words=words,
        results=counts | accuracy | {"q3.spare_number": 3e-9},
        declared=declared,
        tables=[("Q3", "The network"), ("Q7.1.4", "Convolutional network")],
        page_tables=[("Q4", "Pages", "numpy_mlp"), ("Q7.1.4", "Pages by every reader", "emnist_cnn")],
        headline=["q3.test_accuracy"],
        pages=["one", "two"],
        photos={name: folder / f"{name}.png" for name in ("one", "two")},
        texts={"one": folder / "one.txt"},
        readers=[("numpy_mlp", "Network in numpy"), ("emnist_cnn", "Convolutional network on EMNIST")],
        readings={
            "numpy_mlp": {"one": reading(boxes, READ, 0.55), "two": nothing},
            "emnist_cnn": {"one": reading(boxes, TEXT, 0.97), "two": nothing},
        },
        runs=[(f"run {k}", k == 0) for k in range(RUNS)],
        histories=make_histories(),
        parts=[("Q3", "Training it"), ("Q7.2", "Fine-tuning")],
        weights=weights,
        styles=STYLES,
        nist36=nist36,
        predictions=predictions,
        provenance={
            "datasets": {"nist36": {"kind": "drawn", "name": "drawn NIST36"}},
            "origins": {"Q3.1.2/a": "drawn"},
        },
        snapshots={"epochs": np.array([0, 2]), "W0": np.stack([weights["W0"], 2 * weights["W0"]])},
        autoencoder={"watched": np.zeros((3, 1024)), "watched_recon": np.full((4, 3, 1024), 128, np.uint8)},
        tasks=make_tasks(),
        shipped=folder / "shipped.json",
        longest=800,
        quality=80,
        **make_figures(folder),
    )
    html = gallery.build(**values | changes)
    (folder / "index.html").write_text(html, encoding="utf-8")
    (folder / ".runs.js").write_text(f"const recorded = {json.dumps(make_runs())};\n", encoding="utf-8")
    return folder / "index.html"


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """The page as `build` makes it."""
    return build(tmp_path_factory.mktemp("gallery"))


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed; ./doitw test has it")
    if not CHROMIUM.is_file():
        pytest.skip(f"there is no {CHROMIUM}: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser, index):
    """Opens the page from its file; at the end nothing may have been complained about or asked of a network."""
    contexts, complaints = [], []

    def open_with(file=index, **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: asked.url.startswith("http") and complaints.append(asked.url))
        page.goto(file.as_uri())
        return page

    yield open_with
    for context in contexts:
        context.close()
    assert complaints == []
