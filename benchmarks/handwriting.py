"""How well networks trained on nothing but drawn handwriting read real people, beside ones trained on real people.

OMP_NUM_THREADS=1 .venv/bin/python benchmarks/handwriting.py MIRROR [--runs FOLDER] [--seeds N] [--only TEXT]

MIRROR is a folder with the assignment's data.zip, emnist/gzip.zip and images.zip, and images_truth.json. A seed draws
the training data, the first weights and the batches. What every network answers is kept in FOLDER, so that a run that
was stopped goes on where it was; half an hour in all on a quiet core. Writes benchmarks/handwriting.json, from which
the build takes its table and its figure; `python -m docs.refresh` those of README.md. With `--only` the other entries
stay as they were measured; `--only curve` needs the answers of cnn36.

Intervals are for other writers, not for other images: those of one writer err together. NIST36's are Student's over
the 10 writers of the test images, who take turns in each class of the mirror's files; EMNIST's and the pages' are
Wilson's for as many answers as there are different characters, 620 (the images are several renderings of each) and 246.
"""

import argparse
import functools
import hashlib
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import numpy as np
import torch
from scipy import stats

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from lib.data.archives import unpack  # noqa: E402
from lib.data.datasets import NIST36_CLASSES, class_names, split  # noqa: E402
from lib.data.photos import open_photo  # noqa: E402
from lib.models import augment, fit, networks  # noqa: E402
from lib.nn import network  # noqa: E402
from lib.nn.confusion import wilson_interval  # noqa: E402
from lib.steps import data, pytorch, reading, training  # noqa: E402
from lib.vision.scores import edit_distances  # noqa: E402
from stages.settings import SETTINGS  # noqa: E402

RESULTS = ROOT / "benchmarks" / "handwriting.json"
ALIKE = str.maketrans("0152", "OISZ")  # 0, 1, 5, 2: only their neighbours tell them from O, I, S, Z
TRAINING_WRITERS, TEST_WRITERS = 35, 10  # of the mirror's NIST36
CHARACTERS = 620  # different characters among EMNIST's test images
WRITERS = (1, 2, 5, 10, 35)
BUDGET = (10, 2.5)  # epochs of a whole training set that the CNN may take, from nothing and from drawn data
KINDS = {
    "cnn36": SETTINGS.nist36_cnn,
    "mlp": SETTINGS.training,
    "mlp_augmented": SETTINGS.training,
    "emnist": SETTINGS.emnist_cnn,
}


# --- data -------------------------------------------------------------------------------------------------------------


def drawn(seed):
    """NIST36 and EMNIST as the project draws them."""
    given = SETTINGS.data
    counts = {name: getattr(given, name) for name in ("nist36_train", "nist36_valid", "nist36_test")}
    yield data.draw_nist36(seed, **counts)["dataset"]
    with TemporaryDirectory() as folder:
        data.draw_emnist(Path(folder, "EMNIST"), seed, given.emnist_train, given.emnist_test)
        yield data.read_emnist(Path(folder, "EMNIST"), seed, given.valid_fraction)["dataset"]


def real(mirror):
    """NIST36 and EMNIST of the mirror."""
    yield data.read_nist36(mirror / "data.zip")["dataset"]
    with TemporaryDirectory() as folder:
        data.unpack_emnist(mirror / "emnist" / "gzip.zip", Path(folder, "EMNIST"))
        yield data.read_emnist(Path(folder, "EMNIST"), 0, SETTINGS.data.valid_fraction)["dataset"]


def writer_of(labels, writers):
    """Who wrote each image: in every class they take turns."""
    turn = np.empty(len(labels), int)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        turn[members] = np.arange(len(members)) % writers
    return turn


def pages(mirror, nist36, emnist):
    """Letters found on each of the four pages, drawn in the style of the training sets, and the true letters."""
    truth = json.loads((mirror / "images_truth.json").read_text())
    styles = reading.measure_styles(nist36, emnist)
    with TemporaryDirectory() as folder:
        unpack(mirror / "images.zip", Path(folder), lambda member: member if member in truth else None)
        for name, lines in truth.items():
            yield reading.find_in(open_photo(Path(folder) / name), styles), "".join("".join(lines).split())


# --- networks ---------------------------------------------------------------------------------------------------------


def settings_of(function, table, **more):
    """Those of a table's settings that a function takes."""
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    return {name: getattr(table, name) for name in names if hasattr(table, name)} | more


def train(kind, dataset, seed):
    """A trained network: a function of images to scores, and what `lib.steps.pytorch` made of it, if it did."""
    if kind.startswith("mlp"):
        function = training.fit_augmented if kind == "mlp_augmented" else training.fit
        found = function(dataset, **settings_of(function, SETTINGS.training, seed=seed))
        mlp = network.from_arrays(found, training.ACTIVATIONS)
        return lambda images: network.predict(mlp, images.reshape(len(images), -1)), None
    found = pytorch.fit_cnn(dataset, **settings_of(pytorch.fit_cnn, KINDS[kind], seed=seed, device="cpu"))
    model = networks.restore(found["network"], found["weights"])
    return lambda images: fit.predict(model, images[:, None]).numpy(), found


def tune(dataset, seed, most, start=None):
    """The CNN of NIST36 trained from nothing, or from the weights `start` at a third of the rate.

    For as many epochs as `most` says, but no longer than the largest data set takes for its own.
    """
    given = KINDS["cnn36"]
    images, labels = split(dataset, "train")
    torch.manual_seed(seed)
    model = networks.Cnn(32, len(NIST36_CLASSES), given.channels, given.hidden, given.dropout)
    if start is not None:
        networks.unpack_weights(model, start)
    moves = functools.partial(augment.characters, strength=given.augment)
    examples = fit.Batches(images[:, None], labels, given.batch, np.random.default_rng(seed), moves)
    epochs = max(
        1, min(most, round(SETTINGS.data.nist36_train * len(NIST36_CLASSES) * BUDGET[start is not None] / len(labels)))
    )
    rate = given.learning_rate / (3 if start is not None else 1)
    optimiser = torch.optim.AdamW(model.parameters(), rate, weight_decay=given.weight_decay)
    loss = functools.partial(torch.nn.functional.cross_entropy, label_smoothing=given.label_smoothing)
    fit.fit(model, examples, optimiser, epochs, fit.one_cycle(), loss)
    return lambda images: fit.predict(model, images[:, None]).numpy()


class Runs:
    """Answers of trained networks, kept in a folder under what they were made of."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, name, made_of, make):
        digest = hashlib.sha256()
        for part in made_of:
            digest.update(np.ascontiguousarray(part).tobytes() if isinstance(part, np.ndarray) else repr(part).encode())
        path = self.folder / f"{name}-{digest.hexdigest()[:16]}.npz"
        if not path.exists():
            if make is None:
                sys.exit(f"{name} is not among the runs; run all networks first")
            print(name, end=" ... ", flush=True)
            made = make()
            with path.with_suffix(".tmp").open("wb") as file:
                np.savez(file, **made)
            path.with_suffix(".tmp").rename(path)
            print("done", flush=True)
        with np.load(path) as kept:
            return dict(kept)


def answer(kind, dataset, seed, test, letters):
    """What a newly trained network says of the test images, and the letters that it reads on the pages."""
    read, found = train(kind, dataset, seed)
    made = {"said": read(split(test, "test")[0]).argmax(axis=1)}
    if kind == "emnist":
        texts = [reading.read_with_torch(page, found, 1)["record"]["text"] for page in letters]
        made["pages"] = np.array(["".join(text.split()) for text in texts])
    if kind == "cnn36":
        made["weights"] = np.frombuffer(found["weights"], np.uint8)
    return made


# --- scores -----------------------------------------------------------------------------------------------------------


def names_of(dataset, numbers, merge=False):
    """Names of classes in one case; with `merge` those that look alike have one name."""
    names = np.array([name.upper().translate(ALIKE) if merge else name.upper() for name in class_names(dataset)])
    return names[numbers]


def over_writers(rights, labels):
    """Mean and 95 % interval for other writers, of (seeds, n) right answers."""
    who = writer_of(labels, TEST_WRITERS)
    each = np.array([rights[:, who == writer].mean() for writer in range(TEST_WRITERS)])
    reach = stats.t.ppf(0.975, TEST_WRITERS - 1) * each.std(ddof=1) / np.sqrt(TEST_WRITERS)
    return rights.mean(), max(rights.mean() - reach, 0), min(rights.mean() + reach, 1)


def entry(mean, low, high, seeds):
    """Per cent, with two digits after the point."""
    return {"mean": mean, "low": low, "high": high, "seeds": list(seeds)}


def score_images(kind, answers, test):
    """Entries by key of all seeds' answers to the test images."""
    labels, scores = split(test, "test")[1], {}
    for merge in (False, True):
        truth = names_of(test, labels, merge)
        rights = np.array([names_of(test, said["said"], merge) == truth for said in answers])
        key = f"{kind}.{'test' if kind == 'emnist' else 'nist36_test'}{'_merged' if merge else ''}"
        if kind == "emnist":
            interval = rights.mean(), *wilson_interval(rights.mean(), CHARACTERS)
        else:
            interval = over_writers(rights, labels)
        scores[key] = entry(*interval, rights.mean(axis=1))
        plain = names_of(test, labels)
        scores[f"{key}_classes"] = {str(c): rights[:, plain == c].mean() for c in np.unique(plain)}
    return scores


def score_pages(answers, truths):
    """Entries by key of all seeds' readings of the pages: letters right, as 1 - edit distance by length."""
    scores, total = {}, sum(map(len, truths))
    for key, table in (("emnist.pages", {}), ("emnist.pages_merged", ALIKE)):
        seeds = [
            1
            - sum(
                edit_distances(str(text).upper().translate(table), truth.translate(table))[-1, -1]
                for text, truth in zip(said["pages"], truths, strict=True)
            )
            / total
            for said in answers
        ]
        scores[key] = entry(np.mean(seeds), *wilson_interval(float(np.mean(seeds)), total), seeds)
    return scores


def flatten(scores, suffix):
    """Per cent by key: ``key``, ``key.low``, ``key.high``, ``key.seeds`` or, of classes, ``key`` alone."""
    percent = lambda value: round(100 * float(value), 2)  # noqa: E731
    flat = {}
    for key, found in scores.items():
        if "mean" not in found:
            flat[f"{key}{suffix}"] = {name: percent(value) for name, value in found.items()}
            continue
        flat[f"{key}{suffix}"] = percent(found["mean"])
        for end in ("low", "high"):
            flat[f"{key}{suffix}.{end}"] = percent(found[end])
        flat[f"{key}{suffix}.seeds"] = [percent(value) for value in found["seeds"]]
    return flat


def run_networks(runs, mirror, suffix, source, tests, seeds, only):
    """Entries by key, ending in `suffix`, of networks trained on what `source` gives for each seed."""
    answers, truths, scores = {kind: [] for kind in KINDS}, (), {}
    for seed in seeds:
        nist36, emnist = source(seed)
        letters, truths = zip(*pages(mirror, nist36, emnist), strict=True)
        for kind in [kind for kind in KINDS if only in f"{kind}{suffix or '.drawn'}"]:
            dataset = emnist if kind == "emnist" else nist36
            made_of = [*split(dataset, "train"), KINDS[kind], *split(tests[kind], "test")]
            make = functools.partial(answer, kind, dataset, seed, tests[kind], letters)
            answers[kind].append(runs.get(f"{kind}{suffix or '.drawn'}.{seed}", made_of, make))
    for kind in [kind for kind in KINDS if answers[kind]]:
        found = score_images(kind, answers[kind], tests[kind])
        if kind == "emnist":
            found |= score_pages(answers[kind], truths)
        scores |= flatten(found, suffix)
    return scores


def run_curve(runs, mirror_nist36, seeds):
    """NIST36 CNN: accuracy by the number of real writers, with drawn data before them and without, for each seed."""
    images, labels = split(mirror_nist36, "train")
    test = split(mirror_nist36, "test")
    who, given = writer_of(labels, TRAINING_WRITERS), KINDS["cnn36"]
    curve = {"writers": WRITERS, "drawn": [], "real": {}, "drawn_then_real": {}}
    right = lambda found: round(100 * float((found["said"] == test[1]).mean()), 2)  # noqa: E731
    for seed in seeds:
        nist36, _ = drawn(seed)
        first = runs.get(f"cnn36.drawn.{seed}", [*split(nist36, "train"), given, *test], None)
        curve["drawn"].append(right(first))
        order = np.random.default_rng(seed).permutation(TRAINING_WRITERS)
        for name, start, most in (("real", None, 60), ("drawn_then_real", first["weights"], 20)):
            for count in WRITERS:
                chosen = np.isin(who, order[:count])
                part = mirror_nist36 | {"train_images": images[chosen], "train_labels": labels[chosen]}

                def make(part=part, start=start, most=most, seed=seed):
                    weights = None if start is None else start.tobytes()
                    return {"said": tune(part, seed, most, weights)(test[0]).argmax(axis=1)}

                made_of = [*split(part, "train"), given, *test, most, BUDGET, 0 if start is None else start]
                if name == "real" and count == TRAINING_WRITERS:
                    found = runs.get(f"cnn36.real.{seed}", [*split(part, "train"), given, *test], None)
                else:
                    found = runs.get(f"curve.{name}.{count}.{seed}", made_of, make)
                curve[name].setdefault(str(count), []).append(right(found))
    return curve


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mirror", type=Path)
    parser.add_argument(
        "--runs", type=Path, default=Path(gettempdir(), "handwriting-runs"), help="where answers are kept"
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--real-seeds", type=int, help="of networks trained on real writers, and of the curve")
    parser.add_argument(
        "--only", default="", help="part of a key, such as cnn36, .drawn or .real, or curve; replaces only these"
    )
    given = parser.parse_args()
    torch.set_num_threads(1)
    runs, seeds = Runs(given.runs), {"": range(given.seeds), ".real": range(given.real_seeds or given.seeds)}
    nist36, emnist = real(given.mirror)
    tests = {kind: emnist if kind == "emnist" else nist36 for kind in KINDS}
    results = {}
    for suffix, source in (("", drawn), (".real", lambda seed: (nist36, emnist))):
        if any(given.only in f"{kind}{suffix or '.drawn'}" for kind in KINDS):
            results |= run_networks(runs, given.mirror, suffix, source, tests, seeds[suffix], given.only)
    for key, value in sorted(results.items()):
        if isinstance(value, float) and not key.endswith((".low", ".high")):
            low, high, each = (results[f"{key}.{end}"] for end in ("low", "high", "seeds"))
            print(f"{key}: {value} ({low} to {high}), seeds {each}")
    if given.only:
        results = json.loads(RESULTS.read_text(encoding="utf-8")) | results
    save(results)
    if given.only in ("", "curve"):
        save(results | {"curve": run_curve(runs, nist36, seeds[".real"])})


def save(results):
    """Write benchmarks/handwriting.json."""
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
