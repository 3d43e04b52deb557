"""Readers ranked on made-up pages, and letters of pages against test images."""

import json

import numpy as np
import pytest

from lib.steps import readers

TITLES = [["a", "Reader A"], ["b", "Reader B"]]


@pytest.fixture
def texts(tmp_path):
    pages = {"one": "AB CD\nEFGH\n", "two": "IJKL\n\nMN\n"}
    for name, text in pages.items():
        (tmp_path / f"{name}.txt").write_text(text)
    return {name: tmp_path / f"{name}.txt" for name in pages}


def read(*pages):
    return [{"text": text} for text in pages]


def test_readers_are_ranked_on_the_letters_of_all_pages(texts):
    readings = {"a": read("AB CX\nEFGH", "IJKL\nM"), "b": read("ABCD\nEFGH", "IJKL\nMNO")}
    found = readers.rank(readings, [*texts.values()], TITLES, seed=0)
    assert found["letters"] == 14
    assert [(reader["id"], reader["right"], reader["title"]) for reader in found["readers"]] == [
        ("b", 14, "Reader B"),
        ("a", 12, "Reader A"),
    ]
    assert found["readers"][1]["low"] < found["readers"][1]["accuracy"] == 12 / 14 < found["readers"][1]["high"] <= 1
    (pair,) = found["pairs"]
    assert (pair["better"], pair["worse"], pair["only_better"], pair["only_worse"]) == ("b", "a", 2, 0)
    assert pair["difference"] == pytest.approx(2 / 14) and pair["low"] <= pair["difference"] <= pair["high"]
    assert pair["p"] == 0.5
    assert readers.rank(readings, [*texts.values()], TITLES, seed=0) == found


def test_without_a_transcript_there_is_no_ranking():
    assert readers.rank({"a": [], "b": []}, [], TITLES, seed=0) == {"letters": 0, "readers": [], "pairs": []}


def nist36(rng, n=60):
    data = {"classes": np.array(["A", "B"])}
    for split in ("train", "test"):
        images = np.ones((n, 32, 32), np.float32)
        images[:, 8:24, 12:20] = rng.uniform(0, 0.4, (n, 16, 8))
        data |= {f"{split}_images": images, f"{split}_labels": np.arange(n) % 2}
    return data


def compare(crops, names, data, text="", tmp=None):
    predictions = {"logits": np.eye(2)[np.arange(60) % 2 * (np.arange(60) < 30)], "labels": data["test_labels"]}
    readings = [{"text": names, "letters": [{"letter": name} for name in names]}]
    texts = {}
    if text:
        (tmp / "p.txt").write_text(text)
        texts = {"p": tmp / "p.txt"}
    return readers.compare_crops([{"crops32": crops}], readings, texts, ["p"], data, predictions)


def test_letters_that_are_smaller_than_test_images_are_found_to_be(tmp_path):
    rng = np.random.default_rng(0)
    data = nist36(rng)
    same = compare(data["train_images"][:40], "AB" * 20, data)["measures"]
    small = np.ones((40, 32, 32), np.float32)
    small[:, 12:20, 14:18] = rng.uniform(0, 0.4, (40, 8, 4))
    found = compare(small, "AB" * 20, data, "AB" * 19 + "AA", tmp_path)
    measures = {row["measure"]: row for row in found["measures"]}
    assert measures["ink"]["difference"] < measures["ink"]["high"] < 0 and measures["ink"]["p"] < 0.01
    assert measures["height"]["crops"] == 8 and measures["height"]["test"] == 16
    assert measures["nearest"]["crops"] > measures["nearest"]["test"]
    alike = {row["measure"]: row for row in same}
    assert alike["ink"]["low"] < 0 < alike["ink"]["high"] and 0.3 < alike["ink"]["detectable"] < 1
    # A is always read right, B in one half of the test images.
    expected = (21 * 1 + 19 * 0.5) / 40
    assert found["read"]["letters"] == 40 and found["read"]["share"] == 39 / 40
    assert found["read"]["expected"] == pytest.approx(expected)
    json.dumps(found, allow_nan=False)


def test_a_page_without_letters_and_without_text_has_no_measures():
    data = nist36(np.random.default_rng(0))
    assert compare(np.zeros((0, 32, 32), np.float32), "", data) == {"measures": [], "read": None}
