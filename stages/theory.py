"""Q1.6: sigmoid and tanh, and the gradient of deep networks of each."""

from lib.graph import Number, figure, npz, numbers, step
from stages.settings import SETTINGS

figure(
    "Q1.6/derivatives",
    "lib.figures.theory:derivatives",
    caption="Sigmoid and tanh, and their derivatives. That of tanh is four times as high at the origin, and larger "
    "wherever |x| < arcosh(1 + √3), the dotted lines.",
)
NORMS = step("lib.steps.theory:gradient_norms", to=npz("Q1.6/depth.npz"), settings=SETTINGS.writeup)
step(
    "lib.steps.theory:depth",
    norms=NORMS,
    to=numbers(
        "Q1.6/depth.json",
        Number("q1.6.networks", "Random networks"),
        Number("q1.6.layers", "Layers of each"),
        Number("q1.6.width", "Units in each layer"),
        Number("q1.6.sigmoid_per_layer", "Gradient kept per layer, sigmoid"),
        Number("q1.6.sigmoid_total", "Gradient left at the first layer, sigmoid"),
        Number("q1.6.tanh_per_layer", "Gradient kept per layer, tanh"),
        Number("q1.6.tanh_total", "Gradient left at the first layer, tanh"),
        caption="Share of the gradient that is kept per layer and over all layers.",
    ),
)
figure(
    "Q1.6/depth",
    "lib.figures.theory:depth",
    norms=NORMS,
    caption="Norm of the gradient at each layer of freshly initialised deep networks, relative to the last layer. "
    "Bands span the random networks drawn, the dashed line is 4⁻ⁿ after n layers.",
)
