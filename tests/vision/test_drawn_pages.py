"""Finding letters on drawn photographs with exact boxes: what is promised at which strength of which disturbance.

``pytest tests/vision/test_drawn_pages.py --writers 100`` draws more pages; benchmarks/reader.py has the whole table.
"""

import numpy as np
import pytest

from lib.data.scenes import DISTURBANCES
from lib.steps.limits import draw_disturbed
from lib.vision.letters import find_letters
from lib.vision.matching import match_boxes, overlaps, recall_and_precision

STRENGTHS = {  # at which letters are found
    "pencil": 0.5, "ball pen": 0.04, "marker": 0.24, "chalk": 0.4, "whiteboard": 0.2, "joined": 0.05, "loose": 0.13,
    "mixed sizes": 0.6, "small": 0.025, "ruled": 0.2, "squared": 0.3, "dotted": 0.15, "form": 0.2, "holes": 5,
    "tilt": 12, "perspective": 0.35, "curl": 0.05, "turned": 90, "uneven light": 0.6, "hard shadow": 0.5,
    "soft shadow": 0.5, "blur": 0.004, "noise": 0.02, "jpeg": 50, "resolution": 320,
}  # fmt: skip


@pytest.mark.parametrize("name", STRENGTHS)
def test_letters_are_found_on_disturbed_pages(name, pytestconfig):
    scores = []
    for seed in range(pytestconfig.option.writers):
        page = draw_disturbed(DISTURBANCES[name].apply, STRENGTHS[name], seed, 480)
        scores.append(recall_and_precision(find_letters(page.image)[0], page.boxes, page.labels))
    recall, precision = np.mean(scores, axis=0)
    assert recall >= 0.95 and precision >= 0.93


def test_labels_may_be_found_or_not():
    truth, labels = [(0, 0, 10, 10)], [(20, 0, 24, 4)]
    assert recall_and_precision(truth, truth, labels) == (1, 1)
    assert recall_and_precision([*truth, *labels], truth, labels) == (1, 1)
    assert recall_and_precision([*truth, *labels], truth) == (1, 0.5)
    assert recall_and_precision([*labels, (40, 0, 50, 9)], truth, labels) == (0, 0)


def test_pages_without_boxes():
    assert recall_and_precision([], []) == (1, 1)
    assert recall_and_precision([], [(0, 0, 1, 1)]) == (0, 1)
    assert recall_and_precision([(0, 0, 1, 1)], []) == (1, 0)
    assert overlaps([], [(0, 0, 1, 1)]).shape == (0, 1) and match_boxes([], []).shape == (0, 2)


def test_a_box_is_matched_once():
    box = (0, 0, 10, 10)
    assert recall_and_precision([box, box], [box]) == (1, 0.5)
    assert recall_and_precision([box], [box, (0, 0, 10, 9)]) == (0.5, 1)
    # Half of two boxes together must be in both.
    assert len(match_boxes([box], [(0, 0, 10, 20)])) == 1 and not len(match_boxes([box], [(0, 0, 10, 21)]))


def test_as_many_pairs_as_there_can_be():
    # The first box overlaps both true ones, the second only the first of them.
    found = [(0, 0, 10, 12), (0, 0, 10, 7)]
    truth = [(0, 0, 10, 10), (0, 3, 10, 15)]
    assert match_boxes(found, truth).tolist() == [[0, 1], [1, 0]]
