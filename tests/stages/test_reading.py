"""Reading a page from its file to its scores, as the tasks do it one after the other."""

import dataclasses
import json
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from lib.data import formats
from lib.nn import network
from lib.vision.crops import Style
from stages import reading


@pytest.fixture
def inputs(tmp_path):
    """Styles, weights of an untrained network, and a data set of one image a class."""
    style = dataclasses.asdict(Style(size=32, height=20, width=18, stroke=4, edge=1.2))
    (tmp_path / "styles.json").write_text(json.dumps({"crops32": style, "crops28": style | {"size": 28}}))
    net = network.initialise((1024, 4, 36), reading.ACTIVATIONS, np.random.default_rng(0))
    np.savez(tmp_path / "weights.npz", **net.arrays())
    images, labels = np.ones((36, 32, 32), np.float32), np.arange(36)
    formats.save_dataset(
        tmp_path / "nist36.npz", {split: (images, labels) for split in formats.SPLITS}, formats.NIST36_CLASSES
    )
    return tmp_path


@pytest.mark.parametrize("letters", [0, 1])
def test_a_page_of_no_letter_or_of_one_goes_all_the_way(inputs, letters):
    photo = np.full((120, 160), 220, np.uint8)
    if letters:
        photo[40:90, 60:66] = photo[84:90, 60:95] = 20
    Image.fromarray(photo).save(inputs / "page.png")
    files = {name: inputs / name for name in ("found.npz", "text.txt", "read.json", "scores.json", "mistakes.json")}
    (inputs / "page.txt").write_text("L\n" * letters)
    reading.find(inputs / "page.png", inputs / "styles.json", files["found.npz"])
    read_files = [files["text.txt"], files["read.json"]]
    reading.read(files["found.npz"], inputs / "weights.npz", read_files, SimpleNamespace(alternatives=3))
    reading.score(read_files, inputs / "page.txt", files["scores.json"], files["mistakes.json"])
    scores = json.loads(files["scores.json"].read_text())
    assert (scores["q4.page.true"], scores["q4.page.found"], scores["q4.page.spurious"]) == (letters, letters, 0)
    pictures = [inputs / "figure.png", inputs / "figure.pdf"]
    reading.draw_boxes(inputs / "page.png", files["found.npz"], read_files, pictures)
    row = SimpleNamespace(examples=1, letters_in_row=8)
    reading.draw_sheet(files["found.npz"], read_files, inputs / "nist36.npz", pictures, row)
    assert all(path.stat().st_size for path in pictures)
