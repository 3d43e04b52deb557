"""Data: download or draw, unpack, check. What comes out is the same for both sources."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from lib.data import datasets, handwriting, idx, image_folder, nist36, oxford
from lib.data.archives import base_name, gunzip, unpack
from lib.data.datasets import EMNIST_CLASSES, MNIST_CLASSES, NIST36_CLASSES, SPLITS, Split
from lib.data.flowers import pictures
from lib.data.photos import open_photo

# --- source=course ----------------------------------------------------------------------------------------------------


def fetch(
    file: Path,
    download: Mapping,
    folder: str,
    retries: int,
    mirror: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, dict]:
    """Download a file of the assignment, or take the one that is in its place already.

    Parameters
    ----------
    file : Path
        Where to write it.
    download : mapping
        The fields of `lib.data.fetch.Download`.
    folder : str
        The data folder. Whether the file is in its place there, put by hand, cannot be an input of the step.
    retries, mirror
        As in `lib.data.fetch.fetch`.
    progress : callable, optional
        Called with MiB so far and in all.

    Returns
    -------
    dict
        ``origin``: where it came from, as `lib.data.fetch.fetch` says.
    """
    from lib.data.fetch import Download, fetch
    from lib.data.verify import read_json

    wanted = Download(**download)
    try:
        record = read_json(Path(folder, "origins", f"{wanted.name}.json"))
    except (OSError, ValueError):
        record = None
    origin = fetch(
        wanted,
        Path(folder),
        target=file,
        record=record if isinstance(record, dict) else None,
        mirror=mirror,
        retries=retries,
        progress=progress and (lambda done, total: progress(done >> 20, total >> 20)),
    )
    return {"origin": origin}


def fetch_bytes(
    download: Mapping,
    folder: str,
    retries: int,
    mirror: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, object]:
    """As `fetch`, with the content of the file as ``file``."""
    with TemporaryDirectory() as temporary:
        path = Path(temporary, "file")
        return fetch(path, download, folder, retries, mirror, progress) | {"file": path.read_bytes()}


def unpack_photo(archive: Path, page: str, target: Path) -> None:
    """Unpack the photograph of one page; ValueError unless it is an image."""
    _unpack_files(archive, target.parent, {f"{page}.jpg": target.name})
    if not target.is_file():
        raise ValueError(f"{archive.name} has no {page}.jpg")
    open_photo(target, target.name)


def unpack_mnist(archives: Sequence[Path], target: Path) -> None:
    """Unpack MNIST's files to where torchvision looks for them."""
    (target / "raw").mkdir(parents=True)
    for archive in archives:
        gunzip(archive, target / "raw" / archive.stem, limit=idx.MAX_BYTES)


def unpack_emnist(archive: Path, target: Path) -> None:
    """Unpack EMNIST Balanced, one of six ways to split EMNIST, to where torchvision looks for it."""

    raw = target / "raw"
    names = [f"{name}.gz" for name in idx.file_names(idx.EMNIST_PREFIXES)]
    _unpack_files(archive, raw, dict(zip(names, names, strict=True)))
    for name in names:
        if (raw / name).is_file():  # a missing one is named by who reads them
            gunzip(raw / name, raw / name.removesuffix(".gz"), limit=idx.MAX_BYTES)
            (raw / name).unlink()


def read_nist36(archive: Path) -> dict[str, dict]:
    """NIST36 from the assignment's archive, checked and upright: ``dataset`` and ``report``."""
    with TemporaryDirectory() as folder:
        names = [f"nist36_{split}.mat" for split in SPLITS]
        _unpack_files(archive, Path(folder), dict(zip(names, names, strict=True)))
        splits, clipped = nist36.read_nist36(Path(folder))
    made = _dataset_and_report(splits, NIST36_CLASSES, "NIST36")
    return made | {"report": made["report"] | {"clipped_values": clipped}}


def lay_out_flowers17(archive: Path, splits: Path, folder: Path) -> dict[str, dict]:
    """Oxford's 17 flowers, split 2, laid out for ImageFolder: ``report``, the pictures in `folder`."""
    return _lay_out_flowers(archive, oxford.read_splits17(splits), 4, folder)


def lay_out_flowers102(archive: Path, labels: Path, splits: Path, folder: Path) -> dict[str, dict]:
    """As `lay_out_flowers17`, for Oxford's 102 flowers."""
    return _lay_out_flowers(archive, oxford.read_splits102(splits, labels), 5, folder)


def _lay_out_flowers(archive: Path, parts: Mapping[str, oxford.Members], digits: int, folder: Path) -> dict[str, dict]:
    with TemporaryDirectory(dir=folder.parent) as temporary:
        unpack(archive, Path(temporary), lambda member: base_name(member) if member.endswith(".jpg") else None)
        image_folder.lay_out(Path(temporary), parts, folder, digits)
    return {"report": image_folder.describe(folder)}


def _unpack_files(archive: Path, folder: Path, names: Mapping[str, str]) -> None:
    """Unpack some files, each under the name that `names` gives it, whatever folders of the archive they lie in."""
    unpack(archive, folder, lambda member: names.get(base_name(member)))


# --- source=embedded --------------------------------------------------------------------------------------------------


def draw_nist36(seed: int, nist36_train: int, nist36_valid: int, nist36_test: int) -> dict[str, dict]:
    """NIST36, drawn by writers of each split's own: ``dataset`` and ``report``."""
    counts = {"train": nist36_train, "valid": nist36_valid, "test": nist36_test}
    splits = handwriting.draw_splits(np.random.default_rng(seed), handwriting.NIST36, counts)
    return _dataset_and_report(splits, NIST36_CLASSES, "NIST36")


def draw_mnist(target: Path, seed: int, mnist_train: int, mnist_test: int) -> None:
    """MNIST, drawn, as IDX files."""
    counts = {"train": mnist_train, "test": mnist_test}
    rng = np.random.default_rng(seed)
    idx.write_mnist(target, handwriting.draw_splits(rng, handwriting.MNIST, counts, np.uint8))


def draw_emnist(target: Path, seed: int, emnist_train: int, emnist_test: int) -> None:
    """EMNIST Balanced, drawn, as IDX files."""
    counts = {"train": emnist_train, "test": emnist_test}
    rng = np.random.default_rng(seed)
    idx.write_emnist(target, handwriting.draw_splits(rng, handwriting.EMNIST, counts, np.uint8))


def draw_flowers(folder: Path, seed: int, flowers_each: int, flowers_size: int) -> dict[str, dict]:
    """Seventeen species of flowers, drawn, laid out for ImageFolder: ``report``, the pictures in `folder`."""
    rng = np.random.default_rng(seed)
    images, labels = pictures.draw_flowers(rng, flowers_each, flowers_size)
    image_folder.save(images, labels, pictures.split_indices(labels, rng), oxford.class_folders(), folder)
    return {"report": image_folder.describe(folder)}


# --- both -------------------------------------------------------------------------------------------------------------


def read_mnist(raw: Path, seed: int, valid_fraction: float) -> dict[str, dict]:
    """MNIST from IDX files, part of its training images held out for validation: ``dataset`` and ``report``."""
    return _hold_out(idx.read_mnist(raw), seed, valid_fraction, MNIST_CLASSES, "MNIST")


def read_emnist(raw: Path, seed: int, valid_fraction: float) -> dict[str, dict]:
    """As `read_mnist`, for EMNIST Balanced."""
    return _hold_out(idx.read_emnist(raw), seed, valid_fraction, EMNIST_CLASSES, "EMNIST")


def report(reports: Mapping[str, dict], origins: Sequence[dict], source: str) -> dict[str, object]:
    """The reports of all datasets, and where their files came from.

    Parameters
    ----------
    reports : mapping of str to dict
        By dataset.
    origins : sequence of dict
        From `fetch`.
    source : {"embedded", "course"}
    """
    return {
        **reports,
        "files": {origin["file"]: origin for origin in origins},
        "origins": sorted({origin["origin"] for origin in origins}) or ["drawn by the project"],
        "source": source,
    }


def _hold_out(splits: Mapping[str, Split], seed: int, fraction: float, classes: str, name: str) -> dict[str, dict]:
    images, labels = splits["train"]
    kept, held_out = datasets.stratified_split(labels, fraction, np.random.default_rng(seed))
    three = {
        "train": (images[kept], labels[kept]),
        "valid": (images[held_out], labels[held_out]),
        "test": splits["test"],
    }
    return _dataset_and_report(three, classes, name)


def _dataset_and_report(splits: Mapping[str, Split], classes: str, name: str) -> dict[str, dict]:
    return {"dataset": datasets.dataset(splits, classes), "report": datasets.describe(splits, classes, name)}
