"""docs/tour.ipynb runs as it stands, and finds what its text says."""

import json
from pathlib import Path

import pytest

from lib.vision.scores import accuracy
from lib.vision.text import read_transcript

PROJECT = Path(__file__).parents[2]
NOTEBOOK = json.loads((PROJECT / "docs" / "tour.ipynb").read_text(encoding="utf-8"))
CELLS = [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]


@pytest.fixture(scope="module")
def tour():
    """The names that the notebook's cells leave behind, run one after the other."""
    names = {}
    for cell in CELLS:
        # Magics are Jupyter's: they only say how figures are shown.
        source = "".join(line for line in cell["source"] if not line.startswith("%"))
        exec(compile(source, f"docs/tour.ipynb, {cell['id']}", "exec"), names)
    return names


def test_it_is_short_and_kept_without_outputs():
    assert sum(bool(line.strip()) for cell in CELLS for line in cell["source"]) <= 40
    assert not any(cell["outputs"] or cell["execution_count"] for cell in CELLS)


def test_the_gradient_is_right(tour):
    assert set(tour["errors"]) == {"W0", "b0", "W1", "b1"}
    assert max(tour["errors"].values()) < 1e-6


def test_the_network_reads_drawn_letters_and_the_page(tour):
    assert tour["test_accuracy"] > 0.7
    truth = read_transcript(PROJECT / "images" / "01_list.txt")
    assert accuracy(tour["record"]["text"], truth) > 0.9
