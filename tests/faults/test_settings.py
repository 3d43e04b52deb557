"""Settings compare as one canonical text."""

import pytest


@pytest.fixture
def declare(built):
    """A function that gives a step a value, as it stands in a stage."""
    stage, module = built.folder / "stages/toy.py", built.folder / "lib/toy.py"
    before = stage.read_text(), module.read_text()
    module.write_text(before[1].replace("def write_apart():", "def write_apart(value):"))

    def to(value):
        stage.write_text(before[0].replace('"lib.toy:write_apart", ', f'"lib.toy:write_apart", value={value}, '))

    yield to
    stage.write_text(before[0])
    module.write_text(before[1])


def test_values_that_differ_and_values_that_do_not(built, declare):
    declare("[0, (1, 2), {'a': (1,), 'b': 2}]")
    built.doit("Q2.1")
    for zero in ("0.0", "False", "-0.0"):
        declare(f"[{zero}, (1, 2), {{'a': (1,), 'b': 2}}]")
        assert "setting value: " in built.doit("why", "Q2.1")
    assert set(built.ran("Q2.1")) == {"Q2.1/apart"}
    declare("(-0.0, [1, 2], {'b': 2, 'a': [1]})")
    assert built.doit("why", "Q2.1") == "Q2.1/apart is fresh\n"
    assert built.ran("Q2.1") == {}


@pytest.mark.parametrize(
    "value, message",
    [
        ("float('nan')", "the setting value is nan"),
        ("[float('inf')]", "the setting value is [inf]"),
        ("__import__('datetime').date(2020, 1, 1)", "the setting value is datetime.date(2020, 1, 1)"),
        ("{1: 2}", "the key 1 is not a string"),
        ("{1, 2}", "the setting value is {1, 2}"),
    ],
)
def test_values_that_cannot_be_kept_are_refused_by_name(built, declare, value, message):
    declare(value)
    output = built.doit("list", code=3)
    assert message in output and output.startswith("ERROR: stages/toy.py:") and len(output.splitlines()) == 1
