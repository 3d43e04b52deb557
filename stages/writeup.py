"""The theory's figures (Q1.6) and the writeup: every question in order, its numbers read from the artifacts."""

from lib.build import Artifact, figure, settings, task

DERIVATIVES = figure("Q1.6", "derivatives", caption="Sigmoid and tanh, and their derivatives.")
NORMS = Artifact("Q1.6", "depth.npz")
DEPTH = figure("Q1.6", "depth", caption="How the gradient of a deep network shrinks from layer to layer.")
DEPTH_NUMBERS = Artifact("Q1.6", "depth.json", caption="What is left of the gradient per layer and over all layers.")


def task_derivatives():
    """Q1.6 Sigmoid and tanh with their derivatives."""
    return task(draw_derivatives, outputs=[DERIVATIVES])


def task__depth_fit():
    """Q1.6 Gradients followed through deep random networks."""
    return task(follow_gradients, outputs=[NORMS], settings=settings("writeup"))


def task_depth():
    """Q1.6 What is left of a gradient after many layers."""
    return task(draw_depth, inputs=[NORMS], outputs=[DEPTH, DEPTH_NUMBERS])


def draw_derivatives(pictures):
    from lib.figures.style import save
    from lib.figures.theory import derivatives

    save(derivatives(), *pictures)


def follow_gradients(norms_file, settings):
    """For each activation the norm of the gradient at every layer, relative to the last: (networks, layers)."""
    import numpy as np

    from lib.nn.activations import ACTIVATIONS
    from lib.nn.network import forward, initialise

    norms = {}
    for name in ("sigmoid", "tanh"):
        rng = np.random.default_rng(settings.seed)
        rows = []
        for _ in range(settings.networks):
            sizes = (settings.width,) * (settings.layers + 1)
            network = initialise(sizes, (name,) * settings.layers, rng, np.float64)
            outputs = forward(network, rng.standard_normal((settings.examples, settings.width)))[1:]
            delta = rng.standard_normal(outputs[-1].shape)
            row = [np.linalg.norm(delta)]
            # Layer by layer down (Q1.5): from dJ/da of one layer to dJ/da of the layer below.
            for layer, output in zip(network.layers[:0:-1], outputs[-2::-1], strict=True):
                delta = ACTIVATIONS[name].derivative(output) * (delta @ layer.W.T)
                row.append(np.linalg.norm(delta))
            rows.append(np.array(row) / row[0])
        norms[name] = np.array(rows)
    np.savez(norms_file, width=settings.width, **norms)


def draw_depth(norms_file, pictures, numbers_file):
    import numpy as np

    from lib.figures.style import save
    from lib.figures.theory import depth

    with np.load(norms_file) as stored:
        norms = {name: stored[name] for name in ("sigmoid", "tanh")}
        width = int(stored["width"])
    save(depth(norms), *pictures)
    numbers = {"networks": len(norms["tanh"]), "layers": norms["tanh"].shape[1], "width": width}
    for name, norm in norms.items():
        total = float(np.exp(np.log(norm[:, -1]).mean()))
        numbers |= {f"{name}_total": total, f"{name}_per_layer": total ** (1 / (norm.shape[1] - 1))}
    write_json(numbers_file, numbers)


def write_json(path, values):
    """The project's JSON: sorted keys, one per line, the same bytes every time."""
    import json

    path.write_text(json.dumps(values, indent=1, sort_keys=True) + "\n")
