"""The rooms as a library: what they export, how late they import it, what their objects look like at a prompt."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

PROJECT = Path(__file__).parents[2]
ROOMS = ("lib.nn", "lib.vision", "lib.models")


@pytest.mark.parametrize("room", ROOMS)
def test_every_exported_name_is_there_with_a_docstring_and_is_no_module(room):
    package = importlib.import_module(room)
    modules = {file.stem for file in Path(package.__file__).parent.glob("*.py")}
    assert package.__all__ and modules.isdisjoint(package.__all__)  # which it would hide
    for name in package.__all__:
        exported = getattr(package, name)
        assert exported.__doc__, name


def test_importing_the_rooms_imports_nothing_heavy():
    code = f"import sys, {', '.join(ROOMS)}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert {"numpy", "scipy", "skimage", "torch", "matplotlib"}.isdisjoint(run.stdout.split())


def test_three_lines_of_the_readme_read_a_page(monkeypatch):
    blocks = re.findall(r"```python\n(.*?)```", (PROJECT / "README.md").read_text(encoding="utf-8"), re.S)
    (block,) = [block for block in blocks if "read_page" in block]
    *imports, line = block.strip().splitlines()
    call, _, shown = line.partition("  # ")
    assert len(list(filter(None, imports))) == 2
    names = {}
    exec("\n".join(imports), names)
    monkeypatch.chdir(PROJECT)
    assert repr(eval(call, names)) == shown


def test_objects_fit_a_line_of_a_prompt():
    from lib.models import fit
    from lib.nn import Adam, Batches, Momentum, Network, cosine
    from lib.vision import segment

    x, rng = np.zeros((5000, 8)), np.random.default_rng(0)
    letters = np.ones((60, 80))
    letters[20:40, 30:33] = 0
    shown = {
        "Network(8-4-2, sigmoid, linear: 46 parameters)": Network((8, 4, 2), ("sigmoid", "linear")),
        "Momentum(learning_rate=0.1, weight_decay=0, momentum=0.9)": Momentum(0.1),
        "Adam(weight_decay=0, decay=0.9, square_decay=0.999, epsilon=1e-08)": Adam(cosine(0.1)),
        "Batches(5,000 examples, 32 at a time)": Batches(x, x, 32, rng),
        "Letters(1 on 60 x 80 pixels, one for 1 x 1)": segment(letters),
    }
    assert list(shown) == [repr(value) for value in shown.values()]
    assert repr(fit.Batches(x, x, 32, rng)) == "Batches(5,000 examples, 32 at a time)"
