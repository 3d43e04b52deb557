"""The gallery in a real browser: pointed at, typed at, and checked by axe-core."""

import re

import pytest

RUNS = 9  # as tests/gallery/conftest.py has them


def test_one_file_holds_everything(index):
    html = index.read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href)=(?!["']?(?:data:|#|writeup\.pdf|\.runs\.js))""", html)
    assert "What is &lt;seen&gt; in a." in html
    assert "./doitw pull Q3.1.2/a --to DIR" in html
    assert "embedded" not in html and "generated data" in html


def test_all_images_load(open_page):
    page = open_page()
    page.wait_for_function("[...document.images].filter(i => i.hasAttribute('src')).every(image => image.complete)")
    sizes = page.evaluate("[...document.images].filter(i => i.hasAttribute('src')).map(image => image.naturalWidth)")
    assert len(sizes) == 9 and min(sizes) > 0


def test_pointing_at_a_box_shows_letter_probability_and_alternatives(open_page):
    page = open_page()
    box = page.locator(".sheet:not([hidden]) .boxes button").nth(1)
    box.hover()
    assert page.locator(".letter .char").inner_text() == "0"
    assert page.locator(".letter .sure").inner_text() == "55.0 %\nit is O"
    assert page.locator(".letter .alternatives li").all_inner_texts()[0].split() == ["0", "55.0", "%"]
    assert "wrong" in box.get_attribute("class")
    assert page.locator(".text .now").inner_text() == "0"
    ink = "canvas => Math.min(...canvas.getContext('2d').getImageData(0, 0, 160, 160).data)"
    assert page.locator(".letter canvas").evaluate(ink) < 80  # the letter itself, not paper


def test_an_answer_in_context_has_its_own_probability_and_says_that_context_chose_it(open_page):
    page = open_page()
    page.locator("#reader").select_option(label="Network in numpy, in context")
    boxes = page.locator(".sheet:not([hidden]) .boxes button")
    boxes.nth(1).hover()
    assert page.locator(".letter .char").inner_text() == "O"
    assert page.locator(".letter .sure").inner_text().split("\n") == [
        "45.0 %",
        "by its image alone; context overruled 0",
    ]
    assert page.locator(".letter .alternatives li").nth(1).inner_text().split() == ["O", "45.0", "%"]
    assert boxes.nth(1).get_attribute("aria-label") == "O, 45.0 %, by its image alone; context overruled 0"
    boxes.nth(8).hover()  # I is not among the alternatives of 1: there is no number to show
    assert page.locator(".letter .char").inner_text() == "I"
    assert page.locator(".letter .sure").inner_text().split("\n") == ["context overruled 1", "it is 1"]
    boxes.nth(0).hover()
    assert page.locator(".letter .sure").inner_text() == "55.0 %"


def test_text_is_laid_out_as_it_was_read(open_page):
    page = open_page()
    assert page.locator(".text p").all_inner_texts() == ["T0 DO", "LIST 1"]


def test_the_other_network_answers_on_the_same_page(open_page):
    page = open_page()
    page.locator(".sheet:not([hidden]) .boxes button").nth(1).hover()
    page.locator("#reader").select_option(label="Convolutional network on EMNIST")
    assert page.locator(".letter .char").inner_text() == "O"
    assert page.locator(".letter .sure").inner_text() == "97.0 %"
    assert page.locator(".boxes button.wrong").count() == 0
    assert page.locator(".score").inner_text().startswith("9 of 9 letters right")
    rows = [row.split() for row in page.locator(".opinions tbody tr").all_inner_texts()]
    assert rows == [
        ["Network", "in", "numpy", "0", "✗", "55.0", "%", "O"],
        ["Convolutional", "network", "on", "EMNIST", "O", "97.0", "%", "O"],
    ]


def test_the_letter_pointed_at_never_covers_the_text(open_page):
    page = open_page()
    for name in ("one", "two"):
        page.get_by_role("button", name=name, exact=True).click()
        for top in range(0, 1600, 200):
            page.evaluate(f"scrollTo({{top: {top}, behavior: 'instant'}})")
            letter, text = (page.locator(part).bounding_box() for part in (".letter", ".transcript"))
            assert letter is None or letter["x"] >= text["x"] + text["width"]


def test_arrow_keys_walk_along_the_text_and_between_lines(open_page):
    page = open_page()
    page.locator('.boxes button[tabindex="0"]').first.focus()
    letters = []
    for key in ("ArrowRight", "ArrowDown", "End", "ArrowUp", "Home", "ArrowLeft"):
        page.keyboard.press(key)
        letters.append(page.locator(".letter .char").inner_text())
    assert letters == ["0", "I", "1", "O", "T", "T"]


def test_a_page_without_letters_says_so(open_page):
    page = open_page()
    page.get_by_role("button", name="two", exact=True).click()
    assert page.locator(".score").inner_text() == "No letters were found on this page."
    assert page.locator(".letter").is_hidden()
    page.get_by_role("button", name="one", exact=True).click()
    assert page.locator(".letter").is_visible()


def test_curves_are_read_by_pointer_and_by_keyboard(open_page):
    page = open_page()
    slider = page.locator(".epoch input")
    assert page.locator(".readout tbody td").all_inner_texts() == ["85.0 %", "94.2 %", "0.583", "0.167"]
    slider.focus()
    page.keyboard.press("Home")
    assert page.locator(".epoch output").inner_text() == "1 of 12"
    assert page.locator(".readout tbody td").all_inner_texts() == ["30.0 %", "30.0 %", "1.500", "2.000"]
    assert "Accuracy, held-out 30.0 %" in slider.get_attribute("aria-valuetext")
    chart = page.locator(".chart svg").first
    assert "epoch" in chart.locator("text").all_text_contents()
    chart.scroll_into_view_if_needed()
    area = chart.bounding_box()
    page.mouse.move(area["x"] + area["width"] - 15, area["y"] + 80)
    assert page.locator(".epoch output").inner_text() == "12 of 12"
    page.get_by_text("run 2", exact=True).click()
    assert page.locator(".readout tbody tr").count() == 2
    assert page.locator(".readout tbody tr").nth(1).locator("td").nth(2).inner_text() == "0.750"


def test_a_run_that_has_ended_says_so_and_keeps_its_last_values(open_page):
    page = open_page()
    page.get_by_text("run 1", exact=True).click()
    row = page.locator(".readout tbody tr").nth(1)
    assert row.locator("th").inner_text().split("ended") == ["run 1", " at 8"]
    assert row.locator("td").all_inner_texts() == ["82.5 %", "91.3 %", "0.750", "0.250"]
    assert "run 1, ended at 8, Accuracy, held-out 82.5 %" in page.locator(".epoch input").get_attribute(
        "aria-valuetext"
    )


def test_without_a_run_there_is_a_word_and_no_empty_chart(open_page):
    page = open_page()
    page.locator(".runs").get_by_text("run 0", exact=True).click()
    assert page.get_by_text("No run is chosen.").is_visible()
    assert not any(page.locator(part).is_visible() for part in (".charts", ".epoch", ".readout"))
    page.locator(".runs").get_by_text("run 0", exact=True).click()
    assert page.locator(".epoch output").inner_text() == "12 of 12"
    assert page.locator(".chart svg").first.locator(".line").count() == 2


def test_no_two_runs_look_the_same(open_page):
    page = open_page()
    for box in page.locator(".runs input").all():
        box.check(force=True)
    look = "marks => marks.map(mark => [getComputedStyle(mark).fill, mark.getAttribute('d')].join())"
    looks = page.locator(".readout tbody .mark").evaluate_all(look)
    assert len(set(looks)) == RUNS == len(looks)
    # Each curve carries its marks, at the cross and elsewhere.
    assert set(page.locator(".chart svg").first.locator("g g .mark, g .mark").evaluate_all(look)) == set(looks)
    assert set(page.locator(".chart svg").first.locator("g:has(> .line) > .mark").evaluate_all(look)) == set(looks)


def test_figures_are_found_enlarged_and_walked_through(open_page):
    page = open_page()
    page.get_by_label("Find").fill("q3.1.2/b")
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


@pytest.mark.parametrize(
    "words, found",
    [
        ("Q3.1.2/b", ["Figure b"]),
        ("<seen> figure", ["Figure a", "Figure b", "Figure c"]),
        ("training it", ["Figure a", "Figure b"]),  # the part of the assignment
        ("q7.2", ["Figure c"]),
        ("flowers", ["Figure c"]),  # what it was made by
        ("figure 0.01", ["Figure a", "Figure b", "Figure c"]),  # a setting
        ("copy", []),
        ("made", []),  # of the page's own words none counts
    ],
)
def test_figures_are_found_by_all_that_is_known_of_them(open_page, words, found):
    page = open_page()
    page.get_by_label("Find").fill(words)
    assert page.locator("figure:visible h4").all_inner_texts() == found
    assert page.get_by_text("No figure has all of these words").is_visible() == (not found)


@pytest.mark.parametrize("size", [(1280, 900), (1280, 640), (390, 844)])
def test_an_enlarged_figure_fits_the_window_and_can_be_closed(open_page, size):
    page = open_page(viewport={"width": size[0], "height": size[1]})
    page.get_by_role("button", name="Enlarge: Figure c").click()
    close = page.get_by_role("button", name="Close")
    place = close.bounding_box()
    assert place["x"] >= 0 and place["x"] + place["width"] <= size[0] and place["y"] >= 0
    picture = page.locator("dialog img").bounding_box()
    if size[0] > 390:  # on a phone it is larger, and scrolled
        assert picture["y"] + picture["height"] <= size[1] and picture["height"] > 0.8 * size[1]
    else:
        assert picture["width"] > 600
    close.click()
    assert page.get_by_role("dialog").is_hidden()


def test_tables_of_pages_scroll_in_their_own_box_on_a_phone(open_page):
    page = open_page(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    table = page.locator(".result.wide").last
    hint, box = table.locator(".hint"), table.locator(".scroll")
    assert hint.is_visible()
    label = table.get_by_role("rowheader", name="Convolutional network on EMNIST")
    before = label.bounding_box()["x"]
    box.evaluate("box => (box.scrollLeft = 200)")
    assert label.bounding_box()["x"] == pytest.approx(before, abs=1)
    page.set_viewport_size({"width": 1280, "height": 900})
    hint.wait_for(state="hidden")
    assert box.evaluate("box => box.scrollWidth - box.clientWidth") <= 1  # nothing is cut off on a desktop


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
    assert page.locator(".letter .char").inner_text() == "0"
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
        violation["id"]: [node["target"] for node in violation["nodes"]][:5]
        for violation in found
        if violation["impact"] in ("serious", "critical")
    }
    assert grave == {}
