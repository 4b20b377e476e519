"""One door for all file types: a file on disk to pages of words with boxes."""

from pathlib import Path

from ingest.letter import Page
from ingest.reading.doc import doc_pages
from ingest.reading.docx import docx_pages
from ingest.reading.pdf import pdf_pages

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOC = "application/msword"
PICTURES = ("image/jpeg", "image/png", "image/tiff", "image/heic", "image/bmp", "image/gif")


def read_pages(path: Path, media_type: str) -> tuple[Page, ...]:
    """The pages of `path` that a reading needs; () for types without pages of text.

    A picture is one page without words, marked as a scan. Raises Unreadable for locked and damaged files.
    """
    if media_type == PDF:
        return pdf_pages(path)
    if media_type == DOCX:
        return docx_pages(path)
    if media_type == DOC:
        return doc_pages(path)
    if media_type in PICTURES:
        return (Page(1, (), is_scan=True),)
    return ()
