"""What a file is, by its own first bytes; what the sender declared is only a hint."""

import re

from ingest.mime.charsets import utf16

HEAD_BYTES = 4096
ZIP = "application/zip"
PDF, PROGRAM = "application/pdf", "application/x-msdownload"
# One file that was compressed; it may be a tar.
COMPRESSED = frozenset(
    ("application/gzip", "application/x-bzip2", "application/x-xz", "application/x-lzma", "application/zstd")
)
WEB_ARCHIVE = "application/x-mimearchive"  # a web page and its pictures, as browsers and Word save it (RFC 2557)
ARCHIVES = COMPRESSED | {ZIP, "application/vnd.rar", "application/x-7z-compressed", "application/x-tar"}
_MAGIC = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"MZ", PROGRAM),
    (b"\x7fELF", "application/x-executable"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (b"BM", "image/bmp"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
)
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_BY_ENDING = {
    "doc": "application/msword",
    "dot": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
}
_IN_ZIP = (
    (b"word/", _OFFICE + "wordprocessingml.document"),
    (b"xl/", _OFFICE + "spreadsheetml.sheet"),
    (b"ppt/", _OFFICE + "presentationml.presentation"),
)
_EML = re.compile(
    rb"\A(?:From [^\n]{1,300}\n)?(?:received|return-path|delivered-to|from|to|subject|date|message-id|mime-version"
    rb"|x-[a-z0-9-]+|content-type|reply-to|sender|cc|dkim-signature|authentication-results)"
    rb"[ \t]*:[^\n]*\n(?:[ \t]+[^\n]*\n|[!-9;-~]+[ \t]*:[^\n]*\n)*",
    re.IGNORECASE,
)
# An edXML package by its root, where no declaration stands before it, or junk does (DOMAIN §3.4).
_PACKAGE = re.compile(rb"[^<]{0,200}<(?:\?xml[^<>]{0,200}>\s{0,200}<)?(?:[\w.-]{1,40}:)?(?:edxml|envelope)[\s>/]")
_WEB_ARCHIVE = re.compile(
    rb"^content-type[ \t]*:\s{0,8}multipart/(?:related|alternative)", re.IGNORECASE | re.MULTILINE
)


def media_type(head: bytes, tail: bytes, name: str, declared: str) -> str:
    """The media type of a file from its first and last HEAD_BYTES. `name` and `declared` only decide
    between kinds that share a container, or where the bytes say nothing."""
    ending = name.rpartition(".")[2].lower()
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _zip(head, tail)
    if head.startswith(_OLE2):
        return _ole2(head + tail, ending)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    # Readers of PDF accept up to 1,024 bytes of anything before the header.
    if b"%PDF-" in head[:1024] and head.lstrip()[:1] != b"<":
        return "application/pdf"
    # A dictionary of a power of two, a size or none, and the range coder's first byte, always 0.
    if head.startswith(b"\x5d\x00\x00") and head[10:14] in (b"\x00\x00\x00\x00", b"\xff\xff\xff\x00"):
        return "application/x-lzma"
    if head[257:262] == b"ustar":
        return "application/x-tar"
    if head[4:12] in (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypheim", b"ftypheis", b"ftypmif1", b"ftypmsf1"):
        return "image/heic"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif"
    return _text(head, ending, declared)


def _zip(head: bytes, tail: bytes) -> str:
    if head[30:38] == b"mimetype":
        kind = re.match(rb"application/[a-z.+-]{1,80}", head[38:140])
        if kind:
            return kind[0].decode("ascii")
    names = _names(head, tail)
    if any(name == b"[Content_Types].xml" for name in names):
        for folder, kind_name in _IN_ZIP:
            if any(name.startswith(folder) for name in names):
                return kind_name
    return "application/zip"


def _names(head: bytes, tail: bytes) -> list[bytes]:
    """Names of the archive's own entries: the first, and those whose directory lies in `tail`.

    Only its own: a document that an archive stores uncompressed shows its names too (APPNOTE 4.3.12, 4.3.16).
    """
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 16:  # cut short: what can be seen must do
        return [mark for mark in (b"[Content_Types].xml", *(folder for folder, _ in _IN_ZIP)) if mark in head]
    size = int.from_bytes(tail[end + 12 : end + 16], "little")
    directory = tail[max(0, end - size) : end]
    first = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    found = [first]
    for entry in re.finditer(rb"PK\x01\x02", directory):
        start, length = entry.start() + 46, directory[entry.start() + 28 : entry.start() + 30]
        found.append(directory[start : start + int.from_bytes(length, "little")])
    return found


def _ole2(data: bytes, ending: str) -> str:
    for mark, kind in (
        ("WordDocument", "doc"),
        ("Workbook", "xls"),
        ("PowerPoint Document", "ppt"),
        ("__nameid_version", "msg"),
    ):
        if mark.encode("utf-16-le") in data:
            return _BY_ENDING[kind]
    return _BY_ENDING.get(ending, "application/x-ole-storage")


def _text(head: bytes, ending: str, declared: str) -> str:
    if (wide := utf16(head)) is not None:
        head = wide.encode("utf-8", "replace")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:512].lower()
    if start.startswith(b"<?xml") or _PACKAGE.match(start):
        if b"<svg" in head.lower():
            return "image/svg+xml"
        return "application/xhtml+xml" if b"<html" in start else "application/xml"
    if start.startswith(b"<svg"):
        return "image/svg+xml"
    if start.startswith((b"<!doctype html", b"<html", b"<script", b"<head", b"<body")):
        return "text/html"
    if ending == "edxml" and b"<" in start[:200]:
        return "application/xml"
    if start.startswith(b"begin:vcalendar"):
        return "text/calendar"
    if start.startswith(b"begin:vcard"):
        return "text/vcard"
    if declared != "text/plain" and _EML.match(head) and re.search(rb"(?im)^(from|subject|received)[ \t]*:", head):
        return "message/rfc822"
    if _EML.match(head) and _WEB_ARCHIVE.search(head):
        return WEB_ARCHIVE
    return _unknown(head, ending, declared)


def _unknown(head: bytes, ending: str, declared: str) -> str:
    believable = declared if "/" in declared else ""
    claims_binary = believable.startswith(("image/", "application/pdf", "application/zip"))
    if head and not claims_binary and believable not in ("", "application/octet-stream"):
        return believable
    if not head:
        return "application/x-empty"
    if b"\x00" not in head and sum(byte < 9 for byte in head) == 0:
        return {"csv": "text/csv", "html": "text/html", "htm": "text/html"}.get(ending, "text/plain")
    return "application/octet-stream"
