"""Time of finding the letters of a page against grey, Otsu and label alone: minima of five, one thread.

OMP_NUM_THREADS=1 .venv/bin/python benchmarks/letters.py PAGE...
"""

import sys
import time
from pathlib import Path

from skimage import color, filters, measure

sys.path.insert(0, str(Path(__file__).parents[1]))
from lib.data.photos import open_photo  # noqa: E402
from lib.vision.letters import find_letters  # noqa: E402


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
    photo = open_photo(Path(name))
    alone = fastest(lambda photo=photo: label_alone(photo))
    found = fastest(lambda photo=photo: find_letters(photo))
    boxes, _ = find_letters(photo)
    print(f"{name}: {len(boxes)} boxes, {found:.3f} s, alone {alone:.3f} s, ratio {found / alone:.2f}")
