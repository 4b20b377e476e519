"""Archives: opened one inside the other, within limits, and never by their own paths."""

import io
import zipfile
from pathlib import Path

from ingest.letter import Attachment
from ingest.reading import archives
from ingest.reading.archives import open_archives


def packed(path: Path, members: dict[str, bytes], name: str = "van ban.zip") -> Attachment:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return Attachment(name, path.stat().st_size, "0" * 64, "application/zip", "application/zip", path)


def zip_of(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return out.getvalue()


def test_what_is_inside_stands_beside_its_archive(tmp_path: Path) -> None:
    inner = zip_of({"bảng.xlsx": b"PK-no-real-table", "thư mục/1.pdf": b"%PDF-1.4 x"})
    found = open_archives([packed(tmp_path / "a", {"CV 12.pdf": b"%PDF-1.4 y", "kem.zip": inner})], tmp_path)[0]
    assert [(a.name, a.inside, a.media_type) for a in found] == [
        ("van ban.zip", "", "application/zip"),
        ("CV 12.pdf", "van ban.zip", "application/pdf"),
        ("kem.zip", "van ban.zip", "application/zip"),
        ("bảng.xlsx", "kem.zip", "text/plain"),
        ("1.pdf", "kem.zip", "application/pdf"),
    ]
    assert found[1].path is not None and found[1].path.read_bytes() == b"%PDF-1.4 y"


def test_an_archives_own_paths_are_never_used(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    attachment = packed(spool / "a", {"../../thoat.txt": b"x", "/etc/thoat": b"y", "..\\..\\c.txt": b"z"})
    found = open_archives([attachment], spool)[0]
    assert [a.name for a in found[1:]] == ["thoat.txt", "thoat", "c.txt"]
    assert {p.name for p in tmp_path.iterdir()} == {"spool"}
    assert {p.name for p in spool.iterdir()} == {"a", "unpacked"}
    assert all(a.path is not None and a.path.parent == spool / "unpacked" for a in found[1:])


def test_a_locked_archive_stays_closed(tmp_path: Path) -> None:
    attachment = packed(tmp_path / "a", {"mat.pdf": b"%PDF-1.4"})
    data = bytearray((tmp_path / "a").read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    (tmp_path / "a").write_bytes(data)
    (found,) = open_archives([attachment], tmp_path)[0]
    assert found.warnings == ("locked",)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    (found,) = open_archives([packed(tmp_path / "a", {"bom": b"\0" * (8 << 20)})], tmp_path)[0]
    assert found.warnings == ("archive_limits",)
    assert not (tmp_path / "unpacked").exists()


def test_too_many_files_are_not_unpacked(tmp_path: Path) -> None:
    many = {f"{i}.txt": b"x" for i in range(archives.MOST_FILES + 1)}
    (found,) = open_archives([packed(tmp_path / "a", many)], tmp_path)[0]
    assert found.warnings == ("archive_limits",)


def test_nesting_ends_at_the_third_archive(tmp_path: Path) -> None:
    data = b"%PDF-1.4"
    for level in range(5):
        data = zip_of({f"{level}.zip" if level else "trong cung.pdf": data})
    found = open_archives([packed(tmp_path / "a", {"5.zip": data})], tmp_path)[0]
    assert [a.name for a in found] == ["van ban.zip", "5.zip", "4.zip", "3.zip"]
    assert found[-1].warnings == ("archive_limits",)


def test_a_damaged_archive_says_so(tmp_path: Path) -> None:
    attachment = packed(tmp_path / "a", {"1.pdf": b"%PDF-1.4 abc" * 99})
    data = (tmp_path / "a").read_bytes()
    (tmp_path / "a").write_bytes(data[:40] + b"\xff\xff\xff" + data[43:])
    assert open_archives([attachment], tmp_path)[0][0].warnings == ("damaged_archive",)


def test_names_in_old_encodings_are_read(tmp_path: Path) -> None:
    raw = {"Báo cáo.pdf".encode(): "Báo cáo.pdf", "§Ò ¸n ph¸t triÓn.pdf".encode("latin-1"): "Đề án phát triển.pdf"}
    for number, (name, shown) in enumerate(raw.items()):
        path = tmp_path / f"{number}"
        place = b"@" * len(name)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(place.decode(), b"x")
        path.write_bytes(path.read_bytes().replace(place, name))
        folder = tmp_path / f"spool{number}"
        folder.mkdir()
        attachment = Attachment("a.zip", 1, "0" * 64, "application/zip", "", path)
        assert [a.name for a in open_archives([attachment], folder)[0]] == ["a.zip", shown]


def test_other_archives_are_left_for_the_clerk(tmp_path: Path) -> None:
    rar = Attachment("ho so.rar", 1, "0" * 64, "application/vnd.rar", "", tmp_path / "a")
    assert open_archives([rar], tmp_path)[0][0].warnings == ("unopened",)


def test_a_member_before_the_beginning_is_damage_and_no_full_disk(tmp_path: Path) -> None:
    attachment = packed(tmp_path / "a", {"mat.pdf": b"%PDF-1.4"})
    data = (tmp_path / "a").read_bytes()
    (tmp_path / "a").write_bytes(data[20:])
    assert open_archives([attachment], tmp_path)[0][0].warnings == ("damaged_archive",)
