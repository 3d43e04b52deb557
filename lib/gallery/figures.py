"""What the page says about a figure: title, text, what made it with which settings, and its picture."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lib.captions import split_caption
from lib.gallery import pictures
from lib.gallery.numbers import nearest
from lib.numbers import format_value


def parts(
    figures: Mapping[str, Path], catalogue: Sequence[Mapping[str, Any]], titles: Sequence[tuple[str, str]], command: str
) -> list[dict[str, Any]]:
    """Figures by part of the assignment.

    Parameters
    ----------
    figures : dict of str to Path
        PNG of each figure, by id.
    catalogue : list of dict
        ``id, caption`` of each figure, and ``steps`` that it came out of, last first: ``function, settings``.
    titles : list of (str, str)
        Question and title of each part.
    command : str
        What runs the project.

    Returns
    -------
    list of dict
        ``question, title, figures``; of each figure ``id, title, caption, picture, pull, steps, settings``.

    Raises
    ------
    ValueError
        If a figure belongs to no part.
    """
    found: dict[str, list] = {question: [] for question, _ in titles}
    for entry in catalogue:
        title, text = split_caption(entry["caption"])
        figure = {"id": entry["id"], "title": title, "caption": text} | provenance(entry["steps"])
        figure["picture"] = pictures.drawing(figures[entry["id"]].read_bytes())
        figure["pull"] = f"{command} pull {entry['id']} --to DIR"
        found[nearest(entry["id"], found)].append(figure)
    return [{"question": part, "title": title, "figures": found[part]} for part, title in titles if found[part]]


def provenance(steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The functions that a figure came out of, and the settings that those had.

    Parameters
    ----------
    steps : list of dict
        ``function`` and ``settings`` of each step, last first.

    Returns
    -------
    dict
        ``steps``: names of the functions; ``settings``: by function the ``(name, values)`` that a person chose, where
        several steps of a sweep differ with dots between.

    Examples
    --------
    >>> fits = [{"function": "lib.steps.training:fit", "settings": {"learning_rate": rate}} for rate in (0.1, 1.0)]
    >>> provenance([{"function": "lib.figures.training:curves", "settings": {}}, *fits])["settings"]
    {'lib.steps.training:fit': [('learning rate', '0.1 · 1')]}
    """
    settings: dict[str, dict[str, list]] = {}
    for step in steps:
        values = settings.setdefault(step["function"], {})
        for name, value in dict(step["settings"]).items():
            if _is_chosen(value) and value not in values.setdefault(name, []):
                values[name].append(value)
    shown = {
        function: [(name.replace("_", " "), " · ".join(map(format_value, of))) for name, of in values.items() if of]
        for function, values in settings.items()
    }
    return {"steps": list(settings), "settings": {function: rows for function, rows in shown.items() if rows}}


def _is_chosen(value: Any) -> bool:
    """Whether a value is a setting that a person chose, not names or texts that a stage passed on."""
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(item, int | float) for item in value)
    return isinstance(value, int | float) or isinstance(value, str) and len(value) < 20
