"""The text under any settings: whatever a build measured, it compiles, and says nothing that reads as nonsense."""

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lib.writeup.document import compile_document, lay_out
from tests.writeup.made_up import Build

PROJECT = Path(__file__).parents[2]
SOURCES = sorted(PROJECT.glob("writeup/*.*"))
BUILDS = 56

NUMBERS = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[2-9]|[1-9][0-9]+"
THINGS = "time|epoch|image|letter|unit|seed|page|rate|network|pair|point|writer|word|class|box|picture|mistake|rise"
MANY = THINGS.replace("class|box", "classe|boxe")
NONSENSE = {
    "a number that is none": r"\b(NaN|nan|inf|null|auto)\b",
    "one of many": rf"(?<![\d.,\u202f–−-])\b(one|1)[ \u00a0]({MANY})s\b",
    "many of one": rf"(?<![\d.,\u202f–−-])\b({NUMBERS})[ \u00a0]({THINGS})\b(?! of\b)",
    "a space before a mark": r" [.,;:](?!\d)|\( | \)",
    "a mark twice": r"[.,;:][.,;]|\(\)|: \.|[.:] ?,",
    "a difference of nothing": r"\b(more|fewer|better|worse|higher|lower|above|below|ahead|behind|gains?|costs?) "
    r"(by )?−?0\.0*\b(?!\d)",
}


@pytest.fixture(scope="module")
def declaration():
    from lib.graph.step import load_stages
    from stages import STAGES

    return next(step for step in load_stages(STAGES).steps if step.function == "lib.steps.writeup:write")


class Text(HTMLParser):
    """The words of a page, paragraph by paragraph; code and formulas are left out."""

    def __init__(self):
        super().__init__()
        self.hidden, self.parts = [], []

    def handle_starttag(self, tag, attributes):
        if tag in ("style", "code", "math", "svg", "pre", "title"):
            self.hidden.append(tag)
            self.parts.append("x")
        elif tag in ("p", "div", "li", "td", "th", "h2", "h3", "h4", "figure", "figcaption", "br", "section"):
            self.parts.append("\n" if not re.fullmatch("h[2-4]", tag) else "\n# ")

    def handle_endtag(self, tag):
        if self.hidden and tag == self.hidden[-1]:
            self.hidden.pop()

    def handle_data(self, data):
        if not self.hidden:
            self.parts.append(data.replace("\n", " "))


def text_of(html):
    found = Text()
    found.feed(html)
    text = re.sub(r"[ \t]+", " ", "".join(found.parts))
    return re.sub(r" ?\n[ \n]*", "\n", text)


def nonsense_in(text):
    return [
        f"{what}: ...{text[max(0, found.start() - 80) : found.end() + 30]!r}"
        for what, pattern in NONSENSE.items()
        for found in re.finditer(pattern, text)
    ]


def questions_in(text):
    """What stands below the heading of each question."""
    parts = re.split(r"^# (?=Q\d)", text, flags=re.MULTILINE)[1:]
    return {part.split()[0]: part for part in parts if re.match(r"Q\d+\.\d", part)}


@pytest.fixture
def write(tmp_path):
    picture = {ending: tmp_path / f"picture{ending}" for ending in (".png", ".pdf")}
    for path in picture.values():
        Image.new("RGB", (30, 20), "white").save(path)

    def text_for(build):
        root = tmp_path / "root"
        root.mkdir()
        lay_out(
            root, SOURCES, dict.fromkeys(build.captions, picture), build.values, build.captions,
            numbers=build.numbers, about=build.about,
        )  # fmt: skip
        return text_of(compile_document(root, "html").decode())

    return text_for


@pytest.mark.parametrize("seed", range(BUILDS))
def test_whatever_was_measured_the_text_makes_sense(declaration, write, seed):
    build = Build(declaration, np.random.default_rng(seed))
    text = write(build)
    body = text.partition("# References")[0]
    assert nonsense_in(body) == []
    questions = questions_in(body)
    assert len(questions) == 37
    assert [id for id, part in questions.items() if len(re.split(r"points?[^)\n]*\)", part, maxsplit=1)[-1]) < 60] == []
    figures = {int(n) for n in re.findall(r"^Figure (\d+)\.", body, re.MULTILINE)}
    assert figures <= {int(n) for n in re.findall(r"Figure\u00a0(\d+)", body)}, "every figure is referred to"
    if build.drawn:
        assert re.findall(r".{30}(?<!drawn )\b(?:E?MNIST|NIST36)\b", body) == []


@pytest.mark.parametrize("seed", range(4))
def test_where_all_is_equal_nothing_is_better(declaration, write, seed):
    text = write(Build(declaration, np.random.default_rng(seed), mood="ties")).partition("# References")[0]
    superlatives = (
        r"\b(wins|hardest \(|moving them h|is better by|than any other|begins better|begins worse|more readable)\b"
    )
    assert re.findall(f".{{60}}{superlatives}.{{20}}", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "It has one classes.",
        "After 1 epochs it ends.",
        "The nan of it.",
        "Batches of 36 image are drawn.",
        "Changes nothing , it seems.",
        "It is right.. And",
        "PCA is better by 0.00 dB.",
        "It reads more by 0.0 points.",
    ],
)
def test_the_linter_finds_nonsense(text):
    assert nonsense_in(text)


def test_the_linter_leaves_sense_alone():
    text = "One of two seeds is right on 1 of 12 images. Of 36 images 1 is misread, by 10.5 points."
    assert nonsense_in(text) == []


def test_code_is_printed_as_it_stands_in_the_source(declaration, tmp_path, write):
    build = next(build for seed in range(20) if (build := Build(declaration, np.random.default_rng(seed))).drawn)
    line = "return datasets.NIST36_CLASSES, EMNIST"
    build.values["excerpts"]["Q4.4"] = [{"module": "lib.steps.reading", "sources": [line]}]
    write(build)
    shown = unescape(re.sub("<[^>]*>", "", compile_document(tmp_path / "root", "html").decode()))
    assert shown.count(line) == 1
