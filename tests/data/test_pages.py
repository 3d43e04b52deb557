import numpy as np
import pytest

from lib.data.handwriting import draw_writers
from lib.data.pages import Ink, Layout, Light, Paper, draw_page

TEXT = ["TO DO LIST", "1 Make a nap", "Quick JOG 24"]
SMALL = Layout(height=360, width=640, capital=40)
FLAT = Light(level=1.0, slope=(0, 0), vignette=0, tint=(1, 1, 1), blur=0, noise=0)
BLACK = Ink((0, 0, 0), opacity=1, grain=0)


def _page(seed=0, text=TEXT, layout=SMALL, paper=None, ink=None, light=None):
    rng = np.random.default_rng(seed)
    return draw_page(rng, text, draw_writers(rng, 1), layout, paper, ink, light)


def test_a_page_is_a_photograph_with_a_box_for_every_letter():
    page = _page()
    assert page.image.shape == (360, 640, 3) and page.image.dtype == np.uint8
    assert page.boxes.shape == (len("".join(TEXT).replace(" ", "")), 4)
    assert np.bincount(page.line).tolist() == [len(text.replace(" ", "")) for text in TEXT]
    assert np.bincount(page.word).tolist() == [len(word) for text in TEXT for word in text.split()]


def test_same_seed_same_page():
    first, again, other = _page(0), _page(0), _page(1)
    np.testing.assert_array_equal(first.image, again.image)
    np.testing.assert_array_equal(first.boxes, again.boxes)
    assert (first.image != other.image).any()


@pytest.mark.parametrize("tilt", [0, 5, -5])
@pytest.mark.parametrize("perspective", [(0, 0), (0.1, -0.1)])
def test_boxes_cover_the_ink_exactly(tilt, perspective):
    paper = Paper((1, 1, 1), grain=0, stain=0)
    page = _page(2, layout=SMALL._replace(tilt=tilt, perspective=perspective), paper=paper, ink=BLACK, light=FLAT)
    ink = page.image[..., 0] < 128
    covered = np.zeros_like(ink)
    for y1, x1, y2, x2 in page.boxes:
        covered[y1:y2, x1:x2] = True
        crop = ink[y1:y2, x1:x2]
        assert crop[0].any() and crop[-1].any() and crop[:, 0].any() and crop[:, -1].any()
    assert not (ink & ~covered).any()
    assert page.boxes.min() > 0 and (page.boxes[:, 2:] < (360, 640)).all()


def test_letters_stand_apart_and_in_reading_order():
    from scipy.ndimage import label

    text = ["THE END", "OF TIME"]
    page = _page(3, text=text, paper=Paper((1, 1, 1), grain=0, stain=0), ink=BLACK, light=FLAT)
    _, pieces = label(page.image[..., 0] < 128, np.ones((3, 3)))
    assert pieces >= len(page.boxes)
    for line in (0, 1):
        left = page.boxes[page.line == line, 1]
        assert (np.diff(left) > 0).all()
    assert page.boxes[page.line == 0, 2].max() < page.boxes[page.line == 1, 2].min()


def test_words_are_wider_apart_than_letters():
    page = _page(4, text=["AB CD EF GH IJ"])
    gaps = page.boxes[1:, 1] - page.boxes[:-1, 3]
    between = np.diff(page.word) > 0
    assert gaps[between].min() > gaps[~between].max()


@pytest.mark.parametrize("pattern", ["plain", "ruled", "squared"])
def test_ink_is_darker_than_any_paper_even_in_shadow(pattern):
    light = Light(shadow=0.3, slope=(-0.3, 0.2))
    page = _page(5, paper=Paper((0.92, 0.86, 0.7), pattern=pattern, margin=0.05), light=light)
    grey = page.image.mean(axis=2)
    for y1, x1, y2, x2 in page.boxes:
        assert grey[y1:y2, x1:x2].min() < 0.75 * np.median(grey[y1:y2, x1:x2])


def test_printed_lines_are_lighter_than_ink_but_there():
    plain, ruled, squared = (
        _page(6, text=[], paper=Paper(grain=0, stain=0, pattern=pattern, spacing=1), light=FLAT).image[..., 0]
        for pattern in ("plain", "ruled", "squared")
    )
    assert (plain == plain[0, 0]).all()
    assert 100 < ruled.min() < 0.9 * plain.min()
    assert (ruled < plain).mean() < (squared < plain).mean() < 0.3


def test_text_too_wide_for_its_size_is_written_smaller():
    page = _page(7, text=["A VERY LONG LINE OF TEXT THAT GOES ON"], layout=SMALL._replace(capital=100))
    assert (page.boxes[:, 3] < 640).all()
    assert (page.boxes[:, 2] - page.boxes[:, 0]).max() < 60


def test_a_page_too_small_for_its_text_is_refused():
    with pytest.raises(ValueError, match="do not fit on 64 x 48 pixels"):
        _page(8, text=["MUCH TOO LONG FOR THIS"], layout=Layout(height=48, width=64))


def test_an_empty_page_has_no_boxes():
    page = _page(9, text=[])
    assert page.boxes.shape == (0, 4) and page.image.shape == (360, 640, 3)
