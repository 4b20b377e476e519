"""Whole pages of a scan, for the full text: a few seconds each, so behind the letters."""

import contextlib
from dataclasses import replace
from pathlib import Path

from ingest.letter import Page, Word
from ingest.reading.allowance import Allowance
from ingest.reading.scan.apart import Stamps
from ingest.reading.scan.sheets import Sheet, Sheets
from ingest.reading.scan.stamped import stamps_in
from ingest.reading.scan.tesseract import NotRead, see
from ingest.reading.scan.upright import is_legible, read_upright
from ingest.reading.scan.zones import head_zone
from ingest.reading.unreadable import Unreadable


class WholePages:
    """Reads pages of one file that are pictures, until the time given for them is over."""

    def __init__(self, path: Path, *, is_pdf: bool, allowance: Allowance) -> None:
        self._path, self._is_pdf, self._allowance = path, is_pdf, allowance

    def read(self, page: Page) -> Page:
        """`page` with the words of its picture; as it was where they could not be read, or no time is left."""
        if self._left() <= 0:
            return page
        stamps: Stamps = ()
        words: tuple[Word, ...] | None = None
        sheets = Sheets(self._path, page.number, is_pdf=self._is_pdf)
        try:
            sheet = sheets[page.number]
            with contextlib.suppress(NotRead):  # a stamp counts also where nothing else can be read
                sheet, words = read_upright(sheets, page.number, self._words)
            zone = head_zone(sheet.black)
            with contextlib.suppress(NotRead):
                for found in stamps_in(sheet, zone, words, self._left):
                    stamps += found
        except Unreadable:
            return page
        if words is None or not is_legible(words):
            return replace(page, stamps=stamps)
        return Page(page.number, words, is_seen=True, stamps=stamps, quarters=sheet.quarters)

    def _words(self, sheet: Sheet) -> tuple[Word, ...]:
        return sheet.words(see([sheet.black], self._left())[0])

    def _left(self) -> float:
        return self._allowance.left()
