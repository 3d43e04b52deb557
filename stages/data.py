"""Data: what the other stages read, the same for both sources, each of which exports the same names."""

from lib.graph import figure, given, json, npz, step
from stages.settings import SETTINGS, SOURCE, called

if SOURCE == "course":
    from stages import course as source
else:
    from stages import embedded as source

NIST36 = source.NIST36  # letters and digits in three splits
FLOWERS = source.FLOWERS  # folder of pictures, for ImageFolder
PRETRAINED = source.PRETRAINED  # SqueezeNet's weights
VIEW_SIZES = source.VIEW_SIZES  # pixels at which SqueezeNet sees the central square and the whole picture
PAGES = source.PAGES  # names of the photographed pages
PHOTOS = source.PHOTOS  # by page
TEXTS = source.TEXTS  # by page: what is written on it, where someone has typed it

# MNIST and EMNIST come without a validation split: part of their training images is held out.
mnist = step(
    "lib.steps.data:read_mnist",
    to={"dataset": npz("data/mnist", "Digits, 28 x 28."), "report": json("data/mnist.json")},
    raw=source.MNIST_RAW,
    settings=SETTINGS.data,
)
emnist = step(
    "lib.steps.data:read_emnist",
    to={
        "dataset": npz("data/emnist", f"{called('EMNIST Balanced')}, 47 classes, 28 x 28."),
        "report": json("data/emnist.json"),
    },
    raw=source.EMNIST_RAW,
    settings=SETTINGS.data,
)
MNIST, EMNIST = mnist.dataset, emnist.dataset

REPORT = step(
    "lib.steps.data:report",
    to=json("data/report", "Where the data came from, how much there is, what was found in it."),
    reports={
        "nist36": source.NIST36_REPORT,
        "mnist": mnist.report,
        "emnist": emnist.report,
        "flowers": source.FLOWERS_REPORT,
    },
    origins=source.ORIGINS,
    source=SOURCE,
)

figure(
    "data/nist36_samples",
    "lib.figures.datasets:letter_sheet",
    dataset=NIST36,
    each=2,
    across=18,
    caption=f"Two training images of each class of {called('NIST36')}.",
)
figure(
    "data/letterforms",
    "lib.figures.datasets:letterform_sheet",
    nist36=NIST36,
    emnist=EMNIST,
    caption="All letterforms that the project draws handwriting from, and at the right of each character six training "
    "images of it, where a data set has it as a class.",
)
figure(
    "data/mnist_samples",
    "lib.figures.datasets:letter_sheet",
    dataset=MNIST,
    each=5,
    across=10,
    caption="Five training images of each digit.",
)
figure(
    "data/emnist_samples",
    "lib.figures.datasets:letter_sheet",
    dataset=EMNIST,
    each=4,
    across=16,
    caption=f"Four training images of each class of {called('EMNIST Balanced')}.",
)
figure(
    "data/flowers_samples",
    "lib.figures.datasets:flower_sheet",
    folder=FLOWERS,
    caption="Two training images of each species.",
)

# Measured by hand, for hours: the same whatever this build draws or downloads.
PEOPLE = step(
    "lib.steps.people:tabulate",
    measured=given("benchmarks/handwriting.json"),
    to=json("data/people", "What networks trained on drawn handwriting read of real people's, and by class."),
)
figure(
    "data/people_curve",
    "lib.figures.people:curve",
    people=PEOPLE,
    caption="Test images of ten unseen writers that the convolutional network reads, by the number of real writers it "
    "was trained on, with the project's drawn handwriting before them and without. Means over the seeds, bands from "
    "the worst to the best.",
)
