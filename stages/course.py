"""source=course: the assignment's own downloads, unpacked and checked.

Files are kept in data/course as they came; what is put there by hand is taken after the same checks.
"""

from lib.data.page_files import image_files, name_pages, with_text
from lib.graph import by, file, folder, given, json, npz, raw, step, sweep
from lib.graph.settings import SettingsError
from stages.settings import MIRROR, SETTINGS

BOX = "https://cmu.box.com/shared/static"
COURSE = "http://www.cs.cmu.edu/afs/cs/user/lkeselma/www/16720a_data"
# Addresses die: torchvision's come first, then the authors' own and the mirrors that others use. What comes from any of
# them is held to the same checksum: the official one, or that of the first download.
MNIST_HOSTS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist",
    "http://yann.lecun.com/exdb/mnist",
    "https://storage.googleapis.com/cvdf-datasets/mnist",
    "https://raw.githubusercontent.com/fgnt/mnist/master",
)
EMNIST_URLS = (
    "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip",
    "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/gzip.zip",
    "https://rds.westernsydney.edu.au/Institutes/MARCS/BENS/EMNIST/emnist-gzip.zip",
)
OXFORD_HOSTS = ("https://www.robots.ox.ac.uk/~vgg/data/flowers", "https://thor.robots.ox.ac.uk/flowers")
PYTORCH_HOSTS = ("https://download.pytorch.org/models", "https://s3.amazonaws.com/pytorch/models")

IMAGES = given("images", root="data").files[0]
ORIGINS = []


def download(name, what, urls, checksum=None, mirror=None, kind=file):
    """Declare the download of data/course/<name>; returns the file, and adds the record of its origin to `ORIGINS`."""
    made = step(
        "lib.steps.data:fetch" if kind is file else "lib.steps.data:fetch_bytes",
        to={"file": kind(name, root="data"), "origin": json(f"origins/{name}.json", root="data")},
        download={"name": name, "what": what, "urls": urls, "checksum": checksum, "mirror": mirror},
        folder=IMAGES.removesuffix("/images"),
        mirror=MIRROR,
        settings=SETTINGS.data,
        keep=False,
        doc=f"Download {name} ({what}), or take what was put there by hand.",
    )
    ORIGINS.append(made.origin)
    return made.file


# --- letters and digits -----------------------------------------------------------------------------------------------

nist36 = step(
    "lib.steps.data:read_nist36",
    to={
        "dataset": npz("data/nist36", "Letters and digits, 32 x 32: training, validation and test images."),
        "report": json("data/nist36.json"),
    },
    # The assignment prints ...dg1ct285165md.zip, a misprint.
    archive=download("data.zip", "NIST36", [f"{BOX}/ebklocte1t2wl4dja61dg1ct285l65md.zip", f"{COURSE}/data.zip"]),
)
NIST36, NIST36_REPORT = nist36.dataset, nist36.report

MNIST_FILES = {  # checksums as torchvision 0.29 has them
    "train-images-idx3-ubyte.gz": "md5:f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "md5:d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "md5:9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "md5:ec29112dd5afa0611ce80d1b7f02629c",
}
MNIST_RAW = step(
    "lib.steps.data:unpack_mnist",
    to=folder("MNIST", root="data"),
    archives=[
        download(f"mnist/{name}", "MNIST", [f"{host}/{name}" for host in MNIST_HOSTS], checksum)
        for name, checksum in MNIST_FILES.items()
    ],
    keep=False,
    doc="MNIST as IDX files, unpacked.",
)

EMNIST_CHECKSUM = "md5:58c8d27c78d21e728a6bc7b3cc06412e"
EMNIST_RAW = step(
    "lib.steps.data:unpack_emnist",
    to=folder("EMNIST", root="data"),
    archive=download("emnist/gzip.zip", "EMNIST", EMNIST_URLS, EMNIST_CHECKSUM),
    keep=False,
    doc="EMNIST Balanced as IDX files, unpacked.",
)

# --- flowers ----------------------------------------------------------------------------------------------------------

FLOWER_FILES = {  # by parameter of lay_out_flowers17 and lay_out_flowers102: address and checksum
    "flowers17": {"archive": ("17/17flowers.tgz", None), "splits": ("17/datasplits.mat", None)},
    "flowers102": {
        "archive": ("102/102flowers.tgz", "md5:52808999861908f626f3c1f4e79d11fa"),
        "labels": ("102/imagelabels.mat", "md5:e0620be6f572b9609742df49c70aed4d"),
        "splits": ("102/setid.mat", "md5:a5357ecc9cb78c4bef273ce3793fc85c"),
    },
}
flowers = step(
    f"lib.steps.data:lay_out_{SETTINGS.flowers.dataset}",
    to={
        "folder": folder("data/flowers", "Photographs of flowers, laid out for torchvision's ImageFolder."),
        "report": json("data/flowers.json"),
    },
    **{
        name: download(
            address.split("/")[1], "Oxford's flowers", [f"{host}/{address}" for host in OXFORD_HOSTS], checksum
        )
        for name, (address, checksum) in FLOWER_FILES[SETTINGS.flowers.dataset].items()
    },
)
FLOWERS, FLOWERS_REPORT = flowers.folder, flowers.report

PRETRAINED = download(
    "squeezenet1_1-b8a52dc0.pth",
    "SqueezeNet 1.1 trained on ImageNet, by torchvision",
    [f"{host}/squeezenet1_1-b8a52dc0.pth" for host in PYTORCH_HOSTS],
    "sha256:b8a52dc0",  # torchvision's files carry it in their names
    mirror="squeezenet1_1_features.pth",
    kind=raw,
)
VIEW_SIZES = SETTINGS.flowers.view_sizes

# --- pages: the assignment's four, and every other image in data/course/images ----------------------------------------

UNPACKED = sweep(
    "lib.steps.data:unpack_photo",
    over={"page": ("01_list", "02_letters", "03_haiku", "04_deep")},
    to=file("images/{page}.jpg", root="data"),
    archive=download(
        "images.zip", "four pages", [f"{BOX}/147jyd6uewh1fff96yfh6e11s98v11xm.zip", f"{COURSE}/images.zip"]
    ),
    keep=False,
    doc="The photograph of the page {page}, unpacked.",
)
four = [photo.files[0] for photo in UNPACKED.values()]
files = name_pages(dict.fromkeys([*four, *image_files(IMAGES)]), SettingsError)
PAGES = tuple(files)
PHOTOS = by(
    "page",
    {
        page: UNPACKED[page] if path in four else given(path.replace(IMAGES, "images"), root="data")
        for page, path in files.items()
    },
)
# A transcript beside the photograph comes before the project's own.
roots = dict.fromkeys(with_text(PAGES, "images", SettingsError), "project")
roots |= dict.fromkeys(with_text(PAGES, IMAGES, SettingsError), "data")
TEXTS = by("page", {page: given(f"images/{page}.txt", root=roots[page]) for page in PAGES if page in roots})
