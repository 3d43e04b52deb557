"""The writeup's folder and its PDF.

Only the fonts that come with Typst, no clock and no network: the same folder gives the same bytes everywhere.
"""

import json
import shutil
from pathlib import Path

# A vector picture larger than this holds a photograph or very many shapes: its pixels are smaller.
LARGEST_VECTOR = 600_000  # bytes
# Pixels that take more than this are a photograph's, which JPEG stores in a third of the room.
LARGEST_PIXELS = 400_000  # bytes
WIDEST = 1400  # pixels: across the text of an A4 page that is more than 200 to the inch


def lay_out(root, sources, files, values):
    """Fill the folder that the document is compiled in.

    Parameters
    ----------
    root : Path
        An empty folder. Sources go into ``writeup/``, files into ``files/``; ``index.json`` tells where each file is.
    sources : list of Path
        The Typst sources.
    files : dict of str to list of Path
        Figures, numbers and texts by the name that the sources call them. Of a figure that is there as PNG and PDF the
        better one for its size is taken.
    values : dict of str to object
        Further JSON values, one file ``<name>.json`` each.
    """
    (root / "writeup").mkdir()
    (root / "files").mkdir()
    for source in sources:
        shutil.copyfile(source, root / "writeup" / source.name)
    index = {}
    for name, paths in sorted(files.items()):
        by_suffix = {path.suffix: path for path in paths}
        if ".pdf" in by_suffix and by_suffix[".pdf"].stat().st_size <= LARGEST_VECTOR:
            by_suffix.pop(".png", None)
        elif ".png" in by_suffix:
            by_suffix.pop(".pdf", None)
        for suffix, path in by_suffix.items():
            place = root / "files" / f"{name}{suffix}"
            if suffix == ".png":
                place = _copy_picture(path, place)
            else:
                shutil.copyfile(path, place)
            kind = "picture" if suffix in (".pdf", ".png") else suffix.lstrip(".")
            index.setdefault(name, {})[kind] = f"/files/{place.name}"
    for name, value in {**values, "index": index}.items():
        (root / f"{name}.json").write_text(json.dumps(value, sort_keys=True), encoding="utf-8")


def _copy_picture(path, place):
    """Copy a PNG, smaller if a page cannot show its pixels, as JPEG if it is a photograph; return its place."""
    from PIL import Image

    with Image.open(path) as picture:
        photograph = path.stat().st_size > LARGEST_PIXELS
        if picture.width <= WIDEST and not photograph:
            shutil.copyfile(path, place)
            return place
        width = min(picture.width, WIDEST)
        height = round(picture.height * width / picture.width)
        smaller = picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    if photograph:
        place = place.with_suffix(".jpg")
        smaller.save(place, quality=88, optimize=True)
    else:
        smaller.save(place, optimize=True)
    return place


def compile_pdf(main, root):
    """Compile a Typst document.

    Parameters
    ----------
    main : Path
        The document, below `root`.
    root : Path
        Folder that the document may read; ``/`` in its paths.

    Returns
    -------
    bytes
        The PDF.

    Raises
    ------
    ValueError
        If the document does not compile. A claim that the data no longer supports is quoted as a whole sentence.
    """
    import typst

    root = Path(root).resolve()
    compiler = typst.Compiler(root=str(root), ignore_system_fonts=True)
    try:
        return compiler.compile(str((root / main).resolve()))
    except typst.TypstError as error:
        # A panic is our own message; what Typst puts before it tells a reader nothing.
        message = str(error).replace("panicked with: ", "")
        raise ValueError(f"the writeup cannot be built: {message}") from None
