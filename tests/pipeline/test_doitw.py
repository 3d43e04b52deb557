"""The wrapper: what it installs, when, with what, and what it says before; with an installer that only takes notes."""

import os
import re
import shutil
import subprocess
import tomllib

import pytest

from tests.pipeline.conftest import PROJECT

PYTHON = """#!/bin/sh
case "$*" in
    --version) echo Python 3.12.0 ;;
    "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    "-m pip "*) echo "pip: $*" >>"$NOTES"; echo progress; exit "${FAILS-0}" ;;
    -c*) ;;
    *) echo "runs: $*" ;;
esac
"""
UV = """#!/bin/sh
echo "uv: $*" >>"$NOTES"
for last; do :; done
case $1 in venv) mkdir -p "$last/bin" && cp "$STUB" "$last/bin/python" ;; esac
"""


class Wrapper:
    """A folder with doitw in it, and stubs for Python and uv."""

    def __init__(self, folder):
        self.home, self.notes, self.bin = folder / "a project", folder / "notes", folder / "bin"
        for made in (self.home, self.bin):
            made.mkdir()
        for name in ("doitw", "requirements.lock", "requirements-test.lock"):
            shutil.copy(PROJECT / name, self.home / name)
        self.python = folder / "python"
        self.python.write_text(PYTHON)
        self.python.chmod(0o755)

    def add_uv(self):
        (self.bin / "uv").write_text(UV)
        (self.bin / "uv").chmod(0o755)

    def run(self, *words, code=0, **environment):
        """Standard output, standard error, and what was installed."""
        self.notes.write_text("")
        known = {"PATH": f"{self.bin}:/usr/bin:/bin", "PYTHON": str(self.python), "STUB": str(self.python)}
        run = subprocess.run(
            [self.home / "doitw", *words], capture_output=True, text=True, cwd="/",
            env={**known, "NOTES": str(self.notes), "HOME": os.environ.get("HOME", "/"), **environment},
        )  # fmt: skip
        assert run.returncode == code, run.stderr
        return run.stdout, run.stderr, self.notes.read_text().splitlines()


@pytest.fixture
def wrapper(tmp_path):
    return Wrapper(tmp_path)


def test_the_first_time_says_sizes_and_shows_the_installers_progress(wrapper):
    output, said, (installed,) = wrapper.run("list", "-s")
    assert output == "runs: -m lib.start list -s\n"  # nothing else: it may be piped
    assert "making .venv with Python 3.12.0 and pip, once: 3.1 GB to download, 6 GB on disk; TORCH=cpu" in said
    assert "progress" in said and "--quiet" not in installed and installed.endswith("a project/requirements.lock")
    assert wrapper.run("list") == ("runs: -m lib.start list\n", "", [])


def test_what_only_tests_need_is_installed_for_them_once(wrapper):
    wrapper.run()
    assert wrapper.run("test", "-h") == ("runs: -m lib.start test -h\n", "", [])
    output, said, (installed,) = wrapper.run("test", "tests/nn")
    assert output == "runs: -m pytest tests/nn\n" and installed.endswith("requirements-test.lock")
    assert "adding what only tests need to .venv, once: " in said
    assert wrapper.run("test")[2] == []
    lock = wrapper.home / "requirements.lock"
    lock.write_text(lock.read_text() + "# another\n")
    assert len(wrapper.run("test")[2]) == 2  # both anew


def test_pytorch_without_cuda_where_it_is_asked_for(wrapper):
    _, said, (pytorch, installed) = wrapper.run(TORCH="cpu")
    assert "saves 2.4 GB of download and 4.2 GB on disk" in said and "whl" not in installed
    assert re.search(
        r"--index-url https://download.pytorch.org/whl/cpu torch==[\d.]+\+cpu torchvision==[\d.]+\+cpu$", pytorch
    )
    site = wrapper.home / ".venv/lib/python3.12/site-packages/torch-9.9.9+cpu.dist-info"
    site.mkdir(parents=True)
    (wrapper.home / "requirements.lock").write_text("torch==9.9.10\n")
    assert "whl/cpu torch==9.9.10+cpu" in wrapper.run()[2][0]  # a new lock does not change the choice
    (wrapper.home / "requirements.lock").write_text("torch==9.9.11\n")
    said = wrapper.run(TORCH="cpu", FAILS="1", code=1)[1]
    assert "could not be installed (TORCH=cpu needs download.pytorch.org); the next" in said
    assert "TORCH=rocm: there is TORCH=cpu" in Wrapper.run(wrapper_of(wrapper, "other"), TORCH="rocm", code=1)[1]


def wrapper_of(wrapper, name):
    folder = wrapper.home.parent / name
    folder.mkdir()
    return Wrapper(folder)


def test_uv_installs_where_there_is_one(wrapper):
    wrapper.add_uv()
    _, said, (made, installed) = wrapper.run(TORCH="cpu")
    assert "and uv, once" in said and made.startswith("uv: venv ") and "--seed" in made
    assert installed.startswith("uv: pip install --torch-backend cpu -r ")


def test_an_interrupted_or_failed_try_is_made_again(wrapper):
    _, said, _ = wrapper.run(FAILS="1", code=1)
    assert "doitw: the packages of requirements.lock could not be installed; the next ./doitw tries again" in said
    assert len(wrapper.run()[2]) == 1 and wrapper.run()[2] == []


def test_an_old_python_is_refused(wrapper):
    wrapper.python.write_text("#!/bin/sh\ncase $1 in --version) echo Python 3.9.1 ;; *) exit 1 ;; esac\n")
    assert "needs Python 3.11 or newer, found: Python 3.9.1" in wrapper.run(code=1)[1]


def test_the_locks_have_what_pyproject_asks_for():

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]

    def names(lines):
        return {
            re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", line)[0]).lower() for line in lines if line[:1] not in "#\n"
        }

    run, test = (
        names((PROJECT / name).read_text().splitlines(keepends=True))
        for name in ("requirements.lock", "requirements-test.lock")
    )
    assert names(project["dependencies"]) <= run and not run & test
    extras = project["optional-dependencies"]
    assert all(names(extras[extra]) <= run | test for extra in ("test", "s3", "cluster"))
    assert not {"pytest", "mypy", "ruff", "moto", "playwright"} & run
