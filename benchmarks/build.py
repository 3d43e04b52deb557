"""What a command costs when there is nothing to compute, beside a bare doit on an empty dodo.py.

Run it after a build, with the same words: ``benchmarks/build.py [source=course ...]``. Minima and medians of 20 calls.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

PROJECT = Path(__file__).parents[1]
CALLS = 20


def main():
    words = sys.argv[1:]
    doit = str(PROJECT / ".venv" / "bin" / "doit")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "dodo.py").touch()
        bare = seconds([doit], folder)
        print(f"{'bare doit':<28} {min(bare):.3f} s  (median {statistics.median(bare):.3f})")
        photo = write_photo(Path(folder, "photo.jpg"))
        for what in ([], ["list"], ["read", str(photo)]):
            took = seconds([str(PROJECT / "doitw"), *words, *what], PROJECT)
            ratio = min(took) / min(bare)
            name = " ".join(["doitw", *what[:1]])
            print(f"{name:<28} {min(took):.3f} s  (median {statistics.median(took):.3f})  {ratio:.2f} x bare")


def seconds(command, folder):
    """Durations of calls of a command, after one that warms the disk."""
    took = []
    for _ in range(CALLS + 1):
        began = time.perf_counter()
        subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)
        took.append(time.perf_counter() - began)
    return took[1:]


def write_photo(path):
    """A 12-megapixel photograph: a sample page, enlarged, with a sensor's noise."""
    page = Image.open(PROJECT / "images" / "01_list.jpg").convert("RGB").resize((4000, 3000))
    noise = np.random.default_rng(0).normal(0, 3, (3000, 4000, 1))
    Image.fromarray(np.clip(np.asarray(page) + noise, 0, 255).astype(np.uint8)).save(path, quality=92)
    return path


if __name__ == "__main__":
    main()
