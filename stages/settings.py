"""Every hyper-parameter, one table per stage, with its limits and its default.

Change one here, under ``[tool.inkgraph.<table>]`` in pyproject.toml, in a file of your own (``settings=my.toml``) or as
a word on the command line (``training.learning_rate=0.02``).  ``./doitw settings`` prints all of them.
"""

import re
from typing import Annotated, Literal

from msgspec import Meta

from lib.graph.settings import Table, Tables, config, load

SOURCES = ("embedded", "course")

Count = Annotated[int, Meta(ge=1, le=10**6)]
Batch = Annotated[int, Meta(ge=2, le=10**6)]  # batch normalisation needs two images
Width = Annotated[int, Meta(ge=1, le=65536)]  # units of a layer
Pixels = Annotated[int, Meta(ge=16, le=2000)]
Seed = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Rate = Annotated[float, Meta(gt=0, le=1e6)]
Fraction = Annotated[float, Meta(ge=0, lt=1)]
Channels = Annotated[tuple[Annotated[int, Meta(ge=1, le=4096)], ...], Meta(min_length=3, max_length=3)]
Views = Annotated[tuple[Annotated[int, Meta(ge=32, le=2000)], ...], Meta(min_length=2, max_length=2)]


def _check_distinct(**lists):
    for name, values in lists.items():
        if not values or len(set(values)) < len(values):
            raise ValueError(f"{name} must hold at least one value and none of them twice")


class Data(Table):
    """Images of each class in each split (source=embedded: every writer writes a class about once); of MNIST and
    EMNIST, which come without a validation split, `valid_fraction` of the training images; how often source=course asks
    a URL again."""

    seed: Seed = 0
    nist36_train: Count = 300
    nist36_valid: Count = 100
    nist36_test: Count = 50
    mnist_train: Annotated[int, Meta(ge=2, le=10**6)] = 600
    mnist_test: Count = 100
    emnist_train: Annotated[int, Meta(ge=2, le=10**6)] = 800
    emnist_test: Count = 100
    flowers_each: Annotated[int, Meta(ge=4, le=10**5)] = 80
    flowers_size: Annotated[int, Meta(ge=32, le=2000)] = 128
    valid_fraction: Annotated[float, Meta(gt=0, le=0.5)] = 0.1
    retries: Annotated[int, Meta(ge=0, le=20)] = 2


class Network(Table):
    """Q2.5: gradients are checked on a batch this large, each parameter moved by `step` both ways."""

    seed: Seed = 0
    batch: Count = 8
    step: Annotated[float, Meta(gt=0, le=0.1)] = 3e-5


class Training(Table):
    """Q3: `learning_rate` times each of `factors` is tried with every seed, and beside those, with the first two seeds,
    times each of `more_factors`. Another network sees `copies` moved copies of each image too."""

    hidden: Width = 64
    epochs: Count = 30
    batch: Count = 32
    learning_rate: Rate = 1.0
    factors: tuple[Rate, ...] = (0.1, 1.0, 10.0)
    more_factors: tuple[Rate, ...] = (0.01, 0.3, 3.0, 30.0)
    momentum: Fraction = 0.9
    weight_decay: Fraction = 0.002
    seeds: tuple[Seed, ...] = (0, 1, 2, 3)
    copies: Annotated[int, Meta(ge=1, le=100)] = 2

    def __post_init__(self):
        _check_distinct(factors=self.factors, seeds=self.seeds)

    @property
    def rates(self) -> tuple[float, ...]:
        """Learning rates that the assignment asks for."""
        return self._times(self.factors)

    @property
    def more_rates(self) -> tuple[float, ...]:
        """Learning rates of the sweep beside those."""
        return tuple(dict.fromkeys(rate for rate in self._times(self.more_factors) if rate not in self.rates))

    def _times(self, factors):
        return tuple(float(f"{self.learning_rate * factor:.6g}") for factor in factors)


class Reading(Table):
    """Q4: `alternatives` of each letter are recorded, and letters less probable than `unsure` are marked; a sheet has
    `letters_in_row`, each above `examples` training images; Q4.1 measures the first `disturbances` of those of drawn
    pages, which the seed draws."""

    alternatives: Annotated[int, Meta(ge=1, le=36)] = 5
    unsure: Annotated[float, Meta(gt=0, le=1)] = 0.6
    letters_in_row: Annotated[int, Meta(ge=1, le=100)] = 24
    examples: Annotated[int, Meta(ge=1, le=50)] = 3
    disturbances: Annotated[int, Meta(ge=1, le=100)] = 100
    seed: Seed = 0


class Judge(Table):
    """Q4.4: the judge of cuttings learns from drawn `lines`, with `wrong` wrong cuttings for each right one, and is
    tested on `test_lines`. Confidences are calibrated on drawn `pages`."""

    lines: Count = 3000
    wrong: Annotated[float, Meta(gt=0, le=100)] = 3.0
    epochs: Count = 5
    batch: Batch = 64
    learning_rate: Rate = 0.004
    test_lines: Count = 100
    pages: Annotated[int, Meta(ge=2, le=10**5)] = 16
    seed: Seed = 0


class Compression(Table):
    """Q5: the assignment's autoencoder, 1024 to `code` three times over and back, with momentum; the same with a rate
    that is warmed up over a share of the training, from `gentle_weights` times Xavier's weights and hidden biases of
    `gentle_bias`; one with `wide` units before and after the code, and one without
    non-linearities, by Adam. Two images of each of `classes` are shown."""

    code: Annotated[int, Meta(ge=1, le=256)] = 32
    epochs: Count = 100
    batch: Count = 36
    learning_rate: Rate = 1e-4
    momentum: Fraction = 0.9
    seed: Seed = 0
    gentle_epochs: Count = 40
    gentle_rate: Rate = 6e-5
    gentle_warm_up: Annotated[float, Meta(gt=0, le=1)] = 0.1
    gentle_bias: Annotated[float, Meta(ge=0, le=100)] = 2.0
    gentle_weights: Annotated[float, Meta(gt=0, le=10)] = 0.5
    linear_epochs: Count = 20
    wide: Width = 256
    wide_epochs: Count = 16
    wide_batch: Count = 64
    wide_rate: Rate = 0.002
    classes: tuple[str, ...] = ("A", "G", "M", "S", "5")


class Pytorch(Table):
    """Q7.1: cpu, cuda, or auto for a GPU where there is one; Q7.1.4: `alternatives` of each letter are recorded."""

    device: Literal["cpu", "cuda", "auto"] = "cpu"
    alternatives: Annotated[int, Meta(ge=1, le=36)] = 3


class Cnn(Table):
    """Q7.1: one of the convolutional networks; `augment` scales all random moves, 0 is none."""

    channels: Channels = (16, 48, 96)
    hidden: Width = 128
    dropout: Fraction = 0.2
    epochs: Count = 10
    batch: Batch = 64
    learning_rate: Rate = 0.01
    weight_decay: Fraction = 0.01
    label_smoothing: Fraction = 0.1
    augment: Annotated[float, Meta(ge=0, lt=5)] = 1.0
    seed: Seed = 0


class MnistCnn(Cnn):
    """Q7.1.2: see Cnn."""

    channels: Channels = (16, 32, 64)
    epochs: Count = 16
    label_smoothing: Fraction = 0.0


class EmnistCnn(Cnn):
    """Q7.1.4: see Cnn."""

    epochs: Count = 8


class Flowers(Table):
    """Q7.2, flowers17 or (source=course) flowers102. The frozen network sees the central square and the whole picture
    at `view_sizes` pixels; drawn flowers are smaller. A new last layer is fitted for each of `weight_decays` and chosen
    on validation. The network from scratch keeps pictures at `picture_size` and sees them at `scratch_size`. For
    source=embedded a pretext task stands in for ImageNet."""

    dataset: Literal["flowers17", "flowers102"] = "flowers17"
    seed: Seed = 0
    view_sizes: Views = (320, 224)
    embedded_view_sizes: Views = (128, 96)
    epochs: Count = 60
    batch: Count = 32
    learning_rate: Rate = 0.003
    weight_decays: tuple[Fraction, ...] = (0.003, 0.03, 0.3)
    picture_size: Pixels = 96
    scratch_size: Pixels = 64
    scratch_channels: Channels = (24, 48, 96)
    scratch_hidden: Width = 128
    scratch_dropout: Fraction = 0.4
    scratch_epochs: Count = 35
    scratch_batch: Batch = 32
    scratch_rate: Rate = 0.004
    scratch_weight_decay: Fraction = 0.05
    pretext_images: Annotated[int, Meta(ge=10, le=10**6)] = 6000
    pretext_size: Annotated[int, Meta(ge=32, le=2000)] = 64
    pretext_epochs: Count = 8
    pretext_batch: Batch = 64
    pretext_rate: Rate = 0.003

    def __post_init__(self):
        _check_distinct(weight_decays=self.weight_decays)


class Writeup(Table):
    """Who hands it in, and with whom it was discussed, for the first page. Q1.6: gradients are followed through so many
    random networks of `layers` layers, `width` units each."""

    author: str = ""
    collaborators: str = ""
    seed: Seed = 0
    networks: Count = 10
    layers: Annotated[int, Meta(ge=2, le=1000)] = 20
    width: Annotated[int, Meta(ge=1, le=4096)] = 64
    examples: Count = 64


class Gallery(Table):
    """Photographs are shrunk to so many pixels at the longer side, and saved as WebP of this quality."""

    longest: Annotated[int, Meta(ge=100, le=10000)] = 1400
    quality: Annotated[int, Meta(ge=1, le=95)] = 80


class Build(Table):
    """The store of earlier outputs keeps the most recently used of them. A team's store (cache=s3://...) is read, and
    with share = "write" what is built here is uploaded to it. Steps run on this machine, or on the Dask cluster of
    `scheduler`, "tcp://host:8786"."""

    store_gigabytes: Annotated[float, Meta(gt=0, le=1e6)] = 4.0
    share: Literal["read", "write"] = "write"
    scheduler: str = ""

    def __post_init__(self):
        if not re.fullmatch(r"((tcp|tls)://[^/]+:\d+)?", self.scheduler):
            raise ValueError("must be an address such as tcp://host:8786")


class Settings(Tables):
    data: Data
    network: Network
    training: Training
    reading: Reading
    judge: Judge
    compression: Compression
    pytorch: Pytorch
    mnist_cnn: MnistCnn
    nist36_cnn: Cnn
    emnist_cnn: EmnistCnn
    flowers: Flowers
    writeup: Writeup
    gallery: Gallery
    build: Build


SOURCE, MIRROR = config().source, config().mirror
SETTINGS = load(Settings, SOURCES, config())


def called(name: str) -> str:
    """What a data set is called in captions: drawn data never have the original's name alone."""
    return f"drawn {name}" if SOURCE == "embedded" else name
