"""Texts composed of letters, and read from files."""

import numpy as np
import pytest

from lib.vision import text


def test_words_and_lines():
    line, word = np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 2, 3])
    assert text.compose("ABCDE", line, word) == "AB C\nD E"
    assert text.compose("", [], []) == ""


def test_one_line_and_word_for_each_character():
    with pytest.raises(ValueError, match="2 characters, 1 lines and 2 words"):
        text.compose("AB", [0], [0, 0])
    with pytest.raises(ValueError, match="2 characters, 2 lines and 3 words"):
        text.compose("AB", [0, 0], [0, 0, 0])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_transcript_is_utf8_with_or_without_a_mark(encoding, tmp_path):
    (tmp_path / "page.txt").write_text("TO DO\nÖL", encoding=encoding)
    assert text.read_transcript(tmp_path / "page.txt") == "TO DO\nÖL"


def test_a_transcript_in_another_encoding_is_named(tmp_path):
    (tmp_path / "page.txt").write_bytes("ÖL".encode("latin-1"))
    with pytest.raises(ValueError, match="page.txt is not UTF-8 text .* save it as UTF-8"):
        text.read_transcript(tmp_path / "page.txt")
