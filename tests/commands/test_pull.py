"""Single artifacts for documents of one's own."""

import json
from pathlib import Path

import pytest
from doit.exceptions import InvalidCommand

from lib.commands.pull import Target, copy, find
from lib.commands.snippets import macro, write_snippets
from lib.graph.artifact import FIGURE, FOLDER, NUMBERS, Artifact
from lib.graph.numbers import Number

CURVES = Artifact("Q3.1.1/curves", FIGURE, "Curves: 5 % of #1 & more_[x].")
NUMBERS_ = Artifact("Q3.1.1/numbers", NUMBERS, "Numbers.", numbers=(Number("q3.a_b", "Share", "%"),))


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
    return [copy(artifact, Target(Path("pulled"))) for artifact in (CURVES, NUMBERS_)]


def test_copies_have_names_that_any_document_takes(graph):
    names = [[path.name for path in paths] for paths in written(graph)]
    assert names == [["Q3-1-1-curves.png", "Q3-1-1-curves.pdf"], ["Q3-1-1-numbers.json"]]
    Path("artifacts/embedded/raw/deep").mkdir(parents=True)
    Path("artifacts/embedded/raw/deep/a").touch()
    copy(Artifact("raw", FOLDER), Target(Path("pulled")))
    assert Path("pulled/raw/deep/a").exists()
    copy(Artifact("raw", FOLDER), Target(Path("pulled")))


@pytest.mark.parametrize("form, parts, numbers", [
    ("latex",
     [r"\input{here/numbers.tex}", "{here/Q3-1-1-curves.pdf}", r"5 \% of \#1 \& more\_[x].", "fig:Q3-1-1-curves"],
     r"\newcommand{\QThreeAB}{0.5}  % q3.a_b"),
    ("typst",
     ['#import "here/numbers.typ": numbers', 'image("here/Q3-1-1-curves.png")', r"of \#1 & more\_\[x\].",
      "<Q3-1-1-curves>"],
     '"q3.a_b": 0.5,'),
    ("markdown",
     ["| Share | 50.0 % | `q3.a_b` |", "|  | 3 | `q3.n` |", '(<here/Q3-1-1-curves.png> "Q3-1-1-curves")'],
     None),
    ("html",
     ['<tr title="q3.a_b"><th>Share</th><td>50.0 %</td></tr>', 'src="here/Q3-1-1-curves.png"', "#1 &amp; more_[x]."],
     None),
])  # fmt: skip
def test_a_snippet_includes_the_picture_and_the_numbers(graph, form, parts, numbers):
    snippet = write_snippets([CURVES, NUMBERS_], written(graph), Target(Path("pulled")), "here", form)
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
    keys += ["q4.日本.found", "q4.中国.found"]
    assert all(macro(key).isalpha() and macro(key).isascii() for key in keys)
    assert macro(keys[-1]) != macro(keys[-2])
    assert macro("q3.rate.0.1.loss") == "QThreeRateZeroOneLoss"


def test_nothing_is_overwritten_that_pull_did_not_write(graph):
    written(graph)
    written(graph)  # what it wrote itself is replaced
    mine = Path("pulled/Q3-1-1-curves.png")
    mine.write_text("mine")
    with pytest.raises(InvalidCommand, match="Q3-1-1-curves.png is not what pull wrote there"):
        written(graph)
    assert mine.read_text() == "mine"


def test_numbers_pulled_before_stay_in_the_file(graph):
    target = Target(Path("pulled"))
    write_snippets([NUMBERS_], [written(graph)[1]], target, "here", "latex")
    other = Artifact("Q9/numbers", NUMBERS, "Others.")
    Path("artifacts/embedded/Q9").mkdir()
    Path(other.files[0]).write_text(json.dumps({"q9.x": 1}))
    write_snippets([other], [copy(other, target)], target, "here", "latex")
    text = Path("pulled/numbers.tex").read_text()
    assert "{0.5}  % q3.a_b" in text and "{1}  % q9.x" in text


@pytest.mark.parametrize("folder", ["50%", "a#b", "a{b", "a~b", "back\\slash"])
def test_a_folder_that_latex_cannot_name_is_refused(graph, folder):
    with pytest.raises(InvalidCommand, match="LaTeX cannot include files from"):
        write_snippets([CURVES], written(graph)[:1], Target(Path("pulled")), folder, "latex")
