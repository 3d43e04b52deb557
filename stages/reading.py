"""Q4 and Q7.1.4: find the letters on photographed pages, read them with four classifiers, and score the readings."""

from typing import Any, NamedTuple

from lib.graph import Number, figure, given, json, npz, numbers, step, sweep, text
from stages.data import EMNIST, NIST36, PAGES, PHOTOS, TEXTS
from stages.pytorch import NETWORKS
from stages.settings import SETTINGS, SOURCE
from stages.training import BEST


class Reader(NamedTuple):
    """A classifier that reads the pages."""

    id: str
    title: str
    short: str  # its title in tables
    read: str  # the function of a step: letters, weights, alternatives -> record and text
    weights: Any
    settings: Any  # with the number of alternatives
    record: str  # id of a page's record
    prefix: str  # of the keys of a page's numbers, where all readers are compared
    model: str | None = None  # its name for the `read` command, if it has one


def torch_reader(id: str, title: str, short: str, record: str, prefix: str, model: str | None = None) -> Reader:
    """A network of Q7.1 as a reader."""
    trained = NETWORKS[id].trained
    weights = {"weights": trained.weights, "network": trained.network}
    read = "lib.steps.reading:read_with_torch"
    return Reader(id, title, short, read, weights, SETTINGS.pytorch, record, prefix, model)


READERS = (
    Reader(
        "numpy_mlp",
        "Network in numpy",
        "MLP, numpy",
        "lib.steps.reading:read_with_numpy",
        BEST.weights,
        SETTINGS.reading,
        "Q4.4/{page}",
        "q7.1.4.{page}.numpy_mlp",
        "mlp",
    ),
    torch_reader(
        "torch_mlp",
        "The same network in PyTorch",
        "MLP, torch",
        "fits/torch_mlp_{page}",
        "q7.1.4.{page}.torch_mlp",
    ),
    torch_reader(
        "nist36_cnn",
        "Convolutional network, 36 characters",
        "CNN, 36 characters",
        "fits/nist36_cnn_{page}",
        "q7.1.4.{page}.nist36_cnn",
        "nist36",
    ),
    torch_reader(
        "emnist_cnn",
        "Convolutional network, 47 characters",
        "CNN, 47 characters",
        "Q7.1.4/{page}",
        "q7.1.4.{page}",  # the one that the question asks for
        "emnist",
    ),
)
PREFIXES = {reader.id: reader.prefix for reader in READERS}
PREFIXES |= {f"{reader.id}_judged": f"q7.1.4.{{page}}.{reader.id}_judged" for reader in READERS}
TITLES = [[reader.id, reader.title, reader.short] for reader in READERS]
TITLES += [
    [f"{reader.id}_judged", f"{reader.title}, cut by the judge, in context with its opinion", f"{reader.short}, judged"]
    for reader in READERS
]
CHANGED = {"kept": "as before", "joined": "joined", "cut": "cut", "added": "new", "dropped": "dropped"}
MEASURES = {"letter_accuracy": "letters", "char_accuracy": "with spaces", "word_accuracy": "words"}
MARKS = {"wrong": "read wrong", "unsure": "marked as unsure", "unsure_wrong": "of these wrong"}
COUNTS = {"true": "written", "found": "found", "missed": "missed", "spurious": "spurious"}


def scores(prefix: str) -> list[Number]:
    """The numbers of one reading; the part of a label before the colon stands above the columns of several."""
    return [
        *(Number(f"{prefix}.{name}", f"Right, by its image alone: {label}", "%") for name, label in MEASURES.items()),
        *(
            Number(f"{prefix}.in_context.{name}", f"Right, in context: {label}", "%")
            for name, label in MEASURES.items()
        ),
        *(Number(f"{prefix}.{name}", f"Letters: {label}") for name, label in COUNTS.items()),
    ]


FAILURES = figure(
    "Q4.1/failures",
    "lib.figures.pages:failures",
    settings=SETTINGS.reading,
    caption="Two drawn pages on which finding letters fails, as expected. Left: joined writing, where a connected "
    "piece of ink is no letter, so that words come out as one box, are cut anywhere, or are missed. Right: a patterned "
    "background and letters of very different size, where not all that is dark is ink and a letter may be no larger "
    "than a dot.",
)

STYLES = step(
    "lib.steps.reading:measure_styles",
    nist36=NIST36,
    emnist=EMNIST,
    to=json("fits/letter_styles", "How large and how thick the training sets draw their letters."),
)

figure(
    "Q4.4/others",
    "lib.figures.limits:readers",
    measured=given("benchmarks/reader.json"),
    caption="Letters of drawn photographs that our readers and others read right, where they differ most, as "
    "benchmarks/reader.py measured it.",
)

LETTERS = sweep(
    "lib.steps.reading:find",
    over={"page": PHOTOS},
    photo=PHOTOS,
    styles=STYLES,
    to=npz("fits/letters_{page}"),
    doc="Letters found on {page}, in reading order",
)

for page in PAGES[:1]:  # there may be none
    figure(
        "Q4.2/black_and_white",
        "lib.figures.ink:black_and_white",
        photo=PHOTOS[page],
        caption=("A drawn photograph of a page" if SOURCE == "embedded" else "A photographed page")
        + ", and the image in black and white that find_letters returns for it: 0 in the strokes of letters, 1 "
        "elsewhere.",
    )

JUDGE = step(
    "lib.steps.judge:fit_judge",
    settings=SETTINGS.judge,
    to={
        "weights": npz("fits/judge", "The network that judges whether some ink is one letter."),
        "numbers": numbers(
            "Q4.4/judge",
            Number("q4.judge.cuttings", "Judge: cuttings that it learned from", detail=True),
            Number("q4.judge.right", "Judge: right cuttings of drawn lines that it takes for a letter", "%"),
            Number("q4.judge.wrong", "Judge: wrong cuttings of drawn lines that it takes for a letter", "%"),
            Number("q4.judge.found", "Judge: letters of drawn lines found", "%"),
            Number("q4.judge.spurious", "Judge: letters found there that are none", "%"),
            caption="How well the judge tells letters from other cuttings of drawn lines.",
        ),
    },
)
LIMITS = step(
    "lib.steps.limits:measure",
    weights=BEST.weights,
    styles=STYLES,
    judge=JUDGE.weights,
    settings=SETTINGS.reading,
    to={
        "limits": json("Q4.1/limits.json", "Scores on drawn photographs at each strength of each disturbance."),
        "numbers": numbers(
            "Q4.1/numbers",
            Number("q4.1.recall", "Drawn photographs, disturbed: letters found", "%"),
            Number("q4.1.precision", "Drawn photographs, disturbed: boxes that are letters, where any are found", "%"),
            Number("q4.1.letters", "Drawn photographs, disturbed: letters read right", "%"),
            Number("q4.1.judged", "Drawn photographs, disturbed: letters read right, cut by the judge", "%"),
        ),
    },
)
figure(
    "Q4.1/limits",
    "lib.figures.limits:limits",
    limits=LIMITS.limits,
    caption="Where finding and reading letters breaks: drawn photographs, disturbed more and more to the right, by the "
    "disturbances at which fewest letters are read right on average; one photograph of the same two lines at each "
    "point. Dotted: read right without any. Judged: the judge of Q4.4 turns the page and cuts the letters.",
)
JUDGED = sweep(
    "lib.steps.reading:judge",
    over={"page": PHOTOS},
    photo=PHOTOS,
    styles=STYLES,
    judge=JUDGE.weights,
    to=npz("fits/judged_{page}"),
    doc="Letters of {page} as the judge cuts them",
)
CHANGES = sweep(
    "lib.steps.reading:compare_boxes",
    over={"page": PHOTOS},
    letters=LETTERS,
    judged=JUDGED,
    to=numbers(
        "Q4.4/{page}_changes",
        *(Number(f"q4.{{page}}.judged.{name}", f"Boxes of the judge: {label}") for name, label in CHANGED.items()),
        caption="What the judge changes about the letters of {page}.",
    ),
)
DRAWN = step(
    "lib.steps.calibration:draw_pages",
    judge=JUDGE.weights,
    styles=STYLES,
    pages=SETTINGS.judge.pages,
    seed=SETTINGS.judge.seed,
    to=npz("fits/drawn_letters", "Letters that the judge finds on drawn photographs, and what they are."),
)
CALIBRATIONS = {
    reader.id: step(
        reader.read.replace("reading:read_with_", "calibration:calibrate_"),
        drawn=DRAWN,
        weights=reader.weights,
        to=json(f"fits/{reader.id}_calibration", f"How sure {reader.short} may be."),
    )
    for reader in READERS
}
figure(
    "Q7.1.4/reliability",
    "lib.figures.reliability:reliability",
    calibrations=CALIBRATIONS,
    titles=[[reader.id, reader.short] for reader in READERS],
    caption="Share of letters that are right among those of about the same confidence, on drawn photographs that were "
    "not used to calibrate: as the networks say it, and divided by a temperature. On the diagonal a reader is as sure "
    "as it is right.",
)

# By reader: sweeps over the pages, with .record and .text; and, of the letters as the judge cuts them, with
# .judged_record and .judged_text.
READINGS = {
    reader.id: sweep(
        reader.read,
        over={"page": PHOTOS},
        letters=LETTERS,
        judged=JUDGED,
        weights=reader.weights,
        calibration=CALIBRATIONS[reader.id],
        settings=reader.settings,
        to={
            "record": json(reader.record, f"Letters of {{page}} with their probabilities by {reader.short}."),
            "text": text(f"{reader.record}.txt", f"Text of {{page}} as read by {reader.short}."),
            "judged_record": json(
                f"{reader.record}_judged", f"Letters of {{page}} as the judge cuts them, by {reader.short}."
            ),
            "judged_text": text(
                f"{reader.record}_judged.txt", f"Text of {{page}} as the judge cuts it, in context, by {reader.short}."
            ),
        },
    )
    for reader in READERS
}
RECORDS = {id: readings.record for id, readings in READINGS.items()}
RECORDS |= {f"{id}_judged": readings.judged_record for id, readings in READINGS.items()}

SCORES = sweep(
    "lib.steps.reading:score",
    over={"page": TEXTS},
    reading=READINGS["numpy_mlp"].record,
    text=TEXTS,
    unsure=SETTINGS.reading.unsure,
    to={
        "scores": numbers(
            "Q4.4/{page}_scores",
            *scores("q4.{page}"),
            *(Number(f"q4.{{page}}.{name}", f"Letters: {label}") for name, label in MARKS.items()),
            caption="Letters of {page} found, and read right.",
        ),
        "mistakes": json("Q4.4/{page}_mistakes", "Letters of {page} that were read as others."),
    },
)

CONTEXTS = {
    id: sweep(
        "lib.steps.reading:compare_context",
        over={"page": TEXTS},
        reading=READINGS[id].record,
        text=TEXTS,
        to=json(f"{question}/{{page}}_context", "Letters of {page} that context mends, breaks and leaves wrong."),
    )
    for id, question in (("numpy_mlp", "Q4.4"), ("emnist_cnn", "Q7.1.4"))
}

COMPARISONS = sweep(
    "lib.steps.reading:compare",
    over={"page": TEXTS},
    readings=RECORDS,
    text=TEXTS,
    prefixes=PREFIXES,
    to=numbers(
        "Q7.1.4/{page}_scores",
        *(number for prefix in PREFIXES.values() for number in scores(prefix)),
        caption="Letters of {page} read right by each classifier.",
    ),
)

CLASSIFIERS = step(
    "lib.steps.reading:tabulate",
    scores=COMPARISONS,
    pages=[*TEXTS],
    prefixes=PREFIXES,
    to=json("Q7.1.4/classifiers.json", "Letters that every classifier reads right on every page."),
)

figure(
    "Q7.1.4/classifiers",
    "lib.figures.pages:classifiers",
    table=CLASSIFIERS,
    titles=[[id, short] for id, _, short in TITLES],
    caption="Letters read right on each page by each classifier, each from its own image and, in brackets, in context: "
    "there the neighbours say whether a character is a letter or a digit. Above of the letters as rules of thumb find "
    "them, below as the judge cuts them; there, in context, its own opinion of each letter is pooled in.",
)

figure(
    "Q4.3/boxes_{page}",
    "lib.figures.pages:boxes_over_page",
    over={"page": PHOTOS},
    photo=PHOTOS,
    reading=READINGS["numpy_mlp"].record,
    caption="{page}: all letters found, and what each was read as.",
)
figure(
    "Q4.4/crops_{page}",
    "lib.figures.pages:letters_beside_training",
    over={"page": PHOTOS},
    letters=LETTERS,
    reading=READINGS["numpy_mlp"].record,
    nist36=NIST36,
    settings=SETTINGS.reading,
    caption="{page}: letters as the network sees them, above training images of the class each was read as.",
)
figure(
    "Q4.4/judged_{page}",
    "lib.figures.pages:boxes_over_page",
    over={"page": PHOTOS},
    photo=PHOTOS,
    reading=READINGS["nist36_cnn"].judged_record,
    caption="{page}: every letter as the judge cuts it, and what the convolutional network of Q7.1.3 reads.",
)
