"""Every page of a file, for the full text: slow, so never on the way of a letter."""

from collections.abc import Iterator
from pathlib import Path

from ingest.letter import Page
from ingest.reading.allowance import Allowance
from ingest.reading.pages import PDF, PICTURES, read_pages
from ingest.reading.pdf import every_pdf_page


def read_whole(path: Path, media_type: str, seconds: float) -> Iterator[Page]:
    """Every page of `path`; pictures are read for at most `seconds` (see `Allowance`) in all.

    A page that nobody could read is marked as a scan. Raises Unreadable for locked and damaged files.
    """
    allowance = Allowance(seconds)
    is_pdf = media_type == PDF
    for page in every_pdf_page(path) if is_pdf else _pages_of(path, media_type, allowance):
        if page.is_scan and (is_pdf or media_type in PICTURES):
            from ingest.reading.scan.whole import WholePages  # here, for few files need numpy

            yield WholePages(path, is_pdf=is_pdf, allowance=allowance).read(page)
        elif page.has_art and is_pdf and allowance.left() > 0:
            from ingest.reading.scan.art import with_art  # as above

            yield with_art(path, page, allowance)
        else:
            yield page


def _pages_of(path: Path, media_type: str, allowance: Allowance) -> tuple[Page, ...]:
    pages = read_pages(path, media_type)
    if not any(page.has_art for page in pages) or allowance.left() <= 0:
        return pages
    from ingest.reading.scan.art import with_pictures  # as above

    return with_pictures(path, pages, allowance)
