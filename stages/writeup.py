"""Q1 to Q7: the writeup as a PDF, its figures, numbers and texts read from the artifacts by their ids."""

import hashlib
from pathlib import Path

from lib.graph import cached, declared_numbers, given, json, raw, select, step
from lib.writeup.excerpts import excerpts
from stages.data import PAGES
from stages.reading import READERS
from stages.settings import SETTINGS, SOURCE

PROJECT = Path(__file__).parents[1]

# The code that answers each question: a module and the functions of it that are shown.
CODE = {
    "Q2.1.2": {"lib.nn.network": ["xavier_uniform", "initialise"]},
    "Q2.2.1": {"lib.nn.activations": ["sigmoid"], "lib.nn.network": ["forward_layer", "forward"]},
    "Q2.2.2": {"lib.nn.losses": ["softmax"]},
    "Q2.2.3": {"lib.nn.losses": ["accuracy", "cross_entropy", "surprise", "logsumexp"]},
    "Q2.3.1": {"lib.nn.network": ["backward_layer", "backward"], "lib.nn.losses": ["cross_entropy_gradient"]},
    "Q2.4.1": {"lib.nn.batches": ["random_batches"], "lib.nn.training": ["train_epoch", "fit"]},
    "Q2.5.1": {"lib.nn.gradcheck": ["numerical_gradient"]},
    "Q4.2": {
        "lib.vision.letters": ["find_letters", "segment", "_segment", "join_pieces", "stacked", "beside", "broken"]
    },
    "Q4.4": {"lib.vision.page": ["read_page"], "lib.vision.context": ["with_context"]},
    "Q5.1.1": {"lib.nn.losses": ["squared_error", "squared_error_gradient", "distance"]},
    "Q5.1.2": {"lib.nn.optimisers": ["Momentum"]},
    "Q7.1": {"lib.models.fit": ["fit"]},
    "Q7.1.1": {"lib.models.networks": ["Mlp"]},
    "Q7.1.2": {"lib.models.networks": ["Cnn", "convolution"]},
    "Q7.2.1 head": {"lib.models.squeezenet": ["frozen_features"], "lib.models.flowers": ["Head"]},
    "Q7.2.1 scratch": {"lib.models.flowers": ["FlowerCnn"]},
}
MODULES = {
    module: (PROJECT / module.replace(".", "/")).with_suffix(".py").read_text()
    for module in sorted({"lib.writeup.excerpts", *(module for parts in CODE.values() for module in parts)})
}

# What is shown is handed over as a setting, not as files: a comment in lib/ runs nothing. It is cut again only when a
# module changed: doit asks on every command.
step(
    "lib.steps.writeup:excerpts",
    to=json("excerpts", "The code that the writeup shows."),
    code=cached("excerpts").get(
        "writeup",
        hashlib.sha256(repr((CODE, MODULES)).encode()).hexdigest(),
        lambda: excerpts(CODE, MODULES),
    ),
)

step("lib.steps.writeup:versions", to=json("versions", "Versions of Python and of the packages that computed this."))

step(
    "lib.steps.writeup:write",
    to=raw("writeup.pdf", "Every question of the assignment, answered."),
    sources=[given(f"writeup/{file.name}") for file in sorted(PROJECT.glob("writeup/*.typ"))],
    figures=select("figure"),
    values=select("json"),
    texts=select("text"),
    captions={id: figure.caption for id, figure in select("figure").items()},
    numbers={
        number.key: number.as_dict() | {"question": number.question or artifact.question}
        for artifact, held in declared_numbers().values()
        for number in held
    },
    about={
        "author": SETTINGS.writeup.author,
        "collaborators": SETTINGS.writeup.collaborators,
        "source": SOURCE,
        "changed": SETTINGS.changed(),
        "settings": {name: getattr(SETTINGS, name) for name in ("training", "compression", "flowers")},
        "pages": PAGES,
        "readers": [{"id": reader.id, "title": reader.title} for reader in READERS],
    },
)
