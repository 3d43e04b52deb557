"""What the catalogue makes of stages, whatever their creators say and return."""

import sys
from types import ModuleType

import pytest

from lib.build.catalogue import describe, list_runs

SOURCE = """
from lib.build import Artifact, task

def write(path):
    path.write_text("")

def made(name):
    return {"outputs": [Artifact("Q1", f"{name}.txt")]}

def task_group():
    "Q1.1 A group."
    yield task(write, name="plain", **made("plain"))
    yield task(write, name="own", doc="Q1.2 Its own words.", **made("own"))

def task_silent():
    return task(write, **made("silent"))

def task_nothing():
    "Q1.3 Nothing in this build."
    return None
"""


@pytest.fixture
def stage(monkeypatch):
    """A stage of a group, a task without a word, and a creator of nothing."""
    module = ModuleType("stages.invented")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(SOURCE, vars(module))
    yield "invented"
    describe.cache_clear()


def test_a_task_has_its_own_words_or_its_groups_and_never_anothers(stage):
    assert [(name, words) for name, words, _ in list_runs([stage])] == [
        ("group:plain", "Q1.1 A group."),
        ("group:own", "Q1.2 Its own words."),
        ("silent", ""),
    ]


def test_what_doit_does_to_a_task_is_not_seen_by_who_asks_next():
    import dodo

    before = [(name, words) for name, words, _ in list_runs(dodo.STAGES)]
    for task in dodo.task_stages():
        task.pop("basename")
    assert [(name, words) for name, words, _ in list_runs(dodo.STAGES)] == before
