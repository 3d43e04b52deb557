"""Time of finding the letters of a page against grey, Otsu and label alone: minima of five, one thread.

OMP_NUM_THREADS=1 PYTHONPATH=. .venv/bin/python benchmarks/letters.py PAGE...
"""

import sys
import timeit
from pathlib import Path

from skimage import color, filters, measure

from lib.data.photos import open_photo
from lib.vision.letters import find_letters


def label_alone(image):
    grey = color.rgb2gray(image)
    return measure.label(grey < filters.threshold_otsu(grey))


for name in sys.argv[1:]:
    photo = open_photo(Path(name))
    found, alone = (
        min(timeit.repeat(lambda f=function, image=photo: f(image), number=1))
        for function in (find_letters, label_alone)
    )
    boxes, _ = find_letters(photo)
    print(f"{name}: {len(boxes)} boxes, {found:.3f} s, alone {alone:.3f} s, ratio {found / alone:.2f}")
