"""The data stages: what each source declares, and which pages it finds."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
DECLARE = """
import json, sys
from doit import doit_cmd
doit_cmd._CMDLINE_VARS = json.loads(sys.argv[1])
from lib.graph.step import GRAPH
from stages import data
files = lambda sweep: {page: artifact.files[0] for page, artifact in sweep.items()}
print(json.dumps({
    "steps": {step.function + " " + next(iter(step.outputs.values())).id: step.settings for step in GRAPH.steps},
    "files": [file for step in GRAPH.steps for artifact in step.outputs.values() for file in artifact.files],
    "pages": data.PAGES, "photos": files(data.PHOTOS), "texts": files(data.TEXTS),
    "view_sizes": data.VIEW_SIZES, "pretrained": [data.PRETRAINED.kind.name, data.PRETRAINED.files[0]],
}))
"""


@pytest.fixture
def declare(tmp_path):
    """A function that declares the data stage as in a project with the files of `tmp_path`."""

    def declared(error=None, **words):
        words = {"artifacts": "artifacts", "data": "data"} | words
        run = subprocess.run(
            [sys.executable, "-c", DECLARE, json.dumps(words)],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(PROJECT), "DOITW_FROM": str(PROJECT)},
            capture_output=True,
            text=True,
        )
        if error:
            assert run.returncode and error in run.stderr.splitlines()[-1]
            return None
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout)

    return declared


def put(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")


def test_both_sources_make_the_same_datasets_in_the_same_files(declare):
    made = {
        source: {path.split(source, 1)[1] for path in declare(source=source)["files"] if f"{source}/data/" in path}
        for source in ("embedded", "course")
    }
    assert made["embedded"] == made["course"]
    names = ("nist36.npz", "mnist.npz", "emnist.npz", "flowers", "nist36.json", "report.json", "flowers_samples.pdf")
    assert {f"/data/{name}" for name in names} < made["course"]


@pytest.mark.parametrize(
    ("source", "sizes", "pretrained"),
    [
        ("embedded", [128, 96], "artifacts/embedded/fits/pretext_squeezenet.safetensors"),
        ("course", [320, 224], "data/course/squeezenet1_1-b8a52dc0.pth"),
    ],
)
def test_each_source_has_its_weights_as_bytes_and_its_view_sizes(declare, source, sizes, pretrained):
    found = declare(source=source)
    assert found["view_sizes"] == sizes
    assert found["pretrained"] == ["raw", pretrained]


def test_settings_reach_the_steps_that_use_them(declare):
    found = declare(**{"data.valid_fraction": "0.3", "data.mnist_train": "7", "data.seed": "5"})["steps"]
    assert found["lib.steps.data:read_mnist data/mnist"] == {"seed": 5, "valid_fraction": 0.3}
    assert found["lib.steps.data:draw_mnist MNIST"] == {"seed": 5, "mnist_train": 7, "mnist_test": 100}


def downloads(found):
    return {s["download"]["name"]: s["download"] for s in found["steps"].values() if "download" in s}


def test_every_download_has_official_urls_and_a_record_of_its_origin(declare):
    found = declare(source="course", mirror="elsewhere")
    files = downloads(found)
    assert len(files) == 10
    for name, file in files.items():
        assert file["urls"] and all(url.startswith("http") for url in file["urls"]), name
        assert {f"data/course/{name}", f"data/course/origins/{name}.json"} <= set(found["files"])
    assert files["data.zip"]["urls"][0].endswith("ebklocte1t2wl4dja61dg1ct285l65md.zip")  # not as printed
    assert downloads(declare(source="embedded")) == {}


def test_checksums_are_those_of_torchvision(declare):
    from torchvision.datasets import EMNIST, MNIST, Flowers102

    files = downloads(declare(source="course", **{"flowers.dataset": "flowers102"}))
    expected = {f"mnist/{name}": md5 for name, md5 in MNIST.resources} | {"emnist/gzip.zip": EMNIST.md5}
    expected |= dict(Flowers102._file_dict.values())
    assert {name: files[name]["checksum"] for name in expected} == {k: f"md5:{md5}" for k, md5 in expected.items()}


def test_drawn_flowers_are_of_17_species_only(declare):
    declare(
        error="flowers.dataset=flowers102: source=embedded draws flowers17 only", **{"flowers.dataset": "flowers102"}
    )


def test_embedded_pages_are_the_images_of_the_project_with_their_texts(declare, tmp_path):
    assert declare()["pages"] == []
    put(tmp_path, "images/b.jpg", "images/b.txt", "images/a.PNG", "images/notes.txt")
    found = declare()
    assert found["pages"] == ["a", "b"]
    assert found["photos"] == {"a": "images/a.PNG", "b": "images/b.jpg"}
    assert found["texts"] == {"b": "images/b.txt"}
    put(tmp_path, "images/b.png")
    declare(error="images/b.jpg and images/b.png would both be the page b")


def test_course_pages_are_the_assignments_four_and_what_was_put_beside_them(declare, tmp_path):
    put(tmp_path, "images/01_list.txt", "images/02_letters.txt", "images/other.jpg")
    before = declare(source="course")  # before any download
    assert before["pages"] == ["01_list", "02_letters", "03_haiku", "04_deep"]
    folder = "data/course/images"
    put(tmp_path / folder, "01_list.jpg", "mine.png", "mine.txt", "02_letters.txt")
    found = declare(source="course")
    assert found["pages"] == [*before["pages"], "mine"]
    assert found["photos"] == {page: f"{folder}/{page}.jpg" for page in before["pages"]} | {
        "mine": f"{folder}/mine.png"
    }
    assert found["texts"] == {
        "01_list": "images/01_list.txt",
        "02_letters": f"{folder}/02_letters.txt",
        "mine": f"{folder}/mine.txt",
    }
    put(tmp_path / folder, "01_list.png")
    declare(error="data/course/images/01_list.png would both be the page 01_list", source="course")
