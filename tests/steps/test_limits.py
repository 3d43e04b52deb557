"""Scores of readers on drawn pages, with readers that are perfect, blind, or mistaken in a known way."""

import numpy as np
import pytest

from lib.data.cuttings import NONE
from lib.data.scenes import DISTURBANCES, form
from lib.models.judge import Judge, export
from lib.nn import network
from lib.steps.limits import LINES, by_strength, draw_disturbed, measure, score_page
from lib.steps.training import ACTIVATIONS


def drawn(name="tilt", strength=0.0, width=320):
    return draw_disturbed(DISTURBANCES[name].apply, strength, 0, width)


def reading_of(page, letters=None, boxes=None):
    """A record with these letters and boxes in place of the true ones."""
    found = page.boxes if boxes is None else boxes
    text = page.characters if letters is None else letters
    return lambda pixels: {"text": text, "letters": [{"box": box} for box in np.asarray(found).tolist()]}


def test_a_perfect_reading_and_none_at_all():
    page = drawn()
    assert score_page(page, reading_of(page)) == {"recall": 1, "precision": 1, "letters": 1}
    assert score_page(page, reading_of(page, "", [])) == {"recall": 0, "precision": 1, "letters": 0}


def test_letters_and_boxes_are_counted_apart():
    page = drawn()
    count = len(page.characters)
    half = score_page(page, reading_of(page, letters="?" + page.characters[1:], boxes=page.boxes[: count // 2]))
    assert half["letters"] == pytest.approx(1 - 1 / count)
    assert half["recall"] == pytest.approx((count // 2) / count) and half["precision"] == 1
    shifted = score_page(page, reading_of(page, boxes=page.boxes + 200))
    assert shifted == {"recall": 0, "precision": 0, "letters": 1}


def test_garbage_counts_no_more_than_the_page():
    page = drawn()
    assert score_page(page, reading_of(page, "X" * 5000))["letters"] == 0


def test_labels_of_a_form_count_neither_way():
    page = draw_disturbed(form, 0.5, 0, 640)
    both = np.concatenate([page.boxes, page.labels])
    assert score_page(page, reading_of(page, boxes=both))["precision"] == 1
    rows = [page.characters[:13], page.characters[13:]]
    assert score_page(page, reading_of(page, "".join(2 * row for row in rows)))["letters"] == 1
    assert score_page(page, reading_of(page))["letters"] == 1


def test_the_same_writer_and_words_at_every_strength():
    first, second = drawn("noise", 0.0), drawn("blur", 0.0)
    assert first.boxes.tolist() == second.boxes.tolist() and first.characters == "".join(LINES[0]).replace(" ", "")
    assert drawn("noise", 0.0).image.tobytes() == first.image.tobytes()


def test_means_are_over_writers_for_each_strength():
    upright = []

    def read(pixels):
        upright.append(pixels.shape[0] < pixels.shape[1])
        return {"text": "PACKMYBOX" if upright[-1] else "", "letters": []}

    found = by_strength(read, [0, 6], 320, ["turned"])
    (row,) = found["disturbed"].values()
    assert row["strengths"] == [90, 180, 270] and row["recall"] == [0, 0, 0]
    assert row["letters"] == [0, found["plain"]["letters"], 0] and len(upright) == 8
    assert 0 < found["plain"]["letters"] < 1


def test_the_numbers_are_means_over_the_disturbances():
    weights = network.initialise((1024, 2, 36), ACTIVATIONS, np.random.default_rng(0)).arrays()
    style = {"size": 32, "height": 20, "width": 18, "stroke": 4, "edge": 1.2}
    found = measure(
        weights, {"crops32": style, "crops28": style | {"size": 28}}, export(Judge(NONE).eval()), 0, disturbances=2
    )
    rows = found["limits"]["disturbed"]
    assert [*rows] == [*DISTURBANCES][:2]
    for name, value in found["numbers"].items():
        assert value == pytest.approx(np.mean([row[name.removeprefix("q4.1.")] for row in rows.values()]))
    assert found["numbers"]["q4.1.recall"] > 0.5 > found["numbers"]["q4.1.letters"]  # the network is untrained
