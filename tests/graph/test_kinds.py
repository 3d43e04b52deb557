"""Each kind comes back as it was saved, with the same bytes each time."""

import io
import re
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import numpy as np
import pytest

from lib.graph import kinds


@pytest.mark.parametrize("kind, value, ending", [
    ("json", {"b": [1, 2.5, None, True], "a": "é"}, ".json"),
    ("text", "one\r\ntwo é\n", ".txt"),
    ("raw", b"\x00\xff", ".bin"),
])  # fmt: skip
def test_plain_kinds_come_back(tmp_path, kind, value, ending):
    path = tmp_path / f"a{ending}"
    getattr(kinds, f"save_{kind}")(value, [path])
    if kind == "text":  # bytes are kept; reading makes all line ends one
        assert path.read_bytes() == value.encode()
        value = value.replace("\r\n", "\n")
    assert getattr(kinds, f"load_{kind}")([path]) == value


def test_arrays_come_back_in_their_order_and_objects_do_not(tmp_path):
    path = tmp_path / "a.npz"
    kinds.save_npz({"b": np.arange(3), "a": np.float32([[1.5]])}, [path])
    with kinds.load_npz([path]) as loaded:
        assert list(loaded) == ["b", "a"] and loaded["a"].dtype == np.float32
        assert (loaded["b"] == [0, 1, 2]).all()
    np.savez(path, a=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        kinds.load_npz([path])


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ({"shape": (1 << 40,)}, "a.npy promises 8,796,093,022,208 bytes in shape (1099511627776,) and holds 16"),
        ({"shape": (1,)}, "promises 8 bytes in shape (1,) and holds 16"),
        ({"shape": (-2, -1)}, "promises 16 bytes in shape (-2, -1)"),
        ({"descr": "|O"}, "holds objects"),
        ({"compression": ZIP_DEFLATED}, "a.npy is compressed"),
        ({"magic": b"\x93NUMPY\x09\x00"}, "version of the format"),
        ({"magic": b"PK"}, "magic string"),
    ],
)
def test_arrays_that_lie_about_their_size_are_refused_before_they_are_read(tmp_path, member, said):
    path = tmp_path / "a.npz"
    header = {"descr": "<f8", "fortran_order": False, "shape": (2,)} | member
    content = io.BytesIO()
    content.write(header.pop("magic", b"\x93NUMPY\x01\x00"))
    compression = header.pop("compression", ZIP_STORED)
    text = f"{header}\n".encode()
    content.write(len(text).to_bytes(2, "little") + text + bytes(16))
    with ZipFile(path, "w", compression) as archive:
        archive.writestr("a.npy", content.getvalue())
    with pytest.raises(ValueError, match=re.escape(said)):
        kinds.load_npz([path])


def test_an_array_file_that_is_none_is_named(tmp_path):
    path = tmp_path / "a.npz"
    path.write_bytes(b"PK\x03\x04 cut")
    with pytest.raises(ValueError, match=r"a\.npz is not a file of arrays that a step wrote: .*; remove it"):
        kinds.load_npz([path])


def test_the_same_values_are_the_same_bytes(tmp_path):
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    kinds.save_json({"a": 1, "b": 2}, paths[:1])
    kinds.save_json({"b": 2, "a": 1}, paths[1:])
    assert paths[0].read_text() == paths[1].read_text() == '{\n "a": 1,\n "b": 2\n}\n'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}])
def test_json_that_is_none_is_refused(tmp_path, value):
    with pytest.raises((ValueError, TypeError)):
        kinds.save_json({"a": value}, [tmp_path / "a.json"])


@pytest.mark.parametrize("value, message", [
    ({"q1.a": 1}, r"^q1.b: declared, but not returned$"),
    ({"q1.a": 1, "q1.b": 2, "q1.c": 3}, r"^q1.c: no Number declares it$"),
    ({"q1.c": 3, "q1.d": 3}, r"^q1.c, q1.d: no Number declares it; q1.a, q1.b: declared, but not returned$"),
])  # fmt: skip
def test_numbers_are_those_declared(tmp_path, value, message):
    with pytest.raises(ValueError, match=message):
        kinds.save_numbers(value, [tmp_path / "a.json"], ("q1.a", "q1.b"))
    kinds.save_numbers({"q1.b": 2, "q1.a": 1}, [tmp_path / "a.json"], ("q1.a", "q1.b"))
    assert kinds.load_json([tmp_path / "a.json"]) == {"q1.a": 1, "q1.b": 2}


def test_a_figure_is_saved_in_every_format(tmp_path):
    from matplotlib.figure import Figure

    paths = [tmp_path / "a.png", tmp_path / "a.pdf"]
    kinds.save_figure(Figure(), paths)
    assert paths[0].read_bytes()[:4] == b"\x89PNG" and paths[1].read_bytes()[:4] == b"%PDF"
    assert kinds.load_figure(paths) == {".png": paths[0], ".pdf": paths[1]}
    assert kinds.load_path(paths) == paths[0]
