"""Pictures in classes, in the layout that torchvision's ImageFolder reads: ``trn2/01_daffodil/image_0001.jpg``."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from lib.data.datasets import FormatError
from lib.data.oxford import Members
from lib.data.photos import open_photo

MEGAPIXELS = 4  # of a photograph; Oxford's have half of one, and there are thousands
PARTS = {"train": "trn2", "valid": "val2", "test": "tst2"}  # the folder of each split


def lay_out(images: Path, parts: Mapping[str, Members], target: Path, digits: int = 4) -> None:
    """Copy images into the layout, each decoded once to see that it can be.

    Parameters
    ----------
    images : Path
        Folder with ``image_0001.jpg`` and so on.
    parts : mapping
        From `lib.data.oxford`.
    target : Path
        Folder to write.
    digits : int
        Digits of the numbers in the file names: 4 for 17 flowers, 5 for 102.

    Raises
    ------
    FormatError
        Naming a class that a part does not have.
    ValueError
        Naming an image that cannot be read.
    """
    classes = sorted({name for members in parts.values() for _, name in members})
    for part, members in parts.items():
        if missing := sorted(set(classes) - {name for _, name in members}):
            raise FormatError(f"{part} has no image of {', '.join(missing)}")
    for part, members in parts.items():
        _make_folders(target / part, classes)
        for number, name in members:
            file = f"image_{number:0{digits}d}.jpg"
            open_photo(images / file, file, MEGAPIXELS)
            shutil.copyfile(images / file, target / part / name / file)


def save(
    images: NDArray[np.uint8], labels: NDArray, parts: Mapping[str, NDArray], classes: Sequence[str], target: Path
) -> None:
    """Write drawn pictures in the layout of 17 flowers, numbered from 1, as JPEG of high quality.

    Parameters
    ----------
    images : (N, height, width, 3) uint8 ndarray
        RGB.
    labels : (N,) int ndarray
        Indices into classes.
    parts : mapping of str to int ndarray
        ``{"trn2": indices into images, "val2": ..., "tst2": ...}``.
    classes : sequence of str
        Names of the class folders.
    target : Path
        Folder to write.
    """
    for part, indices in parts.items():
        _make_folders(target / part, classes)
        for index in indices:
            path = target / part / classes[labels[index]] / f"image_{index + 1:04d}.jpg"
            Image.fromarray(images[index]).save(path, quality=92)


def describe(folder: Path) -> dict[str, object]:
    """Facts about a folder in this layout for its report: images per split, and number of classes.

    Raises
    ------
    FormatError
        Unless all parts have images of the same classes.
    """
    classes = _class_folders(folder / PARTS["train"])
    images = {}
    for split, part in PARTS.items():
        counts = {name: len(list((folder / part / name).iterdir())) for name in _class_folders(folder / part)}
        if list(counts) != classes or not all(counts.values()):
            raise FormatError(f"{part} does not have images of all {len(classes)} classes of {PARTS['train']}")
        images[split] = sum(counts.values())
    return {"classes": len(classes), "images": images}


def read_samples(folder: Path, each: int, size: int) -> tuple[NDArray[np.float32], NDArray[np.int64], list[str]]:
    """A few images of every class, their middle squares scaled to one size.

    Parameters
    ----------
    folder : Path
        One part, with a folder per class.
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
    classes = _class_folders(folder)
    images = []
    for name in classes:
        files = sorted((folder / name).iterdir())
        for index in np.linspace(0, len(files) - 1, each).astype(int):
            picture = Image.fromarray(open_photo(files[index])).convert("RGB")
            images.append(np.asarray(ImageOps.fit(picture, (size, size)), dtype=np.float32) / 255)
    return np.stack(images), np.repeat(np.arange(len(classes)), each), classes


def _class_folders(part: Path) -> list[str]:
    return sorted(entry.name for entry in part.iterdir() if entry.is_dir())


def _make_folders(part: Path, classes: Sequence[str]) -> None:
    for name in classes:
        (part / name).mkdir(parents=True)
