"""Pictures per second of Q7.2 on one core: fine-tuning on frozen features against training from scratch.

.venv/bin/python benchmarks/flowers.py
"""

import functools
import sys
import time
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))
from lib.models import augment, fit, flowers, networks, squeezenet  # noqa: E402
from lib.models.pictures import as_input  # noqa: E402
from stages.settings import SETTINGS  # noqa: E402

N, CLASSES = 680, 17  # training pictures of Oxford's split, species


def main():
    torch.set_num_threads(1)
    settings, rng = SETTINGS.flowers, np.random.default_rng(0)
    labels = rng.integers(0, CLASSES, N)
    state = squeezenet.empty_squeezenet().state_dict()
    network = squeezenet.squeezenet({f"features.{name}": value for name, value in state.items()})
    for size in settings.view_sizes:
        views = rng.integers(0, 256, (64, size, size, 3), np.uint8)
        speed = per_second(functools.partial(squeezenet.frozen_features, network, as_input(views)), len(views))
        print(f"frozen features of {size} x {size}, once for each picture and its mirror image: {speed:.0f} pictures/s")

    features = rng.random((N, 4, 1024), np.float32)
    head = flowers.Head(CLASSES, features.shape[-1])
    report("epoch of the new last layer", head, fit.Batches(features, labels, settings.batch, rng, flowers.any_view))

    pictures = rng.random((N, 3, settings.picture_size, settings.picture_size), np.float32)
    scratch = flowers.FlowerCnn(CLASSES, settings.scratch_channels, settings.scratch_hidden, settings.scratch_dropout)
    augmented = functools.partial(augment.photographs, size=settings.scratch_size)
    report("epoch from scratch", scratch, fit.Batches(pictures, labels, settings.scratch_batch, rng, augmented))


def report(what, model, batches):
    optimiser = torch.optim.AdamW(model.parameters())
    speed = per_second(lambda: fit.fit(model, batches, optimiser, epochs=1), N)
    trained = networks.count(model)
    print(f"{what}: {speed:,.0f} pictures/s, {N / speed:.3f} s an epoch, {trained:,} parameters trained")


def per_second(function, pictures, repeats=3):
    """Pictures a second, at the fastest of several calls."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        function()
        times.append(time.perf_counter() - began)
    return pictures / min(times)


if __name__ == "__main__":
    main()
