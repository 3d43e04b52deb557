"""What depends on what: one file per part of the assignment."""

# In the order of what they build on; results, writeup and gallery take what was declared before them.
STAGES = (
    "data",
    "theory",
    "network",
    "training",
    "compression",
    "pytorch",
    "flowers",
    "reading",
    "results",
    "writeup",
    "gallery",
)

# Data comes from one of these.
SOURCES = ("course", "embedded")

# Steps that a build begins with, since they take longest: what is begun last should be short, or one core waits for it.
LONGEST = (
    "fits/pretext_squeezenet.safetensors",
    "fits/flowers_scratch",
    "fits/judge",
    "Q7.1.2/weights.safetensors",
    "Q7.1.3/weights.safetensors",
    "Q7.1.4/weights.safetensors",
    "fits/mnist_unaugmented.safetensors",
    "fits/autoencoder",
    "fits/wide_autoencoder",
)
