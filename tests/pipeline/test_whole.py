"""The project's own graph, built from beginning to end with settings so small that it is quick."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SMALL = Path(__file__).parent / "small"  # what the small build makes
HEAVY = {"torch", "matplotlib", "skimage", "numpy", "scipy", "joblib", "rich", "typst"}


def test_the_build_ends_by_naming_the_writeup_and_the_page(build):
    assert build.output.rstrip().endswith(f"{build.artifacts}/index.html\n  {build.artifacts}/writeup.pdf")


def test_results_hold_every_number_that_the_questions_ask_for(build):
    results = json.loads((build.artifacts / "results.json").read_text())
    expected = ["q2.gradcheck_max_relative_error", "q3.valid_accuracy", "q3.test_accuracy", "q3.best_learning_rate"]
    expected += [f"q7.1.{number}.test_accuracy" for number in (1, 2, 3, 4)]
    expected += ["q7.2.finetune_test_accuracy", "q7.2.scratch_test_accuracy"]
    for page in ("01_list", "02_letters", "03_haiku", "04_deep"):
        expected += [f"q4.{page}.{key}" for key in ("true", "found", "missed", "spurious")]
        expected += [f"{q}.{page}.{key}" for q in ("q4", "q7.1.4") for key in ("letter_accuracy", "char_accuracy")]
    assert not set(expected) - results.keys()
    assert all(isinstance(results[key], int | float) for key in expected)
    assert all(isinstance(value, int | float | str) for value in results.values())  # flat
    assert results["q2.gradcheck_max_relative_error"] < 1e-6


def test_no_artifact_of_the_small_build_comes_or_goes_unnoticed(build):
    listed = build.doit("list", "--all", "--private", "--quiet").stdout.split()
    files = [path.relative_to(build.artifacts) for path in build.artifacts.rglob("*") if path.is_file()]
    found = {"ids": sorted(listed), "files": sorted(str(path) for path in files if not str(path).startswith("."))}
    expected = json.loads((SMALL / "artifacts.json").read_text())
    for kind, names in found.items():
        gone, new = set(expected[kind]) - set(names), set(names) - set(expected[kind])
        assert not gone and not new, f"{kind} gone: {gone}; new: {new}; if that is meant, change {SMALL}/artifacts.json"


def test_the_small_build_gives_the_numbers_that_it_gave(build):
    file = build.artifacts / "results.json"
    results, expected = json.loads(file.read_text()), json.loads((SMALL / "results.json").read_text())
    gone, new = expected.keys() - results.keys(), results.keys() - expected.keys()
    assert not gone and not new, f"gone: {gone}; new: {new}; if that is meant: cp {file} {SMALL}"
    differ = {key: (value, results[key]) for key, value in expected.items() if not is_same(key, value, results)}
    assert not differ, f"{differ}; if that is meant: cp {file} {SMALL}"


TEST_IMAGES, TEST_WORDS = 144, 33  # of NIST36; on the page of which words are read at all


def is_same(key, value, results):
    """Whether a number is what it was, but for the order in which a processor's libraries add.

    With OpenBLAS for Nehalem instead of Haswell and torch without AVX, losses and PSNR moved by 4e-7 of their value,
    the check of the gradient by as much as itself (it measures rounding), what is known of the network that diverges at
    rate 10 by up to a tenth, PCA's pixels outside the range by 0.03 %, and no other accuracy or count; still, two
    images are allowed.
    """
    found = results[key]
    if isinstance(value, int):
        return found == value and isinstance(found, int)
    if key.startswith(("q2.gradcheck.", "q2.gradcheck_max")):
        return value / 10 < found < 10 * value
    if key == "q7.1.1.largest_loss_difference":
        return found < 1e-12
    if ".10" in key and key.startswith("q3."):  # it diverges
        return found == pytest.approx(value, rel=0.1, abs=0.05)
    if "accuracy" in key or key == "q7.1.1.mcnemar_p":
        page = re.search(r"0\d_[a-z]+", key)
        images = results[f"q4.{page[0]}.true"] if page else results.get(f"{key[:6]}.test_images", TEST_IMAGES)
        images = TEST_WORDS if key.endswith("word_accuracy") else images
        return abs(found - value) <= 2 / images
    if key.startswith("q6.outside"):
        return found == pytest.approx(value, abs=1e-3)
    return found == pytest.approx(value, rel=1e-5, abs=1e-6 if key.endswith("_difference") else 1e-12)


def test_a_second_build_runs_nothing_and_imports_nothing_heavy(build):
    run = build.doit(python=("-X", "importtime"))
    assert re.fullmatch(r"\d+ fresh in [\d.]+ s", run.stdout.splitlines()[0])
    assert not imported(run) & HEAVY


def test_list_begins_with_the_questions_in_order_and_imports_nothing_heavy(build):
    run = build.doit("list", python=("-X", "importtime"))
    ids = [line.split()[0] for line in run.stdout.splitlines()]
    questions = [id for id in ids if re.match(r"Q\d", id)]
    assert questions == ids[: len(questions)] and {"Q3.1.3/first_layer", "Q4.4/{page}_scores"} <= set(questions)
    keys = [[int(number) for number in re.findall(r"\d+", id.partition("/")[0])] for id in questions]
    assert keys == sorted(keys)
    assert not imported(run) & HEAVY


def test_every_file_that_a_task_reads_is_given_or_made(build):
    for words in ((), ("source=course",)):
        listed = build.doit("list", "--all", "--private", "--deps", *words).stdout
        read = {line.removeprefix(" -  ") for line in listed.splitlines() if line.startswith(" -  ")}
        assert read
        made = targets(build, words)
        missing = {path for path in read if path not in made and not (PROJECT / path).exists()}
        assert not missing


def targets(build, words):
    """All targets of the graph, asked of doit in a process of its own."""
    code = (
        "import sys; from doit.cmd_base import ModuleTaskLoader; from doit import doit_cmd\n"
        "doit_cmd.reset_vars(); [doit_cmd.set_var(*w.split('=', 1)) for w in sys.argv[1:]]\n"
        "import dodo; from doit.loader import load_tasks\n"
        "print('\\n'.join(t for task in load_tasks(vars(dodo)) for t in task.targets))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, *words, *build.words],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return set(run.stdout.splitlines())


def imported(run):
    """Top-level modules that ``-X importtime`` saw."""
    return {line.split("|")[-1].strip() for line in run.stderr.splitlines() if line.startswith("import time:")}


def test_read_gives_the_text_of_the_artifact_and_one_line_for_what_cannot_be_read(build, tmp_path):
    run = build.doit("read", "--plain", "--alone", "--model", "mlp", str(PROJECT / "images" / "04_deep.jpg"))
    assert run.returncode == 0, run.stderr
    assert run.stdout == (build.artifacts / "Q4.4" / "04_deep.txt").read_text()
    text, empty, folder = tmp_path / "text.jpg", tmp_path / "empty.png", tmp_path / "folder"
    text.write_text("no image")
    empty.touch()
    folder.mkdir()
    run = build.doit("read", str(text), str(empty), str(folder), str(tmp_path / "missing.jpg"))
    assert run.returncode == 1 and run.stdout.count("\n") == 0
    lines = run.stderr.splitlines()
    assert len(lines) == 4 and all(str(tmp_path) in line for line in lines)


def test_read_without_a_letter_on_the_page_says_so(build, tmp_path):
    image = pytest.importorskip("PIL.Image")
    image.new("RGB", (1, 1)).save(tmp_path / "one.png")
    run = build.doit("read", str(tmp_path / "one.png"))
    assert run.returncode == 1 and "no text found" in run.stderr


def test_pull_into_typst_compiles(build, tmp_path):
    import typst

    run = build.doit("pull", "Q3.1.2", "Q4/scores", "Q4/boxes", "--to", str(tmp_path), "--as", "typst")
    assert run.returncode == 0, run.stderr
    snippet = run.stdout.replace(str(tmp_path) + "/", "")
    assert snippet.count("#figure(") == 6  # learning rates, their sweep and four pages
    (tmp_path / "main.typ").write_text(snippet + '#numbers.at("q3.test_accuracy")\n')
    assert typst.compile(str(tmp_path / "main.typ"), root=str(tmp_path))[:5] == b"%PDF-"


def test_pull_into_latex_names_files_and_macros_that_latex_takes(build, tmp_path):
    run = build.doit("pull", "Q3.1.2", "--to", str(tmp_path), "--as", "latex")
    picture = re.search(r"\\includegraphics\[width=\\linewidth.*?\]\{(.*?)\}", run.stdout).group(1)
    assert Path(picture).is_file() and "." not in Path(picture).stem
    macros = re.findall(r"\\newcommand\{\\(\w+)\}\{(.*?)\}", (tmp_path / "numbers.tex").read_text())
    assert macros and all(name.isalpha() for name, _ in macros) and len({name for name, _ in macros}) == len(macros)
    assert not re.search(r"(?<!\\)[%#&_]", re.search(r"\\caption\{(.*)\}", run.stdout).group(1))


def test_pull_lists_what_is_asked_for_and_keeps_out_of_what_builds_write(build):
    listed = build.doit("pull", "--list", "Q3.1.3").stdout
    assert "Q3.1.3/first_layer" in listed and "Q1.6" not in listed
    assert "unknown name nope" in build.doit("pull", "--list", "nope").stderr
    run = build.doit("pull", "Q3.1.3", "--to", str(build.artifacts / "copy"))
    assert run.returncode == 3 and "where builds write" in run.stderr and not (build.artifacts / "copy").exists()


@pytest.mark.parametrize("form, sign", [("markdown", "!["), ("html", "<figure")])
def test_pull_into_other_forms(build, tmp_path, form, sign):
    run = build.doit("pull", "Q3.1.3", "--to", str(tmp_path), "--as", form)
    assert run.stdout.count(sign) == 1


def test_an_unknown_id_suggests_the_nearest(build, tmp_path):
    run = build.doit("pull", "Q3.1.3.first_lair", "--to", str(tmp_path))
    assert run.returncode == 3 and "Q3.1.3/first_layer" in run.stderr


def test_graph_draws_what_is_fresh(build, tmp_path):
    run = build.doit("graph", "--to", str(tmp_path / "graph.svg"))
    assert " fresh" in run.stdout and "stale" not in run.stdout
    assert "Q7.1.1/weights" in (tmp_path / "graph.svg").read_text()


@pytest.mark.parametrize("form", ["latex", "typst", "markdown", "html"])
def test_pull_takes_every_kind_of_artifact(build, tmp_path, form):
    run = build.doit("pull", "q4", "Q7.1.1", "data/report", "versions", "--to", str(tmp_path), "--as", form)
    assert run.returncode == 0, run.stderr
    names = {path.name for path in tmp_path.iterdir()}
    assert {"Q4-4-04_deep.txt", "Q7-1-1-weights.safetensors", "data-report.json", "versions.json"} <= names
    assert all(name in run.stderr for name in names - {"numbers.tex", "numbers.typ", ".pulled.json"})
