"""Data: fetch or draw, check, store. Everything after this stage is the same code for both sources.

``embedded`` draws its data sets (lib.data.handwriting, lib.data.flowers) and reads the pages in images/; ``course``
downloads the assignment's own. Files as they came lie in data/<source>/, checked data sets in artifacts/<source>/data/.
"""

import json
from typing import NamedTuple

from lib.build import MIRROR, SOURCE, Artifact, SettingsError, figure, given, settings, task
from lib.jsonfile import write_json

# --- what the other stages read ---------------------------------------------------------------------------------------

NIST36 = Artifact("data", "nist36.npz", caption="Letters and digits, 32 x 32: training, validation and test images.")
MNIST = Artifact("data", "mnist.npz", caption="Digits, 28 x 28.")
EMNIST = Artifact("data", "emnist.npz", caption="EMNIST Balanced, 47 classes, 28 x 28.")
FLOWERS = Artifact("data", "flowers/", caption="Photographs of flowers, laid out for torchvision's ImageFolder.")
SQUEEZENET = Artifact("", "squeezenet1_1-b8a52dc0.pth", root="data")  # source=course only
REPORT = Artifact("data", "report.json", caption="Where the data came from, how much there is, what was found in it.")

NIST36_SHEET = figure("data", "nist36_samples", caption="Six training images of each class of NIST36.")
MNIST_SHEET = figure("data", "mnist_samples", caption="Five training images of each digit.")
EMNIST_SHEET = figure("data", "emnist_samples", caption="Four training images of each class of EMNIST Balanced.")
FLOWERS_SHEET = figure("data", "flowers_samples", caption="Two training images of each species.")


class Page(NamedTuple):
    """A photographed page."""

    name: str  # the file's name without its ending
    image: Artifact
    text: Artifact | None  # what is written on it, where somebody has typed it


# --- where the course's files are kept --------------------------------------------------------------------------------

COURSE = "http://www.cs.cmu.edu/afs/cs/user/lkeselma/www/16720a_data"
MNIST_HOSTS = ("https://ossci-datasets.s3.amazonaws.com/mnist", "http://yann.lecun.com/exdb/mnist")
EMNIST_HOSTS = ("https://biometrics.nist.gov/cs_links/EMNIST", "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST")
OXFORD = "https://www.robots.ox.ac.uk/~vgg/data/flowers"
MNIST_FILES = {  # checksums as torchvision 0.29 has them
    "train-images-idx3-ubyte.gz": "md5:f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "md5:d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "md5:9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "md5:ec29112dd5afa0611ce80d1b7f02629c",
}
FLOWER_FILES = {
    "flowers17": {"17/17flowers.tgz": None, "17/datasplits.mat": None},
    "flowers102": {
        "102/102flowers.tgz": "md5:52808999861908f626f3c1f4e79d11fa",
        "102/imagelabels.mat": "md5:e0620be6f572b9609742df49c70aed4d",
        "102/setid.mat": "md5:a5357ecc9cb78c4bef273ce3793fc85c",
    },
}
COURSE_PAGES = ("01_list.jpg", "02_letters.jpg", "03_haiku.jpg", "04_deep.jpg")
IMAGE_ENDINGS = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp")


def downloads():
    """Every file that source=course fetches: dicts of the fields of lib.data.fetch.Download, by name."""
    box = "https://cmu.box.com/shared/static"
    files = [  # the assignment prints ...dg1ct285165md.zip for the first: a misprint
        _file("data.zip", "NIST36", [f"{box}/ebklocte1t2wl4dja61dg1ct285l65md.zip", f"{COURSE}/data.zip"]),
        _file("images.zip", "four pages", [f"{box}/147jyd6uewh1fff96yfh6e11s98v11xm.zip", f"{COURSE}/images.zip"]),
        _file(
            "emnist/gzip.zip",
            "EMNIST",
            [f"{host}/gzip.zip" for host in EMNIST_HOSTS],
            "md5:58c8d27c78d21e728a6bc7b3cc06412e",
        ),
        _file(
            "squeezenet1_1-b8a52dc0.pth",
            "SqueezeNet 1.1 trained on ImageNet, by torchvision",
            ["https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth"],
            "sha256:b8a52dc0",  # a file of torchvision's carries it in its name
            mirror="squeezenet1_1_features.pth",
        ),
    ]
    for name, checksum in MNIST_FILES.items():
        files.append(_file(f"mnist/{name}", "MNIST", [f"{host}/{name}" for host in MNIST_HOSTS], checksum))
    for address, checksum in FLOWER_FILES[settings("flowers").dataset].items():
        files.append(_file(address.split("/")[1], "Oxford's flowers", [f"{OXFORD}/{address}"], checksum))
    return {file["name"]: file for file in files}


def _file(name, what, addresses, checksum=None, mirror=None):
    return {"name": name, "what": what, "addresses": addresses, "checksum": checksum, "mirror": mirror}


# --- pages ------------------------------------------------------------------------------------------------------------


def pages():
    """All pages of this build's source, sorted by name, list of Page.

    ``embedded``: every image in images/. ``course``: the assignment's four and every other image that somebody put
    into data/course/images/. A page's text is the .txt of its name beside it, else the one in images/.
    """
    if SOURCE == "embedded":
        return _name_pages([given(f"images/{file}") for file in _image_files("images")], beside=given)
    four = [Artifact("images", file, root="data") for file in COURSE_PAGES]
    more = [file for file in _image_files(four[0].path.parent) if file not in COURSE_PAGES]
    return _name_pages(
        four + [Artifact("images", file, root="data") for file in more],
        beside=lambda path: Artifact("images", path.rpartition("/")[2], root="data"),
    )


def _image_files(folder):
    from pathlib import Path

    folder = Path(folder)
    names = [file.name for file in folder.iterdir()] if folder.is_dir() else []
    return sorted(name for name in names if name.lower().endswith(IMAGE_ENDINGS) and not name.startswith("."))


def _name_pages(images, beside):
    found = {}
    for image in images:
        name = image.path.stem
        if "=" in name:
            raise SettingsError(f"{image.path}: a page's name may not have an = in it; rename the file")
        if name in found:
            raise SettingsError(
                f"{found[name].image.path} and {image.path} would both be the page {name}; rename one of them"
            )
        texts = (beside(f"images/{name}.txt"), given(f"images/{name}.txt"))
        found[name] = Page(name, image, next((text for text in texts if text.path.is_file()), None))
    return [found[name] for name in sorted(found)]


# --- source=course: fetch and unpack ----------------------------------------------------------------------------------


def _fetched(name):
    return Artifact("", name, root="data")


def _origin(name):
    return Artifact("origins", f"{name}.json", root="data")


def _flower_files():
    return [_fetched(address.split("/")[1]) for address in FLOWER_FILES[settings("flowers").dataset]]


def task__fetch():
    """Q3 Files of the assignment, from a mirror, their official addresses, or put there by hand."""
    if SOURCE != "course":
        return
    ours = settings("data")
    for name, download in downloads().items():
        # A file knows its own place: whether it is there already, by hand, cannot be an input.
        place = str(_fetched("x").path.parent)
        yield task(
            fetch,
            name=name,
            outputs=[_fetched(name), _origin(name)],
            settings=ours.only("retries", download=download, mirror=MIRROR, folder=place),
            cache=False,
        )


def fetch(file, record_file, settings):
    from pathlib import Path

    from lib.build import progress
    from lib.data.fetch import Download, fetch

    folder = Path(settings.folder)
    download = Download(**settings.download)
    earlier = folder / "origins" / f"{download.name}.json"
    try:
        record = json.loads(earlier.read_text())
    except (OSError, ValueError):
        record = None
    found = fetch(
        download,
        folder,
        target=file,
        record=record,
        mirror=settings.mirror,
        retries=settings.retries,
        progress=lambda done, total: progress(done >> 20, total >> 20),
    )
    write_json(record_file, found)


def task__pages():
    """Q4 The assignment's four pages, unpacked."""
    if SOURCE != "course":
        return
    yield task(
        unpack_pages,
        name="unpack",
        inputs=[_fetched("images.zip")],
        outputs=[Artifact("images", file, root="data") for file in COURSE_PAGES],
        cache=False,
    )


def unpack_pages(archive, *files):
    from lib.data.archives import unpack
    from lib.data.formats import check_image

    names = [file.name for file in files]
    unpack(archive, files[0].parent, lambda member: _base_name(member) if _base_name(member) in names else None)
    for file in files:
        check_image(file)


def task__idx():
    """Q7.1 MNIST and EMNIST as IDX files, unpacked or drawn."""
    ours = settings("data")
    for name, raw in (("mnist", MNIST_RAW), ("emnist", EMNIST_RAW)):
        if SOURCE == "embedded":
            counts = {key: getattr(ours, f"{name}_{key}") for key in ("train", "test")}
            yield task(
                draw_mnist if name == "mnist" else draw_emnist,
                name=name,
                outputs=[raw],
                settings=ours.only("seed", **counts),
            )
        else:
            files = [f"mnist/{file}" for file in MNIST_FILES] if name == "mnist" else ["emnist/gzip.zip"]
            action = unpack_mnist if name == "mnist" else unpack_emnist
            yield task(action, name=name, inputs=[[_fetched(file) for file in files]], outputs=[raw], cache=False)


# The folders that torchvision's MNIST and EMNIST look for.
MNIST_RAW = Artifact("", "MNIST/", root="data")
EMNIST_RAW = Artifact("", "EMNIST/", root="data")


def unpack_mnist(archives, folder):
    from lib.data.archives import gunzip

    (folder / "raw").mkdir(parents=True)
    for archive in archives:
        gunzip(archive, folder / "raw" / archive.stem)


def unpack_emnist(archives, folder):
    from lib.data.archives import gunzip, unpack

    (folder / "raw").mkdir(parents=True)
    (archive,) = archives
    wanted = ("emnist-balanced-", "idx")  # of six ways to split EMNIST
    names = unpack(
        archive,
        folder / "raw",
        lambda member: _base_name(member) if all(part in _base_name(member) for part in wanted) else None,
    )
    for name in names:
        gunzip(folder / "raw" / name, folder / "raw" / name.removesuffix(".gz"))
        (folder / "raw" / name).unlink()


def _base_name(member):
    """An archive's member without its folders; nothing for what a Mac adds to archives."""
    return "" if "__MACOSX" in member else member.rpartition("/")[2]


# --- source=embedded: draw --------------------------------------------------------------------------------------------


def draw_mnist(folder, settings):
    from lib.data.formats import write_idx
    from lib.data.handwriting import MNIST

    (folder / "raw").mkdir(parents=True)
    for split, (images, labels) in _draw_two_splits(MNIST, settings).items():
        prefix = folder / "raw" / ("train" if split == "train" else "t10k")
        write_idx(f"{prefix}-images-idx3-ubyte", 255 - images)
        write_idx(f"{prefix}-labels-idx1-ubyte", labels.astype("uint8"))


def draw_emnist(folder, settings):
    from lib.data.formats import write_idx
    from lib.data.handwriting import EMNIST

    (folder / "raw").mkdir(parents=True)
    for split, (images, labels) in _draw_two_splits(EMNIST, settings).items():
        prefix = folder / "raw" / f"emnist-balanced-{split}"
        write_idx(f"{prefix}-images-idx3-ubyte", 255 - images.transpose(0, 2, 1))  # as the real files are stored
        write_idx(f"{prefix}-labels-idx1-ubyte", labels.astype("uint8"))


def _draw_two_splits(look, settings):
    """Training and test images by different writers, each of whom writes every character about once."""
    import numpy as np

    from lib.data.handwriting import draw_dataset, draw_writers

    rng = np.random.default_rng(settings.seed)
    writers = draw_writers(rng, settings.train + settings.test, look.variety)
    return {
        "train": draw_dataset(rng, look, settings.train, writers.pick(slice(settings.train)), np.uint8),
        "test": draw_dataset(rng, look, settings.test, writers.pick(slice(settings.train, None)), np.uint8),
    }


def draw_nist36(dataset_file, report_file, settings):
    import numpy as np

    from lib.data import formats
    from lib.data.handwriting import NIST36, draw_splits

    counts = (settings.nist36_train, settings.nist36_valid, settings.nist36_test)
    arrays = draw_splits(np.random.default_rng(settings.seed), NIST36, counts, writers=counts)
    splits = {split: (arrays[f"{split}_images"], arrays[f"{split}_labels"]) for split in formats.SPLITS}
    formats.save_dataset(dataset_file, splits, formats.NIST36_CLASSES)
    write_json(report_file, formats.describe(splits, formats.NIST36_CLASSES, "NIST36"))


# --- checked data sets ------------------------------------------------------------------------------------------------


def _report(name):
    return Artifact("data", f"{name}.json")


def task_nist36():
    """Q3.1 NIST36, letters and digits in 36 classes: read, checked, upright."""
    if SOURCE == "embedded":
        ours = settings("data").only("seed", "nist36_train", "nist36_valid", "nist36_test")
        return task(draw_nist36, outputs=[NIST36, _report("nist36")], settings=ours)
    return task(read_nist36, inputs=[_fetched("data.zip")], outputs=[NIST36, _report("nist36")])


def task_mnist():
    """Q7.1.2 MNIST, read by torchvision, checked, with a validation split taken from the training images."""
    ours = settings("data").only("seed", "valid_fraction")
    return task(read_mnist, inputs=[MNIST_RAW], outputs=[MNIST, _report("mnist")], settings=ours)


def task_emnist():
    """Q7.1.4 EMNIST Balanced, read by torchvision, checked, with a validation split taken from the training images."""
    ours = settings("data").only("seed", "valid_fraction")
    return task(read_emnist, inputs=[EMNIST_RAW], outputs=[EMNIST, _report("emnist")], settings=ours)


def task_flowers():
    """Q7.2.1 Photographs of flowers in Oxford's split 2, laid out for ImageFolder."""
    dataset = settings("flowers").dataset
    if SOURCE == "embedded":
        if dataset != "flowers17":
            raise SettingsError(f"flowers.dataset={dataset}: source=embedded draws flowers17 only")
        ours = settings("data").only("seed", "flowers_each", "flowers_size")
        return task(draw_flowers, outputs=[FLOWERS, _report("flowers")], settings=ours)
    action = lay_out_flowers17 if dataset == "flowers17" else lay_out_flowers102
    return task(action, inputs=[_flower_files()], outputs=[FLOWERS, _report("flowers")])


def task_report():
    """Q3.1 Where the data came from, how much there is, what the checks found."""
    names = ("nist36", "mnist", "emnist", "flowers")
    origins = [_origin(name) for name in downloads()] if SOURCE == "course" else []
    return task(
        write_report,
        inputs=[[_report(name) for name in names], origins],
        outputs=[REPORT],
        settings=settings("data").only(source=SOURCE),
    )


def read_nist36(archive, dataset_file, report_file):
    import tempfile
    from pathlib import Path

    from lib.data import formats
    from lib.data.archives import unpack

    wanted = [f"nist36_{split}.mat" for split in formats.SPLITS]
    with tempfile.TemporaryDirectory(dir=dataset_file.parent) as folder:
        unpack(archive, folder, lambda member: _base_name(member) if _base_name(member) in wanted else None)
        splits, clipped = formats.read_nist36(Path(folder))
    formats.save_dataset(dataset_file, splits, formats.NIST36_CLASSES)
    write_json(report_file, formats.describe(splits, formats.NIST36_CLASSES, "NIST36") | {"clipped_values": clipped})


def read_mnist(folder, dataset_file, report_file, settings):
    from lib.data import formats

    _split_and_save(formats.read_mnist(folder), formats.MNIST_CLASSES, "MNIST", dataset_file, report_file, settings)


def read_emnist(folder, dataset_file, report_file, settings):
    from lib.data import formats

    _split_and_save(formats.read_emnist(folder), formats.EMNIST_CLASSES, "EMNIST", dataset_file, report_file, settings)


def _split_and_save(read, classes, name, dataset_file, report_file, settings):
    import numpy as np

    from lib.data import formats

    images, labels = read["train"]
    kept, held_out = formats.stratified_split(labels, settings.valid_fraction, np.random.default_rng(settings.seed))
    splits = {
        "train": (images[kept], labels[kept]),
        "valid": (images[held_out], labels[held_out]),
        "test": read["test"],
    }
    formats.save_dataset(dataset_file, splits, classes)
    write_json(report_file, formats.describe(splits, classes, name))


def lay_out_flowers17(files, target, report_file):
    from lib.data import formats

    archive, splits_file = files
    _lay_out_flowers(archive, formats.flowers17_numbers(splits_file), 4, target, report_file)


def lay_out_flowers102(files, target, report_file):
    from lib.data import formats

    archive, labels_file, splits_file = files
    _lay_out_flowers(archive, formats.flowers102_numbers(splits_file, labels_file), 5, target, report_file)


def _lay_out_flowers(archive, splits, digits, target, report_file):
    import tempfile
    from pathlib import Path

    from lib.data import formats
    from lib.data.archives import unpack

    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        unpack(archive, folder, lambda member: _base_name(member) if member.endswith(".jpg") else None)
        formats.lay_out_flowers(Path(folder), splits, target, digits)
    write_json(report_file, formats.describe_image_folder(target))


def draw_flowers(target, report_file, settings):
    import numpy as np

    from lib.data import flowers, formats

    rng = np.random.default_rng(settings.seed)
    images, labels = flowers.draw_flowers(rng, settings.flowers_each, settings.flowers_size)
    splits = flowers.split_indices(labels, rng)
    formats.save_image_folder(images, labels, splits, formats.flowers17_folders(), target)
    write_json(report_file, formats.describe_image_folder(target))


def write_report(report_files, origin_files, report_file, settings):
    report = {path.stem: json.loads(path.read_text()) for path in report_files}
    files = [json.loads(path.read_text()) for path in origin_files]
    report["files"] = {file["file"]: file for file in files}
    report["origins"] = sorted({file["origin"] for file in files}) or ["drawn by the project"]
    write_json(report_file, report | {"source": settings.source})


# --- what they look like ----------------------------------------------------------------------------------------------


def task_samples():
    """Q3.1 Training images of every class of every data set."""
    for name, dataset, sheet, action in (
        ("nist36", NIST36, NIST36_SHEET, draw_nist36_sheet),
        ("mnist", MNIST, MNIST_SHEET, draw_mnist_sheet),
        ("emnist", EMNIST, EMNIST_SHEET, draw_emnist_sheet),
        ("flowers", FLOWERS, FLOWERS_SHEET, draw_flowers_sheet),
    ):
        yield task(action, name=name, inputs=[dataset], outputs=[sheet])


def draw_nist36_sheet(dataset_file, pictures):
    _draw_sheet(dataset_file, pictures, each=6, across=18)


def draw_mnist_sheet(dataset_file, pictures):
    _draw_sheet(dataset_file, pictures, each=5, across=10)


def draw_emnist_sheet(dataset_file, pictures):
    _draw_sheet(dataset_file, pictures, each=4, across=16)


def _draw_sheet(dataset_file, pictures, each, across):
    from lib.data.formats import load_classes, load_split
    from lib.figures.datasets import class_sheet
    from lib.figures.style import save

    images, labels = load_split(dataset_file, "train")
    save(class_sheet(images, labels, load_classes(dataset_file), each, across), *pictures)


def draw_flowers_sheet(folder, pictures):
    from lib.data.formats import read_image_folder
    from lib.figures.datasets import class_sheet
    from lib.figures.style import save

    images, labels, classes = read_image_folder(folder / "trn2", each=2, size=96)
    names = [name.split("_", 1)[-1].replace("_", " ") for name in classes]
    save(class_sheet(images, labels, names, each=2, across=6), *pictures)
