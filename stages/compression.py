"""Q5 and Q6: an autoencoder and PCA, with equally long codes, on the same images."""

from lib.graph import Number, figure, json, npz, numbers, step
from stages.data import NIST36
from stages.settings import SETTINGS

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
COMPARISON = step(
    "lib.steps.compression:compare",
    nist36=NIST36,
    pca=PCA,
    autoencoder=AUTOENCODER,
    wide=WIDE,
    settings=COMPRESSION,
    to=numbers(
        "Q6.3/numbers",
        Number("q5.psnr_valid", "Autoencoder, validation PSNR", "dB", headline=5, question="Q5.3.2"),
        Number("q5.psnr_test", "Autoencoder, test PSNR", "dB", headline=8),
        Number("q5.parameters", "Autoencoder, learned parameters", headline=10, question="Q6.4"),
        Number("q5.wide.psnr_valid", "Wide autoencoder, validation PSNR", "dB", detail=True),
        Number("q5.wide.psnr_test", "Wide autoencoder, test PSNR", "dB", detail=True),
        Number("q5.wide.parameters", "Wide autoencoder, learned parameters", detail=True),
        Number("q6.psnr_valid", "PCA, validation PSNR", "dB"),
        Number("q6.psnr_test", "PCA, test PSNR", "dB", headline=7),
        Number("q6.rank", "PCA, rank of the projection", headline=6, question="Q6.1"),
        Number("q6.parameters", "PCA, learned parameters", headline=9, question="Q6.4"),
        Number("q6.psnr_valid_uncentred", "PCA without centring, validation PSNR", "dB", detail=True),
        Number("q6.psnr_test_uncentred", "PCA without centring, test PSNR", "dB", detail=True),
        Number("q6.projection_rows", "Projection, rows", detail=True),
        Number("q6.projection_columns", "Projection, columns", detail=True),
        caption="PSNR, rank and parameters of each model, on validation and test images.",
    ),
)

figure(
    "Q5.2/loss",
    "lib.figures.compression:loss",
    history=HISTORY,
    caption="Squared error per image over the epochs, for the assignment's autoencoder.",
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
    autoencoder=AUTOENCODER,
    wide=WIDE,
    settings=COMPRESSION,
    caption="Test images of the same classes and their reconstructions, by principal components and by both "
    "autoencoders.",
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
