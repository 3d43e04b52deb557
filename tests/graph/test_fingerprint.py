"""What a fingerprint follows, and what it leaves alone."""

import os
import textwrap
from importlib import metadata

import pytest

from lib.graph import fingerprint
from lib.graph.cache import Cache
from lib.graph.definitions import read_definitions
from lib.graph.fingerprint import Code


@pytest.fixture
def project(tmp_path):
    """A function that writes modules, and reads what `stages.s:run` reaches in them."""

    def reached(**modules):
        for name, source in modules.items():
            path = tmp_path / (name.replace("__", "/") + ".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(source))
        return Code(Cache(), tmp_path).fingerprint("stages.s:run")

    return reached


def names(fingerprint):
    return {name for name in fingerprint["functions"] if name != "lib.graph.call:call"}


def test_nested_imports_constants_classes_and_aliases_are_followed(project):
    found = project(
        stages__s="""
            from lib import tools as t
            def run():
                from lib.deep.er import Model as M
                import lib.other
                return M(), t.go(), lib.other.do()
            def not_this(): pass
        """,
        lib__tools="""
            LIMIT = 3
            def go(): return helper(LIMIT)
            def helper(x): return x
            def not_this(): pass
        """,
        lib__deep__er="""
            from .base import Base
            class Model(Base):
                def forward(self): return activate(1)
            def activate(x): return x
        """,
        lib__deep__base="class Base: pass",
        lib__other="def do(): pass\ndef not_this(): pass",
    )
    assert names(found) == {
        "stages.s:run",
        "lib.tools:go",
        "lib.tools:helper",
        "lib.tools:LIMIT",
        "lib.deep.er:Model",
        "lib.deep.er:<module>",  # a base class of the project's may keep its subclasses
        "lib.deep.er:activate",
        "lib.deep.base:Base",
        "lib.other:do",
    }


def test_a_table_of_functions_reaches_all_of_them(project):
    found = project(
        stages__s="from lib.a import TABLE\ndef run(name): return TABLE[name]()",
        lib__a="def f(): pass\ndef g(): pass\nTABLE = {'f': f}\nTABLE['g'] = g",
    )
    assert {"lib.a:f", "lib.a:g"} <= names(found)


def test_a_local_name_is_not_the_modules(project):
    found = project(
        stages__s="""
            def run(helper):
                fit = helper
                return [fit(other) for other in range(3)]
            def helper(): pass
            def fit(): pass
            def other(): pass
        """
    )
    assert names(found) == {"stages.s:run"}


def test_a_name_that_is_local_in_one_scope_and_global_in_another_counts(project):
    found = project(stages__s="def run():\n    def inner(x): return x\n    return x()\ndef x(): pass")
    assert names(found) == {"stages.s:run", "stages.s:x"}


def test_decorators_and_defaults_count(project):
    found = project(stages__s="def deco(f): return f\nSIZE = 3\n@deco\ndef run(size=SIZE): pass")
    assert names(found) == {"stages.s:run", "stages.s:deco", "stages.s:SIZE"}  # deco keeps nothing


@pytest.mark.parametrize(
    "use",
    [
        "from lib import a; return getattr(a, name)()",
        "import lib.a as a; return vars(a)[name]",
        "from lib.a import *; return 1",
        "import importlib; return importlib.import_module(name)",
        "from importlib import import_module as load; return load(name)",
        "return __import__(name)",
        "import sys; return sys.modules[name]",
        "from lib.a import not_by_name; return not_by_name",
    ],
)
def test_what_cannot_be_followed_counts_as_all_that_it_could_mean(project, use):
    if "*" in use:  # only legal at the top
        source = "from lib.a import *\ndef run(name): return f()"
    else:
        source = f"def run(name):\n    {use}"
    found = project(stages__s=source, lib__a="def f(): return 1\ndef g(): return 2")
    assert {"lib.a:f", "lib.a:g"} <= names(found)


def test_importing_what_could_lead_anywhere_without_using_it_is_harmless(project):
    source = "import sys\nfrom pkgutil import iter_modules\ndef run(): return 1"
    found = project(stages__s=source, lib__a="def f(): pass")
    assert names(found) == {"stages.s:run"}


def test_statements_that_importing_runs_count(project):
    before = project(
        stages__s="def run():\n    import lib.a.b\n    return lib.a.b.f()", lib__a__b="def f(): pass\nprint(1)"
    )
    after = project(lib__a__b="def f(): pass\nprint(2)")
    assert before != after


def test_comments_docstrings_layout_and_other_functions_do_not_change_the_fingerprint(project):
    before = project(stages__s='def run(x):\n    """Doc."""\n    return f(x)  # why\ndef f(x): return (x)\n')
    after = project(
        stages__s='''
            """Module."""
            def g(): pass
            def run(x):
                """Other doc."""

                return f(
                    x
                )
            def f(x): return x
        '''
    )
    assert before == after


def test_a_function_defined_in_two_branches_counts_with_both(project):
    source = """
        try:
            import fast
            def f(): return fast
        except ImportError:
            def f(): return {}
        def run(): return f()
    """
    assert project(stages__s=source.format(1)) != project(stages__s=source.format(2))


def test_packages_come_with_their_version_and_pythons_own_do_not(project):
    source = """
        def run():
            import importlib.metadata, json, numpy as np
            from skimage import io
            return importlib.metadata.version("numpy"), io, json, np.exp
    """
    found = project(stages__s=source, lib__a="def f(): pass")
    assert names(found) == {"stages.s:run"}
    assert set(found["packages"]) == {"python", "numpy", "skimage"}
    assert found["packages"]["skimage"][0].isdigit()


def test_a_mutual_recursion_ends(project):
    assert names(project(stages__s="def run(): return f()\ndef f(): return run()")) == {"stages.s:run", "stages.s:f"}


@pytest.mark.parametrize("content", [None, "{", "[]", "[1]", "7"])
def test_what_was_remembered_gives_the_same_and_survives_damage(tmp_path, project, content, monkeypatch):
    fresh = project(stages__s="def run(): return f()\ndef f(): return 1")
    file = tmp_path / "caches" / "code.json"
    if content:
        file.parent.mkdir()
        file.write_text(content)
    cache = Cache(file)
    assert Code(cache, tmp_path).fingerprint("stages.s:run") == fresh
    cache.save()
    monkeypatch.setattr("lib.graph.fingerprint.read_definitions", None)  # nothing is read a second time
    assert Code(Cache(file), tmp_path).fingerprint("stages.s:run") == fresh


def test_an_edit_is_not_answered_from_memory(tmp_path, project):
    cache = Cache()
    project(stages__s="def run(): return 1")
    before = Code(cache, tmp_path).fingerprint("stages.s:run")
    project(stages__s="def run(): return 2")
    assert Code(cache, tmp_path).fingerprint("stages.s:run") != before


def test_relative_imports_resolve_in_their_package():
    table = read_definitions("from . import b\nfrom ..c import d", "lib.x.a", "lib.x")
    assert table["b"][1] == ["lib.x.b"] and table["d"][1] == ["lib.c.d"]


def test_what_runs_around_a_function_counts_as_a_whole_and_leads_nowhere(project):
    call = "import importlib\nLIMITS = {}\ndef call(): return importlib.import_module('x')\n"
    before = project(stages__s="def run(): return 1", lib__graph__call=call, lib__a="def f(): pass")
    after = project(lib__graph__call=call.replace("{}", "{'threads': 1}"))
    assert before != after and "lib.a:f" not in names(before)


def test_parameters_are_read_without_importing(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "a.py").write_text("import nothing\ndef f(x, y=1, *, z, w=2, **more): pass\nclass C: pass\n")
    code = Code(Cache(), tmp_path)
    assert code.parameters("lib.a:f") == {"x": False, "y": True, "z": False, "w": True, "**": True}
    for entry, message in (("lib.a:g", "no function g"), ("lib.a:C", "no function C"), ("lib.b:f", "no module lib.b")):
        with pytest.raises(LookupError, match=message):
            code.parameters(entry)


@pytest.mark.parametrize(
    "keeper",
    [
        "KEPT = {}\ndef keep(f):\n    KEPT[f.__name__] = f\n    return f\n@keep\ndef area(): return 1\n",
        "class Shape: pass\nclass Square(Shape):\n    area = 1\n",
    ],
    ids=["decorator", "base class"],
)
def test_what_is_kept_by_a_decorator_or_a_base_class_is_reached_without_its_name(project, keeper):
    run = "from lib import shapes\ndef run(): return shapes.SOMETHING\n"
    before = project(stages__s=run, lib__shapes=keeper + "SOMETHING = 3")
    after = project(stages__s=run, lib__shapes=keeper.replace("1", "2") + "SOMETHING = 3")
    assert before != after


def test_a_decorator_of_a_package_keeps_nothing(project):
    source = "from functools import cache\n@cache\ndef area(): return {}\ndef run(): return 1"
    assert project(stages__s=source.format(1)) == project(stages__s=source.format(2))


def test_code_is_read_again_for_another_state_and_once_for_each(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fingerprint, "_codes", {})
    first = fingerprint.code()
    assert fingerprint.code() is first and fingerprint.code(fingerprint.code_state()) is first
    other = fingerprint.code("another state")
    assert other is not first and fingerprint.code("another state") is other and fingerprint.code() is first


def test_a_state_changes_with_every_write_to_a_module(tmp_path):
    states = set()
    for name in ("lib/a.py", "stages/b.py", "dodo.py", "lib/a.py"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"N = {len(states)}")
        states.add(fingerprint.code_state(tmp_path))
    (tmp_path / "notes.txt").touch()
    assert len(states) == 4 and fingerprint.code_state(tmp_path) in states


@pytest.mark.parametrize("package, version", [
    ("nothing_like_that", "not installed"), ("PIL", metadata.version("pillow")),
    ("dateutil", f"python-dateutil {metadata.version('python-dateutil')}"),
])  # fmt: skip
def test_packages_are_known_by_their_distributions(package, version):
    assert fingerprint._version(package) == version


def test_what_cannot_be_parsed_is_named_with_its_line(project):
    with pytest.raises(SyntaxError, match="^stages/s.py:2: "):
        project(stages__s="def run():\n    return (\n")


def test_what_is_reached_is_listed_with_the_bodies_of_modules(tmp_path, project):
    project(stages__s="from lib.a import f\ndef run(): return f()\ndef other(): pass", lib__a="def f(): return 1")
    found = Code(Cache(), tmp_path).reached("stages.s:run")
    assert {"stages.s:run", "lib.a:f", "lib.a:<module>", "stages.s:<module>"} <= {*found}
    assert "stages.s:other" not in found


def test_what_was_found_out_is_kept_for_a_state_of_the_code_that_is_two_seconds_old(tmp_path, monkeypatch):
    file = tmp_path / "lib" / "a.py"
    file.parent.mkdir()
    file.write_text("X = 1\n")
    kept = Cache()
    monkeypatch.setattr(fingerprint, "cached", lambda name: kept)
    young = fingerprint.code_state(tmp_path)
    assert fingerprint.remembered("x", lambda: 1, young) == 1
    assert kept.find("x") is None  # another save within a tick of the clock would look the same
    monkeypatch.setattr(fingerprint, "TICK", -(10**12))
    os.utime(file)
    old = fingerprint.code_state(tmp_path)
    assert old != young
    assert fingerprint.remembered("x", lambda: 2, old) == fingerprint.remembered("x", lambda: 3, old) == 2
    assert kept.find("x") == 2
    assert fingerprint.remembered("x", lambda: 4, old, version="2") == 4


def test_the_state_of_the_code_leaves_out_what_is_no_module(tmp_path):
    (tmp_path / "lib" / "__pycache__").mkdir(parents=True)
    (tmp_path / "lib" / "a.py").touch()
    before = fingerprint.code_state(tmp_path)
    for name in ("lib/.#a.py", "lib/__pycache__/a.py", "lib/notes.txt"):
        (tmp_path / name).touch()
    assert fingerprint.code_state(tmp_path) == before
    (tmp_path / "lib" / "deep").mkdir()
    (tmp_path / "lib" / "deep" / "b.py").touch()
    assert fingerprint.code_state(tmp_path) != before
