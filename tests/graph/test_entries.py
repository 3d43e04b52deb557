"""An entry of a store is believed only whole, unchanged, and under its own key."""

import copy

import pytest

from lib.graph.entries import Kept, describe, verified

KEPT = Kept({"Q1/a.txt": (b"one", 0o644), "raw/": (b"", 0o755), "raw/b": (b"two", 0o600)}, ["UserWarning: few"])
CONTENTS = [b"one", b"", b"two"]


def test_an_entry_comes_back_as_it_was():
    assert verified(describe("key", KEPT), "key", CONTENTS) == KEPT


@pytest.mark.parametrize("contents", [CONTENTS[:2], [*CONTENTS, b""], [b"one", b"", b"tow"], [b"two", b"", b"one"]])
def test_other_contents_are_refused(contents):
    assert verified(describe("key", KEPT), "key", contents) is None


def change(entry, what):
    if what == "mode":
        entry["names"]["Q1/a.txt"][1] = 0o777
    elif what == "name":
        entry["names"] = {f"x{name}": value for name, value in entry["names"].items()}
    elif what == "warning":
        entry["warnings"] = []
    elif what == "seal":
        entry["seal"] = "0" * 64
    return entry


@pytest.mark.parametrize("what", ["mode", "name", "warning", "seal"])
def test_a_description_that_was_changed_is_refused(what):
    assert verified(change(copy.deepcopy(describe("key", KEPT)), what), "key", CONTENTS) is None


def test_an_entry_under_another_key_is_refused():
    assert verified(describe("key", KEPT), "other", CONTENTS) is None


@pytest.mark.parametrize("name", ["/etc/passwd", "../a", "raw/../../a"])
def test_an_entry_that_leads_out_of_its_folder_is_refused(name):
    assert verified(describe("key", Kept({name: (b"", 0o644)}, [])), "key", [b""]) is None
