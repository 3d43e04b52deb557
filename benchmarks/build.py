"""What the graph costs beside a bare doit, make, DVC and Snakemake with the same files, in one run.

benchmarks/build.py [--tasks 40,1000,10000] [--real "settings=tests/small.toml artifacts=/tmp/a ..."] [--path PATH]

A toy sweep (tests/pipeline/toy) is built cold, asked when nothing is stale, and restored. Everything that is asked more
than once takes turns, so that a busy spell of the machine affects all; the table has the least CPU time (user and
system) and the least wall time of each. Programs that are not installed are left out.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT / "tests" / "pipeline"))
DOIT = f"{sys.executable} -m doit"

# Tasks that write a line, with the files of the toy: a table, a folder, fits of both, a total of all fits.
DODO = """
import os
N = {n}


def write(targets):
    for target in targets:
        with open(target, "w") as file:
            file.write("x")


def task_all():
    os.makedirs("out/fits", exist_ok=True)
    fits = [f"out/fits/{{k}}.npz" for k in range(1, N + 1)]
    for name in ("table", "words", "apart"):
        yield {{"basename": name, "targets": [f"out/{{name}}"], "actions": [write], "uptodate": [True]}}
    for k, fit in enumerate(fits, 1):
        yield {{
            "basename": f"fits/{{k}}", "file_dep": ["out/table", "out/words"], "targets": [fit], "actions": [write]
        }}
    totals = ["out/total", "out/total.txt", "out/numbers"]
    yield {{"basename": "total", "file_dep": fits, "targets": totals, "actions": [write]}}
"""
MAKEFILE = """
FITS := $(patsubst %,out/fits/%.npz,$(shell seq 1 {n}))
all: out/apart out/total
out/table out/words out/apart:
\t@mkdir -p out/fits; echo x > $@
$(FITS): out/table out/words
\t@echo x > $@
out/total: $(FITS)
\t@echo x > out/total.txt; echo x > out/numbers; echo x > out/total
"""
SNAKEFILE = """
rule all:
    input: "out/apart", "out/total"
rule given:
    output: "out/{{name,table|words|apart}}"
    shell: "echo x > {{output}}"
rule fit:
    input: "out/table", "out/words"
    output: "out/fits/{{k}}.npz"
    shell: "echo x > {{output}}"
rule total:
    input: expand("out/fits/{{k}}.npz", k=range(1, {n} + 1))
    output: "out/total", "out/total.txt", "out/numbers"
    shell: "for file in {{output}}; do echo x > $file; done"
"""
DVC = """
stages:
  table: {{cmd: "mkdir -p out/fits; echo x > out/table", outs: [out/table]}}
  words: {{cmd: "mkdir -p out/fits; echo x > out/words", outs: [out/words]}}
  apart: {{cmd: "mkdir -p out/fits; echo x > out/apart", outs: [out/apart]}}
  fit:
    foreach: {numbers}
    do:
      cmd: echo x > out/fits/${{item}}.npz
      deps: [out/table, out/words]
      outs: ["out/fits/${{item}}.npz"]
  total:
    cmd: echo x > out/total; echo x > out/total.txt; echo x > out/numbers
    deps: [{fits}]
    outs: [out/total, out/total.txt, out/numbers]
"""
OTHERS = {  # program: its file, what that holds, the command, and the most tasks that it is given
    "make": ("Makefile", MAKEFILE, "make -s -j2 all", 10**9),
    "dvc": ("dvc.yaml", DVC, "dvc repro -q", 40),
    "snakemake": ("Snakefile", SNAKEFILE, "snakemake -q all -c 2 --nolock", 40),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", default="40,1000,10000", help="how many there are, in each table")
    parser.add_argument("--real", default="", help="words of a build of the project that is up to date")
    parser.add_argument("--path", default="", help="folder where dvc and snakemake are, if not on PATH")
    options = parser.parse_args()
    os.environ["PATH"] += f":{options.path}" if options.path else ""
    # Compiled modules are kept, as everybody has them.
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)
    os.environ |= {"DOITW_FROM": "", "DO_NOT_TRACK": "1", "DVC_NO_ANALYTICS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder, "empty")
        empty.mkdir()
        (empty / "dodo.py").touch()
        if options.real:
            words = f" {options.real}"
            measure_in_turns(
                "the project's graph, nothing stale",
                {
                    "bare doit, empty dodo.py": (DOIT, empty),
                    "doit": (DOIT + words, PROJECT),
                    "doit list": (f"{DOIT} list{words}", PROJECT),
                },
                rounds=20,
            )
        for tasks in map(int, options.tasks.split(",")):
            compare(tasks, Path(folder, str(tasks)))


def compare(tasks: int, folder: Path):
    """The table for graphs of so many tasks."""
    n = tasks - 4  # the fits; the rest is the table, the folder, the total and one apart
    toy, bare = _toy(folder / "toy", n), folder / "bare"
    bare.mkdir()
    (bare / "dodo.py").write_text(DODO.format(n=n))
    places = {"inkgraph": (f"{DOIT} settings=n.toml", toy), "bare doit": (DOIT, bare)}
    for program, (name, content, command, most) in OTHERS.items():
        if shutil.which(program) and tasks <= most:
            place = folder / program
            place.mkdir()
            fits = ", ".join(f"out/fits/{k}.npz" for k in range(1, n + 1))
            (place / name).write_text(content.format(n=n, fits=fits, numbers=list(range(1, n + 1))))
            if program == "dvc":
                run("dvc init -q --no-scm", place)
            places[program] = (command, place)
    cold = {name: run(command, place) for name, (command, place) in places.items()}
    print(f"\n{tasks} tasks, cold (once)")
    for name, (_, wall, memory) in cold.items():
        print(
            f"  {name:<28} {wall:8.2f} s   {1000 * wall / tasks:6.1f} ms a task"
            + (f"   {memory:.0f} MB" if name == "inkgraph" else "")
        )
    for name in ("artifacts", "data"):
        shutil.rmtree(toy / name)
    _, wall, _ = run(f"{DOIT} settings=n.toml", toy)
    print(f"  {'inkgraph, all restored':<28} {wall:8.2f} s   {1000 * wall / tasks:6.1f} ms a task")
    fresh = {"bare doit": places["bare doit"]} | places
    doit = f"{DOIT} {{}} settings=n.toml"
    for words in (f"fits/{n}", f"why fits/{n}", f"list -s fits/{n}", "list", "list -s"):
        fresh[f"inkgraph {words}"] = (doit.format(words), toy)
    measure_in_turns(f"{tasks} tasks, nothing stale", fresh, rounds=20 if tasks < 500 else 5)


def measure_in_turns(title: str, commands: dict[str, tuple[str, Path]], rounds: int):
    """Print the least times of commands, beside the first."""
    taken: dict[str, list] = {name: [] for name in commands}
    for _ in range(rounds + 1):  # the first warms the disk
        for name, (command, place) in commands.items():
            taken[name].append(run(command, place))
    print(f"\n{title} (least of {rounds})")
    least = {name: [min(column) for column in zip(*runs[1:], strict=True)] for name, runs in taken.items()}
    floor = next(iter(least.values()))
    for name, (cpu, wall, _) in least.items():
        print(f"  {name:<28} {cpu:7.3f} s CPU {cpu / floor[0]:5.2f} x   {wall:7.3f} s wall {wall / floor[1]:5.2f} x")


def run(command: str, place: Path) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and the megabytes of the largest process of a command."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(["sh", "-c", f"exec {command}"], cwd=place, stdout=subprocess.DEVNULL, stderr=sys.stderr)
    _, status, used = os.wait4(process.pid, 0)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if status:
        raise SystemExit(f"{command} in {place} failed")
    return _cpu(after) - _cpu(before), wall, used.ru_maxrss / 1000


def _cpu(usage):
    return usage.ru_utime + usage.ru_stime


def _toy(folder: Path, n: int) -> Path:
    from conftest import Toy

    folder.mkdir(parents=True)
    Toy(folder)
    (folder / "n.toml").write_text(f"[toy]\nfactors = {list(range(1, n + 1))}\n")
    return folder


if __name__ == "__main__":
    main()
