"""What the stage tells the page about figures, runs and readers, before anything is built."""

from collections import Counter

import pytest

from lib.build.catalogue import catalogue, list_runs
from stages import STAGES, gallery, pytorch


@pytest.fixture(scope="module")
def figures():
    """What the page says about every figure of the project."""
    runs = list_runs([stage for stage in STAGES if stage != "gallery"])
    return gallery.describe([entry for entry in catalogue(runs) if gallery.picture_of(entry.artifact)], runs)


def test_no_two_figures_have_the_same_title(figures):
    assert [title for title, times in Counter(figure["title"] for figure in figures).items() if times > 1] == []


def test_a_sub_task_without_words_of_its_own_is_called_by_its_caption(figures):
    titles = {figure["id"]: (figure["title"], figure["caption"]) for figure in figures}
    assert titles["data.mnist_samples"] == ("Five training images of each digit", "")
    assert titles["Q7.2.1.wrong_finetune"][0] == "Test pictures that the fine-tuned network gets wrong"
    assert titles["Q4.3.boxes_01_list"][0] == "The located boxes over 01_list"


def test_every_figure_has_its_part_and_an_unknown_one_is_an_error(figures):
    assert {gallery.part_of(figure) for figure in figures} == set(gallery.PARTS)
    with pytest.raises(ValueError, match="Q8.1.curves is a figure for Q8.1, and the page has parts for Q1, Q2"):
        gallery.part_of({"id": "Q8.1.curves", "question": "Q8.1"})
    with pytest.raises(ValueError, match="Q10.x is a figure for Q10"):  # which is no part of Q1
        gallery.part_of({"id": "Q10.x", "question": "Q10"})


def test_every_network_has_a_curve_and_every_classifier_a_name():
    names = [name for name, *_ in gallery.histories()]
    assert len(names) == len(set(names))
    assert [name for name in names if name.endswith("in PyTorch")] == [
        f"{network.what}, in PyTorch" for network in pytorch.NETWORKS
    ]
    assert [name for name, _, at_first in gallery.histories() if at_first] == [
        "network in numpy, the best run",
        f"{pytorch.EMNIST_CNN.what}, in PyTorch",
    ]
    assert gallery.READERS.keys() == pytorch.CLASSIFIERS.keys()
