"""Time of an epoch of 1024-64-36 on 10,800 images: ours, the bare matrix products with the gather, eager PyTorch.

env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE OMP_NUM_THREADS=1 .venv/bin/python benchmarks/network.py
"""

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from lib.nn import gradcheck, losses, network, optimisers, training  # noqa: E402

N, SIZES = 10_800, (1024, 64, 36)


def fastest(function, repeats=7):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def bare_epoch(x, batch, rng):
    """The gather and the five products that no epoch can do without."""
    order = rng.permutation(N)
    W0, W1 = np.ones(SIZES[:2], np.float32), np.ones(SIZES[1:], np.float32)
    for start in range(0, N, batch):
        rows = x[order[start : start + batch]]
        hidden = rows @ W0
        output = hidden @ W1
        hidden.T @ output
        rows.T @ (output @ W1.T)


def torch_epoch(x, labels, batch):
    import torch
    from torch import nn

    torch.set_num_threads(1)
    model = nn.Sequential(nn.Linear(*SIZES[:2]), nn.Sigmoid(), nn.Linear(*SIZES[1:]))
    optimiser = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    x, labels, loss = torch.from_numpy(x), torch.from_numpy(labels), nn.CrossEntropyLoss()

    def epoch():
        order = torch.randperm(N)
        for start in range(0, N, batch):
            rows = order[start : start + batch]
            optimiser.zero_grad()
            loss(model(x[rows]), labels[rows]).backward()
            optimiser.step()

    return epoch


def our_epoch(x, labels, batch, rng, optimiser):
    net = network.initialise(SIZES, ("sigmoid", "linear"), rng)
    gradient = net.zeros()
    return lambda: training.train_epoch(net, x, labels, losses.CROSS_ENTROPY, optimiser, 0.1, batch, rng, gradient)


def main():
    rng = np.random.default_rng(0)
    x = rng.random((N, SIZES[0]), np.float32)
    labels = rng.integers(0, SIZES[2], N)
    for batch in (32, 64):
        sgd = fastest(our_epoch(x, labels, batch, rng, optimisers.Sgd()))
        momentum = fastest(our_epoch(x, labels, batch, rng, optimisers.Momentum()))
        bare = fastest(lambda batch=batch: bare_epoch(x, batch, rng))
        eager = fastest(torch_epoch(x, labels, batch))
        print(
            f"batch {batch}: bare products {bare:.3f} s, ours {sgd:.3f} s ({sgd / bare:.2f} x), "
            f"with momentum {momentum:.3f} s ({momentum / bare:.2f} x), torch with momentum {eager:.3f} s"
        )
    net = network.initialise(SIZES, ("sigmoid", "linear"), rng, np.float64)
    start = time.perf_counter()
    gradcheck.check_gradient(net, x[:8].astype(np.float64), labels[:8], losses.CROSS_ENTROPY)
    print(f"gradient check of all {net.flat.size:,} parameters, batch 8: {time.perf_counter() - start:.2f} s")


main()
