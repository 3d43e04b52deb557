"""What is kept between commands is right for its version, or made anew."""

import json

import pytest

from lib.graph.cache import Cache, cached, save_caches


def make(value):
    return lambda: value


def test_a_value_is_made_once_for_each_version():
    cache = Cache()
    assert cache.get("key", "1", make(3)) == 3
    assert cache.get("key", "1", make(4)) == 3
    assert cache.get("other", "1", make(5)) == 5
    assert cache.get("key", "2", make(4)) == 4
    assert cache.find("key") == 4 and cache.find("nothing") is None


def test_values_are_found_again_by_the_next_process(tmp_path):
    file = tmp_path / "deep" / "cache.json"
    cache = Cache(file)
    cache.save()
    assert not file.exists()  # nothing is new
    cache.get("key", "1", make([1, 2]))
    cache.save()
    again = Cache(file)
    assert again.find("key") == [1, 2] and again.get("key", "1", make(None)) == [1, 2]
    file.unlink()
    again.save()
    assert not file.exists()  # nothing is new
    again.get("key", "2", make(3))
    again.save()
    assert Cache(file).find("key") == 3 and [path.name for path in file.parent.iterdir()] == ["cache.json"]


@pytest.mark.parametrize("content", ["{", "[1]", "7", '{"key": 3}', '{"key": [1, 2, 3]}', '{"key": "ab"}'])
def test_a_damaged_file_says_nothing(tmp_path, content):
    file = tmp_path / "cache.json"
    file.write_text(content)
    assert Cache(file).find("key") is None


def test_a_file_that_cannot_be_written_is_done_without(tmp_path):
    (tmp_path / "file").touch()
    cache = Cache(tmp_path / "file" / "cache.json")
    cache.get("key", "1", make(3))
    cache.save()
    assert cache.find("key") == 3


def test_caches_by_name_lie_beside_the_artifacts(here):
    cached("digests").get("key", "1", make(3))
    assert cached("digests").find("key") == 3 and cached("other").find("key") is None
    save_caches()
    assert json.loads((here / "artifacts/embedded/.digests.json").read_text()) == {"key": ["1", 3]}
    assert not (here / "artifacts/embedded/.other.json").exists()
