"""All questions: the numbers of every stage in one flat file, read by the writeup, the README and any script."""

import json

from lib.build import Artifact, task
from lib.jsonfile import write_json
from stages import compression, flowers, network, pytorch, reading, training

RESULTS_JSON = Artifact("", "results.json", caption="Every number, by question.")


def task_results():
    """Q2-Q7 Every number that the questions ask for, in one flat results.json."""
    stages = (network, training, reading, compression, pytorch, flowers)
    return task(collect, inputs=[[numbers for stage in stages for numbers in stage.RESULTS]], outputs=[RESULTS_JSON])


def collect(numbers, results_json):
    results = {}
    for path in numbers:
        for key, value in json.loads(path.read_text()).items():
            if key in results:
                raise ValueError(f"{key} is reported twice, the second time by {path}")
            results[key] = value
    write_json(results_json, results)
