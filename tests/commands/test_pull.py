"""Single artifacts for documents of one's own."""

import json
from pathlib import Path

import pytest
from doit.exceptions import InvalidCommand

from lib.commands.pull import Target, choose, find, put
from lib.commands.snippets import Snippet, label, macro, merged, write_snippet
from lib.graph.artifact import FIGURE, FOLDER, NUMBERS, TEXT, Artifact
from lib.graph.numbers import Number

CURVES = Artifact("Q3.1.1/curves", FIGURE, "Curves: 5 % of #1 & more_[x].")
NUMBERS_ = Artifact("Q3.1.1/numbers", NUMBERS, "Numbers.", numbers=(Number("q3.a_b", "Share", "%"),))
VALUES = {
    "q3.a_b": 0.8666666666666667,
    "q3.n": 2.4211015874849637e-07,
    "q3.less": -0.25,
    "q3.flag": True,
    "q3.name": "x",
}
NOTHING = Snippet("", "", {})


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


@pytest.fixture
def made(graph):
    """The files of the artifacts above."""
    for artifact in (CURVES, NUMBERS_):
        for file in artifact.files:
            Path(file).parent.mkdir(parents=True, exist_ok=True)
            Path(file).write_text(json.dumps(VALUES))


def pulled(*artifacts, form="latex", to="pulled"):
    snippet = write_snippet(artifacts, "here", form)
    put(artifacts, snippet, Target(Path(to)), form)
    return snippet.text


def test_what_is_no_folder_or_has_a_damaged_note_is_named_before_anything_is_built(tmp_path):
    for content in (b"{", b"\xff", b"[1]", b"3"):
        (tmp_path / ".pulled.json").write_bytes(content)
        with pytest.raises(InvalidCommand, match="where pull notes what it wrote, cannot be read .*: remove it"):
            Target(tmp_path)
    with pytest.raises(InvalidCommand, match="is not a folder: name one with --to"):
        Target(tmp_path / ".pulled.json")


def test_copies_have_names_that_any_document_takes(made):
    target = Target(Path("pulled"))
    assert put([CURVES, NUMBERS_], NOTHING, target, "html") == [
        "Q3-1-1-curves.png", "Q3-1-1-curves.pdf", "Q3-1-1-numbers.json"
    ]  # fmt: skip
    Path("artifacts/embedded/raw/deep").mkdir(parents=True)
    Path("artifacts/embedded/raw/deep/a").touch()
    for _ in range(2):
        put([Artifact("raw", FOLDER)], NOTHING, target, "html")
    assert Path("pulled/raw/deep/a").exists()


@pytest.mark.parametrize("form, parts, numbers", [
    ("latex",
     [r"\input{here/numbers.tex}", r"\inkQThreeAB{} is 86.7\,\%, \inkQThreeABRaw{} is 0.8666666666666667",
      "{here/Q3-1-1-curves.pdf}", r"5 \% of \#1 \& more\_[x].", "fig:Q3-1-1-curves"],
     [r"\newcommand{\inkQThreeAB}{86.7\,\%}  % q3.a_b", r"\newcommand{\inkQThreeABRaw}{0.8666666666666667}  % q3.a_b",
      r"\newcommand{\inkQThreeN}{\ensuremath{2.4\times 10^{-7}}}  % q3.n",
      r"\newcommand{\inkQThreeLess}{\ensuremath{-}0.25}  % q3.less"]),
    ("typst",
     ['#import "here/numbers.typ": numbers', '// In the text: #numbers.at("q3.a_b").text is 86.7 %',
      'image("here/Q3-1-1-curves.png")', 'caption: "Curves: 5 % of #1 & more_[x]."', "<Q3-1-1-curves>"],
     ['"q3.a_b": (text: "86.7 %", raw: 0.8666666666666667),']),
    ("markdown",
     [r"| Share | 86.7 % | 0.8666666666666667 | q3.a\_b |", "|  | 2.4 × 10⁻⁷ | 2.4211015874849637e-07 | q3.n |",
      '(<here/Q3-1-1-curves.png> "Q3-1-1-curves")'],
     None),
    ("html",
     ['<tr title="q3.a_b"><th>Share</th><td><data value="0.8666666666666667">86.7 %</data></td></tr>',
      'src="here/Q3-1-1-curves.png"', "max-width: 100%", "#1 &amp; more_[x]."],
     None),
])  # fmt: skip
def test_a_snippet_includes_the_picture_and_numbers_as_people_print_them(made, form, parts, numbers):
    snippet = pulled(CURVES, NUMBERS_, form=form)
    assert all(part in snippet for part in parts), snippet
    assert "q3.flag" not in snippet and "q3.name" not in snippet
    files = list(Path("pulled").glob("numbers.*"))
    assert len(files) == bool(numbers)
    for line in numbers or ():
        assert line in files[0].read_text() and "flag" not in files[0].read_text()


def test_macros_are_letters_with_one_prefix_and_differ():
    keys = ["q7.1.4.01_list.char_accuracy", "q7.1.4.2.char_accuracy", "q3.rate.0.1.loss", "q3.rate.1.loss"]
    keys += ["q4.日本.found", "q4.中国.found"]
    assert all(macro(key).isalpha() and macro(key).isascii() and macro(key).startswith("ink") for key in keys)
    assert len(set(map(macro, keys))) == len(keys)
    assert macro("q3.rate.0.1.loss") == "inkQThreeRateZeroOneLoss"


def test_keys_that_would_be_one_macro_are_refused(graph):
    both = Artifact("Q9/numbers", NUMBERS, "Both.")
    Path("artifacts/embedded/Q9").mkdir(parents=True)
    Path(both.files[0]).write_text('{"q9.a_b": 1, "q9.a.b": 2}')
    with pytest.raises(InvalidCommand, match="q9.a.b and another key become the same name in latex"):
        write_snippet([both], "here", "latex")
    assert list(write_snippet([both], "here", "typst").lines) == ['"q9.a_b"', '"q9.a.b"']
    Path(both.files[0]).write_text('{"q9.a_b": 1}')
    pulled(both)
    Path(both.files[0]).write_text('{"q9.a.b": 2}')
    with pytest.raises(InvalidCommand, match=r"\\inkQNineAB is q9.a_b in numbers.tex: pull q9.a.b into another folder"):
        pulled(both)


def test_names_in_any_script_stay_apart():
    ids = ["Q4.3/boxes_日本", "Q4.3/boxes_中国", "Q4.3/boxes_a:b", "Q4.3/boxes_a b", "Q4.3/boxes_a-b", "Q4.3/boxes_a.b"]
    assert len({label(Artifact(id, FIGURE)) for id in ids}) == len(ids)


def test_nothing_is_overwritten_that_pull_did_not_write(made):
    pulled(CURVES, NUMBERS_)
    pulled(CURVES, NUMBERS_)  # what it wrote itself is replaced
    mine = Path("pulled/Q3-1-1-curves.pdf")
    mine.write_text("mine")
    before = {file: file.read_bytes() for file in Path("pulled").iterdir()}
    Path(CURVES.files[0]).write_text("other")
    with pytest.raises(InvalidCommand, match="Q3-1-1-curves.pdf is not what pull wrote there"):
        pulled(CURVES, NUMBERS_)
    assert {file: file.read_bytes() for file in Path("pulled").iterdir()} == before


def test_two_targets_of_one_name_are_refused(made):
    with pytest.raises(InvalidCommand, match="two of the artifacts would be called Q3-1-1-curves.png"):
        put([CURVES, CURVES], NOTHING, Target(Path("pulled")), "html")
    assert not Path("pulled").exists()


@pytest.mark.parametrize("form, before, after", [
    ("latex", r"\newcommand{\inkQThreeAB}{86.7\,\%}  % q3.a_b", r"\newcommand{\inkQNineX}{1}  % q9.x"),
    ("typst", '  "q3.a_b": (text: "86.7 %", raw: 0.8666666666666667),', '  "q9.x": (text: "1", raw: 1),'),
])  # fmt: skip
def test_numbers_pulled_before_stay_in_the_file(made, form, before, after):
    pulled(NUMBERS_, form=form)
    other = Artifact("Q9/numbers", NUMBERS, "Others.")
    Path("artifacts/embedded/Q9").mkdir()
    Path(other.files[0]).write_text(json.dumps({"q9.x": 1}))
    pulled(other, form=form)
    (file,) = Path("pulled").glob("numbers.*")
    lines = file.read_text().splitlines()
    assert before in lines and after in lines
    Path(NUMBERS_.files[0]).write_text(json.dumps({"q3.a_b": 0.25}))
    pulled(NUMBERS_, form=form)
    lines = file.read_text().splitlines()
    assert before not in lines and any("25.0" in line for line in lines) and after in lines
    assert merged("", {}, form).count("\n") == (2 if form == "typst" else 0)


def test_only_numbers_only_figures_only_one_number(graph):
    everything, keys = choose(["Q3.1", "q3.test_accuracy"], graph)
    assert len(everything) == 2 and set(keys.values()) == {None}
    (numbers,), keys = choose(["q3.test_accuracy"], graph, "numbers")
    assert keys == {numbers.id: {"q3.test_accuracy"}}
    (figure,), _ = choose(["Q3.1"], graph, "figures")
    assert (numbers.id, figure.id) == ("Q3.1.1/numbers", "Q3.1.1/curves")
    with pytest.raises(InvalidCommand, match="data/table has no figures"):
        choose(["data/table"], graph, "figures")


@pytest.mark.parametrize("form, share", [
    ("latex", r"width=0.6\linewidth"), ("typst", "width: 60%"), ("markdown", 'width="60%"'), ("html", "width: 60%"),
])  # fmt: skip
def test_figures_are_as_wide_as_is_asked(made, form, share):
    assert share in write_snippet([CURVES], "here", form, width=60).text
    assert "60" not in write_snippet([CURVES], "here", form).text


def test_texts_are_included_as_they_are(graph):
    text = Artifact("Q4.4/a.txt", TEXT, "Text.")
    Path("artifacts/embedded/Q4.4").mkdir(parents=True)
    Path(text.files[0]).write_text("A <B>\n```\n%\n")
    shown = {form: write_snippet([text], "here", form).text for form in ("latex", "typst", "markdown", "html")}
    assert r"\verbatiminput{here/Q4-4-a.txt}" in shown["latex"]
    assert shown["typst"] == '#raw(read("here/Q4-4-a.txt"), block: true)\n'
    assert shown["markdown"] == "````text\nA <B>\n```\n%\n````\n"
    assert shown["html"] == '<pre id="Q4-4-a">A &lt;B&gt;\n```\n%</pre>\n'
    Path(text.files[0]).write_text("日本")
    with pytest.raises(InvalidCommand, match="LaTeX cannot set"):
        write_snippet([text], "here", "latex")


@pytest.mark.parametrize("folder", ["50%", "a#b", "a{b", "a~b", "back\\slash", 'a"b'])
def test_a_folder_that_latex_cannot_name_is_refused(graph, folder):
    with pytest.raises(InvalidCommand, match="LaTeX cannot include files from"):
        write_snippet([CURVES], folder, "latex")
