"""The writeup: artifacts by id, code by name, claims that the data must support, no typed results, the same bytes."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lib.steps.writeup import collect
from lib.writeup.document import LARGEST_VECTOR, compile_document, lay_out
from lib.writeup.excerpts import excerpt

SOURCES = sorted(Path(__file__).parents[2].glob("writeup/*.*"))
TYPST = [path for path in SOURCES if path.suffix == ".typ"]

MODULE = '''
"""About."""

import numpy as np

LIMIT = {
    "a": 1,
}


@cached
def double(x, text="# not a comment"):
    """Twice `x`.

    More.
    """
    y = 2 * x  # exact

    # Why this is right.
    return y


def doubled(
    x,
):
    return x


class Thing:
    """A thing."""

    def halve(self):
        """Half of it."""
        return self.x / 2


AFTER = 1
'''


# Code


def test_an_excerpt_is_the_function_without_docstring_comments_and_blank_lines():
    assert excerpt(MODULE, "double") == ('@cached\ndef double(x, text="# not a comment"):\n    y = 2 * x\n    return y')


def test_a_signature_stands_in_one_line():
    assert excerpt(MODULE, "doubled") == "def doubled(x):\n    return x"


def test_an_excerpt_of_a_class():
    assert excerpt(MODULE, "Thing") == "class Thing:\n    def halve(self):\n        return self.x / 2"


def test_methods_stand_apart_and_no_docstring_is_left_however_deep():
    source = "class A:\n    x = 1\n    def f(self):\n        for _ in y:\n            def g():\n"
    source += "                'Doc.'\n                return 1\n    @cached\n    def h(self): return 2\n"
    assert excerpt(source, "A").splitlines() == [
        "class A:",
        "    x = 1",
        "",
        "    def f(self):",
        "        for _ in y:",
        "            def g():",
        "                return 1",
        "",
        "    @cached",
        "    def h(self): return 2",
    ]


def test_a_comment_or_docstring_changes_no_excerpt():
    edited = MODULE.replace("# exact", "# as exact as can be").replace("Twice `x`.", "Two times `x`.")
    assert excerpt(edited, "double") == excerpt(MODULE, "double")


def test_a_constant_is_shown_as_it_stands():
    assert excerpt(MODULE, "AFTER") == "AFTER = 1"


@pytest.mark.parametrize("name", ["missing", "Thing.halve", "np"])
def test_a_name_that_is_gone_is_an_error_that_says_so(name):
    with pytest.raises(LookupError, match=name):
        excerpt(MODULE, name)


# Claims and numbers

NUMBER = {"label": "", "unit": "", "digits": None, "headline": None}


@pytest.fixture
def document(tmp_path):
    """Compiles Typst text that may use everything of style.typ and data.typ."""
    count = 0

    def compile_text(text, figures=(), captions=(), declared=(), kind="pdf", **results):
        nonlocal count
        count += 1
        root = tmp_path / str(count)
        root.mkdir()
        datasets = {"nist36": {"kind": "drawn", "name": "drawn NIST36"}, "pages": {"kind": "given", "name": "pages"}}
        origins = {"Q3.1.1/curves": "drawn", "Q4": "drawn NIST36; given pages"}
        provenance = {"datasets": datasets, "origins": origins}
        values = {"results": results, "data/report": {"files": {}}, "provenance": provenance, "sources": {}}
        about = {"source": "embedded", "settings": {}}
        numbers = {key: {**NUMBER, **dict(declared)} for key in results}
        lay_out(root, SOURCES, dict(figures), values, dict(captions), about=about, numbers=numbers)
        head = '#import "style.typ": *\n#import "data.typ": *\n#show: layout.with(source: "generated data")\n'
        (root / "writeup" / "main.typ").write_text(head + text)
        return compile_document(root, kind)

    return compile_text


@pytest.fixture
def curves(tmp_path):
    """A figure as a step is given it."""
    files = {ending: tmp_path / f"curves{ending}" for ending in (".png", ".pdf")}
    Image.new("RGB", (30, 20), "white").save(files[".png"])
    Image.new("RGB", (30, 20), "white").save(files[".pdf"])
    return files


CLAIM = '#claim(results.pca > results.autoencoder, "PCA wins.")'


def test_a_claim_that_holds_is_printed(document):
    assert document(CLAIM, pca=2, autoencoder=1).startswith(b"%PDF")


def test_a_claim_that_the_data_does_not_support_is_not_printed(document):
    document('#assert.eq(claim(results.pca > 1, "PCA wins."), none)', pca=1)
    text = '#assert.eq(claim(results.pca > 1, "PCA wins.", otherwise: "It does not."), "It does not.")'
    document(text, pca=1)


def test_a_missing_result_stops_the_build_and_names_it(document):
    with pytest.raises(ValueError, match="autoencoder"):
        document(CLAIM, pca=1)


@pytest.mark.parametrize("text", ['#fig("Q3.1.1/curve")', '#value("Q3.1.1/curve")'])
def test_an_id_that_does_not_exist_stops_the_build_and_is_named(document, text):
    with pytest.raises(ValueError, match="no artifact of this build is called Q3.1.1/curve"):
        document(text)


def test_an_id_of_another_kind_stops_the_build_and_is_named(document):
    with pytest.raises(ValueError, match="results is a value, not a figure"):
        document('#fig("results")')


def test_a_reference_to_a_figure_that_is_not_placed_stops_the_build_and_is_named(document):
    with pytest.raises(ValueError, match="Q3.1.1/curves"):
        document('#see("Q3.1.1/curves")')


def test_a_figure_has_the_size_it_is_drawn_for_and_says_what_it_shows_and_of_which_data(document, curves):
    """Checked by Typst itself: what the figure's caption holds is searched for its parts."""
    text = """
      #fig("Q3.1.1/curves")[Of two seeds.] #see("Q3.1.1/curves")
      #context {
        let it = query(figure).first()
        let found = repr(it.caption.body)
        let parts = ("The network’s curves.", "Of two seeds.", "Q3.1.1/curves", "drawn")
        assert(parts.all(part => part in found), message: found)
        assert.eq(it.body.width, 30pt)
        assert(it.body.alt.starts-with("Two line charts side by side"))
      }"""
    document(text, {"Q3.1.1/curves": curves}, {"Q3.1.1/curves": "The network's curves."})
    with pytest.raises(ValueError, match="Another caption"):
        document(text, {"Q3.1.1/curves": curves}, {"Q3.1.1/curves": "Another caption."})


@pytest.mark.parametrize(
    ("declared", "value", "shown"),
    [
        ({"unit": "%"}, 0.8055, "80.6\u202f%"),
        ({"unit": "%", "digits": 2}, 1, "100.00\u202f%"),
        ({"unit": "dB"}, 18.319, "18.32\u00a0dB"),
        ({}, 12345, "12\u202f345"),
        ({}, 0.123456, "0.1235"),
        ({"digits": 1}, 2.0, "2.0"),
        ({"digits": 1, "unit": "px"}, 2.0, "2.0\u00a0px"),
        ({}, "cpu", "cpu"),
    ],
)
def test_a_result_is_printed_as_it_is_declared(document, declared, value, shown):
    document(f'#assert.eq(result("q1.x"), "{shown}")', declared=declared, **{"q1.x": value})


def test_what_could_not_be_measured_is_a_dash(document):
    document('#assert.eq(percent(results.x), "–")\n#assert.eq(result("x"), "–")', x=float("nan"))


def test_a_question_says_what_data_it_rests_on_or_its_part_does(document):
    text = document('#question("Q4.3", "code", 1)[Boxes?]\n#question("Q1.1", "code", 1)[Why?]', kind="html").decode()
    assert text.count("Data: drawn NIST36; given pages.") == 1 == text.count("Data:")


def test_drawn_data_have_the_names_of_real_ones_only_with_that_word_before(document):
    text = '#say-drawn[On EMNIST, drawn MNIST and Drawn NIST36; #theirs("NIST36").]'
    html = document(text, kind="html").decode()
    assert "On drawn EMNIST, drawn MNIST and Drawn NIST36; N\u2060IST36." in html


def test_a_number_leads_to_its_row(document):
    document('#n("x") #context assert.eq(query(link).first().dest, label("x")) Row #label("x")', x=1)
    with pytest.raises(ValueError, match="x"):
        document('#n("x")', x=1)


def test_a_superlative_is_of_all_that_share_it(document):
    document("#assert.eq(highest((1, 3, 3), it => it), (3, 3))\n#assert.eq(lowest((1, 3), it => it), (1,))")


def test_a_key_that_is_reported_twice_is_refused_and_both_are_named():
    first, second = {"q3.a": 1, "q3.b": 2}, {"q4.a": 3}
    assert collect({"Q3.1.2/numbers": first, "Q4.4/numbers": second}) == first | second
    with pytest.raises(ValueError, match="q3.b is reported twice: by Q3.1.2/numbers and by Q6.3/numbers"):
        collect({"Q3.1.2/numbers": first, "Q4.4/numbers": second, "Q6.3/numbers": {"q3.b": 2}})


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("decimals(results.x, 2)", {0.5: "0.50", 12: "12.00", -1.005: "−1.00", -0.001: "0.00", 0.999: "1.00"}),
        ("percent(results.x)", {0.8055: "80.6\u202f%", 1: "100.0\u202f%", 0: "0.0\u202f%"}),
        ("whole(results.x)", {36: "36", 9999: "9999", 10800: "10\u202f800", 1234567: "1\u202f234\u202f567"}),
        ("plain(results.x)", {0.003: "0.003", 64: "64", True: "yes"}),
        ('versus(results.x, 1, "more", "less", "same", within: 1 / 100)', {2: "more", 0: "less", 1.005: "same"}),
        ('count(results.x, "page")', {1: "one page", 2: "two pages", 20: "20 pages"}),
    ],
)
def test_numbers_are_shown_as_they_should_be(document, expression, shown):
    """Checked by Typst itself: an assertion that fails would stop the compilation."""
    for value, text in shown.items():
        document(f"#assert.eq({expression}, {json.dumps(text, ensure_ascii=False)})", x=value)


# The sources


@pytest.mark.parametrize("source", TYPST, ids=lambda path: path.name)
def test_no_result_is_typed_in_the_sources(source):
    text = re.sub(r"//.*|#import.*", "", source.read_text())
    text = re.sub(r"[qQ]\d+(\\?\.\d+)*", "", text)  # questions
    text = re.sub(r"rgb\(.*?\)|u{\w+}", "", text)  # colours, characters
    text = re.sub(r"\d+(\.\d+)?(em|pt|mm|fr)\b|\b100%|width: \d+%|header-ascent: \d+%", "", text)  # layout
    looks_like_a_result = r"\d+\.\d+|\d+\s*%|\d+\s*dB|\b\d{3,}\b"
    allowed = {"100", "1024", "128", "2021", "5421", "196", "200", "0.9"}  # per cent, formats of numbers, the course
    found = [match for match in re.findall(looks_like_a_result, text) if match not in allowed]
    assert not found


@pytest.mark.parametrize("source", TYPST, ids=lambda path: path.name)
def test_no_branch_is_cut_off_from_its_condition(source):
    """In text, an `else` on a new line or a `;` after an expression is not what it looks like: Typst prints it."""
    text = source.read_text()
    assert not re.search(r"^\s*else\b", text, re.MULTILINE)
    if source.name not in ("style.typ", "data.typ"):
        assert not re.search(r"[\])];", text)


def test_nothing_is_fetched_and_no_file_outside_is_read():
    text = "".join(source.read_text() for source in SOURCES)
    assert "@preview" not in text and "@local" not in text and "../" not in text


# What the stages declare


@pytest.fixture(scope="module")
def declared():
    """Every captioned artifact of the project: its kind by id."""
    from lib.graph.step import load_stages
    from stages import STAGES

    return {id: made.kind.name for id, (made, _) in load_stages(STAGES).artifacts.items() if made.caption}


@pytest.mark.parametrize("source", TYPST, ids=lambda path: path.name)
def test_every_id_in_the_sources_is_that_of_an_artifact(source, declared):
    kinds = {"fig": "figure", "figs": "figure", "value": "json"}
    part = r'(?:"[^"]+"|[\w-]+)'
    for function, id in re.findall(rf'\b(figs?|value)\(("[^"]+"(?: \+ {part})*)', source.read_text()):
        # A part that is not in quotes stands for any page or network.
        pattern = "".join(re.escape(part[1:-1]) if part[0] == '"' else r"[\w.]+" for part in id.split(" + "))
        assert any(kind == kinds[function] and re.fullmatch(pattern, name) for name, kind in declared.items()), id


def test_every_excerpt_of_the_writeup_exists(declared):
    from stages.writeup import SHOWN, cut

    shown = cut()
    assert shown.keys() == SHOWN.keys()
    assert all(source.strip() for parts in shown.values() for part in parts for source in part["sources"])


# Bytes


def test_the_same_folder_elsewhere_gives_the_same_bytes(document):
    text = "= Title\n$ sigma(x) = 1 / (1 + e^(-x)) $ `code` #percent(results.x)"
    first, second = document(text, x=0.5), document(text, x=0.5)
    assert first == second
    assert b"CreationDate" not in first


def large_pdf(path):
    path.write_bytes(b"/MediaBox [ 0 0 360 200 ]" + bytes(LARGEST_VECTOR))
    return path


def test_a_vector_picture_is_taken_as_it_is_unless_it_is_large(tmp_path, curves):
    figures = {"Q1/a": curves, "Q1/b": {**curves, ".pdf": large_pdf(tmp_path / "b.pdf")}}
    lay_out(tmp_path, [], figures, {}, dict.fromkeys(figures, ""))
    assert (tmp_path / "artifacts/Q1/a").read_bytes() == curves[".pdf"].read_bytes()
    assert (tmp_path / "artifacts/Q1/b").read_bytes() == curves[".png"].read_bytes()


def test_pixels_beyond_what_a_page_shows_are_left_out_and_a_photograph_becomes_a_jpeg(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (600, 600, 3), dtype=np.uint8)
    Image.new("RGB", (3000, 1500), "white").save(tmp_path / "wide.png")
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    pdf = large_pdf(tmp_path / "large.pdf")
    figures = {name: {".png": tmp_path / f"{name}.png", ".pdf": pdf} for name in ("wide", "photo")}
    lay_out(tmp_path, [], figures, {}, dict.fromkeys(figures, ""))
    with Image.open(tmp_path / "artifacts/wide") as wide, Image.open(tmp_path / "artifacts/photo") as photo:
        assert (wide.format, wide.size) == ("PNG", (1400, 700))
        assert (photo.format, photo.size) == ("JPEG", (600, 600))
