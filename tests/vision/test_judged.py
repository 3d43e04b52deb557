"""Letters of photographs as a judge cuts them, with one that was trained in seconds."""

import numpy as np
import pytest
from scipy import ndimage
from skimage import data

from lib.data.scenes import DISTURBANCES, draw, plain
from lib.vision import judged, page
from lib.vision.letters import segment
from lib.vision.matching import recall_and_precision

LINES = ("READ BAKED", "FUR JET 4257")


def drawn(name=None, strength=0.0, seed=1):
    rng = np.random.default_rng(seed)
    scene = plain(rng, LINES, width=700, variety=0.5)
    return draw(DISTURBANCES[name].apply(scene, strength, rng) if name else scene, rng)


def found(photo, weights):
    letters, odds, kinds = judged.segment(photo.image, weights)[:3]
    assert len(odds) == len(kinds) == len(letters.boxes) == letters.owner.max()
    return recall_and_precision(letters.full_boxes, photo.boxes, photo.labels), letters


@pytest.mark.parametrize(("name", "strength"), [(None, 0), ("squared", 0.45), ("chalk", 0.4)])
def test_letters_are_found(name, strength, weights):
    (recall, precision), _ = found(drawn(name, strength), weights)
    assert recall >= 0.85 and precision >= 0.85


@pytest.mark.parametrize(("name", "strength"), [("pencil", 0.18), ("table", 0.2), ("noise", 0.06)])
def test_letters_are_found_where_rules_of_thumb_fail(name, strength, weights):
    photo = drawn(name, strength)
    (recall, precision), _ = found(photo, weights)
    assert recall >= 0.85 and precision >= 0.85
    by_rules = recall_and_precision(segment(photo.image).full_boxes, photo.boxes)
    assert min(by_rules) < 0.8


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_page_is_turned_back_and_its_boxes_are_where_they_were(turns, weights):
    photo = drawn()
    upright, turned = (judged.segment(np.rot90(photo.image, -by), weights).letters for by in (0, turns))
    assert upright.turns == 0 and turned.turns == turns
    pages = [page.read_page(image, {}, weights) for image in (photo.image, np.rot90(photo.image, -turns))]
    assert pages[1].turns == turns and len(pages[0].boxes) == len(pages[1].boxes)
    y, x = pages[1].boxes[0, :2]
    (height, width), (b1, a1, b2, a2) = photo.image.shape[:2], pages[0].boxes[0]
    expected = {1: (a1, height - b2), 2: (height - b2, width - a2), 3: (width - a2, b1)}[turns]
    np.testing.assert_allclose((y, x), expected, atol=2)


@pytest.mark.parametrize("photo", ["camera", "coins", "chelsea", "grass"])
def test_photographs_of_other_things_have_few_sure_letters(photo, weights):
    assert (judged.segment(getattr(data, photo)(), weights).odds > 4).sum() <= 2


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (40, 40), (20, 3000)])
@pytest.mark.parametrize("value", [0, 255])
def test_empty_pages_have_no_letters(shape, value, weights):
    letters, odds, kinds = judged.segment(np.full(shape, value, np.uint8), weights)[:3]
    assert letters.boxes.shape == (0, 4) and len(odds) == 0 and kinds.shape == (0, 36)


def test_texture_is_given_up_soon(weights, monkeypatch):
    """However much there is, at most TOO_MANY candidates are judged."""
    seen = []
    judge = judged.judge
    monkeypatch.setattr(judged, "judge", lambda views, weights: seen.append(len(views)) or judge(views, weights))
    monkeypatch.setattr(judged, "TOO_MANY", 600)
    field = ndimage.gaussian_filter(np.random.default_rng(0).standard_normal((400, 400)), 3)
    assert len(judged.segment(field > field.std(), weights).letters.boxes) == 0
    assert sum(seen) <= judged.TOO_MANY


def test_letters_alone_of_another_size_and_labels_of_a_form_are_stray():
    boxes = np.array([[10, 10, 40, 30], [10, 40, 40, 60], [10, 70, 40, 90], [60, 10, 68, 16], [60, 40, 68, 46]])
    assert judged.stray(boxes, form=True).tolist() == [False] * 3 + [True] * 2
    assert not judged.stray(boxes, form=False).any()
    assert judged.stray(boxes[:4], form=False).tolist() == [False] * 3 + [True]


def test_a_bar_alone_beside_lines_of_letters_is_stray_and_one_of_a_list_is_not():
    line = [[10, x, 40, x + 20] for x in (10, 40, 70)]
    bar, wide = [60, 10, 90, 14], [60, 10, 90, 24]
    assert judged.stray(np.array([*line, bar]), form=False).tolist() == [False] * 3 + [True]
    assert not judged.stray(np.array([*line, wide]), form=False).any()
    assert not judged.stray(np.array([[y, 10, y + 30, 14] for y in (10, 60, 110)]), form=False).any()


def test_the_same_photograph_gives_the_same_letters(weights):
    photo = drawn("touching", 0.0)
    first, second = (judged.segment(photo.image, weights) for _ in range(2))
    assert (first.odds == second.odds).all() and (first.kinds == second.kinds).all()
    assert (first.letters.owner == second.letters.owner).all()
