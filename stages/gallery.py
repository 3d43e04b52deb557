"""The gallery, one page to look at everything; and what README.md says of a build."""

from pathlib import Path

from lib.gallery.tasks import boxes
from lib.graph import declared_numbers, described, given, history, json, select, step, text
from lib.graph.artifact import artifacts_in
from lib.graph.step import GRAPH
from lib.writeup.excerpts import excerpt, read_modules
from stages.compression import AUTOENCODER
from stages.data import NIST36, PAGES, PHOTOS, REPORT, TEXTS
from stages.pytorch import NETWORKS
from stages.reading import RECORDS, STYLES, TITLES
from stages.results import PROVENANCE, RESULTS
from stages.settings import SETTINGS, SOURCE, called
from stages.training import BEST, FITS, OBSERVED

PROJECT = Path(__file__).parents[1]
SCRIPTS = "base reader crops network ink draw curves frames mistakes figures tasks runs start".split()
TEMPLATE = {
    "html": given("lib/gallery/page.html"),
    "css": [given(f"lib/gallery/css/{name}.css") for name in ("page", "panels", "print")],
    "js": [given(f"lib/gallery/js/{name}.js") for name in SCRIPTS],
}

ABOUT = {
    "embedded": "Everything on this page was computed by one task graph, from handwriting, pages and flowers that the "
    "project drew itself.",
    "course": "Everything on this page was computed by one task graph.",
}
DATA = {"embedded": "generated data", "course": "data of the assignment, or what stands in for it"}
COMMAND = {"embedded": "./doitw", "course": "./doitw source=course"}

PARTS = [  # of the figures
    ("Q1", "Theory"),
    ("Q2", "The network"),
    ("data", "Data sets"),
    ("Q3", "Training it"),
    ("Q4", "Reading pages"),
    ("Q5", "Autoencoder"),
    ("Q6", "Principal components"),
    ("Q7.1", "PyTorch"),
    ("Q7.2", "Fine-tuning"),
]
TABLES = [  # of the numbers
    ("Q1", "Theory"),
    ("Q2", "The network and its gradients"),
    ("Q3", f"The network on {called('NIST36')}"),
    ("Q4", "Reading pages"),
    ("Q5", "Autoencoder"),
    ("Q6", "Principal components"),
    ("Q7.1.1", "The same network in PyTorch"),
    ("Q7.1.2", f"Convolutional network on {called('MNIST')}"),
    ("Q7.1.3", f"Convolutional network on {called('NIST36')}"),
    ("Q7.1.4", f"Convolutional network on {called('EMNIST')}"),
    ("Q7.2", "Flowers"),
]
PAGE_TABLES = [  # and who reads where a key names no reader
    ("Q4", "Pages read by the network in numpy", "numpy_mlp"),
    ("Q7.1.4", "Pages read by every classifier", "emnist_cnn"),
]
HEADLINE = ["q3.test_accuracy", "q7.1.4.test_accuracy", "q5.psnr_valid", "q7.2.finetune_test_accuracy"]

TRAINING = SETTINGS.training
HISTORIES = {"network in numpy, the best run": [BEST.history]}
HISTORIES |= {
    f"network in numpy, learning rate {rate:g}, mean of {len(TRAINING.seeds)} seeds": FITS.select(learning_rate=rate)
    for rate in TRAINING.rates
}
HISTORIES |= {f"{network.what}, in PyTorch": [network.trained.history] for network in NETWORKS.values()}
SHOWN = {"network in numpy, the best run", f"{NETWORKS['emnist_cnn'].what}, in PyTorch"}

FIGURES = select("figure")
SAME = {  # for both
    "results": RESULTS,
    "declared": described("numbers", lambda: [number for _, held in declared_numbers().values() for number in held]),
    "pages": PAGES,
    "readers": [(id, title) for id, title, _ in TITLES],
    "page_tables": PAGE_TABLES,
}


def tasks() -> list:
    """The graph, for the page to show."""
    functions = sorted({one.function for one in GRAPH.steps})
    modules = read_modules(PROJECT, {function.partition(":")[0] for function in functions})
    code = {name: excerpt(modules[name.partition(":")[0]], name.partition(":")[2]) for name in functions}
    return boxes(GRAPH.steps, GRAPH.makers_of, given_to, code)


def catalogue() -> list:
    """What the page says of each figure."""
    return [
        {
            "id": id,
            "caption": figure.caption,
            "steps": [{"function": made.function, "settings": [*made.settings.items()]} for made in history(figure)],
        }
        for id, figure in FIGURES.items()
    ]


def given_to(one) -> list[str]:
    """Files that a step reads and none makes."""
    return [artifact.id for artifact in artifacts_in(one.inputs) if artifact.id not in GRAPH.artifacts]


GALLERY = step(
    "lib.steps.gallery:build",
    to=text("index.html", "Everything to look at, on one page."),
    template=TEMPLATE,
    words={
        "about": ABOUT[SOURCE],
        "data_name": DATA[SOURCE],
        "command": COMMAND[SOURCE],
        "writeup": "writeup.pdf",
        "source": SOURCE,
        "tested": called("NIST36"),
        "unsure": SETTINGS.reading.unsure,
        "changed": SETTINGS.changed(),
    },
    tables=TABLES,
    headline=HEADLINE,
    photos=dict(PHOTOS),
    texts=dict(TEXTS),
    readings={id: {page: record[page] for page in PAGES} for id, record in RECORDS.items()},
    runs=[(name, name in SHOWN) for name in HISTORIES],
    histories=HISTORIES,
    snapshots=OBSERVED.snapshots,
    autoencoder=AUTOENCODER,
    parts=PARTS,
    catalogue=described("catalogue", catalogue),
    images=FIGURES,
    weights=BEST.weights,
    styles=STYLES,
    nist36=NIST36,
    predictions=BEST.predictions,
    provenance=PROVENANCE,
    tasks=described("tasks", tasks),
    shipped=given("docs/results.json"),
    settings=SETTINGS.gallery,
    **SAME,
)
step(
    "lib.steps.readme:summarise",
    to=json("readme", "Results as README.md shows them; `python -m docs.refresh` takes them over."),
    report=REPORT,
    versions=select("json")["versions"],
    changed=SETTINGS.changed(),
    **SAME,
)
