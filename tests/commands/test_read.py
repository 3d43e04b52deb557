"""What `read` does with names and records; the whole command is tried in tests/pipeline/test_whole.py."""

import os

import pytest
from doit.exceptions import InvalidCommand

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


def answer(tmp_path, monkeypatch, record, capsys, name="page.png"):
    """What `_read` returns and prints of a photograph with this record."""
    Image = pytest.importorskip("PIL.Image")
    Image.new("L", (9, 9)).save(tmp_path / "page.png")
    monkeypatch.setattr("lib.steps.reading.read_photo", lambda *inputs, **more: record)
    command = read.Read.__new__(read.Read)
    command._styles, command._weights, command._judged = {}, {}, {}
    command._reader = type("Reader", (), {"read": "lib.steps.reading:read_with_numpy"})
    found = command._read(str(tmp_path / name))
    return found, capsys.readouterr().err


def record(*confidences, turned=0):
    letters = [{"letter": "I", "box": [0, 0, 1, 1], "confidence": share} for share in confidences]
    mean = sum(confidences) / max(len(confidences), 1)
    return {"text": "", "text_in_context": "", "letters": letters, "confidence": mean, "turned": turned}


def test_a_picture_without_a_sure_letter_has_no_text(tmp_path, monkeypatch, capsys):
    for of in (record(), record(0.5, 0.3), record(0.92), record(0.9, 0.9, 0.1), record(0.99, *[0.1] * 20)):
        found, said = answer(tmp_path, monkeypatch, of, capsys)
        assert found is None and said.endswith("page.png: no text found\n")


def test_doubt_and_turns_are_said(tmp_path, monkeypatch, capsys):
    found, said = answer(tmp_path, monkeypatch, record(0.98, 0.36, turned=180), capsys)
    assert found and "turned by 180 degrees anticlockwise to be read" in said
    assert "doubtful, about 67% of the letters are right" in said
    found, said = answer(tmp_path, monkeypatch, record(0.9, 0.9), capsys)
    assert found and not said


def test_what_is_not_there_or_has_no_photograph_is_a_line_and_others_are_read(tmp_path, monkeypatch, capsys):
    (tmp_path / "empty").mkdir()
    assert read._files("x" * 300) == ["x" * 300]
    for name, reason in (("empty", "there is no photograph in this folder"), ("x" * 300, "File name too long")):
        found, said = answer(tmp_path, monkeypatch, record(0.99), capsys, name)
        assert found is None and reason in said


@pytest.mark.parametrize("overlay, message", [
    (".png", "ends in neither"),
    ("photo.png", "would be written over the photograph"),
    ("link.png", "would be written over the photograph"),
    ("folder.png", "is a folder"),
])  # fmt: skip
@pytest.mark.parametrize("as_input", [False, True])
def test_an_overlay_is_written_over_nothing_that_it_was_made_from(tmp_path, monkeypatch, overlay, message, as_input):
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"photo")
    os.link(photo, tmp_path / "link.png")
    (tmp_path / "folder.png").mkdir()
    with photo.open("rb") as opened:
        monkeypatch.setattr("sys.stdin", opened)
        with pytest.raises(InvalidCommand, match=message):
            read._check(["-" if as_input else str(photo)], f"{tmp_path}/{overlay}")
    assert photo.read_bytes() == b"photo"


def test_a_text_goes_to_the_clipboard_or_that_there_is_none_is_said(monkeypatch, capsys):
    pyperclip = pytest.importorskip("pyperclip")
    copied = []
    monkeypatch.setattr(pyperclip, "copy", copied.append)
    read._copy("A\nB")
    assert copied == ["A\nB"] and not capsys.readouterr().err

    def no_clipboard(text):
        raise pyperclip.PyperclipException("no copy mechanism")

    monkeypatch.setattr(pyperclip, "copy", no_clipboard)
    read._copy("A")
    assert "there is no clipboard here" in capsys.readouterr().err
