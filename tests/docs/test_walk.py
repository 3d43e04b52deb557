"""From a figure in the PDF, which prints its id, to its declaration, function and test: by searching for the id."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from lib.graph.step import GRAPH, load_stages
from stages import STAGES

PROJECT = Path(__file__).parents[2]
TESTS = "".join(file.read_text(encoding="utf-8") for file in sorted(PROJECT.glob("tests/**/test_*.py")))
load_stages(STAGES)

FAMILIES = defaultdict(list)  # figures that one line declares, with their functions
for id, (artifact, step) in GRAPH.artifacts.items():
    if artifact.kind.name == "figure":
        FAMILIES[step.location].append((id, step.function))


def names_one_of(text, ids):
    """Whether a text names one of the ids, or what a family of them begins with, as ``Q4.3/boxes``."""
    named = re.findall(r"\b(?:Q\d[\d.]*|data)/\w+", text)
    return any(id == name or id.startswith(f"{name}_") for id in ids for name in named)


@pytest.mark.parametrize("location", FAMILIES)
def test_the_function_and_a_test_name_the_figure(location):
    ids, functions = zip(*FAMILIES[location], strict=True)
    module, name = functions[0].split(":")
    source = (PROJECT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
    docstring = re.search(rf'^def {name}\(.*?"""(.*?)"""', source, re.M | re.S)[1]
    assert names_one_of(docstring, ids), f"the docstring of {functions[0]} does not name {ids[0]}"
    assert names_one_of(TESTS.replace(Path(__file__).read_text(), ""), ids), f"no test names {ids[0]}"


def test_the_stage_names_its_figures():
    for location, figures in FAMILIES.items():
        stage = (PROJECT / location.partition(":")[0]).read_text(encoding="utf-8")
        assert all(re.split(r"_0\d_", id.partition("/")[2])[0] in stage for id, _ in figures)
