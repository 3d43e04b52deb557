"""All questions: every number in one flat file, and the writeup, which reads its figures and numbers by their ids."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lib.writeup.document import compile_document, lay_out


def collect(numbers: Mapping[str, Mapping[str, float | str]]) -> dict[str, float | str]:
    """Every number under its key (`results`).

    Parameters
    ----------
    numbers : mapping of str to mapping of str to number
        For each artifact its numbers by key.

    Raises
    ------
    ValueError
        If two artifacts report the same key.
    """
    results: dict[str, float | str] = {}
    origin: dict[str, str] = {}
    for id, reported in numbers.items():
        for key, value in reported.items():
            if key in origin:
                raise ValueError(f"{key} is reported twice: by {origin[key]} and by {id}")
            origin[key], results[key] = id, value
    return results


def versions() -> list[tuple[str, str]]:
    """Versions of Python and of the packages that compute (`versions`)."""
    import platform

    import matplotlib
    import numpy
    import scipy
    import skimage
    import torch
    import torchvision
    import typst

    python = ".".join(platform.python_version_tuple()[:2])  # as precise as a step's fingerprint
    packages = {"NumPy": numpy, "SciPy": scipy, "scikit-image": skimage, "Matplotlib": matplotlib}
    packages |= {"PyTorch": torch, "torchvision": torchvision, "Typst": typst}
    return [("Python", python), *((name, package.__version__) for name, package in packages.items())]


def excerpts(code: dict[str, Any]) -> dict[str, Any]:
    """The code that the writeup shows (`excerpts`), as it was cut when the step was declared."""
    return code


def write(
    sources: Sequence[Path],
    figures: Mapping[str, Mapping[str, Path]],
    values: Mapping[str, Any],
    captions: Mapping[str, str],
    numbers: Mapping[str, Mapping[str, Any]],
    about: Mapping[str, Any],
) -> bytes:
    """The whole writeup (`writeup.pdf`).

    Parameters
    ----------
    sources : sequence of Path
        The Typst sources, with ``main.typ`` among them, and the bibliography.
    figures, values : mapping of str to figure, JSON value
        Artifacts by id. ``results``, ``versions`` and ``excerpts`` are among the values.
    captions : mapping of str to str
        Captions of the figures by id.
    numbers : mapping of str to {"label", "unit", "digits", "headline", "question"}
        How each number of ``results`` is printed, by key.
    about : mapping
        ``author``, ``collaborators``, ``source``, ``changed`` (settings other than the defaults), ``settings`` (the
        tables that the text quotes), ``rates`` (learning rates of Q3), ``pages`` (names), ``readers`` (``id`` and
        ``short``, the title, of each classifier).

    Returns
    -------
    bytes
        The PDF.
    """
    with TemporaryDirectory() as folder:
        lay_out(Path(folder), sources, figures, values, captions, numbers=numbers, about=about)
        return compile_document(Path(folder))
