"""Q3: train the network at three learning rates, choose on validation, test once, and look at what it learned."""

import functools
import json

from lib.build import Artifact, figure, progress, settings, task
from lib.jsonfile import write_json
from stages.data import NIST36

# --- what the other stages read ---------------------------------------------------------------------------------------

ACTIVATIONS = ("sigmoid", "linear")  # of the hidden layer and the logits, for all that read the weights
WEIGHTS = Artifact("Q3.1.1", "weights.npz", caption="Weights of the best network: W0, b0 (hidden), W1, b1 (output).")
CHOICE = Artifact("Q3.1.2", "numbers.json", caption="Validation accuracy of every rate; the chosen network on test.")
RANKING = Artifact("Q3.1.4", "confused_pairs.json", caption="Pairs of classes, most often confused first.")
CURVES_NUMBERS = Artifact("Q3.1.1", "curves.json", caption="Accuracy and loss of the best network after each epoch.")
RESULTS = [CHOICE]

CURVES = figure(
    "Q3.1.1",
    "curves",
    caption="Accuracy and cross-entropy averaged over the data after each epoch, for the best network: the gap between "
    "training and validation is what it learned about the training images alone.",
)
RATES = figure(
    "Q3.1.2",
    "learning_rates",
    caption="Accuracy and loss at each learning rate on shared axes: mean over seeds, the band from the worst to the "
    "best.",
)
FIRST_LAYER = figure(
    "Q3.1.3",
    "first_layer",
    caption="Weights from the image to each of the hidden units, before and after training, one range in each half.",
)
CONFUSION = figure(
    "Q3.1.4",
    "confusion",
    caption="Test images of the class of each row that were read as the class of each column; "
    "the diagonal is left out of the colours.",
)
PAIRS = figure("Q3.1.4", "confused_pairs", caption="The pairs of classes most often confused, on test.")
PREDICTIONS = Artifact("fits", "mlp_test.npz", caption="Scores of the best network for every test image.")


def task__fit():
    """Q3.1.2 Networks trained at three learning rates, several seeds each."""
    ours = settings("training")
    for learning_rate in learning_rates(ours):
        for seed in ours.seeds:
            yield task(
                fit,
                name=f"{learning_rate:g}:{seed}",
                doc=f"Q3.1.2 A network trained at learning rate {learning_rate:g}, seed {seed}.",
                inputs=[NIST36],
                outputs=[fit_of(learning_rate, seed)],
                settings=ours.only(
                    "hidden", "epochs", "batch", "momentum", "weight_decay", learning_rate=learning_rate, seed=seed
                ),
            )


def task_choose():
    """Q3.1.2 The best network by validation accuracy, and what it reaches on test."""
    ours = settings("training")
    fits = [fit_of(rate, seed) for rate in learning_rates(ours) for seed in ours.seeds]
    return task(choose, inputs=[NIST36, fits], outputs=[WEIGHTS, CHOICE, PREDICTIONS, CURVES_NUMBERS])


def task_curves():
    """Q3.1.1 Accuracy and loss over epochs of the best network."""
    return task(draw_curves, inputs=[CURVES_NUMBERS], outputs=[CURVES])


def task_learning_rates():
    """Q3.1.2 Accuracy and loss over epochs for each learning rate, with the spread over seeds."""
    ours = settings("training")
    fits = [fit_of(rate, seed) for rate in learning_rates(ours) for seed in ours.seeds]
    return task(draw_rates, inputs=[fits], outputs=[RATES])


def task_first_layer():
    """Q3.1.3 First-layer weights before and after training."""
    return task(draw_first_layer, inputs=[WEIGHTS], outputs=[FIRST_LAYER])


def task_confused_pairs():
    """Q3.1.4 The most confused pairs of classes, ranked."""
    return task(rank_pairs, inputs=[PREDICTIONS], outputs=[RANKING])


def task_confusion():
    """Q3.1.4 Confusion matrix of the best network on test."""
    return task(draw_confusion, inputs=[PREDICTIONS], outputs=[CONFUSION])


def task_confused_pairs_figure():
    """Q3.1.4 The most confused pairs, as a table with examples."""
    return task(draw_pairs, inputs=[NIST36, PREDICTIONS, RANKING], outputs=[PAIRS])


def learning_rates(ours):
    """Learning rates of the sweep."""
    return [float(f"{ours.learning_rate * factor:.6g}") for factor in ours.factors]


def fit_of(learning_rate, seed):
    """Where the weights and the history of one run of the sweep are."""
    return Artifact("fits", f"mlp_{learning_rate:g}_{seed}.npz")


# --- what the tasks do ------------------------------------------------------------------------------------------------


def fit(nist36, fit_file, settings):
    import numpy as np

    from lib.data import formats
    from lib.nn import losses, network, optimisers, training

    images, labels = formats.load_split(nist36, "train")
    valid_images, valid_labels = formats.load_split(nist36, "valid")
    classes = formats.load_classes(nist36)
    # Most pixels are paper, 1, in every image; about their mean all of them are small, and every rate trains better.
    x, valid_x = images.reshape(len(images), -1), valid_images.reshape(len(valid_images), -1)
    mean = x.mean(axis=0)
    x, valid_x = x - mean, valid_x - mean

    rng = np.random.default_rng(settings.seed)
    net = network.initialise((x.shape[1], settings.hidden, len(classes)), ACTIVATIONS, rng)
    before = net.layers[0].W.copy()

    watched = {"train": (x, labels), "valid": (valid_x, valid_labels)}
    history = training.fit(
        net,
        x,
        labels,
        losses.CROSS_ENTROPY,
        optimisers.Momentum(settings.momentum),
        training.cosine(settings.learning_rate),
        settings.epochs,
        settings.batch,
        rng,
        weight_decay=settings.weight_decay,
        measure=lambda net: training.measure(functools.partial(training.evaluate, net), watched),
        on_epoch=progress,
    )
    network.fold_mean(net, mean)
    np.savez(
        fit_file, W0_before=before, learning_rate=settings.learning_rate, seed=settings.seed, **net.arrays(), **history
    )


def choose(nist36, fit_files, weights_file, numbers_file, predictions_file, curves_file):
    import numpy as np

    from lib.data import formats
    from lib.nn import confusion, losses, network

    images, labels = formats.load_split(nist36, "test")
    x = images.reshape(len(images), -1)
    fits = [dict(np.load(path)) for path in fit_files]
    valid = {}
    for one in fits:
        valid.setdefault(float(one["learning_rate"]), []).append(float(one["valid_accuracy"][-1]))
    best_rate = max(valid, key=lambda rate: np.mean(valid[rate]))
    of_best_rate = [one for one in fits if one["learning_rate"] == best_rate]
    best = max(of_best_rate, key=lambda one: one["valid_accuracy"][-1])

    # Test images are looked at from here on only, when nothing is left to choose.
    def tested(one):
        return network.predict(network.from_arrays(one, ACTIVATIONS), x)

    logits = tested(best)
    test = losses.accuracy(logits, labels)
    over_seeds = [losses.accuracy(tested(one), labels) for one in of_best_rate]
    low, high = confusion.wilson_interval(test, len(labels))
    numbers = {
        "q3.best_learning_rate": best_rate,
        "q3.best_seed": int(best["seed"]),
        "q3.seeds": len(of_best_rate),
        "q3.epochs": len(best["valid_accuracy"]),
        "q3.train_accuracy": float(best["train_accuracy"][-1]),
        "q3.valid_accuracy": float(best["valid_accuracy"][-1]),
        "q3.valid_loss": float(best["valid_loss"][-1]),
        "q3.test_accuracy": test,
        "q3.test_loss": losses.cross_entropy(logits, labels),
        "q3.test_accuracy_low": low,
        "q3.test_accuracy_high": high,
        "q3.test_accuracy_mean": float(np.mean(over_seeds)),
        "q3.test_accuracy_std": float(np.std(over_seeds, ddof=1)) if len(over_seeds) > 1 else 0.0,
    }
    for rate, accuracies in valid.items():
        numbers[f"q3.valid_accuracy_mean.{rate:g}"] = float(np.mean(accuracies))
        numbers[f"q3.valid_accuracy_low.{rate:g}"] = min(accuracies)
        numbers[f"q3.valid_accuracy_high.{rate:g}"] = max(accuracies)
    names = ("W0_before", "W0", "b0", "W1", "b1")
    np.savez(weights_file, **{name: best[name] for name in names})
    write_json(numbers_file, numbers)
    np.savez(predictions_file, logits=logits, labels=labels, classes=np.array(formats.load_classes(nist36)))
    series = ("train_accuracy", "valid_accuracy", "train_loss", "valid_loss")
    write_json(curves_file, {name: best[name].tolist() for name in series})


def draw_curves(curves_file, figure_files):
    from lib.figures import training as figures
    from lib.figures.style import save

    save(figures.curves(json.loads(curves_file.read_text())), *figure_files)


def draw_rates(fit_files, figure_files):
    import numpy as np

    from lib.figures import training as figures
    from lib.figures.style import save

    runs = {}
    for path in fit_files:
        one = dict(np.load(path))
        runs.setdefault(float(one["learning_rate"]), []).append(one)
    save(figures.learning_rates(runs), *figure_files)


def draw_first_layer(weights_file, figure_files):
    import numpy as np

    from lib.figures import training as figures
    from lib.figures.style import save

    weights = np.load(weights_file)
    before, after = weights["W0_before"], weights["W0"]
    side = int(len(before) ** 0.5)
    images = [W.T.reshape(-1, side, side) for W in (before, after)]
    save(figures.first_layer(*images), *figure_files)


def rank_pairs(predictions_file, ranking_file):
    import numpy as np

    from lib.nn import confusion

    found = np.load(predictions_file)
    classes = found["classes"].tolist()
    counts = confusion.confusion_matrix(found["logits"].argmax(axis=1), found["labels"], len(classes))
    ranked = [
        {"pair": classes[i] + classes[j], "read_as_second": there, "read_as_first": back, "together": there + back}
        for i, j, there, back in confusion.most_confused(counts)
    ]
    write_json(ranking_file, ranked)


def draw_confusion(predictions_file, figure_files):
    import numpy as np

    from lib.figures import training as figures
    from lib.figures.style import save
    from lib.nn import confusion

    found = np.load(predictions_file)
    classes = found["classes"].tolist()
    counts = confusion.confusion_matrix(found["logits"].argmax(axis=1), found["labels"], len(classes))
    save(figures.confusion(counts, classes), *figure_files)


def draw_pairs(nist36, predictions_file, ranking_file, figure_files):
    import numpy as np

    from lib.data import formats
    from lib.figures import training as figures
    from lib.figures.style import save

    images, labels = formats.load_split(nist36, "test")
    found = np.load(predictions_file)
    classes = found["classes"].tolist()
    predicted = found["logits"].argmax(axis=1)
    rows = []
    for pair in json.loads(ranking_file.read_text())[:10]:
        i, j = map(classes.index, pair["pair"])
        mistaken = [images[(labels == true) & (predicted == read)] for true, read in ((i, j), (j, i))]
        rows.append((classes[i], classes[j], *mistaken))
    per_class = int(np.bincount(labels).max())
    save(figures.confused_pairs(rows, per_class), *figure_files)
