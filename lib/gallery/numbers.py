"""results.json for readers: a table for each question, labels in words, numbers as one would say them.

Keys are ``q<question>.<name>``, and ``q<question>.<page>.<measure>`` for what was measured on one page.
"""

import re

QUESTIONS = {
    "2": "The network and its gradients",
    "3": "The network on NIST36",
    "4": "Pages read by the numpy network",
    "5": "Autoencoder",
    "6": "Principal components",
    "7.1.1": "The same network in PyTorch",
    "7.1.2": "Convolutional network on MNIST",
    "7.1.3": "Convolutional network on NIST36",
    "7.1.4": "Convolutional network on EMNIST",
    "7.2": "Flowers",
}
LABELS = {
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
PAGE_COLUMNS = {  # of the tables of pages: what stands above each
    "true": "Letters",
    "found": "Found",
    "missed": "Missed",
    "spurious": "Spurious",
    "letter_accuracy": "Letters right",
    "char_accuracy": "With spaces",
    "word_accuracy": "Words right",
}
HEADLINE = {
    "q3.test_accuracy": "NIST36 test images, network in numpy",
    "q7.1.4.test_accuracy": "EMNIST test images, convolutional network",
    "q5.psnr_valid": "autoencoder, validation images",
    "q7.2.finetune_test_accuracy": "flowers, SqueezeNet fine-tuned",
}


def tables(results):
    """Tables of results.json, in the order of the questions.

    Parameters
    ----------
    results : dict of str to number or str

    Returns
    -------
    list of dict
        ``question, title, columns``; ``rows`` of ``label, key, values``; and ``more``, rows of numbers without a label
        of their own. Values are text.

    Examples
    --------
    >>> (table,) = tables({"q3.test_accuracy": 0.813, "q3.test_accuracy_low": 0.8, "q3.test_accuracy_high": 0.824})
    >>> table["title"], table["rows"][0]["label"], table["rows"][0]["values"]
    ('The network on NIST36', 'Test accuracy', ['81.3 % (80.0–82.4)'])
    """
    plain, paged = {}, {}
    for key, value in results.items():
        question, name = _split(key)
        page, _, measure = name.rpartition(".")
        if page and measure in PAGE_COLUMNS:
            paged.setdefault(question, {}).setdefault(page, {})[measure] = value
        else:
            plain.setdefault(question, {})[name] = value
    made = []
    for question in sorted(plain.keys() | paged.keys(), key=lambda text: [int(part) for part in text.split(".")]):
        title = QUESTIONS.get(question, f"Question {question}")
        if question in plain:
            made.append(_plain_table(question, title, plain[question]))
        if question in paged:
            made.append(_page_table(question, title if question not in plain else "Pages", paged[question]))
    return made


def headline(results, readers=(("q4", "network in numpy"), ("q7.1.4", "convolutional network"))):
    """The few numbers that the page opens with, as far as they are there.

    Returns
    -------
    list of dict
        ``label, value``.
    """
    found = []
    for prefix, name in readers:
        pages = {
            key[len(prefix) + 1 : -len(".true")] for key in results if re.fullmatch(rf"{prefix}\.[^.]+\.true", key)
        }
        pages |= {
            key[len(prefix) + 1 : -len(".letter_accuracy")]
            for key in results
            if re.fullmatch(rf"{prefix}\.[^.]+\.letter_accuracy", key)
        }
        # Pages count by their letters; those are the same whichever network reads them.
        weights = {page: results.get(f"{prefix}.{page}.true", results.get(f"q4.{page}.true", 0)) for page in pages}
        right = sum(weights[page] * results.get(f"{prefix}.{page}.letter_accuracy", 0) for page in pages)
        if sum(weights.values()):
            found.append(
                {"label": f"letters on the pages, {name}", "value": say("accuracy", right / sum(weights.values()))}
            )
    found += [{"label": label, "value": say(key, results[key])} for key, label in HEADLINE.items() if key in results]
    return found


def say(name, value):
    """A number as text; its name tells the unit.

    Examples
    --------
    >>> say("test_accuracy", 0.9712), say("psnr_valid", 15.31), say("parameters", 67940), say("error", 3.2e-9)
    ('97.1 %', '15.3 dB', '67,940', '3.2 × 10⁻⁹')
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if re.search(r"accuracy|fraction|share", name) and 0 <= value <= 1:
        return f"{_percent(value)} %"
    if "psnr" in name:
        return f"{value:.1f} dB"
    if isinstance(value, int):
        return f"{value:,}"
    if value and not 1e-3 <= abs(value) < 1e6:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa} × 10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
    return f"{value:.4g}"


def _split(key):
    """Question and the rest of a key: ``("7.1.4", "01_list.true")``; a page may begin with a digit."""
    return re.match(r"q(\d+(?:\.\d+)*(?=\.|$))\.?(.*)", key).groups() if re.match(r"q\d", key) else ("0", key)


def _percent(value):
    # Near 100 % a tenth of a percent is no longer what tells two networks apart.
    return f"{100 * value:.2f}" if 0.99 <= value < 1 else f"{100 * value:.1f}"


def _plain_table(question, title, numbers):
    rows, more = [], []
    for name, value in numbers.items():
        base = re.sub(r"_(low|high)$", "", name)
        if base != name and base in numbers:
            continue  # shown with the number that it is an interval of
        text = say(name, value)
        if f"{name}_low" in numbers and f"{name}_high" in numbers:
            text += f" ({_percent(numbers[f'{name}_low'])}–{_percent(numbers[f'{name}_high'])})"
        row = {"label": LABELS.get(name, _words(name)), "key": f"q{question}.{name}", "values": [text]}
        (rows if name in LABELS else more).append(row)
    if not rows:
        rows, more = more, []
    order = list(LABELS.values())
    rows.sort(key=lambda row: order.index(row["label"]) if row["label"] in order else len(order))
    return {"question": question, "title": title, "columns": ["Number", "Value"], "rows": rows, "more": more}


def _page_table(question, title, pages):
    measures = [measure for measure in PAGE_COLUMNS if any(measure in page for page in pages.values())]
    rows = [
        {
            "label": name.replace(".in_context", ", words in context"),
            "key": f"q{question}.{name}",
            "values": [say(measure, page[measure]) if measure in page else "" for measure in measures],
        }
        for name, page in pages.items()
    ]
    columns = ["Page", *(PAGE_COLUMNS[measure] for measure in measures)]
    return {"question": question, "title": title, "columns": columns, "rows": rows, "more": []}


def _words(name):
    text = name.replace("_", " ").replace(".", ": ")
    return text[:1].upper() + text[1:]
