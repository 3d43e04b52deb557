"""Pictures per second of Q7.2 on one core: fine-tuning on frozen features against training from scratch.

.venv/bin/python benchmarks/flowers.py
"""

import sys
import time
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))
from lib.build import settings  # noqa: E402
from lib.models import fit, flowers, networks  # noqa: E402

N, CLASSES = 680, 17  # training pictures of Oxford's split, species


def main():
    torch.set_num_threads(1)
    ours, rng = settings("flowers"), np.random.default_rng(0)
    labels = torch.from_numpy(rng.integers(0, CLASSES, N))
    state = flowers.empty_squeezenet().state_dict()
    network = flowers.squeezenet({f"features.{name}": value for name, value in state.items()})
    for size in ours.view_sizes:
        views = rng.integers(0, 256, (64, size, size, 3), np.uint8)
        speed = per_second(lambda views=views: flowers.frozen_features(network, views), len(views))
        print(f"frozen features of {size} x {size}, once for each picture and its mirror image: {speed:.0f} pictures/s")

    features = rng.random((N, 4, 1024), np.float32)
    head = flowers.Head(CLASSES, features.shape[-1])
    batches = fit.Batches(features, labels.numpy(), ours.batch, rng, flowers.any_view)
    report("epoch of the new last layer", head, batches)

    pictures = rng.random((N, 3, ours.picture_size, ours.picture_size), np.float32)
    scratch = flowers.FlowerCnn(CLASSES, ours.scratch_channels, ours.scratch_hidden, ours.scratch_dropout)
    batches = fit.Batches(
        pictures,
        labels.numpy(),
        ours.scratch_batch,
        rng,
        lambda some, rng: flowers.jostle(some, rng, ours.scratch_size),
    )
    report("epoch from scratch", scratch, batches)


def report(what, model, batches):
    optimiser = torch.optim.AdamW(model.parameters())
    speed = per_second(lambda: fit.fit(model, batches, optimiser, epochs=1), N)
    trained = networks.count(model)
    print(f"{what}: {speed:,.0f} pictures/s, {N / speed:.3f} s an epoch, {trained:,} parameters trained")


def per_second(function, pictures, repeats=3):
    """Pictures a second, at the fastest of some calls."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        function()
        times.append(time.perf_counter() - began)
    return pictures / min(times)


if __name__ == "__main__":
    main()
