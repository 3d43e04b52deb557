"""The order of a list, and its lines for families."""

import io

import pytest

from lib.commands import list as listing
from lib.commands.list import List, by_question


def test_questions_come_in_the_order_of_their_numbers_before_the_rest():
    ids = ["data/b", "Q10/a", "Q3.1.10/a", "Q3.1.2/b", "Q3.1.2/a", "Q3/z", "data/a", "results"]
    assert sorted(ids, key=by_question) == [
        "Q3/z",
        "Q3.1.2/a",
        "Q3.1.2/b",
        "Q3.1.10/a",
        "Q10/a",
        "results",
        "data/a",
        "data/b",
    ]


@pytest.fixture
def lines(graph, tasks, doit, monkeypatch):
    """A function that lists, with the statuses that doit's database gives."""
    command = List.__new__(List)
    monkeypatch.setattr(listing, "save_caches", lambda: None)

    def lines(*words, stale=(), **options):
        command.outstream = io.StringIO()
        command._statuses = lambda names: listing.statuses(doit(stale), tasks, names)
        chosen = dict.fromkeys(["subtasks", "quiet", "status", "private", "list_deps", "template", "sort"]) | options
        command._execute(**chosen, pos_args=words)
        return command.outstream.getvalue().splitlines()

    return lines


def test_a_line_for_each_captioned_artifact_and_one_for_a_sweep(lines):
    assert [line.split(maxsplit=1) for line in lines()] == [
        ["Q3.1.1/curves", "Curves: 5 % & more"],
        ["Q3.1.1/numbers", "The numbers"],
        ["Q4.3/boxes_a", "a: boxes"],
        ["Q4.3/boxes_b", "b: boxes"],
        ["Q4.4/a.txt", "Text"],
        ["results", "All numbers"],
        ["data/table", "A table"],
        ["fits/mlp_{rate}", "Fit at {rate} (× 2)"],
    ]
    assert len({line.index(line.split(maxsplit=1)[1], 15) for line in lines()}) == 1  # in columns


def test_more_and_fewer_lines_on_request(lines):
    assert lines(quiet=True)[0] == "Q3.1.1/curves"
    assert [line.split()[0] for line in lines(subtasks=True)][-2:] == ["fits/mlp_0.1", "fits/mlp_1"]
    assert "Q4.4/hidden" in [line.split()[0] for line in lines(private=True)]
    assert [line.split()[0] for line in lines("fits/mlp_1")] == ["fits/mlp_1"]


def test_a_family_shows_the_worst_of_its_steps(lines):
    assert {line[:2] for line in lines(status=True)} == {"U "}
    shown = {line.split()[1]: line[0] for line in lines(status=True, stale=["fits/mlp_1"])}
    assert shown["fits/mlp_{rate}"] == shown["results"] == "R" and shown["data/table"] == "U"
