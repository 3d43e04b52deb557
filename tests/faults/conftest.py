"""A toy that is built already, to be harmed."""

import shutil

import pytest

from tests.pipeline.conftest import Toy, built  # noqa: F401 - a fixture


@pytest.fixture
def toy(built, tmp_path):  # noqa: F811
    """A copy of the built toy; what it makes is known by ``toy.clean``."""
    made = Toy(tmp_path / "toy")
    for name in ("artifacts", "data", ".cache"):
        shutil.copytree(built.folder / name, made.folder / name)
    for log in made.folder.glob("*/embedded/.written"):  # what the other toy wrote is this one's
        log.write_text(log.read_text().replace(str(built.folder), str(made.folder)))
    made.clean = made.bytes()
    return made
