"""The four sample pages of ``images/``: how they are drawn, and what is written on them.

The texts are the assignment's; hands, papers and lights are the project's own (`lib.data.pages`). To draw them anew:
``python -m lib.data.sample_pages``.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.data.handwriting import draw_writers
from lib.data.pages import Ink, Layout, Light, Paper, draw_page

FOLDER = Path("images")
QUALITY = 80  # of the JPEG files


class Sample(NamedTuple):
    """How a sample page looks."""

    seed: int  # of the hand, and of everything irregular
    pen: float  # half its width, heights of a capital
    layout: Layout
    paper: Paper
    ink: Ink
    light: Light


TEXTS = {
    "01_list": """\
TO DO LIST
1 MAKE A TO DO LIST
2 CHECK OFF THE FIRST
THING ON TO DO LIST
3 REALIZE YOU HAVE ALREADY
COMPLETED 2 THINGS
4 REWARD YOURSELF WITH
A NAP
""",
    "02_letters": """\
A B C D E F G
H I J K L M N
O P Q R S T U
V W X Y Z
1 2 3 4 5 6 7 8 9 0
""",
    "03_haiku": """\
HAIKUS ARE EASY
BUT SOMETIMES THEY DONT MAKE SENSE
REFRIGERATOR
""",
    "04_deep": """\
DEEP LEARNING
DEEPER LEARNING
DEEPEST LEARNING
""",
}

SAMPLES = {
    "01_list": Sample(
        40,
        0.034,
        Layout(1640, 2100, 76, left=2.4, top=1.2, leading=2.2, indent=(4.0, 0, 1.2, 1.2, 0, 1.2, 0, 1.2), tilt=1.2),
        Paper(pattern="ruled", spacing=2.2, margin=0.11),
        Ink((0.10, 0.14, 0.42), grain=0.15),
        Light(0.88, slope=(-0.22, 0.08), tint=(1.0, 0.99, 0.95)),
    ),
    "02_letters": Sample(
        38,
        0.04,
        Layout(1500, 2200, 120, left=1.2, top=0.9, leading=2.0, word_gap=0.95, ragged=0.06, tilt=-0.8),
        Paper((0.90, 0.82, 0.66), grain=0.02, stain=0.015),
        Ink((0.22, 0.21, 0.21), opacity=0.88, grain=0.45),
        Light(0.80, slope=(0.1, -0.2), shadow=0.30, shadow_line=(0.75, 0.55), tint=(1.0, 0.97, 0.9)),
    ),
    "03_haiku": Sample(
        8,
        0.06,
        Layout(900, 2500, 80, left=1.0, top=1.2, leading=3.15, letter_gap=0.32, word_gap=1.3, tilt=0.5),
        Paper((0.97, 0.97, 0.97), pattern="squared", spacing=0.7, line=(0.78, 0.84, 0.90)),
        Ink((0.07, 0.07, 0.09), opacity=0.97, grain=0.0),
        Light(0.95, slope=(0.12, 0.0), vignette=0.16, tint=(0.96, 0.98, 1.0), noise=0.008),
    ),
    "04_deep": Sample(
        31,
        0.026,
        Layout(1700, 2300, 170, left=1.2, top=1.2, leading=3.0, word_gap=1.1, perspective=(0.04, 0.06), tilt=-1.5),
        Paper((0.98, 0.95, 0.91), stain=0.006),
        Ink((0.45, 0.10, 0.14), opacity=0.92, grain=0.15),
        Light(0.92, slope=(0.05, 0.2), shadow=0.18, shadow_line=(0.12, 0.02), shadow_blur=0.3, blur=1.1),
    ),
}


def draw(name: str) -> NDArray[np.uint8]:
    """Draw a sample page, (height, width, 3) uint8, by its name in `SAMPLES`."""
    sample = SAMPLES[name]
    rng = np.random.default_rng(sample.seed)
    writer = draw_writers(rng, 1, variety=0.8)._replace(pen=np.array([sample.pen], np.float32))
    lines = TEXTS[name].splitlines()
    return draw_page(rng, lines, writer, sample.layout, sample.paper, sample.ink, sample.light).image


if __name__ == "__main__":
    for name, text in TEXTS.items():
        Image.fromarray(draw(name)).save(FOLDER / f"{name}.jpg", quality=QUALITY)
        (FOLDER / f"{name}.txt").write_text(text, encoding="utf-8")
