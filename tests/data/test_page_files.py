"""Which files of a folder are pages, and what those are called."""

import pytest

from lib.data.page_files import image_files, name_pages, with_text


def put(folder, *names):
    for name in names:
        (folder / name).write_bytes(b"")


def test_pages_are_the_images_of_a_folder_that_are_not_hidden(tmp_path):
    put(tmp_path, "b.jpg", "a.PNG", ".hidden.png", "notes.txt", "c.jpeg", "b.txt", "jpg", "d.webp")
    assert image_files(str(tmp_path)) == [f"{tmp_path}/{name}" for name in ("a.PNG", "b.jpg", "c.jpeg", "d.webp")]
    assert image_files(f"{tmp_path}/nowhere") == []


def test_pages_are_sorted_by_name():
    assert list(name_pages(["x/b.jpg", "y/a.png", "x/c.d.png"])) == ["a", "b", "c.d"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["images/a.jpg", "images/a=b.jpg"], "images/a=b.jpg: a page's name may not contain =; rename the file"),
        (["images/a*.jpg"], r"images/a\*.jpg: a page's name may not contain \*; rename the file"),
        (["images/[a].jpg"], r"images/\[a\].jpg: a page's name may not contain \[; rename the file"),
        (["images/{page}.jpg"], "images/{page}.jpg: a page's name may not contain {; rename the file"),
        (["images/a\\b.jpg"], "a page's name may not contain"),
        (["images/a\nb.jpg"], r"a\\+nb.jpg: a page's name may hold only what can be printed; rename the file"),
        (
            ["images/\udcff.jpg"],
            r"udcff.jpg: a page's name may hold only what can be printed; rename the file",
        ),
        ([f"images/{'é' * 100}.jpg"], "a page's name may be 150 bytes long, not 200; rename the file"),
        (["images/a_scores.jpg", "images/a.jpg"], "images/a_scores.jpg has the name that results of images/a.jpg get"),
        (["images/a.jpg", "images/a_mistakes.png"], "images/a_mistakes.png has the name that results of images/a.jpg"),
        (
            ["images/b.jpg", "images/b.png"],
            "images/b.jpg and images/b.png would both be the page b; rename one",
        ),
    ],
)
def test_names_that_cannot_be_are_refused_with_the_callers_error(files, message):
    with pytest.raises(ValueError, match=message):
        name_pages(files)
    with pytest.raises(KeyError, match=message):
        name_pages(files, error=KeyError)


def test_transcripts_are_found_by_name(tmp_path):
    put(tmp_path, "a.txt", "c.txt", "d.md")
    assert with_text(["a", "b", "d"], str(tmp_path)) == {"a"}
    assert with_text(["a"], f"{tmp_path}/nowhere") == set()


def test_names_of_any_language_are_taken():
    files = [f"images/{name}.jpg" for name in ("日本", "中国", " a ", "#$%&@<>'\"`;|^", "-n", "a:b", "x_scores")]
    assert len(name_pages(files)) == len(files)


def test_a_transcript_that_is_no_text_is_refused_with_the_callers_error(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xff")
    for error in (ValueError, KeyError):
        with pytest.raises(error, match="a.txt is not UTF-8 text .*; save it as UTF-8"):
            with_text(["a"], str(tmp_path), error)
