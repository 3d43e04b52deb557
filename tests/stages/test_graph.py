"""The declarations as a whole, in a process of their own: which source they are of is fixed when they are loaded."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("source", ["embedded", "course"])
def test_a_build_begins_with_steps_that_there_are(source):
    code = (
        f"from doit import doit_cmd; doit_cmd.reset_vars(); doit_cmd.set_var('source', {source!r}); import stages; "
        "from lib.graph.step import load_stages; names = {step.name for step in load_stages(stages.STAGES).steps}; "
        f"drawn = {{'fits/pretext_squeezenet.safetensors'}} if {source!r} == 'course' else set(); "
        "assert set(stages.LONGEST) - names == drawn"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
