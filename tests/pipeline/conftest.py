"""Graphs that doit builds in processes of their own: a toy stage with the kernel, and the project's own."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

collect_ignore = ["toy"]

PROJECT = Path(__file__).parents[2]
TOY = Path(__file__).parent / "toy"


class Toy:
    """A project folder to build in, edit, damage and build again."""

    def __init__(self, folder):
        self.folder = folder
        for room in ("graph", "commands"):
            shutil.copytree(PROJECT / "lib" / room, folder / "lib" / room, ignore=shutil.ignore_patterns("__pyc*"))
        for module in ("captions", "numbers", "start"):
            shutil.copy(PROJECT / "lib" / f"{module}.py", folder / "lib" / f"{module}.py")
        (folder / "stages").mkdir()
        (folder / "lib" / "__init__.py").touch()
        (folder / "stages" / "__init__.py").write_text('STAGES = ("toy",)\nLONGEST = ()\n')
        for source, target in (("stage", "stages/toy"), ("settings", "stages/settings"), ("functions", "lib/toy")):
            shutil.copy(TOY / f"{source}.py", folder / f"{target}.py")
        shutil.copy(TOY / "scaling.py", folder / "lib" / "scaling.py")
        shutil.copy(PROJECT / "dodo.py", folder / "dodo.py")
        pyproject = (PROJECT / "pyproject.toml").read_text()
        (folder / "pyproject.toml").write_text(re.search(r"\[tool\.doit\].*?(?=\n\[tool\.ruff)", pyproject, re.S)[0])

    def start(self, *words, before=None, module="doit"):
        """doit in a process group of its own; `before` is called in it before it begins."""
        return subprocess.Popen(
            [sys.executable, "-m", module, *words],
            preexec_fn=before,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="backslashreplace",
            env={**os.environ, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1", "DOITW_FROM": ""},
            start_new_session=True,
        )

    def doit(self, *words, code=0, **how):
        """What doit prints; it must end with `code`."""
        process = self.start(*words, **how)
        try:
            output, _ = process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            self.kill(process)
            raise
        assert process.returncode == code, output
        return output

    def ran(self, *words, code=0):
        """Names of the tasks that a build did, with how: ``{"fit:1": "built"}``."""
        output = self.doit(*words, code=code)
        return {name: how for how, name in re.findall(r"^ *(built|restored|failed) [\d. s]*  (\S+)$", output, re.M)}

    def kill(self, process):
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    def edit(self, path, old, new):
        file = self.folder / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    def bytes(self, artifacts="artifacts", data="data"):
        """Digest of each output by name."""
        return {
            str(file.relative_to(self.folder / root)): hashlib.sha256(file.read_bytes()).hexdigest()
            for root in (artifacts, data)
            for file in sorted((self.folder / root).rglob("*"))
            if file.is_file() and not file.name.startswith(".") and ".staging" not in file.parts
        }


@pytest.fixture
def toy(tmp_path):
    return Toy(tmp_path)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A toy that has been built once; tests that use it leave it built."""
    toy = Toy(tmp_path_factory.mktemp("built"))
    toy.doit()
    return toy


class Build:
    """The graph of a project, with settings so small that it is quick, in stores of its own."""

    def __init__(self, folder, project=PROJECT, cache=None):
        self.project, self.cache = project, cache or folder / "cache"
        self.artifacts = folder / "artifacts" / "embedded"
        self.words = [f"artifacts={folder / 'artifacts'}", f"data={folder / 'data'}", f"cache={self.cache}"]
        self.words += [f"settings={PROJECT / 'tests' / 'small.toml'}"]

    def of(self, project):
        """The graph of a copy of the project, which restores from this one's store."""
        return Build(project / "built", project, self.cache)

    def doit(self, *words, python=(), module="doit"):
        command = [sys.executable, *python, "-m", module, *words, *self.words]
        environment = {**os.environ, "PYTHONPATH": str(self.project)}
        return subprocess.run(command, cwd=self.project, env=environment, capture_output=True, text=True, timeout=280)


@pytest.fixture(scope="session")
def build(tmp_path_factory):
    """The project's own graph, built; tests that use it leave it built.

    Of several processes that run tests one builds it, the others take it from the store that they share.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    build = Build(tmp_path_factory.mktemp("whole"), cache=shared / "store")
    with FileLock(shared / "store.lock"):
        run = build.doit()
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    build.output = run.stdout
    return build
