"""The files within edXML packages stand among the letter's, whatever the package does."""

import os
import zipfile
from base64 import b64encode, encodebytes
from pathlib import Path

import pytest
from exchange_packages import Made, Part, package, soap, zipped

from ingest.letter import Attachment
from ingest.mime import sniff
from ingest.reading.archives import open_archives
from ingest.reading.pages import PDF
from ingest.reading.unpacked import MOST_FILES

BODY = b"%PDF-1.4 " + bytes(range(256)) * 40


def opened(folder: Path, text: str | bytes, name: str = "goi.edxml") -> tuple[Attachment, ...]:
    """The package itself, then what it brings; nothing written but below `folder`."""
    path = folder / "package"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    out = folder / "spool" / "parts"
    out.mkdir(parents=True)
    data = path.read_bytes()
    kind = sniff.media_type(data[: sniff.HEAD_BYTES], data[-sniff.HEAD_BYTES :], name, "")
    found, _ = open_archives([Attachment(name, len(data), "0" * 64, kind, "", path)], out)
    assert all(a.path is not None and a.path.is_relative_to(folder) for a in found)
    assert {place.name for place in folder.iterdir()} == {"package", "spool"}
    return found


def shown(found: tuple[Attachment, ...]) -> list[tuple[str, str, str, bytes]]:
    return [(a.name, a.media_type, a.inside, a.path.read_bytes()) for a in found[1:] if a.path]


@pytest.mark.parametrize("encoded", [
    b64encode(BODY).decode(),
    encodebytes(BODY).decode().replace("\n", "\r\n  "),
    "data:application/pdf;base64," + b64encode(BODY).decode(),
    b64encode(BODY).decode().rstrip("=").translate(str.maketrans("+/", "-_")),
    f"<![CDATA[{b64encode(BODY).decode()}]]>",
    f"<!-- x -->{b64encode(BODY).decode()[:40]}<!-- y -->{b64encode(BODY).decode()[40:]}",
])  # fmt: skip
def test_every_way_to_write_base64_gives_the_file(tmp_path: Path, encoded: str) -> None:
    found = opened(tmp_path, package(Made(parts=[Part("63.pdf", encoded=encoded)])))
    assert shown(found) == [("63.pdf", PDF, "goi.edxml", BODY)]
    # Missing padding is damage as far as anybody can tell.
    assert set(found[1].warnings) <= {"damaged_base64"}


@pytest.mark.parametrize(
    "text", [soap(Made(parts=[Part("63.pdf", BODY)])), "12 " + package(Made(parts=[Part("63.pdf", BODY)]))]
)
def test_old_forms_and_junk_before_it_are_opened_too(tmp_path: Path, text: str) -> None:
    assert shown(opened(tmp_path, text)) == [("63.pdf", PDF, "goi.edxml", BODY)]


def test_a_zip_of_one_file_under_the_files_own_name_is_taken_off(tmp_path: Path) -> None:
    parts = [Part("63.doc", BODY, packed=True), Part("b.pdf", BODY, packed=True), Part("c.zip", BODY, packed=True)]
    found = opened(tmp_path, package(Made(parts=parts)))
    assert [(name, kind, inside) for name, kind, inside, _ in shown(found)] == [
        ("63.doc", PDF, "goi.edxml"), ("b.pdf", PDF, "goi.edxml"),
        ("c.zip", "application/zip", "goi.edxml"), ("c.zip", PDF, "c.zip"),
    ]  # fmt: skip
    assert [a.path.read_bytes() for a in found if a.path and a.media_type == PDF] == [BODY] * 3


def test_a_real_archive_or_a_damaged_one_stays_one(tmp_path: Path) -> None:
    two = tmp_path / "two.zip"
    with zipfile.ZipFile(two, "w") as archive:
        archive.writestr("a.pdf", BODY)
        archive.writestr("b.pdf", BODY)
    data = two.read_bytes()
    two.unlink()
    torn = zipped("x.pdf", os.urandom(9_000))[:6_000]
    found = opened(tmp_path, package(Made(parts=[Part("hai.pdf", data), Part("rach.pdf", torn)])))
    assert [(a.name, a.inside, a.warnings) for a in found[1:]] == [
        ("hai.pdf", "goi.edxml", ()), ("a.pdf", "hai.pdf", ()), ("b.pdf", "hai.pdf", ()),
        ("rach.pdf", "goi.edxml", ("damaged_archive",)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "name"),
    [("../../etc/passwd", "passwd"), ("C:\\x\\63.pdf", "63.pdf"), ("a\u202efdp.exe", "afdp.exe"),
     ("63&#10;.pdf", "63 .pdf"),
     ("..", "Tệp PDF 1.pdf"), ("", "Tệp PDF 1.pdf"), ("/", "Tệp PDF 1.pdf"), ("x" * 900 + ".pdf", "x" * 230 + ".pdf"),
     ("CV&amp;số.pdf", "CV&số.pdf"), ("Số 63.pdf".replace("ố", "o\u0302\u0301"), "Số 63.pdf")],
)  # fmt: skip
def test_names_are_never_paths(tmp_path: Path, said: str, name: str) -> None:
    (found,) = opened(tmp_path, package(Made(parts=[Part(said, BODY)])))[1:]
    assert found.name == name
    assert found.path is not None
    assert found.path.name.startswith("part-")


def test_content_ids_that_occur_twice_or_lead_nowhere_lose_no_file(tmp_path: Path) -> None:
    parts = [Part("a.pdf", b"%PDF-1 a"), Part("b.pdf", b"%PDF-1 b"), Part("c.pdf", b"%PDF-1 c", content_id="")]
    text = package(Made(parts=parts)).replace("<Reference><ContentId>cid:1<", "<Reference><ContentId>cid:77<", 1)
    assert [(name, data) for name, _, _, data in shown(opened(tmp_path, text))] == [
        ("a.pdf", b"%PDF-1 a"), ("b.pdf", b"%PDF-1 b"), ("c.pdf", b"%PDF-1 c"),
    ]  # fmt: skip


@pytest.mark.parametrize("encoded", ["${tệp}", "", "{{ base64 }}", "tệp ở máy chủ", "file:///etc/passwd", "null!"])
def test_what_is_no_base64_is_no_file(tmp_path: Path, encoded: str) -> None:
    assert opened(tmp_path, package(Made(parts=[Part("63.pdf", encoded=encoded)])))[1:] == ()


def test_broken_base64_gives_what_it_holds_and_says_so(tmp_path: Path) -> None:
    encoded = b64encode(BODY).decode()
    (found,) = opened(
        tmp_path, package(Made(parts=[Part("63.pdf", encoded=encoded[:4_000] + "*~*" + encoded[4_000:])]))
    )[1:]
    assert (found.path and found.path.read_bytes(), found.warnings) == (BODY, ("damaged_base64",))


def test_packages_within_packages_are_opened_to_a_depth(tmp_path: Path) -> None:
    text = package(Made(parts=[Part("63.pdf", BODY)]))
    for level in range(5):
        text = package(Made(number=str(level), parts=[Part(f"{level}.edxml", text.encode(), packed=bool(level % 2))]))
    found = opened(tmp_path, text)
    assert [a.name for a in found] == ["goi.edxml", "4.edxml", "3.edxml", "2.edxml"]
    assert [a.warnings for a in found] == [(), (), (), ("archive_limits",)]


def test_a_bomb_within_is_stopped(tmp_path: Path) -> None:
    bomb = zipped("63.pdf", bytes(64 << 20))
    found = opened(tmp_path, package(Made(parts=[Part("63.pdf", bomb), Part("sau.pdf", BODY)])))
    assert found[0].warnings == ("archive_limits",)
    assert all(a.size < 1 << 20 for a in found)


def test_more_files_than_a_letter_may_have_are_not_taken(tmp_path: Path) -> None:
    parts = [Part(f"{number}.txt", b"x") for number in range(MOST_FILES + 1)]
    found = opened(tmp_path, package(Made(parts=parts)))
    assert (found[0].warnings, len(found)) == (("archive_limits",), MOST_FILES + 1)


def test_a_package_cut_anywhere_brings_what_is_there(tmp_path: Path) -> None:
    data = package(Made(parts=[Part("a.pdf", BODY), Part("b.pdf", BODY)])).encode()
    whole = 0
    for cut in range(0, len(data), 200):
        place = tmp_path / str(cut)
        place.mkdir()
        found = opened(place, data[:cut])
        whole += [a.path.read_bytes() for a in found[1:] if a.path].count(BODY)
        assert all("damaged_package" in found[0].warnings for _ in found[1:])
    assert whole > 50


def test_other_xml_is_left_as_it_is(tmp_path: Path) -> None:
    text = '<?xml version="1.0"?><Attachment><ContentTransferEncoded>JVBERi0xLjQ=</ContentTransferEncoded></Attachment>'
    (found,) = opened(tmp_path, text, "bang.xml")
    assert found.warnings == ()
