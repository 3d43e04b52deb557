"""Q7.2: a new last layer on a frozen SqueezeNet against a network of three convolutions trained from scratch."""

import functools
import json

from lib.build import SOURCE, Artifact, figure, progress, settings, task
from lib.jsonfile import write_json
from stages.data import FLOWERS, SQUEEZENET

# --- what the other stages read ---------------------------------------------------------------------------------------

NUMBERS = Artifact("Q7.2.1", "numbers.json", caption="Test accuracy and trained parameters of both networks.")
SPECIES = Artifact("Q7.2.1", "species.json", caption="Test accuracy of both networks on every species.")
CURVES = figure(
    "Q7.2.1",
    "curves",
    caption="Accuracy and mean cross-entropy after each epoch, fine-tuned and from scratch, on training pictures as "
    "they are (not augmented) and on validation pictures.",
)
SPECIES_FIGURE = figure("Q7.2.1", "species", caption="Test pictures recognised, species by species, worst first.")
WRONG_FINETUNE = figure(
    "Q7.2.1", "wrong_finetune", caption="Test pictures that the fine-tuned network gets wrong: read as, and what it is."
)
WRONG_SCRATCH = figure(
    "Q7.2.1",
    "wrong_scratch",
    caption="Test pictures that the network from scratch gets wrong: read as, and what it is.",
)
PRETEXT_SHEET = figure(
    "Q7.2.1",
    "pretext",
    caption="Pictures of the pretext task that stands in for ImageNet where the data is drawn: name the shape, the "
    "texture and the colour.",
)
RESULTS = [NUMBERS]

# --- between the tasks ------------------------------------------------------------------------------------------------

PARTS = ("trn2", "val2", "tst2")
VIEWS = [(view, mirror) for view in ("centre", "whole") for mirror in (False, True)]
PRETRAINED = Artifact("fits", "pretext_squeezenet.safetensors", caption="SqueezeNet trained on drawn shapes.")
PRETEXT_NUMBERS = Artifact("Q7.2.1", "pretext.json", caption="Accuracy on pretext pictures that were held out.")
PICTURES = Artifact("fits", "flowers_small.npz", caption="All pictures as small squares.")
HEAD = Artifact("fits", "flowers_head.npz", caption="The new last layer: history, test logits.")
HEAD_WEIGHTS = Artifact("Q7.2.1", "head.safetensors", caption="Weights of the new last layer.")
SCRATCH = Artifact("fits", "flowers_scratch.npz", caption="The network from scratch: history, test logits.")
SCRATCH_WEIGHTS = Artifact("Q7.2.1", "scratch.safetensors", caption="Weights of the network trained from scratch.")


def features_of(view, mirror):
    """Frozen features of one view of every picture."""
    return Artifact("fits", f"flowers_{view}{'_mirrored' if mirror else ''}.npz")


def head_of(weight_decay):
    """A last layer trained with one weight decay."""
    stem = f"flowers_head_{weight_decay:g}"
    return Artifact("fits", f"{stem}.npz", f"{stem}.safetensors")


def task_flowers_pretext():
    """Q7.2.1 SqueezeNet pretrained on drawn shapes and textures, where ImageNet's weights cannot be had."""
    if SOURCE != "embedded":
        return
    ours = settings("flowers").only(
        "seed", "pretext_images", "pretext_size", "pretext_epochs", "pretext_batch", "pretext_rate"
    )
    yield task(
        pretrain,
        name="train",
        outputs=[PRETRAINED, PRETEXT_NUMBERS],
        settings=ours.only(*ours.as_dict(), device=settings("pytorch").device),
    )
    yield task(draw_pretext_sheet, name="sheet", outputs=[PRETEXT_SHEET], settings=ours.only("seed", "pretext_size"))


def task__flowers_features():
    """Q7.2.1 Frozen features of every picture, one task for each view."""
    ours = settings("flowers")
    sizes = ours.embedded_view_sizes if SOURCE == "embedded" else ours.view_sizes
    for view, mirror in VIEWS:
        size = sizes[0 if view == "centre" else 1]
        yield task(
            extract,
            name=f"{view}{':mirrored' if mirror else ''}",
            doc=f"Q7.2.1 Frozen features of the view {view}{', mirrored' if mirror else ''}.",
            inputs=[FLOWERS, PRETRAINED if SOURCE == "embedded" else SQUEEZENET],
            outputs=[features_of(view, mirror)],
            settings=ours.only(view=view, mirror=mirror, size=size),
        )


def task__flowers_pictures():
    """Q7.2.1 Every picture as a small square, for the network that is trained from scratch."""
    return task(shrink, inputs=[FLOWERS], outputs=[PICTURES], settings=settings("flowers").only("picture_size"))


def task__flowers_heads():
    """Q7.2.1 New last layers, one for each weight decay."""
    ours, device = settings("flowers"), settings("pytorch").device
    for weight_decay in ours.weight_decays:
        yield task(
            fit_head,
            name=f"{weight_decay:g}",
            doc=f"Q7.2.1 A new last layer, trained with weight decay {weight_decay:g}.",
            inputs=[[features_of(view, mirror) for view, mirror in VIEWS]],
            outputs=[head_of(weight_decay)],
            settings=ours.only("seed", "epochs", "batch", "learning_rate", weight_decay=weight_decay, device=device),
        )


def task_flowers_finetune():
    """Q7.2.1 The new last layer that does best on validation."""
    heads = [head_of(weight_decay) for weight_decay in settings("flowers").weight_decays]
    return task(choose_head, inputs=[heads], outputs=[HEAD, HEAD_WEIGHTS])


def task_flowers_scratch():
    """Q7.2.1 Three convolutions and two fully connected layers, trained from scratch."""
    ours = settings("flowers").only(
        "seed", "scratch_size", "scratch_channels", "scratch_hidden", "scratch_dropout", "scratch_epochs",
        "scratch_batch", "scratch_rate", "scratch_weight_decay", device=settings("pytorch").device,
    )  # fmt: skip
    return task(fit_scratch, inputs=[PICTURES], outputs=[SCRATCH, SCRATCH_WEIGHTS], settings=ours)


def task_flowers_comparison():
    """Q7.2.1 Both networks on test: accuracy, parameters trained, every species."""
    return task(compare, inputs=[PICTURES, HEAD, SCRATCH], outputs=[NUMBERS, SPECIES])


def task_flowers_curves():
    """Q7.2.1 Accuracy and loss over epochs, fine-tuned and from scratch."""
    return task(draw_curves, inputs=[HEAD, SCRATCH], outputs=[CURVES])


def task_flowers_species():
    """Q7.2.1 Test accuracy of both networks, species by species."""
    return task(draw_species, inputs=[SPECIES], outputs=[SPECIES_FIGURE])


def task_flowers_wrong():
    """Q7.2.1 The test pictures that each network gets wrong."""
    for name, fitted, sheet in (("finetune", HEAD, WRONG_FINETUNE), ("scratch", SCRATCH, WRONG_SCRATCH)):
        yield task(draw_wrong, name=name, inputs=[PICTURES, fitted], outputs=[sheet])


# --- how --------------------------------------------------------------------------------------------------------------


def pretrain(weights_file, numbers_file, settings):
    import numpy as np
    import torch
    from safetensors.torch import save

    from lib.data.pretext import QUESTIONS, draw_pretext
    from lib.models import fit, flowers

    device = fit.choose_device(settings.device)
    rng = np.random.default_rng(settings.seed)
    torch.manual_seed(settings.seed)
    held_out = max(settings.pretext_images // 10, 1)
    images, answers = draw_pretext(rng, settings.pretext_images + held_out, settings.pretext_size)
    model = flowers.Pretext(QUESTIONS).to(device)
    batches = fit.Batches(
        images[held_out:],
        answers[held_out:],
        settings.pretext_batch,
        rng,
        lambda some, _: flowers.as_input(some.numpy()),
    )
    optimiser = torch.optim.AdamW(model.parameters(), settings.pretext_rate, weight_decay=0.01)
    fit.fit(
        model,
        batches,
        optimiser,
        settings.pretext_epochs,
        fit.one_cycle(),
        model.loss,
        device=device,
        on_epoch=progress,
    )
    logits = fit.predict(model, flowers.as_input(images[:held_out]).contiguous().numpy(), device=device)
    accuracies = model.accuracies(logits, torch.from_numpy(answers[:held_out]))
    weights_file.write_bytes(save(flowers.folded(model.cpu().eval().features)))
    questions = ("shape", "texture", "colour")
    write_json(numbers_file, {f"pretext.{name}_accuracy": a for name, a in zip(questions, accuracies, strict=True)})


def draw_pretext_sheet(pictures, settings):
    import numpy as np

    from lib.data.pretext import draw_pretext
    from lib.figures.flowers import sheet
    from lib.figures.style import save

    images, _ = draw_pretext(np.random.default_rng(settings.seed), 60, settings.pretext_size)
    save(sheet(images, across=12), *pictures)


def extract(folder, weights_file, features_file, settings):
    import numpy as np

    from lib.models import flowers

    network = flowers.squeezenet(flowers.read_state(weights_file.read_bytes()))
    arrays = {}
    files, labels, _ = _listed(folder)
    total, done = sum(map(len, files.values())), 0
    for part in PARTS:
        rows = []
        for start in range(0, len(files[part]), 32):
            some = files[part][start : start + 32]
            views = [
                flowers.take_view(flowers.open_picture(file), settings.view, settings.size, settings.mirror)
                for file in some
            ]
            rows.append(flowers.frozen_features(network, np.stack(views)))
            done += len(some)
            progress(done, total)
        arrays |= {part: np.concatenate(rows), f"{part}_labels": labels[part]}
    np.savez(features_file, **arrays)


def shrink(folder, pictures_file, settings):
    import numpy as np

    from lib.models import flowers

    files, labels, classes = _listed(folder)
    arrays = {"classes": np.array(classes)}
    for part in PARTS:
        views = [flowers.take_view(flowers.open_picture(file), "whole", settings.picture_size) for file in files[part]]
        arrays |= {part: np.stack(views), f"{part}_labels": labels[part]}
    np.savez(pictures_file, **arrays)


def fit_head(feature_files, outputs, settings):
    import numpy as np
    import torch

    from lib.models import fit, flowers

    device = fit.choose_device(settings.device)
    views = [np.load(file) for file in feature_files]
    features = {part: np.stack([view[part] for view in views], axis=1) for part in PARTS}
    labels = {part: views[0][f"{part}_labels"] for part in PARTS}
    torch.manual_seed(settings.seed)
    model = flowers.Head(int(labels["trn2"].max()) + 1, features["trn2"].shape[-1])
    model.centre_on(torch.from_numpy(features["trn2"]))
    model.to(device)
    rng = np.random.default_rng(settings.seed)
    batches = fit.Batches(features["trn2"], labels["trn2"], settings.batch, rng, flowers.any_view)
    optimiser = torch.optim.AdamW(model.parameters(), settings.learning_rate, weight_decay=settings.weight_decay)
    history = fit.fit(
        model,
        batches,
        optimiser,
        settings.epochs,
        fit.one_cycle(),
        measure=_measuring(features, labels, device),
        device=device,
        on_epoch=progress,
    )
    _save_fit(outputs, model, history, fit.predict(model, features["tst2"], device=device))


def choose_head(fits, head_file, weights_file):
    import numpy as np

    # By loss where the accuracy is the same: a validation set of 340 pictures has many ties.
    scores = []
    for file, _ in fits:
        history = np.load(file)
        scores.append((-history["valid_accuracy"][-1], history["valid_loss"][-1]))
    best, weights = fits[scores.index(min(scores))]
    head_file.write_bytes(best.read_bytes())
    weights_file.write_bytes(weights.read_bytes())


def fit_scratch(pictures_file, scratch_file, weights_file, settings):
    import numpy as np
    import torch

    from lib.models import fit, flowers

    device = fit.choose_device(settings.device)
    arrays = np.load(pictures_file)
    labels = {part: arrays[f"{part}_labels"] for part in PARTS}
    inputs = {part: flowers.as_input(arrays[part]) for part in PARTS}
    size = settings.scratch_size
    plain = {part: flowers.scaled(some, size).numpy() for part, some in inputs.items()}
    torch.manual_seed(settings.seed)
    model = flowers.FlowerCnn(
        len(arrays["classes"]), settings.scratch_channels, settings.scratch_hidden, settings.scratch_dropout
    ).to(device)
    rng = np.random.default_rng(settings.seed)
    batches = fit.Batches(
        inputs["trn2"].contiguous().numpy(), labels["trn2"], settings.scratch_batch, rng,
        lambda some, rng: flowers.jostle(some, rng, size),
    )  # fmt: skip
    measure = _measuring(plain, labels, device)
    optimiser = torch.optim.AdamW(model.parameters(), settings.scratch_rate, weight_decay=settings.scratch_weight_decay)
    history = fit.fit(
        model,
        batches,
        optimiser,
        settings.scratch_epochs,
        fit.one_cycle(),
        torch.nn.CrossEntropyLoss(label_smoothing=0.1),
        measure=lambda model: measure(flowers.Mirrored(model)),
        device=device,
        on_epoch=progress,
    )
    logits = fit.predict(flowers.Mirrored(model), plain["tst2"], device=device)
    _save_fit([scratch_file, weights_file], model, history, logits)


def compare(pictures_file, head_file, scratch_file, numbers_file, species_file):
    import numpy as np

    arrays = np.load(pictures_file)
    labels, classes = arrays["tst2_labels"], arrays["classes"]
    numbers = {"q7.2.classes": len(classes), "q7.2.test_images": len(labels)}
    species = {str(name): {"test_images": int((labels == i).sum())} for i, name in enumerate(classes)}
    for network, file in (("finetune", head_file), ("scratch", scratch_file)):
        fitted = np.load(file)
        right = fitted["test_logits"].argmax(axis=1) == labels
        numbers |= {
            f"q7.2.{network}_test_accuracy": float(right.mean()),
            f"q7.2.{network}_valid_accuracy": float(fitted["valid_accuracy"][-1]),
            f"q7.2.{network}_trained_parameters": int(fitted["trained_parameters"]),
            f"q7.2.{network}_epochs": len(fitted["valid_accuracy"]),
        }
        for i, name in enumerate(classes):
            species[str(name)][f"{network}_accuracy"] = float(right[labels == i].mean())
    write_json(numbers_file, numbers)
    write_json(species_file, species)


def draw_curves(head_file, scratch_file, pictures):
    import numpy as np

    from lib.figures.flowers import curves
    from lib.figures.style import save

    save(curves({"fine-tuned": dict(np.load(head_file)), "from scratch": dict(np.load(scratch_file))}), *pictures)


def draw_species(species_file, pictures):
    from lib.figures.flowers import species_bars
    from lib.figures.style import save

    species = json.loads(species_file.read_text())
    names = [_readable(name) for name in species]
    finetune, scratch = ([s[f"{n}_accuracy"] for s in species.values()] for n in ("finetune", "scratch"))
    save(species_bars(names, finetune, scratch), *pictures)


def draw_wrong(pictures_file, fit_file, pictures):
    import numpy as np

    from lib.figures.flowers import sheet
    from lib.figures.style import save

    arrays, logits = np.load(pictures_file), np.load(fit_file)["test_logits"]
    labels, names = arrays["tst2_labels"], [_readable(name) for name in arrays["classes"]]
    read = logits.argmax(axis=1)
    wrong = np.flatnonzero(read != labels)
    # The surest mistakes first: how far the reading lies above the truth.
    wrong = wrong[np.argsort(logits[wrong, labels[wrong]] - logits[wrong, read[wrong]], kind="stable")][:16]
    titles = [f"{names[read[i]]}\n({names[labels[i]]})" for i in wrong]
    save(sheet(arrays["tst2"][wrong], across=4, titles=titles), *pictures)


def _listed(folder):
    """Files and labels of each part of an ImageFolder, in its order, and the names of the classes."""
    import numpy as np
    from torchvision.datasets import ImageFolder

    files, labels, classes = {}, {}, None
    for part in PARTS:
        listed = ImageFolder(folder / part)
        classes = classes or listed.classes
        if listed.classes != classes:
            raise ValueError(f"{part} has {len(listed.classes)} classes, but trn2 has {len(classes)}: lay it out again")
        files[part] = [path for path, _ in listed.samples]
        labels[part] = np.array(listed.targets, dtype=np.int64)
    return files, labels, classes


def _measuring(inputs, labels, device):
    """What a history has after each epoch, of a model: on the training and the validation pictures."""
    from lib.models import fit
    from lib.nn import training

    watched = {split: (inputs[part], labels[part]) for split, part in (("train", "trn2"), ("valid", "val2"))}
    return lambda model: training.measure(functools.partial(fit.evaluate, model, device=device), watched)


def _save_fit(files, model, history, logits):
    import numpy as np

    from lib.models import networks

    fit_file, weights_file = files
    np.savez(fit_file, test_logits=logits.numpy(), trained_parameters=networks.count(model), **history)
    weights_file.write_bytes(networks.pack_weights(model))


def _readable(name):
    return str(name).split("_", 1)[-1].replace("_", " ")
