"""One door for all file types: a file on disk to pages of words with boxes."""

from collections.abc import Callable, Mapping
from pathlib import Path

from ingest.letter import Page
from ingest.mime.sniff import WEB_ARCHIVE
from ingest.reading.compound import CompoundFile, Damaged
from ingest.reading.doc import doc_pages
from ingest.reading.docx import docx_pages
from ingest.reading.odt import odt_pages
from ingest.reading.pdf import pdf_pages
from ingest.reading.rtf import rtf_pages
from ingest.reading.sheets import xls_pages, xlsx_pages
from ingest.reading.unreadable import Unreadable
from ingest.reading.web_page import archive_pages, html_pages, text_pages
from ingest.reading.word_xml import word_xml_pages

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOC = "application/msword"
RTF = "application/rtf"
ODT = "application/vnd.oasis.opendocument.text"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLS = "application/vnd.ms-excel"
SHEETS = (XLSX, XLS)
TIFF = "image/tiff"
PICTURES = (
    "image/jpeg", "image/png", TIFF, "image/heic", "image/bmp", "image/gif", "image/webp", "image/avif", "image/jp2",
)  # fmt: skip


def _container_pages(path: Path) -> tuple[Page, ...]:
    """A compound file whose first bytes and name tell nothing more: by its streams."""
    try:
        with path.open("rb") as file:
            streams = CompoundFile(file)
            if streams.stream("EncryptedPackage"):  # DOCX or XLSX with a password ([MS-OFFCRYPTO] 2.3)
                raise Unreadable("locked")
            is_text, is_book = streams.stream("WordDocument"), streams.stream("Workbook", "Book")
    except Damaged:
        return ()
    return doc_pages(path) if is_text else xls_pages(path) if is_book else ()


_READERS: Mapping[str, Callable[[Path], tuple[Page, ...]]] = {
    PDF: pdf_pages,
    DOCX: docx_pages,
    DOC: doc_pages,
    RTF: rtf_pages,
    "text/rtf": rtf_pages,
    ODT: odt_pages,
    ODT + "-template": odt_pages,
    XLSX: xlsx_pages,
    XLS: xls_pages,
    "text/html": html_pages,
    "application/xhtml+xml": html_pages,
    "text/plain": text_pages,
    "text/markdown": text_pages,
    WEB_ARCHIVE: archive_pages,
    "application/xml": word_xml_pages,
    "text/xml": word_xml_pages,
    "application/x-ole-storage": _container_pages,
}


def read_pages(path: Path, media_type: str) -> tuple[Page, ...]:
    """The pages of `path` that a reading needs; () for types without pages of text.

    A picture is one page without words, marked as a scan, a TIFF as many as it holds. Raises Unreadable for locked and
    damaged files.
    """
    if media_type in PICTURES:
        return tuple(Page(number, (), is_scan=True) for number in range(1, _frames(path, media_type) + 1))
    reader = _READERS.get(media_type)
    return reader(path) if reader else ()


def _frames(path: Path, media_type: str) -> int:
    if media_type != TIFF:  # the frames of a GIF are no pages
        return 1
    from ingest.reading.scan.pictures import count_frames  # here, for few letters need numpy

    return count_frames(path)
