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


def test_errors_are_counted_by_what_was_mixed_up():
    mixed = {"case": "aA Dd", "0O": "0O", "1IL": "IL 1I L1", "2Z": "Z2", "5S": "5S", "9gq": "9g qg", "other": "gG9 4A"}
    pairs = {kind: [pair for pair in text.split() if len(pair) == 2] for kind, text in mixed.items()}
    read, true = zip(*(pair for of_kind in pairs.values() for pair in [*of_kind, "77"]), strict=True)
    indices = (np.array([EMNIST.index(name) for name in names]) for names in (read, true))
    assert alphabet.error_kinds(*indices, list(EMNIST)) == {kind: len(found) for kind, found in pairs.items()}
