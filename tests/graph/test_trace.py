"""What a step did without declaring it."""

import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

from lib.graph import trace
from lib.graph.trace import Trace, Undeclared

REACHED = ["lib.s:run", "lib.s:<module>"]


@pytest.fixture
def watched(tmp_path):
    for name in ("input.txt", "other.txt", "raw/a.txt", "lib/s.py", ".venv/x.py", ".git/HEAD", "lib/__pycache__/s.pyc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    allowed = [str(tmp_path / "input.txt"), str(tmp_path / "raw")]
    return lambda: Trace("lib.s:run", REACHED, allowed, tmp_path, ("lib_made_up",))


def run(watch, function):
    with watch:
        function()


@pytest.mark.parametrize("name", ["input.txt", "raw/a.txt", "raw", ".venv/x.py", ".git/HEAD", "lib/__pycache__/s.pyc"])
def test_inputs_and_what_belongs_to_python_may_be_opened(watched, tmp_path, name):
    path = tmp_path / name
    run(watched(), lambda: os.listdir(path) if path.is_dir() else path.read_bytes())


def test_files_elsewhere_may_be_opened(watched, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "a"
    run(watched(), lambda: elsewhere.write_text("x"))


@pytest.mark.parametrize("look", [
    lambda path: (path / "other.txt").read_bytes(),
    lambda path: os.close(os.open(bytes(path / "other.txt"), os.O_RDONLY)),
    lambda path: os.close(os.open(str(path / "other.txt"), os.O_RDONLY)),
    lambda path: (path / "raw2").mkdir() or os.listdir(path / "raw2"),
    lambda path: list(os.scandir(path / "lib")),
])  # fmt: skip
def test_another_file_of_the_project_is_named(watched, tmp_path, look):
    with pytest.raises(Undeclared, match=r'lib.s:run opened \S+, which is no input: hand it over, as given\("'):
        run(watched(), lambda: look(tmp_path))


def test_what_is_not_there_may_be_looked_for(watched, tmp_path):
    def look():
        with pytest.raises(FileNotFoundError):
            (tmp_path / "nothing").read_text()

    run(watched(), look)


def test_imports_read_modules_and_list_rooms(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "s.py").touch()
    (tmp_path / "lib" / "s.txt").touch()
    watch = Trace("lib.s:run", REACHED, [], tmp_path, ("lib",))
    for path in (tmp_path / "lib" / "s.py", tmp_path / "lib"):
        watch.open(path)
    assert not watch.opened
    watch.open(tmp_path / "lib" / "s.txt")
    watch.open(7)  # an open file
    assert list(watch.opened) == ["lib/s.txt"]


def test_a_failure_is_not_hidden_by_what_else_was_wrong(watched, tmp_path):
    def fail():
        (tmp_path / "other.txt").read_bytes()
        raise KeyError("x")

    with pytest.raises(KeyError):
        run(watched(), fail)
    (tmp_path / "other.txt").read_bytes()  # nobody watches any more
    run(watched(), lambda: None)


def test_a_module_that_is_not_reached_is_named(watched, monkeypatch):
    def import_it():
        monkeypatch.setitem(sys.modules, "lib_made_up.shapes", types.ModuleType("lib_made_up.shapes"))

    with pytest.raises(Undeclared, match='lib_made_up.shapes was imported.*declare reaches="lib_made_up.shapes"'):
        run(watched(), import_it)
    monkeypatch.setitem(sys.modules, "lib_made_up.shapes", None)
    reached = Trace("lib.s:run", [*REACHED, "lib_made_up.shapes:f"], [], "/nowhere", ("lib_made_up",))
    run(reached, lambda: None)


def test_only_the_projects_modules_count():
    watch = Trace("lib.s:run", REACHED, [], "/project", ("lib", "stages"))
    ours = ["lib.data", "lib.graphs", "stages.x", "lib", "library.x", "lib.graph", "lib.graph.call", "os.path"]
    assert [name for name in ours if watch._is_ours(name)] == ["lib.data", "lib.graphs", "stages.x"]


def test_a_process_that_the_project_starts_is_named(tmp_path):
    own = {"subprocess": subprocess, "sys": sys}
    source = "def start(): subprocess.run([sys.executable, '-c', ''])"
    watch = Trace("lib.s:run", REACHED, [], tmp_path, ("lib_made_up",))
    exec(compile(source, f"{tmp_path}/lib/s.py", "exec"), own)
    with pytest.raises(Undeclared, match="lib.s:run started .*python"):
        run(watch, own["start"])
    exec(compile(source, f"{tmp_path}/.venv/lib/s.py", "exec"), own)
    run(watch_again := Trace("lib.s:run", REACHED, [], tmp_path, ("lib_made_up",)), own["start"])
    assert not watch_again.started


@pytest.mark.parametrize("program", [b"tool", "tool", Path("tool")])
def test_a_program_is_named_whatever_names_it(tmp_path, program):
    watch = Trace("lib.s:run", REACHED, [], tmp_path, ())
    own = {"hook": lambda: watch.start(program)}
    exec(compile("def start(): hook()", f"{tmp_path}/lib/s.py", "exec"), own)
    own["start"]()
    assert list(watch.started) == ["tool"]


@pytest.fixture
def monitoring(monkeypatch):
    """What Python 3.12 has, with no more than is asked here."""
    monkeypatch.setattr(sys, "monitoring", types.SimpleNamespace(DISABLE="disable"), raising=False)


@pytest.mark.parametrize("file, qualname, ran", [
    ("lib/a.py", "f", "lib.a:f"),
    ("lib/a.py", "Model.forward", "lib.a:Model"),
    ("lib/a/__init__.py", "f", "lib.a:f"),
    ("lib/s.py", "run", None),
    ("lib/s.py", "run.<locals>.inner", None),
    ("lib/a.py", "<module>", None),
    ("lib/a.py", "<lambda>", None),
    ("lib/graph/call.py", "call", None),
    ("other/a.py", "f", None),
])  # fmt: skip
def test_a_function_that_ran_without_being_reached_is_named(monitoring, file, qualname, ran):
    watch = Trace("lib.s:run", REACHED, [], "/project", ("lib",))
    code = types.SimpleNamespace(co_filename=f"/project/{file}", co_qualname=qualname)
    assert watch._run(code, 0) == "disable"
    assert list(watch.ran) == ([ran] if ran else [])
    watch._run(types.SimpleNamespace(co_filename=f"/elsewhere/{file}", co_qualname=qualname), 0)
    assert len(watch.ran) == bool(ran)
    watch.modules |= {name for name in sys.modules if name.startswith("lib.")}
    if ran:
        with pytest.raises(Undeclared, match=f"{ran.partition(':')[2]} of lib.a ran.*declare reaches=.lib.a."):
            watch._check()


def test_nobody_watches_unless_asked(tmp_path):
    trace._install()
    (tmp_path / "a").write_text("x")
    assert trace._current is None
