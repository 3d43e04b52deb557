"""What all figures share: the same bytes every time, images in a PDF as they are, measures in inches."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from lib.figures.style import COLOURS, board, lay, save, style, wrapped


def drawing():
    with style():
        figure, axes = board(2, 1)
        lay(axes, np.linspace(0, 1, 12).reshape(3, 4), 0.25, 0.5, 1, 0.5)
        axes.text(1, 0.4, "text")
    return figure


@pytest.mark.parametrize("ending", ["png", "pdf"])
def test_a_figure_is_saved_as_the_same_bytes(ending, tmp_path):
    files = [tmp_path / f"{name}.{ending}" for name in "ab"]
    for file in files:
        save(drawing(), tmp_path / "before.pdf", file)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_pdf_keeps_the_pixels_of_an_image_and_no_half_transparent_edges(tmp_path):
    save(drawing(), tmp_path / "a.pdf")
    content = (tmp_path / "a.pdf").read_bytes()
    assert b"/Width 4" in content and b"/Height 3" in content and b"/SMask" not in content


def test_a_board_is_measured_in_inches_from_its_upper_left_corner():
    figure, axes = board(2, 1)
    lay(axes, np.full((3, 3), 255, np.uint8), 0.5, 0, 1, 1)
    assert figure.get_size_inches().tolist() == [2, 1] and axes.get_xlim() == (0, 2) and axes.get_ylim() == (1, 0)
    assert axes.transData.transform((2, 0)).tolist() == figure.bbox.max.tolist()


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [("", 1, ""), ("rose", 0.1, "rose"), ("a rose", 0.1, "a\nrose"), ("a rose", 1, "a rose")],
)
def test_text_is_wrapped_between_words_alone(text, width, lines):
    assert wrapped(text, width) == lines


@pytest.mark.parametrize("colour", COLOURS)
def test_curves_are_three_times_as_dark_as_paper(colour):
    """By WCAG's relative luminance."""
    light = [value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in to_rgb(colour)]
    assert 1.05 / (np.dot((0.2126, 0.7152, 0.0722), light) + 0.05) >= 3
