"""What words mean."""

import pytest
from doit.exceptions import InvalidCommand

from lib.commands.names import artifacts_of, expand

PAGES = ["Q4.3/boxes_a", "Q4.3/boxes_b"]


@pytest.mark.parametrize("words, names", [
    (["Q3.1.1/curves"], ["Q3.1.1/numbers"]),  # the step that makes it
    (["q3.1.1"], ["Q3.1.1/numbers"]),
    (["Q3"], ["Q3.1.1/numbers"]),
    (["Q4.3", "q4.3/BOXES_A"], PAGES),
    (["Q4.3/"], PAGES),
    (["Q4.3/boxes"], PAGES),
    (["Q4.3/boxes_*"], PAGES),
    (["*_b"], PAGES[1:]),
    (["fits/mlp"], ["fits/mlp_0.1", "fits/mlp_1"]),
    (["training"], ["fits/mlp_0.1", "fits/mlp_1", "Q3.1.1/numbers"]),
    (["q3.test_accuracy"], ["Q3.1.1/numbers"]),
    (["artifacts/embedded/Q4.4/a.txt"], ["Q4.4/a.txt"]),
    (["results", "data/table", "results"], ["results", "data/table"]),
    (["data"], ["data/table"]),  # before the stage
])  # fmt: skip
def test_words_mean_steps(graph, words, names):
    assert expand(words, graph) == names


@pytest.mark.parametrize("word, message", [
    ("Q3.1.1/curve", "did you mean Q3.1.1/curves"),
    ("trainin", "did you mean training"),
    ("Q4.33", "unknown name Q4.33; did you mean Q4.3"),
    ("zzzzzz", "unknown name zzzzzz; `list` shows all names"),
    ("Q4.3/box", "did you mean Q4.3/boxes_[ab]"),
])  # fmt: skip
def test_what_means_nothing_suggests_the_nearest(graph, word, message):
    with pytest.raises(InvalidCommand, match=message):
        expand([word], graph)


def test_a_word_means_its_own_artifact_before_those_below_it(graph):
    assert artifacts_of("Q4.4/a.txt", graph) == ["Q4.4/a.txt"] and artifacts_of("Q4.4/a", graph) == ["Q4.4/a.txt"]
    assert artifacts_of("q3.test_accuracy", graph) == ["Q3.1.1/numbers"] and artifacts_of("zzz", graph) == []
