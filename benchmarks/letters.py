"""Time of finding the letters of a page against grey, Otsu and label alone: minima of five, one thread.

OMP_NUM_THREADS=1 .venv/bin/python benchmarks/letters.py PAGE...
"""

import sys
import time
from pathlib import Path

from skimage import color, filters, measure

sys.path.insert(0, str(Path(__file__).parents[1]))
from lib.vision import letters, page  # noqa: E402


def fastest(function, repeats=5):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def label_alone(image):
    grey = color.rgb2gray(image)
    return measure.label(grey < filters.threshold_otsu(grey))


for name in sys.argv[1:]:
    photo = page.open_photo(Path(name))
    alone = fastest(lambda photo=photo: label_alone(photo))
    ours = fastest(lambda photo=photo: letters.find_letters(photo))
    boxes, _ = letters.find_letters(photo)
    print(f"{name}: {len(boxes)} boxes, {ours:.3f} s, alone {alone:.3f} s, ratio {ours / alone:.2f}")
