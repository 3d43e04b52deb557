"""Seventeen species of flowers, drawn: a stand-in for Oxford's photographs that needs no download.

The species borrow the names and the looks of flowers17 (Nilsback and Zisserman 2006): six are yellow, five purple or
blue, four white, and several come in each other's colours, so colour narrows the choice and shape has to make it. Every
blossom is one of two things: a *ring* of petals seen from the front, in polar coordinates, or a *bell* seen from
the side, in coordinates along and across its axis. Both are painted with soft edges: nothing has to be supersampled.

Pictures are (size, size, 3) float32 in [0, 1] while they are drawn and uint8 when they are done; y grows downwards,
angles are radians, lengths inside a blossom are in units of its radius.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

YELLOW = ((0.98, 0.84, 0.10), (0.99, 0.76, 0.05), (0.97, 0.90, 0.30))
WHITE = ((0.97, 0.97, 0.95), (0.93, 0.94, 0.98), (0.98, 0.95, 0.90))
PURPLE = ((0.50, 0.25, 0.70), (0.38, 0.30, 0.78), (0.62, 0.38, 0.80))
PINK = ((0.95, 0.55, 0.70), (0.85, 0.25, 0.50))
RED = ((0.85, 0.12, 0.15), (0.92, 0.25, 0.12))
ORANGE = ((0.97, 0.52, 0.10), (0.95, 0.40, 0.12))
GREEN = ((0.30, 0.50, 0.16), (0.22, 0.42, 0.20), (0.42, 0.56, 0.22))


@dataclass
class Scene:
    """A picture being painted: its pixels, where the light comes from, and the dice."""

    image: np.ndarray
    light: float
    rng: np.random.Generator


def draw_flowers(rng, per_class=80, size=128):
    """Draw every species ``per_class`` times.

    Parameters
    ----------
    rng : np.random.Generator
        All variety comes from here: the same generator state gives the same bytes.
    per_class : int
        Pictures of each species.
    size : int
        Side of the pictures, pixels; from 32.

    Returns
    -------
    images : (17 * per_class, size, size, 3) uint8 ndarray
        RGB, species after species.
    labels : (17 * per_class,) int64 ndarray
        Index into `SPECIES`.

    Raises
    ------
    ValueError
        If ``per_class`` is below 1 or ``size`` below 32.

    Examples
    --------
    >>> images, labels = draw_flowers(np.random.default_rng(0), per_class=1, size=32)
    >>> images.shape, images.dtype.name, labels.tolist() == list(range(17))
    ((17, 32, 32, 3), 'uint8', True)
    """
    if per_class < 1 or size < 32:
        raise ValueError(f"per_class is {per_class} and size {size}; at least 1 picture of 32 pixels can be drawn")
    backgrounds = draw_backgrounds(rng, size)
    labels = np.repeat(np.arange(len(SPECIES)), per_class)
    images = np.empty((len(labels), size, size, 3), np.uint8)
    for i, species in enumerate(labels):
        images[i] = draw_flower(int(species), rng, backgrounds, size)
    return images, labels


def draw_flower(species, rng, backgrounds, size=128):
    """Draw one picture of a species over a random crop of the backgrounds.

    Parameters
    ----------
    species : int
        Index into `SPECIES`.
    rng : np.random.Generator
    backgrounds : (n, h, w, 3) float32 ndarray
        From `draw_backgrounds`, h and w at least ``size``.
    size : int
        Side of the picture, pixels.

    Returns
    -------
    (size, size, 3) uint8 ndarray
    """
    n, height, width = backgrounds.shape[:3]
    y, x = rng.integers(height - size + 1), rng.integers(width - size + 1)
    image = backgrounds[rng.integers(n), y : y + size, x : x + size][:, :: rng.choice((-1, 1))]
    scene = Scene(image * np.float32(rng.uniform(0.6, 1.2)), rng.uniform(-np.pi, 0), rng)  # light from above
    PLANTS[species](scene)
    return _photograph(scene.image, rng)


def split_indices(labels, rng):
    """Halves for training, quarters for validation and testing, of every class (as Oxford's splits of flowers17).

    Parameters
    ----------
    labels : (n,) int ndarray
    rng : np.random.Generator

    Returns
    -------
    dict of str to int64 ndarray
        ``trn2``, ``val2``, ``tst2``: sorted indices into ``labels``, disjoint, together all of them.

    Examples
    --------
    >>> split = split_indices(np.repeat([0, 1], 8), np.random.default_rng(0))
    >>> [len(split[part]) for part in ("trn2", "val2", "tst2")]
    [8, 4, 4]
    """
    parts = {"trn2": [], "val2": [], "tst2": []}
    for label in np.unique(labels):
        indices = rng.permutation(np.flatnonzero(labels == label))
        half, three_quarters = len(indices) // 2, len(indices) * 3 // 4
        for part, some in zip(parts, np.split(indices, [half, three_quarters]), strict=True):
            parts[part].append(some)
    return {part: np.sort(np.concatenate(some)) for part, some in parts.items()}


# ---- backgrounds and the camera ----------------------------------------------------------------------------------


def draw_backgrounds(rng, size, count=36):
    """Out-of-focus leaves, grass, soil, stone, sky and shade, larger than a picture, to be cropped at random.

    Parameters
    ----------
    rng : np.random.Generator
    size : int
        Side of the pictures they are for, pixels.
    count : int

    Returns
    -------
    (count, 1.5 size, 1.5 size, 3) float32 ndarray in [0, 1]
    """
    side = size * 3 // 2
    return np.stack([_background(rng, side, kind % 6) for kind in range(count)])


def _background(rng, side, kind):
    coarse, fine = _noise(rng, side, 6)[..., None], _noise(rng, side, 40)[..., None]
    soil, stone, sky, shade = (0.36, 0.26, 0.17), (0.55, 0.54, 0.52), (0.60, 0.74, 0.90), (0.06, 0.08, 0.06)
    ground = np.array((GREEN[rng.integers(3)], GREEN[rng.integers(3)], soil, stone, sky, shade)[kind], np.float32)
    image = ground * (0.75 + 0.6 * (coarse - 0.5) + 0.5 * (fine - 0.5) * (kind in (2, 3)))
    scene = Scene(image.astype(np.float32), -1.5, rng)
    # Leaves, blades of grass, fallen stalks; the sky stays nearly empty.
    for _ in range((26, 40, 8, 8, 3, 14)[kind]):
        length, wide = ((0.35, 0.35), (0.6, 0.06), (0.3, 0.2), (0.3, 0.2), (0.4, 0.2), (0.3, 0.3))[kind]
        angle = rng.normal(-np.pi / 2, 0.35) if kind == 1 else rng.uniform(-np.pi, np.pi)
        colour = _pick(rng, GREEN, 0.05) * rng.uniform(0.4, 1.2) * (0.4 if kind == 5 else 1)
        reach = side * length * rng.uniform(0.4, 1)
        _leaf(scene, *rng.uniform(0, side, 2), reach, angle, wide * rng.uniform(0.6, 1.2), colour)
    blur = rng.uniform(0.4, 3.5) * side / 192
    return np.clip(ndimage.gaussian_filter(scene.image, (blur, blur, 0)), 0, 1)


def _noise(rng, side, cells):
    """Smooth noise in [0, 1], about ``cells`` bumps across."""
    bumps = rng.random((cells, cells), dtype=np.float32)
    bumps = ndimage.zoom(bumps, side / cells, order=1, grid_mode=True, mode="grid-wrap")
    return bumps[:side, :side]


def _photograph(image, rng):
    """Uneven light, white balance, exposure, contrast, focus and sensor noise; to uint8."""
    size = len(image)
    ramp = np.linspace(-0.5, 0.5, size, dtype=np.float32)
    slope_y, slope_x = rng.normal(0, 0.25, 2).astype(np.float32)
    light = rng.uniform(0.7, 1.1) * (1 + slope_y * ramp[:, None] + slope_x * ramp)
    balance = rng.uniform(0.86, 1.12, 3).astype(np.float32)
    image = np.maximum(image * light[..., None].astype(np.float32) * balance, 0)
    image = image ** np.float32(rng.uniform(0.8, 1.3))
    grey = image.mean(-1, keepdims=True)
    image = grey + (image - grey) * np.float32(rng.uniform(0.7, 1.1))
    blur = abs(rng.normal(0, 0.45)) * size / 128
    if blur > 0.3:
        image = ndimage.gaussian_filter(image, (blur, blur, 0))
    image += rng.normal(0, rng.uniform(0.005, 0.03), (size, size, 1)).astype(np.float32)
    return (np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8)


# ---- brushes -----------------------------------------------------------------------------------------------------


def _pick(rng, palette, spread=0.03):
    """One colour of a palette, a little off."""
    colour = np.array(palette[rng.integers(len(palette))]) + rng.normal(0, spread, 3)
    return np.clip(colour, 0, 1).astype(np.float32)


def _window(scene, y, x, reach):
    """The part of the picture within ``reach`` pixels of (y, x), with the offsets of its pixels from there."""
    size = len(scene.image)
    y1, x1 = max(int(y - reach), 0), max(int(x - reach), 0)
    y2, x2 = min(int(y + reach) + 2, size), min(int(x + reach) + 2, size)
    if y1 >= y2 or x1 >= x2:
        return None
    part = scene.image[y1:y2, x1:x2]
    return part, np.arange(y1, y2, dtype=np.float32)[:, None] - y, np.arange(x1, x2, dtype=np.float32)[None] - x


def _over(part, alpha, colour):
    """Paint ``colour`` (.., 3) over part where ``alpha`` says."""
    part += alpha[..., None] * (colour - part)


def _outline(x, belly, blunt):
    """Half-width of a petal at ``x`` in [0, 1] along it, 1 at ``belly``; ``blunt`` small: round tip, large: pointed."""
    x = np.clip(x, 0, 1)
    rise = blunt * belly / (1 - belly)
    return (x / belly) ** rise * ((1 - x) / (1 - belly)) ** blunt


def _leaf(scene, y, x, length, angle, width, colour, shine=0.25):
    """A leaf of ``length`` pixels from (y, x) towards ``angle``, ``width`` its half-width as a part of the length."""
    window = _window(scene, y + np.sin(angle) * length / 2, x + np.cos(angle) * length / 2, length * 0.6)
    if window is None:
        return
    part, dy, dx = window
    dy, dx = dy + np.sin(angle) * length / 2, dx + np.cos(angle) * length / 2
    along = (dx * np.cos(angle) + dy * np.sin(angle)) / length
    across = (dy * np.cos(angle) - dx * np.sin(angle)) / length
    half = width * _outline(along, 0.4, 0.7)
    alpha = np.clip(0.5 + (half - np.abs(across)) * length, 0, 1) * (along > 0) * (along < 1)
    tone = 1 + shine * np.sign(across) * np.sin(scene.light - angle) - 0.25 * np.exp(-((across * length / 1.2) ** 2))
    _over(part, alpha, tone[..., None] * colour)


def _stem(scene, y, x, foot_x, thickness, colour, foot_y=None):
    """A stem from (y, x) down to ``foot_x`` at the lower edge (or at ``foot_y``), bending as it goes."""
    size = len(scene.image)
    foot_y = size if foot_y is None else foot_y
    top, bottom = int(max(min(y, foot_y), 0)), int(min(max(y, foot_y), size))
    if bottom <= top:
        return
    rows = np.arange(top, bottom, dtype=np.float32)[:, None]
    t = (rows - y) / (foot_y - y)
    centre = x + (foot_x - x) * t**2
    across = (np.arange(size, dtype=np.float32)[None] - centre) / thickness
    alpha = np.clip(0.5 + (1 - np.abs(across)) * thickness, 0, 1)
    tone = 0.9 - 0.3 * across * -np.cos(scene.light)
    _over(scene.image[top:bottom], alpha, np.clip(tone, 0.4, 1.2)[..., None] * colour)


def _shadow(scene, y, x, radius, depth=0.45):
    """What a blossom takes from the light behind it."""
    window = _window(scene, y + radius * 0.15, x - np.cos(scene.light) * radius * 0.15, radius * 1.5)
    if window is not None:
        part, dy, dx = window
        part *= (1 - depth * np.exp(-(((dy**2 + dx**2) / (radius * 0.85) ** 2) ** 2)))[..., None]


@dataclass
class View:
    """Where a blossom is and how it is turned: centre and radius in pixels, rotation, and tilt away from the camera."""

    y: float
    x: float
    radius: float
    rotation: float = 0.0
    squash: float = 1.0
    axis: float = 0.0

    def coordinates(self, dy, dx):
        """Offsets in pixels to (u, v) on the blossom's own plane."""
        cos, sin = np.cos(self.axis), np.sin(self.axis)
        u, v = (dx * cos + dy * sin) / self.squash, dy * cos - dx * sin
        turn = self.rotation - self.axis
        cos, sin = np.cos(turn), np.sin(turn)
        return (u * cos + v * sin) / self.radius, (v * cos - u * sin) / self.radius


def _ring(
    scene,
    view,
    petals,
    width,
    tip,
    base=None,
    *,
    belly=0.6,
    blunt=0.5,
    length=1.0,
    turn=0.0,
    ragged=0.08,
    notch=0.0,
    veins=0.0,
    spots=None,
    blotch=None,
    relief=0.25,
    inner=0.0,
    lengths=None,
    widths=None,
):
    """Paint a ring of petals: odd ones first, even ones over them.

    Parameters
    ----------
    scene : Scene
    view : View
    petals : int
    width : float
        Half-width of a petal as a part of its length.
    tip, base : (3,) ndarray
        Colours, blended from the base of a petal to its tip.
    belly, blunt : float
        Outline, see `_outline`.
    length, turn : float
        Of the petals in radii; of the ring, in petals.
    ragged : float
        How much lengths, widths and angles differ.
    notch : float
        Depth of the cleft in the tip.
    veins : float
        Contrast of lines along the petal.
    spots, blotch : (3,) ndarray, optional
        Colour of scattered spots; of a stain at the base.
    relief : float
        How strongly the light shows the petal's curvature.
    inner : float
        Where petals begin, in their own lengths.
    lengths, widths : sequence of float, optional
        Factor for each petal (an unequal blossom such as a pansy).
    """
    rng, base = scene.rng, tip if base is None else base
    long = length * (1 + rng.normal(0, ragged, petals)) * (1 if lengths is None else np.asarray(lengths))
    wide = width * (1 + rng.normal(0, ragged, petals)) * (1 if widths is None else np.asarray(widths))
    bent, tone = rng.normal(0, ragged, petals), 1 + rng.normal(0, 0.05, petals)
    long, wide, bent, tone = (np.asarray(each, np.float32) for each in (np.maximum(long, 0.02), wide, bent, tone))
    window = _window(scene, view.y, view.x, view.radius * float(long.max()) * 1.05)
    if window is None:
        return
    part, dy, dx = window
    u, v = view.coordinates(dy, dx)
    r, place = np.hypot(u, v), np.arctan2(v, u) * (petals / (2 * np.pi)) - turn
    step = 2 * np.pi / petals
    for odd in (1, 0):
        nearest = 2 * np.round((place - odd) / 2) + odd
        k = nearest.astype(np.int64) % petals
        off = (place - nearest - bent[k]) * step
        x, y = r * np.cos(off) / long[k], r * np.sin(off) / long[k]
        if notch:
            x = x * (1 + notch * np.exp(-((y / (0.35 * width)) ** 2)))
        half = wide[k] * _outline(x, belly, blunt)
        side = np.clip(y / (half + 1e-3), -1, 1)
        alpha = np.clip(0.5 + (half - np.abs(y)) * (view.radius * long[k]), 0, 1) * (x > inner) * (x < 1)
        # The cross-section is an arch: one flank of each petal looks into the light; the base lies in the shade.
        facing = scene.light - view.rotation - (nearest + turn) * step
        shade = tone[k] * (1 + relief * (side * np.sin(facing) * 0.7 + (x - 0.5) * np.cos(facing)))
        shade *= 0.72 + 0.28 * np.minimum(1, x * 2.2) - 0.12 * side**4
        if veins:
            shade *= 1 - veins * (0.5 + 0.5 * np.cos(side * 14))
        colour = base + np.clip(x, 0, 1)[..., None] * (tip - base)
        if blotch is not None:
            stain = np.clip((0.55 - x - 0.25 * np.abs(side) + 0.08 * np.cos(side * 18)) * 8, 0, 1)
            colour += stain[..., None] * (blotch - colour)
        if spots is not None:
            dots = np.cos(x * 34 + k * 2.1) * np.cos(y / width * 12 + k) > 0.55
            colour += (dots * (np.abs(x - 0.4) < 0.28) * 0.9)[..., None] * (spots - colour)
        _over(part, alpha, colour * shade[..., None])


def _disc(scene, view, radius, colour, rim=None, grain=0.3, dome=0.3, seeds=12.0):
    """The middle of a blossom: a dome of florets; ``radius`` in radii of the blossom, ``seeds`` florets along it."""
    window = _window(scene, view.y, view.x, view.radius * radius * 1.1)
    if window is None:
        return
    part, dy, dx = window
    u, v = view.coordinates(dy, dx)
    r = np.hypot(u, v) / radius
    rim = colour if rim is None else rim
    spin = np.arctan2(v, u)
    florets = np.cos(r * seeds * 2 + spin * 8) * np.cos(r * seeds * 2 - spin * 13)
    shade = 1 + grain * florets + dome * (np.cos(scene.light) * dx + np.sin(scene.light) * dy) / (view.radius * radius)
    alpha = np.clip(0.5 + (1 - r) * radius * view.radius, 0, 1)
    _over(part, alpha, (colour + np.clip(r * 1.4 - 0.4, 0, 1)[..., None] * (rim - colour)) * shade[..., None])


def _stamens(scene, view, count, reach, head, thread=None, size=0.05):
    """Heads on threads around the middle; ``reach`` and ``size`` in radii."""
    rng = scene.rng
    for angle in np.linspace(0, 2 * np.pi, count, endpoint=False) + rng.normal(0, 0.15, count):
        far = reach * rng.uniform(0.75, 1.1) * view.radius
        if thread is not None:
            _leaf(scene, view.y, view.x, far, angle, 0.8 / max(far, 2), thread, shine=0)
        window = _window(scene, view.y + far * np.sin(angle), view.x + far * np.cos(angle), size * view.radius + 2)
        if window is not None:
            part, dy, dx = window
            _over(part, np.clip(0.5 + size * view.radius - np.hypot(dy, dx), 0, 1), head * rng.uniform(0.8, 1.1))


def _bell(
    scene,
    y,
    x,
    length,
    angle,
    shape,
    colour,
    *,
    mouth=None,
    lobes=3,
    scallop=0.1,
    flare=0.0,
    seams=0.3,
    veins=0.0,
    checks=None,
    stripe=None,
    mark=None,
):
    """Paint a bell or a cup from the side.

    Parameters
    ----------
    scene : Scene
    y, x, length : float
        Where it hangs from, and how long it is, pixels.
    angle : float
        Direction from there to the mouth.
    shape : sequence of float
        Half-widths from the attachment to the mouth, in lengths, evenly spaced.
    colour, mouth : (3,) ndarray
        At the attachment and at the mouth.
    lobes : int
        Scallops (petals) seen along the mouth.
    scallop : float
        Their depth, in lengths; negative ones come to a point.
    flare : float
        How far the mouth's corners turn outwards.
    seams, veins : float
        Contrast of the lines between petals, and of fine lines on them.
    checks, stripe, mark : (3,) ndarray, optional
        Colour of a chequered pattern; of a band along each petal; of spots at the mouth.
    """
    reach = length * (0.62 + max(max(shape), 0.2))
    centre_y, centre_x = np.sin(angle) * length / 2, np.cos(angle) * length / 2
    window = _window(scene, y + centre_y, x + centre_x, reach)
    if window is None:
        return
    part, dy, dx = window
    dy, dx = dy + centre_y, dx + centre_x
    along = (dx * np.cos(angle) + dy * np.sin(angle)) / length
    across = (dy * np.cos(angle) - dx * np.sin(angle)) / length
    half = np.interp(along, np.linspace(0, 1, len(shape)), shape).astype(np.float32)
    if flare:
        half = half + flare * np.clip((along - 0.75) * 4, 0, 1) ** 2
    side = np.clip(across / (half + 1e-3), -1, 1)
    round_side = np.arcsin(side) / (np.pi / 2)  # even around the bell's girth
    wave = np.abs(np.cos(round_side * lobes * np.pi / 2 + (lobes % 2 == 0) * np.pi / 2))
    point = np.arccos(np.clip(wave, 0, 1)) * (4 / np.pi)
    edge = 1 - abs(scallop) * (1 - wave if scallop > 0 else point)
    alpha = np.clip(0.5 + np.minimum(half - np.abs(across), edge - along) * length, 0, 1) * (along > 0)
    shade = 1 - 0.3 * side**2 + 0.3 * side * np.sin(scene.light - angle)
    shade *= 1 - seams * np.exp(-((wave / 0.22) ** 2)) * np.clip(along * 1.5, 0, 1)
    if veins:
        shade *= 1 - veins * (0.5 + 0.5 * np.cos(round_side * 26))
    mouth = colour if mouth is None else mouth
    paint = colour + np.clip(along, 0, 1)[..., None] * (mouth - colour)
    if stripe is not None:
        paint += np.clip((wave - 0.8) * 5, 0, 1)[..., None] * 0.7 * (stripe - paint)
    if checks is not None:
        board = np.sin(round_side * 15) * np.sin(along * 24) > 0
        paint += board[..., None] * 0.6 * (checks - paint)
    if mark is not None:
        spot = np.exp(-(((edge - along - 0.13) / 0.06) ** 2)) * np.clip((wave - 0.72) * 4, 0, 1)
        paint += spot[..., None] * (mark - paint)
    _over(part, alpha, paint * shade[..., None])


# ---- plants ------------------------------------------------------------------------------------------------------


def _places(scene, most, small, large, crowd=0.55):
    """Views for one to ``most`` blossoms, small ones first; radii from ``small`` to ``large`` parts of the picture."""
    rng, size = scene.rng, len(scene.image)
    count = 1 if rng.random() > crowd else int(rng.integers(1, most + 1))
    views = []
    for _blossom in range(count):
        radius = rng.uniform(small, large) * size * (1 if count == 1 else rng.uniform(0.55, 0.85))
        for _ in range(8):  # a free place, or the last one tried
            y, x = rng.uniform(0.28, 0.68, 2) * size if count == 1 else rng.uniform(0.15, 0.8, 2) * size
            if all(np.hypot(y - v.y, x - v.x) > 0.8 * (radius + v.radius) for v in views):
                break
        views.append(View(y, x, radius, rng.uniform(-np.pi, np.pi), rng.uniform(0.55, 1), rng.uniform(0, np.pi)))
    return sorted(views, key=lambda view: view.radius)


def _stand(scene, view, thickness=0.06, leaf=0.5, width=0.12, leaves=2):
    """Stem and leaves below a blossom, and its shadow on them."""
    rng, size = scene.rng, len(scene.image)
    green = _pick(rng, GREEN, 0.04)
    foot = view.x + rng.normal(0, 0.25) * size
    _stem(scene, view.y, view.x, foot, max(thickness * view.radius, 0.8), green)
    for _ in range(rng.integers(leaves + 1)):
        t = rng.uniform(0.4, 1)
        y, x = view.y + (size - view.y) * t, view.x + (foot - view.x) * t**2
        angle = -np.pi / 2 + rng.choice((-1, 1)) * rng.uniform(0.2, 1.2)
        _leaf(scene, y, x, leaf * size * rng.uniform(0.6, 1.2), angle, width, green * rng.uniform(0.8, 1.2))
    _shadow(scene, view.y, view.x, view.radius)


def _daffodil(scene):
    rng = scene.rng
    for view in _places(scene, 3, 0.27, 0.42):
        _stand(scene, view, leaf=0.8, width=0.05, leaves=3)
        petal = _pick(rng, YELLOW if rng.random() < 0.75 else WHITE)
        cup = _pick(rng, YELLOW if rng.random() < 0.6 else ORANGE)
        _ring(scene, view, 6, 0.33, petal, belly=0.5, blunt=0.6)
        trumpet = View(view.y, view.x, view.radius, view.rotation, min(1, view.squash + 0.15), view.axis)
        reach = rng.uniform(0.36, 0.5)
        _disc(scene, trumpet, reach, cup * 0.62, cup, grain=0.05, dome=-0.5)
        _ring(scene, trumpet, 13, 0.30, cup, cup, length=reach * 1.15, inner=0.66, belly=0.75, blunt=0.3, relief=0.1)
        _stamens(scene, trumpet, 5, 0.1, cup * 0.95, size=0.04)


def _snowdrop(scene):
    rng, size = scene.rng, len(scene.image)
    green = _pick(rng, GREEN)
    for view in _places(scene, 4, 0.28, 0.42, crowd=0.8):
        length, tilt = view.radius * 1.1, rng.normal(np.pi / 2, 0.22)
        y, x = view.y - length * 0.5, view.x
        foot = x + rng.choice((-1, 1)) * rng.uniform(0.1, 0.3) * size
        _stem(scene, y - length * 0.25, x + (foot - x) * 0.2, foot, max(0.045 * length, 0.8), green)
        _leaf(scene, y - length * 0.3, x + (foot - x) * 0.22, length * 0.38, tilt + 0.1, 0.12, green * 1.1)
        for _ in range(2):
            _leaf(
                scene, size, foot + rng.normal(0, 8), size * rng.uniform(0.4, 0.8), rng.normal(-1.57, 0.3), 0.05, green
            )
        white = _pick(rng, WHITE)
        _bell(scene, y + length * 0.1, x, length * 0.72, tilt, (0.1, 0.24, 0.28), white * 0.9, mark=green, lobes=3)
        open_ = rng.uniform(0.15, 0.45)
        for side in (-open_, open_, rng.normal(0, 0.06)):
            _leaf(scene, y, x, length, tilt + side, rng.uniform(0.2, 0.27), white * rng.uniform(0.92, 1.02), shine=0.12)
        _bell(scene, y - length * 0.12, x, length * 0.2, tilt, (0.2, 0.45, 0.3), green * 0.9)


def _lily_of_the_valley(scene):
    rng, size = scene.rng, len(scene.image)
    for _ in range(rng.integers(1, 3)):
        green, x0 = _pick(rng, GREEN), rng.uniform(0.25, 0.75) * size
        for side in (-1, 1)[: rng.integers(1, 3)]:
            angle = -np.pi / 2 + side * rng.uniform(0.15, 0.7)
            _leaf(scene, size, x0 + side * 5, size * rng.uniform(0.7, 1.0), angle, 0.17, green)
        top, lean = rng.uniform(0.05, 0.25) * size, rng.choice((-1, 1)) * rng.uniform(0.1, 0.35) * size
        _stem(scene, top, x0 + lean, x0, 0.008 * size + 0.5, green * 1.15)
        white, count, length = _pick(rng, WHITE), rng.integers(5, 9), rng.uniform(0.1, 0.15) * size
        for i in range(count):
            t = i / count * 0.62
            y, x = top + (size - top) * t, x0 + lean * (1 - t**2)
            side = (-1 if i % 2 else 1) if rng.random() < 0.5 else np.sign(lean)
            hang, grown = y + length * 0.45, length * (0.55 + 0.45 * i / count)
            _leaf(scene, y, x, np.hypot(length * 0.45, length * 0.7), np.arctan2(0.45, side * 0.7), 0.06, green * 1.1)
            _bell(
                scene,
                hang,
                x + side * length * 0.7,
                grown,
                rng.normal(np.pi / 2, 0.2),
                (0.25, 0.55, 0.6, 0.5, 0.45),
                white,
                lobes=3,
                scallop=0.16,
                flare=0.16,
                seams=0.12,
            )


def _bluebell(scene):
    rng, size = scene.rng, len(scene.image)
    for _ in range(rng.integers(1, 3)):
        green, x0 = _pick(rng, GREEN), rng.uniform(0.25, 0.75) * size
        for _ in range(rng.integers(3)):
            _leaf(scene, size, x0 + rng.normal(0, 9), size * rng.uniform(0.5, 0.9), rng.normal(-1.57, 0.4), 0.04, green)
        top, lean = rng.uniform(0.03, 0.25) * size, rng.choice((-1, 1)) * rng.uniform(0.05, 0.35) * size
        violet, count, length = _pick(rng, PURPLE, 0.05), rng.integers(4, 9), rng.uniform(0.17, 0.25) * size
        _stem(scene, top, x0 + lean, x0, 0.01 * size + 0.5, green * 0.8 + violet * 0.15)
        for i in range(count):
            t = i / count * 0.6
            y, x = top + (size - top) * t, x0 + lean * (1 - t**2)
            side = (-1 if i % 2 else 1) if rng.random() < 0.4 else np.sign(lean)
            grown, angle = length * (0.6 + 0.4 * i / count), np.pi / 2 - side * rng.uniform(0.2, 0.8)
            _leaf(scene, y, x, length * 0.3, angle - side * 0.5, 0.1, violet * 0.6)
            _bell(
                scene,
                y + length * 0.2,
                x + side * length * 0.25,
                grown,
                angle,
                (0.13, 0.22, 0.22, 0.2, 0.23),
                violet,
                mouth=np.minimum(violet * 1.25, 1),
                lobes=3,
                scallop=-0.22,
                flare=0.17,
                veins=0.12,
            )


def _crocus(scene):
    rng, size = scene.rng, len(scene.image)
    for view in _places(scene, 4, 0.3, 0.42, crowd=0.7):
        roll = rng.random()
        colour = _pick(rng, PURPLE if roll < 0.6 else WHITE if roll < 0.8 else YELLOW)
        stripe = colour * 0.6 if rng.random() < 0.5 else None
        for _ in range(4):
            y, x = view.y + view.radius * 1.3, view.x + rng.normal(0, 5)
            _leaf(scene, y, x, size * rng.uniform(0.3, 0.6), rng.normal(-1.57, 0.6), 0.025, _pick(rng, GREEN))
        if rng.random() < 0.3:  # from above, open
            _shadow(scene, view.y, view.x, view.radius)
            _ring(scene, view, 6, 0.36, colour, colour * 0.8, belly=0.6, blunt=0.55, veins=0.1)
            _stamens(scene, view, 3, 0.2, _pick(rng, ORANGE), _pick(rng, ORANGE), 0.06)
            continue
        foot, length = view.y + view.radius * 0.7, view.radius * 1.6
        tilt = rng.normal(-np.pi / 2, 0.2)
        _stem(
            scene,
            foot - 2,
            view.x,
            view.x + rng.normal(0, 4),
            max(0.1 * view.radius, 1),
            np.minimum(colour * 0.6 + 0.35, 1),
        )
        wide = rng.uniform(0.8, 1.2)
        back, front = np.array((0.08, 0.26, 0.36, 0.4, 0.36)) * wide, np.array((0.08, 0.27, 0.34, 0.3, 0.18)) * wide
        _bell(scene, foot, view.x, length, tilt, back, colour * 0.75, lobes=4, scallop=0.35, stripe=stripe)
        _stamens(scene, View(foot - length * 0.6, view.x, length), 3, 0.12, _pick(rng, ORANGE), size=0.05)
        _bell(scene, foot, view.x, length * 0.95, tilt, front, colour, lobes=3, scallop=0.3, veins=0.12, stripe=stripe)


def _iris(scene):
    rng = scene.rng
    for view in _places(scene, 2, 0.34, 0.46):
        _stand(scene, view, leaf=0.9, width=0.04, leaves=3)
        roll = rng.random()
        colour = _pick(rng, PURPLE if roll < 0.7 else YELLOW if roll < 0.85 else WHITE, 0.04)
        upper = np.minimum(colour * rng.uniform(0.9, 1.3), 1)
        signal = _pick(rng, YELLOW)
        # Three petals stand, three fall; the other places of each ring stay empty.
        tilt, squash = rng.normal(0, 0.25), rng.uniform(0.75, 1)
        up = View(view.y, view.x, view.radius, tilt - np.pi / 2, squash, 0.0)
        down = View(view.y, view.x, view.radius, tilt + np.pi / 2, squash, 0.0)
        _ring(
            scene,
            up,
            9,
            0.28,
            upper,
            upper * 0.75,
            lengths=(0.9, 1, 0, 0, 0, 0, 0, 0, 1),
            belly=0.6,
            blunt=0.4,
            veins=0.1,
            ragged=0.06,
        )
        _ring(
            scene,
            down,
            5,
            0.36,
            colour,
            signal,
            lengths=(0.85, 1, 0, 0, 1),
            belly=0.74,
            blunt=0.35,
            veins=0.2,
            relief=0.35,
            blotch=signal,
        )
        _ring(scene, down, 3, 0.22, upper * 1.05, length=0.36, belly=0.6, blunt=0.5, ragged=0.05)


def _tiger_lily(scene):
    rng = scene.rng
    for view in _places(scene, 3, 0.32, 0.46):
        _stand(scene, view, leaf=0.4, width=0.07, leaves=3)
        roll = rng.random()
        colour = _pick(rng, ORANGE if roll < 0.65 else YELLOW if roll < 0.8 else PINK)
        dark = np.array((0.30, 0.08, 0.06), np.float32)
        _ring(
            scene,
            view,
            3,
            0.22,
            colour,
            colour * 0.9,
            belly=0.45,
            blunt=0.9,
            spots=dark,
            turn=0.5,
            veins=0.08,
            relief=0.4,
        )
        _ring(scene, view, 3, 0.27, colour, colour * 0.9, belly=0.45, blunt=0.9, spots=dark, veins=0.08, relief=0.4)
        _stamens(scene, view, 6, 0.5, dark * 1.3, np.minimum(colour * 1.1, 1), 0.055)


def _tulip(scene):
    rng = scene.rng
    palette = (RED, YELLOW, PINK, PURPLE, WHITE)[rng.integers(5)]
    for view in _places(scene, 3, 0.26, 0.4):
        _stand(scene, view, thickness=0.09, leaf=0.7, width=0.12)
        colour = _pick(rng, palette)
        edge = np.minimum(colour * 1.15 + 0.05, 1) if rng.random() < 0.6 else _pick(rng, YELLOW)
        if rng.random() < 0.2:  # from above
            _ring(scene, view, 3, 0.55, edge, colour * 0.7, turn=0.5, belly=0.62, blunt=0.35, relief=0.3)
            _ring(
                scene,
                view,
                3,
                0.5,
                edge,
                colour * 0.6,
                belly=0.62,
                blunt=0.35,
                length=0.9,
                blotch=_pick(rng, YELLOW) * 0.6,
            )
            _stamens(scene, view, 6, 0.2, np.array((0.15, 0.1, 0.12), np.float32), size=0.07)
            continue
        length, tilt, wide = view.radius * 1.9, rng.normal(-np.pi / 2, 0.15), rng.uniform(0.85, 1.15)
        y, x = view.y + length * 0.5, view.x
        back, front = np.array((0.2, 0.4, 0.42, 0.4, 0.38)) * wide, np.array((0.2, 0.41, 0.42, 0.38, 0.3)) * wide
        _bell(scene, y, x, length, tilt, back, colour * 0.7, mouth=edge * 0.75, lobes=2, scallop=0.22, seams=0.4)
        _bell(
            scene, y, x, length * 0.97, tilt, front, colour, mouth=edge, lobes=3, scallop=0.24, seams=0.35, veins=0.06
        )


def _fritillary(scene):
    rng, size = scene.rng, len(scene.image)
    for view in _places(scene, 3, 0.28, 0.42):
        green, length, tilt = _pick(rng, GREEN), view.radius * 1.5, rng.normal(np.pi / 2, 0.2)
        y, x = view.y - length * 0.5, view.x
        foot = x + rng.choice((-1, 1)) * rng.uniform(0.12, 0.35) * size
        _stem(scene, y - length * 0.04, x + np.sign(foot - x) * length * 0.06, foot, max(0.04 * length, 0.8), green)
        for _ in range(2):
            _leaf(scene, size * 0.95, foot, size * rng.uniform(0.4, 0.7), rng.normal(-1.57, 0.6), 0.035, green)
        pale = rng.random() < 0.2
        colour = _pick(rng, WHITE) if pale else _pick(rng, PURPLE) * np.array((1.0, 0.7, 0.7), np.float32)
        checks = _pick(rng, GREEN) * 1.4 if pale else np.minimum(colour + 0.35, 1)
        outline = np.array((0.16, 0.36, 0.4, 0.4, 0.36)) * rng.uniform(0.85, 1.1)
        _bell(scene, y, x, length, tilt, outline, colour, lobes=3, scallop=0.16, checks=checks)


def _sunflower(scene):
    rng = scene.rng
    for view in _places(scene, 3, 0.3, 0.47, crowd=0.4):
        _stand(scene, view, thickness=0.07, leaf=0.4, width=0.35)
        colour, brown = _pick(rng, YELLOW), np.array((0.30, 0.18, 0.08), np.float32) * rng.uniform(0.6, 1.5)
        count, disc = int(rng.integers(17, 26)), rng.uniform(0.38, 0.55)
        for turn, scale in ((0.5, 1.0), (0.0, 0.93)):
            _ring(
                scene,
                view,
                count,
                0.13,
                colour,
                colour * 0.85,
                belly=0.55,
                blunt=0.8,
                length=scale,
                turn=turn,
                veins=0.15,
            )
        _disc(scene, view, disc, brown * rng.uniform(0.6, 1.6), brown, grain=0.35, seeds=10)


def _daisy(scene):
    rng = scene.rng
    for view in _places(scene, 5, 0.24, 0.42, crowd=0.6):
        _stand(scene, view, thickness=0.05, leaf=0.3, width=0.15)
        colour = _pick(rng, WHITE) if rng.random() < 0.8 else np.minimum(_pick(rng, PINK) + 0.2, 1)
        count = int(rng.integers(17, 30))
        for turn, scale in ((0.5, 1.0), (0.0, 0.94)):
            _ring(scene, view, count, 0.09, colour, belly=0.7, blunt=0.28, length=scale, turn=turn, ragged=0.07)
        _disc(scene, view, rng.uniform(0.24, 0.36), _pick(rng, YELLOW), _pick(rng, ORANGE), grain=0.2)


def _coltsfoot(scene):
    rng, size = scene.rng, len(scene.image)
    for view in _places(scene, 5, 0.2, 0.36, crowd=0.7):
        colour, stalk = _pick(rng, YELLOW), np.array((0.50, 0.36, 0.25), np.float32) * rng.uniform(0.8, 1.2)
        foot, thick = view.x + rng.normal(0, 0.15) * size, max(0.13 * view.radius, 1.2)
        _stem(scene, view.y, view.x, foot, thick, stalk)
        for t in np.arange(0.25, 1, 0.14):  # the scaly stalk
            y, x = view.y + (size - view.y) * t, view.x + (foot - view.x) * t**2
            _leaf(scene, y, x, thick * 4, -np.pi / 2 + 0.4 * rng.choice((-1, 1)), 0.3, stalk * (1, 0.8, 0.9))
        _shadow(scene, view.y, view.x, view.radius)
        for turn, scale in ((0.3, 1.0), (0.6, 0.9), (0.0, 0.78)):
            _ring(
                scene, view, 46, 0.035, colour, belly=0.75, blunt=0.2, length=scale, turn=turn, ragged=0.08, relief=0.1
            )
        _disc(scene, view, rng.uniform(0.26, 0.36), colour * (0.95, 0.85, 0.8), colour * 0.75, grain=0.4, seeds=6)


def _dandelion(scene):
    rng = scene.rng
    for view in _places(scene, 4, 0.24, 0.42):
        _stand(scene, view, thickness=0.06, leaf=0.4, width=0.12)
        colour = _pick(rng, YELLOW)
        for scale in (1.0, 0.9, 0.78, 0.64, 0.5, 0.34, 0.2):
            count = int(16 + 22 * scale)
            turn = rng.random()
            _ring(
                scene,
                view,
                count,
                0.07,
                colour * (0.8 + 0.2 * scale),
                colour * 0.8,
                belly=0.8,
                blunt=0.15,
                length=scale,
                turn=turn,
                ragged=0.1,
                relief=0.15,
            )


def _cowslip(scene):
    rng, size = scene.rng, len(scene.image)
    for _ in range(rng.integers(1, 3)):
        green, colour, deep = _pick(rng, GREEN, 0.03) * 1.1, _pick(rng, YELLOW), _pick(rng, ORANGE)
        y0, x0 = rng.uniform(0.15, 0.4) * size, rng.uniform(0.25, 0.75) * size
        _stem(scene, y0, x0, x0 + rng.normal(0, 0.12) * size, 0.014 * size + 0.6, green)
        if rng.random() < 0.6:
            _leaf(scene, size, x0, size * 0.5, rng.normal(-1.57, 0.7), 0.22, green * 0.8)
        length = rng.uniform(0.2, 0.3) * size
        lean = rng.normal(0, 0.5)
        for spread in rng.permutation(np.linspace(-1.4, 1.4, rng.integers(5, 10))):
            angle = np.pi / 2 + lean + spread + rng.normal(0, 0.15)
            grown = length * rng.uniform(0.65, 1.2)
            _bell(scene, y0, x0, grown, angle, (0.02, 0.03, 0.1, 0.12, 0.09), green * 1.15, lobes=3, scallop=0.12)
            y, x = y0 + np.sin(angle) * grown * 0.95, x0 + np.cos(angle) * grown * 0.95
            face = View(y, x, grown * 0.36, rng.uniform(-3, 3), rng.uniform(0.4, 0.85), angle)
            _ring(scene, face, 5, 0.42, colour, colour * 0.9, belly=0.66, blunt=0.4, notch=0.25)
            _ring(scene, face, 5, 0.3, deep, length=0.42, belly=0.6, ragged=0.03)


def _buttercup(scene):
    rng = scene.rng
    for view in _places(scene, 4, 0.22, 0.4, crowd=0.65):
        _stand(scene, view, thickness=0.05, leaf=0.3, width=0.08)
        colour = _pick(rng, YELLOW)
        _ring(scene, view, 5, 0.56, np.minimum(colour * 1.08, 1), colour * 0.85, belly=0.66, blunt=0.3, relief=0.45)
        _stamens(scene, view, 18, 0.24, colour * 0.8, colour * 0.85, 0.05)
        _disc(scene, view, 0.13, _pick(rng, GREEN) * 1.3, grain=0.3, seeds=4)


def _windflower(scene):
    rng = scene.rng
    for view in _places(scene, 4, 0.24, 0.42, crowd=0.6):
        _stand(scene, view, thickness=0.04, leaf=0.25, width=0.2, leaves=3)
        roll = rng.random()
        colour = _pick(rng, WHITE if roll < 0.7 else PURPLE if roll < 0.85 else PINK)
        count = int(rng.integers(6, 9))
        _ring(scene, view, count, 0.3, colour, colour * 0.92, belly=0.58, blunt=0.45, veins=0.08)
        _stamens(scene, view, 22, 0.27, _pick(rng, YELLOW), np.minimum(colour * 1.05, 1) * 0.9, 0.035)
        _disc(scene, view, 0.12, _pick(rng, GREEN) * 1.3, grain=0.3, seeds=4)


def _pansy(scene):
    rng = scene.rng
    palettes = (PURPLE, YELLOW, WHITE, RED)
    first, second = rng.integers(4), rng.integers(4)
    for view in _places(scene, 3, 0.26, 0.42):
        _stand(scene, view, thickness=0.05, leaf=0.3, width=0.25)
        upper, lower = _pick(rng, palettes[first]), _pick(rng, palettes[first if rng.random() < 0.5 else second])
        dark = np.array((0.16, 0.05, 0.2), np.float32)
        up = View(view.y, view.x, view.radius, rng.normal(-np.pi / 2, 0.3), max(view.squash, 0.7), view.axis)
        # Petal 0 and 1 of each ring lie a ring's step apart: two above, two at the sides, one wide below.
        _ring(scene, up, 4, 0.62, upper, upper * 0.85, turn=0.5, lengths=(1, 0.1, 0.1, 1), belly=0.64, blunt=0.3)
        _ring(scene, up, 4, 0.6, lower, lower * 0.9, lengths=(0.1, 0.85, 0.1, 0.85), belly=0.64, blunt=0.3, blotch=dark)
        down = View(up.y, up.x, up.radius, up.rotation + np.pi, up.squash, up.axis)
        _ring(
            scene, down, 2, 0.66, lower, lower * 0.9, lengths=(0.9, 0.1), belly=0.66, blunt=0.28, blotch=dark, notch=0.1
        )
        _disc(scene, view, 0.1, _pick(rng, YELLOW), grain=0.1)


SPECIES = (
    "daffodil",
    "snowdrop",
    "lily of the valley",
    "bluebell",
    "crocus",
    "iris",
    "tiger lily",
    "tulip",
    "fritillary",
    "sunflower",
    "daisy",
    "coltsfoot",
    "dandelion",
    "cowslip",
    "buttercup",
    "windflower",
    "pansy",
)
"""Names in the order of the labels, which is the order of flowers17's photographs."""

PLANTS = (
    _daffodil,
    _snowdrop,
    _lily_of_the_valley,
    _bluebell,
    _crocus,
    _iris,
    _tiger_lily,
    _tulip,
    _fritillary,
    _sunflower,
    _daisy,
    _coltsfoot,
    _dandelion,
    _cowslip,
    _buttercup,
    _windflower,
    _pansy,
)
