"""Q4 and the pages of Q7.1.4: find the letters of a page, read them with a classifier, score the reading."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.data import datasets
from lib.data.photos import open_photo
from lib.models.alphabet import fold_case
from lib.nn import losses, network
from lib.steps.training import ACTIVATIONS
from lib.vision import crops
from lib.vision.matching import changes
from lib.vision.page import read_page
from lib.vision.reading import record, score_reading
from lib.vision.scores import align, mistakes, tidy
from lib.vision.text import read_transcript

Arrays = Mapping[str, NDArray]
Record = Mapping[str, Any]  # what `lib.vision.reading.record` returns

MEASURES = ("letter_accuracy", "in_context.letter_accuracy")


def measure_styles(nist36: Arrays, emnist: Arrays) -> dict[str, dict[str, float]]:
    """How large and how thick each training set draws its letters: fields of `lib.vision.crops.Style` by crops."""
    styles = [crops.measure_style(datasets.split(dataset, "train")[0]) for dataset in (nist36, emnist)]
    return {f"crops{style.size}": dataclasses.asdict(style) for style in styles}


def find(photo: Path, styles: Mapping[str, Mapping[str, Any]]) -> dict[str, NDArray]:
    """Letters of a photographed page, as from `find_in`."""
    return find_in(open_photo(photo), styles)


def find_in(pixels: ArrayLike, styles: Mapping[str, Mapping[str, Any]]) -> dict[str, NDArray]:
    """Letters of a page in reading order.

    Parameters
    ----------
    pixels : (height, width[, channels]) array
    styles : dict
        From `measure_styles`.

    Returns
    -------
    dict of str to ndarray
        ``boxes, line, word``, and the letters drawn in each style, by its name (`lib.vision.page.Page`).
    """
    found = read_page(pixels, _styles(styles))
    return {"boxes": found.boxes, "line": found.line, "word": found.word, **found.crops}


def judge(photo: Path, styles: Mapping[str, Mapping[str, Any]], judge: Arrays) -> dict[str, NDArray]:
    """Letters of a photographed page, as from `judge_in`."""
    return judge_in(open_photo(photo), styles, judge)


def judge_in(pixels: ArrayLike, styles: Mapping[str, Mapping[str, Any]], judge: Arrays) -> dict[str, NDArray]:
    """Letters of a page in reading order, as the judge cuts it.

    Parameters
    ----------
    pixels : (height, width[, channels]) array
    styles : dict
        From `measure_styles`.
    judge : mapping of str to ndarray
        The judge's weights (`fits/judge`).

    Returns
    -------
    dict of str to ndarray
        As from `find_in`, and ``odds``, log odds that each is one letter, ``kinds``, log probabilities of each of
        `NIST36_CLASSES` if so, and ``turns``, quarters by which the photograph was turned anticlockwise.
    """
    found = read_page(pixels, _styles(styles), judge)
    at = {"boxes": found.boxes, "line": found.line, "word": found.word, "odds": found.odds, "kinds": found.kinds}
    return at | {"turns": np.array(found.turns)} | found.crops


def _styles(styles):
    return {name: crops.Style(**style) for name, style in styles.items()}


def numpy_probs(letters: Arrays, weights: Arrays) -> tuple[NDArray, Sequence[str]]:
    """Probabilities of each letter by the network of Q3, (n, 36), and the names of the columns.

    Parameters
    ----------
    letters : mapping of str to ndarray
        From `find`.
    weights : mapping of str to ndarray
        The network's (`Q3.1.1/weights`).
    """
    flat = letters["crops32"].reshape(len(letters["crops32"]), 32 * 32)
    logits = network.predict(network.from_arrays(dict(weights), ACTIVATIONS), flat)
    return losses.softmax(logits), datasets.NIST36_CLASSES


def torch_probs(letters: Arrays, weights: Mapping[str, Any]) -> tuple[NDArray, Sequence[str]]:
    """Probabilities of each letter by a network of Q7.1, and the names of the columns.

    Parameters
    ----------
    letters : mapping of str to ndarray
        From `find`.
    weights : dict
        ``weights``, a safetensors file, and ``network``, its description (as `Q7.1.4/weights`, `Q7.1.4/network`).

    Returns
    -------
    (n, k) float64 ndarray
        Both cases of a letter are counted together.
    sequence of k str
    """
    from lib.models import fit, networks  # torch takes a second to import

    description = weights["network"]
    model = networks.restore(description, weights["weights"])
    drawn = letters[f"crops{description.get('size', 32)}"]
    probs = fit.predict(model, drawn[:, None]).double().softmax(dim=1).numpy()
    return fold_case(probs, description["names"])


def read_with_numpy(
    letters: Arrays,
    weights: Arrays,
    alternatives: int,
    judged: Arrays | None = None,
    calibration: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Read a page with the network of Q3 (`numpy_probs`); see `read_with_torch`."""
    return _read(numpy_probs, letters, weights, alternatives, judged, calibration)


def read_with_torch(
    letters: Arrays,
    weights: Mapping[str, Any],
    alternatives: int,
    judged: Arrays | None = None,
    calibration: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Read a page with a network of Q7.1 (`torch_probs`).

    Parameters
    ----------
    letters : mapping of str to ndarray
        From `find`.
    weights : dict
        As `torch_probs` takes them.
    alternatives : int
        Characters recorded for each letter.
    judged : mapping of str to ndarray, optional
        The same page as the judge cuts it, from `judge`.
    calibration : dict, optional
        The reader's, from `lib.steps.calibration.calibrate`.

    Returns
    -------
    dict
        ``record`` of the letters (`lib.vision.reading.record`) and its ``text``; with `judged`, the same of these:
        ``judged_record, judged_text``.
    """
    return _read(torch_probs, letters, weights, alternatives, judged, calibration)


def _read(probs, letters, weights, alternatives, judged, calibration):
    reading = _record(letters, *probs(letters, weights), alternatives, calibration)
    found = {"record": reading, "text": reading["text"] + "\n"}
    if judged is None:
        return found
    reading = _record(judged, *probs(judged, weights), alternatives, calibration)
    return found | {"judged_record": reading, "judged_text": reading["text_in_context"] + "\n"}


def _record(letters, probs, characters, alternatives, calibration=None):
    at = letters["boxes"], letters["line"], letters["word"]
    if "odds" not in letters:
        return record(*at, probs, characters, alternatives)
    temperature = calibration["temperature"] if calibration else 1.0
    kinds = kinds_of(letters, characters)
    reading = record(*at, probs, characters, alternatives, letters["odds"], kinds, temperature)
    return reading | {"turned": 90 * int(letters["turns"])}


def kinds_of(letters: Arrays, characters: Sequence[str]) -> NDArray[np.float64]:
    """The judge's log probabilities of these characters, (n, k), for letters from `judge`."""
    return letters["kinds"][:, [datasets.NIST36_CLASSES.index(character) for character in characters]]


def read_photo(
    pixels: ArrayLike,
    styles: Mapping[str, Mapping[str, Any]],
    read: Callable[..., dict[str, Any]],
    weights: Any,
    alternatives: int = 3,
    judge: Arrays | None = None,
    calibration: Mapping[str, Any] | None = None,
) -> Record:
    """Read any photograph, as the steps read the pages.

    Parameters
    ----------
    pixels : (height, width[, channels]) array
    styles : dict
        From `measure_styles`.
    read : callable
        `read_with_numpy` or `read_with_torch`.
    weights
        The classifier's, as `read` takes them.
    alternatives : int
        Characters recorded for each letter.
    judge : mapping of str to ndarray, optional
        The judge's weights; without, rules of thumb find the letters (Q4.2).
    calibration : dict, optional
        The reader's.

    Returns
    -------
    dict
        The record (`lib.vision.reading.record`); its ``letters`` are empty if none were found. With a judge,
        ``turned`` too: by how many degrees, anticlockwise, the photograph was turned to be read.
    """
    letters = find_in(pixels, styles) if judge is None else judge_in(pixels, styles, judge)
    return read(letters, weights, alternatives, calibration=calibration)["record"]


def compare_boxes(letters: Arrays, judged: Arrays, page: str) -> dict[str, int]:
    """What the judge changes about a page's letters: those that are as before, joined, cut, added and dropped.

    Parameters
    ----------
    letters : mapping of str to ndarray
        From `find`.
    judged : mapping of str to ndarray
        From `judge`.
    page : str

    Returns
    -------
    dict of str to int
        ``q4.<page>.judged.<change>``, counted in boxes of the judge; the dropped ones in those from `find`.
    """
    return {f"q4.{page}.judged.{name}": count for name, count in changes(letters["boxes"], judged["boxes"]).items()}


def score(reading: Record, text: Path, page: str, unsure: float) -> dict[str, Any]:
    """Compare a reading by the network of Q3 with the true text.

    Parameters
    ----------
    reading : dict
        From `read_with_numpy`.
    text : Path
    page : str
    unsure : float
        Probability below which a letter counts as unsure.

    Returns
    -------
    dict
        ``scores``, with keys ``q4.<page>.<measure>``: those of `lib.vision.reading.score_reading`, the letters read
        ``wrong``, the ``unsure`` ones and those that are both, ``unsure_wrong``; and ``mistakes``, pairs of true and
        read letters.
    """
    truth = read_transcript(text)
    letters = [letter["letter"].upper() for letter in reading["letters"]]
    written = "".join(tidy(truth).split())
    pairs = align(letters, written)
    right = {i for i, j in pairs if i is not None and j is not None and letters[i] == written[j]}
    doubted = [i for i, letter in enumerate(reading["letters"]) if letter["probability"] < unsure]
    counts = {
        "wrong": len(letters) - len(right),
        "unsure": len(doubted),
        "unsure_wrong": len([i for i in doubted if i not in right]),
    }
    return {
        "scores": score_reading(reading, truth, f"q4.{page}") | {f"q4.{page}.{key}": n for key, n in counts.items()},
        "mistakes": mistakes(reading["text"], truth),
    }


def compare_context(reading: Record, text: Path) -> dict[str, list[list[str]]]:
    """What reading a page in context changes about its letters, beside the true text (`Q4.4/<page>_context`).

    Returns
    -------
    dict
        ``mended`` and ``broken``: letters wrong by their image alone and right in context, and the other way round,
        each with the true letter, that of the image alone, and that in context; ``wrong``: true letter and letter read
        in context, of those that are wrong in context.
    """
    written = "".join(tidy(read_transcript(text)).split())
    alone, in_context = ([letter[way].upper() for letter in reading["letters"]] for way in ("letter", "in_context"))
    true = {i: written[j] for i, j in align(alone, written) if i is not None and j is not None}
    triples = [(letter, alone[i], in_context[i]) for i, letter in sorted(true.items())]
    return {
        "mended": [list(triple) for triple in triples if triple[1] != triple[0] == triple[2]],
        "broken": [list(triple) for triple in triples if triple[1] == triple[0] != triple[2]],
        "wrong": [[letter, read] for letter, _, read in triples if read != letter],
    }


def compare(readings: Mapping[str, Record], text: Path, page: str, prefixes: Mapping[str, str]) -> dict[str, float]:
    """Compare the readings of all classifiers with the true text of a page.

    Parameters
    ----------
    readings : dict of str to dict
        The record of each reader, by its id.
    text : Path
    page : str
    prefixes : dict of str to str
        What the keys of each reader's numbers begin with; ``{page}`` stands for the page.
    """
    truth = read_transcript(text)
    scores: dict[str, float] = {}
    for reader, reading in readings.items():
        scores |= score_reading(reading, truth, prefixes[reader].format(page=page))
    return scores


def tabulate(
    scores: Sequence[Mapping[str, float]], pages: Sequence[str], prefixes: Mapping[str, str]
) -> dict[str, dict[str, dict[str, float]]]:
    """Letters right by each reader on each page, and on ``all``: the mean over their letters.

    Parameters
    ----------
    scores : sequence of dict
        From `compare`, for each page.
    pages : sequence of str
        Names of the pages.
    prefixes : dict of str to str
        As for `compare`.

    Returns
    -------
    dict
        ``letters`` (how many there are) and `MEASURES`, by reader and page.
    """
    found = {key: value for of_page in scores for key, value in of_page.items()}
    table = {}
    for reader, prefix in prefixes.items():
        rows = {}
        for page in pages:
            key = prefix.format(page=page)
            rows[page] = {"letters": found[f"{key}.true"]} | {name: found[f"{key}.{name}"] for name in MEASURES}
        total = sum(row["letters"] for row in rows.values())
        mean = {name: sum(row["letters"] * row[name] for row in rows.values()) / max(total, 1) for name in MEASURES}
        table[reader] = rows | {"all": {"letters": total} | mean}
    return table
