"""What depends on what: one file per part of the assignment."""

STAGES = (  # in the order of the questions
    "data",
    "network",
    "training",
    "reading",
    "compression",
    "pytorch",
    "flowers",
    "results",
    "writeup",
    "gallery",
)
