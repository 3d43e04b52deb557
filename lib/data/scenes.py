"""What people photograph, and how it goes wrong: each disturbance is a function of a scene.

A `Scene` says what is drawn; a disturbance returns another one, and draws nothing, so that any of them can be combined
in any order: `draw` applies them as they happen, writing before sheet, sheet before light, light before camera. The
boxes and characters of the letters stay exact through all of them.

>>> rng = np.random.default_rng(0)
>>> scene = perspective(pencil(plain(rng, ["A NAP"]), 0.4, rng), 0.2, rng)
>>> page = draw(scene, rng)
>>> page.characters, page.boxes.shape
('ANAP', (4, 4))
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from lib.data.handwriting import Writers, draw_writers
from lib.data.pages import Ink, Light, Page, Paper, draw_page
from lib.data.table import Table
from lib.data.writing import Layout


class Scene(NamedTuple):
    """A photograph to be drawn."""

    lines: Sequence[str]
    writer: Writers
    layout: Layout
    paper: Paper
    ink: Ink
    light: Light
    table: Table | None = None


def plain(rng: np.random.Generator, lines: Sequence[str], width: int = 1200, variety: float = 0.8) -> Scene:
    """A page without any disturbance, a ball pen on white paper.

    Parameters
    ----------
    rng : np.random.Generator
    lines : sequence of str
    width : int
        Of the picture in pixels; it is three quarters as high. Letters get as large as fits, up to a tenth of it.
    variety : float
        How far the writer is from copybook writing (`lib.data.handwriting.draw_writers`).
    """
    writer = draw_writers(rng, 1, variety)._replace(pen=np.array([0.045], np.float32))
    layout = Layout(width * 3 // 4, width, width / 12, leading=2.2, word_gap=1.1)
    return Scene(lines, writer, layout, Paper(), Ink(), Light(slope=(-0.1, 0.05), blur=0.7))


def draw(scene: Scene, rng: np.random.Generator) -> Page:
    """The photograph of a scene."""
    return draw_page(rng, scene.lines, scene.writer, *scene[2:])


# What it is written with.


def pencil(scene: Scene, opacity: float, rng: np.random.Generator) -> Scene:
    """A grainy grey line that covers the paper by `opacity`."""
    return _pen(scene, 0.035, Ink((0.2, 0.2, 0.2), opacity=opacity, grain=0.5))


def ball_pen(scene: Scene, width: float, rng: np.random.Generator) -> Scene:
    """A thin line, `width` of a capital's height wide, in blue, black or red."""
    colour = [(0.08, 0.12, 0.45), (0.1, 0.1, 0.1), (0.55, 0.08, 0.1)][rng.integers(3)]
    return _pen(scene, width / 2, Ink(colour, opacity=0.85, grain=0.3))


def marker(scene: Scene, width: float, rng: np.random.Generator) -> Scene:
    """A thick black line, `width` of a capital's height wide."""
    return _pen(scene, width / 2, Ink((0.05, 0.05, 0.06), opacity=0.97, grain=0.0))


def chalk(scene: Scene, haze: float, rng: np.random.Generator) -> Scene:
    """Chalk on a board where older writing was wiped off: `haze` is how much the board's brightness varies by it."""
    colour = [(0.16, 0.18, 0.17), (0.10, 0.22, 0.16)][rng.integers(2)]
    board = scene.paper._replace(colour=colour, stain=haze, grain=0.05)
    return _pen(scene._replace(paper=board), 0.05, Ink((0.93, 0.93, 0.90), opacity=0.9, grain=0.4))


def whiteboard(scene: Scene, glare: float, rng: np.random.Generator) -> Scene:
    """A marker on a white board that a lamp shines on: brightness falls by `glare` from one side to the other."""
    colour = [(0.1, 0.15, 0.5), (0.5, 0.1, 0.1), (0.1, 0.35, 0.2), (0.1, 0.1, 0.1)][rng.integers(4)]
    board = scene.paper._replace(colour=(0.93, 0.94, 0.95), grain=0.002, stain=0.02)
    scene = scene._replace(
        paper=board, light=scene.light._replace(level=1.0, slope=(glare, -glare / 2), vignette=glare)
    )
    return _pen(scene, 0.05, Ink(colour, opacity=0.8, grain=0.15))


def _pen(scene, half_width, ink):
    width = np.full_like(scene.writer.pen, half_width)
    return scene._replace(writer=scene.writer._replace(pen=width), ink=ink._replace(gap=scene.ink.gap))


# How it is written.


def touching(scene: Scene, overlap: float, rng: np.random.Generator) -> Scene:
    """Neighbouring letters overlap by `overlap` of a capital's height."""
    return scene._replace(layout=scene.layout._replace(letter_gap=-overlap))


def joined(scene: Scene, share: float, rng: np.random.Generator) -> Scene:
    """The pen is not lifted between `share` of the letters of a word, as in joined writing."""
    return scene._replace(layout=scene.layout._replace(joined=share))


def broken(scene: Scene, gap: float, rng: np.random.Generator) -> Scene:
    """Each letter's line is broken in two places, with `gap` of a capital's height between the ends."""
    return scene._replace(ink=scene.ink._replace(gap=gap))


def loose(scene: Scene, gap: float, rng: np.random.Generator) -> Scene:
    """Strokes end `gap` of a capital's height short at both ends, so that those of a letter hardly meet."""
    short = np.full_like(scene.writer.overshoot, -gap)
    return scene._replace(writer=scene.writer._replace(overshoot=short))


def mixed_sizes(scene: Scene, smallest: float, rng: np.random.Generator) -> Scene:
    """Every third letter is only `smallest` times as high as the others."""
    return scene._replace(layout=scene.layout._replace(smallest=smallest))


def small(scene: Scene, capital: float, rng: np.random.Generator) -> Scene:
    """Small writing: capitals are `capital` of the picture's width high."""
    return scene._replace(layout=scene.layout._replace(capital=capital * scene.layout.width))


# What it is written on.


def ruled(scene: Scene, darkness: float, rng: np.random.Generator) -> Scene:
    """Printed lines that are darker than the paper by `darkness`."""
    return _pattern(scene, "ruled", scene.layout.leading, darkness)


def squared(scene: Scene, darkness: float, rng: np.random.Generator) -> Scene:
    """Printed squares, two thirds of a capital wide, whose lines are darker than the paper by `darkness`."""
    return _pattern(scene, "squared", 0.667, darkness)


def _pattern(scene, pattern, spacing, darkness):
    line = tuple(float(c) for c in np.array(scene.paper.colour) * (1 - darkness * np.array([1, 0.8, 0.6])))
    return scene._replace(paper=scene.paper._replace(pattern=pattern, spacing=spacing, line=line))


def dotted(scene: Scene, darkness: float, rng: np.random.Generator) -> Scene:
    """Printed dots, half as wide as a capital is high, that are darker than the paper by `darkness`."""
    return _pattern(scene, "dotted", 1.1, darkness)


def form(scene: Scene, darkness: float, rng: np.random.Generator) -> Scene:
    """A printed box around each letter and a small label below it, darker than the paper by `darkness`."""
    grey = (0.95 * (1 - darkness),) * 3
    layout = scene.layout._replace(cell=1.9, leading=2.8, letter_gap=0.3)
    return scene._replace(layout=layout, paper=scene.paper._replace(form=grey))


def table(scene: Scene, contrast: float, rng: np.random.Generator) -> Scene:
    """The sheet lies on wood whose grain varies in brightness by `contrast`."""
    shade = rng.uniform(0.5, 1.3)
    return _under(scene, "wood", (0.45 * shade, 0.32 * shade, 0.20 * shade), contrast, rng)


def cloth(scene: Scene, contrast: float, rng: np.random.Generator) -> Scene:
    """The sheet lies on checked cloth whose checks and threads vary in brightness by `contrast`."""
    return _under(scene, "cloth", tuple(float(c) for c in rng.uniform(0.25, 0.75, 3)), contrast, rng)


def _under(scene, kind, colour, contrast, rng):
    layout = scene.layout._replace(
        sheet=float(rng.uniform(0.7, 0.9)), tilt=scene.layout.tilt + float(rng.uniform(-5, 5))
    )
    return scene._replace(layout=layout, table=_table(scene)._replace(kind=kind, colour=colour, contrast=contrast))


def clutter(scene: Scene, things: float, rng: np.random.Generator) -> Scene:
    """So many pens, coins and the like lie over the edge of the picture."""
    return scene._replace(table=_table(scene)._replace(things=int(things)))


def holes(scene: Scene, number: float, rng: np.random.Generator) -> Scene:
    """So many torn holes along the left edge of the sheet."""
    layout = scene.layout._replace(sheet=scene.layout.sheet or 0.95)
    return scene._replace(layout=layout, table=_table(scene)._replace(holes=int(number)))


def _table(scene):
    return scene.table or Table()


# How the sheet lies and how the camera stands.


def tilt(scene: Scene, degrees: float, rng: np.random.Generator) -> Scene:
    """The sheet is turned by `degrees`, either way."""
    return scene._replace(layout=scene.layout._replace(tilt=scene.layout.tilt + _either(rng) * degrees))


def perspective(scene: Scene, depth: float, rng: np.random.Generator) -> Scene:
    """The camera looks at the sheet from aside: one edge is 1 + `depth` times as far away as the middle."""
    direction = rng.uniform(0, 2 * np.pi)
    towards = float(depth * np.cos(direction)), float(depth * np.sin(direction))
    return scene._replace(layout=scene.layout._replace(perspective=towards))


def curl(scene: Scene, rise: float, rng: np.random.Generator) -> Scene:
    """The sheet is curled: the middle of a line is `rise` of the picture's width above its ends, or below."""
    return scene._replace(layout=scene.layout._replace(curl=_either(rng) * rise))


def turned(scene: Scene, degrees: float, rng: np.random.Generator) -> Scene:
    """The photograph is turned by 90, 180 or 270 `degrees`, anticlockwise."""
    return _camera(scene, turns=round(degrees / 90))


def _either(rng):
    return float(rng.choice([-1, 1]))


# Light and camera.


def uneven_light(scene: Scene, change: float, rng: np.random.Generator) -> Scene:
    """Brightness changes by `change` of its mean over the page, in any direction."""
    direction = rng.uniform(0, 2 * np.pi)
    return _camera(scene, level=0.75, slope=(float(change * np.cos(direction)), float(change * np.sin(direction))))


def hard_shadow(scene: Scene, darkness: float, rng: np.random.Generator) -> Scene:
    """A shadow with a sharp edge across the text takes `darkness` of the light."""
    return _shadow(scene, darkness, 0.004, rng)


def soft_shadow(scene: Scene, darkness: float, rng: np.random.Generator) -> Scene:
    """A shadow with a soft edge across the text takes `darkness` of the light."""
    return _shadow(scene, darkness, 0.15, rng)


def _shadow(scene, darkness, blur, rng):
    top, bottom = rng.uniform(0.2, 0.8, 2)
    return _camera(scene, shadow=darkness, shadow_line=(float(top), float(bottom)), shadow_blur=blur)


def blurred(scene: Scene, spread: float, rng: np.random.Generator) -> Scene:
    """Out of focus: points spread by a standard deviation of `spread` of the picture's width."""
    return _camera(scene, blur=spread * scene.layout.width)


def noisy(scene: Scene, noise: float, rng: np.random.Generator) -> Scene:
    """The sensor's noise has a standard deviation of `noise` of white."""
    return _camera(scene, noise=noise)


def jpeg(scene: Scene, quality: float, rng: np.random.Generator) -> Scene:
    """The file is a JPEG of that `quality`."""
    return _camera(scene, jpeg=int(quality))


def resolution(scene: Scene, width: float, rng: np.random.Generator) -> Scene:
    """The picture is `width` pixels wide, and everything on it as much smaller or larger."""
    layout = scene.layout
    scale = width / layout.width
    layout = layout._replace(height=round(scale * layout.height), width=round(width), capital=scale * layout.capital)
    return _camera(scene._replace(layout=layout), blur=max(scale, 0.5) * scene.light.blur)


def _camera(scene, **changes):
    return scene._replace(light=scene.light._replace(**changes))


class Disturbance(NamedTuple):
    """One of them, and the strengths at which it is measured, from slight to as much as people still read with ease."""

    about: str  # what it is a matter of
    apply: Callable[[Scene, float, np.random.Generator], Scene]
    unit: str
    strengths: tuple[float, ...]


CAPITAL, WIDTH, WHITE = "of a capital's height", "of the width", "of white"
DISTURBANCES = {
    "pencil": Disturbance("pen", pencil, "cover", (0.5, 0.3, 0.18)),
    "ball pen": Disturbance("pen", ball_pen, f"line, {CAPITAL}", (0.06, 0.04, 0.025)),
    "marker": Disturbance("pen", marker, f"line, {CAPITAL}", (0.14, 0.18, 0.24)),
    "chalk": Disturbance("pen", chalk, "haze of the board", (0.1, 0.2, 0.4)),
    "whiteboard": Disturbance("pen", whiteboard, "glare", (0.2, 0.4, 0.6)),
    "touching": Disturbance("writing", touching, f"overlap, {CAPITAL}", (-0.05, 0.0, 0.05)),
    "joined": Disturbance("writing", joined, "share of the letters", (0.1, 0.3, 0.6)),
    "broken": Disturbance("writing", broken, f"gap, {CAPITAL}", (0.04, 0.08, 0.12)),
    "loose": Disturbance("writing", loose, f"gap, {CAPITAL}", (0.08, 0.13, 0.18)),
    "mixed sizes": Disturbance("writing", mixed_sizes, "smallest by largest", (0.6, 0.4, 0.28)),
    "small": Disturbance("writing", small, f"capital, {WIDTH}", (0.04, 0.025, 0.017)),
    "ruled": Disturbance("paper", ruled, "darkening", (0.2, 0.4, 0.6)),
    "squared": Disturbance("paper", squared, "darkening", (0.15, 0.3, 0.45)),
    "dotted": Disturbance("paper", dotted, "darkening", (0.15, 0.3, 0.45)),
    "form": Disturbance("paper", form, "darkening", (0.2, 0.5, 0.8)),
    "table": Disturbance("surroundings", table, "contrast of the wood", (0.1, 0.2, 0.35)),
    "cloth": Disturbance("surroundings", cloth, "contrast of the checks", (0.1, 0.2, 0.35)),
    "clutter": Disturbance("surroundings", clutter, "things at the edge", (2, 4, 8)),
    "holes": Disturbance("surroundings", holes, "torn holes", (5, 10, 20)),
    "tilt": Disturbance("view", tilt, "degrees", (4, 8, 12)),
    "perspective": Disturbance("view", perspective, "depth", (0.1, 0.2, 0.35)),
    "curl": Disturbance("view", curl, f"rise, {WIDTH}", (0.01, 0.025, 0.05)),
    "turned": Disturbance("view", turned, "degrees", (90, 180, 270)),
    "uneven light": Disturbance("light", uneven_light, "change over the page", (0.3, 0.6, 0.9)),
    "hard shadow": Disturbance("light", hard_shadow, "light taken", (0.3, 0.5, 0.7)),
    "soft shadow": Disturbance("light", soft_shadow, "light taken", (0.3, 0.5, 0.7)),
    "blur": Disturbance("camera", blurred, f"deviation, {WIDTH}", (0.002, 0.004, 0.006)),
    "noise": Disturbance("camera", noisy, f"deviation, {WHITE}", (0.03, 0.06, 0.10)),
    "jpeg": Disturbance("camera", jpeg, "quality", (40, 20, 10)),
    "resolution": Disturbance("camera", resolution, "pixels wide", (1600, 640, 320)),
}


def anything(rng: np.random.Generator, lines: Sequence[str], width: int = 1200) -> Scene:
    """A page with a few disturbances: of each kind, every second time, one of them, from slight to middling."""
    scene = plain(rng, lines, width)
    for about in dict.fromkeys(disturbance.about for disturbance in DISTURBANCES.values()):
        choice = [disturbance for disturbance in DISTURBANCES.values() if disturbance.about == about]
        if rng.random() < 0.5:
            apply, strengths = choice[rng.integers(len(choice))][1::2]
            low, high = sorted(strengths[:2])
            scene = apply(scene, float(rng.uniform(low, high)), rng)
    return scene


def random_lines(rng: np.random.Generator, number: int = 4, width: int = 14) -> list[str]:
    """Lines of random words of capitals and digits, about `width` characters each."""
    characters = np.array([*"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"])
    lines = []
    for _ in range(number):
        line = "".join(rng.choice(characters, width))
        start = 0
        while (start := start + int(rng.integers(1, 8))) < width - 1:
            line = line[:start] + " " + line[start + 1 :]
            start += 1
        lines.append(line.strip())
    return lines
