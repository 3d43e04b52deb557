"""Every screen of help, and what completes words."""

import re
import shutil
import subprocess
import sys
import tomllib

import pytest

from tests.pipeline.conftest import PROJECT, built  # noqa: F401 - a fixture

PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text())
COMMANDS = list(PYPROJECT["tool"]["doit"]["plugins"]["command"])


def start(built, *words, code=0):  # noqa: F811
    return built.doit(*words, module="lib.start", code=code)


@pytest.mark.parametrize("words", [["help"], ["-h"], ["--help"], *(["help", name] for name in COMMANDS)], ids=" ".join)
def test_help_is_a_screen(built, words):  # noqa: F811
    lines = start(built, *words).splitlines()
    assert 3 < len(lines) <= 44 and max(map(len, lines)) <= 80
    assert not re.search(r"%\(|CmdOption|dodo|DB", "\n".join(lines))


def test_own_options_come_first_with_their_defaults(built):  # noqa: F811
    text = start(built, "pull", "-h")
    assert text == start(built, "help", "pull") and start(built, "test", "-h") == start(built, "help", "test")
    options = re.findall(r"^  .*?--([\w-]+)", text, re.M)
    assert options.index("to") < options.index("list") < options.index("continue")
    assert "[pulled]" in text and "[markdown]" in text and "table.key=VALUE" in text and text.count("./doitw pull") > 2


def test_the_overview_names_every_command(built):  # noqa: F811
    text = start(built, "--help")
    assert all(re.search(rf"\b{name}\b", text) for name in [*COMMANDS, "test"])


def test_a_file_may_have_the_sign_of_a_setting_in_its_name(built):  # noqa: F811
    (built.folder / "a=b.jpg").touch()
    assert "the file is ./a=b.jpg" in start(built, "pull", "a=b.jpg", code=3)
    assert "unknown name ./a=b.jpg" in start(built, "pull", "./a=b.jpg", code=3)


def test_the_version_is_the_projects(built):  # noqa: F811
    (built.folder / "pyproject.toml").write_text(
        (built.folder / "pyproject.toml").read_text() + '\n[project]\nversion = "1.2.3"\n'
    )
    assert start(built, "--version") == "inkgraph 1.2.3\n"


@pytest.mark.parametrize("words, message", [
    (["lst"], "did you mean list"),
    (["tets"], "did you mean test"),
    (["help", "pul"], "did you mean pull"),
    (["help", "run", "list"], "help takes one command or name, not 2"),
    (["tabcompletion", "fish"], "tabcompletion takes one shell, bash or zsh"),
])  # fmt: skip
def test_what_is_no_command_suggests_the_nearest(built, words, message):  # noqa: F811
    assert message in start(built, *words, code=3)


@pytest.mark.parametrize("line, words", [
    ("doitw tabc", ["tabcompletion"]),
    ("doitw why Q2", ["Q2.1", "Q2.1/apart"]),
    ("doitw pull q1", ["q1.10.total"]),
    ("doitw toy.s", ["toy.seed="]),
    ("doitw source=c", ["source=course"]),
    ("doitw list toy.mode=", ["toy.mode=fancy", "toy.mode=plain"]),
    ("doitw toy.flag=f", ["toy.flag=false"]),
    ("doitw toy.factors=", ["toy.factors=[1,2,3]"]),
    ("doitw pull --li", ["--list"]),
    ("doitw settings=", []),
    ("doitw no.such=", []),
])  # fmt: skip
def test_words_are_completed(built, line, words):  # noqa: F811
    assert start(built, "tabcompletion", f"--line={line}").splitlines() == words


@pytest.mark.parametrize("typed, words", [
    ("doitw why Q2.1/", ["Q2.1/apart"]),
    ("./doitw source = cou", ["course"]),  # as bash splits it
])  # fmt: skip
def test_bash_completes(built, tmp_path, typed, words):  # noqa: F811
    script = start(built, "tabcompletion", "bash")
    doitw = built.folder / "doitw"
    doitw.write_text('#!/bin/sh\ncd "$(dirname "$0")" && exec "$PYTHON" -m lib.start "$@"\n')
    doitw.chmod(0o755)
    parts = typed.split()
    line = "".join(parts).replace("doitw", "doitw ").replace("why", "why ")
    asked = f"""{script}
        compopt() {{ :; }}
        COMP_WORDS=({" ".join(parts)}); COMP_CWORD={len(parts) - 1}; COMP_LINE="{line}"; COMP_POINT={len(line)}
        _doitw ./doitw; printf '%s\\n' "${{COMPREPLY[@]}}" """
    run = subprocess.run(
        ["bash", "-c", asked], cwd=built.folder, capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin", "PYTHON": sys.executable, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert run.stdout.split() == words, run.stderr


def test_zsh_takes_the_script(built, tmp_path):  # noqa: F811
    if not shutil.which("zsh"):
        pytest.skip("there is no zsh")
    script = start(built, "tabcompletion", "zsh")
    run = subprocess.run(["zsh", "-n", "-c", script], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
