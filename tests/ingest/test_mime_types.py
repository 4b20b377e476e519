"""What a file is, by its bytes."""

import io
import zipfile

import pytest

from ingest.mime import sniff

OFFICE = "application/vnd.openxmlformats-officedocument."
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def zipped(*names: str, first: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, first)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "declared", "kind"),
    [
        (b"%PDF-1.7\n", "cv.pdf", "application/octet-stream", "application/pdf"),
        (b"\r\n\r\n%PDF-1.4", "cv", "", "application/pdf"),
        (b"MZ\x90\0" + bytes(200), "cv.pdf", "application/pdf", "application/x-msdownload"),
        (b"<script>alert(1)</script>\n%PDF-1.4", "cv.pdf", "application/pdf", "text/html"),
        (zipped("[Content_Types].xml", "word/document.xml"), "a.zip", "", OFFICE + "wordprocessingml.document"),
        (zipped("xl/workbook.xml", "[Content_Types].xml"), "a", "", OFFICE + "spreadsheetml.sheet"),
        (zipped("mimetype", first=b"application/vnd.oasis.opendocument.text"), "a", "",
         "application/vnd.oasis.opendocument.text"),
        (zipped("a.docx", first=zipped("[Content_Types].xml", "word/document.xml")), "a.zip", "", "application/zip"),
        (zipped("cv.pdf"), "cv.docx", OFFICE + "wordprocessingml.document", "application/zip"),
        (OLE2, "cv.doc", "", "application/msword"),
        (OLE2 + "WordDocument".encode("utf-16-le"), "cv", "", "application/msword"),
        (OLE2, "a.bin", "", "application/x-ole-storage"),
        (b"{\\rtf1", "cv.doc", "application/msword", "application/rtf"),
        (b"\x89PNG\r\n\x1a\n", "", "", "image/png"),
        (b"\xff\xd8\xff\xe0", "a.png", "image/png", "image/jpeg"),
        (b"II*\x00", "", "", "image/tiff"),
        (b"7z\xbc\xaf\x27\x1c", "", "", "application/x-7z-compressed"),
        (b"Rar!\x1a\x07\x01\x00", "", "", "application/vnd.rar"),
        (b"\x1f\x8b\x08", "", "", "application/gzip"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><edXML/>", "a.edxml", "", "application/xml"),
        (b"1212<?xml version='1.0'?>\n<e:edXML xmlns:e='x'>", "a.dat", "", "application/xml"),
        (b"<SOAP-ENV:Envelope xmlns='x'>", "a.dat", "", "application/xml"),
        (b"x <b>edXML</b>", "a.edxml", "", "application/xml"),
        (b"V/v <b>edXML</b> <envelope>", "a.txt", "", "text/plain"),
        (b"<html><body>edXML", "a.edxml", "", "text/html"),
        (b"<?xml version='1.0'?><svg onload='x'/>", "a.xml", "", "image/svg+xml"),
        (b"From: a@b.vn\r\nSubject: x\r\n\r\n", "a.eml", "application/octet-stream", "message/rfc822"),
        (b"BEGIN:VCALENDAR\r\n", "", "", "text/calendar"),
        ("Kính gửi".encode(), "a.pdf", "application/pdf", "text/plain"),
        (b"a,b\n", "a.csv", "application/octet-stream", "text/csv"),
        (b"\x00\x01\x02", "a.pdf", "application/pdf", "application/octet-stream"),
        (b"0\x82\x01\x00", "smime.p7s", "application/pkcs7-signature", "application/pkcs7-signature"),
        (b"", "a.pdf", "application/pdf", "application/x-empty"),
    ],
)  # fmt: skip
def test_a_file_is_what_its_bytes_say(data: bytes, name: str, declared: str, kind: str) -> None:
    assert sniff.media_type(data[: sniff.HEAD_BYTES], data[-sniff.HEAD_BYTES :], name, declared) == kind
