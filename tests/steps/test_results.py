"""Where numbers come from, what the data were, how networks were trained, and what is not as asked."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from lib.models import networks
from lib.models.judge import Judge, export
from lib.steps import departures, results
from stages.settings import Settings

PROJECT = Path(__file__).parents[2]
TABLES = ("training", "judge", "compression", "pytorch", "mnist_cnn", "nist36_cnn", "emnist_cnn", "flowers")
REPORT = {
    "nist36": {"size": [32, 32], "classes": 36},
    "mnist": {"size": [28, 28], "classes": 10},
    "emnist": {"size": [28, 28], "classes": 47},
    "flowers": {"classes": 17},
}


def tables(**changes):
    given = {name: {} for name in TABLES} | {name: dict(value) for name, value in changes.items()}
    settings = msgspec.convert({**{name: {} for name in Settings.__struct_fields__}, **given}, Settings)
    return {name: msgspec.to_builtins(getattr(settings, name)) for name in TABLES}


def course(not_real="a subset", **more):
    files = {
        "data.zip": {},
        "images.zip": {"stands_in_for": "it", "content_from": "photographs", "not_real": "nothing: the same"},
        "mnist/train.gz": {"stands_in_for": "MNIST", "content_from": "MNIST", "not_real": not_real},
    }
    return {"source": "course", "files": files} | more


def test_data_are_real_or_stand_in_or_drawn_and_are_called_so():
    behind = {"Q3.1.1/curves": ["nist36"], "Q7.1.2/curves": ["mnist"], "Q7.1.2/more": ["mnist", "nist36"]}
    questions = {id: id.split("/")[0] for id in behind}
    found = results.state_provenance(course(), behind, questions)
    kinds = {name: data["kind"] for name, data in found["datasets"].items()}
    assert (kinds["nist36"], kinds["pages"], kinds["mnist"]) == ("real", "real", "stand-in")
    assert found["datasets"]["mnist"]["name"] == "the stand-in for MNIST"
    assert found["datasets"]["mnist"]["not_real"] == ["a subset"]
    assert found["questions"] == {"Q3.1.1": ["nist36"], "Q7.1.2": ["mnist", "nist36"]}
    mixed = "stand-in: MNIST; real: NIST36"
    assert found["origins"] == {"Q3": "real", "Q7": mixed, "Q3.1.1": "real", "Q7.1.2": mixed} | {
        "Q3.1.1/curves": "real",
        "Q7.1.2/curves": "stand-in",
        "Q7.1.2/more": mixed,
    }
    drawn = results.state_provenance({"source": "embedded", "files": {}}, behind, questions)["datasets"]
    assert {data["kind"] for data in drawn.values()} == {"drawn"} and drawn["emnist"]["name"] == "drawn EMNIST Balanced"


def made_up_results():
    keys = ["q5", "q5.gentle", "q5.linear", "q5.wide", "q7.1.2", "q7.1.3", "q7.1.4"]
    found = {f"{key}.parameters": 1000 for key in keys} | {"q3.best_learning_rate": 0.3}
    return found | {f"q7.2.{name}_trained_parameters": 1000 for name in ("finetune", "scratch")}


def test_every_network_has_the_same_columns_and_the_settings_that_it_was_trained_with():
    set_to = tables(training={"hidden": 7, "batch": 9}, mnist_cnn={"augment": 2.0, "channels": [1, 2, 3]})
    numbers, judge = [made_up_results()], Judge(36, channels=(3, 4, 5), hidden=6)
    found = results.tabulate_networks(set_to, REPORT, numbers, (320, 224), export(judge))
    rows = {row["id"]: row for row in found}
    assert len({tuple(sorted(row)) for row in rows.values()}) == 1
    assert rows["mlp"]["parameters"] == 1025 * 7 + 8 * 36 and rows["mlp"]["learning_rate"] == 0.3
    assert rows["torch_mlp"]["learning_rate"] == 1.0 and rows["torch_mlp"]["batch"] == 9
    assert "strength 2" in rows["mnist_cnn"]["augmentation"] and rows["mnist_unaugmented"]["augmentation"] == "none"
    assert "conv 5×5 1, conv 3×3 2, conv 3×3 3" in rows["mnist_cnn"]["layers"]
    assert rows["judge"]["parameters"] == networks.count(judge) and " – 37 softmax" in rows["judge"]["layers"]
    json.dumps([*rows.values()], allow_nan=False)


@pytest.mark.parametrize(
    ("change", "question", "here"),
    [
        ({"training": {"hidden": 7}}, "Q3.1.1", "7 hidden units"),
        ({"training": {"epochs": 2}}, "Q3.1.1", "2 epochs"),
        ({"training": {"factors": [1.0]}}, "Q3.1.2", "the rate times 1"),
        ({"compression": {"code": 8}}, "Q6.1", "8 principal components"),
        ({"compression": {"epochs": 3}}, "Q5.2", "3 epochs"),
        ({"compression": {"classes": ["A"]}}, "Q5.3.1", "1 class"),
    ],
)
def test_a_setting_other_than_the_assignments_is_a_departure(change, question, here):
    plain, changed = (departures.list_departures(tables(**more), course(), ["a", "b"]) for more in ({}, change))
    more = [row for row in changed if row not in plain]
    assert any(row["question"] == question and row["here"] == here for row in more)


def test_data_that_are_not_the_real_ones_are_a_departure():
    drawn = departures.list_departures(tables(), {"source": "embedded", "files": {}}, ["a"])
    assert {"question": "Q3", "asked": "NIST36", "here": "drawn NIST36"} in drawn
    rows = departures.list_departures(tables(), course(), ["a"])
    assert {"question": "Q7.1.2", "asked": "MNIST", "here": "the stand-in for MNIST"} in rows
    assert not [row for row in rows if row["asked"] == "NIST36"]


def test_fewer_images_than_the_real_data_have_are_a_departure():
    def rows_of(train, valid, test):
        emnist = {"images": {"train": train, "valid": valid, "test": test}}
        return departures.list_departures(tables(), course(emnist=emnist), ["a"])

    fewer = next(row for row in rows_of(16_920, 1_880, 4_700) if row["asked"].startswith("EMNIST Balanced: 112,800"))
    assert fewer["here"] == "16,920 for training, 1,880 for validation, 4,700 for the test"
    assert not [row for row in rows_of(101_520, 11_280, 18_800) if row["asked"].startswith("EMNIST")]


BEHIND = """
import json
from doit import doit_cmd
doit_cmd.reset_vars()
import stages
from lib.graph.step import load_stages
load_stages(stages.STAGES)
from stages.results import data_behind
print(json.dumps(data_behind()))
"""


def test_the_data_behind_an_artifact_are_found_through_the_graph():
    run = subprocess.run([sys.executable, "-c", BEHIND], cwd=PROJECT, capture_output=True, text=True)
    behind = json.loads(run.stdout)
    assert behind["Q3.1.4/confusion"] == behind["Q6.1/pca"] == behind["data/nist36"] == ["nist36"]
    assert behind["Q7.1.2/unaugmented"] == ["mnist"] and behind["Q1.6/depth"] == []
    assert behind["Q7.2.1/species"] == ["flowers", "squeezenet"]
    assert set(behind["Q7.1.4/ranking.json"]) == {"nist36", "emnist", "pages"}
