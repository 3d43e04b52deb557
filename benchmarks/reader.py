"""How much of photographs is read, drawn ones by disturbance and real ones, beside what people would use instead.

OMP_NUM_THREADS=1 .venv/bin/python benchmarks/reader.py [ARTIFACTS] [--pages FOLDER] [--writers N] [--readers NAME...]

ARTIFACTS is the folder of a build, artifacts/embedded if not given. FOLDER holds photographs and truth.json, the lines
of each. Drawn pages are the same for every reader. Tesseract, RapidOCR and EasyOCR are measured where they are
installed (``pip install .[compare]``, ``apt install tesseract-ocr``); of what they read, letters and digits count. What
a reader makes up costs at most the letters of its page. Time is CPU time, of all threads and child processes.

What is measured is added to benchmarks/reader.json, and the table of README.md beside it is written anew from that.
"""

import argparse
import importlib
import json
import os
import re
import sys
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from lib.data.photos import open_photo  # noqa: E402
from lib.data.scenes import DISTURBANCES  # noqa: E402
from lib.gallery.readme import insert  # noqa: E402
from lib.steps import limits, reading  # noqa: E402
from lib.vision.layout import find_lines, reading_order  # noqa: E402

RESULTS = Path(__file__).with_suffix(".json")
MARKS = "<!-- readers -->\n", "<!-- /readers -->\n"  # around the table in README.md
WIDTH = 800  # of drawn pages, pixels
LABELLED = {"form.jpg"}  # pages with a printed label below each letter


# --- readers: from pixels to text, and boxes where they have them ----------------------------------------------------


def ours(folder, read, weights, judge=None):
    """A network of the build in the folder."""
    styles = json.loads((folder / "fits/letter_styles.json").read_text())
    if read is reading.read_with_numpy:
        loaded, styles = dict(np.load(folder / f"{weights}.npz")), {"crops32": styles["crops32"]}
    else:
        network = json.loads((folder / weights / "network.json").read_text())
        loaded = {"weights": (folder / weights / "weights.safetensors").read_bytes(), "network": network}
    extra = {"judge": dict(np.load(folder / f"{judge}.npz"))} if judge else {}

    def of(pixels):
        found = reading.read_photo(pixels, styles, read, loaded, 1, **extra)
        return found | {"text": found["text_in_context"]}

    return of


def tesseract():
    engine = importlib.import_module("pytesseract")
    engine.get_tesseract_version()
    return lambda pixels: {"text": engine.image_to_string(Image.fromarray(pixels), config="--psm 6"), "letters": []}


def rapidocr():
    engine = importlib.import_module("rapidocr_onnxruntime").RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)
    return lambda pixels: in_lines([found[:2] for found in engine(pixels[..., ::-1])[0] or []])


def easyocr():
    models = Path(importlib.import_module("easyocr_en_models").__file__).with_name("models")
    folder = {"model_storage_directory": str(models), "download_enabled": False}
    engine = importlib.import_module("easyocr").Reader(["en"], gpu=False, verbose=False, **folder)
    return lambda pixels: in_lines([found[:2] for found in engine.readtext(pixels)])


def in_lines(found):
    """Text of (corners from the upper left clockwise, words) in reading order, along tilted lines too."""
    if not found:
        return {"text": "", "letters": []}
    corners = np.array([corners for corners, _ in found], float)
    along = corners[:, 1] - corners[:, 0]
    angle = np.median(np.arctan2(along[:, 1], along[:, 0]))
    level = corners @ [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    x1, x2 = level[..., 0].min(axis=1), level[..., 0].max(axis=1)
    middle, height = level[..., 1].mean(axis=1), np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1)
    boxes = np.rint(np.stack([middle - height / 4, x1, middle + height / 4, x2], axis=1)).astype(int)
    words = [found[k][1] for k in reading_order(boxes, find_lines(boxes))]
    return {"text": " ".join(words), "letters": []}


READERS = {
    "MLP": lambda folder: ours(folder, reading.read_with_numpy, "Q3.1.1/weights"),
    "CNN": lambda folder: ours(folder, reading.read_with_torch, "Q7.1.3"),
    "MLP, judged": lambda folder: ours(folder, reading.read_with_numpy, "Q3.1.1/weights", "fits/judge"),
    "CNN, judged": lambda folder: ours(folder, reading.read_with_torch, "Q7.1.3", "fits/judge"),
    "Tesseract": lambda folder: tesseract(),
    "RapidOCR": lambda folder: rapidocr(),
    "EasyOCR": lambda folder: easyocr(),
}


class Timed:
    """A reader, with the CPU time and the pixels of all that it has read."""

    def __init__(self, read):
        self.read, self.seconds, self.pixels = read, 0.0, 0

    def __call__(self, pixels):
        pixels = np.ascontiguousarray(pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2))
        began = sum(os.times()[:4])
        found = self.read(pixels)
        self.seconds += sum(os.times()[:4]) - began
        self.pixels += pixels.shape[0] * pixels.shape[1]
        return found | {"text": "".join(c for c in found["text"] if c.isspace() or c.isascii() and c.isalnum())}

    @property
    def speed(self):
        return self.seconds / self.pixels * 1e6


# --- pages -----------------------------------------------------------------------------------------------------------


def real_pages(read, folder):
    """Shares of the letters of each page that are read right, and ``all``, of all letters."""
    pages = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    shares, letters = {}, {}
    for name, lines in pages.items():
        text = read(open_photo(folder / name))["text"]
        shares[name] = limits.letters_right(text, lines, name in LABELLED)
        letters[name] = len("".join(lines).replace(" ", ""))
    return shares | {"all": sum(shares[name] * letters[name] for name in pages) / sum(letters.values())}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("artifacts", type=Path, nargs="?", default=ROOT / "artifacts/embedded")
    parser.add_argument("--pages", type=Path, default=ROOT.parent / "shared/pages")
    parser.add_argument("--writers", type=int, default=2)
    parser.add_argument("--readers", nargs="*", choices=READERS, default=[*READERS])
    parser.add_argument("--disturbances", nargs="*", choices=DISTURBANCES, help="only these, beside what is known")
    words = parser.parse_args()
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for name in words.readers:
        try:
            read = Timed(READERS[name](words.artifacts))
        except (ImportError, OSError) as error:  # not installed, or not built
            print(f"{name} is left out: {error}")
            continue
        found = results.setdefault(name, {})
        if words.disturbances is None:
            if (words.pages / "truth.json").exists():
                found |= {"real": real_pages(read, words.pages), "real_seconds": read.speed}
            read.seconds, read.pixels = 0.0, 0
            found["drawn"] = limits.by_strength(read, range(words.writers), WIDTH)
            found |= {"drawn_seconds": read.speed, "writers": words.writers}
        else:
            more = limits.by_strength(read, range(words.writers), WIDTH, words.disturbances)
            found["drawn"]["disturbed"] |= more["disturbed"]
        results = json.loads(json.dumps(results), parse_float=lambda number: round(float(number), 4))
        text = json.dumps(results, indent=1, sort_keys=True) + "\n"
        RESULTS.write_text(re.sub(r"\[[^][]*\]", lambda found: " ".join(found[0].split()), text))
        print(name, found.get("real", {}).get("all"), found["drawn"]["plain"]["letters"], flush=True)
    readme = RESULTS.with_name("README.md")
    readme.write_text(insert(readme.read_text(encoding="utf-8"), table(results), *MARKS), encoding="utf-8")


# --- table -----------------------------------------------------------------------------------------------------------


def table(results):
    """Markdown: letters right in per cent, a column for each reader; of drawn pages at each strength."""
    names = [name for name in READERS if name in results]
    lines = [["", *names], ["---"] * (len(names) + 1)]
    for page in results[names[0]].get("real", {}):
        label = "all real pages" if page == "all" else page
        lines.append([label, *(f"{100 * results[name]['real'][page]:.0f}" for name in names)])
    drawn = {name: results[name]["drawn"] for name in names}
    lines.append(["drawn, undisturbed", *(f"{100 * drawn[name]['plain']['letters']:.0f}" for name in names)])
    rows = drawn[names[0]]["disturbed"]
    for kind, row in ((kind, rows[kind]) for kind in DISTURBANCES if kind in rows):
        strengths = ", ".join(f"{strength:g}" for strength in row["strengths"])
        cells = [", ".join(f"{100 * x:.0f}" for x in drawn[name]["disturbed"][kind]["letters"]) for name in names]
        lines.append([f"{kind} ({row['unit']}): {strengths}", *cells])
    for measure, label in {"recall": "boxes found", "precision": "boxes right", "letters": "letters right"}.items():
        means = [np.mean([row[measure] for row in drawn[name]["disturbed"].values()]) for name in names]
        known = [measure == "letters" or name.startswith(("MLP", "CNN")) for name in names]
        cells = [f"{100 * mean:.1f}" if has else "" for mean, has in zip(means, known, strict=True)]
        lines.append([f"all disturbances: {label}", *cells])
    for kind in ("real", "drawn"):
        lines.append([f"CPU s per megapixel, {kind}", *(f"{results[name][kind + '_seconds']:.2f}" for name in names)])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    main()
