"""Q3: train the network at three learning rates, choose on validation, test once, and look at what it learned."""

from lib.graph import Artifact, Number, figure, json, npz, numbers, step, sweep
from stages.data import NIST36
from stages.settings import SETTINGS, called

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
FEWER = " (two of them at the other rates)" if TRAINING.more_rates and len(TRAINING.seeds) > 2 else ""
MORE_FITS = sweep(
    "lib.steps.training:fit_ends",
    over={"learning_rate": TRAINING.more_rates, "seed": TRAINING.seeds[:2]},
    nist36=NIST36,
    settings=TRAINING,
    to=npz("fits/mlp_ends_{learning_rate:g}_{seed}"),
    doc="The same at learning rate {learning_rate:g}, seed {seed}, which the assignment does not ask for.",
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
            Number("q3.best_learning_rate", "Best of the learning rates compared, chosen on validation", headline=2),
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
                ("largest_rise", "largest rise of the training loss", "nats"),
                ("near_epoch", "first epoch with nine tenths of the highest validation accuracy", ""),
                ("near_rate", "learning rate at the end of that epoch", ""),
                ("gap", "training less validation accuracy", "%"),
                ("gap_p", "paired t-test of the two, p", ""),
                ("first_gradient_norm", "gradient's norm in the first epoch", ""),
                ("last_gradient_norm", "gradient's norm in the last epoch", ""),
                ("first_saturation", "hidden outputs saturated after the first epoch", "%"),
                ("last_saturation", "hidden outputs saturated at the end", "%"),
            )
        ),
        caption="Course of the training at each rate in a few numbers, means over the seeds.",
    ),
)
SWEPT = step(
    "lib.steps.learning:tabulate_rates",
    fits=FITS,
    more=MORE_FITS,
    to={
        "rates": json("Q3.1.2/sweep.json", "Where training ends at each learning rate of a logarithmic sweep."),
        "numbers": numbers(
            "Q3.1.2/sweep_numbers",
            Number("q3.sweep.rates", "Sweep: learning rates", detail=True),
            Number("q3.sweep.lowest_rate", "Sweep: lowest rate", detail=True),
            Number("q3.sweep.highest_rate", "Sweep: highest rate", detail=True),
            Number("q3.sweep.best_rate", "Sweep: rate with the best validation accuracy", detail=True),
            Number("q3.sweep.best_valid_accuracy", "Sweep: validation accuracy there, mean", "%", detail=True),
            Number("q3.sweep.diverged", "Sweep: rates at which every seed diverged", detail=True),
            caption="Ends and best rate of the sweep.",
        ),
    },
)
AGAINST_BEST = step(
    "lib.steps.learning:compare_with_best",
    fits=FITS,
    chosen=BEST.numbers,
    to=numbers(
        "Q3.1.2/against_best",
        *(
            Number(
                f"q3.against_best.{rate:g}.{series}_{name}",
                f"Rate {rate:g} against the best, {what}, {label}",
                unit,
                detail=True,
            )
            for rate in RATES
            for series, what, scale in (
                ("train_accuracy", "training accuracy", "%"),
                ("valid_accuracy", "validation accuracy", "%"),
                ("train_loss", "loss on training images", "nats"),
                ("valid_loss", "loss on validation images", "nats"),
            )
            for name, label, unit in (
                ("difference", "mean difference", scale),
                ("p", "paired t-test, p", ""),
                ("higher", "seeds in which it is higher", ""),
            )
        ),
        caption="Each rate against the best one, paired over the seeds.",
    ),
)
OBSERVED = step(
    "lib.steps.learning:observe",
    nist36=NIST36,
    chosen=BEST.numbers,
    settings=TRAINING,
    to={
        "observed": json(
            "Q3.1.1/observed", "The best network trained once more: losses within the epochs, gradient, saturation."
        ),
        "snapshots": npz("fits/mlp_snapshots", "Its first layer's weights after some epochs."),
    },
)
HUMP = step(
    "lib.steps.learning:explain_hump",
    observed=OBSERVED.observed,
    fits=FITS,
    chosen=BEST.numbers,
    to=numbers(
        "Q3.1.1/hump_numbers",
        *(
            Number(f"q3.hump.{name}", f"Largest rise of the training loss: {label}", unit, detail=True)
            for name, label, unit in (
                ("epoch", "epoch", ""),
                ("rise", "rise", "nats"),
                ("rises", "epochs in which the loss rose", ""),
                ("mean_weights_rises", "epochs in which that at the mean weights rose", ""),
                ("loss", "loss at its end", "nats"),
                ("mean_weights_loss", "loss at the mean weights", "nats"),
                ("mean_weights_rise", "rise at the mean weights", "nats"),
                ("norm_change", "change of the gradient's norm", "%"),
                ("saturation_change", "change of the saturation", "%"),
                ("same_epoch", "seeds with their largest rise in this epoch", ""),
                ("explained", "1 if the swing of the steps explains it", ""),
            )
        ),
        caption="The largest rise of the training loss from one epoch to the next, and what goes with it.",
    ),
)
SHIFT = step(
    "lib.steps.learning:compare_splits",
    nist36=NIST36,
    fits=FITS,
    chosen=BEST.numbers,
    to=numbers(
        "Q3.1.2/shift",
        Number("q3.shift.valid_minus_test", "Validation less test accuracy, mean over seeds", "%", detail=True),
        Number(
            "q3.shift.valid_minus_test_low", "Validation less test, lower end of the 95 % interval", "%", detail=True
        ),
        Number("q3.shift.valid_minus_test_high", "Validation less test, upper end of the interval", "%", detail=True),
        Number("q3.shift.selection", "Validation accuracy of the chosen seed, above the mean", "%", detail=True),
        Number("q3.shift.valid_nearest", "Distance of validation images to the nearest training image", detail=True),
        Number("q3.shift.test_nearest", "Distance of test images to the nearest training image", detail=True),
        Number("q3.shift.nearest_p", "Mann-Whitney test of these distances, p", detail=True),
        caption="What validation and test accuracy may differ by: choice, chance, images less like those of training.",
    ),
)
PATTERNS = step(
    "lib.steps.training:patterns",
    nist36=NIST36,
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
                ("reach", "Pixels at which the correlation of weights has fallen to 1/2"),
                ("positive", "Share of the squared weights that are positive"),
                ("letter", "Largest correlation of a unit with a class's mean image, mean"),
            )
            for name in ("before", "after")
        ),
        Number("q3.1.3.border_spread", "Spread of training images along the border, to that inside", detail=True),
        Number("q3.1.3.colour_limit", "Weights beyond this have the same colour", detail=True),
        Number("q3.1.3.clipped_share", "Share of the trained weights beyond it", "%", detail=True),
        caption="Smoothness, border, size and shapes of the first layer's weights, before and after training.",
    ),
)
PAIRS = step(
    "lib.steps.training:rank_pairs",
    predictions=BEST.predictions,
    to=json("Q3.1.4/confused_pairs.json", "Pairs of classes, most often confused first."),
)
KINDS = {
    "case": "a letter and its other case",
    "0O": "0 and O",
    "1IL": "1, I and L",
    "2Z": "2 and Z",
    "5S": "5 and S",
    "9gq": "9, g and q",
    "other": "other pairs",
}


def mistakes(question: str, name: str, data: Artifact, predictions: Artifact) -> Artifact:
    """Declare what is known of a classifier's mistakes on its test images: `Q3.1.4/mistakes`, `Q7.1.4/mistakes`."""
    key = {"Q3.1.4": "q3"}.get(question, question.lower())
    step(
        "lib.steps.mistakes:count_kinds",
        predictions=predictions,
        prefix=key,
        to=numbers(
            f"{question}/kinds",
            Number(f"{key}.errors", "Misread test images", detail=True),
            *(
                Number(f"{key}.kind.{kind}", f"Misread test images, {label}", detail=True)
                for kind, label in KINDS.items()
            ),
            Number(f"{key}.accuracy_folded", "Test accuracy, both cases of a letter right", "%", detail=True),
            caption="Misread test images by what they were mixed up with.",
        ),
    )
    looked_up = step(
        "lib.steps.mistakes:look_up",
        dataset=data,
        predictions=predictions,
        prefix=key,
        to={
            "nearest": npz(f"fits/{question}_nearest"),
            "numbers": numbers(
                f"{question}/nearest",
                Number(f"{key}.mistakes.images", "Misread images looked up", detail=True),
                Number(
                    f"{key}.mistakes.nearest_is_read", "Nearest training image is of the class read", "%", detail=True
                ),
                Number(
                    f"{key}.mistakes.nearest_is_true", "Nearest training image is of the true class", "%", detail=True
                ),
                Number(
                    f"{key}.mistakes.right_nearest_is_true",
                    "The same of images that were read right",
                    "%",
                    detail=True,
                ),
                caption="Classes of the training images nearest to test images that were misread.",
            ),
        },
    )
    return figure(
        f"{question}/mistakes",
        "lib.figures.confusion:mistakes",
        dataset=data,
        predictions=predictions,
        nearest=looked_up.nearest,
        caption=f"Misread test images of {called(name)}, the surest mistakes first and no kind twice before every kind "
        "was shown. Below each the nearest training image of the class it was read as, and of its own class.",
    )


mistakes("Q3.1.4", "NIST36", NIST36, BEST.predictions)

figure(
    "Q3.1.1/curves",
    "lib.figures.training:curves",
    history=BEST.history,
    caption="Accuracy and mean cross-entropy of the best network after each epoch, on training and validation images.",
)
figure(
    "Q3.1.2/learning_rates",
    "lib.figures.training:learning_rates",
    fits=FITS,
    caption="Accuracy and loss over the epochs at each learning rate, on shared axes. Curves are means over the seeds, "
    "bands reach from the worst to the best.",
)
figure(
    "Q3.1.1/hump",
    "lib.figures.training:hump",
    observed=OBSERVED.observed,
    caption="Loss of the best network at the end of each epoch and at the mean of that epoch's weights; norm of "
    "the gradient, and share of saturated hidden outputs.",
)
figure(
    "Q3.1.2/sweep",
    "lib.figures.training:sweep",
    rates=SWEPT.rates,
    caption="Where training ends over the learning rate; the assignment's rates are filled. Lines are means over the "
    f"seeds{FEWER}, bands reach from the worst to the best. Beside it the norm of the gradient, and the share of "
    "hidden outputs that are saturated.",
)
figure(
    "Q3.1.3/first_layer",
    "lib.figures.training:first_layer",
    weights=BEST.weights,
    caption="Weights from the image to each of the hidden units, before and after training, on one range of colours; "
    "the few weights beyond it have its ends' colours.",
)
figure(
    "Q3.1.4/confusion",
    "lib.figures.confusion:confusion",
    predictions=BEST.predictions,
    caption="Confusion matrix on the test images: rows are true classes, columns what was read. Colours "
    "count mistakes; correct images are counted at the right.",
)
figure(
    "Q3.1.4/confused_pairs",
    "lib.figures.confusion:confused_pairs",
    nist36=NIST36,
    predictions=BEST.predictions,
    ranking=PAIRS,
    caption="The pairs of classes most often confused, with the test images that were misread.",
)
