"""A team's store: one clone fills it, another restores from it."""

import contextlib
import os
import shutil
import socket

import pytest

ALL = 7


def test_a_second_clone_restores_everything_from_a_folder(toy, built, tmp_path):
    shared = f"cache=file://{tmp_path}/team"
    assert set(toy.ran(shared).values()) == {"built"}
    for folder in ("artifacts", "data", ".cache"):
        shutil.rmtree(toy.folder / folder)
    assert list(toy.ran(shared).values()) == ["restored"] * ALL
    assert toy.bytes() == built.bytes()


def test_an_entry_that_is_damaged_or_another_ones_is_built_again(toy, built, tmp_path):
    shared = f"cache=file://{tmp_path}/team"
    toy.doit(shared)
    entries = sorted(file for file in (tmp_path / "team").rglob("*") if file.is_file())
    content = bytearray(entries[0].read_bytes())
    content[-1] ^= 1
    entries[0].write_bytes(content)
    entries[1].write_bytes(entries[2].read_bytes())
    for folder in ("artifacts", "data", ".cache"):
        shutil.rmtree(toy.folder / folder)
    assert sorted(toy.ran(shared).values()) == ["built"] * 2 + ["restored"] * (ALL - 2)
    assert toy.bytes() == built.bytes()


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
        assert list(toy.ran("cache=s3://team/inkgraph").values()) == ["restored"] * ALL
        assert toy.bytes() == built.bytes()
    finally:
        running.stop()
