"""Builds that never were: random settings, and artifacts with random values, as the writeup is given them."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

READERS = ("numpy_mlp", "torch_mlp", "nist36_cnn", "emnist_cnn")
CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

# Numbers without a unit that are counts, and those that need to be at least one.
COUNTS = re.compile(
    r"\.(true|found|missed|spurious|errors|\w*images|\w*epochs?|seeds|best_seed|\w*parameters|units|rank|\w*rows"
    r"|\w*columns|rises|copies|width|layers|networks|classes|rates|diverged|size|epochs_compared|only_\w+|kind\.\w+"
    r"|live(_first)?\.\d|unsure\w*|wrong|added|cut|dropped|joined|kept|cuttings|\w+_higher|explained|mean_weights_rises)$"
)
POSITIVE = re.compile(
    r"\.(test_images|\w*epochs|\w*parameters|units|width|layers|networks|rank|\w*rows|\w*columns|true|copies|near_epoch)$"
)


class Build:
    """One made-up build: its attributes are the arguments of `lib.steps.writeup:write`.

    Parameters
    ----------
    step : lib.graph.task.Step
        The declaration of the writeup, for ids, captions and keys.
    rng : np.random.Generator
        Draws settings and values.
    mood : str, optional
        "ties", "ends" (shares of none or all), "ones" (counts of none or one), "any"; one of them by default.
    """

    def __init__(self, step: Any, rng: np.random.Generator, mood: str | None = None):
        self.rng = rng
        given = step.settings["about"]
        self.drawn = bool(rng.random() < 0.5)
        self.mood = mood or str(rng.choice(["any", "any", "ties", "ends", "ones"]))
        self.rates = sorted({float(f"{rate:.2g}") for rate in 10 ** rng.uniform(-3, 1, self.count(1, 4))})
        self.pages = [f"page_{i}" for i in range(self.count(0, 3))]
        self.typed = [page for page in self.pages if rng.random() < 0.7]
        self.settings = self.vary(given["settings"])
        old = [f"{rate:g}" for rate in given["rates"]], given["pages"]
        new = [f"{rate:g}" for rate in self.rates], self.pages
        typed = new[0], self.typed

        numbers = json.loads(step.settings["numbers"])
        boxes = {key: it for key, it in numbers.items() if ".judged." in key}  # of pages without transcript, too
        found = dict(spread({key: it for key, it in numbers.items() if key not in boxes}, old, typed))
        self.numbers = {key: it for key, it in (found | dict(spread(boxes, old, new))).items() if self.has(key)}
        self.captions = {id: it for id, it in spread(json.loads(step.settings["captions"]), old, new) if self.has(id)}
        if not self.pages:
            self.captions.pop("Q4.2/black_and_white")
        results = {key: self.number(key, declared["unit"]) for key, declared in self.numbers.items()}
        results["q3.best_learning_rate"] = self.rates[-1]
        results |= {f"q3.{name}": self.settings["training"][name] for name in ("epochs",)}
        results["q3.seeds"] = len(self.settings["training"]["seeds"])
        self.values = {id: self.value(id) for id, _ in spread(dict.fromkeys(step.inputs["values"]), old, new)}
        for prefix, question in (("q3", "Q3.1.4"), ("q7.1.4", "Q7.1.4")):
            kinds = [key for key in results if key.startswith(f"{prefix}.kind.")]
            if not self.values[f"{question}/confused_pairs.json"]:
                results |= dict.fromkeys(kinds, 0)
            results[f"{prefix}.errors"] = sum(results[key] for key in kinds)
        self.values["results"] = results
        self.about = given | {
            "author": str(rng.choice(["", "A. Student"])),
            "source": "embedded" if self.drawn else "course",
            "changed": {"training.epochs": 1} if rng.random() < 0.5 else {},
            "settings": self.settings,
            "rates": self.rates,
            "pages": self.pages,
        }

    def has(self, name: str) -> bool:
        """Pretext pictures stand in for ImageNet only where the data are drawn."""
        return self.drawn or "pretext" not in name

    def count(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, high + 1))

    def share(self) -> float:
        """From 0 to 1."""
        if self.mood == "ties":
            return 0.5
        return float(self.rng.choice([0.0, 1.0])) if self.mood == "ends" else float(self.rng.random())

    def interval(self) -> list[float]:
        return sorted(self.share() for _ in range(3))

    def vary(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        training = {"hidden": self.count(1, 99), "epochs": self.count(1, 40), "batch": self.count(1, 99)}
        training |= {"seeds": list(range(self.count(1, 4))), "learning_rate": self.rates[0]}
        training |= {"momentum": float(self.rng.choice([0, 0.9])), "weight_decay": float(self.rng.choice([0, 0.002]))}
        compression = {"code": self.count(1, 64), "batch": self.count(1, 40), "wide": self.count(1, 3)}
        return {
            **settings,
            "training": settings["training"] | training,
            "compression": settings["compression"] | compression,
        }

    def number(self, key: str, unit: str) -> float | int:
        if COUNTS.search(key):
            return self.count(1 if POSITIVE.search(key) else 0, 1 if self.mood == "ones" else 20)
        if unit == "%" or key.endswith("_p"):
            return self.share()
        return 1.5 if self.mood == "ties" else float(10 ** self.rng.uniform(-6, 2))

    def text(self) -> str:
        return str(self.rng.choice(["", "TO DO LIST\n1 MAKE A TO DO LIST\n", "A"]))

    def curves(self, *names: str) -> dict[str, list[float]]:
        epochs = self.count(1, 12)
        return {name: [self.share() + 0.01 for _ in range(epochs)] for name in names}

    def pairs(self) -> list[dict[str, Any]]:
        found = []
        for _ in range(self.count(0, 8)):
            first, second = (1, 1) if self.mood == "ties" else (self.count(0, 3), self.count(1, 3))
            pair = "".join(self.rng.choice(list(CHARACTERS), 2, replace=False))
            row = {"read_as_first": first, "read_as_second": second, "together": first + second}
            found.append(row | {"pair": pair})
        return sorted(found, key=lambda row: -row["together"])

    def value(self, id: str) -> Any:
        make = next((make for pattern, make in VALUES.items() if re.fullmatch(pattern, id)), None)
        if make is None:
            raise KeyError(f"{id}: say in VALUES of {__file__} what this artifact holds")
        return make(self)

    # --- the JSON artifacts -------------------------------------------------------------------------------------------

    def report(self) -> dict[str, Any]:
        splits = {"train": self.count(1, 20000), "valid": self.count(1, 999), "test": self.count(1, 99999)}
        data = {name: {"images": splits, "classes": 17} for name in ("nist36", "mnist", "emnist", "flowers")}
        file = {
            "file": "data.zip",
            "stands_in_for": "NIST36",
            "content_from": "strokes",
            "not_real": "all",
            "checked": "x",
        }
        return data | {"files": {} if self.drawn else {"data.zip": file}}

    def provenance(self) -> dict[str, Any]:
        titles = {"nist36": "NIST36", "mnist": "MNIST", "emnist": "EMNIST Balanced", "flowers": "flowers"}
        titles |= {"squeezenet": "SqueezeNet's weights", "pages": "pages"}
        kinds = (
            dict.fromkeys(titles, "drawn")
            if self.drawn
            else {it: str(self.rng.choice(["stand-in", "real"])) for it in titles}
        )
        shown = {"drawn": "drawn {}", "stand-in": "the stand-in for {}", "real": "{}"}
        datasets = {
            it: {
                "kind": kind,
                "name": shown[kind].format(titles[it]),
                "content_from": ["real photographs"],
                "not_real": ["all"],
            }
            for it, kind in kinds.items()
        }
        kind = kinds["nist36"]
        origins = dict.fromkeys(self.captions, kind) | {"Q3": kind, "Q3.1.1": "real the assignment's pages", "Q7": kind}
        return {"datasets": datasets, "origins": origins}

    def reading(self) -> dict[str, Any]:
        text = self.text()
        words = [(line, word) for line, row in enumerate(text.split("\n")) for word in row.split()]
        letters = [
            {
                "box": [0, 0, self.count(9, 20), 8],
                "line": line,
                "word": number,
                "letter": letter,
                "in_context": letter,
                "probability": self.share(),
            }
            for number, (line, word) in enumerate(words)
            for letter in word
        ]
        return {"text_in_context": text, "letters": [letter | {"confidence": self.share()} for letter in letters]}

    def context(self) -> dict[str, list[list[str]]]:
        def some(letters):
            return [list(self.rng.choice(list(CHARACTERS), letters)) for _ in range(self.count(0, 9))]

        return {"mended": some(3), "broken": some(3), "wrong": some(2)}

    def mistakes(self) -> list[list[str]]:
        return [list(self.rng.choice(list(CHARACTERS), 2)) for _ in range(self.count(0, 9))]

    def classifiers(self) -> dict[str, Any]:
        def row(letters):
            return {"letters": letters} | {
                name: self.share() for name in ("letter_accuracy", "in_context.letter_accuracy")
            }

        pages = {page: self.count(1, 20) for page in self.typed}
        return {
            reader: {page: row(letters) for page, letters in (pages | {"all": sum(pages.values())}).items()}
            for reader in [f"{reader}{way}" for way in ("", "_judged") for reader in READERS]
        }

    def ranking(self) -> dict[str, Any]:
        if not self.typed:
            return {"letters": 0, "readers": [], "pairs": []}
        readers = []
        for name in READERS:
            low, mean, high = self.interval()
            readers.append({"id": name, "title": name, "right": 3, "accuracy": mean, "low": low, "high": high})
        pair = {"better": "emnist_cnn", "worse": "numpy_mlp", "only_better": self.count(0, 3), "only_worse": 1}
        pair |= {"difference": 0.01 + self.share(), "low": 0.0, "high": 0.1, "p": self.share() + 1e-6}
        return {"letters": self.count(1, 99), "readers": readers, "pairs": [pair] * self.count(0, 2)}

    def limits(self) -> dict[str, Any]:
        def row():
            return {name: [self.share() for _ in range(3)] for name in ("recall", "letters", "judged")}

        names = ["turned", *"abcdefghijk"][: self.count(1, 12)]
        return {"disturbed": {name: {"strengths": [1, 2, 3]} | row() for name in names}}

    def sweep(self) -> list[dict[str, Any]]:
        def measure():
            return dict(zip(("low", "mean", "high"), self.interval(), strict=True))

        names = ("valid_accuracy", "train_accuracy", "train_loss", "valid_loss")
        return [
            {"rate": rate, "asked": True, "seeds": 1, "diverged": False} | {name: measure() for name in names}
            for rate in self.rates
        ]

    def looks(self) -> dict[str, Any]:
        if not self.typed:
            return {"measures": [], "read": None}
        row = {"low": -1.0, "high": 1.0, "detectable": 0.3}
        rows = [row | {"measure": name, "difference": self.share(), "p": self.share()} for name in ("nearest", "ink")]
        low, middle, high = self.interval()
        read = {"letters": self.count(1, 99), "share": self.share(), "expected": middle, "low": low - 0.5, "high": high}
        return {"measures": rows[: self.count(0, 2)], "read": read}

    def species(self) -> dict[str, Any]:
        names = [f"0{i}_{name}" for i, name in enumerate(("daisy", "iris", "lily_of_the_valley", "tulip"))]
        return {name: {"finetune_accuracy": self.share(), "scratch_accuracy": self.share()} for name in names}

    def people(self) -> dict[str, Any]:
        part = {"mean": 0.9, "low": 0.8, "high": 1.0, "seeds": 3}
        row = {"network": "CNN of Q7.1.3", "reads": "NIST36, test", "drawn": part, "real": part}
        writers = [1, 2, 5]
        curve = {"writers": writers, "drawn": [90.0], "real": {str(n): [80.0 + 3 * n] for n in writers}}
        curve["drawn_then_real"] = {str(n): [80.0 + 4 * n] for n in writers}
        return {"rows": [row], "hardest": [], "curve": curve}

    def networks(self) -> list[dict[str, Any]]:
        row = {
            "id": "mlp",
            "title": "Network",
            "question": "Q3",
            "data": "nist36",
            "input": "32 x 32",
            "layers": "64, 36",
        }
        row |= {"parameters": 67940, "optimiser": "momentum", "learning_rate": 0.1, "schedule": "cosine", "batch": 32}
        return [row | {"epochs": 1, "weight_decay": 0.0, "loss": "x", "augmentation": "", "seeds": 1}]


EXCERPT = [{"module": "lib.x", "sources": ["def f(x):\n    return x"]}]
NAMES = ("Q2.1.2", "Q2.2.1", "Q2.2.2", "Q2.2.3", "Q2.3.1", "Q2.4.1", "Q2.5.1", "Q4.2", "Q4.4", "Q5.1.1", "Q5.1.2")
NAMES += ("Q7.1.1", "Q7.1.2", "Q7.2.1 head", "Q7.2.1 scratch")
NAMES += tuple(f"{question}, at length" for question in ("Q2", "Q4.2", "Q4.4", "Q5.1.1", "Q7.1", "Q7.2.1"))
LOSSES = ("train_loss", "valid_loss")

# How each JSON artifact is made up, by its id; those that the text does not read can be anything.
VALUES = {
    "data/report": Build.report,
    "provenance": Build.provenance,
    "sources": lambda build: {
        key: {"artifact": "Q1/x", "stage": "stages/x.py", "function": "lib.steps.x:y"} for key in build.numbers
    },
    "excerpts": lambda build: dict.fromkeys(NAMES, EXCERPT),
    "versions": lambda build: [["Python", "3.11"]],
    "networks": Build.networks,
    "departures": lambda build: [{"question": "Q3.1.1", "asked": "a", "here": "b"}] * build.count(0, 2),
    "data/people": Build.people,
    r"Q3\.1\.1/curves\.json|Q7\.1\.\d/history": lambda build: build.curves(*LOSSES, "train_accuracy", "valid_accuracy"),
    "Q5.2/history": lambda build: build.curves(*LOSSES),
    "Q5.2/live.json": lambda build: {"recipe": {layer: [build.count(0, 32) for _ in range(3)] for layer in "123"}},
    "Q3.1.2/sweep.json": Build.sweep,
    r".*/confused_pairs\.json": Build.pairs,
    r"Q4\.4/page_\d+_mistakes": Build.mistakes,
    r".*/page_\d+_context": Build.context,
    r"(Q4\.4|Q7\.1\.4)/page_\d+(_judged)?": Build.reading,
    r"Q4\.1/limits\.json": Build.limits,
    "Q4.4/crops_and_training": Build.looks,
    "Q7.1.4/classifiers.json": Build.classifiers,
    "Q7.1.4/ranking.json": Build.ranking,
    "Q7.2.1/species.json": Build.species,
    r"Q7\.1\.\d/network": lambda build: {"device": str(build.rng.choice(["cpu", "cuda"]))},
    ".*": lambda build: {},
}


def spread(declared: Mapping[str, Any], old: tuple[list, list], new: tuple[list, list]) -> Iterator[tuple[str, Any]]:
    """What is declared for each of some rates and pages, declared for others."""
    for name, item in declared.items():
        for pattern, before, after in zip(AXES, old, new, strict=True):
            found = next((it for it in before if re.search(pattern.format(re.escape(it)), name)), None)
            if found is not None:
                if found == before[0]:
                    yield from ((re.sub(pattern.format(re.escape(found)), rf"\g<1>{it}", name), item) for it in after)
                break
        else:
            yield name, item


# Where a rate or a page stands in keys and ids: q3.rate.0.1.rises, Q4.3/boxes_01_list.
AXES = (r"^(q3\.\w+\.){}(?=\.[a-z]|$)", r"(^.*[./_]){}(?=[._]|$)")
