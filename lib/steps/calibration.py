"""How sure the readers are, and how sure they may be: measured on drawn photographs whose text is known."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.data.scenes import anything, draw, random_lines
from lib.steps.reading import judge_in, kinds_of, numpy_probs, torch_probs
from lib.vision.confidence import calibrate, confidence, reliability
from lib.vision.context import pooled, with_context
from lib.vision.matching import match_boxes

Arrays = Mapping[str, NDArray]


def draw_pages(judge: Arrays, styles: Mapping[str, Mapping[str, Any]], pages: int, seed: int) -> dict[str, NDArray]:
    """Letters that the judge finds on drawn photographs of any kind, and what they are.

    Returns
    -------
    dict of str to ndarray
        As from `lib.steps.reading.judge_in`, all pages one after the other, each line and word with a number of its
        own; ``truth``: the character of each letter, or a space for what is none; ``page``.
    """
    found: list[dict[str, NDArray]] = []
    line = word = 0
    for number in range(pages):
        rng = np.random.default_rng([seed, number])
        page = draw(anything(rng, random_lines(rng)), rng)
        letters = judge_in(page.image, styles, judge)
        del letters["turns"]
        pairs = match_boxes(letters["boxes"], page.boxes)
        letters["truth"] = np.full(len(letters["boxes"]), " ")
        letters["truth"][pairs[:, 0]] = np.array([*page.characters])[pairs[:, 1]]
        letters["page"] = np.full(len(letters["boxes"]), number)
        letters["line"] += line
        letters["word"] += word
        line, word = letters["line"].max(initial=line) + 1, letters["word"].max(initial=word) + 1
        found.append(letters)
    return {name: np.concatenate([letters[name] for letters in found]) for name in found[0]}


def calibrate_numpy(drawn: Arrays, weights: Arrays) -> dict[str, Any]:
    """The temperature of the network of Q3 as a reader; see `calibrate_torch`."""
    return _calibrate(numpy_probs, drawn, weights)


def calibrate_torch(drawn: Arrays, weights: Mapping[str, Any]) -> dict[str, Any]:
    """The temperature of a network of Q7.1 as a reader, chosen on every second page and tested on the others.

    Parameters
    ----------
    drawn : mapping of str to ndarray
        From `draw_pages`.
    weights : dict
        As `lib.steps.reading.torch_probs` takes them.

    Returns
    -------
    dict
        ``temperature``; ``before, after``: what `lib.vision.confidence.reliability` says of the other pages' letters
        without it and with it.
    """
    return _calibrate(torch_probs, drawn, weights)


def _calibrate(read: Callable[..., Any], drawn: Arrays, weights: Any) -> dict[str, Any]:
    probs, characters = read(drawn, weights)
    probs = with_context(pooled(probs, kinds_of(drawn, characters)), characters, drawn["line"], drawn["word"])
    names = np.array([*characters, " "])
    right = names[probs.argmax(axis=1)] == np.char.upper(drawn["truth"]) if len(probs) else np.zeros(0, bool)
    chosen = drawn["page"] % 2 == 0
    temperature = calibrate(probs[chosen], drawn["odds"][chosen], right[chosen])
    tests = {
        name: reliability(confidence(probs[~chosen], drawn["odds"][~chosen], value), right[~chosen])
        for name, value in (("before", 1.0), ("after", temperature))
    }
    return {"temperature": temperature} | tests
