"""What README.md says of a build."""

from collections.abc import Mapping, Sequence
from typing import Any

from lib.gallery import numbers, readme


def summarise(
    results: Mapping[str, Any],
    declared: Sequence[Mapping[str, Any]],
    pages: Sequence[str],
    readers: Sequence[tuple[str, str]],
    page_tables: Sequence[tuple[str, str, str]],
    report: Mapping[str, Any],
    versions: Sequence[tuple[str, str]],
    changed: Mapping[str, Any],
) -> dict[str, Any]:
    """One column of README's table, and what it comes from.

    Parameters
    ----------
    results, declared, pages, readers, page_tables
        As for `lib.steps.gallery.build`.
    report : dict
        What was found in the data: ``files`` that were fetched, by name.
    versions : list of (str, str)
        Packages and their versions.
    changed : dict
        Settings that are not the defaults.

    Returns
    -------
    dict
        ``lines``: question, label and value; ``versions``; ``changed``; ``stand_ins``: fetched files that are not the
        originals, and what they stand in for.
    """
    asked = [numbers.PageTable(*table) for table in page_tables]
    rows = numbers.rows(results, declared)
    files = report["files"].items()
    return {
        "lines": readme.lines(rows, numbers.page_scores(rows, pages, readers, asked), readers),
        "versions": dict(versions),
        "changed": changed,
        "stand_ins": {name: file["stands_in_for"] for name, file in files if "stands_in_for" in file},
    }
