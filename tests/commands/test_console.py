"""What a build says while it runs, and at its end."""

import io
import json
import signal
import time
from types import SimpleNamespace

import pytest

from lib.commands import console
from lib.commands.console import Console
from lib.commands.plan import Outlook, in_words, time_left
from tests.pipeline.conftest import Toy


def task(step):
    return SimpleNamespace(
        name=step.name, meta={"step": step}, targets=list(step.places.values()), title=lambda: step.name
    )


@pytest.fixture
def running(graph, tmp_path, monkeypatch):
    """A console in the middle of a build, with two steps under way."""
    monkeypatch.setattr(console, "Globals", SimpleNamespace(dep_manager=SimpleNamespace(get_values=lambda name: {})))
    made = Console(io.StringIO(), {})
    made.tasks = {step.name: task(step) for step in graph.steps}
    made.initialize(made.tasks, ["results"])
    made.execute_task(made.tasks["data/table"])
    file = tmp_path / "progress"
    metrics = {f"a_long_name_of_a_metric_{number}": 0.123456 for number in range(6)}
    file.write_text(json.dumps({"epoch": 12, "epochs": 30, **metrics}))
    graph.steps[0].progress_file = file
    yield made
    graph.steps[0].progress_file = None


def shown(made, width):
    from rich.console import Console as Terminal

    out = io.StringIO()
    Terminal(file=out, width=width, force_terminal=False).print(made._render())
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [50, 80, 200])
def test_each_running_step_is_one_line(running, width):
    lines = shown(running, width)
    assert len(lines) == 2 and max(map(len, lines)) <= width
    assert lines[0].startswith("data/t") and "12/30" in lines[0]
    assert lines[1].startswith("0 of 5 · about ")


def test_how_many_and_how_long_is_said_before_anything_runs(running):
    assert running.out.getvalue().splitlines()[0].startswith("5 to build; about ")
    first = running.total
    for name in ("data/table", "fits/mlp_0.1"):
        step = running.tasks[name].meta["step"]
        step.how, step.seconds = "built", 60.0
        running.add_success(running.tasks[name])
        assert running.total == first  # it does not grow
    running.skip_uptodate(running.tasks["fits/mlp_1"])
    assert running._status_line(time.monotonic()).startswith("3 of 5 · 2 built · about ")
    assert running._correction() > 10  # these steps took longer than was expected, so will the others


def test_what_runs_is_timed_by_its_epochs_or_by_what_it_took_before(running, graph):
    running.outlooks["data/table"].seconds = 10.0
    assert running._left_of("data/table", 24.0) == 36.0  # 12 of 30 epochs
    graph.steps[0].progress_file = None
    assert running._left_of("data/table", 4.0) == 6.0 and running._left_of("data/table", 24.0) == 24.0
    assert running._clock("data/table", 4.0) == "4 s of about 10"


def test_time_is_that_of_the_longest_way_or_of_all_over_the_cores(graph, monkeypatch):
    monkeypatch.setattr("lib.graph.worker.count", lambda: 2)
    chain = {"data/table": 1.0, "fits/mlp_1": 5.0, "Q3.1.1/numbers": 2.0}
    assert time_left(chain) == 8 and time_left(chain | {"fits/mlp_0.1": 5.0}) == 8
    assert time_left(chain | {"Q4.3/boxes_a": 10.0, "Q4.3/boxes_b": 10.0, "results": 6.0}) == 18
    assert in_words(time_left({})) == "1 s" and Outlook("fresh").seconds == 0


def test_an_interrupted_build_does_not_name_what_it_did_not_make(tmp_path):
    toy = Toy(tmp_path)
    toy.edit("stages/toy.py", '"Q2.1/apart", "Something', '"apart.html", "Something')
    toy.edit("stages/toy.py", "from lib.graph import", "from lib.graph import raw,")
    toy.edit("stages/toy.py", 'to=text("apart.html"', 'to=raw("apart.html"')
    toy.edit("lib/toy.py", 'return "apart\\n"', 'time.sleep(PAUSE)\n    return b"apart"')
    toy.edit("lib/toy.py", "import time\n", "import time\n\nPAUSE = 0\n")
    assert "  artifacts/embedded/apart.html" in toy.doit("apart.html")
    toy.edit("lib/toy.py", "PAUSE = 0", "PAUSE = 30")
    process = toy.start("apart.html")
    time.sleep(2.5)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 130 and output.splitlines()[-1].startswith("interrupted")
    assert "  artifacts/embedded/apart.html" not in output


def test_what_is_interrupted_before_anything_ran_says_no_more(running):
    running.count["fresh"], before = 7, running.out.getvalue()
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt:
        running.complete_run()
    assert running.out.getvalue() == before


def test_an_interrupted_build_says_and_records_how_far_it_came(running, monkeypatch):
    monkeypatch.setattr(console, "record", lambda *values: recorded.append(values))
    monkeypatch.setattr("lib.commands.panel.write_panel", lambda: None)
    recorded = []
    step = running.tasks["data/table"].meta["step"]
    step.how, step.seconds = "built", 1.0
    running.add_success(running.tasks["data/table"])
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt:
        running.complete_run()
    assert running.out.getvalue().splitlines()[-1].startswith("1 built in ")
    assert recorded[0][2:] == ({"data/table"}, {"why": "interrupted", "done": 1, "of": 5})
