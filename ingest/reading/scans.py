"""The files of one letter as pages of words, their pictures too, as long as the letter's time for these lasts."""

from dataclasses import replace
from pathlib import Path

from ingest.letter import Page
from ingest.reading.allowance import Allowance
from ingest.reading.head import find_head
from ingest.reading.pages import PDF, read_pages
from ingest.reading.unreadable import Unreadable


class Scans:
    """Reads files and, for at most `seconds` (see `Allowance`) in all, the pictures in them."""

    def __init__(self, seconds: float) -> None:
        self.are_left_out = False  # whether there was no time left for a picture
        self._allowance = Allowance(seconds)

    def read(self, path: Path, media_type: str) -> tuple[Page, ...]:
        """`read_pages`, and what is read in the pictures among them where no page of text has the document's head."""
        pages = read_pages(path, media_type)
        if not any(page.is_scan for page in pages[:3]) or find_head(pages) is not None:
            return self._with_art(path, media_type, pages)
        if not self._have_time():
            return pages
        from ingest.reading.scan import read_scan  # here, for few letters need numpy

        return read_scan(path, pages, self._allowance, is_pdf=media_type == PDF)

    def _with_art(self, path: Path, media_type: str, pages: tuple[Page, ...]) -> tuple[Page, ...]:
        if not any(page.has_art for page in pages) or not self._have_time():
            return pages
        from ingest.reading.scan.art import with_art, with_pictures  # as above

        if media_type != PDF:
            return with_pictures(path, pages, self._allowance)
        seen = list(pages)
        for place, page in enumerate(pages):
            if page.has_art:
                try:
                    seen[place] = with_art(path, page, self._allowance)
                except Unreadable:  # too slow, or damaged: so are the others, more likely than not
                    seen[place] = replace(page, is_unseen=True)
                    break
        return tuple(seen)

    def is_like_page(self, path: Path) -> bool:
        """Whether there is time left for the picture file at `path` and it may show a page."""
        if not self._have_time():
            return False
        from ingest.reading.scan.pictures import is_like_page  # as above

        return is_like_page(path)

    def _have_time(self) -> bool:
        if self._allowance.left() > 0:
            return True
        self.are_left_out = True
        return False
