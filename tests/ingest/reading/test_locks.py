"""Archives and documents with a password: opened by it alone, whatever stands in them."""

import base64
import io
import logging
import random
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import locked_files
import pypdfium2 as pdfium
import pytest
from word_files import Para, word_file

from ingest.letter import Attachment
from ingest.mime import sniff
from ingest.reading.archives import open_archives
from ingest.reading.pages import read_pages
from ingest.reading.unpacked import MOST_BYTES
from ingest.usable import is_kept

FILES = {"CV 12.pdf": b"%PDF-1.4 y" * 999, "bang.txt": bytes(random.Random(3).randbytes(50_000))}
WORD = "Cong van 2026!"
# Made by RAR itself, of the tests of the library rarfile (ISC licence, (c) Marko Kreen): "password" opens both.
RAR5 = base64.b64decode(
    "UmFyIRoHAQDz4YLrCwEFBwAGAQGAgIAA1maebhMDAp8ABJ8AACJDfqmAAAEDQ01UUkFSNSBhcmNoaXZlIC0gbm9oZHItcGFzc3dv"
    "cmQKAJib2Y5ZAgM8wAAEgBCkgwLq7ii6gAMBCnN0ZXN0MS50eHQwAQADD36YLN0a4hw2x6OR2o0IimigOq0m9IJ7h9VMclznO2ln"
    "gVHP9jZJwW4YaiIPCgMCgMwgl+YozAFvXOSKu4lkW22a9BUVMg/KTEgfLmj8fkUbh1+PPsmRIRwPkcBeDl2ssikAolPsTaFiZXO/"
    "K9VBSFSBmxJSN991HXdWUQMFBAA="
)
RAR3_WITH_LOCKED_NAMES = base64.b64decode(
    "UmFyIRoHAM6Zc4AADQAAAAAAAACY1Tq5m8CEetYBvlQkcAN6cyEpKUCXohc1cprF8D3HQC5hCrn2MVuFgqTv/LM+JOWSkOKBJtX2"
    "wmRB7i77ioOPQi4iqlBdTFwQcuX7mT93DVrpSjrY7wkbmNU6uZvAhHrgk6bgBhhZgRckD0gYRCZWzW3Il1n5yk+V/eyFQeD/gRUK"
    "0PH1FYhqgwo0Dt/+cVtpBmRzjL/o9eJZbr4WjZ26d1KB1TV7gf0yMPF0Xp0orZjVOrmbwIR6dIy81NU11D/kThYdYR8m0/Q0386I"
    "NhTRDFu591U24qTRWsmoeCTTV7Pbytd0QmK/KTvemhS0e7+CD3hh8RGhLlmOAwyqyYLM0lkh0Q0nU8mY1Tq5m8CEeiFJy/Kkf8qh"
    "7lpaFqOduVm4qHdRd4RikUFNk+MW3RDETPeZFQgxvtea461h2iBZTsc5KJPBOCQP5YLdUag94813UoHVNXuB/TIw8XRenSitmNU6"
    "uZvAhHr+K+c+7BoP0loh9TTiLQXDBNQmWBgpFMkwbcxZPeTL7ukZoSK0czQe+YMmTw3TTWZnvwax5cWy7HR9RC6q8ilw79Adzh03"
    "/BChsuTURg7LHJjVOrmbwIR6Lp7OhWfY9IXm3WrcZPa2fA=="
)
ARCHIVES = {
    "7z": lambda: locked_files.seven_zip(FILES, WORD),
    "7z with locked names": lambda: locked_files.seven_zip(FILES, WORD, "-mhe=on"),
    "7z stored": lambda: locked_files.seven_zip(FILES, WORD, "-mx0"),
    "7z of a program": lambda: locked_files.seven_zip(
        {"chay.exe": Path("/bin/ls").read_bytes(), **FILES}, WORD, "-m0=BCJ2", "-m1=LZMA", "-m2=LZMA", "-m3=LZMA",
        "-mb0:1", "-mb0s1:2", "-mb0s2:3", "-ms=off",
    ),
    "rar 5": lambda: locked_files.rar5(FILES, WORD),
    "rar 4": lambda: locked_files.rar4(FILES, WORD),
}  # fmt: skip


def opened(place: Path, data: bytes, name: str, *passwords: str) -> tuple[Attachment, ...]:
    place.mkdir()
    path = place / "a"
    path.write_bytes(data)
    kind = sniff.media_type(data[:4096], data[-4096:], name, "")
    return open_archives([Attachment(name, len(data), "0" * 64, kind, "", path)], place, passwords)[0]


@pytest.mark.parametrize("kind", ARCHIVES)
def test_a_locked_archive_opens_with_its_password_only(tmp_path: Path, kind: str) -> None:
    data = ARCHIVES[kind]()
    for number, passwords in enumerate(((), ("sai",), ("", "sai", WORD))):
        archive, *inside = opened(tmp_path / str(number), data, "ho so", *passwords)
        if WORD not in passwords:
            assert (archive.warnings, inside) == (("locked",), [])
            left = [path.name for path in (tmp_path / str(number)).rglob("*") if path.is_file()]
            assert left == ["a"], "what a wrong password brings is gone"
            continue
        assert archive.warnings == () and not is_kept(archive)
        assert FILES.items() <= {a.name: a.path.read_bytes() for a in inside if a.path}.items()
        assert not list(tmp_path.rglob("plain-*"))


def test_what_rar_itself_has_packed_and_locked_is_opened(tmp_path: Path) -> None:
    (_, paper) = opened(tmp_path / "5", RAR5, "a.rar", "password")
    assert paper.path is not None
    assert paper.path.read_bytes() == b"".join(b"%03d\n" % number for number in range(512))
    assert [a.name for a in opened(tmp_path / "3", RAR3_WITH_LOCKED_NAMES, "a.rar", "password")[1:]] == [
        "file1.txt", "file2.txt",
    ]  # fmt: skip
    for name, data in (("5 sai", RAR5), ("3 sai", RAR3_WITH_LOCKED_NAMES)):
        assert [a.warnings for a in opened(tmp_path / name, data, "a.rar", "sai")] == [("locked",)]


@pytest.mark.parametrize("kind", ["7z", "7z with locked names", "rar 5", "rar 4"])
def test_damage_at_any_place_of_a_locked_archive_is_no_surprise(tmp_path: Path, kind: str) -> None:
    whole, rng = ARCHIVES[kind](), random.Random(5)
    for number in range(12):
        data = bytearray(whole)
        for _ in range(rng.choice((1, 4, 40))):
            data[rng.choice((rng.randrange(8, 200), rng.randrange(len(data)), len(data) - rng.randrange(1, 200)))] ^= 37
        found = opened(tmp_path / str(number), bytes(data), "a", WORD)
        assert len(found) <= 3
    for number, cut in enumerate((9, 30, 60, 100, len(whole) // 2, len(whole) - 3), start=100):
        opened(tmp_path / str(number), whole[:cut], "a", WORD)


def test_a_wrong_password_does_not_pass_where_no_checksum_tells_it(tmp_path: Path) -> None:
    data = locked_files.without_checksums(locked_files.seven_zip({"a.txt": b"cong van so 12 " * 99}, WORD, "-mx0"))
    for number, word in enumerate(("sai", WORD)):
        assert [a.warnings for a in opened(tmp_path / str(number), data, "a.7z", word)] == [("locked",)]


@pytest.mark.parametrize("records", [b"\x00", b"\x00\x05", b"\x7f\x09", b"\xff" * 11])
def test_a_rar_whose_records_can_not_be_read_is_no_open_one(tmp_path: Path, records: bytes) -> None:
    (archive,) = opened(tmp_path / "a", locked_files.rar5(FILES, WORD, records), "a.rar")
    assert archive.warnings == ("locked",)


def test_a_bomb_behind_a_password_is_cut_off(tmp_path: Path) -> None:
    data = locked_files.seven_zip({"bom": bytes(64 << 20)}, WORD)
    archive, *_ = opened(tmp_path / "a", data, "bom.7z", WORD)
    assert archive.warnings == ("archive_limits",)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 4 << 20


@pytest.mark.parametrize("kind", ["rar 5", "rar 4"])
def test_a_lock_behind_any_number_of_headers_is_seen(tmp_path: Path, kind: str) -> None:
    data = ARCHIVES[kind]()
    start = 16 if kind == "rar 5" else 20  # behind the main header
    comment = locked_files.block(b"\x03\x00") if kind == "rar 5" else locked_files.old_block(0x75, 0, b"")
    archive, *inner = opened(tmp_path / "a", data[:start] + comment * 20_001 + data[start:], "a.rar")
    assert (archive.warnings, inner) == (("locked",), [])


DOCUMENTS = {
    "cong van.pdf": lambda: locked_files.pdf("SO KHOA HOC\nSo 12", "khoa9"),
    "cong van.docx": lambda: locked_files.word("SO KHOA HOC\nSo 12", "khoa9"),
    "cong van.doc": lambda: word_file([Para("SO KHOA HOC"), Para("So 12")], password="khoa9"),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_locked_document_is_followed_by_its_copy_without_password(tmp_path: Path, name: str) -> None:
    data = DOCUMENTS[name]()
    for number, passwords in enumerate(((), ("sai",))):
        (alone,) = opened(tmp_path / str(number), data, name, *passwords)
        assert alone.warnings == () and alone.sha256 == "0" * 64, "its reader says that it is locked"
    original, copy = opened(tmp_path / "khoa", data, name, "sai", "khoa9")
    assert original.warnings == ("unlocked",) and not is_kept(original)
    assert (copy.name, copy.inside, copy.warnings) == (name, name, ("plain_copy",)) and copy.path is not None
    words = [word.text for page in read_pages(copy.path, copy.media_type) for word in page.words]
    assert words[:5] == ["SO", "KHOA", "HOC", "So", "12"]


def test_a_copy_that_goes_beyond_the_limits_is_not_taken(tmp_path: Path) -> None:
    full = io.BytesIO()
    with zipfile.ZipFile(full, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("day", bytes(MOST_BYTES - (1 << 20) - 4096) + random.Random(3).randbytes(1 << 20))
    for name, data in (("day.zip", full.getvalue()), ("a.docx", locked_files.word("x", "khoa9"))):
        (tmp_path / name).write_bytes(data)
    files = [Attachment(name, 1, "0" * 64, kind, "", tmp_path / name)
             for name, kind in (("day.zip", sniff.ZIP), ("a.docx", "application/x-ole-storage"))]  # fmt: skip
    *_, document = open_archives(files, tmp_path, ("khoa9",))[0]
    assert (document.name, document.warnings) == ("a.docx", ("archive_limits",))


def test_a_locked_document_that_turns_out_to_be_an_archive_is_opened_too(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("bao cao.txt", "TỐI MẬT " * 999)
    data = locked_files.office(packed.getvalue(), WORD)
    assert [a.name for a in opened(tmp_path / "a", data, "a.docx", WORD)] == ["a.docx", "a.docx", "bao cao.txt"]


def test_a_word_that_is_no_text_opens_nothing_and_breaks_nothing(tmp_path: Path) -> None:
    makers: list[Callable[[], bytes]] = [*ARCHIVES.values(), *DOCUMENTS.values()]
    for number, make in enumerate(makers):
        assert len(opened(tmp_path / str(number), make(), f"a{number}", "sai\udc80", "sai\x00", "")) == 1


def test_a_document_without_a_password_stays_alone(tmp_path: Path) -> None:
    document = pdfium.PdfDocument.new()
    document.new_page(595, 842)
    document.save(tmp_path / "mo.pdf")
    for name, data in (("mo.pdf", (tmp_path / "mo.pdf").read_bytes()), ("mo.doc", word_file([Para("x")]))):
        assert [a.warnings for a in opened(tmp_path / f"{name} khoa", data, name, "khoa9")] == [()]


def test_a_description_of_a_lock_that_declares_entities_is_not_read(tmp_path: Path) -> None:
    data = locked_files.word("x", "khoa9")
    said = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    assert said in data
    hostile = data.replace(said, b"<!DOCTYPE a>".ljust(len(said)))
    assert [a.warnings for a in opened(tmp_path / "a", hostile, "a.docx", "khoa9")] == [()]


def test_the_library_tells_no_log_what_it_works_with(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root, handler = logging.getLogger(), logging.StreamHandler(sys.stderr)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        assert len(opened(tmp_path / "a", DOCUMENTS["cong van.doc"](), "cong van.doc", "khoa9")) == 2
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
    assert capfd.readouterr().err == ""
