"""Programs, macros and scripts in the files of a letter: named for the clerk, never run and never taken out."""

import re
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

from ingest.letter import Attachment
from ingest.reading import zips
from ingest.reading.pdf_scan import scan_pdf

PDF = "application/pdf"
_WINDOW_BYTES = 1 << 20
_MOST_MEMBERS = 5_000
_OLE = {
    "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/x-ole-storage",
    "application/vnd.ms-outlook",
}  # fmt: skip
_OOXML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
# Storages of a project that Office runs ([MS-OVBA] 2.2.1), and the macro sheets of Excel before it.
_OLE_MACROS = re.compile(b"|".join(re.escape(name.encode("utf-16-le")) for name in ("_VBA_PROJECT", "VBA_PROJECT_CUR")))
_MACRO_MEMBERS = re.compile(r"(?:^|/)(?:vbaproject\.bin|vbadata\.xml)$|^basic/|^scripts/|/macrosheets/", re.IGNORECASE)
_CONTROL_MEMBERS = re.compile(r"/activex/|/embeddings/oleobject", re.IGNORECASE)
_RTF_OBJECT = re.compile(rb"\\obj(?:data|update|autlink|ocx)\b")
_SCRIPT = re.compile(rb"<script\b|javascript:|\bon(?:load|error|click|mouseover)\s*=|<iframe\b|<foreignobject\b", re.I)
_SCRIPTED_TYPES = {"text/html", "image/svg+xml", "application/xhtml+xml"}
_PROGRAM_TYPES = {"application/x-msdownload", "application/x-executable"}
_PROGRAM_ENDINGS = re.compile(
    r"\.(?:exe|com|scr|pif|bat|cmd|js|jse|vbs|vbe|wsf|wsh|hta|ps1|psm1|lnk|msi|jar|dll|cpl|reg|chm|iso|img|vhdx?|url"
    r"|appx|msix|sh|apk|xll)$",
    re.IGNORECASE,
)
_MACRO_ENDINGS = re.compile(r"\.(?:docm|xlsm|pptm|dotm|xlam|xltm|ppam)$", re.IGNORECASE)


def noted(attachment: Attachment) -> Attachment:
    """`attachment` with a warning for each sort of active content found in it.

    "macro" · "active_control" (ActiveX, OLE objects) · "pdf_script", "pdf_launch", "pdf_files", "pdf_signed" · "script"
    (web pages and drawings) · "program" · "too_large_inside" (a PDF that inflates beyond what is read). Takes at
    most some 10 ms for each MB. Raises OSError.
    """
    codes = _codes(attachment, attachment.path) if attachment.path else set()
    new = sorted(codes - set(attachment.warnings))
    return replace(attachment, warnings=(*attachment.warnings, *new)) if new else attachment


def _codes(attachment: Attachment, path: Path) -> set[str]:
    kind = attachment.media_type
    codes = {"macro"} if _MACRO_ENDINGS.search(attachment.name) else set()
    if kind in _PROGRAM_TYPES or (not codes and _PROGRAM_ENDINGS.search(attachment.name)):
        codes.add("program")
    if kind == PDF:
        found = scan_pdf(path)
        codes |= found.actions | ({"too_large_inside"} if found.is_bomb else set())
    elif kind.startswith((_OOXML, _OPEN_DOCUMENT)):
        codes |= _in_package(path)
    elif kind in _OLE and _contains(path, _OLE_MACROS):
        codes.add("macro")
    elif kind == "application/rtf" and _contains(path, _RTF_OBJECT):
        codes.add("active_control")
    elif kind in _SCRIPTED_TYPES and _contains(path, _SCRIPT):
        codes.add("script")
    return codes


def _in_package(path: Path) -> set[str]:
    codes: set[str] = set()
    try:
        if zips.is_readable(path, _MOST_MEMBERS):
            with zipfile.ZipFile(path) as package:
                for name in package.namelist():
                    codes.update({"macro"} if _MACRO_MEMBERS.search(name) else ())
                    codes.update({"active_control"} if _CONTROL_MEMBERS.search(name) else ())
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError):
        pass  # a damaged package says so where it is read
    return codes


def _contains(path: Path, pattern: re.Pattern[bytes]) -> bool:
    with path.open("rb") as file:
        kept = b""
        while chunk := file.read(_WINDOW_BYTES):
            if pattern.search(kept + chunk):
                return True
            kept = chunk[-64:]
    return False
