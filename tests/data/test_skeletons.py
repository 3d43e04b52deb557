import numpy as np
import pytest

from lib.data.skeletons import CHARACTERS, letterforms, parse, path_matrices


def test_every_character_has_a_letterform_and_the_ambiguous_ones_several():
    forms = [form.character for form in letterforms()]
    assert sorted(set(forms)) == sorted(CHARACTERS)
    assert all(forms.count(character) >= 2 for character in "0123456789AGIJQZag")


def test_letterforms_fill_the_height_that_their_kind_of_letter_has():
    for form in letterforms():
        top, bottom = form.controls[:, 1].min(), form.controls[:, 1].max()
        assert top <= 0.56 and 0.9 <= bottom <= 1.45, form.character
        assert np.ptp(form.controls[:, 0]) <= 1.05, form.character
        assert all((form.stroke == s).sum() >= 2 for s in range(form.stroke[-1] + 1)), form.character


def test_no_letterform_stands_there_twice():
    drawings = [(form.character, form.controls.tobytes(), form.corner.tobytes()) for form in letterforms()]
    assert len(set(drawings)) == len(drawings)


def test_a_line_is_read_as_it_is_written():
    form = parse("7 0.5 L 2,4 61,2 23,100 | C 17,52 38,48! 59,-5")
    assert (form.character, form.weight) == ("7", 0.5)
    assert form.controls.tolist() == [
        [0.02, 0.04],
        [0.61, 0.02],
        [0.23, 1.0],
        [0.17, 0.52],
        [0.38, 0.48],
        [0.59, -0.05],
    ]
    assert form.stroke.tolist() == [0, 0, 0, 1, 1, 1] and form.corner.tolist() == [True] * 3 + [False, True, False]


@pytest.mark.parametrize(
    "line",
    ["7 1.0", "7 L 2,4 61,2", "é 1.0 L 2,4 61,2", "7 0 L 2,4 61,2", "7 1.0 X 2,4 61,2", "7 1.0 L 2,4", "7 1.0 L 2,4 6"]
    + [
        "7 1.0 L 2,4 6;2",
        "7 1.0 L 2,4 61,2 |",
        "7 1.0 L 2,4 61,2 | C 1,2",
        "",
        "78 1.0 L 2,4 61,2",
        "7 nan L 2,4 61,2",
    ],
)
def test_a_line_that_cannot_be_read_is_shown(line):
    with pytest.raises(ValueError, match="cannot be read.* write it as in"):
        parse(line)


@pytest.mark.parametrize("points", [64, 400])
def test_paths_go_through_their_control_points(points):
    for number, form in enumerate(letterforms()):
        sharp, rounded, stroke = path_matrices(number, points)
        assert len(sharp) == len(rounded) == len(stroke) == points
        assert stroke.tolist() == sorted(stroke)
        for path in (sharp @ form.controls, rounded @ form.controls):
            distance = np.linalg.norm(form.controls[:, None] - path[None], axis=2).min(axis=1)
            assert distance.max() < 8 / points, form.character


def test_paths_move_with_their_control_points():
    """Weights of every point sum to one: shifting the controls shifts the path."""
    for number in range(len(letterforms())):
        sharp, rounded, _ = path_matrices(number, 64)
        np.testing.assert_allclose(sharp.sum(axis=1), 1, atol=1e-5)
        np.testing.assert_allclose(rounded.sum(axis=1), 1, atol=1e-5)


def test_points_are_evenly_spaced_along_a_stroke():
    number = [form.character for form in letterforms()].index("O")
    sharp, _, _ = path_matrices(number, 100)
    steps = np.linalg.norm(np.diff(sharp @ letterforms()[number].controls, axis=0), axis=1)
    assert steps.max() < 1.05 * steps.min()
