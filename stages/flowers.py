"""Q7.2: a new last layer on a frozen SqueezeNet against a network of three convolutions trained from scratch."""

from lib.graph import Number, figure, json, npz, numbers, raw, step, sweep
from stages.data import FLOWERS, PRETRAINED, VIEW_SIZES
from stages.settings import SETTINGS

FEATURES = []
for view, size in zip(("centre", "whole"), VIEW_SIZES, strict=True):
    seen = step(
        "lib.steps.flowers:extract",
        flowers=FLOWERS,
        pretrained=PRETRAINED,
        view=view,
        size=size,
        to={"plain": npz(f"fits/flowers_{view}"), "mirrored": npz(f"fits/flowers_{view}_mirrored")},
        doc=f"Frozen features of the view {view} and its mirror image",
    )
    FEATURES += [seen.plain, seen.mirrored]
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

# What SqueezeNet's weights are worth at the resolution of the other network, and what its layers are without them.
SMALL = {}
for name, weights in (("pretrained", {"pretrained": PRETRAINED}), ("random", {})):
    small = step(
        "lib.steps.flowers:extract_small",
        pictures=PICTURES,
        **weights,
        settings=SETTINGS.flowers,
        to={view: npz(f"fits/flowers_small_{name}_{view}") for view in ("plain", "mirrored")},
        doc=f"Frozen features of the small pictures, {name} weights",
    )
    SMALL[name] = step(
        "lib.steps.flowers:fit_head",
        features=[small.plain, small.mirrored],
        weight_decay=SETTINGS.flowers.weight_decays[0],
        settings=SETTINGS.flowers,
        device=SETTINGS.pytorch.device,
        to={
            "fit": npz(f"fits/flowers_small_head_{name}"),
            "weights": raw(f"fits/flowers_small_head_{name}.safetensors"),
        },
        doc=f"A new last layer on the small pictures' features, {name} weights",
    ).fit

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
            *(
                Number(
                    f"q7.2.{network}_test_accuracy_{end}",
                    f"{title}, {label} end of the 95 % interval",
                    "%",
                    detail=True,
                )
                for network, title in (("finetune", "SqueezeNet fine-tuned"), ("scratch", "Trained from scratch"))
                for end, label in (("low", "lower"), ("high", "upper"))
            ),
            Number("q7.2.only_finetune_right", "Pictures that only the fine-tuned network recognises", detail=True),
            Number("q7.2.only_scratch_right", "Pictures that only the network from scratch recognises", detail=True),
            Number("q7.2.mcnemar_p", "McNemar's test of the two, p", detail=True),
            caption="Test accuracy and trained parameters of both networks.",
        ),
        "species": json("Q7.2.1/species.json", "Test accuracy of both networks on every species."),
    },
)

SMALL_COMPARISON = step(
    "lib.steps.flowers:compare_small",
    pictures=PICTURES,
    fits={**SMALL, "scratch": SCRATCH.fit},
    settings=SETTINGS.flowers,
    to=numbers(
        "Q7.2.1/small",
        Number("q7.2.small.size", "Equally small pictures, pixels", detail=True),
        *(
            Number(
                f"q7.2.small.{network}_test_accuracy{end}",
                f"Small pictures, {title}, test accuracy{label}",
                "%",
                detail=True,
            )
            for network, title in (
                ("pretrained", "SqueezeNet fine-tuned"),
                ("random", "SqueezeNet with random weights"),
                ("scratch", "from scratch"),
            )
            for end, label in (("", ""), ("_low", ", lower end of the interval"), ("_high", ", upper end"))
        ),
        *(
            Number(f"q7.2.small.{one}_{other}_p", f"Small pictures, {one} against {other}, McNemar's p", detail=True)
            for one, other in (("pretrained", "scratch"), ("pretrained", "random"), ("random", "scratch"))
        ),
        caption="Test accuracy of networks that saw pictures equally small.",
    ),
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
    caption="Share of test pictures that each network recognises, by species; that with the lowest mean of the "
    "two on top.",
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
figure(
    "Q7.2.1/resolution",
    "lib.figures.flowers:resolution",
    numbers=COMPARISON.numbers,
    small=SMALL_COMPARISON,
    caption="Test accuracy of the fine-tuned network at its own resolution, and of all networks on pictures equally "
    "small; SqueezeNet also with weights that were never trained. Bars are 95 % intervals.",
)
