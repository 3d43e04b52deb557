"""Q4: find the letters on photographed pages, read them with the network of Q3, and say how well that went."""

import json

from lib.build import Artifact, figure, settings, task
from lib.jsonfile import write_json
from stages.data import EMNIST, NIST36, pages
from stages.training import ACTIVATIONS, WEIGHTS

# --- what the other stages read ---------------------------------------------------------------------------------------

STYLES = Artifact("fits", "letter_styles.json", caption="How large and how thick the training sets draw their letters.")
FAILURES = figure(
    "Q4.1",
    "failures",
    caption="Two pages on which finding letters fails, as expected. Left: joined writing, where a connected piece of "
    "ink is no letter, so that words come out as one box or are cut anywhere. Right: a patterned background and "
    "letters of very different size, where not all that is dark is ink and a letter may be no larger than a dot.",
)


def letters(page):
    """Boxes, lines, words and crops of a page: ``boxes, line, word, crops32, crops28``."""
    return Artifact("fits", f"letters_{page.name}.npz")


def boxes(page):
    """The located boxes drawn over the page."""
    return figure(
        "Q4.3", f"boxes_{page.name}", caption=f"{page.name}: every letter that was found, and what it was read as."
    )


def sheet(page):
    """The page's letters beside training images."""
    return figure(
        "Q4.4",
        f"crops_{page.name}",
        caption=f"{page.name}: letters as the network sees them, above training images of the class each was read as.",
    )


def reading(page):
    """The text of a page, and every letter with its probabilities."""
    return Artifact("Q4.4", f"{page.name}.txt", f"{page.name}.json", caption=f"{page.name}: the text as it was read.")


def numbers(page):
    """Scores of a page whose text is known."""
    return Artifact("Q4.4", f"{page.name}_scores.json", caption=f"{page.name}: letters found, and read right.")


def mistakes(page):
    """Letters of a page whose text is known that were read as others."""
    return Artifact("Q4.4", f"{page.name}_mistakes.json", caption=f"{page.name}: letters that were read as others.")


PAGES = pages()
RESULTS = [numbers(page) for page in PAGES if page.text]


def task_letter_styles():
    """Q4.4 Height, width and stroke width of the letters in the training sets, for crops that look like them."""
    return task(measure_styles, inputs=[NIST36, EMNIST], outputs=[STYLES])


def task_letters():
    """Q4.2 Letters found on each page, in reading order, drawn like the training sets."""
    for page in PAGES:
        yield task(
            find,
            name=page.name,
            doc=f"Q4.2 Letters found on {page.name}.",
            inputs=[page.image, STYLES],
            outputs=[letters(page)],
        )


def task_text():
    """Q4.4 The text of each page, as the network of Q3 reads it."""
    for page in PAGES:
        yield task(
            read,
            name=page.name,
            doc=f"Q4.4 The text of {page.name}.",
            inputs=[letters(page), WEIGHTS],
            outputs=[reading(page)],
            settings=settings("reading").only("alternatives"),
        )


def task_boxes():
    """Q4.3 The located boxes over each page."""
    for page in PAGES:
        yield task(
            draw_boxes,
            name=page.name,
            doc=f"Q4.3 The located boxes over {page.name}.",
            inputs=[page.image, letters(page), reading(page)],
            outputs=[boxes(page)],
        )


def task_crops():
    """Q4.4 The letters of each page beside training images."""
    for page in PAGES:
        yield task(
            draw_sheet,
            name=page.name,
            doc=f"Q4.4 The letters of {page.name} beside training images.",
            inputs=[letters(page), reading(page), NIST36],
            outputs=[sheet(page)],
            settings=settings("reading").only("letters_in_row", "examples"),
        )


def task_scores():
    """Q4.4 Letters found, missed and spurious, and read right, for each page whose text is known."""
    for page in PAGES:
        if page.text:
            yield task(
                score,
                name=page.name,
                doc=f"Q4.4 How well {page.name} was read.",
                inputs=[reading(page), page.text],
                outputs=[numbers(page), mistakes(page)],
            )


def task_failures():
    """Q4.1 Two pages on which finding letters is expected to fail."""
    return task(draw_failures, outputs=[FAILURES], settings=settings("reading").only("seed"))


# --- what the tasks do ------------------------------------------------------------------------------------------------


def measure_styles(nist36, emnist, styles_file):
    import dataclasses

    from lib.data import formats
    from lib.vision import crops

    styles = [crops.measure_style(formats.load_split(path, "train")[0]) for path in (nist36, emnist)]
    write_json(styles_file, {f"crops{style.size}": dataclasses.asdict(style) for style in styles})


def find(photo, styles_file, letters_file):
    import numpy as np

    from lib.vision import page

    np.savez(letters_file, **letters_of(page.open_photo(photo), styles_file))


def letters_of(photo, styles_file):
    """Boxes, lines, words and crops of a photograph, as `letters` stores them: a dict of arrays."""
    from lib.vision import crops, page

    styles = {name: crops.Style(**style) for name, style in json.loads(styles_file.read_text()).items()}
    found = page.read_page(photo, list(styles.values()))
    return {"boxes": found.boxes, "line": found.line, "word": found.word} | dict(zip(styles, found.crops, strict=True))


def read(letters_file, weights_file, reading_files, settings):
    import numpy as np

    found = np.load(letters_file)
    record_reading(found, *letter_probs(found, weights_file), reading_files, settings)


def record_reading(found, probs, characters, reading_files, settings):
    """Write a page as text and as JSON, given what a classifier says of its letters."""
    from lib.vision import reading

    read = reading.record(found["boxes"], found["line"], found["word"], probs, characters, settings.alternatives)
    text_file, json_file = reading_files
    text_file.write_text(read["text"] + "\n", encoding="utf-8")
    write_json(json_file, read)


def letter_probs(found, weights_file):
    """What the network of Q3 says of each letter: probabilities (n, 36), and the classes."""
    import numpy as np

    from lib.data.formats import NIST36_CLASSES
    from lib.nn import losses, network

    with np.load(weights_file) as weights:
        net = network.from_arrays(dict(weights), ACTIVATIONS)
    letters = found["crops32"]
    flat = letters.reshape(len(letters), letters.shape[1] * letters.shape[2])  # also of a page without letters
    return losses.softmax(network.predict(net, flat)), NIST36_CLASSES


def score(reading_files, text_file, numbers_file, mistakes_file):
    from lib.vision import reading, scores
    from lib.vision.text import read_transcript

    read, truth = json.loads(reading_files[1].read_text()), read_transcript(text_file)
    write_json(numbers_file, reading.score(read, truth, f"q4.{text_file.stem}"))
    write_json(mistakes_file, scores.mistakes(read["text"], truth))


def draw_boxes(photo, letters_file, reading_files, figure_files):
    import numpy as np

    from lib.figures import pages, style
    from lib.vision import page

    read_as = [letter["letter"] for letter in json.loads(reading_files[1].read_text())["letters"]]
    style.save(pages.boxes_over_page(page.open_photo(photo), np.load(letters_file)["boxes"], read_as), *figure_files)


def draw_sheet(letters_file, reading_files, nist36, figure_files, settings):
    import numpy as np

    from lib.data import formats
    from lib.figures import pages, style

    read_as = [letter["letter"] for letter in json.loads(reading_files[1].read_text())["letters"]]
    images, labels = formats.load_split(nist36, "train")
    examples = {}
    for label, name in enumerate(formats.load_classes(nist36)):
        of_class = images[labels == label]
        examples[name] = of_class[:: max(1, len(of_class) // settings.examples)][: settings.examples]
    drawn = np.load(letters_file)["crops32"]
    style.save(pages.letters_beside_training(drawn, read_as, examples, settings.letters_in_row), *figure_files)


def draw_failures(figure_files, settings):
    import numpy as np

    from lib.figures import pages, style
    from lib.vision import hard_pages, letters

    rng = np.random.default_rng(settings.seed)
    drawn = [hard_pages.joined_page(rng), hard_pages.patterned_page(rng)]
    found = [letters.find_letters(page)[0] for page in drawn]
    texts = (hard_pages.JOINED, [text for _, _, text in hard_pages.MIXED])
    true = [len("".join(lines).replace(" ", "")) for lines in texts]
    titles = [
        f"joined: {len(found[0])} boxes for {true[0]} letters",
        f"pattern: {len(found[1])} boxes for {true[1]} letters",
    ]
    style.save(pages.failures(drawn, found, titles), *figure_files)
