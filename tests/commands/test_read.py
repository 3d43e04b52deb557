"""What `read` does with names and records; the whole command is tried in tests/pipeline/test_whole.py."""

import pytest

from lib.commands import read


def test_a_folder_stands_for_the_photographs_in_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "pages"
    folder.mkdir()
    assert read._files(str(folder)) == [str(folder)]  # without any: it is told that a folder is no image
    for name in ("b.JPG", "a.png", "note.txt", ".hidden.png"):
        (folder / name).touch()
    assert read._files(str(folder)) == [str(folder / "a.png"), str(folder / "b.JPG")]
    assert read._files("-") == ["-"] and read._files("missing.jpg") == ["missing.jpg"]


def test_json_names_its_coordinates():
    letter = {"box": [10, 20, 30, 25], "line": 0, "letter": "I", "confidence": 0.9}
    located = read._located("page.jpg", {"text": "I", "letters": [letter], "confidence": 0.9})
    assert located["photo"] == "page.jpg" and located["confidence"] == 0.9
    assert located["letters"] == [
        {"letter": "I", "top": 10, "left": 20, "bottom": 30, "right": 25, "line": 0, "confidence": 0.9}
    ]


def answer(tmp_path, monkeypatch, record, capsys):
    """What `_read` returns and prints of a photograph with this record."""
    Image = pytest.importorskip("PIL.Image")
    Image.new("L", (9, 9)).save(tmp_path / "page.png")
    monkeypatch.setattr("lib.steps.reading.read_photo", lambda *inputs, **more: record)
    command = read.Read.__new__(read.Read)
    command._styles, command._weights, command._judged = {}, {}, {}
    command._reader = type("Reader", (), {"read": "lib.steps.reading:read_with_numpy"})
    found = command._read(str(tmp_path / "page.png"), "")
    return found, capsys.readouterr().err


def record(*confidences, turned=0):
    letters = [{"letter": "I", "box": [0, 0, 1, 1], "confidence": share} for share in confidences]
    mean = sum(confidences) / max(len(confidences), 1)
    return {"text": "", "text_in_context": "", "letters": letters, "confidence": mean, "turned": turned}


def test_a_picture_without_a_sure_letter_has_no_text(tmp_path, monkeypatch, capsys):
    for of in (record(), record(0.5, 0.3), record(0.7), record(0.9, *[0.1] * 20)):
        found, said = answer(tmp_path, monkeypatch, of, capsys)
        assert found is None and said.endswith("page.png: no text found\n")


def test_doubt_and_turns_are_said(tmp_path, monkeypatch, capsys):
    found, said = answer(tmp_path, monkeypatch, record(0.9, 0.3, turned=180), capsys)
    assert found and "turned by 180 degrees anticlockwise to be read" in said
    assert "doubtful, about 60% of the letters are right" in said
    found, said = answer(tmp_path, monkeypatch, record(0.9, 0.9), capsys)
    assert found and not said
