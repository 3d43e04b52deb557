"""Small files that would take gigabytes or hours, each with the message that it gets. All are made here."""

import gzip
import io
import os
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from lib.data import idx, nist36, oxford
from lib.data.archives import ArchiveError, gunzip, unpack
from lib.data.child import ChildError, in_child
from lib.data.datasets import FormatError
from lib.data.photos import open_photo
from lib.data.verify import Refused, check_kind
from lib.steps.data import unpack_emnist, unpack_mnist
from lib.vision.letters import find_letters

HARMED = Path(__file__).parents[2].parent / "shared" / "bad-inputs"
needs_harmed = pytest.mark.skipif(not HARMED.is_dir(), reason="the collection is not on this machine")


# --- archives ---------------------------------------------------------------------------------------------------------


def zip_of(*members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def overlapping():
    """Three members in the list, of the same bytes."""
    content = zip_of(("a", bytes(9000)))
    start = content.index(b"PK\1\2")
    entry, end = content[start : content.index(b"PK\5\6")], bytearray(content[content.index(b"PK\5\6") :])
    entries = b"".join(entry.replace(b"a", name) for name in (b"a", b"b", b"c"))
    end[8:12], end[12:16] = struct.pack("<HH", 3, 3), struct.pack("<I", len(entries))
    return content[:start] + entries + bytes(end)


def many_names():
    """A list of 400,000 members that are not there."""
    entry = b"PK\1\2" + bytes(24) + struct.pack("<HHH", 1, 0, 0) + bytes(12) + b"a"
    entries = entry * 400_000
    return entries + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, len(entries), 0, 0)


def tar_of(*headers):
    """A gzipped tar with headers of (type, declared size, bytes that follow)."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1) as file:
        for kind, size, content in headers:
            info = tarfile.TarInfo("x")
            info.type, info.size = kind, size
            file.write(info.tobuf(tarfile.GNU_FORMAT))
            file.write(content)
    return out.getvalue()


def pax(words):
    content = words.ljust(512, b"\0")
    return tarfile.XHDTYPE, len(words), content


def gzips(count, size):
    """A gzip file of many members."""
    return gzip.compress(bytes(size), 1) * count


BOMBS = [
    ("bzip2.zip", lambda: zip_of(("a", bytes(40 << 20)), method=zipfile.ZIP_BZIP2), "compressed by bzip2; only stored"),
    ("lzma.zip", lambda: zip_of(("a", bytes(40 << 20)), method=zipfile.ZIP_LZMA), "compressed by lzma; only stored"),
    ("ratio.zip", lambda: zip_of(("a", bytes(60 << 20))), "'a': the archive expands to more than 200 times"),
    ("overlap.zip", overlapping, "b overlaps the member before it"),
    ("names.zip", many_names, "it has a header of 18,800,000 bytes"),
    ("empty-name.zip", lambda: zip_of(("q", b"1")).replace(b"q", b"\0"), "'': it has no name"),
    ("deep.zip", lambda: zip_of(("a/" * 40 + "b", b"1")), "more than 30 folders deep"),
    ("long.zip", lambda: zip_of(("a" * 300, b"1")), "a part of its name is longer than 255 bytes"),
    ("both.zip", lambda: zip_of(("a", b"1"), ("a/b", b"2")), "that of a file and of a folder"),
    ("short.zip", lambda: b"PK\5\6" + bytes(3), "is damaged or cut short"),
    ("gzip.tgz", lambda: gzips(60, 1 << 20), "the archive expands to more than 200 times"),
    ("pax.tgz", lambda: tar_of((tarfile.XHDTYPE, 1 << 30, bytes(80 << 20))), "it has a header of 1,073,741,824 bytes"),
    ("gnu.tgz", lambda: tar_of((tarfile.GNUTYPE_LONGNAME, 1 << 30, bytes(9))), "a header of 1,073,741,824 bytes"),
    ("link.tgz", lambda: tar_of((tarfile.GNUTYPE_LONGLINK, 1 << 20, bytes(9))), "a header of 1,048,576 bytes"),
    ("nested.tgz", lambda: tar_of(*[pax(b"11 path=ab\n")] * 5000), "is damaged or cut short: maximum recursion"),
    ("back.tgz", lambda: tar_of(pax(b"16 size=-99999\n"), (tarfile.REGTYPE, 0, b"")), "bytes|damaged"),
    ("sparse.tgz", lambda: tar_of((tarfile.GNUTYPE_SPARSE, 0, b"")), "it is a sparse file"),
    ("xz.tgz", lambda: b"\xfd7zXZ\0" + bytes(99), "is damaged or cut short"),
    ("bytes.tgz", lambda: gzip.compress(b"no tar" * 999), "is damaged or cut short"),
]


@pytest.mark.parametrize(("name", "make", "message"), BOMBS, ids=[bomb[0] for bomb in BOMBS])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_that_harms_is_refused_before_anything_is_written(tmp_path, name, make, message):
    path = tmp_path / name
    path.write_bytes(make())
    with pytest.raises(ArchiveError, match=f"^{name}.*({message})"):
        unpack(path, tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())
    if not name.startswith(("sparse", "link", "gnu", "pax", "nested", "back", "bytes")):  # a .tgz is only decompressed
        with pytest.raises(Refused, match=message.partition(":")[0] + "|not a gzip file|not a zip"):
            check_kind(path)


def test_gzip_is_counted_as_it_comes(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzips(60, 1 << 20))
    with pytest.raises(ArchiveError, match="a.gz is not unpacked: the archive expands to more than 200 times its"):
        gunzip(path, tmp_path / "a")
    assert (tmp_path / "a").stat().st_size < 60 << 20
    with pytest.raises(Refused, match="more than 200 times"):
        check_kind(path)


def test_gzips_in_a_zip_are_limited_in_number_and_in_length(tmp_path):
    names = [f"gzip/emnist-balanced-{number}-idx.gz" for number in range(50)]
    wanted = "gzip/emnist-balanced-train-images-idx3-ubyte.gz"
    archive = tmp_path / "gzip.zip"
    archive.write_bytes(zip_of(*[(name, gzip.compress(b"x")) for name in [*names, wanted]]))
    unpack_emnist(archive, tmp_path / "EMNIST")
    assert [path.name for path in (tmp_path / "EMNIST" / "raw").iterdir()] == [Path(wanted).stem]
    bomb = tmp_path / "train-images-idx3-ubyte.gz"
    bomb.write_bytes(gzip.compress(os.urandom(1 << 20), 0) * 201)
    with pytest.raises(ArchiveError, match=f"the archive holds more than {idx.MAX_BYTES:,} bytes"):
        unpack_mnist([bomb], tmp_path / "MNIST")


@needs_harmed
def test_the_zip_that_harmed(tmp_path):
    with pytest.raises(ArchiveError, match="zip-empty-name.zip .* it has no name"):
        unpack(HARMED / "zip-empty-name.zip", tmp_path)


# --- .mat -------------------------------------------------------------------------------------------------------------


def mat_bomb():
    """A few bytes that declare 2 GB."""
    packer, chunks = zlib.compressobj(9), []
    size = 260_000 * 1024 * 8
    inside = struct.pack("<IIIIII", 6, 8, 6, 0, 5, 8) + struct.pack("<ii", 260_000, 1024)
    inside += struct.pack("<II", 1, 10) + b"train_data".ljust(16, b"\0") + struct.pack("<II", 9, size)
    chunks.append(packer.compress(struct.pack("<II", 14, len(inside) + size) + inside))
    chunks += [packer.compress(bytes(1 << 20)), packer.flush()]
    content = b"".join(chunks)
    return b"MATLAB 5.0 MAT-file".ljust(124) + b"\0\1IM" + struct.pack("<II", 15, len(content)) + content


def test_a_mat_file_that_holds_gigabytes_is_named(tmp_path):
    path = tmp_path / "nist36_train.mat"
    path.write_bytes(mat_bomb())
    with pytest.raises(FormatError, match="^nist36_train.mat cannot be read as a MATLAB file: it needs more than 1 GB"):
        list(nist36.read_files([(path, "train")]))


@needs_harmed
def test_a_mat_file_that_crashes_scipy_is_named(tmp_path):
    path = HARMED / "mat-SEGV-train.mat"
    with pytest.raises(FormatError, match=f"^{path.name} cannot be read as a MATLAB file: .*(SIGSEGV|damaged|Error)"):
        list(nist36.read_files([(path, "train")]))
    with pytest.raises(FormatError, match=f"^{path.name} (cannot be read as a MATLAB file|has no trn2)"):
        oxford.read_splits17(path)


def test_of_several_files_the_one_that_harms_is_named(tmp_path):
    good = tmp_path / "nist36_train.mat"
    savemat(good, {"train_data": np.zeros((36, 1024)), "train_labels": np.eye(36)})
    bad = tmp_path / "nist36_valid.mat"
    bad.write_bytes(b"MATLAB 5.0 MAT-file".ljust(124) + b"\0\1IM" + bytes(99))
    found = nist36.read_files([(good, "train"), (bad, "valid")])
    assert len(next(found)[0]) == 36
    with pytest.raises(FormatError, match="nist36_valid.mat"):
        next(found)


def crash(how):
    os.kill(os.getpid(), how)


def spin(_):
    while True:
        pass


def eat(gigabytes):
    return len(bytearray(int(gigabytes * 1e9)))


def fail(_):
    raise KeyError("no such key")


@pytest.mark.parametrize(
    ("function", "argument", "message"),
    [
        (crash, 11, r"its reader crashes \(SIGSEGV\)"),
        (crash, 6, r"its reader crashes \(SIGABRT\)"),
        (spin, 0, "it takes more than 2 seconds"),
        (eat, 3, "it needs more than 0.5 GB of memory"),
        (fail, 0, "KeyError: 'no such key'"),
    ],
)
def test_what_a_child_does_not_survive_is_said(function, argument, message):
    with pytest.raises(ChildError, match=message):
        list(in_child(function, [(argument,)], memory=500_000_000, seconds=2))


def test_a_child_makes_one_call_after_the_other():
    found = in_child(eat, [(0.001,), (0.002,), (3,)], memory=500_000_000)
    assert [next(found), next(found)] == [1_000_000, 2_000_000]
    with pytest.raises(ChildError):
        next(found)


# --- pictures ---------------------------------------------------------------------------------------------------------


def png_header(width, height, kind=6):
    """The beginning of a PNG that declares a size."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    data = b"IDAT" + zlib.compress(bytes(100))
    chunks = [struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in (chunk, data)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def saved(picture, form, **words):
    out = io.BytesIO()
    picture.save(out, form, **words)
    return out.getvalue()


POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n{} loop\n"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: POSTSCRIPT, "not an image of a kind that is read"),
        (lambda: saved(Image.new("RGB", (9, 9)), "PPM"), "not an image of a kind that is read"),
        (lambda: saved(Image.new("RGB", (9, 9)), "TGA"), "not an image of a kind that is read"),
        (lambda: saved(Image.new("RGB", (9, 9)), "DDS"), "not an image of a kind that is read"),
        (lambda: saved(Image.new("RGB", (9, 9)), "PDF"), "not an image of a kind that is read"),
        (
            lambda: png_header(13_000, 13_000),
            "13,000 x 13,000 pixels, more than the 100 million that are read: scale it",
        ),
        (lambda: png_header(2**31 - 1, 2**31 - 1), "more than the 100 million pixels that are read: scale it down"),
        (lambda: png_header(9000, 9000), "it is damaged"),
        (
            lambda: saved(Image.fromarray(np.full((9, 9), np.nan, np.float32)), "TIFF"),
            "values that are NaN or infinite",
        ),
        (
            lambda: saved(Image.fromarray(np.full((9, 9), 1e9, np.float32)), "TIFF"),
            "its values reach from 1e.09 to 1e.09",
        ),
        (lambda: saved(Image.fromarray(np.full((9, 9), -5, np.int32)), "TIFF"), "its values reach from -5 to -5"),
    ],
    ids=["postscript", "ppm", "tga", "dds", "pdf", "169 megapixels", "2**62", "cut off", "nan", "large", "negative"],
)
def test_a_picture_that_harms_is_named(tmp_path, make, message):
    path = tmp_path / "photo.jpg"
    path.write_bytes(make())
    with pytest.raises(ValueError, match=f"photo.jpg cannot be read as an image: .*{message}"):
        open_photo(path)


def test_a_pipe_is_no_picture(tmp_path):
    os.mkfifo(tmp_path / "photo.jpg")
    with pytest.raises(ValueError, match="photo.jpg cannot be read as an image: it is not a regular file"):
        open_photo(tmp_path / "photo.jpg")


def test_of_several_frames_the_first_is_read(tmp_path):
    frames = [Image.new("L", (40, 30), value) for value in (0, 128, 255)]
    for form in ("GIF", "TIFF", "PNG", "WEBP"):
        path = tmp_path / f"photo.{form}"
        frames[0].save(path, form, save_all=True, append_images=frames[1:])
        assert open_photo(path).max() <= 2


@pytest.mark.parametrize("white", [1.0, 255.0, 65535.0])
def test_a_tiff_of_floats_is_scaled_by_the_range_that_it_uses(tmp_path, white):
    page = np.full((40, 30), white, np.float32)
    page[10:30, 10:13] = 0
    Image.fromarray(page).save(tmp_path / "a.tiff")
    np.testing.assert_array_equal(open_photo(tmp_path / "a.tiff"), np.where(page, 255, 0))


@pytest.mark.parametrize("ink", [255, 200])
def test_light_ink_on_nothing_is_seen(tmp_path, ink):
    page = np.zeros((60, 80, 4), np.uint8)
    page[20:40, 30:34] = ink, ink, ink, 255
    Image.fromarray(page).save(tmp_path / "a.png")
    for image in (open_photo(tmp_path / "a.png"), page):
        boxes, _ = find_letters(image)
        np.testing.assert_array_equal(boxes, [[20, 30, 40, 34]])


def test_a_page_with_see_through_corners_lies_on_white():
    page = np.full((60, 80, 4), 255, np.uint8)
    page[20:40, 30:34, :3] = 0
    page[:9, :9] = page[-9:, -9:] = 0
    np.testing.assert_array_equal(find_letters(page)[0], [[20, 30, 40, 34]])


def dots(size, gap):
    page = np.full((1400, 1400), 255, np.uint8)
    for y in range(size):
        for x in range(size):
            page[y::gap, x::gap] = 0
    return page


def sprinkled(page, share):
    noise = np.random.default_rng(0).random(page.shape)
    return np.where(noise < share / 2, 0, np.where(noise > 1 - share / 2, 255, page)).astype(np.uint8)


@pytest.mark.parametrize(("size", "gap"), [(1, 3), (2, 4), (3, 6), (4, 8), (5, 9), (6, 13)])
def test_a_texture_of_dots_is_no_letters(size, gap):
    assert len(find_letters(dots(size, gap))[0]) == 0


@pytest.mark.parametrize("share", [0.001, 0.01, 0.05, 0.2, 0.9])
def test_noise_is_no_letters(share):
    assert len(find_letters(sprinkled(np.full((900, 1200), 255, np.uint8), share))[0]) == 0


@pytest.mark.parametrize("share", [0.01, 0.05])
def test_letters_are_found_in_noise(share):
    page = np.full((900, 1200), 240, np.uint8)
    for left in range(100, 1100, 200):
        page[300:400, left : left + 8] = page[392:400, left : left + 60] = 20
    assert len(find_letters(sprinkled(page, share))[0]) == 5


def test_letters_are_found_in_a_dithered_scan():
    slope = np.linspace(120, 230, 1200)[None].repeat(900, axis=0)
    for left in range(100, 1100, 200):
        slope[300:400, left : left + 8] = slope[392:400, left : left + 60] = 0
    scan = Image.fromarray(slope.astype(np.uint8)).convert("1")
    assert len(find_letters(np.asarray(scan))[0]) == 5


@needs_harmed
def test_the_scan_and_the_dots_that_harmed():
    boxes, _ = find_letters(open_photo(HARMED / "1bit.png"))
    assert len(boxes) == 41
    find_letters(open_photo(HARMED / "dots.png"))


SHAPES = [(1, 1), (2, 2), (3, 3), (1, 3000), (3000, 1), (3000, 2), (2, 3000), (3, 3000), (5, 2000), (2, 200_000)]


@pytest.mark.parametrize("shape", SHAPES)
def test_images_of_any_shape_are_looked_at(shape, capfd):
    rng = np.random.default_rng(0)
    half = np.where(np.arange(shape[1]) < shape[1] // 2, 0, 255)[None].repeat(shape[0], axis=0).astype(np.uint8)
    for image in (rng.integers(0, 256, shape, np.uint8), np.zeros(shape, np.uint8), half):
        boxes, bw = find_letters(image)
        assert bw.shape == shape and (boxes[:, 2:] <= shape).all()
    assert capfd.readouterr() == ("", "")  # LAPACK writes its messages itself


def test_a_line_of_a_hundred_million_pixels_is_no_letters():
    boxes, bw = find_letters(np.zeros((2, 50_000_000), bool))
    assert len(boxes) == 0 and bw.shape == (2, 50_000_000)
