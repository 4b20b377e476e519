"""What a PDF shows in the head of a page and does not say in words: pictures, and letters drawn as outlines."""

import ctypes
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingest.letter import Box
from ingest.reading import forked
from ingest.reading.unreadable import Unreadable

DEPTH = 0.5  # of the page's height from its top: where stamps are put
_SMALLEST, _WIDEST, _HIGHEST = 0.02, 0.8, 0.5  # of the page's width and height: dots, and the page's own picture
_LETTER = 0.004  # of the page's height: what is lower is a rule
_LEAST_SEGMENTS, _LEAST_OUTLINES = 8, 3  # of the outline of a letter; of a stamp
_MOST_OBJECTS = 4000
_FORM, _IMAGE, _PATH = pdfium_c.FPDF_PAGEOBJ_FORM, pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_PATH


def has_art(page: pdfium.PdfPage, depth: float, *, lies_turned: bool = False) -> bool:
    """Whether pictures, or drawings as intricate as letters, begin within `depth` of the height of `page`, each small
    like a stamp; in any part of a page whose text `lies_turned`."""
    outlines = 0
    for thing, kind in _things(page):
        if kind in (_FORM, _IMAGE) and (lies_turned or _box_in_head(page, thing, _SMALLEST, depth)):
            return True
        is_outline = kind == _PATH and pdfium_c.FPDFPath_CountSegments(thing) >= _LEAST_SEGMENTS
        if is_outline and (lies_turned or _box_in_head(page, thing, 0.0, depth)):
            outlines += 1
            if outlines >= _LEAST_OUTLINES:
                return True
    return False


def pictures_in_head(path: Path, number: int) -> list[Box]:
    """Where the pictures in the head of page `number` (from 1) are: words under them are not seen. Boxes in fractions
    of the page as it lies, so none for a page that is shown turned. Raises Unreadable."""
    return [cast(Box, box) for box in forked.objects(_pictures_in_head, path, number)]


def _pictures_in_head(path: Path, number: int) -> Iterator[Box]:
    try:
        with closing(pdfium.PdfDocument(path)) as document, closing(document[number - 1]) as page:
            if page.get_rotation():
                return
            found = (_box_in_head(page, thing, _SMALLEST, DEPTH) for thing, kind in _things(page) if kind == _IMAGE)
            yield from (box for box in found if box)
    except (pdfium.PdfiumError, OSError) as error:
        raise Unreadable("damaged") from error


def _things(page: pdfium.PdfPage) -> Iterator[tuple[Any, int]]:
    for index in range(min(pdfium_c.FPDFPage_CountObjects(page), _MOST_OBJECTS)):
        thing = pdfium_c.FPDFPage_GetObject(page, index)
        yield thing, int(pdfium_c.FPDFPageObj_GetType(thing))


def _box_in_head(page: pdfium.PdfPage, thing: Any, least_width: float, depth: float) -> Box | None:
    """The box of `thing` where it is in the head, and neither tiny nor the page's own picture."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium_c.FPDFPageObj_GetBounds(thing, left, bottom, right, top):
        return None
    width, height = page.get_size()
    box = left.value / width, 1 - top.value / height, right.value / width, 1 - bottom.value / height
    turned = page.get_rotation()
    if turned in (90, 270):  # the box is that on the unturned page: any of its parts may be the head
        return box
    is_high = box[3] > 1 - depth if turned == 180 else box[1] < depth
    is_stamp = least_width < box[2] - box[0] < _WIDEST and _LETTER < box[3] - box[1] < _HIGHEST
    return box if is_high and is_stamp else None
