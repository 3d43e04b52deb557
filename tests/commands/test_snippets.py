"""Each form of a snippet is compiled or parsed, whatever stands in captions, keys and folders."""

import json
import os
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from doit.exceptions import InvalidCommand
from PIL import Image

from lib.commands.pull import Target, put
from lib.commands.snippets import write_snippet
from lib.graph.artifact import FIGURE, NUMBERS, TEXT, Artifact
from lib.graph.numbers import Number

HOSTILE = [
    "50 % of #1 & $x$ cost_per ^2 ~ {a} [b] (c) <d> `e` \\f |g| \"h\" 'i' *j* @k !l",
    "See https://example.com/a?b=c#d // not a comment /* nor this */",
    "A\n\nblank line, a\ttab and a zero\x00byte",
    "1. not a list, = no heading, - no item, + nor this",
    "Naïve café, Ångström, Łódź, straße – “quoted” … 3 × 10, ≤ 5°",
    "&copy; &#35; \\end{figure} \\input{x} #panic() <script>alert(1)</script> ![x](y) ]( --> <!--",
]
FOLDERS = ["plain", "with space", "50% #1?", "日本", 'quo"te', "a:b&c<d>", "back\\slash"]


def plain(text):
    """As it is meant to be read."""
    return " ".join(text.replace("\x00", "").split())


def pull(graph, caption, folder, form):
    """Snippet of a figure, numbers and a text, which are copied into a folder below the document's."""
    figure = Artifact("Q3.1/picture", FIGURE, caption)
    table = Artifact("Q3.1/numbers", NUMBERS, numbers=(Number("q3.a_b", caption, "%"),))
    text = Artifact("Q3.1/text.txt", TEXT, caption)
    for file in (*figure.files, *table.files, *text.files):
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    for file in figure.files:
        Image.new("L", (4, 4)).save(file)
    Path(table.files[0]).write_text(json.dumps({"q3.a_b": 0.5, "q3.small": 2.4e-7, 'q3.odd"%\\#': -1.5}))
    Path(text.files[0]).write_text("TEXT 5% #1 \\end{verbatim} </pre> ```\n")
    artifacts = [figure, table, text]
    snippet = write_snippet(artifacts, folder, form)
    put(artifacts, snippet, Target(Path(folder)), form)
    return snippet.text


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="there is no pdflatex")
@pytest.mark.parametrize("caption", HOSTILE)
def test_latex_compiles(graph, caption):
    snippet = pull(graph, caption, "with space", "latex")
    preamble, _, body = snippet.partition("\n\n")
    Path("paper.tex").write_text(
        "\\documentclass{article}\\usepackage{graphicx,verbatim}\\newcommand{\\Share}{a paper's own}\n"
        f"{preamble}\n\\begin{{document}}\n{body}\n\\inkQThreeAB{{}}, \\inkQThreeSmall{{}}, \\inkQThreeSmallRaw{{}}\n"
        "\\end{document}\n"
    )
    run = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"], capture_output=True, text=True,
        errors="replace", env={**os.environ, "max_print_line": "1000"},
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-1500:]
    assert "Missing character" not in run.stdout


@pytest.mark.parametrize("caption, folder, message", [
    ("日本", "plain", "LaTeX cannot set 日 本"),
    ("Ящик", "plain", "LaTeX cannot set"),
    ("ę", "plain", "LaTeX cannot set ę"),  # needs an encoding that a document may not have
    *(("fine", folder, "LaTeX cannot include files from") for folder in FOLDERS if set(folder) & set('%#"\\&')),
])  # fmt: skip
def test_what_latex_cannot_show_is_refused_before_anything_is_copied(graph, caption, folder, message):
    with pytest.raises(InvalidCommand, match=message):
        pull(graph, caption, folder, "latex")
    assert not Path(folder).exists()


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if "\\" not in folder])  # to Typst a separator
@pytest.mark.parametrize("caption", [*HOSTILE, "日本, Ящик"])
def test_typst_compiles(graph, caption, folder):
    import typst

    snippet = pull(graph, caption, folder, "typst")
    Path("paper.typ").write_text(f'{snippet}\n#numbers.at("q3.a_b").text, #numbers.at("q3.small").raw, @Q3-1-picture')
    (figure,) = json.loads(typst.query("paper.typ", "figure"))
    assert figure["caption"]["body"]["text"] == plain(caption)
    assert typst.compile("paper.typ", format="pdf").startswith(b"%PDF")


class Parsed(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data

    def find(self, wanted):
        return [attributes for tag, attributes in self.tags if tag == wanted]


def test_a_folder_is_never_a_host():
    assert 'src="/host/a.png"' in write_snippet([Artifact("a", FIGURE, "A.")], "//host", "html").text


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("caption", [*HOSTILE, "日本, Ящик"])
def test_html_is_parsed_as_meant(graph, caption, folder):
    page = Parsed(pull(graph, caption, folder, "html"))
    assert {tag for tag, _ in page.tags} == {"figure", "img", "figcaption", "table", "tr", "th", "td", "data", "pre"}
    (image,) = page.find("img")
    assert image["alt"] == plain(caption) and plain(caption) in page.text and "</pre>" in page.text
    assert unquote(image["src"]) == f"{folder}/Q3-1-picture.png" and not set(image["src"]) & set('?#"<\\: ')
    assert Path(unquote(image["src"])).exists()


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("caption", [*HOSTILE, "日本, Ящик"])
def test_markdown_is_parsed_as_meant(graph, caption, folder):
    from markdown_it import MarkdownIt

    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(pull(graph, caption, folder, "markdown"))
    page = Parsed(html)
    assert {tag for tag, _ in page.tags} == {"p", "img", "table", "thead", "tr", "th", "tbody", "td", "pre", "code"}
    (image,) = page.find("img")
    assert image["alt"] == plain(caption) and len(page.find("td")) == 12
    assert Path(unquote(image["src"])).exists() and "</pre>" in page.text
