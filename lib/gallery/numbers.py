"""results.json for readers: a table for each question, labels in words, numbers as one would say them.

Keys are ``q<question>.<name>``, and ``q<question>.<page>[.<classifier>][.in_context].<measure>`` for what was measured
on one page.
"""

import re

QUESTIONS = {
    "2": "The network and its gradients",
    "3": "The network on NIST36",
    "4": "Pages read by the network in numpy",
    "5": "Autoencoder",
    "6": "Principal components",
    "7.1.1": "The same network in PyTorch",
    "7.1.2": "Convolutional network on MNIST",
    "7.1.3": "Convolutional network on NIST36",
    "7.1.4": "Convolutional network on EMNIST",
    "7.2": "Flowers",
}
PAGES_READ = {"4": QUESTIONS["4"], "7.1.4": "Pages read by every classifier"}  # titles of the tables of pages
LABELS = {  # the numbers that are seen at once, in this order
    "test_accuracy": "Test accuracy",
    "valid_accuracy": "Validation accuracy",
    "train_accuracy": "Training accuracy",
    "best_learning_rate": "Best learning rate",
    "gradcheck_max_relative_error": "Gradient check, largest relative error",
    "gradcheck_parameters": "Parameters checked",
    "psnr_valid": "PSNR, validation images",
    "psnr_test": "PSNR, test images",
    "rank": "Rank of the projection",
    "parameters": "Learned parameters",
    "finetune_test_accuracy": "SqueezeNet fine-tuned, test accuracy",
    "scratch_test_accuracy": "Trained from scratch, test accuracy",
}
MORE = {  # those that are asked for, in this order
    r"gradcheck\.every\.(\w+)": r"Gradient check, network with every activation, \1",
    r"gradcheck\.(classifier|autoencoder)\.(\w+)": r"Gradient check, \1, \2",
    r"gradcheck_mistake\.sign": "Planted mistake, one sign is wrong: relative error",
    r"gradcheck_mistake\.scale": "Planted mistake, summed and not averaged: relative error",
    r"gradcheck_mistake\.bias": "Planted mistake, biases forgotten: relative error",
    r"gradcheck_mistake\.(\w+)": r"Planted mistake, \1: relative error",
    r"best_seed": "Seed of the best network",
    r"seeds": "Seeds at each rate",
    r"epochs": "Epochs",
    r"test_accuracy_mean": "Test accuracy, mean over seeds",
    r"test_accuracy_std": "Test accuracy, standard deviation over seeds",
    r"test_loss": "Loss on test images",
    r"valid_loss": "Loss on validation images",
    r"valid_accuracy_low\.(.+)": r"Validation accuracy at rate \1, lowest seed",
    r"valid_accuracy_mean\.(.+)": r"Validation accuracy at rate \1, mean over seeds",
    r"valid_accuracy_high\.(.+)": r"Validation accuracy at rate \1, highest seed",
    r"wide\.psnr_valid": "Wide autoencoder, PSNR, validation images",
    r"wide\.psnr_test": "Wide autoencoder, PSNR, test images",
    r"wide\.parameters": "Wide autoencoder, learned parameters",
    r"psnr_valid_uncentred": "PSNR, validation images, without centring",
    r"psnr_test_uncentred": "PSNR, test images, without centring",
    r"projection_(rows|columns)": r"Projection, \1",
    r"epochs_compared": "Epochs compared with numpy",
    r"largest_loss_difference": "Largest difference from numpy's loss",
    r"only_(numpy|torch)_right": r"Test images that only \1 reads right",
    r"mcnemar_p": "McNemar's test of the two, p",
    r"test_images": "Test images",
    r"classes": "Classes",
    r"finetune_valid_accuracy": "SqueezeNet fine-tuned, validation accuracy",
    r"finetune_trained_parameters": "SqueezeNet fine-tuned, trained parameters",
    r"finetune_epochs": "SqueezeNet fine-tuned, epochs",
    r"scratch_valid_accuracy": "Trained from scratch, validation accuracy",
    r"scratch_trained_parameters": "Trained from scratch, trained parameters",
    r"scratch_epochs": "Trained from scratch, epochs",
}
MEASURES = {  # of a page, and what stands above them
    "true": "written",
    "found": "found",
    "missed": "missed",
    "spurious": "spurious",
    "letter_accuracy": "letters",
    "char_accuracy": "with spaces",
    "word_accuracy": "words",
}
COLUMNS = {  # of the tables of pages: what stands above several, and those
    "Right, by its image alone": ["letter_accuracy", "char_accuracy", "word_accuracy"],
    "Right, in context": ["in_context.letter_accuracy", "in_context.char_accuracy", "in_context.word_accuracy"],
    "Letters": ["true", "found", "missed", "spurious"],
}
READ_BY = {"4": "numpy_mlp", "7.1.4": "emnist_cnn"}  # the classifier that a question's keys do not name
HEADLINE = {
    "q3.test_accuracy": "NIST36 test images, network in numpy",
    "q7.1.4.test_accuracy": "EMNIST test images, convolutional network",
    "q5.psnr_valid": "autoencoder, validation images",
    "q7.2.finetune_test_accuracy": "flowers, SqueezeNet fine-tuned",
}


def tables(results, classifiers):
    """Numbers of results.json that are not of a page, in the order of the questions.

    Parameters
    ----------
    results : dict of str to number or str
    classifiers : dict of str to str
        What keys call those who read the pages, and what readers are told.

    Returns
    -------
    list of dict
        ``question, title``; ``rows`` of ``label, key, value``; and ``more``, rows for those who ask. Values are text.

    Examples
    --------
    >>> (table,) = tables({"q3.test_accuracy": 0.813, "q3.test_accuracy_low": 0.8, "q3.test_accuracy_high": 0.824}, {})
    >>> table["title"], table["rows"]
    ('The network on NIST36', [{'label': 'Test accuracy', 'key': 'q3.test_accuracy', 'value': '81.3 % (80.0–82.4)'}])
    """
    found = {}
    for key, value in results.items():
        question, name = _split(key)
        if not _of_page(question, name, classifiers):
            found.setdefault(question, {})[name] = value
    return [_table(question, found[question]) for question in sorted(found, key=_order)]


def page_tables(results, classifiers):
    """How well every page was read, a table for each question that asks it.

    Parameters
    ----------
    results, classifiers
        As for `tables`; rows are in the order of the classifiers.

    Returns
    -------
    list of dict
        ``question, title``; ``columns``: what stands above several, and a list of what stands above each; ``groups``:
        the page and its rows, a row for each classifier, or one group without a page, and a row for each page, where
        one classifier read them all; rows are a label and the values, in lists as the columns are.

    Examples
    --------
    >>> (table,) = page_tables({"q4.list.true": 9, "q4.list.in_context.letter_accuracy": 0.5}, {"numpy_mlp": "numpy"})
    >>> table["columns"], table["groups"]
    ([('Right, in context', ['letters']), ('Letters', ['written'])], [('', [('list', [['50.0 %'], ['9']])])])
    """
    made = []
    for question, pages in sorted(_pages(results, classifiers).items(), key=lambda item: _order(item[0])):
        there = {measure for readings in pages.values() for reading in readings.values() for measure in reading}
        columns = {above: [one for one in ones if one in there] for above, ones in COLUMNS.items()}
        columns = {above: ones for above, ones in columns.items() if ones}
        if all(len(readings) == 1 for readings in pages.values()):
            groups = [("", [_row(page, *readings.values(), columns) for page, readings in pages.items()])]
        else:
            groups = [
                (page, [_row(name, readings[key], columns) for key, name in classifiers.items() if key in readings])
                for page, readings in pages.items()
            ]
        labels = [(above, [MEASURES[one.rpartition(".")[2]] for one in ones]) for above, ones in columns.items()]
        made.append({"question": question, "title": PAGES_READ[question], "columns": labels, "groups": groups})
    return made


def headline(results, classifiers):
    """The few numbers that the page opens with, as far as they are there.

    Parameters
    ----------
    results, classifiers
        As for `tables`.

    Returns
    -------
    list of dict
        ``label, value``.
    """
    found = []
    for question, name in (("4", "network in numpy"), ("7.1.4", "convolutional network")):
        readings = [page[READ_BY[question]] for page in _pages(results, classifiers).get(question, {}).values()]
        letters = sum(reading["true"] for reading in readings)
        if letters:
            right = sum(reading["true"] * reading["letter_accuracy"] for reading in readings)
            found.append({"label": f"letters on the pages, {name}", "value": say("accuracy", right / letters)})
    return found + [
        {"label": label, "value": say(key, results[key])} for key, label in HEADLINE.items() if key in results
    ]


def say(name, value):
    """A number as text; its name tells the unit.

    Examples
    --------
    >>> say("test_accuracy", 0.9712), say("psnr_valid", 15.31), say("parameters", 67940), say("error", 3.2e-9)
    ('97.1 %', '15.31 dB', '67,940', '3.2 × 10⁻⁹')
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if "accuracy" in name:
        return f"{100 * value:.1f} %"
    if "psnr" in name:
        return f"{value:.2f} dB"
    if isinstance(value, int):
        return f"{value:,}"
    if value and not 1e-3 <= abs(value) < 1e6:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa} × 10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
    return f"{value:.4g}"


def _split(key):
    """Question and the rest of a key: ``("7.1.4", "01_list.true")``; a page may begin with a digit."""
    return re.match(r"q(\d+(?:\.\d+)*(?=\.|$))\.?(.*)", key).groups() if re.match(r"q\d", key) else ("0", key)


def _order(question):
    return [int(part) for part in question.split(".")]


def _of_page(question, name, classifiers):
    """Page, classifier, and measure, ``in_context.`` before it or not; None for a number that is not of a page."""
    page, _, measure = name.rpartition(".")
    if not page or measure not in MEASURES or question not in READ_BY:
        return None
    if page.endswith(".in_context"):
        page, measure = page.removesuffix(".in_context"), f"in_context.{measure}"
    before, _, last = page.rpartition(".")
    return (before, last, measure) if before and last in classifiers else (page, READ_BY[question], measure)


def _pages(results, classifiers):
    """Numbers of pages: by question, page, classifier and measure."""
    found = {}
    for key, value in results.items():
        question, name = _split(key)
        if of_page := _of_page(question, name, classifiers):
            page, classifier, measure = of_page
            found.setdefault(question, {}).setdefault(page, {}).setdefault(classifier, {})[measure] = value
    return found


def _table(question, numbers):
    rows, more = [], []
    for name, value in numbers.items():
        base = re.sub(r"_(low|high)$", "", name)
        if base != name and base in numbers:
            continue  # shown with the number that it is an interval of
        text = say(name, value)
        if f"{name}_low" in numbers and f"{name}_high" in numbers:
            text += f" ({100 * numbers[f'{name}_low']:.1f}–{100 * numbers[f'{name}_high']:.1f})"
        place, label = _label(name)
        (rows if name in LABELS else more).append(
            (place, {"label": label, "key": f"q{question}.{name}", "value": text})
        )
    if not rows:
        rows, more = more, []
    rows, more = ([row for _, row in sorted(some, key=lambda one: one[0])] for some in (rows, more))
    return {"question": question, "title": QUESTIONS.get(question, f"Question {question}"), "rows": rows, "more": more}


def _row(label, reading, columns):
    return label, [[say(one, reading[one]) if one in reading else "" for one in ones] for ones in columns.values()]


def _label(name):
    """Where a number stands among others, and what it is called: by LABELS, by MORE, else by its name.

    Examples
    --------
    >>> _label("valid_accuracy_high.0.01")[1], _label("psnr_of_x.0.5")[1]
    ('Validation accuracy at rate 0.01, highest seed', 'PSNR of x, 0.5')
    """
    if name in LABELS:
        return list(LABELS).index(name), LABELS[name]
    for place, (pattern, label) in enumerate(MORE.items()):
        if found := re.fullmatch(pattern, name):
            return place, found.expand(label)
    words = re.sub(r"\.(?!\d)|(?<!\d)\.", ", ", name).replace("_", " ")  # a dot between digits is a decimal point
    return len(MORE), (words[:1].upper() + words[1:]).replace("Psnr", "PSNR").replace(" psnr", " PSNR")
