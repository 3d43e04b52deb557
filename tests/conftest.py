"""Nothing that looks like a test is passed over; and a judge that is trained in seconds."""

from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


def pytest_addoption(parser):
    parser.addoption("--kills", type=int, default=4, help="how often tests/faults kills a build (4)")
    parser.addoption("--writers", type=int, default=2, help="drawn pages at each disturbance in tests/vision (2)")


def pytest_collection_modifyitems(session, config, items):
    """Fail a run of the whole suite in which a file of tests, or a module with examples, contributes nothing."""
    if config.option.keyword or config.option.markexpr or config.args != config.getini("testpaths"):
        return
    collected = {item.path for item in items}
    expected = {*PROJECT.glob("tests/**/test_*.py")}
    expected |= {file for file in PROJECT.glob("lib/**/*.py") if ">>> " in file.read_text(encoding="utf-8")}
    if missing := sorted(str(file.relative_to(PROJECT)) for file in expected - collected):
        raise pytest.UsageError(f"no test was collected from {', '.join(missing)}")


@pytest.fixture(scope="session")
def weights():
    """Of a judge that has seen few lines, for tests of what it decides."""
    from lib.steps import judge

    return judge.fit_judge(lines=220, wrong=2.0, epochs=5, batch=32, learning_rate=0.004, test_lines=2, seed=0)[
        "weights"
    ]
