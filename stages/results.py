"""All questions: the numbers of every stage in one flat file, read by the writeup, the gallery and any script."""

from lib.graph import declared_numbers, json, step

RESULTS = step(
    "lib.steps.writeup:collect",
    to=json("results", "Every number, by question."),
    numbers={id: artifact for id, (artifact, _) in declared_numbers().items()},
)
