"""Archives that are unsafe, and archives that are damaged."""

import gzip
import io
import tarfile
import zipfile

import pytest

from lib.data.archives import ArchiveError, gunzip, unpack


def write_zip(path, members, **options):
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def write_tar(path, members):
    with tarfile.open(path, "w:gz") as archive:
        for member, content in members:
            info = member if isinstance(member, tarfile.TarInfo) else tarfile.TarInfo(member)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def write(path, members):
    return write_zip(path, members) if path.suffix == ".zip" else write_tar(path, members)


def tar_link(kind, target):
    info = tarfile.TarInfo("link")
    info.type, info.linkname = kind, target
    return info


def zip_link(target):
    info = zipfile.ZipInfo("link")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return info, target


BOTH = pytest.mark.parametrize("name", ["a.zip", "a.tgz"])


@BOTH
def test_files_come_out_in_their_folders(tmp_path, name):
    archive = write(tmp_path / name, [("top.txt", b"1"), ("in/side.txt", b"22")])
    assert unpack(archive, tmp_path / "out") == ["in/side.txt", "top.txt"]
    assert (tmp_path / "out" / "in" / "side.txt").read_bytes() == b"22"


@BOTH
def test_only_what_is_wanted_comes_out_under_the_name_it_is_wanted_by(tmp_path, name):
    archive = write(tmp_path / name, [("deep/in/a.mat", b"1"), ("b.txt", b"22")])
    wanted = unpack(archive, tmp_path / "out", lambda member: "a.mat" if member.endswith("a.mat") else None)
    assert wanted == ["a.mat"] and [path.name for path in (tmp_path / "out").iterdir()] == ["a.mat"]


@BOTH
@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("../evil.txt", r"leads out of the folder"),
        ("in/../../evil.txt", r"leads out of the folder"),
        ("/tmp/evil.txt", "not relative"),
        ("C:\\evil.txt", "not relative"),
        ("in\\..\\evil.txt", "not relative"),
    ],
)
def test_names_that_lead_elsewhere_are_refused_before_anything_is_written(tmp_path, name, bad, reason):
    archive = write(tmp_path / name, [("fine.txt", b"1"), (bad, b"2")])
    with pytest.raises(ArchiveError, match=f"{name} is not unpacked because of its member .*{reason}"):
        unpack(archive, tmp_path / "in" / "out")
    assert not list((tmp_path / "in" / "out").iterdir())
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "in"])


@BOTH
def test_a_bad_member_counts_even_when_it_is_not_wanted(tmp_path, name):
    archive = write(tmp_path / name, [("fine.txt", b"1"), ("../evil.txt", b"2")])
    with pytest.raises(ArchiveError):
        unpack(archive, tmp_path / "out", lambda member: member if member == "fine.txt" else None)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_in_a_tar_are_refused(tmp_path, kind):
    archive = write_tar(tmp_path / "a.tgz", [(tar_link(kind, "/etc/passwd"), b"")])
    with pytest.raises(ArchiveError, match="it is a (link|device)"):
        unpack(archive, tmp_path / "out")


def test_links_in_a_zip_are_refused(tmp_path):
    with pytest.raises(ArchiveError, match="it is a link"):
        unpack(write_zip(tmp_path / "a.zip", [zip_link("/etc/passwd")]), tmp_path / "out")


@BOTH
def test_archives_that_declare_too_much_are_refused(tmp_path, name):
    archive = write(tmp_path / name, [("a", b"x" * 600), ("b", b"x" * 600)])
    with pytest.raises(ArchiveError, match="the archive holds more than 1,000 bytes"):
        unpack(archive, tmp_path / "out", limit=1000)
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.tgz"])
def test_archives_that_expand_too_far_are_refused(tmp_path, name):
    members = [("bomb", bytes(60 << 20))]
    if name.endswith("zip"):
        archive = write_zip(tmp_path / name, members, compression=zipfile.ZIP_DEFLATED, compresslevel=1)
    else:
        archive = write_tar(tmp_path / name, members)
    with pytest.raises(ArchiveError, match="expands to more than 200 times"):
        unpack(archive, tmp_path / "out")


def test_a_zip_that_declares_less_than_it_holds_is_stopped(tmp_path):
    archive = write_zip(tmp_path / "a.zip", [("liar", b"x" * 5000)], compression=zipfile.ZIP_DEFLATED)
    content = archive.read_bytes()
    archive.write_bytes(content.replace((5000).to_bytes(4, "little"), (50).to_bytes(4, "little")))
    with pytest.raises(ArchiveError, match="damaged|declares"):
        unpack(archive, tmp_path / "out")
    assert sum(path.stat().st_size for path in (tmp_path / "out").iterdir()) <= 50


@pytest.mark.filterwarnings("ignore:Duplicate name")
@BOTH
def test_two_members_of_one_name_are_refused(tmp_path, name):
    with pytest.raises(ArchiveError, match="occurs twice"):
        unpack(write(tmp_path / name, [("a", b"1"), ("a", b"2")]), tmp_path / "out")


@BOTH
def test_two_members_wanted_under_one_name_are_refused(tmp_path, name):
    archive = write(tmp_path / name, [("new/a", b"1"), ("old/a", b"2")])
    with pytest.raises(ArchiveError, match="new/a and old/a would both be written as a"):
        unpack(archive, tmp_path / "out", lambda member: member.rpartition("/")[2])


@BOTH
def test_archives_cut_short_are_refused(tmp_path, name):
    archive = write(tmp_path / name, [("a", bytes(range(256)) * 999)])
    archive.write_bytes(archive.read_bytes()[:-900])
    with pytest.raises(ArchiveError, match=f"{name} is damaged or cut short"):
        unpack(archive, tmp_path / "out")


def test_a_gzip_file_unpacks_within_its_limit_or_not_at_all(tmp_path):
    packed = tmp_path / "a.gz"
    packed.write_bytes(gzip.compress(b"x" * 5000))
    gunzip(packed, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"x" * 5000
    with pytest.raises(ArchiveError, match="more than 4,000 bytes"):
        gunzip(packed, tmp_path / "b", limit=4000)
    packed.write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(ArchiveError, match="damaged or cut short"):
        gunzip(packed, tmp_path / "c")


@BOTH
def test_archives_of_too_many_members_are_refused(tmp_path, monkeypatch, name):
    monkeypatch.setattr("lib.data.archives.MAX_MEMBERS", 2)
    archive = write(tmp_path / name, [("a", b"1"), ("b", b"2")])
    assert unpack(archive, tmp_path / "out") == ["a", "b"]
    with pytest.raises(ArchiveError, match="'c': the archive has more than 2 members"):
        unpack(write(tmp_path / f"more-{name}", [("a", b"1"), ("b", b"2"), ("c", b"3")]), tmp_path / "in")
