"""The commit that a page was built from."""

import os
import subprocess

import pytest

from lib.gallery.commit import commit

WHO = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]


@pytest.fixture
def git(tmp_path, monkeypatch):
    """Runs git in a new repository, years ago."""
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2001-02-03T04:05:06+0000")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    for name in [name for name in os.environ if name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")]:
        monkeypatch.delenv(name)

    def run(*words):
        return subprocess.run(["git", *WHO, *words], cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    return run


def test_it_is_the_last_one_of_the_files_that_count_with_its_own_date(git, tmp_path):
    assert commit(tmp_path, ["lib"]) is None  # no repository
    git("init", "-q")
    assert commit(tmp_path, ["lib"]) is None  # no commit
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "a.py").write_text("a = 1")
    git("add", ".")
    git("commit", "-qm", "code")
    id = git("rev-parse", "--short", "HEAD").strip()
    (tmp_path / "README.md").write_text("words")
    git("add", ".")
    git("commit", "-qm", "words")
    assert commit(tmp_path, ["lib"]) == {"id": id, "date": "2001-02-03", "changed": False}
    (tmp_path / "README.md").write_text("other words")
    assert not commit(tmp_path, ["lib"])["changed"]
    (tmp_path / "lib" / "a.py").write_text("a = 2")
    assert commit(tmp_path, ["lib"]) == {"id": id, "date": "2001-02-03", "changed": True}


def test_without_git_there_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit(tmp_path, ["lib"]) is None
