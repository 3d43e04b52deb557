"""The writeup's folder and its PDF.

Only the fonts that come with Typst, no clock and no network: the same folder gives the same bytes everywhere.
"""

import json
import math
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, cast

# A vector picture larger than this holds a photograph or very many shapes: its pixels are smaller.
LARGEST_VECTOR = 600_000  # bytes
# Pixels that take more than this are a photograph's, which JPEG stores in a third of the room.
LARGEST_PIXELS = 400_000  # bytes
MEDIA_BOX = re.compile(rb"/MediaBox\s*\[([^\]]+)\]")
WIDEST = 1400  # pixels: across the text of an A4 page that is more than 200 to the inch


def lay_out(
    root: Path,
    sources: Sequence[Path],
    figures: Mapping[str, Mapping[str, Path]],
    values: Mapping[str, Any],
    captions: Mapping[str, str],
    **data: Any,
) -> None:
    """Fill the folder that the document is compiled in.

    Parameters
    ----------
    root : Path
        An empty folder. Sources go to ``writeup/``, each artifact to ``artifacts/<id>``, kinds, captions and
        widths of figures (points) by id to ``catalogue.json``.
    sources : sequence of Path
        The Typst sources.
    figures : mapping of str to {".png": Path, ".pdf": Path}
        Figures by id. Of the two files the better one for its size is taken.
    values : mapping of str to object
        JSON values by id.
    captions : mapping of str to str
        Captions of the figures by id.
    **data : object
        JSON values, each written to ``<name>.json``.
    """
    (root / "writeup").mkdir()
    for source in sources:
        shutil.copyfile(source, root / "writeup" / source.name)
    for id, files in figures.items():
        _copy_picture(files, _place(root, id))
    for id, value in values.items():
        _write_json(_place(root, id), value)
    data["catalogue"] = {
        id: {"kind": "figure", "caption": captions[id], "width": _width(files[".pdf"])} for id, files in figures.items()
    }
    data["catalogue"] |= {id: {"kind": "value"} for id in values}
    for name, value in data.items():
        _write_json(root / f"{name}.json", value)


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(_finite(value), sort_keys=True, allow_nan=False), encoding="utf-8")


def _finite(value):
    """What could not be measured, such as the mean of nothing, is null: JSON has no NaN."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(inner) for key, inner in value.items()}
    return [_finite(inner) for inner in value] if isinstance(value, list | tuple) else value


def _width(pdf: Path) -> float:
    """Width of a figure's page in points, at which it is meant to be seen."""
    found = MEDIA_BOX.search(pdf.read_bytes())
    if found is None:
        raise ValueError(f"{pdf.name} is no PDF with a page: draw the figure again")
    left, _, right, _ = map(float, found[1].split())
    return right - left


def _place(root: Path, id: str) -> Path:
    place = root / "artifacts" / id
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _copy_picture(files: Mapping[str, Path], place: Path) -> None:
    """Copy the PDF, or if it is large the PNG: smaller if a page cannot show its pixels, as JPEG if a photograph.

    Typst recognises a picture by its first bytes: it needs no ending.
    """
    from PIL import Image

    if files[".pdf"].stat().st_size <= LARGEST_VECTOR:
        shutil.copyfile(files[".pdf"], place)
        return
    photograph = files[".png"].stat().st_size > LARGEST_PIXELS
    with Image.open(files[".png"]) as picture:
        if picture.width <= WIDEST and not photograph:
            shutil.copyfile(files[".png"], place)
            return
        width = min(picture.width, WIDEST)
        height = round(picture.height * width / picture.width)
        smaller = picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    smaller.save(place, optimize=True, **({"format": "JPEG", "quality": 88} if photograph else {"format": "PNG"}))


def compile_document(root: Path, kind: Literal["pdf", "html"] = "pdf") -> bytes:
    """Compile ``writeup/main.typ``.

    Parameters
    ----------
    root : Path
        Folder that the document may read; ``/`` in its paths.
    kind : "pdf" or "html"
        A tagged PDF, or one page. It is not PDF/UA: in that Typst embeds no vector figures, and asks for alternative
        texts of all formulas.

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        If the document does not compile.
    """
    import typst

    root = Path(root).resolve()
    compiler = typst.Compiler(root=str(root), ignore_system_fonts=True)
    try:
        return cast(bytes, compiler.compile(str(root / "writeup" / "main.typ"), format=kind))
    except typst.TypstError as error:
        # A panic is our own message; what Typst puts before it tells a reader nothing.
        message = str(error).replace("panicked with: ", "")
        raise ValueError(f"the writeup cannot be built: {message}") from None
