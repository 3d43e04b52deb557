"""What holds for every input: a value, or the reader's own error with a message that names the input."""

import io
import json
import tarfile
import tempfile
import zipfile
from pathlib import Path

import msgspec
import numpy as np
import pytest

pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, example, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from hypothesis.configuration import set_hypothesis_home_dir  # noqa: E402
from hypothesis.extra.numpy import arrays  # noqa: E402

from lib.data.archives import ArchiveError, unpack  # noqa: E402
from lib.data.page_files import name_pages  # noqa: E402
from lib.data.verify import read_json  # noqa: E402
from lib.graph.settings import Config, SettingsError, load  # noqa: E402
from lib.vision import layout, letters  # noqa: E402
from stages.settings import SOURCES, Settings  # noqa: E402

set_hypothesis_home_dir(Path(tempfile.gettempdir(), "inkgraph-hypothesis"))  # nothing beside the code
QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

NAMES = st.text(st.sampled_from("ab./\\:\0é~ -"), max_size=12)
MEMBERS = st.lists(st.tuples(NAMES, st.binary(max_size=50)), max_size=5)


def inside(folder):
    return {path.relative_to(folder) for path in folder.rglob("*")}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("ending", ["zip", "tgz"])
@QUICK
@given(members=MEMBERS)
@example(members=[("..", b"")])
@example(members=[("a", b""), ("a/b", b"")])
def test_nothing_is_unpacked_outside_its_folder(ending, members):
    with tempfile.TemporaryDirectory() as place:
        archive, out = Path(place, f"a.{ending}"), Path(place, "in", "out")
        if ending == "zip":
            with zipfile.ZipFile(archive, "w") as file:
                for name, content in members:
                    file.writestr(zipfile.ZipInfo(name or "x"), content)
        else:
            with tarfile.open(archive, "w:gz") as file:
                for name, content in members:
                    info = tarfile.TarInfo(name)
                    info.size = len(content)
                    file.addfile(info, io.BytesIO(content))
        try:
            written = unpack(archive, out)
        except ArchiveError as error:
            assert str(error).startswith(archive.name) and not inside(out)
        else:
            assert all((out / name).is_file() for name in written)
        assert inside(Path(place)) - {Path("in", "out", name) for name in inside(out)} == {
            Path(archive.name), Path("in"), Path("in/out")
        }  # fmt: skip


@pytest.mark.parametrize("ending", ["zip", "tgz", "tar"])
@QUICK
@given(content=st.binary(max_size=400), start=st.sampled_from([b"", b"PK\3\4", b"PK\5\6", b"\x1f\x8b\x08\0"]))
def test_bytes_that_are_no_archive_are_named(ending, content, start):
    with tempfile.TemporaryDirectory() as place:
        archive = Path(place, f"a.{ending}")
        archive.write_bytes(start + content)
        try:
            unpack(archive, Path(place, "out"))
        except ArchiveError as error:
            assert str(error).startswith(archive.name)


@QUICK
@given(content=st.one_of(st.binary(max_size=200), st.text(max_size=99).map(str.encode)))
@example(content=b"[" * 100_000)
@example(content=b"9" * 5000)
def test_json_is_read_or_refused(content):
    try:
        json.dumps(read_json(content))
    except ValueError as error:
        assert str(error)


@QUICK
@given(file=st.lists(st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=20), max_size=5))
def test_pages_have_distinct_names_or_are_refused(file):
    try:
        pages = name_pages([f"images/{name}.jpg" for name in file])
    except ValueError as error:
        assert "images/" in str(error)
    else:
        assert len(pages) == len(file)


VALUES = st.one_of(
    st.integers(), st.floats(), st.booleans(), st.text(max_size=9), st.lists(st.integers(), max_size=3)
).map(lambda value: json.dumps(value))
KEYS = st.sampled_from(
    [f"{table.name}.{key}" for table in msgspec.structs.fields(Settings) for key in table.type.__struct_fields__]
)


@QUICK
@given(word=st.one_of(KEYS, st.text(max_size=9)), value=st.one_of(VALUES, st.text(max_size=20)))
@example(word="training.epochs", value="=")
@example(word="training.seeds", value="[[1]]")
@example(word="training.epochs", value="9" * 400)
@example(word="training.learning_rate", value="9" * 400)
@example(word="training.epochs", value="9" * 5000)
@example(word="training.seeds", value="[" * 3000)
def test_words_are_settings_or_refused(word, value):
    if word in ("source", "mirror", "settings", "artifacts", "data", "cache"):
        return
    try:
        load(Settings, SOURCES, Config({word: value}))
    except SettingsError as error:
        assert str(error)


@QUICK
@given(content=st.one_of(st.binary(max_size=99), st.lists(st.tuples(KEYS, VALUES), max_size=4)))
@example(content=b"\xef\xbb\xbf[training]\nepochs = 3\n")
@example(content=b"x = " + b"[" * 3000)
@example(content=b"training.seeds = [[1]]")
def test_a_settings_file_is_read_or_named(content):
    with tempfile.TemporaryDirectory() as place:
        file = Path(place, "my.toml")
        if not isinstance(content, bytes):
            content = "\n".join(f"{key} = {value}" for key, value in content).encode()
        file.write_bytes(content)
        try:
            load(Settings, SOURCES, Config({"settings": str(file)}))
        except SettingsError as error:
            assert "my.toml" in str(error)


BOXES = arrays(np.int64, st.tuples(st.integers(0, 40), st.just(4)), elements=st.integers(1, 40)).map(
    lambda a: np.concatenate([a[:, :2], a[:, :2] + a[:, 2:]], axis=1) if len(a) else a
)


@QUICK
@given(boxes=BOXES, height=st.floats(1, 60))
def test_neighbours_alone_join_what_all_pairs_would(boxes, height):
    found = letters.join_pieces(boxes, height)
    scaled, group = boxes / height, np.arange(len(boxes))
    for i in range(len(boxes)):
        for j in range(i):
            a, b = scaled[[i]], scaled[[j]]
            if (letters.stacked(a, b) | letters.beside(a, b) | letters.broken(a, b))[0]:
                group[group == group[i]] = group[j]
    assert len(found) == len(boxes)
    assert (found[:, None] == found).tolist() == (group[:, None] == group).tolist()


@QUICK
@given(boxes=BOXES)
def test_every_letter_is_on_a_line_and_in_a_word(boxes):
    line = layout.find_lines(boxes)
    order = layout.reading_order(boxes, line)
    word = layout.find_words(boxes[order], line[order])
    assert sorted(order) == list(range(len(boxes))) and set(line) == set(range(len(set(line))))
    assert (np.diff(word) >= 0).all()


@QUICK
@given(image=arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40))))
def test_letters_lie_within_the_image(image):
    boxes, bw = letters.find_letters(image)
    assert bw.shape == image.shape and (boxes[:, :2] >= 0).all() and (boxes[:, 2:] <= image.shape).all()
    assert (boxes[:, 2:] > boxes[:, :2]).all() and (not len(boxes) or bw.min() == 0)
