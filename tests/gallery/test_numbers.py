"""Tables of results.json: words instead of keys, and who read which page how well."""

import re

import pytest

from lib.gallery import numbers

CLASSIFIERS = {
    "numpy_mlp": "Network in numpy",
    "torch_mlp": "The same in PyTorch",
    "nist36_cnn": "CNN on NIST36",
    "emnist_cnn": "CNN on EMNIST",
}
MEASURES = ("letter_accuracy", "char_accuracy", "word_accuracy")


def of_page(key, accuracy=0.5):
    """What lib.vision.reading.score reports of one page."""
    counts = {"true": 10, "found": 9, "missed": 1, "spurious": 2}
    scores = {f"{before}{measure}": accuracy for measure in MEASURES for before in ("", "in_context.")}
    return {f"{key}.{name}": value for name, value in (counts | scores).items()}


@pytest.mark.parametrize(
    "key, label",
    [
        ("q2.gradcheck.every.b2", "Gradient check, network with every activation, b2"),
        ("q2.gradcheck.classifier.W0", "Gradient check, classifier, W0"),
        ("q2.gradcheck_mistake.sign", "Planted mistake, one sign is wrong: relative error"),
        ("q2.gradcheck_mistake.other", "Planted mistake, other: relative error"),
        ("q3.valid_accuracy_high.0.01", "Validation accuracy at rate 0.01, highest seed"),
        ("q3.valid_accuracy_mean.1", "Validation accuracy at rate 1, mean over seeds"),
        ("q3.valid_accuracy_low.1e-05", "Validation accuracy at rate 1e-05, lowest seed"),
        ("q5.wide.psnr_test", "Wide autoencoder, PSNR, test images"),
        ("q6.psnr_test_uncentred", "PSNR, test images, without centring"),
        ("q7.1.1.only_numpy_right", "Test images that only numpy reads right"),
        ("q3.new_number.of.0.5", "New number, of, 0.5"),
    ],
)
def test_every_number_has_a_label_in_words(key, label):
    (table,) = numbers.tables({key: 0.5}, CLASSIFIERS)
    assert [row["label"] for row in table["rows"]] == [label]


def test_numbers_are_said_in_one_style():
    results = {"q3.test_accuracy": 0.9908, "q3.test_accuracy_low": 0.9887, "q3.test_accuracy_high": 0.99249}
    (table,) = numbers.tables(results, CLASSIFIERS)
    assert [row["value"] for row in table["rows"]] == ["99.1 % (98.9–99.2)"]


def test_pages_of_one_classifier_are_rows_with_in_context_in_columns_of_their_own():
    (table,) = numbers.page_tables(of_page("q4.01_list", 0.25) | of_page("q4.a.page"), CLASSIFIERS)
    assert table["columns"] == [
        ("Right, by its image alone", ["letters", "with spaces", "words"]),
        ("Right, in context", ["letters", "with spaces", "words"]),
        ("Letters", ["written", "found", "missed", "spurious"]),
    ]
    ((page, rows),) = table["groups"]
    assert page == "" and [label for label, _ in rows] == ["01_list", "a.page"]
    assert rows[0][1] == [["25.0 %"] * 3, ["25.0 %"] * 3, ["10", "9", "1", "2"]]


def test_pages_of_several_classifiers_are_groups_with_a_row_for_each_in_words():
    results = of_page("q7.1.4.01_list") | of_page("q7.1.4.02_letters")
    for classifier in ("nist36_cnn", "numpy_mlp", "torch_mlp"):
        results |= of_page(f"q7.1.4.01_list.{classifier}") | of_page(f"q7.1.4.02_letters.{classifier}")
    (table,) = numbers.page_tables(results, CLASSIFIERS)
    assert [page for page, _ in table["groups"]] == ["01_list", "02_letters"]
    for _, rows in table["groups"]:
        assert [label for label, _ in rows] == list(CLASSIFIERS.values())
    assert not numbers.tables(results, CLASSIFIERS)


def test_the_headline_weighs_pages_by_their_letters():
    results = of_page("q4.a", 0.5) | of_page("q4.b", 1.0) | {"q4.b.true": 30, "q5.psnr_valid": 16.974}
    assert numbers.headline(results, CLASSIFIERS) == [
        {"label": "letters on the pages, network in numpy", "value": "87.5 %"},
        {"label": "autoencoder, validation images", "value": "16.97 dB"},
    ]


def test_all_patterns_of_labels_are_ones():
    for pattern, label in numbers.MORE.items():
        groups = re.compile(pattern).groups
        assert all(int(number) <= groups for number in re.findall(r"\\(\d)", label))
