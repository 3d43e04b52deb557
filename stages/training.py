"""Q3: train the network at three learning rates, choose on validation, test once, and look at what it learned."""

from lib.graph import Number, figure, json, npz, numbers, step, sweep
from stages.data import NIST36
from stages.settings import SETTINGS

TRAINING = SETTINGS.training
RATES = TRAINING.rates

FITS = sweep(
    "lib.steps.training:fit",
    over={"learning_rate": RATES, "seed": TRAINING.seeds},
    nist36=NIST36,
    settings=TRAINING,
    to=npz("fits/mlp_{learning_rate:g}_{seed}"),
    doc="A network trained at learning rate {learning_rate:g}, seed {seed}.",
)
BEST = step(
    "lib.steps.training:choose",
    nist36=NIST36,
    fits=FITS,
    to={
        "weights": npz("Q3.1.1/weights", "Weights of the best network: W0, b0 (hidden), W1, b1 (output)."),
        "history": json("Q3.1.1/curves.json", "Accuracy and loss of the best network after each epoch."),
        "numbers": numbers(
            "Q3.1.2/numbers",
            Number("q3.best_learning_rate", "Best learning rate, chosen on validation", headline=2),
            Number("q3.train_accuracy", "Network, training accuracy", "%"),
            Number("q3.valid_accuracy", "Network, validation accuracy", "%", headline=3),
            Number("q3.test_accuracy", "Network, test accuracy", "%", headline=4),
            Number("q3.test_accuracy_low", "Test accuracy, lower end of the 95 % interval", "%", detail=True),
            Number("q3.test_accuracy_high", "Test accuracy, upper end of the 95 % interval", "%", detail=True),
            Number("q3.test_accuracy_mean", "Test accuracy, mean over seeds", "%", detail=True),
            Number("q3.test_accuracy_std", "Test accuracy, standard deviation over seeds", "%", detail=True),
            Number("q3.test_loss", "Loss on test images", "nats", detail=True),
            Number("q3.valid_loss", "Loss on validation images", "nats", detail=True),
            Number("q3.best_seed", "Seed of the best network", detail=True),
            Number("q3.seeds", "Seeds at each rate", detail=True),
            Number("q3.epochs", "Epochs", detail=True),
            *(
                Number(
                    f"q3.valid_accuracy_{name}.{rate:g}",
                    f"Validation accuracy at rate {rate:g}, {label}",
                    "%",
                    detail=True,
                )
                for rate in RATES
                for name, label in (("low", "lowest seed"), ("mean", "mean over seeds"), ("high", "highest seed"))
            ),
            caption="Validation accuracy of every rate; the chosen network on test.",
        ),
        "predictions": npz("fits/mlp_test", "Scores of the best network for every test image."),
    },
)
# Not the assignment's network: the same one, trained on more. What it gains is what moving a letter costs the other.
AUGMENTED_FITS = sweep(
    "lib.steps.training:fit_augmented",
    over={"seed": TRAINING.seeds[:2]},  # each takes three times as long as one of those above
    nist36=NIST36,
    settings=TRAINING,
    to=npz("fits/mlp_augmented_{seed}"),
    doc="Beside Q3: the network trained on moved copies of the images as well, seed {seed}.",
)
AUGMENTED = step(
    "lib.steps.training:test_augmented",
    nist36=NIST36,
    fits=AUGMENTED_FITS,
    plain=BEST.predictions,
    to=numbers(
        "Q3.1.2/augmented",
        Number("q3.augmented.test_accuracy", "Beside it: trained on moved copies too, test accuracy", "%"),
        Number("q3.augmented.test_accuracy_low", "With moved copies, lower end of the 95 % interval", "%", detail=True),
        Number("q3.augmented.test_accuracy_high", "With moved copies, upper end of the interval", "%", detail=True),
        Number("q3.augmented.test_accuracy_mean", "With moved copies, mean over seeds", "%", detail=True),
        Number("q3.augmented.valid_accuracy", "With moved copies, validation accuracy", "%"),
        Number("q3.augmented.train_accuracy", "With moved copies, training accuracy", "%", detail=True),
        Number("q3.augmented.copies", "Moved copies of each image", detail=True),
        Number("q3.augmented.only_plain_right", "Test images that only Q3's network reads", detail=True),
        Number("q3.augmented.only_augmented_right", "Test images that only the augmented one reads", detail=True),
        Number("q3.augmented.mcnemar_p", "McNemar's test of the two, p", detail=True),
        caption="The network of Q3 trained on moved copies of the images as well, chosen on validation, on test.",
    ),
    settings=TRAINING,
)
COURSE = step(
    "lib.steps.training:course",
    fits=FITS,
    to=numbers(
        "Q3.1.2/course",
        Number("q3.early_epochs", "Early in the training: epochs", detail=True),
        *(
            Number(f"q3.rate.{rate:g}.{name}", f"Rate {rate:g}, {label}", unit, detail=True)
            for rate in RATES
            for name, label, unit in (
                ("train_accuracy", "training accuracy", "%"),
                ("train_loss", "loss on training images", "nats"),
                ("valid_loss", "loss on validation images", "nats"),
                ("lowest_valid_loss", "lowest loss on validation images", "nats"),
                ("early_valid_accuracy", "validation accuracy early in the training", "%"),
                ("rises", "epochs in which the training loss rose", "%"),
            )
        ),
        caption="Course of the training at each rate in a few numbers, means over the seeds.",
    ),
)
PATTERNS = step(
    "lib.steps.training:patterns",
    weights=BEST.weights,
    to=numbers(
        "Q3.1.3/patterns",
        Number("q3.1.3.units", "Hidden units", detail=True),
        *(
            Number(f"q3.1.3.{name}_{measure}", f"{label}, {name} training", detail=True)
            for measure, label in (
                ("neighbours", "Correlation of neighbouring weights"),
                ("border", "Weights at the border relative to inside"),
                ("size", "Root mean square of the weights"),
            )
            for name in ("before", "after")
        ),
        caption="Smoothness, border and size of the first layer's weights, before and after training.",
    ),
)
PAIRS = step(
    "lib.steps.training:rank_pairs",
    predictions=BEST.predictions,
    to=json("Q3.1.4/confused_pairs.json", "Pairs of classes, most often confused first."),
)

figure(
    "Q3.1.1/curves",
    "lib.figures.training:curves",
    history=BEST.history,
    caption="Accuracy and mean cross-entropy after each epoch, for the best network. The gap between training and "
    "validation is what it learned about the training images alone.",
)
figure(
    "Q3.1.2/learning_rates",
    "lib.figures.training:learning_rates",
    fits=FITS,
    caption="Accuracy and loss over the epochs at each learning rate, on shared axes. Curves are means over the seeds, "
    "bands reach from the worst to the best.",
)
figure(
    "Q3.1.3/first_layer",
    "lib.figures.training:first_layer",
    weights=BEST.weights,
    caption="Weights from the image to each of the hidden units, before and after training. Each half has its own gray "
    "range, shown below it.",
)
figure(
    "Q3.1.4/confusion",
    "lib.figures.training:confusion",
    predictions=BEST.predictions,
    caption="Confusion matrix on the test images: rows are true classes, columns what was read. Colours "
    "count mistakes; correct images are counted at the right.",
)
figure(
    "Q3.1.4/confused_pairs",
    "lib.figures.training:confused_pairs",
    nist36=NIST36,
    predictions=BEST.predictions,
    ranking=PAIRS,
    caption="The pairs of classes most often confused, with the test images that were misread.",
)
