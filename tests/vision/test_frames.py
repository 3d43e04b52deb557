"""Ink that is no writing by its shape and place alone."""

import numpy as np
from scipy import ndimage

from lib.vision import frames
from lib.vision.ink import EIGHT, boxes_of


def pieces(mask):
    labels, _ = ndimage.label(mask, EIGHT)
    return labels, boxes_of(labels)


def boxed(y, x, size, mask):
    mask[y : y + size, x : x + size] = True
    mask[y + 3 : y + size - 3, x + 3 : x + size - 3] = False


def test_a_box_around_a_letter_is_a_frame():
    mask = np.zeros((100, 200), bool)
    boxed(10, 10, 80, mask)
    mask[30:70, 45:50] = True  # an I inside
    boxed(10, 110, 60, mask)  # nothing inside: may be an O
    labels, boxes = pieces(mask)
    assert frames.frames(labels, boxes).tolist() == [True, False, False]


def test_an_E_with_a_loose_bar_is_no_frame():
    mask = np.zeros((100, 80), bool)
    mask[10:90, 10:15] = mask[10:15, 10:60] = mask[85:90, 10:60] = True
    mask[40:60, 20:55] = True
    labels, boxes = pieces(mask)
    assert not frames.frames(labels, boxes).any()


def test_what_touches_the_edge():
    boxes = np.array([[0, 5, 9, 9], [1, 1, 9, 9], [4, 4, 10, 8], [4, 4, 8, 20]])
    assert frames.at_edge(boxes, (10, 20)).tolist() == [True, False, True, True]
