"""All questions: the readers ranked, every number in one flat file, and where each of them comes from."""

from lib.graph import declared_numbers, described, figure, json, step
from lib.graph.artifact import artifacts_in
from lib.graph.step import GRAPH
from stages.compression import COMPARISON as COMPRESSED
from stages.data import EMNIST, FLOWERS, MNIST, NIST36, PAGES, PHOTOS, PRETRAINED, REPORT, TEXTS, VIEW_SIZES
from stages.flowers import COMPARISON as FLOWERS_COMPARED
from stages.pytorch import NETWORKS
from stages.reading import JUDGE, LETTERS, READERS, READINGS
from stages.settings import SETTINGS
from stages.training import BEST

TITLES = [[reader.id, reader.short] for reader in READERS]
TABLES = ("training", "judge", "compression", "pytorch", "mnist_cnn", "nist36_cnn", "emnist_cnn", "flowers")

RANKING = step(
    "lib.steps.readers:rank",
    readings={id: [record for page, record in read.record.items() if page in TEXTS] for id, read in READINGS.items()},
    texts=[TEXTS[page] for page in PHOTOS if page in TEXTS],
    titles=TITLES,
    seed=SETTINGS.reading.seed,
    to=json("Q7.1.4/ranking.json", "All readers by the letters of the pages that they read, with paired intervals."),
)
figure(
    "Q7.1.4/ranking",
    "lib.figures.pages:ranking",
    ranking=RANKING,
    caption="Letters of all pages that each reader reads from their images alone. Bars are 95 % intervals, by drawing "
    "the lines of the pages anew.",
)
step(
    "lib.steps.readers:compare_crops",
    letters=LETTERS,
    readings=READINGS["numpy_mlp"].record,
    texts={page: TEXTS[page] for page in TEXTS},
    pages=PAGES,
    nist36=NIST36,
    predictions=BEST.predictions,
    to=json("Q4.4/crops_and_training", "Whether letters of the pages and test images differ, and what would be seen."),
)

RESULTS = step(
    "lib.steps.writeup:collect",
    to=json("results", "Every number, by question."),
    numbers={id: artifact for id, (artifact, _) in declared_numbers().items()},
)

# --- where it all comes from ------------------------------------------------------------------------------------------

DATA = {NIST36.id: "nist36", MNIST.id: "mnist", EMNIST.id: "emnist", FLOWERS.id: "flowers", PRETRAINED.id: "squeezenet"}
DATA |= {photo.id: "pages" for photo in PHOTOS.values()}


def data_behind() -> dict[str, list[str]]:
    """The data sets that each captioned artifact was made from, in the order of `DATA`."""
    found: dict[str, set[str]] = {}
    for id, (_, made_by) in GRAPH.artifacts.items():  # inputs are declared before what is made from them
        itself = {DATA[made.id] for made in made_by.outputs.values() if made.id in DATA}
        read = (
            found.get(read.id, {DATA[read.id]} if read.id in DATA else set()) for read in artifacts_in(made_by.inputs)
        )
        found[id] = itself or set().union(*read)
    names = dict.fromkeys(DATA.values())
    return {
        id: [name for name in names if name in behind] for id, behind in found.items() if GRAPH.artifacts[id][0].caption
    }


PROVENANCE = step(
    "lib.steps.results:state_provenance",
    report=REPORT,
    behind=described("behind", data_behind),
    questions=described(
        "questions",
        lambda: {id: artifact.question for id, (artifact, _) in GRAPH.artifacts.items() if artifact.caption},
    ),
    to=json("provenance", "What the data were, real, stand-in or drawn, and which stand behind each artifact."),
)


def sources() -> dict[str, dict[str, str]]:
    """Where each number comes from, by its key."""
    return {
        number.key: {
            "artifact": id,
            "stage": GRAPH.artifacts[id][1].location.partition(":")[0],
            "function": GRAPH.artifacts[id][1].function,
            "question": number.question,
        }
        for id, (_, held) in declared_numbers().items()
        for number in held
    }


step(
    "lib.steps.results:state_sources",
    sources=described("sources", sources),
    to=json("sources", "Artifact, step and function of each number."),
)
step(
    "lib.steps.results:tabulate_networks",
    tables={name: getattr(SETTINGS, name) for name in TABLES},
    report=REPORT,
    numbers=[BEST.numbers, COMPRESSED, FLOWERS_COMPARED.numbers, *(network.numbers for network in NETWORKS.values())],
    views=VIEW_SIZES,
    judge=JUDGE.weights,
    to=json("networks", "How each network is built and was trained."),
)
step(
    "lib.steps.departures:list_departures",
    tables={name: getattr(SETTINGS, name) for name in TABLES},
    report=REPORT,
    readers=[reader.short for reader in READERS],
    to=json("departures", "What is not as the assignment has it."),
)
