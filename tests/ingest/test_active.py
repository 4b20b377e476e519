"""Active content in files, and what the clerk is told of it."""

import io
import zipfile
import zlib
from pathlib import Path

import pytest
from mail_parts import mixed, pdf_part

from ingest.active import noted
from ingest.describe import read_raw_letter
from ingest.letter import Attachment, Outcome

OOXML = "application/vnd.openxmlformats-officedocument."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def codes(folder: Path, name: str, data: bytes, media_type: str) -> tuple[str, ...]:
    path = folder / "part"
    path.write_bytes(data)
    return noted(Attachment(name, len(data), "0" * 64, media_type, "", path)).warnings


def package(*members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for member in ("[Content_Types].xml", "word/document.xml", *members):
            archive.writestr(member, "x")
    return out.getvalue()


def pdf(*objects: bytes) -> bytes:
    body = b"".join(b"%d 0 obj %b endobj\n" % (number, one) for number, one in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + b"trailer <</Root 1 0 R>>\n%%EOF\n"


def stream(data: bytes, head: bytes = b"", rounds: int = 1) -> bytes:
    for _ in range(rounds):
        data = zlib.compress(data, 9)
    filters = b"[" + b"/FlateDecode" * rounds + b"]"
    return b"<<%b/Filter%b/Length %d>>stream\n%b\nendstream" % (head, filters, len(data), data)


@pytest.mark.parametrize(
    ("name", "data", "media_type", "code"),
    [
        ("a.docx", package("word/vbaProject.bin"), OOXML + "wordprocessingml.document", "macro"),
        ("a.docm", package(), OOXML + "wordprocessingml.document", "macro"),
        ("a.docx", package("word/activeX/activeX1.bin"), OOXML + "wordprocessingml.document", "active_control"),
        ("a.xlsx", package("xl/macrosheets/sheet1.xml"), OOXML + "spreadsheetml.sheet", "macro"),
        ("a.odt", package("Basic/Standard/Module1.xml"), "application/vnd.oasis.opendocument.text", "macro"),
        ("a.doc", OLE + b"\0" * 900 + "_VBA_PROJECT".encode("utf-16-le"), "application/msword", "macro"),
        ("a.xls", OLE + "_VBA_PROJECT_CUR".encode("utf-16-le"), "application/vnd.ms-excel", "macro"),
        ("a.rtf", rb"{\rtf1{\object\objdata 01}}", "application/rtf", "active_control"),
        ("a.svg", b"<svg onload=alert(1)>", "image/svg+xml", "script"),
        ("a.html", b"<SCRIPT>x</SCRIPT>", "text/html", "script"),
        ("a.pdf", b"MZ", "application/x-msdownload", "program"),
        ("cong van.pdf.exe", b"x", "text/plain", "program"),
        ("a.pdf", pdf(b"<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>"), "application/pdf", "pdf_script"),
        ("a.pdf", pdf(b"<</OpenAction<</S/J#61vaScript>>>>"), "application/pdf", "pdf_script"),
        ("a.pdf", pdf(stream(b"<</S/JavaScript>>", b"/Type/ObjStm")), "application/pdf", "pdf_script"),
        ("a.pdf", pdf(b"<</AA<</O<</S /Launch/F(cmd.exe)>>>>>>"), "application/pdf", "pdf_launch"),
        ("a.pdf", pdf(b"<</Names<</EmbeddedFiles 3 0 R>>>>"), "application/pdf", "pdf_files"),
        ("a.pdf", pdf(stream(b"q " * (3 << 20))), "application/pdf", "too_large_inside"),
        ("a.pdf", pdf(stream(bytes(40 << 20), rounds=2)), "application/pdf", "too_large_inside"),
        ("a.pdf", pdf(*[stream(bytes(3 << 20))] * 9), "application/pdf", "too_large_inside"),
    ],
)
def test_active_content_is_named(tmp_path: Path, name: str, data: bytes, media_type: str, code: str) -> None:
    assert codes(tmp_path, name, data, media_type) == (code,)


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("a.docx", package("word/media/image1.png"), OOXML + "wordprocessingml.document"),
        ("a.docx", b"PK\x03\x04 broken", OOXML + "wordprocessingml.document"),
        ("a.doc", OLE + "WordDocument".encode("utf-16-le"), "application/msword"),
        ("a.pdf", pdf(b"<</OpenAction[3 0 R/Fit]>>", stream(b"BT (JavaScript) Tj ET")), "application/pdf"),
        ("a.pdf", pdf(stream(b"\xff" * (6 << 20), b"/Subtype/Image")), "application/pdf"),
        ("a.pdf", b"%PDF-1.7\n1 0 obj <</Filter/FlateDecode>>stream\nno deflate\nendstream", "application/pdf"),
        ("a.html", b"<p>onload is a word</p>", "text/html"),
    ],
)
def test_ordinary_files_are_not_suspected(tmp_path: Path, name: str, data: bytes, media_type: str) -> None:
    assert codes(tmp_path, name, data, media_type) == ()


def test_an_action_across_two_windows_is_found(tmp_path: Path) -> None:
    for shift in range(-12, 2):
        data = b"%PDF-1.7\n".ljust((1 << 20) + shift) + b"/JavaScript "
        assert codes(tmp_path, "a.pdf", data, "application/pdf") == ("pdf_script",)


def test_the_clerk_is_told_which_file_it_is(tmp_path: Path) -> None:
    mail, spool = tmp_path / "a.eml", tmp_path / "parts"
    spool.mkdir()
    bomb = pdf_part('Content-Type: application/pdf; name="CV 12.pdf"\n', pdf(stream(b"q " * (3 << 20))))
    macro = pdf_part('Content-Type: application/msword; name="bảng.doc"\n', OLE + "_VBA_PROJECT".encode("utf-16-le"))
    mail.write_bytes(mixed(bomb, macro))
    reading = read_raw_letter(mail, spool)
    (draft,) = reading.drafts
    assert reading.outcome is Outcome.DRAFT
    assert set(draft.notes) == {"too_large_inside", "macro:bảng.doc"}
