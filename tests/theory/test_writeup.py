"""The writeup's machinery: code by name, claims that the data must support, no typed results, the same bytes twice."""

import json
import re
from pathlib import Path

import pytest

from lib.writeup.document import compile_pdf, lay_out
from lib.writeup.excerpts import excerpt

SOURCES = sorted(Path(__file__).parents[2].glob("writeup/*.typ"))

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


def test_an_excerpt_keeps_the_layout_of_a_long_signature():
    assert excerpt(MODULE, "doubled") == "def doubled(\n    x,\n):\n    return x"


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


@pytest.mark.parametrize("name", ["missing", "Thing.halve", "LIMIT"])
def test_a_name_that_is_gone_is_an_error_that_says_so(name):
    with pytest.raises(LookupError, match=name):
        excerpt(MODULE, name)


def test_every_excerpt_of_the_writeup_exists():
    from stages.writeup import CODE, excerpts

    shown = excerpts()
    assert shown.keys() == CODE.keys()
    assert all(source.strip() for parts in shown.values() for part in parts for source in part["sources"])


# Claims and numbers


@pytest.fixture
def document(tmp_path):
    """Compiles Typst text that may use everything of style.typ and data.typ."""
    count = 0

    def compile_text(text, **numbers):
        nonlocal count
        count += 1
        root = tmp_path / str(count)
        root.mkdir()
        files = {"results": [write(tmp_path / "results.json", numbers)]}
        lay_out(root, SOURCES, files, {"about": {"source": "embedded"}, "excerpts": {}})
        head = '#import "style.typ": *\n#import "data.typ": *\n#show: layout.with(source: "generated data")\n'
        (root / "writeup" / "main.typ").write_text(head + text)
        return compile_pdf(Path("writeup/main.typ"), root)

    return compile_text


def write(path, value):
    path.write_text(json.dumps(value))
    return path


CLAIM = '#claim(results.pca > results.autoencoder, "PCA wins.")'


def test_a_claim_that_holds_is_printed(document):
    assert document(CLAIM, pca=2, autoencoder=1).startswith(b"%PDF")


def test_a_claim_that_the_data_does_not_support_stops_the_build_and_names_the_sentence(document):
    with pytest.raises(ValueError, match='no longer support this sentence of the writeup: "PCA wins."'):
        document(CLAIM, pca=1, autoencoder=2)


def test_a_missing_result_stops_the_build_and_names_it(document):
    with pytest.raises(ValueError, match="autoencoder"):
        document(CLAIM, pca=1)


def test_a_missing_file_stops_the_build_and_names_it(document):
    with pytest.raises(ValueError, match="given no picture called curves"):
        document('#picture(pic("curves"), [Curves.])')


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


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_result_is_typed_in_the_sources(source):
    text = re.sub(r"//.*|#import.*", "", source.read_text())
    text = re.sub(r"[qQ]\d+(\\?\.\d+)*", "", text)  # questions
    text = re.sub(r"rgb\(.*?\)", "", text)  # colours
    text = re.sub(r"\d+(\.\d+)?(em|pt|mm|fr)\b|\b100%|width: \d+%", "", text)  # layout
    looks_like_a_result = r"\d+\.\d+|\d+\s*%|\d+\s*dB|\b\d{3,}\b"
    allowed = {"100", "1024", "128", "2021", "5421"}  # per cent, exponents of floating-point formats, the course
    found = [match for match in re.findall(looks_like_a_result, text) if match not in allowed]
    assert not found


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_branch_is_cut_off_from_its_condition(source):
    """In text, an `else` on a new line or a `;` after an expression is not what it looks like: Typst prints it."""
    text = source.read_text()
    assert not re.search(r"^\s*else\b", text, re.MULTILINE)
    if source.name not in ("style.typ", "data.typ"):
        assert not re.search(r"#[a-z][\w.-]*\([^#\n]*\);", text)


def test_nothing_is_fetched_and_no_file_outside_is_read():
    text = "".join(source.read_text() for source in SOURCES)
    assert "@preview" not in text and "@local" not in text and "../" not in text


# Bytes


def test_the_same_folder_elsewhere_gives_the_same_bytes(document):
    text = "= Title\n$ sigma(x) = 1 / (1 + e^(-x)) $ `code` #percent(results.x)"
    first, second = document(text, x=0.5), document(text, x=0.5)
    assert first == second
    assert b"CreationDate" not in first


def test_a_picture_wider_than_a_page_needs_is_made_smaller(tmp_path):
    from PIL import Image

    root = tmp_path / "root"
    root.mkdir()
    Image.new("RGB", (3000, 1500), "white").save(tmp_path / "large.png")
    Image.new("L", (300, 150)).save(tmp_path / "small.png")
    lay_out(root, [], {"large": [tmp_path / "large.png"], "small": [tmp_path / "small.png"]}, {})
    with Image.open(root / "files" / "large.png") as picture:
        assert picture.size == (1400, 700)
    assert (root / "files" / "small.png").read_bytes() == (tmp_path / "small.png").read_bytes()
    assert json.loads((root / "index.json").read_text())["large"] == {"picture": "/files/large.png"}


def test_a_photograph_becomes_a_jpeg(tmp_path):
    import numpy as np
    from PIL import Image

    root = tmp_path / "root"
    root.mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (600, 600, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "page.png")
    lay_out(root, [], {"page": [tmp_path / "page.png"]}, {})
    assert json.loads((root / "index.json").read_text())["page"] == {"picture": "/files/page.jpg"}


# Patterns in weights


def test_noise_has_no_neighbours_and_no_border_and_a_blob_has_both():
    import numpy as np

    from lib.writeup.patterns import border_share, neighbour_correlation

    noise = np.random.default_rng(0).normal(size=(50, 32, 32))
    y, x = np.mgrid[-1:1:32j, -1:1:32j]
    blob = np.exp(-5 * (x**2 + y**2))[None]
    assert abs(neighbour_correlation(noise)) < 0.02 < 0.9 < neighbour_correlation(blob)
    assert border_share(noise, 2) == pytest.approx(1, abs=0.02)
    assert border_share(blob, 2) < 0.2
