"""Read the assignment's file formats, check what is in them, and give back one kind of dataset.

Every dataset of the project is one ``.npz`` file::

    train_images, valid_images, test_images   (N, height, width) float32 in [0, 1] or uint8 in 0..255
    train_labels, valid_labels, test_labels   (N,) int64, indices into classes
    classes                                   (C,) str, one character each

Images are upright, with dark ink (0) on white paper. The files themselves are not: NIST36's rows are images stored
column by column, EMNIST's are transposed, and both IDX datasets are white on black. Flowers are a folder of images in
torchvision's ImageFolder layout instead, ``trn2/01_daffodil/image_0001.jpg``.

`load_split` and `load_classes` are what everything after this module reads.
"""

import contextlib
import string
import warnings
import zipfile
from pathlib import Path

import numpy as np

SPLITS = ("train", "valid", "test")
NIST36_CLASSES = string.ascii_uppercase + string.digits
MNIST_CLASSES = string.digits
EMNIST_CLASSES = (
    string.digits + string.ascii_uppercase + "abdefghnqrt"
)  # Balanced: 15 letters are one class with their capitals
OVERSHOOT = 0.5  # the real NIST36 was resized with a cubic filter, which overshoots at stroke edges

# Oxford's 17 classes of 80 images each, in the order of the image numbers
FLOWERS17 = (
    "daffodil", "snowdrop", "lily_of_the_valley", "bluebell", "crocus", "iris", "tiger_lily", "tulip", "fritillary",
    "sunflower", "daisy", "coltsfoot", "dandelion", "cowslip", "buttercup", "windflower", "pansy",
)  # fmt: skip
FLOWERS17_EACH = 80
FLOWERS_SPLITS = {"trn2": "trn2", "val2": "val2", "tst2": "tst2"}
FLOWERS102_SPLITS = {"trn2": "trnid", "val2": "valid", "tst2": "tstid"}


class FormatError(ValueError):
    """A file that is not what it should be; the message names it and says what was found."""


# --- what everything else reads -------------------------------------------------------------------------------------


def load_split(path, split):
    """One split of a dataset file.

    Parameters
    ----------
    path : Path
        A ``.npz`` file that `save_dataset` wrote.
    split : str
        ``"train"``, ``"valid"`` or ``"test"``.

    Returns
    -------
    images : (N, height, width) float32 ndarray
        In [0, 1], ink dark on white, upright.
    labels : (N,) int64 ndarray
        Indices into `load_classes`.

    Raises
    ------
    FormatError
        When the file is not such a dataset.
    """
    if split not in SPLITS:
        raise ValueError(f"split is {split!r}; a dataset has {', '.join(SPLITS)}")
    with _open_npz(path) as arrays:
        images, labels = _member(arrays, f"{split}_images", path), _member(arrays, f"{split}_labels", path)
    if images.dtype == np.uint8:
        images = images.astype(np.float32)
        images /= 255
    if images.ndim != 3 or labels.shape != images.shape[:1] or images.dtype != np.float32:
        raise FormatError(f"{Path(path).name}: {split} holds {images.dtype} {images.shape} and labels {labels.shape}")
    return images, labels.astype(np.int64)


def load_classes(path):
    """The names of a dataset's classes, list of one-character str in the order of the labels."""
    with _open_npz(path) as arrays:
        return [str(name) for name in _member(arrays, "classes", path)]


def save_dataset(path, splits, classes):
    """Write a dataset file; the same arrays give the same bytes.

    Parameters
    ----------
    path : Path
        Ends in ``.npz``.
    splits : dict
        ``{"train": (images, labels), "valid": ..., "test": ...}``, images (N, height, width) float32 in [0, 1] or
        uint8, labels (N,) integers.
    classes : sequence of str
        One character per class.

    Raises
    ------
    FormatError
        When the splits do not pass `check_split`.
    """
    arrays = {"classes": np.array(list(classes))}
    for split in SPLITS:
        images, labels = splits[split]
        check_split(images, labels, len(classes), f"{Path(path).name}, {split}")
        arrays[f"{split}_images"] = np.ascontiguousarray(images)
        arrays[f"{split}_labels"] = np.asarray(labels, dtype=np.int64)
    with open(path, "wb") as file:
        np.savez(file, **arrays)


def check_split(images, labels, classes, where):
    """Raise FormatError unless images and labels are a split of that many classes, all of which occur."""
    if images.ndim != 3 or images.dtype not in (np.float32, np.uint8):
        raise FormatError(f"{where}: images are {images.dtype} {images.shape}, not (N, height, width) float32 or uint8")
    if len(images) == 0:
        raise FormatError(f"{where}: there are no images")
    if labels.shape != images.shape[:1]:
        raise FormatError(f"{where}: {len(images)} images have labels of shape {labels.shape}")
    if not np.issubdtype(labels.dtype, np.integer):
        raise FormatError(f"{where}: labels are {labels.dtype}, not integers")
    if images.dtype == np.float32 and not (np.isfinite(images).all() and images.min() >= 0 and images.max() <= 1):
        raise FormatError(f"{where}: images are not within [0, 1]")
    if labels.min() < 0 or labels.max() >= classes:
        raise FormatError(
            f"{where}: labels run from {labels.min()} to {labels.max()}; {classes} classes are 0..{classes - 1}"
        )
    if missing := sorted(set(range(classes)) - set(np.unique(labels).tolist())):
        raise FormatError(f"{where}: no image of the classes {missing}; all {classes} must occur")


def describe(splits, classes, name):
    """Numbers about a dataset for its report, plain values.

    Returns
    -------
    dict
        ``images`` and ``images_per_class`` ([fewest, most]) per split, ``size``, ``classes``, ``ink`` (mean darkness of
        the training images), and ``held_out_in_training``, counts of `overlap`, with a warning where there are any.
    """
    train = splits["train"][0]
    per_class = {split: np.bincount(labels, minlength=len(classes)) for split, (_, labels) in splits.items()}
    paper = 255 if train.dtype == np.uint8 else 1
    return {
        "classes": len(classes),
        "held_out_in_training": overlap_report(splits, name),
        "images": {split: len(labels) for split, (_, labels) in splits.items()},
        "images_per_class": {split: [int(counts.min()), int(counts.max())] for split, counts in per_class.items()},
        "ink": round(1 - float(train.mean(dtype=np.float64)) / paper, 4),
        "size": list(train.shape[1:]),
    }


def overlap(images, others):
    """How many of `others` are, pixel for pixel, also among `images`; each an array with images along its first axis.

    Examples
    --------
    >>> a = np.arange(12).reshape(3, 2, 2)
    >>> overlap(a, a[1:])
    2
    """
    known = {image.tobytes() for image in np.ascontiguousarray(images)}
    return sum(image.tobytes() in known for image in np.ascontiguousarray(others))


def overlap_report(splits, name):
    """Count training images that are held out as well, ``{"valid": n, "test": n}``; warns when there are any."""
    counts = {split: overlap(splits["train"][0], splits[split][0]) for split in ("valid", "test")}
    if any(counts.values()):
        warnings.warn(
            f"{name}: {counts['valid']} of {len(splits['valid'][0])} validation images and {counts['test']} of "
            f"{len(splits['test'][0])} test images are training images too",
            stacklevel=2,
        )
    return counts


def stratified_split(labels, fraction, rng):
    """Hold out a fraction of every class, at least one image and never all.

    Parameters
    ----------
    labels : (N,) int ndarray
        Class of each example.
    fraction : float
        Held out, between 0 and 1.
    rng : np.random.Generator
        Chooses which.

    Returns
    -------
    kept, held_out : int64 ndarray
        Indices, sorted; together every example once.

    Examples
    --------
    >>> kept, held_out = stratified_split(np.repeat([0, 1], 10), 0.2, np.random.default_rng(0))
    >>> len(kept), np.bincount(np.repeat([0, 1], 10)[held_out]).tolist()
    (16, [2, 2])
    """
    if not 0 < fraction < 1:
        raise ValueError(f"the held-out fraction is {fraction}, it must lie between 0 and 1")
    held_out = []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        if len(members) < 2:
            raise FormatError(f"class {label} has {len(members)} training image; two are needed to hold one out")
        count = min(max(1, round(fraction * len(members))), len(members) - 1)
        held_out.append(rng.permutation(members)[:count])
    held_out = np.sort(np.concatenate(held_out))
    return np.setdiff1d(np.arange(len(labels)), held_out), held_out


# --- NIST36 ---------------------------------------------------------------------------------------------------------


def read_nist36(folder):
    """Read the three ``nist36_{train,valid,test}.mat`` files.

    Parameters
    ----------
    folder : Path
        Where they are.

    Returns
    -------
    splits : dict
        As `save_dataset` takes them, images (N, 32, 32) float32.
    clipped : dict
        Number of values outside [0, 1] that were clipped, per split.

    Raises
    ------
    FormatError
        Naming the file and what is wrong in it.
    """
    read = {split: read_nist36_file(Path(folder) / f"nist36_{split}.mat", split) for split in SPLITS}
    return {s: (images, labels) for s, (images, labels, _) in read.items()}, {s: n for s, (_, _, n) in read.items()}


def read_nist36_file(path, split):
    """Read one .mat file with ``{split}_data`` (N, 1024) and ``{split}_labels`` (N, 36) one-hot.

    Returns
    -------
    images : (N, 32, 32) float32 ndarray
        Upright, ink dark, clipped to [0, 1].
    labels : (N,) int64 ndarray
        0..25 are A..Z, 26..35 are 0..9.
    clipped : int
        Number of values that were outside [0, 1], by at most 0.5.
    """
    from scipy.io import loadmat

    name = path.name
    if not path.is_file():
        raise FormatError(
            f"{name} is missing; the archive should hold nist36_train.mat, nist36_valid.mat, nist36_test.mat"
        )
    keys = (f"{split}_data", f"{split}_labels")
    try:
        found = loadmat(path, variable_names=keys)
    except Exception as error:  # scipy raises a dozen kinds for a damaged file
        raise FormatError(f"{name} is not a MATLAB file that can be read: {error}") from error
    for key in keys:
        if key not in found:
            raise FormatError(f"{name} has no {key}; it should hold {' and '.join(keys)}")
        if not (np.issubdtype(found[key].dtype, np.number) or found[key].dtype == bool) or found[key].ndim != 2:
            raise FormatError(f"{name}: {key} is {found[key].dtype} {found[key].shape}, not a matrix of numbers")
    data, one_hot = (found[key] for key in keys)
    classes = len(NIST36_CLASSES)
    if len(data) == 0 or data.shape[1] != 1024:
        raise FormatError(f"{name}: {keys[0]} is {data.shape}, not N x 1024 with N > 0")
    if one_hot.shape != (len(data), classes):
        raise FormatError(f"{name}: {keys[1]} is {one_hot.shape}, not {len(data)} x {classes}")
    if not np.isfinite(data).all():
        row = int(np.flatnonzero(~np.isfinite(data).all(axis=1))[0])
        raise FormatError(f"{name}: {keys[0]}[{row}] holds a value that is not finite")
    if np.iscomplexobj(data) or data.min() < -OVERSHOOT or data.max() > 1 + OVERSHOOT:
        raise FormatError(
            f"{name}: {keys[0]} runs from {data.min():.4g} to {data.max():.4g}; images are in [0, 1], with at most "
            f"{OVERSHOOT} of overshoot at stroke edges"
        )
    ones = one_hot == 1
    wrong = ((one_hot != 0) & ~ones).any(axis=1) | (ones.sum(axis=1) != 1)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise FormatError(f"{name}: {keys[1]}[{row}] is not one-hot: one 1 and {classes - 1} zeros")
    clipped = int(np.count_nonzero((data < 0) | (data > 1)))
    # Each row is an image stored column by column, as MATLAB does.
    images = np.clip(data, 0, 1).astype(np.float32).reshape(-1, 32, 32).transpose(0, 2, 1)
    labels = ones.argmax(axis=1).astype(np.int64)
    check_split(images, labels, classes, name)
    return np.ascontiguousarray(images), labels, clipped


# --- MNIST and EMNIST -----------------------------------------------------------------------------------------------


def read_mnist(folder):
    """Read MNIST with torchvision from a folder ``MNIST`` that holds ``raw/train-images-idx3-ubyte`` and so on.

    Returns
    -------
    dict
        ``{"train": (images, labels), "test": ...}``: (N, 28, 28) uint8, ink dark (0) on white (255), int64 labels.

    Raises
    ------
    FormatError
        When a file is missing, cut short, of another size, or does not hold the ten classes.
    """
    from torchvision.datasets import MNIST

    return _read_idx(folder, "MNIST", ("train", "t10k"), 10, lambda root, train: MNIST(root, train=train))


def read_emnist(folder):
    """Read EMNIST Balanced with torchvision from a folder ``EMNIST``; as `read_mnist`, made upright, 47 classes."""
    from torchvision.datasets import EMNIST

    prefixes = ("emnist-balanced-train", "emnist-balanced-test")
    splits = _read_idx(
        folder, "EMNIST", prefixes, len(EMNIST_CLASSES), lambda root, train: EMNIST(root, "balanced", train=train)
    )
    if tuple(EMNIST.classes_split_dict["balanced"]) != tuple(EMNIST_CLASSES):
        raise FormatError("this torchvision orders EMNIST Balanced's classes in another way than this project")
    # EMNIST keeps NIST's own order, column by column.
    return {
        split: (np.ascontiguousarray(images.transpose(0, 2, 1)), labels) for split, (images, labels) in splits.items()
    }


def _read_idx(folder, name, prefixes, classes, dataset):
    folder = Path(folder)
    if folder.name != name:
        raise ValueError(f"torchvision reads {name} from a folder of that name, not {folder.name}")
    for prefix in prefixes:
        count = check_idx(folder / "raw" / f"{prefix}-images-idx3-ubyte", dimensions=3)[0]
        labelled = check_idx(folder / "raw" / f"{prefix}-labels-idx1-ubyte", dimensions=1)[0]
        if count != labelled:
            raise FormatError(f"{name}, {prefix}: {count} images, but {labelled} labels")
    splits = {}
    for split in ("train", "test"):
        read = dataset(str(folder.parent), split == "train")
        images, labels = 255 - read.data.numpy(), read.targets.numpy().astype(np.int64)
        check_split(images, labels, classes, f"{name}, {split}")
        splits[split] = images, labels
    return splits


def check_idx(path, dimensions):
    """Raise FormatError unless an IDX file holds what its header declares; torchvision would only assert.

    Parameters
    ----------
    path : Path
        An unpacked IDX file of unsigned bytes.
    dimensions : int
        3 for images, which must be 28 x 28; 1 for labels.

    Returns
    -------
    tuple of int
        The declared sizes.
    """
    if not path.is_file():
        raise FormatError(f"{path.name} is missing")
    start = 4 + 4 * dimensions
    with open(path, "rb") as file:
        header = file.read(start)
    if len(header) < start or header[:4] != bytes([0, 0, 8, dimensions]):
        raise FormatError(
            f"{path.name} is not an IDX file of bytes in {dimensions} dimensions: it begins {header[:4].hex(' ')}"
        )
    sizes = tuple(int.from_bytes(header[at : at + 4], "big") for at in range(4, start, 4))
    if sizes[0] == 0 or (dimensions == 3 and sizes[1:] != (28, 28)):
        raise FormatError(f"{path.name} declares the sizes {sizes}; images are N x 28 x 28 with N > 0")
    found, declared = path.stat().st_size - start, int(np.prod(sizes, dtype=object))
    if found != declared:
        how = "cut short" if found < declared else "too long"
        raise FormatError(f"{path.name} is {how}: its header declares {declared:,} bytes, there are {found:,}")
    return sizes


def write_idx(path, array):
    """Write a uint8 array as an IDX file, the format of MNIST: two zeros, type, dimensions, sizes, bytes."""
    array = np.ascontiguousarray(array)
    if array.dtype != np.uint8:
        raise ValueError(f"IDX files here hold uint8, not {array.dtype}")
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    Path(path).write_bytes(bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes())


# --- flowers --------------------------------------------------------------------------------------------------------


def flowers17_numbers(splits_file):
    """Image numbers and class folders of Oxford's 17 flowers, split 2, from ``datasplits.mat``.

    Returns
    -------
    dict
        ``{"trn2": [(number, class name), ...], "val2": ..., "tst2": ...}``, numbers from 1, sorted.
    """
    last = len(FLOWERS17) * FLOWERS17_EACH
    splits = _read_flower_splits(splits_file, FLOWERS_SPLITS, last)
    names = flowers17_folders()
    return {
        split: [(number, names[(number - 1) // FLOWERS17_EACH]) for number in numbers]
        for split, numbers in splits.items()
    }


def flowers17_folders():
    """Names of the 17 class folders, numbered so that sorted names keep Oxford's order."""
    return [f"{index:02d}_{name}" for index, name in enumerate(FLOWERS17, 1)]


def flowers102_numbers(splits_file, labels_file):
    """As `flowers17_numbers`, for the 102 flowers, from ``setid.mat`` and ``imagelabels.mat``."""
    labels = _mat_vector(labels_file, "labels")
    if labels.min() != 1 or labels.max() != 102 or len(np.unique(labels)) != 102:
        raise FormatError(f"{Path(labels_file).name}: labels do not run from 1 to 102")
    splits = _read_flower_splits(splits_file, FLOWERS102_SPLITS, len(labels))
    return {split: [(number, f"{labels[number - 1]:03d}") for number in numbers] for split, numbers in splits.items()}


def lay_out_flowers(images, splits, target, digits=4):
    """Copy images into the layout that torchvision's ImageFolder reads, each decoded once to see that it can be.

    Parameters
    ----------
    images : Path
        Folder with ``image_0001.jpg`` and so on.
    splits : dict
        From `flowers17_numbers` or `flowers102_numbers`.
    target : Path
        ``target/trn2/01_daffodil/image_0001.jpg`` and so on.
    digits : int
        Digits of the numbers in the file names: 4 for 17 flowers, 5 for 102.

    Returns
    -------
    dict
        Number of images per split.

    Raises
    ------
    FormatError
        Naming an image that is missing or does not decode, or a class that a split does not have.
    """
    classes = sorted({name for members in splits.values() for _, name in members})
    for split, members in splits.items():
        if missing := sorted(set(classes) - {name for _, name in members}):
            raise FormatError(f"{split} has no image of {', '.join(missing)}")
    for split, members in splits.items():
        for name in classes:
            (Path(target) / split / name).mkdir(parents=True)
        for number, name in members:
            file = f"image_{number:0{digits}d}.jpg"
            content = check_image(Path(images) / file)
            (Path(target) / split / name / file).write_bytes(content)
    return {split: len(members) for split, members in splits.items()}


def save_image_folder(images, labels, splits, names, target):
    """Write drawn pictures in the layout of `lay_out_flowers`, numbered from 1, as JPEG of high quality.

    Parameters
    ----------
    images : (N, height, width, 3) uint8 ndarray
        RGB.
    labels : (N,) int ndarray
        Indices into names.
    splits : dict of str to int ndarray
        ``{"trn2": indices into images, "val2": ..., "tst2": ...}``.
    names : list of str
        Class folders.
    target : Path
        Folder to write.
    """
    from PIL import Image

    for split, indices in splits.items():
        for name in names:
            (Path(target) / split / name).mkdir(parents=True)
        for index in indices:
            path = Path(target) / split / names[labels[index]] / f"image_{index + 1:04d}.jpg"
            Image.fromarray(images[index]).save(path, quality=92)


def check_image(path):
    """The bytes of an image file; FormatError naming it when it is missing or does not decode."""
    from io import BytesIO

    from PIL import Image

    path = Path(path)
    try:
        content = path.read_bytes()
        with Image.open(BytesIO(content)) as image:
            image.draft("L", (64, 64))  # the whole file is read all the same, in a third of the time
            image.load()
    except FileNotFoundError:
        raise FormatError(f"the image {path.name} is missing") from None
    except Exception as error:  # PIL raises a dozen kinds for a damaged file
        raise FormatError(f"the image {path.name} does not decode: {error}") from error
    return content


def check_image_folder(folder):
    """Count images per split of an ImageFolder layout; FormatError unless all splits have the same classes.

    Returns
    -------
    counts : dict
        Images per split.
    classes : list of str
        Names of the class folders, sorted as ImageFolder numbers them.
    """
    found = {}
    for split in FLOWERS_SPLITS:
        found[split] = {
            entry.name: sum(1 for _ in entry.iterdir()) for entry in sorted((Path(folder) / split).iterdir())
        }
    classes = list(found["trn2"])
    for split, counts in found.items():
        if list(counts) != classes or not all(counts.values()):
            raise FormatError(f"{split} does not have images of all {len(classes)} classes of trn2")
    return {split: sum(counts.values()) for split, counts in found.items()}, classes


def describe_image_folder(folder):
    """Numbers about an ImageFolder layout for its report: ``images`` per split of `SPLITS`, and ``classes``."""
    counts, classes = check_image_folder(folder)
    images = {split: counts[part] for split, part in zip(SPLITS, FLOWERS_SPLITS, strict=True)}
    return {"classes": len(classes), "images": images}


def read_image_folder(folder, each, size):
    """A few images of every class of an ImageFolder, their middle squares scaled to one size.

    Parameters
    ----------
    folder : Path
        One split, with a folder per class.
    each : int
        Images per class, evenly spaced among those there are.
    size : int
        Pixels, height and width.

    Returns
    -------
    images : (N, size, size, 3) float32 ndarray
        RGB in [0, 1].
    labels : (N,) int64 ndarray
        Indices into classes.
    classes : list of str
        Names of the class folders, sorted.
    """
    from PIL import Image, ImageOps

    classes = sorted(entry.name for entry in Path(folder).iterdir() if entry.is_dir())
    images = []
    for name in classes:
        files = sorted((Path(folder) / name).iterdir())
        for index in np.linspace(0, len(files) - 1, each).astype(int):
            with Image.open(files[index]) as image:
                images.append(np.asarray(ImageOps.fit(image.convert("RGB"), (size, size)), dtype=np.float32) / 255)
    return np.stack(images), np.repeat(np.arange(len(classes)), each), classes


def _read_flower_splits(path, keys, last):
    splits = {split: sorted(_mat_vector(path, key).tolist()) for split, key in keys.items()}
    together = [number for numbers in splits.values() for number in numbers]
    if min(together) < 1 or max(together) > last:
        raise FormatError(
            f"{Path(path).name}: image numbers run from {min(together)} to {max(together)}, not 1..{last}"
        )
    if len(set(together)) != len(together):
        raise FormatError(
            f"{Path(path).name}: {len(together) - len(set(together))} images occur in two splits, or twice"
        )
    return splits


def _mat_vector(path, key):
    """A vector of positive whole numbers from a .mat file."""
    from scipy.io import loadmat

    try:
        found = loadmat(path, variable_names=[key], squeeze_me=True)
    except Exception as error:
        raise FormatError(f"{Path(path).name} is not a MATLAB file that can be read: {error}") from error
    if key not in found:
        raise FormatError(f"{Path(path).name} has no {key}")
    vector = np.atleast_1d(found[key])
    if vector.ndim != 1 or len(vector) == 0 or not np.issubdtype(vector.dtype, np.number) or (vector % 1 != 0).any():
        raise FormatError(f"{Path(path).name}: {key} is {vector.dtype} {vector.shape}, not a list of image numbers")
    return vector.astype(np.int64)


# --- reading .npz ---------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _open_npz(path):
    """A dataset file, open; FormatError when it is none."""
    try:
        file = open(path, "rb")
    except FileNotFoundError:
        raise FormatError(f"{path} is missing; ./doitw makes it") from None
    with file:
        try:
            arrays = np.load(file, allow_pickle=False)
        except (ValueError, EOFError, OSError, zipfile.BadZipFile) as error:
            raise FormatError(f"{Path(path).name} is not a dataset that can be read: {error}") from error
        if not isinstance(arrays, np.lib.npyio.NpzFile):
            raise FormatError(f"{Path(path).name} is a single array, not a dataset")
        yield arrays


def _member(arrays, key, path):
    if key not in arrays:
        raise FormatError(f"{Path(path).name} has no {key}; it holds {', '.join(arrays.files)}")
    try:
        return arrays[key]
    except (ValueError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise FormatError(f"{Path(path).name}: {key} cannot be read: {error}") from error
