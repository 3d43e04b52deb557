"""What lies in images/ decides what is built: no page, odd transcripts or none, names of any language."""

import re
import shutil
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "images" / "04_deep.jpg"  # the shortest


@pytest.fixture(scope="module")
def copy(build, tmp_path_factory):
    """A copy of the project, without images, and its graph."""
    project = tmp_path_factory.mktemp("images")
    for name in ("lib", "stages", "writeup", "benchmarks", "docs"):
        shutil.copytree(PROJECT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("dodo.py", "pyproject.toml"):
        shutil.copy(PROJECT / name, project / name)
    (project / "images").mkdir()
    return build.of(project)


def test_without_pages_everything_else_is_built(copy):
    run = copy.doit()
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    assert run.stdout.rstrip().endswith("writeup.pdf")


def test_pages_without_a_usable_transcript_are_read(copy, tmp_path):
    images = copy.project / "images"
    for page, transcript in {"日本": None, "empty": "", "中国": "éßжa*! \U0001f600\nTO DO\n"}.items():
        shutil.copy(PAGE, images / f"{page}.jpg")
        if transcript is not None:
            (images / f"{page}.txt").write_text(transcript, encoding="utf-8")
    run = copy.doit()
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    assert (copy.artifacts / "Q4.4" / "日本.txt").read_text() == (copy.artifacts / "Q4.4" / "empty.txt").read_text()
    run = copy.doit("pull", "Q4", "--to", str(tmp_path), "--as", "typst")
    pictures = re.findall(r'image\("(.*?)"\)', run.stdout)
    assert len(set(pictures)) == len(pictures) == 13 and all(Path(picture).is_file() for picture in pictures)


@pytest.mark.parametrize("name", ["a=b", "a\nb", "classifiers", "test"])
def test_a_name_that_cannot_be_is_one_line(copy, name):
    image = copy.project / "images" / f"{name}.jpg"
    shutil.copy(PAGE, image)
    (image.with_suffix(".txt")).write_text("A")
    run = copy.doit("list")
    image.unlink()
    assert run.returncode == 3 and run.stderr.startswith("ERROR: ") and len(run.stderr.strip().splitlines()) == 1
    assert "rename the file" in run.stderr or "call it something else" in run.stderr
