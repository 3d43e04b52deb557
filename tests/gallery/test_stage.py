"""What the stage tells the page about figures, runs and readers, before anything is built."""

import json
from collections import Counter

from lib.captions import split_caption
from lib.gallery.numbers import nearest, rows
from lib.graph.step import load_stages
from stages import STAGES

load_stages(STAGES)  # the gallery shows what the stages before it declare

from stages import gallery, pytorch  # noqa: E402


def test_no_two_figures_have_the_same_title():
    titles = Counter(split_caption(figure.caption)[0] for figure in gallery.FIGURES.values())
    assert titles and [title for title, times in titles.items() if times > 1] == []


def test_every_part_has_a_figure_and_every_figure_a_part():
    parts = [part for part, _ in gallery.PARTS]
    assert {nearest(id, parts) for id in gallery.FIGURES} == set(parts)


def test_every_number_has_a_table_and_opening_numbers_are_declared():
    tables = [question for question, _ in gallery.TABLES]
    declared = json.loads(gallery.SAME["declared"])
    everything = rows({number["key"]: 0.5 for number in declared}, declared)
    assert everything and all(nearest(row.question, tables) for row in everything)
    assert set(gallery.HEADLINE) <= {row.key for row in everything}


def test_every_network_has_a_curve_and_two_are_shown_at_first():
    names = list(gallery.HISTORIES)
    assert [name for name in names if name.endswith("in PyTorch")] == [
        f"{network.what}, in PyTorch" for network in pytorch.NETWORKS.values()
    ]
    assert len(gallery.SHOWN) == 2 and gallery.SHOWN <= set(names)


def test_the_reader_of_each_table_of_pages_is_declared():
    assert {reader for *_, reader in gallery.PAGE_TABLES} <= {id for id, _ in gallery.SAME["readers"]}
