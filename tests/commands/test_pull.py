"""Single artifacts for documents of one's own."""

import json
from pathlib import Path

import pytest
from doit.exceptions import InvalidCommand

from lib.commands.pull import copy, find, macro, write_snippets
from lib.graph.artifact import FIGURE, FOLDER, NUMBERS, Artifact

CURVES = Artifact("Q3.1.1/curves", FIGURE, "Curves: 5 % of #1 & more_[x].")
NUMBERS_ = Artifact("Q3.1.1/numbers", NUMBERS, "Numbers.")


@pytest.mark.parametrize("word, ids", [
    ("Q3.1", ["Q3.1.1/curves", "Q3.1.1/numbers"]),
    ("q4/boxes", ["Q4.3/boxes_a", "Q4.3/boxes_b"]),
    ("Q4.4", ["Q4.4/a.txt"]),  # what is hidden has no caption
    ("Q4.4/hidden", ["Q4.4/hidden"]),  # but by its own name
    ("q3.test_accuracy", ["Q3.1.1/numbers"]),
    ("reading", ["Q4.3/boxes_a", "Q4.3/boxes_b", "Q4.4/a.txt"]),
])  # fmt: skip
def test_words_mean_captioned_artifacts(graph, word, ids):
    assert [artifact.id for artifact in find(word, graph)] == ids


def test_a_word_without_artifacts_is_an_error(graph):
    with pytest.raises(InvalidCommand, match="unknown name Q4/letters"):
        find("Q4/letters", graph)


def written(graph):
    for artifact in (CURVES, NUMBERS_):
        for file in artifact.files:
            Path(file).parent.mkdir(parents=True, exist_ok=True)
            Path(file).write_text(json.dumps({"q3.a_b": 0.5, "q3.n": 3, "q3.flag": True, "q3.name": "x"}))
    return [copy(artifact, Path("pulled")) for artifact in (CURVES, NUMBERS_)]


def test_copies_have_names_that_any_document_takes(graph):
    names = [[path.name for path in paths] for paths in written(graph)]
    assert names == [["Q3-1-1-curves.png", "Q3-1-1-curves.pdf"], ["Q3-1-1-numbers.json"]]
    Path("artifacts/embedded/raw/deep").mkdir(parents=True)
    Path("artifacts/embedded/raw/deep/a").touch()
    copy(Artifact("raw", FOLDER), Path("pulled"))
    assert Path("pulled/raw/deep/a").exists()
    copy(Artifact("raw", FOLDER), Path("pulled"))


@pytest.mark.parametrize("form, parts, numbers", [
    ("latex",
     [r"\input{here/numbers.tex}", "{here/Q3-1-1-curves.pdf}", r"5 \% of \#1 \& more\_[x].", "fig:Q3-1-1-curves"],
     r"\newcommand{\QThreeAB}{0.5}  % q3.a_b"),
    ("typst",
     ['#import "here/numbers.typ": numbers', 'image("here/Q3-1-1-curves.png")', r"of \#1 & more\_\[x\].",
      "<Q3-1-1-curves>"],
     '"q3.a_b": 0.5,'),
    ("markdown", ["| q3.a_b | 0.5 |", "| q3.n | 3 |", '(<here/Q3-1-1-curves.png> "Q3-1-1-curves")'], None),
    ("html", ["<tr><th>q3.a_b</th><td>0.5</td></tr>", 'src="here/Q3-1-1-curves.png"', "#1 &amp; more_[x]."], None),
])  # fmt: skip
def test_a_snippet_includes_the_picture_and_the_numbers(graph, form, parts, numbers):
    snippet = write_snippets([CURVES, NUMBERS_], written(graph), Path("pulled"), "here", form)
    assert all(part in snippet for part in parts), snippet
    assert "q3.flag" not in snippet and "q3.name" not in snippet
    files = list(Path("pulled").glob("numbers.*"))
    if numbers:
        (file,) = files
        assert numbers in file.read_text() and "flag" not in file.read_text()
    else:
        assert not files


def test_macros_are_letters_and_differ():
    keys = ["q7.1.4.01_list.char_accuracy", "q7.1.40.1_list.char_accuracy", "q3.rate.0.1.loss", "q3.rate.1.loss"]
    assert all(macro(key).isalpha() for key in keys)
    assert macro("q3.rate.0.1.loss") == "QThreeRateZeroOneLoss"
