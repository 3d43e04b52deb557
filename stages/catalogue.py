"""Everything that can be looked at or taken away: each captioned artifact of each stage, under a readable name.

`doit pull` and the gallery find artifacts here. Nothing is listed by hand: the stages' own task creators are asked,
as doit asks them, so whatever a task writes with a caption is in the catalogue as soon as the task exists.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from lib.build import Artifact

PICTURES = (".png", ".pdf")


@dataclass(frozen=True)
class Entry:
    """One artifact with a caption.

    Parameters
    ----------
    id : str
        ``<folder>.<stem>`` of a picture (``Q3.1.2.learning_rates``, ``data.nist36_samples``), ``<folder>.<file name>``
        of anything else (``Q3.1.1.weights.npz``); a folder inside a folder is a further part (``Q4.3.01_list.boxes``).
    question : str
        Question that it belongs to, ``Q3.1.2``: of its folder, else of the task that makes it.
    caption : str
        What there is to see.
    artifact : Artifact
        Its files.
    title : str
        What the task makes, from its first line: ``Accuracy and loss over epochs``.
    task : str
        Name of the task, as doit knows it.
    run : lib.build.graph.Run
        The task's function, inputs, outputs and settings.
    """

    id: str
    question: str
    caption: str
    artifact: Artifact
    title: str
    task: str
    run: object

    @property
    def files(self):
        """Where its files are, list of Path."""
        return self.artifact.paths


def catalogue(without=("gallery",)):
    """Every artifact with a caption that a task makes, by question, then in the order of the stages' files.

    Nothing has to be built, and neither numpy nor matplotlib is imported. Ids depend on folder and file name alone.

    Parameters
    ----------
    without : tuple of str
        Stages left out. The gallery shows the others, and its task cannot ask for itself; ``without=()`` is complete.

    Returns
    -------
    list of Entry

    Raises
    ------
    ValueError
        If two artifacts would have the same id.
    """
    entries = {}
    for name, question, title, run in runs(without):
        for artifact in run.outputs:
            if not artifact.caption:
                continue
            of_folder = re.match(r"Q\d+(\.\d+)*(?!\w)", artifact.folder)
            asked = of_folder[0] if of_folder else question
            entry = Entry(entry_id(artifact), asked, artifact.caption, artifact, title, name, run)
            if entry.id in entries:
                raise ValueError(
                    f"{entry.id} would be the name of {artifact.path}, made by {name}, and of "
                    f"{entries[entry.id].artifact.path}, made by {entries[entry.id].task}; rename one of the files"
                )
            entries[entry.id] = entry
    return sorted(entries.values(), key=lambda entry: by_question(entry.question))


def entry_id(artifact):
    """Name of an artifact in the catalogue.

    Examples
    --------
    >>> entry_id(Artifact("Q4.3/01_list", "boxes.png", "boxes.pdf"))
    'Q4.3.01_list.boxes'
    >>> entry_id(Artifact("Q3.1.1", "weights.npz")), entry_id(Artifact("", "results.json"))
    ('Q3.1.1.weights.npz', 'results.json')
    """
    file = Path(artifact.folder, artifact.names[0])
    return ".".join((file.with_suffix("") if file.suffix in PICTURES else file).parts)


def by_question(question):
    """Sort key in which Q10 comes after Q9, and what answers several questions before the first of them.

    Examples
    --------
    >>> sorted(["Q10", "Q3.1.2", "Q2-Q7", "Q3.1"], key=by_question)
    ['Q2-Q7', 'Q3.1', 'Q3.1.2', 'Q10']
    """
    return [int(number) for number in re.findall(r"\d+", question.partition("-")[0])]


@cache  # the gallery asks twice, on every command
def runs(without=()):
    """Name, question, title and Run of every task of the stages, sub-tasks one by one.

    Returns
    -------
    list of (str, str, str, lib.build.graph.Run)
    """
    import stages

    found_runs = []
    for module in sorted(found.name for found in iter_modules(stages.__path__)):
        if module in without:
            continue
        for creator, function in vars(import_module(f"stages.{module}")).items():
            if not creator.startswith("task_") or function.__module__ != f"stages.{module}":
                continue
            made = function()
            group = creator.removeprefix("task_")
            for described in [made] if isinstance(made, dict) else made or ():
                name = f"{group}:{described['name']}" if "name" in described else group
                words = (described.get("doc") or function.__doc__ or "").strip().partition("\n")[0]
                question, title = re.match(r"(Q[\d.]*\d(?:-Q?[\d.]*\d)?)?\s*(.*)", words).groups(default="")
                found_runs.append((name, question, title, described["meta"]["run"]))
    return found_runs
