"""The project's JSON files: the same value gives the same bytes."""

import json


def write_json(path, value):
    """Write a value with sorted keys, one on a line.

    Parameters
    ----------
    path : Path
    value : JSON-able object
        Of plain Python numbers and strings.
    """
    path.write_text(json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
