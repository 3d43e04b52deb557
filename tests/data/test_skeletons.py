import numpy as np
import pytest

from lib.data.skeletons import CHARACTERS, letterforms, path_matrices


def test_every_character_has_a_letterform_and_the_ambiguous_ones_several():
    forms = [form.character for form in letterforms()]
    assert sorted(set(forms)) == sorted(CHARACTERS)
    assert all(forms.count(character) >= 2 for character in "0123456789AGIJQZag")


def test_letterforms_fill_the_height_that_their_kind_of_letter_has():
    for form in letterforms():
        top, bottom = form.controls[:, 1].min(), form.controls[:, 1].max()
        assert top <= 0.56 and 0.9 <= bottom <= 1.45, form.character
        assert np.ptp(form.controls[:, 0]) <= 0.9, form.character
        assert all((form.stroke == s).sum() >= 2 for s in range(form.stroke[-1] + 1)), form.character


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
