"""A team's store: one clone fills it, another restores from it."""

import contextlib
import hashlib
import os
import shutil
import socket

import pytest

from lib.graph import shared
from lib.graph.entries import Kept, digests_of

ALL = 7


def test_a_second_clone_restores_everything_from_a_folder(toy, built, tmp_path):
    words = f"cache=file://{tmp_path}/team"
    assert set(toy.ran(words).values()) == {"built"}
    for folder in ("artifacts", "data", ".cache"):
        shutil.rmtree(toy.folder / folder)
    assert list(toy.ran(words).values()) == ["restored"] * ALL
    assert toy.bytes() == built.bytes()


def test_an_entry_that_is_damaged_or_another_ones_is_built_again(toy, built, tmp_path):
    words = f"cache=file://{tmp_path}/team"
    toy.doit(words)
    entries = sorted(file for file in (tmp_path / "team").rglob("*") if file.is_file())
    content = bytearray(entries[0].read_bytes())
    content[-1] ^= 1
    entries[0].write_bytes(content)
    entries[1].write_bytes(entries[2].read_bytes())
    for folder in ("artifacts", "data", ".cache"):
        shutil.rmtree(toy.folder / folder)
    assert sorted(toy.ran(words).values()) == ["built"] * 2 + ["restored"] * (ALL - 2)
    assert toy.bytes() == built.bytes()


def test_an_entry_says_of_itself_what_it_has_without_its_files(tmp_path, monkeypatch):
    monkeypatch.setattr(shared, "HEADER", 8)  # fewer bytes than its first line has: all are read
    store = shared.SharedStore(f"file://{tmp_path}")
    store.put("ab12", Kept({"a.txt": (b"one", 0o644)}, []))
    store.flush()
    assert digests_of(store.header("ab12"), ["a.txt"]) == {"a.txt": hashlib.sha256(b"one").hexdigest()}
    (tmp_path / "ab" / "ab99").write_bytes((tmp_path / "ab" / "ab12").read_bytes())
    (tmp_path / "ab" / "ab00").write_bytes(b"\xff\n")
    assert [store.header(key) for key in ("ab99", "ab00", "none")] == [None] * 3


def test_one_that_only_reads_uploads_nothing(toy, tmp_path):
    toy.doit(f"cache=file://{tmp_path}/team", "build.share=read")
    assert not list((tmp_path / "team").rglob("*"))


def test_a_store_that_cannot_be_reached_is_one_line_and_a_normal_build(toy):
    pytest.importorskip("s3fs")
    os.environ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9"
    with contextlib.ExitStack() as stack:
        stack.callback(os.environ.pop, "AWS_ENDPOINT_URL")
        os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="us-east-1")
        output = toy.doit("cache=s3://team/inkgraph")
    assert output.count("cannot be reached") == 1 and f"{ALL} built" in output and "Traceback" not in output


def test_two_clones_on_a_real_s3_server(toy, built, monkeypatch):
    pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = server.ThreadedMotoServer("127.0.0.1", port, verbose=False)
    running.start()
    try:
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            monkeypatch.setenv(name, value)
        import boto3

        boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}").create_bucket(Bucket="team")
        assert set(toy.ran("cache=s3://team/inkgraph").values()) == {"built"}
        for folder in ("artifacts", "data", ".cache"):
            shutil.rmtree(toy.folder / folder)
        assert toy.doit("plan", "cache=s3://team/inkgraph").splitlines()[-1] == f"{ALL} to restore; about 1 s"
        assert list(toy.ran("cache=s3://team/inkgraph").values()) == ["restored"] * ALL
        assert toy.bytes() == built.bytes()
    finally:
        running.stop()
