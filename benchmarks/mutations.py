"""Mutation test: change one operator or constant at a time, and count the changes that no test notices.

OMP_NUM_THREADS=1 .venv/bin/python benchmarks/mutations.py "lib/vision/*.py" --tests tests/vision lib/vision

Each mutant runs the tests in a forked process, which has the heavy packages imported already. The order is random and
the run ends after the given time: the share of survivors is then an estimate from a sample. Not on Windows.
"""

import argparse
import ast
import copy
import os
import random
import shutil
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

SWAPS = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
NAMES = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "any": "all", "all": "any",
         "argmax": "argmin", "mean": "sum"}  # fmt: skip

HEAVY = ("matplotlib.figure", "pytest", "scipy.ndimage", "scipy.sparse.csgraph", "skimage.filters",
         "skimage.morphology", "skimage.transform", "torch", "PIL.Image")  # fmt: skip


def mutants(tree):
    """Every mutated copy of a module, with its line and what was changed."""
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise | ast.JoinedStr):  # messages
            skipped |= set(ast.walk(node)) - {node}
        if isinstance(node, ast.arg) and node.annotation:
            skipped |= set(ast.walk(node.annotation))
        if isinstance(node, ast.FunctionDef) and node.returns:
            skipped |= set(ast.walk(node.returns))
        if isinstance(node, ast.AnnAssign):
            skipped |= set(ast.walk(node.annotation))
    for index, node in enumerate(ast.walk(tree)):
        if node in skipped:
            continue
        for change in changes(node):
            mutated = copy.deepcopy(tree)
            twin = next(other for k, other in enumerate(ast.walk(mutated)) if k == index)
            before = ast.unparse(twin)
            change(twin)
            yield node.lineno, f"{before}  ->  {ast.unparse(twin)}", ast.unparse(ast.fix_missing_locations(mutated))


def changes(node):
    """Functions that change a node in place."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        yield lambda twin: twin.ops.__setitem__(0, SWAPS[type(twin.ops[0])]())
    if isinstance(node, ast.BinOp | ast.AugAssign | ast.BoolOp) and type(node.op) in SWAPS:
        yield lambda twin: setattr(twin, "op", SWAPS[type(twin.op)]())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Invert):
        yield lambda twin: setattr(twin, "op", ast.UAdd())
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        if isinstance(node.value, bool):
            yield lambda twin: setattr(twin, "value", not twin.value)
        elif isinstance(node.value, int):
            yield lambda twin: setattr(twin, "value", twin.value + 1)
        else:
            yield lambda twin: setattr(twin, "value", 2 * twin.value or 1.0)
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in NAMES:
            yield lambda twin: setattr(twin.func, "attr" if isinstance(twin.func, ast.Attribute) else "id", NAMES[name])
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        yield lambda twin: setattr(twin, "test", ast.UnaryOp(ast.Not(), twin.test))


def run(folder, tests, limit=None):
    """Exit status of the tests in a forked process; None if they took longer than the limit."""
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        sys.path.insert(0, str(folder))
        sys.dont_write_bytecode = True
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1), os.dup2(quiet, 2)
        import pytest

        os._exit(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests]))
    start = time.monotonic()
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if limit and time.monotonic() - start > limit:
            os.kill(child, 9)
            os.waitpid(child, 0)
            return None
        time.sleep(0.01)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", nargs="+", help="patterns of the modules to mutate")
    parser.add_argument("--tests", nargs="+", required=True)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--list", action="store_true", help="print the survivors")
    arguments = parser.parse_args()
    for name in HEAVY:
        import_module(name)
    project = Path.cwd()
    todo = [
        (path, *mutant)
        for pattern in arguments.sources
        for path in sorted(project.glob(pattern))
        for mutant in mutants(ast.parse(path.read_text()))
    ]
    random.Random(arguments.seed).shuffle(todo)
    folder = Path(tempfile.mkdtemp())
    try:
        for name in ("lib", "tests", "images"):
            shutil.copytree(project / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(project / "pyproject.toml", folder)
        start = time.monotonic()
        if run(folder, arguments.tests) != 0:
            sys.exit("the tests fail without a mutation")
        limit = 5 * (time.monotonic() - start) + 5
        survivors, tried, start = [], 0, time.monotonic()
        for path, line, change, source in todo:
            if time.monotonic() - start > arguments.seconds:
                break
            target = folder / path.relative_to(project)
            original = target.read_text()
            target.write_text(source)
            tried += 1
            # The module's own tests notice most mutants, and sooner than all tests would.
            own = [str(path.relative_to(project)), f"tests/{path.parent.name}/test_{path.stem}.py"]
            own = [name for name in own if (folder / name).exists()]
            if run(folder, own, limit) in (0, 5) and run(folder, arguments.tests, limit) == 0:
                survivors.append((str(path.relative_to(project)), line, change))
            target.write_text(original)
        if arguments.list:
            for path, line, change in sorted(survivors):
                print(f"{path}:{line}: {change}")
        print(f"{len(survivors)} of {tried} mutants survived ({len(survivors) / tried:.1%}; {len(todo)} in all)")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
