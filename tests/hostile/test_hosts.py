"""Hosts that hold a build, send too much or break off, and mirrors that harm: each is left, and named."""

import contextlib
import gzip
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lib.data.fetch import Download, FetchError, fetch
from tests.data.test_fetch import GOOD, OTHER, download, host, make_mirror, md5, no_waiting

__all__ = ["host", "no_waiting"]  # fixtures


@pytest.fixture
def raw_host():
    """A host whose answer is written by a function of (handler, number of the request)."""
    servers = []

    def start(answer):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def do_GET(self):
                server.asked.append(dict(self.headers))
                with contextlib.suppress(OSError):
                    answer(self, len(server.asked))

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads, server.block_on_close, server.asked = True, False, []
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        server.url = f"http://127.0.0.1:{server.server_port}"
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


BIG = gzip.compress(bytes(range(256)) * 4000, compresslevel=0)


def begin(handler, status=200, **headers):
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), str(value))
    handler.end_headers()


def trickle(handler, number):
    begin(handler, Content_Length=5000)
    while True:
        handler.wfile.write(b"x")
        time.sleep(0.05)


def trickle_headers(handler, number):
    handler.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
    while True:
        handler.wfile.write(b"x")
        time.sleep(0.05)


def endless(handler, number):
    begin(handler)
    while True:
        handler.wfile.write(bytes(1 << 16))


def endless_redirect(handler, number):
    begin(handler, 302, Location="/elsewhere")
    while True:
        handler.wfile.write(bytes(1 << 16))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (trickle, r"it is too slow: \d+ bytes in 0.5 seconds"),
        (trickle_headers, "it is too slow: 0 bytes in 0.5 seconds"),
        (endless, "it sends more than 3,000,000 bytes"),
        (lambda handler, number: begin(handler, Content_Length=10**12), "it sends more than 3,000,000 bytes"),
        (endless_redirect, "it redirects more than 10 times"),
        (lambda handler, number: begin(handler, 301, Location="file:///etc/passwd"), "No connection adapters"),
    ],
    ids=["trickle", "headers trickle", "endless", "long", "redirects", "redirect to a file"],
)
def test_a_host_that_holds_the_build_is_left_for_the_next(raw_host, host, tmp_path, monkeypatch, answer, reason):
    monkeypatch.setattr("lib.data.transfer.WINDOW", 0.5)
    monkeypatch.setattr("lib.data.transfer.LIMIT", 3_000_000)
    host.answers["/good"] = [GOOD]
    bad, start = raw_host(answer), time.monotonic()
    found = fetch(Download("data.zip", (f"{bad.url}/x", f"{host.url}/good")), tmp_path)
    assert found["address"] == f"{host.url}/good" and time.monotonic() - start < 5
    with pytest.raises(FetchError, match=f"x\n    {reason}"):
        fetch(Download("other.zip", (f"{bad.url}/x",)), tmp_path)


def test_a_download_has_a_deadline_for_all_its_urls(raw_host, tmp_path, monkeypatch):
    monkeypatch.setattr("lib.data.transfer.DEADLINE", 0.7)
    bad, start = raw_host(trickle), time.monotonic()
    with pytest.raises(FetchError, match="it has not arrived after 0.7 seconds in all"):
        fetch(Download("data.zip", (f"{bad.url}/a", f"{bad.url}/b")), tmp_path)
    assert time.monotonic() - start < 4


def test_downloads_say_who_asks(raw_host, tmp_path):
    def polite(handler, number):
        begin(handler, 200 if "inkgraph" in handler.headers["User-Agent"] else 403)
        handler.wfile.write(GOOD)

    fetch(Download("data.zip", (f"{raw_host(polite).url}/x",)), tmp_path)


def ranges(content, cut):
    """An answer that breaks off at `cut` the first time, and keeps to Range."""

    def answer(handler, number):
        start = int((handler.headers["Range"] or "bytes=0-")[6:-1])
        begin(handler, 206 if start else 200, Content_Length=len(content) - start)
        handler.wfile.write(content[start : cut if number == 1 else None])

    return answer


def test_a_download_that_broke_off_goes_on_from_there(raw_host, tmp_path):
    server = raw_host(ranges(BIG, 500_000))
    fetch(Download("big.gz", (f"{server.url}/x",), md5(BIG)), tmp_path)
    assert (tmp_path / "big.gz").read_bytes() == BIG
    assert [headers.get("Range") for headers in server.asked] == [None, "bytes=500000-"]
    assert [path.name for path in tmp_path.iterdir()] == ["big.gz"]


def test_the_next_build_goes_on_where_a_download_broke_off(raw_host, tmp_path):
    server = raw_host(ranges(BIG, 500_000))
    wanted = Download("big.gz", (f"{server.url}/x",), md5(BIG))
    with pytest.raises(FetchError, match="the connection broke off"):
        fetch(wanted, tmp_path, retries=0)
    fetch(wanted, tmp_path, retries=0)
    assert server.asked[1]["Range"] == "bytes=500000-" and (tmp_path / "big.gz").read_bytes() == BIG
    assert [path.name for path in tmp_path.iterdir()] == ["big.gz"]


def test_a_rest_that_does_not_fit_is_thrown_away(raw_host, tmp_path):
    changed = gzip.compress(bytes(range(255, -1, -1)) * 4000, compresslevel=0)

    def answer(handler, number):
        ranges(changed if number == 1 else BIG, 500_000)(handler, number)

    server = raw_host(answer)
    fetch(Download("big.gz", (f"{server.url}/x",), md5(BIG)), tmp_path)
    assert [headers.get("Range") for headers in server.asked] == [None, "bytes=500000-", None]
    assert (tmp_path / "big.gz").read_bytes() == BIG


def test_without_a_checksum_a_download_begins_anew(raw_host, tmp_path):
    server = raw_host(ranges(BIG, 500_000))
    fetch(Download("big.gz", (f"{server.url}/x",)), tmp_path)
    assert [headers.get("Range") for headers in server.asked] == [None, None]


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        (b"[" * 100_000, "nested too deeply"),
        (b"[" + b" " * (5 << 20) + b"]", "longer than 4,194,304 bytes"),
        (b'{"file": 3}', "indices must be integers|not subscriptable"),
        (b"\xff\xfe\x00", "utf|codec"),
        (b"[" + b"9" * 5000 + b"]", "integer string conversion"),
        (b"", "Expecting value"),
    ],
    ids=["nested", "long", "no list", "no text", "a number", "empty"],
)
def test_a_manifest_that_harms_is_named(tmp_path, host, manifest, reason):
    host.answers["/m/MANIFEST.json"] = [manifest]
    (tmp_path / "MANIFEST.json").write_bytes(manifest)
    for mirror in (tmp_path, f"{host.url}/m"):
        with pytest.raises(FetchError, match=f"MANIFEST.json cannot be read .*({reason}|sends more than)"):
            fetch(download(host, "gone"), tmp_path / "data", mirror=mirror)


def test_a_manifest_that_trickles_is_left(raw_host, host, tmp_path, monkeypatch):
    monkeypatch.setattr("lib.data.transfer.WINDOW", 0.5)
    host.answers["/good"] = [GOOD]
    bad = raw_host(trickle)
    with pytest.warns(UserWarning, match="was passed over: its MANIFEST.json cannot be read .it is too slow"):
        assert fetch(download(host, "good"), tmp_path, mirror=bad.url)["origin"] == "official"


def test_what_is_no_file_in_a_mirror_or_in_place_is_named(host, tmp_path):
    mirror = make_mirror(tmp_path / "mirror", data_zip=GOOD)
    (mirror / "data.zip").unlink()
    os.mkfifo(mirror / "data.zip")
    with pytest.raises(FetchError, match="mirror/data.zip\n    it is not a regular file"):
        fetch(download(host, "gone"), tmp_path / "data", mirror=mirror)
    (mirror / "MANIFEST.json").unlink()
    os.mkfifo(mirror / "MANIFEST.json")
    with pytest.raises(FetchError, match="MANIFEST.json cannot be read .it is not a regular file"):
        fetch(download(host, "gone"), tmp_path / "data", mirror=mirror)
    (tmp_path / "data" / "data.zip").mkdir()
    with pytest.raises(FetchError, match="data.zip is not a regular file: move it"):
        fetch(download(host, "gone"), tmp_path / "data")


def test_a_mirrors_file_that_is_longer_than_its_manifest_says_is_refused(tmp_path, host):
    mirror = make_mirror(tmp_path / "mirror", data_zip=GOOD)
    entries = json.loads((mirror / "MANIFEST.json").read_text())
    (mirror / "MANIFEST.json").write_text(json.dumps([entries[0] | {"bytes": 100}]))
    with pytest.raises(FetchError, match="it has more than 100 bytes"):
        fetch(download(host, "gone"), tmp_path / "data", mirror=mirror)


def test_a_bomb_is_known_by_its_checksum_before_it_is_opened(host, tmp_path, monkeypatch):
    monkeypatch.setattr("lib.data.archives.check", lambda *_: pytest.fail("opened before its checksum was compared"))
    host.answers["/bomb"] = [OTHER]
    with pytest.raises(FetchError, match="expected"):
        fetch(download(host, "bomb", checksum=md5(GOOD)), tmp_path)
