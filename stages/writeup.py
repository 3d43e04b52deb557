"""Q1 to Q7: the writeup as a PDF, its figures, numbers and texts read from the artifacts by their ids."""

from pathlib import Path

import msgspec

from lib.graph import declared_numbers, described, given, json, raw, remembered, select, step
from lib.writeup.excerpts import excerpts, read_modules
from stages.data import PAGES
from stages.reading import READERS
from stages.settings import SETTINGS, SOURCE

PROJECT = Path(__file__).parents[1]

# The code that answers each question, by module: functions, classes and constants. What is longer than a reader wants
# in the text stands in the appendix.
CODE = {
    "Q2.1.2": {"lib.nn.network": ["xavier_uniform"]},
    "Q2.2.1": {"lib.nn.activations": ["sigmoid"], "lib.nn.network": ["forward_layer"]},
    "Q2.2.2": {"lib.nn.losses": ["softmax"]},
    "Q2.2.3": {"lib.nn.losses": ["accuracy", "cross_entropy", "surprise", "logsumexp"]},
    "Q2.3.1": {"lib.nn.network": ["backward_layer"], "lib.nn.losses": ["LEAST", "cross_entropy_gradient"]},
    "Q2.4.1": {"lib.nn.batches": ["random_batches"], "lib.nn.training": ["train_epoch"]},
    "Q2.5.1": {"lib.nn.gradcheck": ["numerical_gradient"]},
    "Q4.2": {"lib.vision.letters": ["find_letters", "find_ink", "stacked", "beside", "broken"]},
    "Q4.4": {"lib.vision.page": ["read_page"], "lib.steps.reading": ["numpy_probs"]},
    "Q5.1.1": {"lib.steps.compression": ["ASKED", "fit_autoencoder"], "lib.nn.losses": ["squared_error_gradient"]},
    "Q5.1.2": {"lib.nn.optimisers": ["Momentum"]},
    "Q7.1.1": {"lib.models.networks": ["Mlp"]},
    "Q7.1.2": {"lib.models.networks": ["Cnn", "convolution"]},
    "Q7.2.1 head": {"lib.models.squeezenet": ["frozen_features"]},
    "Q7.2.1 scratch": {"lib.models.flowers": ["FlowerCnn"]},
}
APPENDIX = {
    "Q2": {"lib.nn.network": ["initialise", "forward", "backward"], "lib.nn.training": ["fit"]},
    "Q4.2": {"lib.vision.letters": ["segment", "_segment", "join_pieces", "keep_letters", "cut_touching"]},
    "Q4.4": {"lib.vision.context": ["with_context"]},
    "Q5.1.1": {"lib.steps.compression": ["_fit"], "lib.nn.losses": ["squared_error", "distance"]},
    "Q7.1": {"lib.models.fit": ["fit"]},
    "Q7.2.1": {"lib.models.flowers": ["Head"]},
}
SHOWN = CODE | {f"{question}, at length": parts for question, parts in APPENDIX.items()}


def cut():
    """The code that is shown."""
    return excerpts(SHOWN, read_modules(PROJECT, {module for parts in SHOWN.values() for module in parts}))


# What is shown is handed over as a setting, not as files: a comment in lib/ runs nothing.
step(
    "lib.steps.writeup:excerpts",
    to=json("excerpts", "The code that the writeup shows."),
    code=remembered("excerpts", cut),
)

step("lib.steps.writeup:versions", to=json("versions", "Versions of Python and of the packages that computed this."))

# Tables of settings that the text quotes.
QUOTED = ("network", "training", "reading", "compression", "pytorch", "nist36_cnn", "flowers", "writeup")
FIGURES, VALUES = select("figure"), select("json")

step(
    "lib.steps.writeup:write",
    to=raw("writeup.pdf", "Every question of the assignment, answered."),
    sources=[given(f"writeup/{file.name}") for file in sorted(PROJECT.glob("writeup/*.*"))],
    figures=FIGURES,
    values=VALUES,
    captions=described("captions", lambda: {id: figure.caption for id, figure in FIGURES.items()}),
    numbers=described(
        "numbers by key",
        lambda: {number.key: number for _, held in declared_numbers().values() for number in held},
    ),
    about={
        "author": SETTINGS.writeup.author,
        "collaborators": SETTINGS.writeup.collaborators,
        "source": SOURCE,
        "changed": SETTINGS.changed(),
        "settings": {name: table for name, table in msgspec.to_builtins(SETTINGS).items() if name in QUOTED},
        "rates": SETTINGS.training.rates,
        "pages": PAGES,
        "readers": [{"id": reader.id, "short": reader.short} for reader in READERS],
    },
)
