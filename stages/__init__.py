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

# Steps that a build begins with, since they take longest.
LONGEST = ("fits/pretext_squeezenet.safetensors", "Q7.2.1/scratch.safetensors")
