"""The declarations as a whole, in a process of their own: which source they are of is fixed when they are loaded."""

import ast
import json
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from importlib import import_module
from inspect import Parameter, signature
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SOURCES = ("embedded", "course")
HEAVY = {"numpy", "torch", "torchvision", "matplotlib", "skimage", "scipy"}
PACKAGES = ("lib", "stages")

LOAD = """
import json, sys
from doit import doit_cmd
doit_cmd.reset_vars(); doit_cmd.set_var("source", sys.argv[1])
import stages
from lib.graph.artifact import artifacts_in
from lib.graph.step import load_stages
from stages.settings import SETTINGS
graph = load_stages(stages.STAGES)
print(json.dumps({"longest": stages.LONGEST, "heavy": sorted(sys.modules), "steps": [{
    "name": step.name,
    "family": next(iter((step.template or step.outputs).values())).without_formats().id,
    "function": step.function,
    "entries": sorted({*step._entries} - {*step.reaches}),
    "reaches": step.reaches,
    "arguments": [*step.inputs, *step.settings, *(["progress"] if step.progress else []),
                  *(name for name, made in step.outputs.items() if made.kind.save is None)],
    "kind": next(iter(step.outputs.values())).kind.name,
    "captioned": any(made.caption for made in step.outputs.values()),
    "numbers": [number.key for made in step.outputs.values() for number in made.numbers],
    "reads": {file: made.root for made in artifacts_in(step.inputs) for file in made.files},
    "makes": [*step.places.values()],
} for step in graph.steps]}))
"""


@pytest.fixture(scope="module", params=SOURCES)
def graph(request):
    """All steps of a source, as plain values."""
    command = [sys.executable, "-c", LOAD, request.param]
    run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout) | {"source": request.param}


def resolve(entry):
    module, _, name = entry.partition(":")
    return getattr(import_module(module), name)


def test_a_build_begins_with_steps_that_there_are(graph):
    drawn = {"fits/pretext_squeezenet.safetensors"} if graph["source"] == "course" else set()
    assert set(graph["longest"]) - {step["name"] for step in graph["steps"]} == drawn


def test_every_entry_point_is_a_function(graph):
    entries = {entry for step in graph["steps"] for entry in step["entries"]}
    assert len(entries) > 50
    assert all(callable(resolve(entry)) for entry in entries)
    assert all(import_module(module) for step in graph["steps"] for module in step["reaches"])


def test_every_function_takes_what_its_step_hands_over(graph):
    for step in graph["steps"]:
        bound = signature(resolve(step["function"])).bind(**dict.fromkeys(step["arguments"]))
        assert not bound.args or all(
            bound.signature.parameters[name].kind is not Parameter.POSITIONAL_ONLY for name in bound.arguments
        ), step["name"]


def test_every_input_is_given_or_made_and_nothing_is_read_before_it_is_made(graph):
    made = {file: step["name"] for step in graph["steps"] for file in step["makes"]}
    for step in graph["steps"]:
        for file, root in step["reads"].items():
            by_hand = root == "project" and (PROJECT / file).is_file()
            assert file in made or by_hand, f"{step['name']} reads {file}"
    reads = {step["name"]: {made[file] for file in step["reads"] if file in made} for step in graph["steps"]}
    assert len([*TopologicalSorter(reads).static_order()]) == len(graph["steps"])


def test_every_number_has_one_key(graph):
    keys = [key for step in graph["steps"] for key in step["numbers"]]
    assert len(keys) == len(set(keys)) > 100


def test_loading_the_stages_imports_nothing_heavy(graph):
    assert not HEAVY & set(graph["heavy"])


def test_both_sources_make_the_same_figures_and_numbers():
    """The source disappears from everything to the right of the data."""
    found = []
    for source in SOURCES:
        run = subprocess.run([sys.executable, "-c", LOAD, source], cwd=PROJECT, capture_output=True, text=True)
        steps = json.loads(run.stdout)["steps"]
        pages = r"(\.|_)(0\d_[a-z]+)\b"
        families = {step["family"] for step in steps if step["family"].startswith("Q") and step["kind"] != "numbers"}
        found.append({re.sub(pages, "", family) for family in families})
    drawn_by_us = {"Q7.2.1/pretext"}
    assert found[0] ^ found[1] <= drawn_by_us


# --- from a figure to its step, its function and its test -------------------------------------------------------------


def texts(*folders, but=()):
    files = [file for folder in folders for file in (PROJECT / folder).rglob("*.py") if file not in but]
    return {file: file.read_text(encoding="utf-8") for file in files}


def holds(text, id):
    """Whether a text has an id as a whole, or before an axis in braces, and not as the beginning of another one."""
    return re.search(rf"{re.escape(id)}(_{{|(?![\w.]*\w))", text) is not None


def functions(file):
    return [node for node in ast.walk(ast.parse(file)) if isinstance(node, ast.FunctionDef)]


def figures(graph):
    """Ids of figures, each with the entry point that draws it; of each page's by what stands before the page."""
    return {
        step["family"].partition("_{")[0]: step["function"]
        for step in graph["steps"]
        if step["kind"] == "figure" and step["family"].startswith("Q")
    }


@pytest.mark.parametrize("folder", ["stages", "lib", "tests"])
def test_a_grep_of_a_figures_id_finds_its_step_its_function_and_its_test(graph, folder):
    """``Q4.3/boxes`` stands for the figures of all pages."""
    found = texts(folder, but=[Path(__file__)])
    assert len(figures(graph)) > 20
    assert not [id for id in figures(graph) if not any(holds(text, id) for text in found.values())]


def test_the_docstring_of_a_figures_function_names_it(graph):
    """Or that of the function of lib.figures that it calls."""
    drawing = {}
    for text in texts("lib/figures").values():
        drawing |= {node.name: ast.get_docstring(node) or "" for node in functions(text)}
    for id, entry in figures(graph).items():
        function = resolve(entry)
        told = [function.__doc__ or "", *(drawing.get(name, "") for name in function.__code__.co_names)]
        assert any(holds(text, id) for text in told), f"the docstring of {entry} does not name {id}"


# --- rooms ------------------------------------------------------------------------------------------------------------


def module_of(file):
    name = str(file.relative_to(PROJECT).with_suffix("")).replace("/", ".")
    return name.removesuffix(".__init__")


MODULES = {module_of(file): file for package in PACKAGES for file in sorted((PROJECT / package).rglob("*.py"))}


def imports(module, nested):
    """Modules of the project, and packages, that a module imports: at the top, or in its functions too."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    inside = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        or isinstance(node, ast.If)
        and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in inside and not nested:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: a relative import"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


def test_no_room_but_the_kernel_and_the_commands_knows_the_graph_or_the_stages():
    for module in MODULES:
        if module.startswith("lib.") and not f"{module}.".startswith(("lib.graph.", "lib.commands.", "lib.start.")):
            found = [
                name for name in imports(module, nested=True) if name.startswith(("lib.graph", "lib.comm", "stag"))
            ]
            assert not found, f"{module} imports {found[0]}"


def test_the_kernel_knows_no_room_but_figures_style_and_captions():
    allowed = {"lib.captions", "lib.figures.style"}
    for module in MODULES:
        if f"{module}.".startswith("lib.graph."):
            found = {name for name in imports(module, nested=True) if name.partition(".")[0] in PACKAGES}
            assert not {name for name in found if not f"{name}.".startswith("lib.graph.")} - allowed, module


def test_there_is_no_import_cycle():
    TopologicalSorter(
        {module: {name for name in imports(module, nested=False) if name in MODULES} for module in MODULES}
    ).prepare()


def test_stages_import_nothing_heavy_themselves():
    for module in MODULES:
        if module.partition(".")[0] == "stages":
            assert not {name.partition(".")[0] for name in imports(module, nested=True)} & HEAVY, module


def test_no_file_is_longer_than_400_lines():
    long = [module for module, file in MODULES.items() if len(file.read_text(encoding="utf-8").splitlines()) > 400]
    assert not long
