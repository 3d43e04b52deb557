"""The picture of the graph."""

import pytest

from lib.commands.graph import direct, draw, group, layers, positions

EDGES = {("a", "b"), ("b", "c"), ("a", "c"), ("a", "d")}


def test_sweeps_are_one_node_with_the_worst_of_their_statuses(graph, tasks):
    status = dict.fromkeys(tasks, "fresh") | {"fits/mlp_1": "stale", "Q4.3/boxes_a": "failed"}
    nodes, edges = group(graph, status)
    (fits,) = [name for name in nodes if name.startswith("fits/")]
    assert nodes[fits] == {"label": fits, "count": 2, "status": "stale"}
    assert nodes["Q4.3/boxes_a"]["status"] == "failed" and nodes["data/table"] == {
        "label": "data/table", "count": 1, "status": "fresh"
    }  # fmt: skip
    assert {("data/table", fits), (fits, "Q3.1.1/numbers"), ("Q3.1.1/numbers", "results")} <= edges
    assert all(start != end for start, end in edges)


def test_what_reads_stands_to_the_right_and_one_way_is_drawn():
    assert layers("cabd", EDGES) == {"a": 0, "b": 1, "d": 1, "c": 2}
    assert direct(EDGES) == EDGES - {("a", "c")}
    place = positions("cabd", EDGES)
    assert [place[name][0] for name in "abdc"] == [0, 1, 1, 2] and place["a"][1] == place["c"][1] == 0
    assert {place["b"][1], place["d"][1]} == {-0.5, 0.5}


def test_neighbours_stand_near_each_other():
    crossed = {("a", "y"), ("b", "x")}
    place = positions("abxy", crossed)
    assert place["a"][1] == place["y"][1] != place["b"][1] == place["x"][1]


@pytest.mark.parametrize("nodes", [{}, {"a": {"label": "a", "count": 3, "status": "failed"}}])
def test_it_is_drawn_with_a_mark_besides_the_colour(nodes):
    texts = [text.get_text() for text in draw(nodes, set()).axes[0].texts]
    assert texts[-3:] == ["fresh", "… stale", "✗ failed"] and texts[:-3] == ["✗ a × 3"] * len(nodes)
