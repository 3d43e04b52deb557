"""Law 8 in the sources: what compares or explains stands behind a check."""

import re
from pathlib import Path

import pytest

SOURCES = {path.stem: path for path in Path(__file__).parents[2].glob("writeup/*.typ")}
MEASURED = ("training", "reading", "compression", "pytorch", "closing")

COMPARES = (
    r"(?<![\w\"_.-])(?:because|since|due to|owing to|therefore|so that|than|more|less|fewer|better|worse|best|worst"
    r"|most|least|hardest|easier|harder|higher|lower|larger|smaller|explains?|causes?|helps?|hurts?)(?![\w\"_(-]|\.\w)"
)
# What stands in such brackets was checked, holds whatever is measured, or is the assignment's.
CHECKS = {
    "(": r"\b(claim|versus)$",
    "[": r"#known$|\b(if|else)\b[^\[\]]*$|caption: $|^#question\(.*\)$",
    "{": r"\b(if|else)\b[^{}]*$",
}


def unchecked(text: str) -> list[str]:
    """Sentences that compare or explain and stand in no check; what is in parentheses and braces is code."""
    text = re.sub(r"^ *//.*", "", text, flags=re.MULTILINE)
    found = []
    opened = [("[", False)]
    for match in re.finditer(r"[\[\](){}]|" + COMPARES, text, re.IGNORECASE):
        before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if match[0] in "[({":
            opened.append((match[0], bool(re.search(CHECKS[match[0]], before))))
        elif match[0] in "])}":
            opened.pop()
        elif re.match(r" *#(let|import|for)\b[^\[]*$", before):
            continue
        elif opened[-1][0] == "[" and not any(checked for _, checked in opened):
            found.append(before[-60:] + match[0])
    return found


@pytest.mark.parametrize("name", MEASURED)
def test_every_comparison_stands_behind_a_check(name):
    assert unchecked(SOURCES[name].read_text()) == []


@pytest.mark.parametrize(
    "text",
    ["PCA is better.", "#if x [It is so.] It is worse.", "*Why.* Because of #n(1).", "#fig(2)[Most are right.]"],
)
def test_a_comparison_without_a_check_is_found(text):
    assert unchecked(text)


@pytest.mark.parametrize(
    "text", ["#claim(a > b, [PCA is better.])", "#if a > b [It is worse.]", "#known[More than this.]"]
)
def test_a_comparison_in_a_check_is_left_alone(text):
    assert not unchecked(text)
