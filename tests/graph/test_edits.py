"""Edits that change what a step does, and edits that do not: each against the fingerprint before it."""

# ruff: noqa: E501 - a case is a line

import textwrap

import pytest

from lib.graph.cache import Cache
from lib.graph.fingerprint import Code

# name: (modules, file, old, new); `run` in lib/s.py is the step.
MEANINGFUL = {
    "a module imported from its package for its effect": (
        {"s": "from lib import plugins, table\ndef run(): return table.T", "plugins": "from lib import table\ntable.T['a'] = 1",
         "table": "T = {}"}, "plugins", "= 1", "= 2"),
    "the same, relative": (
        {"p/__init__": "from . import plugins\nT = {}", "p/plugins": "import lib.p\nlib.p.T['a'] = 1",
         "s": "from lib.p import T\ndef run(): return T"}, "p/plugins", "= 1", "= 2"),
    "a name imported below try": (
        {"s": "try:\n    from lib.fast import f\nexcept ImportError:\n    from lib.slow import f\ndef run(): return f()",
         "fast": "def f(): return 1", "slow": "def f(): return 1"}, "slow", "return 1", "return 2"),
    "a name imported below if": (
        {"s": "import os\nif os.name:\n    from lib.a import f\ndef run(): return f()", "a": "def f(): return 1"},
        "a", "return 1", "return 2"),
    "a name imported below with": (
        {"s": "import contextlib\nwith contextlib.suppress(ImportError):\n    from lib.a import f as g\ndef run(): return g()",
         "a": "def f(): return 1"}, "a", "return 1", "return 2"),
    "an assignment that keeps a function": (
        {"s": "from lib import a\ndef run(): return a.KEPT", "a": "KEPT = []\ndef keep(f): KEPT.append(f)\ndef g(): return 1\nX = keep(g)"},
        "a", "return 1", "return 2"),
    "an assignment to an attribute": (
        {"s": "from lib import a, b\ndef run(): return a.y", "a": "y = 0", "b": "from lib import a\nX = a.y = 1"},
        "b", "= 1", "= 2"),
    "a metaclass": (
        {"s": "from lib import a\ndef run(): return a.ALL", "a": "ALL = []\nclass M(type):\n    def __init__(c, *x): ALL.append(c.n)\nclass K(metaclass=M):\n    n = 1"},
        "a", "n = 1", "n = 2"),
    "a call in a class body": (
        {"s": "from lib import a\ndef run(): return a.ALL", "a": "ALL = []\nclass K:\n    ALL.append(1)"},
        "a", "append(1)", "append(2)"),
    "a call in a default": (
        {"s": "from lib import a\ndef run(): return a.ALL", "a": "ALL = []\ndef g(x=ALL.append(1)): pass"},
        "a", "append(1)", "append(2)"),
    "a call in a keyword of a class": (
        {"s": "from lib import a\ndef run(): return a.ALL", "a": "ALL = []\nclass B:\n    def __init_subclass__(c, n): ALL.append(n)\nclass K(B, n=1): pass"},
        "a", "n=1", "n=2"),
    "a decorator that came with a star": (
        {"s": "from lib import a\ndef run(): return a.KEPT", "k": "KEPT = []\ndef keep(f):\n    KEPT.append(f)\n    return f",
         "a": "from lib.k import *\n@keep\ndef g(): return 1"}, "a", "return 1", "return 2"),
    "an import in a class body": (
        {"s": "class K:\n    from lib.a import f\ndef run(): return K.f()", "a": "def f(): return 1"}, "a", "return 1", "return 2"),
    "a function reached through __globals__": (
        {"s": "from lib.a import f\ndef run(): return f.__globals__['g']()", "a": "def f(): pass\ndef g(): return 1"},
        "a", "return 1", "return 2"),
    "a docstring that is read": (
        {"s": "from lib.a import f\ndef run(): return f.__doc__", "a": "def f():\n    'one'"}, "a", "'one'", "'two'"),
    "a source that is read": (
        {"s": "import inspect\nfrom lib.a import f\ndef run(): return inspect.getsource(f)", "a": "def f(): return 1  # one"},
        "a", "# one", "# two"),
    "annotations that are read": (
        {"s": "from typing import get_type_hints\nfrom lib.a import f\ndef run(): return get_type_hints(f)", "a": "def f(x: int): pass"},
        "a", "x: int", "x: str"),
    "an annotation of a dataclass": (
        {"s": "from lib.a import K\ndef run(): return K()", "a": "from dataclasses import dataclass\n@dataclass\nclass K:\n    x: int = 0"},
        "a", "x: int", "x: 'ClassVar'"),
    "an annotation that decides what singledispatch does": (
        {"s": "from functools import singledispatch\n@singledispatch\ndef run(x): pass\n@run.register\ndef _(x: int): return 1"},
        "s", "x: int", "x: float"),
    "a statement that registers": (
        {"s": "from lib import a\ndef run(): return 1", "a": "import atexit\nX = atexit.register(print, 1)"}, "a", "1)", "2)"),
    "a default of a nested function": ({"s": "def run():\n    def g(x=1): return x\n    return g()"}, "s", "x=1", "x=2"),
    "an else branch of TYPE_CHECKING": (
        {"s": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    X = 0\nelse:\n    X = 1\ndef run(): return X"}, "s", "X = 1", "X = 2"),
    "a constant": ({"s": "N = 1\ndef run(): return N"}, "s", "N = 1", "N = 1.0"),
    "a loop that fills a table": ({"s": "T = {}\nfor i in range(3):\n    T[i] = 1\ndef run(): return T"}, "s", "range(3)", "range(4)"),
    "an augmented assignment": ({"s": "N = 1\nN += 1\ndef run(): return N"}, "s", "+= 1", "+= 2"),
    "a deletion": ({"s": "N = 1\ndef f(): return N\ndef run(): return f()\nX = 1"}, "s", "X = 1", "del N"),
    "a base class": ({"s": "from lib.a import B\nclass K(B): pass\ndef run(): return K().f()", "a": "class B:\n    def f(s): return 1"}, "a", "1", "2"),
    "a property": ({"s": "class K:\n    @property\n    def x(s): return 1\ndef run(): return K().x"}, "s", "return 1", "return 2"),
    "getattr on a module": ({"s": "from lib import a\ndef run(n): return getattr(a, n)", "a": "def f(): return 1"}, "a", "1", "2"),
    "a function handed to map": ({"s": "def f(x): return 1\ndef run(): return list(map(f, [1]))"}, "s", "return 1", "return 2"),
    "a global assigned elsewhere": ({"s": "N = 0\ndef set():\n    global N\n    N = 1\nset()\ndef run(): return N"}, "s", "N = 1", "N = 2"),
    "a decorator with arguments": (
        {"s": "from lib import a\ndef run(): return a.T", "a": "T = {}\ndef named(n):\n    def keep(f):\n        T[n] = f\n        return f\n    return keep\n@named('x')\ndef g(): return 1"},
        "a", "return 1", "return 2"),
    "a decorator that keeps in an attribute": (
        {"s": "from lib import a\ndef run(): return a.keep.last()", "a": "def keep(f):\n    keep.last = f\n    return f\n@keep\ndef g(): return 1"},
        "a", "return 1", "return 2"),
    "a module's __getattr__": ({"s": "from lib import a\ndef run(): return a.thing", "a": "def __getattr__(n): return 1"}, "a", "return 1", "return 2"),
    "an import by star of what is used": ({"s": "from lib.a import *\ndef run(): return f()", "a": "def f(): return 1"}, "a", "return 1", "return 2"),
    "a function in a list that is unpacked": ({"s": "def f(): return 1\nA, B = f, 2\ndef run(): return A()"}, "s", "return 1", "return 2"),
    "a walrus": ({"s": "X = [N := 1]\ndef run(): return N"}, "s", "N := 1", "N := 2"),
    "a match statement": ({"s": "import sys\nmatch 3:\n    case 3:\n        N = 1\ndef run(): return N"}, "s", "N = 1", "N = 2"),
    "a lambda": ({"s": "F = lambda: 1\ndef run(): return F()"}, "s", "lambda: 1", "lambda: 2"),
    "a package's __init__": ({"p/__init__": "import lib.t\nlib.t.T.append(1)", "p/a": "def f(): pass", "t": "T = []",
                              "s": "from lib.p.a import f\ndef run(): return f()"}, "p/__init__", "append(1)", "append(2)"),
    "an annotated attribute of another module": (
        {"s": "import lib.t\nlib.t.N: int = 1\ndef run(): return lib.t.N", "t": "N = 0"}, "s", "= 1", "= 2"),
    "an annotated constant that a call makes": (
        {"s": "from lib.t import add\nN: int = add(1)\ndef run(): return 3", "t": "def add(n): return n"},
        "s", "add(1)", "add(2)"),
    "an annotation that is evaluated": (
        {"s": "from lib.t import add\nN: add(1) = 3\ndef run(): return 3", "t": "def add(n): return n"},
        "s", "add(1)", "add(2)"),
    "a function that Python's own decorator keeps": (
        {"s": "import atexit\n@atexit.register\ndef other(): return 1\ndef run(): return 3"}, "s", "return 1", "return 2"),
    "a function that a decorator of another module keeps": (
        {"s": "from lib.t import keep\n@keep\ndef other(): return 1\ndef run(): return 3", "t": "K = []\ndef keep(f): K.append(f)"},
        "s", "return 1", "return 2"),
    "a table of what came with a star": (
        {"s": "from lib.t import *\nT = sorted([n for n in Z])\ndef run(): return 3", "t": "Z = [1]"}, "s", "[n for", "[-n for"),
    "an async function": ({"s": "async def f(): return 1\ndef run(): return f()"}, "s", "return 1", "return 2"),
    "a type alias used at run time": ({"s": "T = int\ndef run(x): return T(x)"}, "s", "T = int", "T = float"),
}  # fmt: skip
MEANINGLESS = {
    "an attribute's docstring": ({"s": "class K:\n    x = 1\n    'one'\ndef run(): return K.x"}, "s", "'one'", "'two'"),
    "a constant's docstring": ({"s": "N = 1\n'one'\ndef run(): return N"}, "s", "'one'", "'two'"),
    "an annotation that nobody reads": ({"s": "def run(x: int) -> int:\n    y: int = x\n    return y"}, "s", "int", "float"),
    "a module for type checkers": (
        {"s": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from lib.a import f\ndef run(): return 1", "a": "def f(): pass\nprint(1)"},
        "a", "print(1)", "print(2)"),
    "what is for type checkers": (
        {"s": "import typing\nif typing.TYPE_CHECKING:\n    X = 1\ndef run(): return 1"}, "s", "X = 1", "X = 2"),
    "what a script does": ({"s": "def run(): return 1\nif __name__ == '__main__':\n    print(1)"}, "s", "print(1)", "print(2)"),
    "a prefix of a string": ({"s": "def run(): return 'x'"}, "s", "'x'", "u'x'"),
    "an unused import of a package": ({"s": "import numpy\ndef run(): return numpy.pi"}, "s", "import numpy\n", "import numpy\nimport scipy\n"),
    "an unused import of a module that only defines": (
        {"s": "from lib import a\ndef run(): return a.f()", "a": "def f(): pass", "b": "def g(): pass\nN = 3"},
        "s", "from lib import a", "from lib import a, b"),
    "an unrelated function under a decorator that only wraps": (
        {"s": "import functools\ndef timed(f):\n    @functools.wraps(f)\n    def g(*a): return f(*a)\n    return g\n@timed\ndef other(): return 1\n@timed\ndef run(): return 3"},
        "s", "return 1", "return 2"),
    "an unrelated function under a decorator of a package": ({"s": "from functools import cache\n@cache\ndef other(): return 1\ndef run(): return 3"}, "s", "return 1", "return 2"),
    "an unrelated constant made by a package": ({"s": "import re\nX = re.compile('a')\ndef run(): return 1"}, "s", "'a'", "'b'"),
    "an unrelated class": ({"s": "import enum\nclass K(enum.Enum):\n    A = 1\ndef run(): return 3"}, "s", "A = 1", "A = 2"),
    "an unrelated dataclass": ({"s": "from dataclasses import dataclass, field\n@dataclass(frozen=True)\nclass K:\n    x: list = field(default_factory=list)\n    y: int = 1\ndef run(): return 3"}, "s", "y: int = 1", "y: int = 2"),
    "an unrelated table that a lambda sorts": (
        {"s": "T = max('ab', key=lambda a, b=1: a * b)\ndef run(): return 3"}, "s", "'ab'", "'ba'"),
    "an unrelated table of something that came with a star": (
        {"s": "from os.path import *\nT = sorted([n for n in 'ab'])\ndef run(): return 3"}, "s", "'ab'", "'ba'"),
    "an unrelated table that a comprehension makes": (
        {"s": "T = sorted([n for n in 'ab'])\ndef run(): return 3"}, "s", "'ab'", "'ba'"),
    "an unrelated constant with an annotation": ({"s": "N: int = 1\ndef run(): return 3"}, "s", "= 1", "= 2"),
    "an unrelated table": ({"s": "T = {n: 1 for n in 'abc'}\nU = 'a b'.split()\ndef run(): return 3"}, "s", "'a b'", "'a c'"),
    "an order of definitions": ({"s": "def f(): return 1\ndef run(): return f()\nX = 1"}, "s", "def f(): return 1\ndef run(): return f()", "def run(): return f()\ndef f(): return 1"),
    "parentheses": ({"s": "def run(): return 1 + 2"}, "s", "1 + 2", "(1 + (2))"),
    "a comment": ({"s": "def run(): return 1"}, "s", "return 1", "return 1  # one"),
}  # fmt: skip


def fingerprints(tmp_path, case):
    modules, file, old, new = case
    for name, source in {"__init__": "", **modules}.items():
        path = tmp_path / "lib" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source))
    before = Code(Cache(), tmp_path).fingerprint("lib.s:run")
    path = tmp_path / "lib" / f"{file}.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return before, Code(Cache(), tmp_path).fingerprint("lib.s:run")


@pytest.mark.parametrize("name", MEANINGFUL)
def test_a_change_of_meaning_is_seen(tmp_path, name):
    before, after = fingerprints(tmp_path, MEANINGFUL[name])
    assert before != after


@pytest.mark.parametrize("name", MEANINGLESS)
def test_a_change_without_meaning_is_not(tmp_path, name):
    before, after = fingerprints(tmp_path, MEANINGLESS[name])
    assert before == after
