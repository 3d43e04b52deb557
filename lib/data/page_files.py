"""Photographs of pages among the files of a folder; a page's name is its file's without the ending."""

from collections.abc import Iterable
from pathlib import Path

# Whatever a camera or a phone calls its pictures; one that Pillow cannot read here is refused by name, not passed over.
ENDINGS = (
    ".jpg", ".jpeg", ".jfif", ".jpe", ".mpo", ".png", ".tif", ".tiff", ".bmp", ".gif", ".webp", ".avif",
    ".heic", ".heif",
)  # fmt: skip


REFUSED = "=*?[]{}\\"
LONGEST = 150  # bytes; files are called by it with a little more on either side
ENDINGS_OF_RESULTS = ("_scores", "_mistakes", "_context", "_judged", "_changes")  # as stages/reading.py calls them


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
        If a name cannot be one: the command line takes ``=`` for the sign of a setting, doit takes ``*`` and the like
        for a pattern, and what cannot be printed cannot be shown. If two pages would be the same, or one would have the
        files of the other.

    Examples
    --------
    >>> name_pages(["images/b.jpg", "images/a.PNG"])
    {'a': 'images/a.PNG', 'b': 'images/b.jpg'}
    """
    pages: dict[str, str] = {}
    for file in files:
        name = Path(file).stem
        shown = repr(str(file))[1:-1]
        if not name.isprintable():
            raise error(f"{shown}: a page's name may hold only what can be printed; rename the file")
        if refused := [character for character in REFUSED if character in name]:
            raise error(f"{shown}: a page's name may not contain {refused[0]}; rename the file")
        if (length := len(name.encode())) > LONGEST:
            raise error(f"{shown}: a page's name may be {LONGEST} bytes long, not {length}; rename the file")
        if name in pages:
            raise error(f"{pages[name]} and {file} would both be the page {name}; rename one of them")
        pages[name] = file
    for name, file in pages.items():
        for ending in ENDINGS_OF_RESULTS:
            if name + ending in pages:
                raise error(f"{pages[name + ending]} has the name that results of {file} get; rename one of them")
    return dict(sorted(pages.items()))


def with_text(pages: Iterable[str], folder: str, error: type[Exception] = ValueError) -> set[str]:
    """The pages that have a transcript, ``<page>.txt``, in a folder.

    Raises
    ------
    error
        If one is not UTF-8.
    """
    found = set()
    for page in pages:
        file = Path(folder, f"{page}.txt")
        if file.is_file():
            try:
                file.read_text(encoding="utf-8")
            except UnicodeDecodeError as problem:
                raise error(f"{file} is not UTF-8 text ({problem.reason}); save it as UTF-8") from None
            found.add(page)
    return found
