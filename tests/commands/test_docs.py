"""Pages of the library."""

import io
import subprocess
from types import SimpleNamespace

import pytest
from doit.exceptions import InvalidCommand

from lib.commands import docs


def command():
    """The command, with somewhere to write to."""
    made = docs.Docs(task_loader=SimpleNamespace(cmd_options=()))
    made.outstream = io.StringIO()
    return made


def test_without_pdoc_a_line_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(docs, "find_spec", lambda name: None)
    with pytest.raises(InvalidCommand, match=r"pdoc.* is not installed: ./doitw docs --install"):
        command()._execute("", False, [])


@pytest.mark.parametrize("program", ["uv", "pip"])
def test_a_failed_install_is_a_line_too(monkeypatch, program):
    monkeypatch.setattr(docs, "which", lambda name: program == "uv")
    monkeypatch.setattr(subprocess, "run", lambda words, **how: SimpleNamespace(returncode=program in words[:3]))
    with pytest.raises(InvalidCommand, match=f"pdoc==.* could not be installed; {program} says why above"):
        command()._execute("", True, [])


def test_words_are_refused():
    with pytest.raises(InvalidCommand, match="docs takes --to DIR and --install; not lib.nn"):
        command()._execute("", False, ["lib.nn"])


def test_every_module_has_a_page_and_a_room_is_before_what_is_in_it():
    names = docs.modules()
    assert {"lib.nn", "lib.nn.network", "lib.vision.crops", "lib.graph.step"} <= set(names)
    assert names.index("lib.nn") < names.index("lib.nn.network")


def test_pages_have_docstrings_with_their_parameters(tmp_path, monkeypatch):
    pytest.importorskip("pdoc", reason="pdoc is not installed: ./doitw docs --install")
    monkeypatch.setattr(docs, "modules", lambda: ["lib.nn", "lib.captions"])
    made = command()
    made._execute(str(tmp_path / "api"), False, [])
    assert made.outstream.getvalue() == f"{tmp_path}/api/index.html\n"
    page = (tmp_path / "api" / "lib" / "nn.html").read_text(encoding="utf-8")
    assert 'id="softmax"' in page and "<strong>logits</strong>" in page
