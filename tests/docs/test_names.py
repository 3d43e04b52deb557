"""What the documents name is there: files, artifacts, settings, commands, links."""

import re
import tomllib
from pathlib import Path

import pytest

from lib.commands.names import expand
from lib.commands.pull import find
from lib.graph.step import GRAPH, load_stages
from stages import STAGES
from stages.settings import SETTINGS

PROJECT = Path(__file__).parents[2]
EXAMPLES = ("Q3.1.4/means", "Q3.1.4/ink", "Q3.2/by_class", "Q3.2/darkest", "lib/steps/ink.py", "stages/ink.py")
NAMES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md")
TEXTS = {name: (PROJECT / name).read_text(encoding="utf-8") for name in NAMES}
load_stages(STAGES)


def quoted(text):
    """What stands in backticks or in an indented block, word by word."""
    blocks = re.findall(r"^ {4}(\S.*?)(?: {2,}#.*)?$", text, re.M)
    return [word.strip(",;()") for part in [*re.findall(r"`([^`\n]+)`", text), *blocks] for word in part.split()]


@pytest.mark.parametrize("name", TEXTS)
def test_files_and_links_are_there(name):
    rooms = r"(lib|stages|tests|docs|writeup|images|benchmarks)/\w"
    words = [word for word in quoted(TEXTS[name]) if re.match(rooms, word)]
    words += re.findall(r"\]\(([^)#:]+)\)", TEXTS[name])
    places = [PROJECT, (PROJECT / name).parent]
    known = [word for word in words if word not in EXAMPLES and not re.search(r"[A-Z]{4}|[*<]|lib/build", word)]
    assert known and [word for word in known if not any((place / word).exists() for place in places)] == []


@pytest.mark.parametrize("name", TEXTS)
def test_modules_and_functions_are_there(name):
    entries = [word for word in quoted(TEXTS[name]) if re.fullmatch(r"lib(\.\w+)+(:\w+)?", word)]
    missing = []
    for entry in entries:
        module, _, function = entry.partition(":")
        file = PROJECT / f"{module.replace('.', '/')}"
        source = file.with_suffix(".py") if file.with_suffix(".py").exists() else file / "__init__.py"
        if not source.exists() or (function and f"def {function}(" not in source.read_text(encoding="utf-8")):
            missing.append(entry)
    assert missing == []


@pytest.mark.parametrize("name", ["README.md", "docs/architecture.md"])
def test_ids_mean_something(name):
    ids = [word for word in quoted(TEXTS[name]) if re.fullmatch(r"(Q\d[\d.]*|fits|data)/\w[\w.*]*", word)]
    assert ids
    for id in set(ids) - set(EXAMPLES):
        assert find(id, GRAPH) or expand([id], GRAPH)


def test_commands_of_the_readme_are_there():
    commands = set(tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["doit"]["plugins"]["command"])
    first = set(re.findall(r"\./doitw ([a-z]+)(?=[ `\n])", TEXTS["README.md"])) - {"test"}
    assert first and first <= commands


def test_settings_of_the_documents_are_there():
    found = re.findall(r"\b([a-z_]+)\.([a-z_]+)=", "".join(TEXTS.values()))
    assert ("training", "learning_rate") in found
    for table, key in found:
        assert key in getattr(SETTINGS, table).__struct_fields__
