"""kill -9 at any moment of a build, with edits between; then a build: the bytes of a clean one."""

import random
import time

EDITS = (
    ("lib/scaling.py", "x * factor", "x + factor"),
    ("lib/toy.py", 'words": len(', 'words": 1 + len('),
    ("lib/toy.py", '"apart\\n"', '"far apart\\n"'),
    ("stages/toy.py", "The sum of all.", "The sum."),
)


def test_kills(toy, request):
    moments = random.Random(0)
    for _ in range(request.config.getoption("--kills")):
        edit = moments.choice(EDITS)
        toy.edit(*edit)
        process = toy.start("toy.pause=0.1")
        time.sleep(moments.uniform(0.1, 2.0))
        toy.kill(process)
        toy.edit(edit[0], edit[2], edit[1])
        if moments.random() < 0.5:
            toy.doit()
            assert toy.bytes() == toy.clean
    toy.doit()
    assert toy.bytes() == toy.clean
    assert toy.ran() == {}
