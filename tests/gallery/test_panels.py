"""The page's address, colours, paper, downloads, mistakes and graph, in a browser."""

import json
import re

import numpy as np
import pytest

from tests.gallery.conftest import build, make_network

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
A4 = 688  # pixels between margins of 14 mm


def hash_of(page, begins):
    """The address's fragment, once it begins so: it is written a moment after what it says."""
    page.wait_for_url(re.compile(rf"#{re.escape(begins)}"))
    return page.evaluate("decodeURIComponent(location.hash)")


def test_page_reader_and_letter_stand_in_the_address_and_are_found_again(open_page):
    page = open_page()
    page.locator("#reader").select_option(label="Network in numpy, in context")
    page.locator('.boxes button[tabindex="0"]').first.focus()
    page.keyboard.press("ArrowRight")
    assert hash_of(page, "pages/one/numpy_mlp.in_context/2") == "#pages/one/numpy_mlp.in_context/2"
    page.reload()
    assert page.locator("#reader").input_value() == "numpy_mlp.in_context"
    assert page.locator(".letter .char").inner_text() == "O"
    page.evaluate("location.hash = '#pages/two/emnist_cnn/1'")
    page.get_by_text("No letters were found on this page.").wait_for()
    assert page.locator("[data-page='1']").get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize("fragment", ["pages/none/nobody/99", "pages/%E0%A4%A", "graph/none", "pages/one", "nothing/x"])
def test_an_address_of_what_is_not_there_shows_what_is(open_page, index, fragment):
    page = open_page()
    page.goto("about:blank")
    page.goto(f"{index.as_uri()}#{fragment}")
    assert page.locator(".letter .char").inner_text() == "T"
    assert page.locator(".task h3").inner_text() == "data/a"


def test_a_figure_of_lines_is_turned_in_the_dark_and_one_with_pixels_never(open_page):
    filters = "images => images.map(image => getComputedStyle(image).filter.split('(')[0])"
    page = open_page(color_scheme="dark")
    assert page.locator("figure img").evaluate_all(filters) == ["invert", "brightness", "invert"]
    page.get_by_role("button", name="Dark colours").click()
    assert page.locator("figure img").evaluate_all(filters) == ["none"] * 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_paper_nothing_is_cut_off_and_all_is_light(open_page, scheme):
    page = open_page(color_scheme=scheme, viewport={"width": A4, "height": 1000})
    page.emulate_media(media="print", color_scheme=scheme)
    wide = page.locator(".result.wide")
    assert wide.count() == 2
    for table in wide.locator("table").all():
        place = table.bounding_box()
        assert place["x"] >= 0 and place["x"] + place["width"] <= A4
        assert table.locator("td").last.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= A4
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("figure img").first.evaluate("image => getComputedStyle(image).filter") == "none"
    assert not any(page.locator(part).first.is_visible() for part in (".bar", "#draw", "#graph", ".copy"))


def test_a_phone_is_told_to_tap_and_a_mouse_to_point(open_page):
    phone, desktop = (open_page(**how).locator("main").inner_text() for how in (PHONE, {}))
    assert "Tap a letter." in phone and "Point at" not in phone and "arrow keys" not in phone
    assert "Point at a letter" in desktop and "Tap" not in desktop


def test_the_page_opens_with_a_line_that_was_read(open_page):
    page = open_page()
    picture = page.locator(".strip img")
    assert picture.get_attribute("alt") == "A line of the page one: LIST1"
    place = picture.bounding_box()
    assert place["y"] + place["height"] < 900  # above the fold
    assert page.locator(".below").inner_text().replace("\n", "") == "LIST1"
    assert page.locator(".credit").inner_text() == "one, read by: Convolutional network on EMNIST"  # all right, alone
    letter, box = (page.locator(f".strip {part}").first.bounding_box() for part in ("span", "i"))
    assert letter["x"] == pytest.approx(box["x"], abs=2)


def test_the_page_says_from_which_commit_and_with_which_settings_it_was_built(open_page):
    text = open_page().locator("footer").inner_text()
    assert re.search(r"on 2026-11-26 ..:.. from commit ab12cd3, with edits \(run 2\), with these settings: train", text)


def test_the_page_shows_what_each_run_changed(open_page):
    page = open_page()
    rows = page.locator(".log tbody tr")
    assert rows.nth(0).inner_text().split("\t")[4] == "3 built; interrupted after 2 of 3" and rows.count() == 3
    assert page.locator("#runs h3").inner_text() == "Run 3 beside run 2"
    page.get_by_role("button", name="2", exact=True).click()
    assert page.locator("#runs h3").inner_text() == "Run 2 beside run 1"
    assert page.locator(".settings").inner_text().strip() == "training.epochs: 30 → 3"
    (change,) = page.locator(".changes tbody tr").all()
    assert change.inner_text().split("\t")[2:] == ["80.0 %", "81.3 %", "+1.3 points", "beyond 79.0 to 81.0"]
    page.get_by_role("button", name="1", exact=True).click()
    assert page.locator("#runs h3").inner_text() == "Run 1 is the first" and not page.locator(".changes tr").count()


def test_a_page_that_was_taken_elsewhere_has_no_runs(browser, index, tmp_path):
    (tmp_path / "index.html").write_bytes(index.read_bytes())
    page = browser.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    assert not page.locator("#runs, .bar [href='#runs']").first.is_visible()
    assert page.locator("footer").inner_text().endswith("gallery, with these settings: training.epochs=3.")
    page.close()


def test_the_page_says_which_numbers_are_not_those_of_the_readme(open_page):
    shipped = open_page().locator(".shipped")
    assert shipped.locator("summary").inner_text().startswith("4 of the 4 numbers")  # and the letters on the page
    shipped.locator("summary").click()
    assert shipped.locator("tr").nth(1).inner_text().split("\t") == ["Q3 Test accuracy", "86.8 %", "81.3 %"]


def test_a_page_with_nothing_to_complain_of_opens(open_page, tmp_path):
    weights, nist36, predictions = make_network()
    perfect = predictions | {"logits": np.eye(3)[predictions["labels"]]}
    words = {"about": "", "data_name": "", "command": "./doitw", "writeup": "w.pdf", "source": "embedded", "tested": ""}
    words |= {"changed": {}}
    (tmp_path / "same.json").write_text(json.dumps({"embedded": {"lines": []}}))
    nothing = {"results": {}, "declared": [], "pages": [], "shipped": tmp_path / "same.json", "headline": []}
    page = open_page(build(tmp_path, words=words, predictions=perfect, **nothing))
    assert not page.locator(".strip, #pages").count()
    assert page.locator(".behind p").inner_text() == "A, read right: 10 images, 6 of them here"
    assert page.locator(".shipped").inner_text() == "All 0 numbers in README.md are the same here."
    assert page.locator("footer").inner_text().endswith(", with the default settings.")


def test_numbers_and_pictures_can_be_saved(open_page):
    page = open_page()
    with page.expect_download() as download:
        page.get_by_text("Save results.json").click()
    assert json.loads(download.value.path().read_text())["q3.test_accuracy"] == 0.813
    page.locator("figure summary").first.click()
    with page.expect_download() as download:
        page.get_by_text("Save picture").first.click()
    assert download.value.suggested_filename == "Q3.1.2_a.webp"
    assert download.value.path().read_bytes()[8:12] == b"WEBP"


def test_a_square_of_the_matrix_shows_its_images_by_pointer_and_keyboard(open_page):
    page = open_page()
    said = page.locator(".behind p")
    assert said.inner_text() == "A read as B: 1 image"
    page.get_by_role("button", name="B, read right: 9 images").hover()
    assert said.inner_text() == "B, read right: 9 images, 6 of them here"
    grey = "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data"
    pixels = page.locator(".behind canvas").evaluate(f"{grey.replace('canvas =>', 'canvas => [...')}]")
    assert len(pixels) == 6 * 32 * 32 * 4 and set(pixels) == {85, 255}  # B is a third, opaque
    page.locator(".matrix button[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    assert said.inner_text() == "B read as C: 1 image"
    page.keyboard.press("ArrowDown")
    assert said.inner_text() == "C, read right: 9 images, 6 of them here"


def test_a_box_of_the_graph_shows_what_it_reads_makes_and_runs(open_page):
    page = open_page()
    page.locator(".board button", has_text="fits/{seed} × 4").click()
    panel = page.locator(".task")
    assert panel.locator("dd").all_inner_texts() == [
        "fits/{seed}",
        "data/aimages/one.jpg",
        "Q3.1.2/a",
        "epochs 30",
        "lib.a:fit",
    ]
    assert panel.locator("pre").inner_text() == "def fit():\n    pass"
    assert [
        page.locator(f".board {part}").count() for part in ("button.source", "button.user", "path.source", "path.user")
    ] == [1] * 4
    assert hash_of(page, "graph/") == "#graph/fits/{seed}"
    panel.get_by_role("button", name="Q3.1.2/a").click()
    assert panel.locator("pre").inner_text() == "draw"
    assert panel.get_by_role("link", name="Q3.1.2/a").get_attribute("href") == "#Q3.1.2/a"
    page.locator(".board .now").focus()
    page.keyboard.press("ArrowLeft")
    assert panel.locator("h3").inner_text() == "fits/{seed} × 4"


def test_a_slider_goes_through_the_epochs_and_says_which_one_is_shown(open_page):
    page = open_page()
    first, second = page.locator(".changing").all()
    slider = first.get_by_role("slider")
    assert first.locator("output").inner_text() == "epoch 2" and slider.input_value() == "1"
    pixels = "canvas => canvas.toDataURL()"
    after = first.locator("canvas").evaluate(pixels)
    slider.press("ArrowLeft")
    assert first.locator("output").inner_text() == "before training"
    assert first.locator("canvas").evaluate(pixels) != after
    assert second.locator("output").inner_text() == "epoch 4"
