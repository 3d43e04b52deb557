"""The commit that a page was built from."""

import os
import subprocess

import pytest

from lib.gallery.commit import commit, state_of

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


@pytest.fixture
def project(git, tmp_path):
    """A repository of a module, a script beside it, and a file."""
    git("init", "-q")
    for name in ("lib/a.py", "lib/page/js/a.js", "lib/page/page.html", "writeup/main.typ", "dodo.py", "README.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    git("add", ".")
    git("commit", "-qm", "all")
    return tmp_path


PARTS = ["lib", "writeup", "dodo.py"]


@pytest.mark.parametrize("name", ["lib/page/js/a.js", "lib/page/page.html", "writeup/main.typ", "dodo.py"])
def test_what_is_written_outside_of_the_modules_is_asked_of_git_again(project, name):
    before = state_of(project, PARTS)
    assert state_of(project, PARTS) == before
    os.utime(project / name, ns=(1, 1))
    assert state_of(project, PARTS) != before


def test_a_new_file_and_one_that_goes_are_noticed_and_what_does_not_count_is_not(project):
    before = state_of(project, PARTS)
    (project / "writeup" / "more.typ").write_text("2")
    with_more = state_of(project, PARTS)
    assert with_more != before
    (project / "lib" / "page" / "page.html").unlink()
    assert state_of(project, PARTS) not in (before, with_more)
    last = state_of(project, PARTS)
    for name in ("README.md", "lib/a.py", "lib/__pycache__/a.pyc"):  # modules are looked at elsewhere
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text("2")
    assert state_of(project, PARTS) == last


def test_a_commit_is_noticed_in_a_worktree_too(git, project):
    git("worktree", "add", "-q", "other")
    for folder in (project, project / "other"):
        before = state_of(folder, PARTS)
        git("-C", str(folder), "commit", "--allow-empty", "-qm", "more")
        assert state_of(folder, PARTS) != before
