"""A database that is damaged, locked or cannot be written."""

import os
import resource
import sqlite3
import subprocess

import pytest

DATABASE = "artifacts/embedded/.doit.db"


def rows(file, value):
    connection = sqlite3.connect(file)
    connection.execute("update doit set task_data = ? where task_id like 'fits/%'", (value,))
    connection.commit()
    connection.close()


def other_schema(file):
    file.unlink()
    connection = sqlite3.connect(file)
    connection.execute("create table doit (something)")
    connection.close()


def overwrite_the_middle(file):
    content = bytearray(file.read_bytes())
    content[4500:9000] = os.urandom(4500)
    file.write_bytes(content)


DAMAGE = {
    "no database": lambda file: file.write_bytes(b"garbage" * 1000),
    "half of it": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "a page": overwrite_the_middle,
    "another schema": other_schema,
    "a row": lambda file: rows(file, '{"a'),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_database_is_set_aside_and_everything_restored(toy, damage):
    file = toy.folder / DATABASE
    DAMAGE[damage](file)
    output = toy.doit()
    assert f"{DATABASE} is damaged" in output and f"moved to {DATABASE}.aside" in output
    assert "restored" in output and "built" not in output and "Traceback" not in output
    assert toy.bytes() == toy.clean
    assert toy.ran() == {}


def test_rows_of_another_kind_are_no_rows(toy):
    rows(toy.folder / DATABASE, "[1]")
    assert set(toy.ran()) == {"fits/1", "fits/2", "fits/3"}


def test_a_locked_database_is_one_line(toy):
    connection = sqlite3.connect(toy.folder / DATABASE, isolation_level=None)
    connection.execute("begin exclusive")
    assert toy.doit(code=3).strip() == (f"ERROR: {DATABASE} is locked by another program: close that, and run again")
    connection.close()
    assert toy.ran() == {}


def test_a_database_that_cannot_be_written_is_said_and_the_outputs_are_there(toy):
    (toy.folder / DATABASE).unlink()
    output = toy.doit(code=2, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4000, resource.RLIM_INFINITY)))
    assert "7 restored" in output and f"ERROR: {DATABASE} cannot be written" in output and "Traceback" not in output
    assert set(toy.ran().values()) == {"restored"}
    assert toy.bytes() == toy.clean


def test_what_is_recorded_can_be_printed(toy):
    assert '"fits/2": {' in toy.doit("dumpdb")
    assert '"fits/1": {' not in toy.doit("dumpdb", "fits/2")


@pytest.fixture
def read_only(toy):
    """The toy with artifacts that cannot be written: by nobody, if this is root."""
    folder = str(toy.folder / "artifacts")
    mounts = [["mount", "--bind", folder, folder], ["mount", "-o", "remount,ro,bind", folder]]
    if os.geteuid() or any(subprocess.run(mount, capture_output=True).returncode for mount in mounts):
        for path in [toy.folder / "artifacts", *(toy.folder / "artifacts").rglob("*")]:
            path.chmod(path.stat().st_mode & ~0o222)
        if os.access(toy.folder / "artifacts", os.W_OK):
            pytest.skip("nothing can be made read-only here")
        yield toy
        for path in [toy.folder / "artifacts", *(toy.folder / "artifacts").rglob("*")]:
            path.chmod(path.stat().st_mode | 0o200)
        return
    yield toy
    subprocess.run(["umount", folder], check=True)


def test_read_only_artifacts_can_be_looked_at(read_only):
    assert all(line.startswith("U ") for line in read_only.doit("list", "-s").splitlines())
    assert read_only.doit("why") == "all 7 steps are fresh\n"
    assert "up-to-date" in read_only.doit("info", "fits/1")
    output = read_only.doit(code=3)
    assert output.startswith("ERROR: ") and "artifacts/embedded" in output and len(output.strip().splitlines()) == 1
