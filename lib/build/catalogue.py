"""What there is: every task that the stages describe, and every captioned artifact under a readable name.

Nothing is listed by hand, and nothing has to be built. A stage's creators (``task_<name>``, as in any dodo.py) are
called once; doit, `doit pull` and the gallery see the same tasks.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from lib.build.graph import Artifact, Run

PICTURES = (".png", ".pdf")


@dataclass(frozen=True)
class Entry:
    """One artifact with a caption.

    Parameters
    ----------
    artifact : Artifact
        Its files.
    question : str
        Question that it belongs to, ``Q3.1.2``: of its folder, else of the task that makes it.
    title : str
        What the task makes, from its first line: ``Accuracy and loss over epochs``.
    task : str
        Name of the task, as doit knows it.
    run : Run
        The task's function, inputs, outputs and settings.
    """

    artifact: Artifact
    question: str
    title: str
    task: str
    run: Run

    @property
    def id(self):
        return entry_id(self.artifact)


@cache
def describe(stage):
    """Tasks of a stage, as doit wants them from one generator.

    Parameters
    ----------
    stage : str
        Name of a module in ``stages``.

    Returns
    -------
    list of dict
        A group of sub-tasks begins with a dict of its own, whose ``name`` is None.
    """
    module = import_module(f"stages.{stage}")
    tasks = []
    for creator, function in vars(module).items():
        if not creator.startswith("task_") or function.__module__ != module.__name__:
            continue
        described = function()
        whole = {"basename": creator.removeprefix("task_"), "doc": function.__doc__}
        if isinstance(described, dict):
            tasks.append(whole | described)
        elif inner := list(described or ()):
            tasks.append(whole | {"name": None})
            tasks += [{"basename": whole["basename"]} | one for one in inner]
    return tasks


def list_runs(stages):
    """(name of the task, its first line, Run) of every task of some stages; a sub-task's line may be its group's."""
    tasks = [task for stage in stages for task in describe(stage)]
    docs = {task["basename"]: task["doc"] for task in tasks if not task.get("name")}
    return [
        (
            ":".join(filter(None, (task["basename"], task.get("name")))),
            task.get("doc") or docs[task["basename"]] or "",
            task["meta"]["run"],
        )
        for task in tasks
        if "meta" in task
    ]


def catalogue(runs):
    """Every artifact with a caption, by question, then in the order of the stages.

    Parameters
    ----------
    runs : list of (str, str, Run)
        As from `list_runs`.

    Returns
    -------
    list of Entry

    Raises
    ------
    ValueError
        If two artifacts would have the same id.
    """
    entries = {}
    for name, words, run in runs:
        asked, title = split_question(words)
        for artifact in run.outputs:
            if not artifact.caption:
                continue
            of_folder = re.match(r"Q\d+(\.\d+)*(?!\w)", artifact.folder)
            entry = Entry(artifact, of_folder[0] if of_folder else asked, title, name, run)
            if entry.id in entries:
                raise ValueError(
                    f"{entry.id} would be the name of {artifact.path}, made by {name}, and of "
                    f"{entries[entry.id].artifact.path}, made by {entries[entry.id].task}; rename one of the files"
                )
            entries[entry.id] = entry
    return sorted(entries.values(), key=lambda entry: by_question(entry.question))


def entry_id(artifact):
    """Name of an artifact in the catalogue: folder and file, a picture's without the ending.

    Examples
    --------
    >>> entry_id(Artifact("Q4.3/01_list", "boxes.png", "boxes.pdf"))
    'Q4.3.01_list.boxes'
    >>> entry_id(Artifact("Q3.1.1", "weights.npz")), entry_id(Artifact("", "results.json"))
    ('Q3.1.1.weights.npz', 'results.json')
    """
    name = artifact.names[0].rstrip("/")
    stem, dot, ending = name.rpartition(".")
    return ".".join([*artifact.folder.split("/"), stem if dot + ending in PICTURES else name]).lstrip(".")


def split_question(words):
    """The question that a task's first line begins with, and the rest.

    Examples
    --------
    >>> split_question("Q3.1.2 Learning rates."), split_question("Q2-Q7 All."), split_question("More.")
    (('Q3.1.2', 'Learning rates.'), ('Q2-Q7', 'All.'), ('', 'More.'))
    """
    return re.match(r"(Q\d[\d.]*(?:-Q?[\d.]+)?(?= |$))?\s*(.*)", words).groups(default="")


def by_question(question):
    """Sort key in which Q10 comes after Q9, and what answers several questions before the first of them.

    Examples
    --------
    >>> sorted(["Q10", "Q3.1.2", "Q2-Q7", "Q3.1"], key=by_question)
    ['Q2-Q7', 'Q3.1', 'Q3.1.2', 'Q10']
    """
    return [int(number) for number in re.findall(r"\d+", question.partition("-")[0])]
