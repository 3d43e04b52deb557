"""What the page reads by itself, in a browser, against what Python makes of the same pixels."""

import base64
import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont, ImageOps
from skimage.morphology import skeletonize

from lib.data.datasets import NIST36_CLASSES
from lib.steps.reading import numpy_probs
from lib.vision.crops import Style, draw_letter
from lib.vision.page import read_page
from lib.vision.text import compose
from tests.gallery.conftest import STYLES, draw_page, encode, make_network

WEIGHTS = make_network()[0]
STYLE = Style(**STYLES["crops32"])
PROBS = "([...classify(unpackNetwork(data.network), drawLetter({}, data.network.style))])"


def glyph(letter, size, turn=0):
    """A letter's ink, grey at its edges."""
    image = Image.new("L", (2 * size, 2 * size))
    ImageDraw.Draw(image).text((size // 2, size // 3), letter, fill=255, font=ImageFont.load_default(size=size))
    return np.asarray(image.rotate(turn, Image.Resampling.BILINEAR), np.float32) / 255


def as_js(array):
    """An image as the script has it."""
    return f"image({array.shape[0]}, {array.shape[1]}, Float64Array.from({array.ravel().tolist()}))"


def probs(drawn):
    """Probabilities of drawn letters by the page's network in Python."""
    return numpy_probs({"crops32": np.array(drawn)}, WEIGHTS)[0]


@pytest.mark.parametrize(
    "letter, size, turn", [("A", 20, 0), ("8", 33, 20), ("O", 64, 45), ("I", 90, 7), ("Q", 12, 80)]
)
def test_a_letter_is_drawn_and_read_as_in_python(open_page, letter, size, turn):
    ink = glyph(letter, size, turn)
    page = open_page()
    for style in (STYLE, Style(size=28, height=24, width=24, stroke=1.8, edge=1.7)):
        fields = {name: getattr(style, name) for name in ("size", "height", "width", "stroke", "edge")}
        drawn = page.evaluate(f"([...drawLetter({as_js(ink)}, {fields}).data])")
        assert np.array(drawn).reshape(style.size, -1) == pytest.approx(draw_letter(ink, style), abs=1e-6)
    assert page.evaluate(PROBS.format(as_js(ink))) == pytest.approx(probs([draw_letter(ink, STYLE)])[0], abs=1e-5)


def test_middle_lines_are_those_of_scikit_image(open_page):
    page, rng = open_page(), np.random.default_rng(0)
    for _ in range(20):
        mask = np.pad(rng.random((8, 8)).repeat(5, 0).repeat(5, 1) + 0.3 * rng.random((40, 40)) > 0.6, 1)
        thin = page.evaluate(f"([...skeleton({as_js(mask.astype(float))})])")
        assert (np.array(thin).reshape(mask.shape) == skeletonize(mask)).all()


def test_what_is_drawn_on_the_pad_is_read_at_once_as_in_python(open_page):
    page = open_page()
    pad = page.locator("#pad")
    pad.scroll_into_view_if_needed()
    area = pad.bounding_box()
    for stroke in ([(0.3, 0.85), (0.5, 0.15), (0.7, 0.85)], [(0.37, 0.6), (0.63, 0.6)]):
        for k, (x, y) in enumerate(stroke):
            page.mouse.move(area["x"] + x * area["width"], area["y"] + y * area["height"], steps=5 if k else 1)
            if k == 0:
                page.mouse.down()
        page.mouse.up()
    page.locator(".verdict .alternatives li").nth(4).wait_for()
    pixels = pad.evaluate("pad => [...pad.getContext('2d').getImageData(0, 0, pad.width, pad.height).data]")
    ink = 1 - np.array(pixels, np.float32).reshape(280, 280, 4)[..., 0] / 255
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    expected = probs([draw_letter(ink, STYLE)])[0]
    assert page.evaluate(PROBS.format(as_js(ink))) == pytest.approx(expected, abs=1e-5)
    best = int(expected.argmax())
    assert page.locator(".verdict .char").inner_text() == NIST36_CLASSES[best]
    assert page.locator(".verdict .sure").inner_text() == f"{100 * expected[best]:.1f} %"
    page.get_by_role("button", name="Clear").click()
    assert page.locator(".verdict .char").inner_text() == "–"


def touching():
    """A page on which the letters of DO touch."""
    image, _ = draw_page()
    ImageDraw.Draw(image).line((396, 137, 432, 137), fill="#22252c", width=6)
    return image


def small():
    """A page that is first looked at with half its pixels, in which letters are too low."""
    image = Image.new("RGB", (1600, 300), "#e9e4d8")
    image.paste(draw_page()[0].resize((400, 250), Image.Resampling.LANCZOS), (100, 20))
    return image


@pytest.mark.parametrize(
    "make",
    [lambda: draw_page()[0], lambda: ImageOps.invert(draw_page()[0]), touching, small],
    ids=["paper", "blackboard", "touching", "small"],
)
def test_a_photograph_is_read_as_in_python(open_page, tmp_path, make):
    image = make()
    (tmp_path / "photo.png").write_bytes(encode(image))
    found = read_page(np.asarray(image), {"crops32": STYLE})
    page = open_page()
    page.locator("#photo").set_input_files(tmp_path / "photo.png")
    page.locator(".photo").wait_for()
    read = page.evaluate(
        "uri => new Promise(done => { const photo = new Image(); photo.onload = () => {"
        "const canvas = document.createElement('canvas'); [canvas.width, canvas.height] = [photo.width, photo.height];"
        "const paint = canvas.getContext('2d'); paint.drawImage(photo, 0, 0);"
        "const network = unpackNetwork(data.network);"
        "done(findLetters(paint.getImageData(0, 0, canvas.width, canvas.height)).map(one => ({ ...one,"
        "probs: [...classify(network, drawLetter(one.density, network.style))] }))); }; photo.src = uri; })",
        _uri(image),
    )
    assert len(found.boxes) == 9 and [one["box"] for one in read] == found.boxes.tolist()
    assert [one["line"] for one in read] == found.line.tolist()
    assert np.array([one["probs"] for one in read]) == pytest.approx(probs(found.crops["crops32"]), abs=1e-5)
    letters = [NIST36_CLASSES[best] for best in probs(found.crops["crops32"]).argmax(axis=1)]
    assert page.locator(".said").inner_text() == compose(letters, found.line, found.word)


def _uri(image):
    return f"data:image/png;base64,{base64.b64encode(encode(image)).decode()}"


def test_what_cannot_be_read_says_so(open_page, tmp_path):
    page = open_page()
    (tmp_path / "text.jpg").write_text("no picture")
    page.locator("#photo").set_input_files(tmp_path / "text.jpg")
    page.get_by_text("text.jpg is no picture that this browser can open").wait_for()
    blank = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(blank, "PNG")
    (tmp_path / "blank.png").write_bytes(blank.getvalue())
    page.locator("#photo").set_input_files(tmp_path / "blank.png")
    page.get_by_text("No letters were found").wait_for()
