"""A fuzzer over every reader of files from outside: ``python -m tests.hostile.fuzz --seconds 600``.

Each input is a good file with something changed in it, and is read in a process of its own under limits of memory and
time. Whatever is not the reader's declared error is kept and told: another exception, a crash, a hang, too much memory.
The same seed makes the same inputs.
"""

import argparse
import faulthandler
import gzip
import hashlib
import io
import json
import os
import random
import resource
import struct
import sys
import tarfile
import tempfile
import time
import traceback
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image
from scipy.io import savemat

from lib.data import archives, idx, nist36, oxford, verify
from lib.data.archives import ArchiveError
from lib.data.datasets import FormatError
from lib.data.fetch import Mirror
from lib.data.photos import open_photo
from lib.data.verify import FetchError, Refused
from lib.vision.letters import find_letters

MEMORY = 1_500_000_000  # bytes that reading one input may take
SECONDS = 60  # that it may take
HARMED = Path(__file__).parents[2].parent / "shared" / "bad-inputs"
INTERESTING = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)


class Reader(NamedTuple):
    """What reads a kind of file, what it may raise, how its files are called, and good ones."""

    read: Callable[[Path], object]
    errors: tuple[type[Exception], ...]
    name: str
    seeds: Callable[[], list[bytes]]
    share: float = 1.0  # of the inputs, against 1 of the others: a process more takes time


# --- the readers ------------------------------------------------------------------------------------------------------


def _unpack(path):
    with tempfile.TemporaryDirectory() as folder:
        archives.unpack(path, Path(folder))


def _gunzip(path):
    archives.gunzip(path, path.with_suffix(".out"), limit=idx.MAX_BYTES)


def _photo(path):
    find_letters(open_photo(path))


def _manifest(path):
    Mirror(str(path.parent)).entry("data.zip")


def _lock(path):
    verify.locked(path.parent, "data.zip")


def _settings(path):
    from lib.graph.settings import Config, load
    from stages.settings import SOURCES, Settings

    load(Settings, SOURCES, Config({"settings": str(path)}))


def _idx(path):
    idx.check_file(path, 3)


def _nist36(path):
    list(nist36.read_files([(path, "train")]))


def _splits(path):
    oxford.read_splits17(path)


def readers() -> dict[str, Reader]:
    """All readers by name."""
    from lib.graph.settings import SettingsError

    return {
        "zip": Reader(_unpack, (ArchiveError,), "data.zip", _zips),
        "tgz": Reader(_unpack, (ArchiveError,), "data.tgz", _tars),
        "tar": Reader(_unpack, (ArchiveError,), "data.tar", lambda: [gzip.decompress(tar) for tar in _tars()]),
        "gz": Reader(_gunzip, (ArchiveError,), "images.gz", lambda: [gzip.compress(bytes(range(256)) * 20)]),
        "check zip": Reader(verify.check_kind, (Refused,), "data.zip", _zips),
        "check tgz": Reader(verify.check_kind, (Refused,), "data.tgz", _tars),
        "photo": Reader(_photo, (ValueError,), "photo.jpg", _photos, 6),
        "idx": Reader(_idx, (FormatError,), "train-images-idx3-ubyte", _idx_files),
        "manifest": Reader(_manifest, (Refused,), "MANIFEST.json", _manifests),
        "lock": Reader(_lock, (FetchError,), "checksums.json", lambda: [b'{"data.zip": "sha256:' + b"0" * 64 + b'"}']),
        "settings": Reader(_settings, (SettingsError,), "my.toml", _tomls),
        "nist36": Reader(_nist36, (FormatError,), "nist36_train.mat", _mats, 0.1),
        "splits": Reader(_splits, (FormatError,), "datasplits.mat", _split_mats, 0.1),
    }


# --- good files -------------------------------------------------------------------------------------------------------


def _zips():
    found = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as archive:
            archive.writestr("in/a.txt", b"letters" * 99)
            archive.writestr("b.mat", bytes(5000))
        found.append(out.getvalue())
    return found + _harmed(".zip")


def _tars():
    found = []
    for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:gz", format=form, compresslevel=1) as archive:
            for name, size in (("jpg", 0), ("jpg/" + "n" * 90, 700), ("jpg/" + "é" * 40, 1500)):
                info = tarfile.TarInfo(name)
                info.size, info.type = size, tarfile.REGTYPE if size else tarfile.DIRTYPE
                archive.addfile(info, io.BytesIO(bytes(size)))
        found.append(out.getvalue())
    return found


def _photos():
    found = []
    page = np.full((60, 90, 3), 230, np.uint8)
    page[15:45, 20:24] = page[41:45, 20:40] = 20
    rgb = Image.fromarray(page)
    with_alpha = rgb.copy()
    with_alpha.putalpha(128)
    pictures = [(rgb, form) for form in ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP", "AVIF")]
    pictures += [
        (with_alpha, "PNG"),
        (rgb.convert("1"), "PNG"),
        (rgb.convert("P"), "GIF"),
        (rgb.convert("CMYK"), "JPEG"),
    ]
    pictures += [(rgb.convert("F"), "TIFF"), (rgb.convert("I;16"), "PNG"), (rgb.convert("LAB"), "TIFF")]
    for picture, form in pictures:
        out = io.BytesIO()
        if form in Image.SAVE:
            picture.save(out, form)
            found.append(out.getvalue())
    for words in ({"compression": "tiff_lzw"}, {"compression": "jpeg"}, {"compression": "tiff_deflate"}):
        out = io.BytesIO()
        rgb.save(out, "TIFF", **words)
        found.append(out.getvalue())
    out = io.BytesIO()
    rgb.save(out, "GIF", save_all=True, append_images=[rgb.rotate(90), rgb.rotate(180)])
    return [*found, out.getvalue(), *_harmed(".jpg", ".png")]


def _idx_files():
    return [bytes([0, 0, 8, 3]) + struct.pack(">3I", 2, 28, 28) + bytes(2 * 28 * 28)]


def _manifests():
    entry = {"file": "data.zip", "bytes": 3, "sha256": "0" * 64, "not_real": "made up"}
    return [json.dumps([entry]).encode(), b"[" * 9999]


def _tomls():
    lines = "[training]\nepochs = 3\nlearning_rate = 0.1\n[writeup]\nauthor = 'me'\n"
    return [lines.encode(), f"[tool.inkgraph.training]\nseeds = [0, 1]\n# {'x' * 99}\n".encode(), *_harmed(".toml")]


def _saved(**arrays):
    found = []
    for compressed in (False, True):
        out = io.BytesIO()
        savemat(out, arrays, do_compression=compressed)
        found.append(out.getvalue())
    return found


def _mats():
    data = np.random.default_rng(0).random((36, 1024)).round(2)
    return _saved(train_data=data, train_labels=np.eye(36)) + _harmed(".mat")


def _split_mats():
    numbers = np.arange(1, 1361, dtype=np.uint16)
    return _saved(trn2=numbers[::3], val2=numbers[1::3], tst2=numbers[2::3])


def _harmed(*endings):
    """Files that did harm once, where the collection is on this machine."""
    return [path.read_bytes() for path in sorted(HARMED.glob("*")) if path.suffix in endings]


# --- changed files ----------------------------------------------------------------------------------------------------


def changed(content: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """A file with a few changes; of a compressed one sometimes inside, with its checksums made right again."""
    if content.startswith(b"\x1f\x8b") and rng.random() < 0.7:
        return gzip.compress(changed(gzip.decompress(content), others, rng), 1)
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        place = rng.randrange(len(data) + 1)
        kind = rng.randrange(7)
        if kind == 0 and data:
            data[min(place, len(data) - 1)] ^= 1 << rng.randrange(8)
        elif kind == 1:  # a number where a length may stand
            size = rng.choice((1, 2, 4, 8))
            number = rng.choice(INTERESTING) & (256**size - 1)
            data[place : place + size] = number.to_bytes(size, rng.choice(("little", "big")))
        elif kind == 2:
            del data[place:]
        elif kind == 3:
            del data[place : place + rng.randrange(1, 99)]
        elif kind == 4:
            data[place:place] = data[place : place + rng.randrange(1, 999)] * rng.choice((1, 2, 50))
        elif kind == 5:
            other = rng.choice(others)
            start = rng.randrange(len(other) + 1)
            data[place:place] = other[start : start + rng.randrange(1, 999)]
        else:
            data[place:place] = rng.randbytes(rng.randrange(1, 99))
    changed_file = bytes(data)
    return _right_again(changed_file) if rng.random() < 0.8 else changed_file


def _right_again(content):
    """PNG's chunks and tar's headers with right checksums: otherwise no change would get past them."""
    data = bytearray(content)
    if data.startswith(b"\x89PNG"):
        place = 8
        while place + 12 <= len(data):
            end = place + 8 + int.from_bytes(data[place : place + 4], "big")
            if end + 4 > len(data):
                break
            data[end : end + 4] = zlib.crc32(data[place + 4 : end]).to_bytes(4, "big")
            place = end + 4
    elif b"ustar" in data[:512]:
        for place in range(0, len(data) - 511, 512):
            block = data[place : place + 512]
            if block[257:262] == b"ustar":
                block[148:156] = b" " * 8
                data[place + 148 : place + 156] = b"%06o\0 " % sum(block)
    return bytes(data)


# --- reading them -----------------------------------------------------------------------------------------------------


def attempt(reader: Reader, content: bytes) -> str | None:
    """Read one input in a process of its own; what went wrong, or None."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, reader.name)
        path.write_bytes(content)
        return attempt_call(lambda: reader.read(path), reader.errors, Path(folder))


def attempt_call(call: Callable[[], object], errors: tuple[type[Exception], ...], folder: Path) -> str | None:
    """Make a call in a process of its own, under limits; what went wrong, or None."""
    report, start = folder / ".report", time.monotonic()
    child = os.fork()
    if not child:
        _in_the_child(call, errors, report)
    while True:
        done, status, used = os.wait4(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() - start > SECONDS:
            os.kill(child, 9)
            os.wait4(child, 0)
            return f"it takes more than {SECONDS} seconds"
        time.sleep(0.002)
    if os.WIFSIGNALED(status):
        return f"it is ended by signal {os.WTERMSIG(status)}"
    if used.ru_maxrss * 1024 > MEMORY + (200 << 20):  # the libraries' own
        return f"it takes {used.ru_maxrss / 1e6:.1f} GB"
    return report.read_text() if report.exists() else None


def _in_the_child(call, errors, report):
    faulthandler.disable()  # pytest's would tell of each crash
    try:
        with open("/proc/self/statm") as file:
            now = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (now + MEMORY, now + MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        call()
    except errors as error:
        if not str(error):
            report.write_text("an error without a message")
    except BaseException:
        report.write_text(traceback.format_exc())
    os._exit(0)


def fuzz(
    seed: int, inputs: int | None = None, seconds: float | None = None, names: list[str] | None = None
) -> tuple[int, list[tuple[str, bytes, str]]]:
    """Read changed files until there were enough; how many, and (reader, content, what went wrong)."""
    rng, known = random.Random(seed), readers()
    known = {name: known[name] for name in names or known}
    seeds = {name: reader.seeds() for name, reader in known.items()}
    found, start, count = [], time.monotonic(), 0
    first = [(name, content) for name in known for content in seeds[name]]  # as they are
    while (inputs is None or count < inputs) and (seconds is None or time.monotonic() - start < seconds):
        if count < len(first):
            name, content = first[count]
        else:
            (name,) = rng.choices(list(known), [reader.share for reader in known.values()])
            content = changed(rng.choice(seeds[name]), seeds[name], rng)
        problem = attempt(known[name], content)
        if problem:
            found.append((name, content, problem))
        count += 1
    return count, found


def main() -> int:
    """Fuzz as the words of the command line say; 1 if anything was found."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--seconds", type=float, help="how long")
    words.add_argument("--inputs", type=int, help="how many")
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--reader", action="append", choices=list(readers()), help="one of the readers; may be repeated")
    words.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir(), "inkgraph-fuzz"), help="for what harms")
    given = words.parse_args()
    if given.seconds is None and given.inputs is None:
        given.seconds = 60
    count, found = fuzz(given.seed, given.inputs, given.seconds, given.reader)
    for name, content, problem in found:
        given.keep.mkdir(parents=True, exist_ok=True)
        path = given.keep / f"{name.replace(' ', '-')}-{hashlib.sha256(content).hexdigest()[:12]}"
        path.write_bytes(content)
        print(f"{name}: {path}\n{problem}")
    print(f"{count:,} inputs, {len(found)} that harmed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
