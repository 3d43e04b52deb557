"""What leads to a step, and from it, as text and as a picture."""

import pytest

from lib.commands.graph import around, direct, draw, group, lanes, layers, listing, positions, reached
from tests.pipeline.conftest import built  # noqa: F401 - a fixture

EDGES = {("a", "b"), ("b", "c"), ("a", "c"), ("a", "d")}


def nodes(names, **more):
    return {name: {"count": 1, "status": "fresh", "lane": "Q1"} | more.get(name, {}) for name in names}


def test_sweeps_are_one_node_with_the_worst_of_their_statuses(graph, tasks):
    status = dict.fromkeys(tasks, "fresh") | {"fits/mlp_1": "stale", "Q4.3/boxes_a": "failed"}
    found, edges = group(graph, status)
    (fits,) = [name for name in found if name.startswith("fits/")]
    assert found[fits] == {"count": 2, "status": "stale", "lane": "training"}
    assert found["Q4.3/boxes_a"] == {"count": 1, "status": "failed", "lane": "Q4.3"}
    assert {("data/table", fits), (fits, "Q3.1.1/numbers"), ("Q3.1.1/numbers", "results")} <= edges
    assert all(start != end for start, end in edges)


def test_what_reads_stands_to_the_right_and_one_way_is_drawn():
    assert layers("cabd", EDGES) == {"a": 0, "b": 1, "d": 1, "c": 2}
    assert direct(EDGES) == EDGES - {("a", "c")}
    places, rows = positions(nodes("abcd"), EDGES)
    assert places == {"a": (0, 0), "b": (1, 0), "c": (2, 0), "d": (1, 1)} and rows == {"Q1": (0, 2)}


def test_each_question_has_rows_of_its_own():
    found = nodes("abcd", b={"lane": "Q2"}, d={"lane": "Q2"})
    places, rows = positions(found, EDGES)
    assert rows == {"Q1": (0, 1), "Q2": (1, 3)} and {places["b"][1], places["d"][1]} == {1, 2}
    assert list(lanes(nodes("abc", b={"lane": "Q2"}))) == ["Q2", "Q1"]  # Q1 is added to last


def test_a_step_is_told_with_what_leads_to_it_and_from_it():
    lines = list(around("b", nodes("abcd", c={"count": 3, "status": "stale"}), EDGES))
    assert lines == ["b", "  made from", "  └─ a", "  goes into", "  └─ … c × 3"]
    assert reached("a", EDGES, back=False) == ["b", "c", "d"] and reached("c", EDGES, back=True) == ["a", "b"]
    twice = {("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("d", "e")}
    assert list(around("a", nodes("abcde"), twice))[2:] == [
        "  ├─ b", "  │  └─ d", "  │     └─ e", "  └─ c", "     └─ d (as above)"
    ]  # fmt: skip


def test_the_whole_graph_is_told_by_question():
    assert list(listing(nodes("abc", c={"lane": "Q2", "status": "failed"}), EDGES - {("a", "d")})) == [
        "Q1", "  a", "  b    <- a", "Q2", "  ✗ c  <- b"
    ]  # fmt: skip


@pytest.mark.parametrize("found", [{}, nodes("a", a={"count": 3, "status": "failed"})])
def test_it_is_drawn_with_a_mark_besides_the_colour(found):
    texts = [text.get_text() for text in draw(found, set()).axes[0].texts]
    assert texts[-3:] == ["fresh", "… stale", "✗ failed"] and texts[:-3] == ["Q1", "✗ a × 3"] * len(found)


def test_arrows_run_from_what_is_read_between_the_boxes():
    figure = draw(nodes("abcd"), EDGES)
    arrows = [patch for patch in figure.axes[0].patches if type(patch).__name__ == "FancyArrowPatch"]
    assert len(arrows) == len(direct(EDGES))
    assert all(arrow._path_original.vertices[0][0] < arrow._path_original.vertices[-1][0] for arrow in arrows)


def test_the_command_leaves_nothing_but_the_picture_that_is_asked_for(built, tmp_path):  # noqa: F811
    before = {*built.folder.iterdir()}
    assert "fits/{factor} × 3  <- data/table, raw/words" in built.doit("graph")
    text = built.doit("graph", "fits/2")
    assert text.splitlines()[0] == "fits/{factor} × 3" and "Q1.10/total" in text and "Q2.1/apart" not in text
    assert {*built.folder.iterdir()} == before
    assert "fresh" in built.doit("graph", "--to", str(tmp_path / "g.svg"), "toy")
    svg = (tmp_path / "g.svg").read_text()
    assert "Q2.1/apart" in svg and "fits/{factor}" in svg
    assert "ends in none of .svg, .png, .pdf" in built.doit("graph", "--to", "g.txt", code=3)
    assert "did you mean fits/2" in built.doit("graph", "fit/2", code=3)
