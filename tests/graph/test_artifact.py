"""Ids, and the files and words that belong to them."""

import pytest

from lib.graph.artifact import FIGURE, FOLDER, JSON, NPZ, Artifact, artifacts_in, replaced
from lib.graph.numbers import Number


@pytest.mark.parametrize("id", ["/Q1/a", "Q1//a", "../a", "Q1/./a", "Q1/", ""])
def test_an_id_is_a_path_below_a_folder(id):
    with pytest.raises(ValueError, match="cannot be an artifact's id"):
        Artifact(id, JSON)


@pytest.mark.parametrize("id, kind, names", [
    ("Q3.1.1/curves", FIGURE, ("Q3.1.1/curves.png", "Q3.1.1/curves.pdf")),
    ("Q3.1.1/curves", JSON, ("Q3.1.1/curves.json",)),
    ("Q3.1.1/curves.json", JSON, ("Q3.1.1/curves.json",)),
    ("raw/words", FOLDER, ("raw/words",)),
])  # fmt: skip
def test_endings_come_with_the_kind(id, kind, names):
    assert Artifact(id, kind).names == names


@pytest.mark.parametrize(
    "root, folder", [("artifacts", "artifacts/embedded/"), ("data", "data/embedded/"), ("project", "")]
)
def test_files_lie_below_the_folder_of_the_root_and_source(root, folder):
    assert Artifact("a/b", JSON, root=root).files == (f"{folder}a/b.json",)


@pytest.mark.parametrize("id, question", [
    ("Q3.1.3/weights", "Q3.1.3"), ("Q3/x", "Q3"), ("Q3.1.3/deep/x", "Q3.1.3"), ("Q10.2/x", "Q10.2"),
    ("data/nist36", "data"), ("Quiz/x", "Quiz"), ("Q3a/x", "Q3a"), ("data/raw/x", "data"), ("versions", ""),
])  # fmt: skip
def test_the_question_is_in_the_folder(id, question):
    assert Artifact(id, JSON).question == question


def test_a_title_is_the_first_clause_of_the_caption():
    assert Artifact("a", JSON, "Weights of the network: hidden, then output.").title == "Weights of the network"
    assert Artifact("a", JSON).title == ""


def test_a_template_gets_the_values_of_a_point():
    number = Number("q3.{rate:g}.loss", "Loss at {rate:g}", "nats", 2)
    template = Artifact("fits/{rate:g}_{seed}", NPZ, "Seed {seed} at {rate}.", "data", (number,))
    made = template.at({"rate": 0.10, "seed": 3})
    assert (made.id, made.caption, made.kind, made.root) == ("fits/0.1_3", "Seed 3 at 0.1.", NPZ, "data")
    assert made.numbers == (Number("q3.0.1.loss", "Loss at 0.1", "nats", 2),)


def test_artifacts_are_found_and_replaced_in_lists_and_dicts():
    a, b, c = (Artifact(id, JSON) for id in "abc")
    value = {"x": [a, {"y": (b, 3)}], "z": c, "w": "text"}
    assert list(artifacts_in(value)) == [a, b, c]
    assert replaced(value, lambda artifact: artifact.id) == {"x": ["a", {"y": ["b", 3]}], "z": "c", "w": "text"}
