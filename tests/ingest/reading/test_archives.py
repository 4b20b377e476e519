"""Archives: opened one inside the other, within limits, and never by their own paths."""

import bz2
import gzip
import io
import lzma
import shutil
import subprocess
import tarfile
import unicodedata
import zipfile
import zlib
from pathlib import Path

import pytest
from hostile_files import hostile_files

from ingest.letter import Attachment
from ingest.mime import sniff
from ingest.reading.archives import open_archives
from ingest.reading.member_names import shown_name
from ingest.reading.unpacked import MOST_FILES
from ingest.usable import is_kept


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
    many = {f"{i}.txt": b"x" for i in range(MOST_FILES + 1)}
    (found,) = open_archives([packed(tmp_path / "a", many)], tmp_path)[0]
    assert found.warnings == ("archive_limits",)


def test_a_file_behind_more_folders_than_are_looked_at_is_not_passed_over(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for number in range(20_001):
            folder = tarfile.TarInfo(f"{number}")
            folder.type = tarfile.DIRTYPE
            archive.addfile(folder)
        archive.addfile(tarfile.TarInfo("van ban.txt"))
    (packed_file,) = opened(tmp_path, out.getvalue(), "van ban.tar.gz")
    assert packed_file.warnings == ("archive_limits",)


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


def test_names_of_old_windows_are_read(tmp_path: Path) -> None:
    raws = {"Báo cáo": "cp437", "Kế hoạch số 5": "cp1258", "Приказ": "cp866", "Quyết định": "utf-8"}
    for name, encoding in raws.items():
        raw = unicodedata.normalize("NFD" if encoding == "cp1258" else "NFC", name)
        if encoding == "cp1258":  # vowels with their marks are letters there, tones stand behind them
            raw = "Kê\u0301 hoa\u0323ch sô\u0301 5"
        assert shown_name(b"thu muc\\" + raw.encode(encoding)) == name


MEMBERS = {"thư mục/CV 12.pdf": b"%PDF-1.4 y" * 99, "bảng.txt": "một".encode()}


@pytest.mark.parametrize("kind", ["7z", "tar", "tar.gz", "tar.bz2", "tar.xz", "rar"])
def test_archives_of_other_kinds_are_opened(tmp_path: Path, kind: str) -> None:
    data = rar(MEMBERS) if kind == "rar" else seven_zip(tmp_path, MEMBERS) if kind == "7z" else tar(MEMBERS, kind[4:])
    found = opened(tmp_path, data, f"ho so.{kind}")
    files = {(a.name, a.inside): a.path.read_bytes() for a in found[1:] if a.path}
    assert files == {(name.rpartition("/")[2], f"ho so.{kind}"): data for name, data in MEMBERS.items()}
    assert found[0].warnings == () and not is_kept(found[0])


def test_a_single_compressed_file_is_taken_out(tmp_path: Path) -> None:
    paper = b"%PDF-1.4 x"
    packed = {"gz": gzip.compress(paper), "bz2": bz2.compress(paper), "xz": lzma.compress(paper)}
    for ending, data in packed.items():
        place = tmp_path / ending
        place.mkdir()
        found = opened(place, data, f"CV 12.pdf.{ending}")
        assert [(a.name, a.media_type) for a in found[1:]] == [("CV 12.pdf", "application/pdf")]


def test_links_and_devices_of_a_tar_are_passed_over(tmp_path: Path) -> None:
    found = opened(tmp_path, hostile_files()["traversal.tar.gz"], "a.tar.gz")
    assert [(a.name, a.size) for a in found[1:]] == [("thoat.txt", 0)]
    assert {p.name for p in tmp_path.iterdir()} == {"a", "unpacked"}


def test_locked_and_damaged_archives_of_other_kinds_say_so(tmp_path: Path) -> None:
    samples = {
        "names": (seven_zip(tmp_path, MEMBERS, "-pmat", "-mhe=on"), "locked"),
        "contents": (seven_zip(tmp_path, MEMBERS, "-pmat"), "locked"),
        "rar": (rar(MEMBERS, is_locked=True), "locked"),
        "cut": (tar(MEMBERS, "gz")[:100], "damaged_archive"),
        "short": (rar(MEMBERS)[:200], "damaged_archive"),
    }
    for name, (data, warning) in samples.items():
        place = tmp_path / name
        place.mkdir()
        assert opened(place, data, "a")[0].warnings == (warning,), name


@pytest.mark.parametrize("how", ["ZipCrypto", "AES256"])
def test_a_locked_zip_opens_with_its_password_only(tmp_path: Path, how: str) -> None:
    data = seven_zip(tmp_path, MEMBERS, "-tzip", f"-mem={how}", "-pmat khau 9")
    for number, (password, names) in enumerate({"": [], "sai": [], "mat khau 9": ["CV 12.pdf", "bảng.txt"]}.items()):
        place = tmp_path / str(number)
        place.mkdir()
        found = opened(place, data, "a.zip", password)
        assert sorted(a.name for a in found[1:]) == names
        assert found[0].warnings == (() if names else ("locked",))
    assert {a.path.read_bytes() for a in found[1:] if a.path} == set(MEMBERS.values())


def test_a_bomb_of_another_kind_is_cut_off(tmp_path: Path) -> None:
    found = opened(tmp_path, bz2.compress(bytes(100 << 20)), "bom.bz2")
    assert [a.warnings for a in found] == [("archive_limits",)]
    assert sum(p.stat().st_size for p in (tmp_path / "unpacked").iterdir()) < 2 << 20


def opened(place: Path, data: bytes, name: str, password: str = "") -> tuple[Attachment, ...]:
    path = place / "a"
    path.write_bytes(data)
    kind = sniff.media_type(data[:4096], data[-4096:], name, "")
    passwords = (password,) if password else ()
    return open_archives([Attachment(name, len(data), "0" * 64, kind, "", path)], place, passwords)[0]


def tar(members: dict[str, bytes], press: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    data = out.getvalue()
    match press:
        case "gz":
            return gzip.compress(data)
        case "bz2":
            return bz2.compress(data)
        case "xz":
            return lzma.compress(data)
    return data


def seven_zip(place: Path, members: dict[str, bytes], *options: str) -> bytes:
    folder = place / f"packed{len(options)}"
    for name, data in members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    subprocess.run(["7z", "a", "-bd", *options, "out.7z", *members], cwd=folder, check=True, capture_output=True)
    data = (folder / "out.7z").read_bytes()
    shutil.rmtree(folder)
    return data


def rar(members: dict[str, bytes], *, is_locked: bool = False) -> bytes:
    """A RAR 5 archive whose files are stored as they are, or one whose headers are said to be encrypted."""

    def number(value: int) -> bytes:
        out = bytearray()
        while value > 127:
            out.append(value & 127 | 128)
            value >>= 7
        return bytes([*out, value])

    def block(*fields: bytes) -> bytes:
        body = b"".join(fields)
        body = number(len(body)) + body
        return zlib.crc32(body).to_bytes(4, "little") + body

    out = b"Rar!\x1a\x07\x01\x00"
    if is_locked:
        return out + block(b"\x04\x00", b"\x00\x00\x0f", bytes(16)) + bytes(64)
    out += block(b"\x01\x00\x00")
    for name, data in members.items():
        raw = name.encode()
        out += block(
            b"\x02\x02", number(len(data)), b"\x04", number(len(data)), number(0o100644),
            zlib.crc32(data).to_bytes(4, "little"), b"\x00\x01", number(len(raw)), raw,
        )  # fmt: skip
        out += data
    return out + block(b"\x05\x00\x00")


def test_a_member_before_the_beginning_is_damage_and_no_full_disk(tmp_path: Path) -> None:
    attachment = packed(tmp_path / "a", {"mat.pdf": b"%PDF-1.4"})
    data = (tmp_path / "a").read_bytes()
    (tmp_path / "a").write_bytes(data[20:])
    assert open_archives([attachment], tmp_path)[0][0].warnings == ("damaged_archive",)
