"""Figures of the page: their part, the functions and settings that they came out of, whether they are plots."""

import pytest
from PIL import Image

from lib.gallery import figures, tasks

FIT = "lib.steps.training:fit"


def entry(id, *settings):
    """What is known of a figure that was drawn from fits with these settings."""
    steps = [{"function": "lib.figures.training:curves", "settings": {}}]
    return {"id": id, "caption": "A: b c.", "steps": steps + [{"function": FIT, "settings": of} for of in settings]}


def test_a_figure_is_in_its_part_with_a_command_that_gets_it(tmp_path):
    Image.new("RGB", (4, 3)).save(tmp_path / "a.png")
    (tmp_path / "plot.pdf").write_bytes(b"%PDF")
    (tmp_path / "pixels.pdf").write_bytes(b"%PDF /Type /XObject /Subtype /Image")
    entries = [entry("Q3.1.2/rates"), entry("data/samples")]
    images = {
        "Q3.1.2/rates": {".png": tmp_path / "a.png", ".pdf": tmp_path / "plot.pdf"},
        "data/samples": {".png": tmp_path / "a.png", ".pdf": tmp_path / "pixels.pdf"},
    }
    parts = figures.parts(
        images,
        entries,
        [("data", "Data"), ("Q2", "Net"), ("Q3", "Training")],
        "./doitw source=course",
        {"Q3.1.2/rates": "stand-in"},
    )
    assert [part["figures"][0]["data"] for part in parts] == [None, "stand-in"]
    assert [(part["title"], part["figures"][0]["id"]) for part in parts] == [
        ("Data", "data/samples"),
        ("Training", "Q3.1.2/rates"),
    ]
    assert parts[1]["figures"][0]["pull"] == "./doitw source=course pull Q3.1.2/rates --to DIR"
    assert [part["figures"][0]["plot"] for part in parts] == [False, True]
    with pytest.raises(ValueError, match="no place for Q3.1.2/rates, only for Q1, Q31"):
        figures.parts(images, entries[:1], [("Q1", "Theory"), ("Q31", "")], "./doitw", {})


def test_steps_of_a_sweep_are_one_function_with_each_value_once():
    sweep = [{"learning_rate": rate, "epochs": 30, "channels": [16, 32]} for rate in (0.1, 1.0, 0.1)]
    found = tasks.provenance(entry("Q3/x", *sweep)["steps"])
    assert found["steps"] == ["lib.figures.training:curves", FIT]
    assert found["settings"] == {FIT: [("learning rate", "0.1 · 1"), ("epochs", "30"), ("channels", "16, 32")]}


def test_settings_that_nobody_chose_are_left_out():
    hidden = {"names": ["A", "B"], "about": "x" * 20, "table": {"a": 1}, "empty": []}
    found = tasks.provenance(entry("Q3/x", hidden | {"device": "cpu", "mirror": False})["steps"])
    assert found["settings"] == {FIT: [("device", "cpu"), ("mirror", "False")]}
