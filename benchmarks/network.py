"""Time of lib.nn on one core: epochs beside the bare matrix products and eager PyTorch, gradient check, PCA.

env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE OMP_NUM_THREADS=1 .venv/bin/python benchmarks/network.py
"""

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from lib.nn import compression, gradcheck, losses, network, optimisers, training  # noqa: E402
from lib.nn.batches import Batches  # noqa: E402

N = 10_800  # images, as NIST36 has for training
CLASSIFIER = ((1024, 64, 36), ("sigmoid", "linear"), losses.CROSS_ENTROPY)
AUTOENCODER = ((1024, 32, 32, 32, 1024), ("relu", "relu", "relu", "sigmoid"), losses.SQUARED_ERROR)


def fastest(*functions, repeats=7):
    """Shortest time of each. They take turns, so that a busy spell of the machine affects all of them."""
    times = [[] for _ in functions]
    for _ in range(repeats):
        for function, taken in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            taken.append(time.perf_counter() - start)
    return [min(taken) for taken in times]


def bare_epoch(sizes, x, batch, rng):
    """Only what no epoch can avoid: gathering batches, and three matrix products a layer (two in the first)."""
    weights = [np.ones(shape, np.float32) for shape in zip(sizes[:-1], sizes[1:], strict=True)]

    def epoch():
        order = rng.permutation(N)
        for start in range(0, N, batch):
            outputs = [x[order[start : start + batch]]]
            for W in weights:
                outputs.append(outputs[-1] @ W)
            delta = outputs.pop()
            for W, rows in zip(weights[::-1], outputs[::-1], strict=True):
                rows.T @ delta
                if rows is not outputs[0]:
                    delta = delta @ W.T

    return epoch


def inkgraph_epoch(kind, x, target, batch, rng, optimiser):
    sizes, activations, loss = kind
    net = network.initialise(sizes, activations, rng)
    batches, gradient = Batches(x, target, batch, rng), net.zeros()
    return lambda: training.train_epoch(net, batches, loss, optimiser, gradient)


def products_of(kind, x, batch, rng):
    """Forward and backward alone, once as they are and once without biases, activation functions and slopes.

    The difference is what element by element costs: mostly ``exp``, once for every unit of every image.
    """
    sizes, activations, _ = kind
    net, gradient = network.initialise(sizes, activations, rng), network.Network(sizes, activations)
    bare, bare_gradient = (network.Network(sizes, ["linear"] * len(activations)) for _ in range(2))
    rows, grad = x[:batch], np.ones((batch, sizes[-1]), np.float32)

    def all_of(net, gradient):
        return lambda: [network.backward(net, network.forward(net, rows), grad, gradient) for _ in range(0, N, batch)]

    return all_of(net, gradient), all_of(bare, bare_gradient)


def updates(kind, batch, rng, optimiser):
    """The steps of an epoch alone."""
    net = network.initialise(*kind[:2], rng)
    gradient = net.zeros()
    return lambda: [optimiser(net.flat, gradient.flat) for _ in range(0, N, batch)]


def torch_epoch(kind, x, target, batch):
    import torch
    from torch import nn

    torch.set_num_threads(1)
    sizes, activations, loss = kind
    modules = {"sigmoid": nn.Sigmoid, "relu": nn.ReLU, "linear": nn.Identity}
    layers = [nn.Linear(*shape) for shape in zip(sizes[:-1], sizes[1:], strict=True)]
    model = nn.Sequential(
        *(part for layer, name in zip(layers, activations, strict=True) for part in (layer, modules[name]()))
    )
    optimiser = torch.optim.SGD(model.parameters(), 1e-4, momentum=0.9)
    x, target = torch.from_numpy(x), torch.from_numpy(target)
    criterion = nn.CrossEntropyLoss() if loss is losses.CROSS_ENTROPY else nn.MSELoss(reduction="sum")

    def epoch():
        order = torch.randperm(N)
        for start in range(0, N, batch):
            rows = order[start : start + batch]
            optimiser.zero_grad()
            criterion(model(x[rows]), target[rows]).backward()
            optimiser.step()

    return epoch


def main():
    rng = np.random.default_rng(0)
    x = rng.random((N, 1024), np.float32)
    labels = rng.integers(0, 36, N)
    for name, kind, target, batch in (
        ("1024-64-36", CLASSIFIER, labels, 32),
        ("1024-64-36", CLASSIFIER, labels, 64),
        ("autoencoder", AUTOENCODER, x, 36),
    ):
        bare, plain, momentum, eager, whole, linear, step, steps = fastest(
            bare_epoch(kind[0], x, batch, rng),
            inkgraph_epoch(kind, x, target, batch, rng, optimisers.Sgd(1e-4)),
            inkgraph_epoch(kind, x, target, batch, rng, optimisers.Momentum(1e-4)),
            torch_epoch(kind, x, target, batch),
            *products_of(kind, x, batch, rng),
            updates(kind, batch, rng, optimisers.Sgd(1e-4)),
            updates(kind, batch, rng, optimisers.Momentum(1e-4)),
        )
        print(
            f"epoch of {name}, batch {batch}: bare products {bare:.3f} s, lib.nn {plain:.3f} s ({plain / bare:.2f} x), "
            f"with momentum {momentum:.3f} s ({momentum / bare:.2f} x, {eager / momentum:.1f} times as fast as "
            f"PyTorch with momentum, {eager:.3f} s); of the bare products' time, activation functions and slopes are "
            f"{(whole - linear) / bare:.2f}, the steps {step / bare:.2f}, with momentum {steps / bare:.2f}"
        )
    net = network.initialise(*CLASSIFIER[:2], rng, np.float64)
    few = x[:8].astype(np.float64)
    errors = []
    (check,) = fastest(
        lambda: errors.append(gradcheck.check_gradient(net, few, labels[:8], losses.CROSS_ENTROPY)), repeats=3
    )
    worst = max(errors[0].values())
    print(f"gradient check of all {net.flat.size:,} parameters, batch 8: {check:.2f} s, largest error {worst:.0e}")
    mean = x.mean(axis=0, dtype=np.float64)
    own, thin = fastest(
        lambda: compression.principal_components(x, mean),
        lambda: np.linalg.svd(x - mean, full_matrices=False),
        repeats=2,
    )
    print(f"principal components of {N:,} images: {own:.2f} s, by thin SVD {thin:.2f} s")


if __name__ == "__main__":
    main()
