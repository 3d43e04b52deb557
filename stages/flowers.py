"""Q7.2: a new last layer on a frozen SqueezeNet against a network of three convolutions trained from scratch."""

from lib.graph import Number, figure, json, npz, numbers, raw, step, sweep
from stages.data import FLOWERS, PRETRAINED, VIEW_SIZES
from stages.settings import SETTINGS

FEATURES = [
    step(
        "lib.steps.flowers:extract",
        flowers=FLOWERS,
        pretrained=PRETRAINED,
        view=view,
        size=size,
        mirror=mirror,
        to=npz(f"fits/flowers_{view}{'_mirrored' if mirror else ''}"),
        doc=f"Frozen features of the view {view}{', mirrored' if mirror else ''}",
    )
    for view, size in zip(("centre", "whole"), VIEW_SIZES, strict=True)
    for mirror in (False, True)
]
HEADS = sweep(
    "lib.steps.flowers:fit_head",
    features=FEATURES,
    over={"weight_decay": SETTINGS.flowers.weight_decays},
    settings=SETTINGS.flowers,
    device=SETTINGS.pytorch.device,
    to={
        "fit": npz("fits/flowers_head_{weight_decay:g}"),
        "weights": raw("fits/flowers_head_{weight_decay:g}.safetensors"),
    },
    doc="A new last layer, trained with weight decay {weight_decay:g}",
)
HEAD = step(
    "lib.steps.flowers:choose_head",
    fits=HEADS.fit,
    weights=HEADS.weights,
    to={
        "fit": npz("fits/flowers_head", "The new last layer: history, test logits."),
        "weights": raw("Q7.2.1/head.safetensors", "Weights of the new last layer."),
    },
)

PICTURES = step(
    "lib.steps.flowers:shrink",
    flowers=FLOWERS,
    settings=SETTINGS.flowers,
    to=npz("fits/flowers_small", "All pictures as small squares."),
)
SCRATCH = step(
    "lib.steps.flowers:fit_scratch",
    pictures=PICTURES,
    settings=SETTINGS.flowers,
    device=SETTINGS.pytorch.device,
    to={
        "fit": npz("fits/flowers_scratch", "The network from scratch: history, test logits."),
        "weights": raw("Q7.2.1/scratch.safetensors", "Weights of the network trained from scratch."),
    },
)

COMPARISON = step(
    "lib.steps.flowers:compare",
    pictures=PICTURES,
    finetune=HEAD.fit,
    scratch=SCRATCH.fit,
    to={
        "numbers": numbers(
            "Q7.2.1/numbers",
            Number("q7.2.finetune_test_accuracy", "SqueezeNet fine-tuned, flowers, test accuracy", "%", headline=15),
            Number("q7.2.scratch_test_accuracy", "Own design from scratch, flowers, test accuracy", "%", headline=16),
            Number("q7.2.test_images", "Test images", detail=True),
            Number("q7.2.classes", "Classes", detail=True),
            Number("q7.2.finetune_valid_accuracy", "SqueezeNet fine-tuned, validation accuracy", "%", detail=True),
            Number("q7.2.finetune_trained_parameters", "SqueezeNet fine-tuned, trained parameters", detail=True),
            Number("q7.2.finetune_epochs", "SqueezeNet fine-tuned, epochs", detail=True),
            Number("q7.2.scratch_valid_accuracy", "Trained from scratch, validation accuracy", "%", detail=True),
            Number("q7.2.scratch_trained_parameters", "Trained from scratch, trained parameters", detail=True),
            Number("q7.2.scratch_epochs", "Trained from scratch, epochs", detail=True),
            caption="Test accuracy and trained parameters of both networks.",
        ),
        "species": json("Q7.2.1/species.json", "Test accuracy of both networks on every species."),
    },
)

figure(
    "Q7.2.1/curves",
    "lib.figures.flowers:curves",
    runs={"fine-tuned": HEAD.fit, "from scratch": SCRATCH.fit},
    caption="Accuracy and mean cross-entropy of both flower networks after each epoch, on training pictures as they "
    "are (not augmented) and on validation pictures.",
)
figure(
    "Q7.2.1/species",
    "lib.figures.flowers:species",
    species=COMPARISON.species,
    caption="Test pictures recognised, species by species, worst first.",
)
figure(
    "Q7.2.1/wrong_finetune",
    "lib.figures.flowers:mistakes",
    pictures=PICTURES,
    fit=HEAD.fit,
    caption="Test pictures that the fine-tuned network gets wrong: read as, and what it is.",
)
figure(
    "Q7.2.1/wrong_scratch",
    "lib.figures.flowers:mistakes",
    pictures=PICTURES,
    fit=SCRATCH.fit,
    caption="Test pictures that the network from scratch gets wrong: read as, and what it is.",
)
