"""Reading a page from its file to its scores, as the steps do it one after the other."""

import io

import numpy as np
import pytest
from PIL import Image

from lib.data.datasets import NIST36_CLASSES
from lib.models import networks
from lib.nn import network
from lib.steps import calibration, reading
from lib.steps.training import ACTIVATIONS

STYLE = {"height": 20, "width": 18, "stroke": 4, "edge": 1.2}
STYLES = {"crops32": STYLE | {"size": 32}, "crops28": STYLE | {"size": 28}}
EMNIST = [*NIST36_CLASSES, "a", "b"]


def numpy_weights():
    net = network.initialise((1024, 4, 36), ACTIVATIONS, np.random.default_rng(0))
    return net.arrays()


def torch_weights(classes, size):
    """An untrained convolutional network."""
    shape = {"channels": [2, 2, 2], "hidden": 4, "dropout": 0.0}
    description = {"kind": "Cnn", "size": size, "classes": len(classes), **shape}
    packed = networks.pack_weights(networks.build(description))
    return {"weights": packed, "network": description | {"names": classes}}


READERS = {
    "numpy": (reading.read_with_numpy, numpy_weights()),
    "nist36": (reading.read_with_torch, torch_weights([*NIST36_CLASSES], 32)),
    "emnist": (reading.read_with_torch, torch_weights(EMNIST, 28)),
}


def photo(letters):
    """A file with so many L's side by side."""
    pixels = np.full((120, 300), 220, np.uint8)
    for x in range(60, 60 + 50 * letters, 50):
        pixels[40:90, x : x + 6] = pixels[84:90, x : x + 35] = 20
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return file, pixels


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_page_of_no_or_few_letters_goes_all_the_way(reader, count, tmp_path):
    file, pixels = photo(count)
    (tmp_path / "page.txt").write_text("L" * count)
    read, weights = READERS[reader]
    letters = reading.find(file, STYLES)
    assert list(letters) == ["boxes", "line", "word", "crops32", "crops28"]
    found = read(letters, weights, alternatives=3)
    record = found["record"]
    assert len(record["letters"]) == count and found["text"] == record["text"] + "\n"
    assert all(len(letter["alternatives"]) == 3 for letter in record["letters"])
    assert reading.read_photo(pixels, STYLES, read, weights, alternatives=3) == record
    scored = reading.score(record, tmp_path / "page.txt", "page", unsure=1.0)
    scores = [scored["scores"][f"q4.page.{name}"] for name in ("true", "found", "spurious")]
    assert scores == [count, count, 0]
    wrong = [["L", letter["letter"]] for letter in record["letters"] if letter["letter"] != "L"]
    assert scored["mistakes"] == wrong
    marks = [scored["scores"][f"q4.page.{name}"] for name in ("wrong", "unsure", "unsure_wrong")]
    assert marks == [len(wrong), count, len(wrong)]  # no probability is 1
    assert reading.score(record, tmp_path / "page.txt", "page", unsure=0.0)["scores"]["q4.page.unsure"] == 0


def test_the_same_weights_read_the_same_in_numpy_and_in_torch():
    net = network.initialise((1024, 4, 36), ACTIVATIONS, np.random.default_rng(0))
    model = networks.from_numpy(networks.Mlp(1024, 4, 36), [layer[:2] for layer in net.layers])
    description = {"kind": "Mlp", "inputs": 1024, "hidden": 4, "classes": 36, "names": [*NIST36_CLASSES]}
    letters = reading.find(photo(3)[0], STYLES)
    probs, characters = reading.numpy_probs(letters, net.arrays())
    other, names = reading.torch_probs(letters, {"weights": networks.pack_weights(model), "network": description})
    np.testing.assert_allclose(probs, other, atol=1e-6)
    assert [*characters] == names == [*NIST36_CLASSES] and probs.sum(axis=1) == pytest.approx(1)


def test_small_letters_count_as_capitals():
    probs, characters = reading.torch_probs(reading.find(photo(1)[0], STYLES), READERS["emnist"][1])
    assert characters == [*NIST36_CLASSES] and probs.shape == (1, 36) and probs.sum() == pytest.approx(1)


def test_styles_are_called_by_the_size_of_their_crops():
    def dataset(size):
        images = np.ones((9, size, size), np.float32)
        images[:, 5:20, 10:14] = 0
        return {"train_images": images, "train_labels": np.zeros(9, int)}

    styles = reading.measure_styles(dataset(32), dataset(28))
    assert list(styles) == ["crops32", "crops28"] and styles["crops28"]["size"] == 28
    assert styles["crops32"]["height"] == 15


def record(text, in_context=None):
    return {"text": text, "text_in_context": in_context or text, "letters": []}


PREFIXES = {"numpy_mlp": "q7.1.4.{page}.numpy_mlp", "emnist_cnn": "q7.1.4.{page}"}


def compare(page, truth, tmp_path, **texts):
    (tmp_path / "truth.txt").write_text(truth)
    readings = {reader: record(text, "?" * len(truth)) for reader, text in texts.items()}
    return reading.compare(readings, tmp_path / "truth.txt", page, PREFIXES)


def test_what_context_mends_breaks_and_leaves_wrong(tmp_path):
    (tmp_path / "truth.txt").write_text("I am 10")
    letters = [{"letter": alone, "in_context": read} for alone, read in ("1I", "AA", "MN", "1L", "00", "XX")]
    found = reading.compare_context({"letters": letters}, tmp_path / "truth.txt")
    assert found["mended"] == [["I", "1", "I"]] and found["broken"] == [["M", "M", "N"], ["1", "1", "L"]]
    assert found["wrong"] == [["M", "N"], ["1", "L"]]


def test_scores_of_all_readers_of_a_page(tmp_path):
    scores = compare("01.list", "AB", tmp_path, numpy_mlp="AX", emnist_cnn="AB")
    assert scores["q7.1.4.01.list.numpy_mlp.letter_accuracy"] == 0.5
    assert scores["q7.1.4.01.list.letter_accuracy"] == 1
    assert scores["q7.1.4.01.list.in_context.letter_accuracy"] == 0
    assert len(scores) == 20


def test_the_table_weighs_pages_by_their_letters(tmp_path):
    scores = [
        compare("short", "AB", tmp_path, numpy_mlp="AX", emnist_cnn="AB"),
        compare("long", "ABCDEFGH", tmp_path, numpy_mlp="ABCDEFGH", emnist_cnn="XXXXEFGH"),
    ]
    table = reading.tabulate(scores, ["short", "long"], PREFIXES)
    shares = {
        reader: {page: row["letter_accuracy"] for page, row in rows.items()} | {"letters": rows["all"]["letters"]}
        for reader, rows in table.items()
    }
    assert shares == {
        "numpy_mlp": {"short": 0.5, "long": 1.0, "all": 0.9, "letters": 10},
        "emnist_cnn": {"short": 1.0, "long": 0.5, "all": 0.6, "letters": 10},
    }
    assert table["emnist_cnn"]["all"]["in_context.letter_accuracy"] == 0


def test_without_transcripts_the_table_is_empty():
    row = {"letters": 0} | dict.fromkeys(reading.MEASURES, 0)
    assert reading.tabulate([], [], PREFIXES) == {reader: {"all": row} for reader in PREFIXES}


def test_letters_as_the_judge_cuts_them_are_read_beside_the_others(weights):
    file, pixels = photo(3)
    plain, judged = reading.find(file, STYLES), reading.judge(file, STYLES, weights)
    assert list(judged) == ["boxes", "line", "word", "odds", "kinds", "turns", "crops32", "crops28"]
    read, of_numpy = READERS["numpy"]
    found = read(plain, of_numpy, 3, judged, {"temperature": 2.0})
    assert found["record"] == read(plain, of_numpy, 3)["record"] and "confidence" not in found["record"]
    record = found["judged_record"]
    assert len(record["letters"]) == 3 and record["turned"] in (0, 90, 180, 270)
    assert record["confidence"] == pytest.approx(
        np.mean([letter["confidence"] for letter in record["letters"]]), abs=1e-3
    )
    assert found["judged_text"] == record["text_in_context"] + "\n"
    assert reading.read_photo(pixels, STYLES, read, of_numpy, 3, weights, {"temperature": 2.0}) == record
    changed = reading.compare_boxes(plain, judged, "page")
    assert changed["q4.page.judged.kept"] == 3 and sum(changed.values()) == 3


@pytest.fixture(scope="module")
def drawn(weights):
    return calibration.draw_pages(weights, STYLES, pages=2, seed=0)


@pytest.mark.parametrize("of", ["numpy", "torch"])
def test_readers_are_calibrated_on_drawn_pages(of, drawn):
    assert set(drawn["page"]) <= {0, 1} and len(drawn["truth"]) == len(drawn["boxes"]) == len(drawn["crops32"]) > 20
    assert (np.diff(drawn["line"][np.argsort(drawn["page"], kind="stable")]) >= 0).all()
    calibrate, known = {
        "numpy": (calibration.calibrate_numpy, READERS["numpy"][1]),
        "torch": (calibration.calibrate_torch, READERS["emnist"][1]),
    }[of]
    found = calibrate(drawn, known)
    assert 0.3 <= found["temperature"] <= 10
    assert sum(found["after"]["letters"]) == (drawn["page"] == 1).sum()
