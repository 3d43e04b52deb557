"""Q5 and Q6: an autoencoder and PCA, as few numbers for an image, on the same images."""

from lib.build import Artifact, figure, progress, settings, task
from lib.jsonfile import write_json
from stages.data import NIST36

HISTORY = Artifact("Q5.2", "history.json", caption="Squared error per image of the autoencoder after each epoch.")
LOSS = figure("Q5.2", "loss", caption="Squared error per image over the epochs, for the assignment's autoencoder.")
PAIRS = figure(
    "Q5.3.1", "reconstructions", caption="Two validation images of some classes, and the autoencoder's reconstructions."
)
PCA = Artifact("Q6.1", "pca.npz", caption="Mean and components of the training images, and those without centring.")
PCA_PAIRS = figure(
    "Q6.2",
    "reconstructions",
    caption="Two test images of the same classes, by principal components and by autoencoders with as long a code.",
)
RANKS = figure(
    "Q6.3", "psnr_by_rank", caption="PSNR on test images over the number of components, and the autoencoders."
)
NUMBERS = Artifact("Q6.3", "numbers.json", caption="PSNR, rank and parameters of both models, on both sets.")
RESULTS = [NUMBERS]

# The assignment's network, and one that has room before and after as short a code.
ASKED, WIDE = "autoencoder", "wide_autoencoder"
LABELS = {ASKED: "autoencoder", WIDE: "wide autoencoder"}
ACTIVATIONS = {ASKED: ("relu", "relu", "relu", "sigmoid"), WIDE: ("relu", "linear", "relu", "sigmoid")}
MOST_COMPONENTS = 256


def task__autoencoders():
    """Q5.2 Two autoencoders: the assignment's, and a wider one through as many numbers."""
    ours = settings("compression")
    asked = {"hidden": [ours.code] * 3, "learning_rate": ours.learning_rate, "epochs": ours.epochs, "batch": ours.batch}
    wide = {
        "hidden": [ours.wide, ours.code, ours.wide],
        "learning_rate": ours.wide_rate,
        "epochs": ours.wide_epochs,
        "batch": ours.wide_batch,
    }
    for model, shape in ((ASKED, asked), (WIDE, wide)):
        yield task(
            fit,
            name=model,
            inputs=[NIST36],
            outputs=[fit_of(model)],
            settings=ours.only("momentum", "seed", model=model, **shape),
        )


def task_autoencoder_loss():
    """Q5.2 The autoencoder's loss over its epochs."""
    return task(draw_loss, inputs=[fit_of(ASKED)], outputs=[LOSS, HISTORY])


def task_autoencoder_pairs():
    """Q5.3.1 Validation images of some classes and their reconstructions."""
    ours = settings("compression").only("classes")
    return task(draw_pairs, inputs=[NIST36, fit_of(ASKED)], outputs=[PAIRS], settings=ours)


def task_pca():
    """Q6.1 Principal components of the training images."""
    return task(fit_pca, inputs=[NIST36], outputs=[PCA])


def task_pca_pairs():
    """Q6.2 Test images of the same five classes by each model."""
    models = [fit_of(ASKED), fit_of(WIDE)]
    ours = settings("compression").only("classes", "code")
    return task(draw_pca_pairs, inputs=[NIST36, PCA, models], outputs=[PCA_PAIRS], settings=ours)


def task_compression():
    """Q6.3 PSNR, rank and parameters of PCA and the autoencoders, on the same images."""
    models = [fit_of(ASKED), fit_of(WIDE)]
    ours = settings("compression").only("code")
    return task(compare, inputs=[NIST36, PCA, models], outputs=[NUMBERS, RANKS], settings=ours)


def fit_of(model):
    """Where the weights and the history of an autoencoder are."""
    return Artifact("fits", f"{model}.npz")


# --- what the tasks do ------------------------------------------------------------------------------------------------


def fit(nist36, fit_file, settings):
    import numpy as np

    from lib.nn import compression, losses, network, optimisers, training

    x, valid = _load(nist36, "train")[0], _load(nist36, "valid")[0]
    rng = np.random.default_rng(settings.seed)
    pixels, mean = x.shape[1], x.mean(axis=0)
    net = network.initialise((pixels, *settings.hidden, pixels), ACTIVATIONS[settings.model], rng)
    # It starts from the mean image, and its first layer from what differs from that: otherwise the first steps, which
    # all images agree on, are so large that ReLUs of the narrow layers die.
    net.layers[-1].b[...] = compression.logit(mean)
    network.fold_mean(net, mean)

    def measure(net):
        errors = {
            split: losses.distance(network.predict(net, y), y).mean() for split, y in (("train", x), ("valid", valid))
        }
        return {f"{split}_loss": float(error) for split, error in errors.items()}

    history = training.fit(
        net,
        x,
        x,
        losses.SQUARED_ERROR,
        optimisers.Momentum(settings.momentum) if settings.model == ASKED else optimisers.Adam(),
        training.cosine(settings.learning_rate),
        settings.epochs,
        settings.batch,
        rng,
        measure=measure,
        on_epoch=progress,
    )
    np.savez(fit_file, **net.arrays(), **history)


def draw_loss(fit_file, pictures, history_file):
    import numpy as np

    from lib.figures import compression as figures
    from lib.figures.style import save

    with np.load(fit_file) as fitted:
        history = {split: fitted[f"{split}_loss"].tolist() for split in ("train", "valid")}
    save(figures.loss(**history), *pictures)
    numbers = {f"{split}_loss": values for split, values in history.items()}
    write_json(history_file, numbers)


def draw_pairs(nist36, fit_file, pictures, settings):
    from lib.figures import compression as figures
    from lib.figures.style import save

    chosen, names = _choose(nist36, "valid", settings.classes)
    rows = {"original": chosen, LABELS[ASKED]: _reconstruct(fit_file, ASKED, chosen)}
    save(figures.pairs(_as_images(rows), names), *pictures)


def fit_pca(nist36, pca_file):
    import numpy as np

    from lib.nn import compression

    x, _ = _load(nist36, "train")
    mean = x.mean(axis=0, dtype=np.float64)
    zero = np.zeros_like(mean)
    np.savez(
        pca_file,
        mean=mean,
        components=compression.principal_components(x, mean)[:MOST_COMPONENTS],
        uncentred=compression.principal_components(x, zero)[:MOST_COMPONENTS],
    )


def draw_pca_pairs(nist36, pca_file, fit_files, pictures, settings):
    import numpy as np

    from lib.figures import compression as figures
    from lib.figures.style import save
    from lib.nn import compression

    chosen, names = _choose(nist36, "test", settings.classes)
    with np.load(pca_file) as pca:
        projected = compression.project(chosen, pca["mean"], pca["components"][: settings.code])
    rows = {"original": chosen, "PCA": projected}
    for model, file in zip(LABELS, fit_files, strict=True):
        rows[LABELS[model].replace(" ", "\n")] = _reconstruct(file, model, chosen)
    save(figures.pairs(_as_images(rows), names), *pictures)


def compare(nist36, pca_file, fit_files, numbers_file, pictures, settings):
    import numpy as np

    from lib.figures import compression as figures
    from lib.figures.style import save
    from lib.nn import compression

    with np.load(pca_file) as pca:
        mean, components, uncentred = pca["mean"], pca["components"], pca["uncentred"]
    kept = components[: settings.code]
    zero = np.zeros_like(mean)
    numbers = {
        "q6.rank": int(np.linalg.matrix_rank(kept)),
        "q6.parameters": kept.size + mean.size,
        "q6.projection_rows": kept.shape[0],
        "q6.projection_columns": kept.shape[1],
    }
    ranks, points = list(range(1, len(components) + 1)), {}
    for split in ("valid", "test"):
        x, _ = _load(nist36, split)
        numbers[f"q6.psnr_{split}"] = float(compression.psnr(compression.project(x, mean, kept), x).mean())
        flat = compression.project(x, zero, uncentred[: settings.code])
        numbers[f"q6.psnr_{split}_uncentred"] = float(compression.psnr(flat, x).mean())
        for model, key, file in ((ASKED, "q5", fit_files[0]), (WIDE, "q5.wide", fit_files[1])):
            value = float(compression.psnr(_reconstruct(file, model, x), x).mean())
            numbers[f"{key}.psnr_{split}"] = value
            numbers[f"{key}.parameters"] = _network(file, model).flat.size
            points[LABELS[model]] = (settings.code, value)
    # x is the test set here: the curve and the points are of the same images.
    curves = {"PCA": compression.psnr_by_rank(x, mean, components, ranks)}
    curves["PCA without centring"] = compression.psnr_by_rank(x, zero, uncentred, ranks)
    save(figures.psnr_by_rank(ranks, curves, points), *pictures)
    write_json(numbers_file, numbers)


def _load(nist36, split):
    from lib.data import formats

    images, labels = formats.load_split(nist36, split)
    return images.reshape(len(images), -1), labels


def _choose(nist36, split, wanted):
    """The first two images of each wanted class, as rows, and their names."""
    import numpy as np

    from lib.data import formats

    x, labels = _load(nist36, split)
    classes = formats.load_classes(nist36)
    unknown = [name for name in wanted if name not in classes]
    if unknown:
        raise ValueError(f"compression.classes has {', '.join(unknown)}; the classes are {' '.join(classes)}")
    rows = [np.flatnonzero(labels == classes.index(name))[:2] for name in wanted]
    return x[np.concatenate(rows)], [name for name, found in zip(wanted, rows, strict=True) for _ in found]


def _network(fit_file, model):
    import numpy as np

    from lib.nn import network

    with np.load(fit_file) as arrays:
        return network.from_arrays(dict(arrays), ACTIVATIONS[model])


def _reconstruct(fit_file, model, x):
    from lib.nn import network

    return network.predict(_network(fit_file, model), x)


def _as_images(rows):
    return {name: x.reshape(len(x), 32, 32) for name, x in rows.items()}
