"""Q5 and Q6: an autoencoder and PCA, with equally long codes, on the same images."""

from lib.graph import Number, figure, json, npz, numbers, step
from stages.data import NIST36
from stages.settings import SETTINGS
from stages.training import BEST

COMPRESSION = SETTINGS.compression

AUTOENCODER = step(
    "lib.steps.compression:fit_autoencoder",
    nist36=NIST36,
    settings=COMPRESSION,
    to=npz("fits/autoencoder"),
    doc="The assignment's autoencoder, trained with momentum.",
)
WIDE = step(
    "lib.steps.compression:fit_wide",
    nist36=NIST36,
    settings=COMPRESSION,
    to=npz("fits/wide_autoencoder"),
    doc="A wider autoencoder with an equally long code, trained by Adam.",
)
GENTLE = step(
    "lib.steps.compression:fit_gentle",
    nist36=NIST36,
    settings=COMPRESSION,
    to=npz("fits/gentle_autoencoder"),
    doc="The assignment's autoencoder, trained so that fewer of its units die.",
)
LINEAR = step(
    "lib.steps.compression:fit_linear",
    nist36=NIST36,
    settings=COMPRESSION,
    to=npz("fits/linear_autoencoder"),
    doc="An autoencoder without non-linearities.",
)
AUTOENCODERS = {"autoencoder": AUTOENCODER, "gentle": GENTLE, "linear": LINEAR, "wide": WIDE}
TITLES = {"autoencoder": "Autoencoder", "gentle": "Gentle autoencoder", "linear": "Linear autoencoder"}
TITLES |= {"wide": "Wide autoencoder", "pca": "PCA"}
PREFIXES = {"autoencoder": "q5", "gentle": "q5.gentle", "linear": "q5.linear", "wide": "q5.wide", "pca": "q6"}
SPLITS = {"valid": "validation", "test": "test"}
HISTORY = step(
    "lib.steps.compression:history",
    autoencoder=AUTOENCODER,
    to=json("Q5.2/history", "Squared error per image of the autoencoder after each epoch."),
)
PCA = step(
    "lib.steps.compression:fit_pca",
    nist36=NIST36,
    to=npz("Q6.1/pca", "Mean and components of the training images, and components without centring."),
)
LIVE = step(
    "lib.steps.compression:count_live",
    autoencoder=AUTOENCODER,
    gentle=GENTLE,
    settings=COMPRESSION,
    to={
        "live": json("Q5.2/live.json", "Units of each hidden layer that any training image activates, by epoch."),
        "numbers": numbers(
            "Q5.2/live_numbers",
            Number("q5.units", "Units of each hidden layer"),
            *(
                Number(f"{prefix}.{name}.{layer}", f"{title}, live units of layer {layer}, {when}", detail=True)
                for prefix, title in (("q5", "Autoencoder"), ("q5.gentle", "Gentle autoencoder"))
                for name, when in (("live", "at the end"), ("live_first", "after one epoch"))
                for layer in (1, 2, 3)
            ),
            caption="Units that any training image activates, after the first epoch and at the end.",
        ),
    },
)


def quality(name: str, headlines: dict[str, dict]) -> list[Number]:
    """Numbers of one model: its parameters, and how well it reconstructs; `headlines` by the end of the key."""
    prefix, title = PREFIXES[name], TITLES[name]
    found = [("parameters", "learned parameters", "")]
    for split, images in SPLITS.items():
        found += [
            (f"psnr_{split}", f"{images} PSNR", "dB"),
            (f"psnr_{split}_se", f"{images} PSNR, standard error", "dB"),
            (f"clipped_{split}", f"{images} PSNR, clipped to [0, 1]", "dB"),
            (f"clipped_{split}_se", f"{images} PSNR, clipped, standard error", "dB"),
            (f"outside_{split}", f"{images} pixels outside [0, 1]", "%"),
        ]
    return [
        Number(f"{prefix}.{end}", f"{title}, {label}", unit, **headlines.get(end, {"detail": True}))
        for end, label, unit in found
    ]


COMPARISON = step(
    "lib.steps.compression:compare",
    nist36=NIST36,
    pca=PCA,
    autoencoders=AUTOENCODERS,
    settings=COMPRESSION,
    to=numbers(
        "Q6.3/numbers",
        *quality(
            "autoencoder",
            {
                "psnr_valid": {"headline": 5, "question": "Q5.3.2"},
                "psnr_test": {"headline": 8},
                "parameters": {"headline": 10, "question": "Q6.4"},
            },
        ),
        *quality("gentle", {}),
        *quality("linear", {}),
        *quality("wide", {}),
        *quality(
            "pca",
            {"psnr_valid": {}, "psnr_test": {"headline": 7}, "parameters": {"headline": 9, "question": "Q6.4"}},
        ),
        Number("q6.rank", "PCA, rank of the projection", headline=6, question="Q6.1"),
        Number("q6.variance_kept", "PCA, share of the training images' variance kept", "%", detail=True),
        Number("q6.psnr_valid_uncentred", "PCA without centring, validation PSNR", "dB", detail=True),
        Number("q6.psnr_test_uncentred", "PCA without centring, test PSNR", "dB", detail=True),
        Number("q6.projection_rows", "Projection, rows", detail=True),
        Number("q6.projection_columns", "Projection, columns", detail=True),
        *(
            Number(
                f"q6.minus.{name}.{kind}_{split}{end}",
                f"PCA less {TITLES[name]}, {kind}, {images}{label}",
                "dB",
                detail=True,
            )
            for name in AUTOENCODERS
            for kind in ("raw", "clipped")
            for split, images in SPLITS.items()
            for end, label in (("", ""), ("_se", ", standard error"))
        ),
        caption="PSNR, raw and clipped, rank and parameters of each model, on validation and test images.",
    ),
)
SHOWN = {"originals": "Originals", **TITLES, "pca_clipped": "PCA, clipped to [0, 1]"}
READS = step(
    "lib.steps.compression:read_reconstructions",
    nist36=NIST36,
    pca=PCA,
    autoencoders=AUTOENCODERS,
    weights=BEST.weights,
    settings=COMPRESSION,
    to=numbers(
        "Q6.3/reads_numbers",
        *(
            Number(f"q6.reads.{name}{end}", f"{title}: read by the network of Q3{label}", "%", detail=bool(end))
            for name, title in SHOWN.items()
            for end, label in (("", ""), ("_low", ", lower end of the interval"), ("_high", ", upper end"))
        ),
        Number("q6.reads.only_pca", "Read from PCA's reconstruction alone", detail=True),
        Number("q6.reads.only_autoencoder", "Read from the autoencoder's reconstruction alone", detail=True),
        Number("q6.reads.mcnemar_p", "McNemar's test of the two, p", detail=True),
        caption="Test images that the network of Q3 reads, as they are and reconstructed by each model.",
    ),
)

figure(
    "Q5.2/loss",
    "lib.figures.compression:loss",
    history=HISTORY,
    caption="Squared error per image over the epochs, for the autoencoder that the assignment asks for, trained with "
    "our settings.",
)
figure(
    "Q5.2/live_units",
    "lib.figures.compression:live_units",
    live=LIVE.live,
    units=COMPRESSION.code,
    caption="Units of each hidden layer that are active on at least one training image, over the epochs: with the "
    "recipe of Q5.2, and with the gentler one.",
)
figure(
    "Q5.3.1/reconstructions",
    "lib.steps.compression:autoencoder_pairs",
    nist36=NIST36,
    autoencoder=AUTOENCODER,
    settings=COMPRESSION,
    caption="Validation images of some classes and their reconstructions by the autoencoder.",
)
figure(
    "Q6.2/reconstructions",
    "lib.steps.compression:pca_pairs",
    nist36=NIST36,
    pca=PCA,
    autoencoders=AUTOENCODERS,
    settings=COMPRESSION,
    caption="Test images of the same classes and their reconstructions, by principal components and by every "
    "autoencoder.",
)
figure(
    "Q6.3/psnr_by_rank",
    "lib.steps.compression:psnr_by_rank",
    nist36=NIST36,
    pca=PCA,
    results=COMPARISON,
    settings=COMPRESSION,
    caption="Mean PSNR on test images over the numbers kept of an image, and the autoencoders beside the curves.",
)
figure(
    "Q6.3/reads",
    "lib.figures.compression:reads",
    results=COMPARISON,
    reads=READS,
    titles={name: [title, PREFIXES.get(name, "")] for name, title in SHOWN.items()},
    caption="Test images that the network of Q3 reads from each reconstruction, over its PSNR clipped to [0, 1]; the "
    "line is what it reads of the originals. Bars are 95 % intervals.",
)
