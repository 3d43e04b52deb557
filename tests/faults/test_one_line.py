"""Whatever is wrong, one line says so, and the exit code that something is."""

import os
import resource
import signal
import subprocess
import sys
import time

import pytest

from tests.pipeline.conftest import PROJECT


@pytest.mark.parametrize(
    "words, message",
    [
        ("-P process", "--parallel-type process: must be one of 'thread'"),
        ("-n -1", "-n -1: how many steps to wait for at a time is 1 or more"),
        ("-n x", "--process x: must be an integer"),
        ("--bogus", "option --bogus not recognized; see `help run`"),
        ("--backend json", "option --backend not recognized"),
        ("read a.jpg --kopy", "option --kopy not recognized; see `help read`"),
        ("pull Q2.1 --as word", "--as word: must be one of 'latex', 'typst', 'markdown', 'html'"),
        ("-n 1 list", "list is a command: it is written before all options and names"),
        ("run NOSUCH", "unknown name NOSUCH"),
        ("info NOSUCH", "unknown name NOSUCH"),
        ("info", "must select *one* task"),
        ("help NOSUCH", "unknown name NOSUCH"),
        ("ignore NOSUCH", "unknown name NOSUCH"),
        ("ignore", "ignore needs the names of what is to be passed over"),
        ("list --template {x}", "--template {x}: it may hold {name}, {doc} and {status}"),
        ("-o /", "/: Is a directory"),
        ("graph --to /proc/x.svg", "/proc/x.svg: No such file or directory"),
        ("a" * 600, "unknown name aaa"),
        (f"artifacts={'a' * 600}", "File name too long"),
        (f"settings={'a' * 600}", "there is no settings file"),
        ("data=pyproject.toml", "pyproject.toml/embedded: Not a directory: a build writes there; art"),
        ("artifacts=loop", "loop is a link that leads to itself"),
    ],
)
def test_words_that_cannot_be(built, words, message):
    if not os.path.lexists(built.folder / "loop"):
        (built.folder / "loop").symlink_to("loop")
    output = built.doit(*words.split(), code=3)
    assert message in output and output.startswith("ERROR: ") and len(output.strip().splitlines()) == 1


def test_an_empty_word(built):
    assert built.doit("why", "", module="lib.start", code=3) == "ERROR: a word is empty: leave it out\n"


@pytest.mark.parametrize(
    "path, content",
    [
        ("lib/graph/step.py", b"x = = 3\n"),
        ("lib/commands/run.py", b"x = '\xff'\n"),
        ("stages/toy.py", b"x = '\xff'\n"),
        ("stages/toy.py", b"raise SystemExit(0)\n"),
        ("dodo.py", b"import nothing_like_it\n"),
    ],
)
def test_a_module_that_cannot_be_imported(built, path, content):
    file = built.folder / path
    before = file.read_bytes()
    file.write_bytes(content)
    try:
        output = built.doit("Q2.1", code=3)
    finally:
        file.write_bytes(before)
    assert output.startswith(f"ERROR: {path}:1: ") and len(output.strip().splitlines()) == 1


@pytest.mark.parametrize("content, message", [(b"x = = 3\n", "lib/scaling.py:1: invalid syntax"), (b"\xff", "utf-8")])
def test_a_function_that_cannot_be_read(built, content, message):
    file = built.folder / "lib/scaling.py"
    before = file.read_bytes()
    file.write_bytes(content)
    try:
        output = built.doit(code=3)
    finally:
        file.write_bytes(before)
    assert message in output and "Traceback" not in output and len(output.strip().splitlines()) == 1


def test_a_pyproject_that_cannot_be_read(built):
    file = built.folder / "pyproject.toml"
    before = file.read_bytes()
    file.write_bytes(b"x = = 3\n")
    try:
        output = built.doit(module="lib.start", code=3)
    finally:
        file.write_bytes(before)
    assert "Invalid value" in output and len(output.strip().splitlines()) == 1


@pytest.mark.parametrize("command", ["list", "help run", "why toy.pause=1"])
def test_a_reader_that_has_seen_enough(built, command):
    process = subprocess.Popen(
        [sys.executable, "-m", "doit", *command.split()],
        cwd=built.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    process.wait()


def test_a_build_goes_on_without_its_reader(toy):
    process = toy.start("-a")
    process.stdout.readline()
    process.stdout.close()
    assert process.wait() == 0
    assert toy.ran() == {}


def test_a_full_disk(toy):
    words = [f"{name}=full-{name}" for name in ("artifacts", "data", "cache")]
    full = (150, resource.RLIM_INFINITY)  # bytes of a file
    output = toy.doit(*words, code=1, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, full))
    assert "data/table failed:\nOSError: [Errno 27] File too large" in output and "Traceback" not in output
    toy.doit(*words)
    assert toy.bytes("full-artifacts", "full-data") == toy.clean


def test_a_store_on_a_full_disk_is_done_without(toy):
    (toy.folder / "full").symlink_to("/dev/full")
    assert set(toy.ran("-a", "cache=full/store").values()) == {"built"}


@pytest.mark.parametrize("moment, times", [(0.15, 1), (0.25, 1), (0.3, 3), (0.5, 1), (0.6, 3), (1.0, 1), (1.5, 3)])
def test_interrupts(toy, moment, times):
    process = toy.start("-a", "cache=none", "toy.pause=60", module="lib.start")
    time.sleep(moment)
    for _ in range(times):
        process.send_signal(signal.SIGINT) if times == 1 else _to_all(process)
        time.sleep(0.1)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert output.splitlines()[-1].startswith("interrupted") and "Traceback" not in output and "Error" not in output


def test_an_interrupt_that_does_not_end_the_wait_for_workers_is_noticed():
    code = """
import signal, threading, time
from lib.commands import run
held = threading.Lock()
held.acquire()
def interrupt():  # another thread takes it, and the main one goes on waiting
    time.sleep(0.3)
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)
try:
    with run._interruptible():
        threading.Thread(target=interrupt).start()
        held.acquire()
except KeyboardInterrupt:
    print("interrupted", signal.getitimer(signal.ITIMER_REAL))
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=20)
    assert run.stdout == "interrupted (0.0, 0.0)\n", run.stderr


def _to_all(process):
    """As a terminal does."""
    try:
        os.killpg(process.pid, signal.SIGINT)
    except ProcessLookupError:
        pass


def test_nothing_is_imported_before_an_interrupt_is_one_line():
    code = "import sys; before = {*sys.modules}; import lib.start; print(*sorted({*sys.modules} - before))"
    run = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert {name for name in run.stdout.split() if name not in sys.stdlib_module_names} == {"lib", "lib.start"}
