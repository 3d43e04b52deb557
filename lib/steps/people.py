"""What networks trained on drawn handwriting read of real people's, as benchmarks/handwriting.py measured it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROWS = {  # by key of benchmarks/handwriting.json: the network, and what it reads
    "mlp.nist36_test": ("Network of Q3", "NIST36, test"),
    "mlp_augmented.nist36_test": ("The same, trained on moved copies too", "NIST36, test"),
    "cnn36.nist36_test": ("CNN of Q7.1.3", "NIST36, test"),
    "cnn36.nist36_test_merged": ("CNN of Q7.1.3", "the same, with O, I, S, Z for 0, 1, 5, 2"),
    "emnist.test": ("CNN of Q7.1.4", "EMNIST Balanced, test, either case"),
    "emnist.pages": ("CNN of Q7.1.4", "letters of the course's pages"),
    "emnist.pages_merged": ("CNN of Q7.1.4", "the same, with O, I, S, Z for 0, 1, 5, 2"),
}
SOURCES = {"drawn": "", "real": ".real"}  # what the networks were trained on: the end of the key


def tabulate(measured: Path) -> dict[str, Any]:
    """The measurements as shares of one, by what the networks were trained on.

    Parameters
    ----------
    measured : Path
        benchmarks/handwriting.json, in per cent.

    Returns
    -------
    dict
        ``rows``: of each network and what it reads ``drawn`` and ``real``, each with ``mean`` over ``seeds``, ``low``
        and ``high``; ``hardest``: the five classes of NIST36 that the CNN trained on drawn handwriting reads worst
        (O, I, S, Z for 0, 1, 5, 2 are right), each with ``drawn`` and ``real``; ``curve``: by number of real
        ``writers``, or None.
    """
    found = json.loads(measured.read_text(encoding="utf-8"))
    classes = {source: found[f"cnn36.nist36_test_merged_classes{end}"] for source, end in SOURCES.items()}
    hardest = sorted(classes["drawn"], key=lambda name: classes["drawn"][name])[:5]
    return {
        "rows": [
            {"network": network, "reads": reads} | {source: _share(found, key + end) for source, end in SOURCES.items()}
            for key, (network, reads) in ROWS.items()
        ],
        "hardest": [{"name": name} | {source: classes[source][name] / 100 for source in SOURCES} for name in hardest],
        "curve": found.get("curve"),
    }


def markdown(people: Mapping[str, Any]) -> str:
    """The table of README.md, from `tabulate`.

    Examples
    --------
    >>> half = {"mean": 0.5, "low": 0.4, "high": 0.625, "seeds": 3}
    >>> print(markdown({"rows": [{"network": "CNN", "reads": "pages", "drawn": half, "real": half}]}), end="")
    | network | reads | trained on drawn handwriting | trained on real writers |
    | --- | --- | --- | --- |
    | CNN | pages | 50.0 % (40.0 to 62.5) | 50.0 % (40.0 to 62.5) |
    """
    lines = [["network", "reads", "trained on drawn handwriting", "trained on real writers"], ["---"] * 4]
    for row in people["rows"]:
        shown = [100 * row[source][name] for source in SOURCES for name in ("mean", "low", "high")]
        cells = ["{:.1f} % ({:.1f} to {:.1f})".format(*shown[start : start + 3]) for start in (0, 3)]
        lines.append([row["network"], row["reads"], *cells])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _share(found, key):
    """Mean over the seeds, the interval and the number of seeds of one key."""
    parts = {"mean": found[key], "low": found[f"{key}.low"], "high": found[f"{key}.high"]}
    return {name: value / 100 for name, value in parts.items()} | {"seeds": len(found[f"{key}.seeds"])}
