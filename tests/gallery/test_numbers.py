"""Tables of results.json: labels and order of the declarations, and who read which page how well."""

import pytest

from lib.gallery import numbers
from lib.gallery.numbers import PageTable

READERS = [("numpy_mlp", "Network in numpy"), ("nist36_cnn", "CNN on NIST36"), ("emnist_cnn", "CNN on EMNIST")]
PAGE_TABLES = [PageTable("Q4", "Pages", "numpy_mlp"), PageTable("Q7.1.4", "All readers", "emnist_cnn")]


def declare(*keys, **more):
    """Declarations of shares, labelled by the last part of their keys."""
    return [{"key": key, "label": key.rpartition(".")[2], "unit": "%", **more} for key in keys]


def page(key, alone, in_context, letters=10):
    """Results and declarations of one page."""
    results = {f"{key}.in_context.letter_accuracy": in_context, f"{key}.letter_accuracy": alone, f"{key}.true": letters}
    labels = ("Right, in context: letters", "Right, alone: letters", "Letters: written")
    units = ("%", "%", "")
    declared = [dict(key=k, label=text, unit=u) for k, text, u in zip(results, labels, units, strict=True)]
    return results, declared


def score(*pages):
    """Rows and scores of several pages."""
    results = {key: value for found, _ in pages for key, value in found.items()}
    rows = numbers.rows(results, [number for _, declared in pages for number in declared])
    return rows, numbers.page_scores(rows, ["a", "a.page"], READERS, PAGE_TABLES)


def test_rows_are_in_the_order_of_the_declarations_with_details_apart():
    declared = declare("q3.z", "q3.a") + declare("q3.m", detail=True)
    (table,) = numbers.tables(numbers.rows({"q3.a": 0.1, "q3.m": 0.2, "q3.z": 0.3}, declared), [("Q3", "Network")])
    assert [(row["label"], row["value"]) for row in table["rows"]] == [("z", "30.0 %"), ("a", "10.0 %")]
    assert [row["key"] for row in table["more"]] == ["q3.m"]


def test_a_table_of_details_alone_shows_them():
    rows = numbers.rows({"q3.m": 0.2}, declare("q3.m", detail=True))
    (table,) = numbers.tables(rows, [("Q3", "Network")])
    assert [row["key"] for row in table["rows"]] == ["q3.m"] and table["more"] == []


def test_an_interval_stands_with_its_number_and_a_low_without_one_for_itself():
    keys = ("q3.share", "q3.share_low", "q3.share_high", "q3.valid_low")
    rows = numbers.rows(dict(zip(keys, (0.9908, 0.9887, 0.99249, 0.5), strict=True)), declare(*keys))
    (table,) = numbers.tables(rows, [("Q3", "Network")])
    assert [row["value"] for row in table["rows"]] == ["99.1 % (98.9–99.2)", "50.0 %"]


def test_a_number_that_is_not_declared_is_an_error():
    with pytest.raises(ValueError, match="no Number is declared for q3.b, q3.c"):
        numbers.rows({"q3.c": 1, "q3.b": 1, "q3.a": 1}, declare("q3.a"))


def test_a_number_is_in_the_most_specific_table_and_in_none_is_an_error():
    rows = numbers.rows({"q7.1.4.x": 0.5, "q7.2.x": 0.5}, declare("q7.1.4.x", "q7.2.x"))
    found = numbers.tables(rows, [("Q7", "All"), ("Q7.1.4", "EMNIST")])
    assert [(table["question"], table["rows"][0]["key"]) for table in found] == [
        ("Q7", "q7.2.x"),
        ("Q7.1.4", "q7.1.4.x"),
    ]
    with pytest.raises(ValueError, match="no place for Q10, only for Q1"):  # Q10 is no part of Q1
        numbers.tables(numbers.rows({"q10.x": 1}, declare("q10.x")), [("Q1", "Theory")])


@pytest.mark.parametrize(
    "key, declared, question",
    [
        ("q3.epochs", "Q3.1.2", "Q3.1.2"),  # the declaration knows it better
        ("q5.psnr", "Q6.3", "Q5"),  # reported with another question's numbers
        ("q3.rate.0.1.rises", "fits", "Q3"),
        ("q1.x", "Q1.6", "Q1.6"),
        ("q1.x", "Q10", "Q1"),
        ("pretext.shape_accuracy", "Q7.2.1", "Q7.2.1"),
    ],
)
def test_a_number_is_of_its_keys_question_or_the_declarations(key, declared, question):
    (row,) = numbers.rows({key: 0.5}, declare(key, question=declared))
    assert row.question == question


def test_pages_of_one_reader_are_rows_with_columns_in_the_order_of_the_declarations():
    _, scores = score(page("q4.a", 0.25, 0.5), page("q4.a.page", 0.75, 1.0))
    (table,) = numbers.page_tables(scores, READERS, PAGE_TABLES)
    assert table["columns"] == [
        ("Right, in context", ["letters"]),
        ("Right, alone", ["letters"]),
        ("Letters", ["written"]),
    ]
    ((title, rows),) = table["groups"]
    assert title == ""
    assert rows == [("a", [["50.0 %"], ["25.0 %"], ["10"]]), ("a.page", [["100.0 %"], ["75.0 %"], ["10"]])]


def test_pages_of_several_readers_are_groups_in_the_order_of_the_readers():
    _, scores = score(
        page("q7.1.4.a", 0.1, 0.2), page("q7.1.4.a.nist36_cnn", 0.3, 0.4), page("q7.1.4.a.numpy_mlp", 0, 0)
    )
    (table,) = numbers.page_tables(scores, READERS, PAGE_TABLES)
    ((title, rows),) = table["groups"]
    assert title == "a" and [name for name, _ in rows] == [title for _, title in READERS]
    assert rows[2][1] == [["20.0 %"], ["10.0 %"], ["10"]]  # whose key names no reader


def test_the_headline_weighs_pages_by_their_letters_and_takes_labels_of_declarations():
    rows, scores = score(page("q4.a", 0.5, 0), page("q4.a.page", 1.0, 0, letters=30), ({"q3.x": 0.2}, declare("q3.x")))
    assert numbers.headline(rows, scores, READERS, PAGE_TABLES, ["q3.x", "q5.missing"]) == [
        {"label": "Letters on the pages: Network in numpy", "value": "87.5 %"},
        {"label": "x", "value": "20.0 %"},
    ]
