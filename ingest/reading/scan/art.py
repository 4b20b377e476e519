"""What a page of text shows as pictures: stamps, read as those of a scan are, and pages pasted into a document."""

import contextlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import IO

from ingest.letter import Box, Page, Word
from ingest.reading.allowance import Allowance
from ingest.reading.office_zip import DAMAGE
from ingest.reading.pdf_art import pictures_in_head
from ingest.reading.scan.apart import Stamps
from ingest.reading.scan.pictures import file_picture, pdf_picture, set_on_page, size_of
from ingest.reading.scan.sheets import Sheet
from ingest.reading.scan.stamped import stamps_in
from ingest.reading.scan.tesseract import AS_A_PAGE, NotRead, see
from ingest.reading.scan.zones import Zone, head_zone
from ingest.reading.unreadable import Unreadable

_MOST_PICTURES = 4  # of a document
_LEAST, _LEAST_PAGE = (40, 12), 600  # pixels: of a stamp, of a page's shorter side
_PAGE_SHAPE = (1.15, 1.8)  # its height by its width
_STAMP = (600, 170)  # pixels within which a stamp is set on a page to be read
_AT = 120  # pixels from the page's corner


def with_art(path: Path, page: Page, allowance: Allowance) -> Page:
    """`page` of the PDF at `path` with the words of what its head shows and does not say; marked as unseen where that
    could not be read within `allowance`. Raises Unreadable."""
    try:
        sheet = Sheet(page.number, pdf_picture(path, page.number), quarters=page.quarters)
        zone = head_zone(sheet.black)
        covered = [] if page.quarters else pictures_in_head(path, page.number)
        seen = [word for word in page.words if not any(_is_under(word, box) for box in covered)]
        return replace(page, stamps=(*page.stamps, *_stamps(sheet, zone, seen, allowance)))
    except NotRead:
        return replace(page, is_unseen=True)


def _is_under(word: Word, box: Box) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2
    return box[0] < x < box[2] and box[1] < y < box[3]


def with_pictures(path: Path, pages: Sequence[Page], allowance: Allowance) -> tuple[Page, ...]:
    """`pages` of the DOCX at `path`, the stamps among its first pictures on the first of them; pages that were pasted
    in follow. What could not be read within `allowance` is not among them."""
    stamps: Stamps = ()
    pasted: list[Page] = []
    for file in _pictures(path):
        with contextlib.suppress(Unreadable, NotRead):
            width, height = size_of(file)
            if min(width, height) >= _LEAST_PAGE and _PAGE_SHAPE[0] < height / width < _PAGE_SHAPE[1]:
                pasted.append(_page(Sheet(len(pages) + len(pasted) + 1, file_picture(file, 1)), allowance))
            elif width >= _LEAST[0] and height >= _LEAST[1]:
                sheet = Sheet(1, set_on_page(file, _STAMP, _AT), quarters=0)
                stamps += _stamps(sheet, Zone(0, len(sheet.black)), (), allowance)
    first, *others = pages or (Page(1, ()),)
    return (replace(first, stamps=(*first.stamps, *stamps), has_art=bool(stamps)), *others, *pasted)


def _pictures(path: Path) -> Iterator[IO[bytes]]:
    """The first picture files of a DOCX, in the order of their names: Word numbers them as they were put in."""
    with contextlib.suppress(*DAMAGE), zipfile.ZipFile(path) as package:
        names = sorted((n for n in package.namelist() if n.startswith("word/media/")), key=lambda n: (len(n), n))
        for name in names[:_MOST_PICTURES]:
            yield io.BytesIO(package.read(name))


def _page(sheet: Sheet, allowance: Allowance) -> Page:
    zone = head_zone(sheet.black)
    (seen,) = see([zone.cut(sheet.black)], allowance.left(), AS_A_PAGE)
    words = sheet.words(seen, zone.top, zone.left)
    stamps = tuple(chain.from_iterable(stamps_in(sheet, zone, words, allowance.left)))
    return Page(sheet.number, words, is_seen=True, stamps=stamps, quarters=sheet.quarters)


def _stamps(sheet: Sheet, zone: Zone, words: Sequence[Word], allowance: Allowance) -> Stamps:
    return tuple(chain.from_iterable(stamps_in(sheet, zone, words, allowance.left, is_paper=False)))
