"""Photographs of pages among the files of a folder; a page's name is its file's without the ending."""

from collections.abc import Iterable
from pathlib import Path

ENDINGS = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp")


def image_files(folder: str) -> list[str]:
    """Paths of the images in a folder, sorted; none if there is no such folder. Hidden files are left out."""
    if not Path(folder).is_dir():
        return []
    names = sorted(path.name for path in Path(folder).iterdir())
    return [f"{folder}/{name}" for name in names if name.lower().endswith(ENDINGS) and not name.startswith(".")]


def name_pages(files: Iterable[str], error: type[Exception] = ValueError) -> dict[str, str]:
    """The file of each page, sorted by the page's name.

    Raises
    ------
    error
        If a name has an ``=`` in it, which the command line takes for a setting, or two files would be the same page.

    Examples
    --------
    >>> name_pages(["images/b.jpg", "images/a.PNG"])
    {'a': 'images/a.PNG', 'b': 'images/b.jpg'}
    """
    pages: dict[str, str] = {}
    for file in files:
        name = Path(file).stem
        if "=" in name:
            raise error(f"{file}: a page's name may not contain =; rename the file")
        if name in pages:
            raise error(f"{pages[name]} and {file} would both be the page {name}; rename one of them")
        pages[name] = file
    return dict(sorted(pages.items()))


def with_text(pages: Iterable[str], folder: str) -> set[str]:
    """The pages that have a transcript, ``<page>.txt``, in a folder."""
    return {page for page in pages if Path(folder, f"{page}.txt").is_file()}
