"""One scan to pages of words: the head of its first page and the signature, nothing else of it."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from ingest.letter import Page, Word
from ingest.reading.allowance import Allowance
from ingest.reading.head import find_head
from ingest.reading.scan.apart import Stamps
from ingest.reading.scan.preparing import Gray
from ingest.reading.scan.sheets import Sheet, Sheets
from ingest.reading.scan.stamped import stamps_in
from ingest.reading.scan.tesseract import AS_A_BLOCK, AS_A_PAGE, NotRead, see
from ingest.reading.scan.upright import is_legible, read_upright
from ingest.reading.scan.written import with_handwriting
from ingest.reading.scan.zones import Zone, head_zone, seal_zones, signature_zone
from ingest.reading.signature import find_signature
from ingest.reading.unreadable import Unreadable

_MOST_PAGES = 12  # on which the signature is looked for, then the last
_MOST_TRIES = 3  # blocks that looked like a signature and were none
_MOST_SECONDS = 15.0  # of one run of tesseract
_SIGNERS_SIDE = 0.4  # of the page's width
_OVERLAP = 0.4  # of the smaller word's sides


def read_scan(path: Path, pages: Sequence[Page], allowance: Allowance, *, is_pdf: bool) -> tuple[Page, ...]:
    """`pages` of the file with the words of the pictures that were read; the others stay as they were.

    Never raises for what a file holds: what is damaged, too large, or not read within `allowance` stays
    unread.
    """
    scan = _Scan(Sheets(path, pages[-1].number, is_pdf=is_pdf), allowance)
    with contextlib.suppress(Unreadable, NotRead):
        scan.read(next(page.number for page in pages if page.is_scan))
    known = {page.number: page for page in pages}
    if is_legible([word for page in scan.pages.values() for word in page.words]):
        known |= scan.pages
    # A stamp counts also where nothing beside it can be read.
    stamped = {number: replace(page, stamps=scan.stamps.get(number, ())) for number, page in known.items()}
    return tuple(replace(stamped[n], is_unseen=n in scan.unsearched) for n in sorted(stamped))


class _Scan:
    def __init__(self, sheets: Sheets, allowance: Allowance) -> None:
        self.pages: dict[int, Page] = {}
        self.stamps: dict[int, Stamps] = {}
        self.unsearched: set[int] = set()  # pages whose head was read, and then no time was left to look for stamps
        self._sheets = sheets
        self._allowance = allowance

    def read(self, first: int) -> None:
        """The head on page `first` or one of the next two, then the signature."""
        for number in range(first, min(first + 3, self._sheets.count + 1)):
            self._see_head(number)
            if self._head():
                break
        with contextlib.suppress(NotRead, Unreadable):  # what was read of the head stays
            for sheet, zone in islice(self._blocks(first), _MOST_TRIES):
                self._see_block(sheet, zone)
                if self._is_signed():
                    break

    def _blocks(self, first: int) -> Iterator[tuple[Sheet, Zone]]:
        """What looks like the block of a signature, page by page."""
        numbers = [*range(first, min(self._sheets.count, _MOST_PAGES) + 1)]
        if self._sheets.count > _MOST_PAGES:
            numbers.append(self._sheets.count)
        for number in numbers:
            if self._left() <= 0:
                return
            sheet = self._sheets[number]
            zone = signature_zone(sheet.black)
            if zone:
                yield sheet, zone

    def _see_head(self, number: int) -> None:
        try:
            sheet, words = read_upright(self._sheets, number, self._head_words)
        except NotRead:
            self._see_stamps(self._sheets[number], None)  # a stamp counts also where nothing else can be read
            raise
        self.pages[number] = Page(number, with_handwriting(words, sheet.pen), is_seen=True, quarters=sheet.quarters)
        self._see_stamps(sheet, words)

    def _head_words(self, sheet: Sheet) -> tuple[Word, ...]:
        return self._see(sheet, head_zone(sheet.black), sheet.black, AS_A_PAGE)

    def _see_stamps(self, sheet: Sheet, words: tuple[Word, ...] | None) -> None:
        """What stands apart from `words` (None: they were not read)."""
        self.unsearched.add(sheet.number)
        self.stamps[sheet.number] = ()
        for found in stamps_in(sheet, head_zone(sheet.black), words, self._a_while):
            self.stamps[sheet.number] += found
        self.unsearched.discard(sheet.number)

    def _see_block(self, sheet: Sheet, zone: Zone) -> None:
        # As a page, tesseract takes the signature for a picture and the name beside it for a part of that.
        if sheet.seal and sheet.seal.column > _SIGNERS_SIDE * sheet.black.shape[1]:
            titles, name = seal_zones(sheet.seal, len(sheet.black))
            block = zone if zone.top < titles.bottom else titles
            zones = [(block, sheet.stamped), (name, sheet.unsealed)]
        else:
            zones = [(zone, sheet.stamped)]
        seen = see([zone.cut(gray) for zone, gray in zones], self._a_while(), AS_A_BLOCK)
        words: tuple[Word, ...] = ()
        for (part, _), found in zip(zones, seen, strict=True):
            words = _added(words, sheet.words(found, part.top, part.left))
        kept = self.pages.get(sheet.number, Page(sheet.number, (), is_seen=True, quarters=sheet.quarters))
        self.pages[sheet.number] = replace(kept, words=_added(kept.words, words), seal=sheet.sealed)

    def _see(self, sheet: Sheet, zone: Zone, gray: Gray, layout: int) -> tuple[Word, ...]:
        (seen,) = see([zone.cut(gray)], self._a_while(), layout)
        return sheet.words(seen, zone.top, zone.left)

    def _a_while(self) -> float:
        return min(_MOST_SECONDS, self._left())

    def _left(self) -> float:
        return self._allowance.left()

    def _head(self) -> bool:
        return find_head([self.pages[number] for number in sorted(self.pages)]) is not None

    def _is_signed(self) -> bool:
        pages = [self.pages[number] for number in sorted(self.pages)]
        return find_signature(pages, pages[0].number) is not None


def _added(words: tuple[Word, ...], others: Sequence[Word]) -> tuple[Word, ...]:
    """`words` with `others`; of two that were read in one place the surer one. On a short page the block of the
    signature begins within the head."""
    lowest = max((word.y1 for word in words), default=0.0)
    fresh = list(others)
    kept = []
    for word in words:
        same = [other for other in fresh if other.y0 < lowest and _is_same_place(word, other)]
        if any(other.sure > word.sure for other in same):
            continue
        fresh = [other for other in fresh if other not in same]
        kept.append(word)
    return (*kept, *fresh)


def _is_same_place(one: Word, other: Word) -> bool:
    if one.y1 <= other.y0 or other.y1 <= one.y0:
        return False
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    high = min(one.y1, other.y1) - max(one.y0, other.y0)
    return wide > _OVERLAP * min(one.x1 - one.x0, other.x1 - other.x0) and high > _OVERLAP * min(
        one.y1 - one.y0, other.y1 - other.y0
    )
