"""What the page says about a figure: title, text, what made it with which settings, and its picture."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lib.captions import split_caption
from lib.gallery import pictures
from lib.gallery.numbers import nearest
from lib.gallery.tasks import provenance


def parts(
    figures: Mapping[str, Mapping[str, Path]],
    catalogue: Sequence[Mapping[str, Any]],
    titles: Sequence[tuple[str, str]],
    command: str,
    origins: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Figures by part of the assignment.

    Parameters
    ----------
    figures : dict of str to dict
        Files of each figure, by id and ending: ``.png`` and ``.pdf``.
    catalogue : list of dict
        ``id, caption`` of each figure, and ``steps`` that it came out of, last first: ``function, settings``.
    titles : list of (str, str)
        Question and title of each part.
    command : str
        What runs the project.
    origins : dict of str to str
        By id of a figure, what its data are, where it has any.

    Returns
    -------
    list of dict
        ``question, title, figures``; of each figure ``id, title, caption, data, picture, plot, pull, steps, settings``:
        ``plot`` is whether it consists of lines and text alone, so that it may be shown light on dark.

    Raises
    ------
    ValueError
        If a figure belongs to no part.
    """
    found: dict[str, list] = {question: [] for question, _ in titles}
    for entry in catalogue:
        title, text = split_caption(entry["caption"])
        figure = {"id": entry["id"], "title": title, "caption": text} | provenance(entry["steps"])
        figure["data"] = origins.get(entry["id"])
        files = figures[entry["id"]]
        figure["picture"] = pictures.drawing(files[".png"].read_bytes())
        figure["plot"] = b"/Subtype /Image" not in files[".pdf"].read_bytes()
        figure["pull"] = f"{command} pull {entry['id']} --to DIR"
        found[nearest(entry["id"], found)].append(figure)
    return [{"question": part, "title": title, "figures": found[part]} for part, title in titles if found[part]]


def by_kind(datasets: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """What is real, what stands in for it, and what is drawn, of those that there are.

    Examples
    --------
    >>> by_kind({"a": {"kind": "drawn", "name": "drawn A"}, "b": {"kind": "real", "name": "B"}})
    [('Real', ['B']), ('Drawn', ['drawn A'])]
    """
    kinds = (("Real", "real"), ("Stand-ins", "stand-in"), ("Drawn", "drawn"))
    found = [(title, [one["name"] for one in datasets.values() if one["kind"] == kind]) for title, kind in kinds]
    return [(title, names) for title, names in found if names]
