"""Fetching from a host on this machine that does what hosts do: answer, fail, recover, send a web page instead."""

import gzip
import hashlib
import io
import json
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lib.data.fetch import Download, FetchError, fetch, sha256

MIRROR = Path(__file__).parents[2].parent / "shared" / "mirror"


def zipped(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


GOOD = zipped(letters=b"ABC" * 500)
OTHER = zipped(letters=b"XYZ" * 500)
PAGE = b"\n<!DOCTYPE html>\n<html><body>Please log in</body></html>"


def md5(content):
    return "md5:" + hashlib.md5(content).hexdigest()


@pytest.fixture
def host():
    """A web host; ``host.answers[path]`` is a list of bytes or status codes, given in turn, the last one for ever."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked.append(self.path)
            answers = server.answers.get(self.path, [404])
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            cut = isinstance(answer, tuple)
            body = answer[0] if cut else answer if isinstance(answer, bytes) else b"no"
            self.send_response(answer if isinstance(answer, int) else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if cut else body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.answers, server.asked = {}, []
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr("lib.data.fetch._pause", lambda seconds: None)


def download(host, *paths, checksum=None, name="data.zip"):
    return Download(name, tuple(f"{host.url}/{path}" for path in paths), checksum, "letters")


def make_mirror(folder, **files):
    folder.mkdir()
    entries = []
    for name, content in files.items():
        name = name.replace("_", ".")
        (folder / name).write_bytes(content)
        entries.append({"file": name, "sha256": hashlib.sha256(content).hexdigest(), "not_real": "made up"})
    (folder / "MANIFEST.json").write_text(json.dumps(entries))
    return folder


def test_a_file_comes_from_the_first_address_that_has_it(host, tmp_path):
    host.answers["/good"] = [GOOD]
    found = fetch(download(host, "missing", "good", "never", checksum=md5(GOOD)), tmp_path)
    assert (tmp_path / "data.zip").read_bytes() == GOOD
    assert host.asked == ["/missing", "/good"]
    assert found == {
        "file": "data.zip",
        "origin": "official",
        "address": f"{host.url}/good",
        "checked": "the official md5",
        "sha256": hashlib.sha256(GOOD).hexdigest(),
        "bytes": len(GOOD),
    }
    assert [path.name for path in tmp_path.iterdir()] == ["data.zip"]  # nothing temporary is left


def test_a_file_that_is_there_is_not_fetched_again(host, tmp_path):
    host.answers["/good"] = [GOOD]
    wanted = download(host, "good", checksum=md5(GOOD))
    found = fetch(wanted, tmp_path)
    assert fetch(wanted, tmp_path, record=found) == found
    assert host.asked == ["/good"]


@pytest.mark.parametrize("trouble", [503, 429, (GOOD,), OTHER], ids=["503", "429", "cut short", "other content"])
def test_passing_trouble_is_tried_again(host, tmp_path, trouble):
    host.answers["/good"] = [trouble, GOOD]
    fetch(download(host, "good", checksum=md5(GOOD)), tmp_path)
    assert host.asked == ["/good", "/good"]
    assert (tmp_path / "data.zip").read_bytes() == GOOD


def test_retries_end(host, tmp_path):
    host.answers["/good"] = [503]
    with pytest.raises(FetchError, match="503"):
        fetch(download(host, "good"), tmp_path, retries=3)
    assert len(host.asked) == 4
    assert list(tmp_path.iterdir()) == []


def test_when_all_fail_each_address_is_listed_with_its_reason_and_the_place_for_the_file(host, tmp_path):
    host.answers |= {
        "/page": [PAGE],
        "/half": [GOOD[:-30]],
        "/text": [b"hello, world"],
        "/empty": [b""],
        "/wrong": [OTHER],
    }
    wanted = download(host, "page", "gone", "half", "text", "empty", "wrong", checksum=md5(GOOD))
    wanted = wanted._replace(urls=(*wanted.urls, "http://127.0.0.1:9/x", "ftq://nowhere/x"))
    with pytest.raises(FetchError) as caught:
        fetch(wanted, tmp_path, retries=0, mirror=tmp_path / "no-mirror")
    lines = [line.strip() for line in str(caught.value).splitlines()]
    reasons = dict(zip(lines[1:-3:2], lines[2:-3:2], strict=True))
    assert "MANIFEST.json cannot be read (No such file" in reasons.pop(f"mirror {tmp_path}/no-mirror/data.zip")
    expected = {
        "page": "web page (HTML), not the file data.zip",
        "gone": "404 Not Found",
        "half": f"its md5 is {md5(GOOD[:-30])[4:]}, expected {md5(GOOD)[4:]}",
        "text": "not a zip archive: it begins with b'hello, w'",
        "empty": "empty",
        "wrong": f"its md5 is {md5(OTHER)[4:]}, expected {md5(GOOD)[4:]}",
    }
    for path, reason in expected.items():
        assert reason in reasons.pop(f"{host.url}/{path}")
    assert reasons == {"http://127.0.0.1:9/x": "connection refused", "ftq://nowhere/x": reasons["ftq://nowhere/x"]}
    assert str(tmp_path / "data.zip") in lines and "mirror=DIR|URL" in lines[-1]
    assert host.asked.count("/page") == host.asked.count("/gone") == 1  # asking again would not help
    assert list(tmp_path.iterdir()) == []


def test_the_first_checksum_is_recorded_and_enforced_from_then_on(host, tmp_path):
    host.answers |= {"/good": [GOOD], "/other": [OTHER]}
    found = fetch(download(host, "good"), tmp_path)
    assert found["checked"] == "checksums.json, recorded at the first download"
    lock = (tmp_path / "checksums.json").read_text()
    assert lock == json.dumps({"data.zip": f"sha256:{sha256(tmp_path / 'data.zip')}"}, indent=1) + "\n"
    (tmp_path / "data.zip").unlink()
    with pytest.raises(FetchError, match="recorded in checksums.json at the first download"):
        fetch(download(host, "other"), tmp_path, retries=0)
    assert not (tmp_path / "data.zip").exists()
    assert fetch(download(host, "other", "good"), tmp_path)["checked"] == "checksums.json, enforced"
    assert (tmp_path / "checksums.json").read_text() == lock


def test_many_files_at_once_share_the_lock_file(host, tmp_path):
    names = [f"{number}.zip" for number in range(12)]
    host.answers |= {f"/{name}": [zipped(name=name.encode())] for name in names}
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda name: fetch(download(host, name, name=name), tmp_path), names))
    assert list(json.loads((tmp_path / "checksums.json").read_text())) == sorted(names)


@pytest.mark.parametrize("lock", ["not json", "[]", '{"data.zip": "sha256:12"}', '{"data.zip": 3}'])
def test_a_damaged_lock_file_trusts_nothing(host, tmp_path, lock):
    host.answers["/good"] = [GOOD]
    (tmp_path / "checksums.json").write_text(lock)
    with pytest.raises(FetchError, match="not the lock file"):
        fetch(download(host, "good"), tmp_path)


def test_a_checksum_may_be_its_first_digits_as_in_torchvisions_names(host, tmp_path):
    host.answers |= {"/good": [GOOD], "/other": [OTHER]}
    digits = hashlib.sha256(GOOD).hexdigest()[:8]
    fetch(download(host, "other", "good", checksum=f"sha256:{digits}"), tmp_path, retries=0)
    assert (tmp_path / "data.zip").read_bytes() == GOOD
    with pytest.raises(FetchError, match="fewer than eight"):
        fetch(download(host, "good", checksum="sha256:12"), tmp_path / "new")


def test_a_mirror_comes_first_and_is_held_to_its_own_manifest(host, tmp_path):
    mirror = make_mirror(tmp_path / "mirror", data_zip=OTHER)
    wanted = download(host, "good", checksum=md5(GOOD))  # the official checksum does not hold for a stand-in
    found = fetch(wanted, tmp_path / "data", mirror=mirror)
    assert (found["origin"], found["not_real"]) == ("mirror", "made up")
    assert host.asked == [] and str(tmp_path) not in json.dumps(found)
    assert not (tmp_path / "data" / "checksums.json").exists()  # the official file's checksum is still unknown
    assert fetch(wanted, tmp_path / "data", record=found) == found  # later without the mirror


def test_a_mirrors_file_that_is_not_what_its_manifest_says_is_passed_over_and_that_is_said(host, tmp_path):
    host.answers["/good"] = [GOOD]
    mirror = make_mirror(tmp_path / "mirror", data_zip=OTHER)
    (mirror / "data.zip").write_bytes(zipped(a=b"changed"))
    with pytest.warns(
        UserWarning, match=f"mirror {mirror}/data.zip was passed over: its sha256 is .*; {host.url}/good"
    ):
        assert fetch(download(host, "good"), tmp_path / "data", mirror=mirror)["origin"] == "official"


def test_a_mirror_on_the_web(host, tmp_path):
    manifest = [{"file": "letters.zip", "sha256": hashlib.sha256(GOOD).hexdigest()}]
    host.answers |= {"/m/MANIFEST.json": [json.dumps(manifest).encode()], "/m/letters.zip": [500, GOOD]}
    wanted = download(host, "gone")._replace(mirror="letters.zip")
    assert fetch(wanted, tmp_path, mirror=f"{host.url}/m/")["origin"] == "mirror"
    assert (tmp_path / "data.zip").read_bytes() == GOOD
    with pytest.raises(FetchError, match="has no sha256 for data.zip"):
        fetch(download(host, "gone"), tmp_path / "new", mirror=f"{host.url}/m")
    with pytest.raises(FetchError, match="MANIFEST.json cannot be read .*404"):
        fetch(download(host, "gone"), tmp_path / "new", mirror=f"{host.url}/nothing")


def test_a_file_put_there_by_hand_is_taken_after_the_same_checks(host, tmp_path):
    with pytest.raises(FetchError, match="Put the file by hand"):
        fetch(download(host, "gone"), tmp_path)
    (tmp_path / "data.zip").write_bytes(GOOD)
    found = fetch(download(host, "gone"), tmp_path)
    assert (found["origin"], found["checked"]) == ("by hand", "checksums.json, recorded at the first download")
    assert fetch(download(host, "gone", checksum=md5(GOOD)), tmp_path)["checked"] == "the official md5"


def test_a_wrong_file_put_there_by_hand_is_refused_and_left_alone(host, tmp_path):
    host.answers["/good"] = [GOOD]
    for content, reason in ((OTHER, "expected"), (PAGE, "web page"), (GOOD[:-9], "expected")):
        (tmp_path / "data.zip").write_bytes(content)
        with pytest.raises(FetchError, match=f"by hand, but .*{reason}"):
            fetch(download(host, "good", checksum=md5(GOOD)), tmp_path)
        assert (tmp_path / "data.zip").read_bytes() == content
    assert host.asked == []


def test_a_copy_of_the_mirrors_file_put_there_by_hand_passes_by_its_manifest(host, tmp_path):
    mirror = make_mirror(tmp_path / "mirror", data_zip=OTHER)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "data.zip").write_bytes(OTHER)
    found = fetch(download(host, "good", checksum=md5(GOOD)), tmp_path / "data", mirror=mirror)
    assert (found["origin"], found["not_real"]) == ("by hand", "made up")


def test_a_fetched_file_that_was_damaged_is_fetched_again(host, tmp_path):
    host.answers["/good"] = [GOOD]
    wanted = download(host, "good")
    found = fetch(wanted, tmp_path)
    (tmp_path / "data.zip").write_bytes(GOOD[:-50])
    assert fetch(wanted, tmp_path, record=found)["origin"] == "official"
    assert (tmp_path / "data.zip").read_bytes() == GOOD


def test_a_stand_in_can_be_replaced_by_the_real_file_by_hand(host, tmp_path):
    mirror = make_mirror(tmp_path / "mirror", data_zip=OTHER)
    found = fetch(download(host), tmp_path / "data", mirror=mirror)
    (tmp_path / "data" / "data.zip").write_bytes(GOOD)
    assert fetch(download(host), tmp_path / "data", mirror=mirror, record=found)["origin"] == "by hand"
    assert (tmp_path / "data" / "data.zip").read_bytes() == GOOD


def test_a_staging_folder_gets_the_file_and_its_place_is_left_alone(host, tmp_path):
    host.answers["/good"] = [GOOD]
    target = tmp_path / "staging" / "data.zip"
    found = fetch(download(host, "good"), tmp_path / "data", target=target)
    assert target.read_bytes() == GOOD and not (tmp_path / "data" / "data.zip").exists()
    (tmp_path / "data" / "data.zip").write_bytes(GOOD)
    target.unlink()
    assert fetch(download(host), tmp_path / "data", target=target, record=found) == found
    assert target.read_bytes() == GOOD


def test_progress_is_told_in_bytes(host, tmp_path):
    content = gzip.compress(bytes(range(256)) * 4000, compresslevel=0)
    host.answers["/big.gz"] = [content]
    told = []
    fetch(download(host, "big.gz", name="big.gz"), tmp_path, progress=lambda *numbers: told.append(numbers))
    assert told == sorted(told) and told[-1] == (len(content), len(content)) and len(told) > 3


@pytest.mark.skipif(not MIRROR.is_dir(), reason="the mirror of the course's data is not on this machine")
def test_the_mirror_gives_every_file_of_its_manifest(tmp_path):
    for entry in json.loads((MIRROR / "MANIFEST.json").read_text()):
        if entry["bytes"] < 10e6 and not entry["file"].endswith(".json"):
            found = fetch(Download(entry["file"], ()), tmp_path, mirror=MIRROR)
            assert found["sha256"] == entry["sha256"] == sha256(tmp_path / entry["file"])


@pytest.mark.parametrize("name", ["data.zip", "data.gz"])
def test_a_file_damaged_inside_its_compressed_stream_is_passed_over(host, tmp_path, name):
    whole = zipped(a=bytes(range(256)) * 40) if name.endswith(".zip") else gzip.compress(bytes(range(256)) * 40)
    damaged = bytearray(whole)
    middle = whole.index(b"a", 30) + 1 if name.endswith(".zip") else 10
    damaged[middle] |= 0b110  # a kind of deflate block that there is not
    host.answers |= {"/damaged": [bytes(damaged)], "/good": [whole]}
    fetch(download(host, "damaged", "good", name=name), tmp_path)
    assert (tmp_path / name).read_bytes() == whole
