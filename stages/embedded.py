"""source=embedded: data that the project draws itself, without a network, and the pages in images/."""

from lib.data.page_files import image_files, name_pages, with_text
from lib.graph import Number, by, figure, folder, given, json, npz, numbers, raw, step
from lib.graph.settings import SettingsError
from stages.settings import SETTINGS

ORIGINS = []

# --- letters and digits -----------------------------------------------------------------------------------------------

nist36 = step(
    "lib.steps.data:draw_nist36",
    to={
        "dataset": npz("data/nist36", "Letters and digits, 32 x 32: training, validation and test images."),
        "report": json("data/nist36.json"),
    },
    settings=SETTINGS.data,
)
NIST36, NIST36_REPORT = nist36.dataset, nist36.report

MNIST_RAW = step(
    "lib.steps.data:draw_mnist",
    to=folder("MNIST", root="data"),
    settings=SETTINGS.data,
    doc="MNIST as IDX files, drawn.",
)
EMNIST_RAW = step(
    "lib.steps.data:draw_emnist",
    to=folder("EMNIST", root="data"),
    settings=SETTINGS.data,
    doc="EMNIST Balanced as IDX files, drawn.",
)

# --- flowers ----------------------------------------------------------------------------------------------------------

if SETTINGS.flowers.dataset != "flowers17":
    raise SettingsError(f"flowers.dataset={SETTINGS.flowers.dataset}: source=embedded draws flowers17 only")
flowers = step(
    "lib.steps.data:draw_flowers",
    to={
        "folder": folder("data/flowers", "Photographs of flowers, laid out for torchvision's ImageFolder."),
        "report": json("data/flowers.json"),
    },
    settings=SETTINGS.data,
)
FLOWERS, FLOWERS_REPORT = flowers.folder, flowers.report

pretext = step(
    "lib.steps.flowers:pretrain",
    to={
        "weights": raw("fits/pretext_squeezenet.safetensors", "SqueezeNet trained on drawn shapes."),
        "numbers": numbers(
            "Q7.2.1/pretext.json",
            Number("q7.2.pretext.shape_accuracy", "Shapes named in held-out pretext pictures", "%"),
            Number("q7.2.pretext.texture_accuracy", "Textures named in held-out pretext pictures", "%"),
            Number("q7.2.pretext.colour_accuracy", "Colours named in held-out pretext pictures", "%"),
            caption="Accuracy on pretext pictures that were held out.",
        ),
    },
    settings=(SETTINGS.flowers, SETTINGS.pytorch),
)
figure(
    "Q7.2.1/pretext",
    "lib.figures.datasets:pretext_sheet",
    settings=SETTINGS.flowers,
    caption="Pictures of the pretext task that stands in for ImageNet where the data is drawn: name the shape, the "
    "texture and the colour.",
)
PRETRAINED = pretext.weights
VIEW_SIZES = SETTINGS.flowers.embedded_view_sizes

# --- pages: every image in images/ ------------------------------------------------------------------------------------

files = name_pages(image_files("images"), SettingsError)
PAGES = tuple(files)
PHOTOS = by("page", {page: given(path) for page, path in files.items()})
TEXTS = by("page", {page: given(f"images/{page}.txt") for page in sorted(with_text(PAGES, "images", SettingsError))})
