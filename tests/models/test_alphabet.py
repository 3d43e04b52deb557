import numpy as np

from lib.models import alphabet

EMNIST = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"


def test_both_cases_count_as_the_capital():
    probs = np.zeros((2, 47))
    probs[0, [EMNIST.index("A"), EMNIST.index("a"), EMNIST.index("4")]] = 0.3, 0.3, 0.4
    probs[1, EMNIST.index("7")] = 1
    folded, characters = alphabet.fold_case(probs, list(EMNIST))
    assert "".join(characters) == EMNIST[:36]
    assert [characters[best] for best in folded.argmax(1)] == ["A", "7"]
    np.testing.assert_allclose(folded.sum(1), 1)
