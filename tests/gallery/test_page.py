"""The gallery in a real browser: built from made-up artifacts, then pointed at, typed at, and checked by axe-core."""

import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from lib.build.config import Settings

CHROMIUM = Path("/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]
SOURCES = [Path(__file__).parents[2] / "lib" / "gallery" / f"page.{kind}" for kind in ("html", "css", "js")]
TEXT = "TO DO\nLIST 1"
READ = "T0 DO\nLIST 1"


def draw_page(size=(800, 500)):
    """A page with TEXT on it, and the box of each letter."""
    image = Image.new("RGB", size, "#e9e4d8")
    draw = ImageDraw.Draw(image)
    boxes, y = [], 60
    font = ImageFont.load_default(size=120)
    for line in TEXT.splitlines():
        x = 60
        for letter in line:
            if letter != " ":
                draw.text((x, y), letter, fill="#22252c", font=font)
                left, top, right, bottom = draw.textbbox((x, y), letter, font=font)
                boxes.append([int(top), int(left), int(bottom), int(right)])
            x += 100 if letter != " " else 60
        y += 200
    return image, boxes


def encode(image, kind="PNG"):
    """An image as the bytes of a file."""
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def reading(boxes, text, probability):
    """What a network read, as stages/reading.py writes it."""
    letters = [
        {
            "box": box,
            "line": line,
            "word": word,
            "letter": letter,
            "in_context": letter if letter != "0" else "O",
            "probability": probability,
            "alternatives": [[letter, probability], ["Q", 1 - probability]],
        }
        for box, (line, word, letter) in zip(boxes, places(text), strict=True)
    ]
    return {"text": text, "letters": letters}


def places(text):
    """Line, word and letter of each letter of a text."""
    words = [(line, word) for line, words in enumerate(text.splitlines()) for word in words.split()]
    return [(line, k, letter) for k, (line, word) in enumerate(words) for letter in word]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """An index.html of two pages, two networks, three curves and three figures."""
    from stages import gallery

    folder = tmp_path_factory.mktemp("gallery")
    image, boxes = draw_page()
    (folder / "one.png").write_bytes(encode(image))
    (folder / "two.png").write_bytes(encode(Image.new("RGB", (300, 400), "white")))
    (folder / "one.txt").write_text(TEXT + "\n")
    for name, text, probability in (("mlp", READ, 0.55), ("cnn", TEXT, 0.97)):
        (folder / f"{name}.json").write_text(json.dumps(reading(boxes, text, probability)))
    (folder / "empty.json").write_text(json.dumps({"text": "", "letters": []}))
    results = {
        "q3.test_accuracy": 0.813,
        "q3.test_accuracy_low": 0.8,
        "q3.test_accuracy_high": 0.82,
        "q3.spare_number": 3e-9,
        "q4.one.true": 9,
        "q4.one.letter_accuracy": 8 / 9,
        "q4.one.char_accuracy": 0.9,
    }
    (folder / "results.json").write_text(json.dumps(results))
    epochs = np.arange(1, 13)
    names = ("train_accuracy", "valid_accuracy", "train_loss", "valid_loss")
    for k in range(3):
        curves = (1 - 0.7 / epochs, 0.9 - 0.6 / epochs, 2 / epochs, 0.5 + (1 + k) / epochs)
        if k:
            np.savez(folder / f"fit_{k}.npz", **dict(zip(names, curves, strict=True)))
        else:
            values = dict(zip(names, map(list, curves), strict=True))
            (folder / "curves.json").write_text(json.dumps(values))
    figures = []
    for name, shape in (("a", (300, 200)), ("b", (900, 200)), ("c", (200, 300))):
        (folder / f"{name}.png").write_bytes(encode(Image.new("RGB", shape, "#89a")))
        figures.append(
            {
                "id": f"Q3.1.2.{name}",
                "question": "Q3.1.2",
                "title": f"Figure {name}",
                "caption": f"What is <seen> in {name}.",
                "steps": ["training.draw_rates", "training.fit"],
                "settings": {"training": {"learning_rate": [0.01, 0.1], "channels": [[16, 32]], "nothing": []}},
            }
        )
    settings = Settings(
        "gallery",
        {
            "longest": 800,
            "quality": 80,
            "source": "embedded",
            "about": "Made up.",
            "writeup": "writeup.pdf",
            "figures": figures,
            "pages": [{"name": "one", "text": True}, {"name": "two", "text": False}],
            "readers": [["numpy", "Network in numpy", "letter"], ["cnn", "Convolutional network", "letter"]],
            "histories": ["network in numpy", "rate 0.1"],
        },
    )
    gallery.build(
        SOURCES,
        folder / "results.json",
        [folder / f"{figure['id'].rpartition('.')[2]}.png" for figure in figures],
        [folder / "one.png", folder / "two.png"],
        [folder / "one.txt"],
        [[folder / f"{name}.json", folder / "empty.json"] for name in ("mlp", "cnn")],
        [[folder / "curves.json"], [folder / "fit_1.npz", folder / "fit_2.npz"]],
        folder / "index.html",
        settings=settings,
    )
    return folder / "index.html"


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[test]'")
    if not CHROMIUM.is_file():
        pytest.skip(f"there is no {CHROMIUM}: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser, index):
    """Opens the page from its file; at the end nothing may have been complained about or asked of a network."""
    contexts, complaints = [], []

    def open_with(**options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: asked.url.startswith("http") and complaints.append(asked.url))
        page.goto(index.as_uri())
        return page

    yield open_with
    for context in contexts:
        context.close()
    assert complaints == []


def test_one_file_holds_everything(index):
    html = index.read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href)=(?!["']?(?:data:|#|writeup\.pdf))""", html)
    assert "What is &lt;seen&gt; in a." in html
    assert "doit pull Q3.1.2.a --to DIR" in html


def test_all_images_load(open_page):
    page = open_page()
    page.wait_for_function("[...document.images].filter(i => i.hasAttribute('src')).every(image => image.complete)")
    sizes = page.evaluate("[...document.images].filter(i => i.hasAttribute('src')).map(image => image.naturalWidth)")
    assert len(sizes) == 5 and min(sizes) > 0


def test_pointing_at_a_box_shows_letter_probability_and_alternatives(open_page):
    page = open_page()
    box = page.locator(".sheet:not([hidden]) .boxes button").nth(1)
    box.hover()
    assert page.locator(".char").inner_text() == "0"
    assert page.locator(".sure").inner_text() == "55.0 %\nit is O"
    assert page.locator(".alternatives li").all_inner_texts()[0].split() == ["0", "55.0", "%"]
    assert "wrong" in box.get_attribute("class")
    assert page.locator(".text .now").inner_text() == "0"
    ink = "canvas => Math.min(...canvas.getContext('2d').getImageData(0, 0, 160, 160).data)"
    assert page.locator(".letter canvas").evaluate(ink) < 80  # the letter itself, not paper


def test_text_is_laid_out_as_it_was_read(open_page):
    page = open_page()
    assert page.locator(".text").inner_text().split("\n") == ["T0 DO", "", "LIST 1"] or page.locator(
        ".text p"
    ).all_inner_texts() == ["T0 DO", "LIST 1"]


def test_the_other_network_answers_on_the_same_page(open_page):
    page = open_page()
    page.locator(".sheet:not([hidden]) .boxes button").nth(1).hover()
    page.locator("#reader").select_option(label="Convolutional network")
    assert page.locator(".char").inner_text() == "O"
    assert page.locator(".sure").inner_text() == "97.0 %"
    assert page.locator(".boxes button.wrong").count() == 0
    assert page.locator(".score").inner_text().startswith("9 of 9 letters right")
    assert page.locator(".opinions tr").count() == 2


def test_arrow_keys_walk_along_the_text_and_between_lines(open_page):
    page = open_page()
    page.locator('.boxes button[tabindex="0"]').first.focus()
    letters = []
    for key in ("ArrowRight", "ArrowDown", "End", "ArrowUp", "Home", "ArrowLeft"):
        page.keyboard.press(key)
        letters.append(page.locator(".char").inner_text())
    assert letters == ["0", "I", "1", "O", "T", "T"]


def test_a_page_without_letters_says_so(open_page):
    page = open_page()
    page.get_by_role("button", name="two").click()
    assert page.locator(".score").inner_text() == "No letters were found on this page."
    assert page.locator(".letter").is_hidden()
    page.get_by_role("button", name="one").click()
    assert page.locator(".letter").is_visible()


def test_curves_are_read_by_pointer_and_by_keyboard(open_page):
    page = open_page()
    slider = page.locator(".epoch input")
    assert page.locator(".readout tbody td").all_inner_texts() == ["85.0 %", "94.2 %", "0.583", "0.167"]
    slider.focus()
    page.keyboard.press("Home")
    assert page.locator(".epoch output").inner_text() == "1 of 12"
    assert page.locator(".readout tbody td").all_inner_texts() == ["30.0 %", "30.0 %", "1.50", "2.00"]
    assert "Accuracy, held-out 30.0 %" in slider.get_attribute("aria-valuetext")
    chart = page.locator(".chart svg").first
    chart.scroll_into_view_if_needed()
    area = chart.bounding_box()
    page.mouse.move(area["x"] + area["width"] - 15, area["y"] + 80)
    assert page.locator(".epoch output").inner_text() == "12 of 12"
    page.get_by_text("rate 0.1", exact=True).click()
    assert page.locator(".readout tbody tr").count() == 2
    assert page.locator(".readout tbody tr").nth(1).locator("td").nth(2).inner_text() == "0.708"


def test_figures_are_found_enlarged_and_walked_through(open_page):
    page = open_page()
    page.get_by_label("Find").fill("figure b")
    assert page.locator("figure:visible").count() == 1
    assert page.locator(".count").inner_text() == "1 of 3 figures"
    page.get_by_label("Find").fill("")
    page.get_by_role("button", name="Enlarge: Figure a").click()
    dialog = page.get_by_role("dialog")
    assert dialog.locator("p").inner_text() == "Figure a"
    page.keyboard.press("ArrowRight")
    assert dialog.locator("p").inner_text() == "Figure b"
    page.keyboard.press("Escape")
    assert dialog.is_hidden()
    page.locator("figure summary").first.click()
    assert "learning rate 0.01 · 0.1" in page.locator("figure dl").first.inner_text()
    assert "channels 16, 32" in page.locator("figure dl").first.inner_text()


def test_dark_follows_the_system_and_the_button(open_page):
    paper = "getComputedStyle(document.body).backgroundColor"
    page = open_page(color_scheme="dark")
    dark = page.evaluate(paper)
    button = page.get_by_role("button", name="Dark colours")
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    light = page.evaluate(paper)
    assert light != dark and button.get_attribute("aria-pressed") == "false"
    page.reload()
    assert page.evaluate(paper) == light  # remembered
    assert open_page(color_scheme="light").evaluate(paper) == light


@pytest.mark.parametrize("width", [320, 390, 768])
def test_nothing_scrolls_sideways_on_a_phone(open_page, width):
    page = open_page(viewport={"width": width, "height": 800}, has_touch=True, is_mobile=True)
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    box = page.locator(".sheet:not([hidden]) .boxes button").nth(1)
    box.scroll_into_view_if_needed()
    area = box.bounding_box()
    page.touchscreen.tap(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
    assert page.locator(".char").inner_text() == "0"
    assert page.locator(".letter").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious(open_page, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page = open_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    for summary in page.locator("summary").all():
        summary.click()
    page.locator(".runs input").nth(1).check(force=True)
    found = axe.Axe().run(page).response["violations"]
    grave = {
        one["id"]: [node["target"] for node in one["nodes"]][:5]
        for one in found
        if one["impact"] in ("serious", "critical")
    }
    assert grave == {}
