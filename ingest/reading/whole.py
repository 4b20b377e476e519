"""Every page of a file, for the full text: slow, so never on the way of a letter."""

import time
from collections.abc import Iterator
from pathlib import Path

from ingest.letter import Page
from ingest.reading.pages import PDF, PICTURES, read_pages
from ingest.reading.pdf import every_pdf_page


def read_whole(path: Path, media_type: str, seconds: float) -> Iterator[Page]:
    """Every page of `path`; pictures are read for at most `seconds` of wall time in all.

    A page that nobody could read is marked as a scan. Raises Unreadable for locked and damaged files.
    """
    ends = time.monotonic() + seconds
    is_pdf = media_type == PDF
    for page in every_pdf_page(path) if is_pdf else _pages_of(path, media_type, ends):
        if page.is_scan and (is_pdf or media_type in PICTURES):
            from ingest.reading.scan.whole import WholePages  # here, for few files need numpy

            yield WholePages(path, is_pdf=is_pdf, ends=ends).read(page)
        elif page.has_art and is_pdf and time.monotonic() < ends:
            from ingest.reading.scan.art import with_art  # as above

            yield with_art(path, page, ends)
        else:
            yield page


def _pages_of(path: Path, media_type: str, ends: float) -> tuple[Page, ...]:
    pages = read_pages(path, media_type)
    if not any(page.has_art for page in pages) or time.monotonic() >= ends:
        return pages
    from ingest.reading.scan.art import with_pictures  # as above

    return with_pictures(path, pages, ends)
