"""PDF files as pages of words with boxes, through PDFium."""

import ctypes
import math
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from core.text import is_syllable, nfc, repair
from ingest.letter import Page, Word
from ingest.reading import forked
from ingest.reading.patterns import RECIPIENTS
from ingest.reading.pdf_art import DEPTH, has_art
from ingest.reading.pdf_scan import scan_pdf
from ingest.reading.torn import whole_words
from ingest.reading.unreadable import Unreadable

FIRST_PAGES = 3
MOST_PAGES = 12  # how far the signature is looked for before the last page is taken
MOST_WHOLE_PAGES = 3000  # of a file whose full text is read
MOST_SECONDS = 1.0  # of processor time for one file; begun pages are finished
_LINE_HYPHEN = "\ufffe"  # PDFium's sign for a hyphen at a line's end, after which it gives no line break
_MOST_ANNOTATIONS = 200
_MOSTLY = 0.8  # of a page's letters, which say how it lies
_SAMPLE = 80  # words or texts that speak for their page
_ENDS, _WHOLE = 3, 0.8  # objects at either end of a page; share of it that a picture of the page covers
_LEAST_DEPTH, _LEFT = 0.2, 0.5  # of the page: no recipients stand further up, or on the right
_FEW_LETTERS = 600  # at most on a scan that programs signed, each with its own block of text
_ENOUGH_LETTERS = 60  # a page with fewer letters is a picture with at most a stamp on it


def pdf_pages(path: Path) -> tuple[Page, ...]:
    """The first pages, on to the one that bears "Nơi nhận", and the last page; at most `MOST_PAGES` + 1.

    The last element is always the document's last page, so its number is the page count.
    Raises Unreadable("locked") for a PDF with a password, Unreadable("damaged") for what PDFium cannot open or is
    brought down by, "too_slow" and "too_large_inside" for a page that costs more than a page can.
    """
    parts = forked.objects(_count_and_pages, path)
    count = cast(int, next(parts))
    pages: list[Page] = []
    try:
        pages.extend(cast(Iterator[Page], parts))
    except Unreadable:
        if not pages or pages[-1].number == count:
            raise
        pages.append(Page(count, (), is_scan=True))
    return tuple(pages)


def _count_and_pages(path: Path) -> Iterator[int | Page]:
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        raise Unreadable("locked" if "password" in str(error).lower() else "damaged") from error
    except OSError as error:
        raise Unreadable("damaged") from error
    with closing(document):
        try:
            yield len(document)
            yield from _wanted(document)
        except pdfium.PdfiumError as error:
            raise Unreadable("damaged") from error


def every_pdf_page(path: Path) -> Iterator[Page]:
    """Every page of a PDF, one after the other, up to `MOST_WHOLE_PAGES`. Raises what `pdf_pages` raises."""
    if scan_pdf(path).is_bomb:
        raise Unreadable("too_large_inside")
    try:
        with closing(pdfium.PdfDocument(path)) as document:
            for index in range(min(len(document), MOST_WHOLE_PAGES)):
                yield _read(document, index)
    except pdfium.PdfiumError as error:
        raise Unreadable("locked" if "password" in str(error).lower() else "damaged") from error
    except OSError as error:
        raise Unreadable("damaged") from error


def _wanted(document: pdfium.PdfDocument) -> Iterator[Page]:
    count = len(document)
    signed = False
    start = time.process_time()
    for index in range(count):
        if time.process_time() - start > MOST_SECONDS:
            # Made to be slow, or a whole atlas: its page count is known without reading more.
            yield Page(count, (), is_scan=True)
            return
        if index >= FIRST_PAGES and (signed or index >= MOST_PAGES):
            break
        page = _read(document, index)
        signed = signed or page.is_scan or _has_recipients(page)
        yield page
    else:
        return
    yield _read(document, count - 1)


def _has_recipients(page: Page) -> bool:
    return any(RECIPIENTS.match(f"{a.text} {b.text}") for a, b in pairwise(page.words) if a.text.startswith("N"))


def _read(document: pdfium.PdfDocument, index: int) -> Page:
    page = document[index]
    try:
        # Offices' signing programs write the number and the day as form fields over the blanks; only after
        # flattening do they belong to the page's text. It changes the loaded copy, never the file.
        if index < FIRST_PAGES and _has_written_fields(page) and pdfium_c.FPDFPage_Flatten(page, 0) == 1:
            page.close()
            page = document[index]
        with closing(page.get_textpage()) as text:
            quarters = _lies_turned(page, text)
            words = whole_words(tuple(_words(page, text, quarters)))
            is_drawn = pdfium_c.FPDFPage_CountObjects(page) > 0  # an empty page is no picture of anything
            is_scan = is_drawn and (not is_plausible(words) or _is_under_picture(page, words))
            if is_scan and quarters:  # how the picture lies is not for these words to say
                words, quarters = whole_words(tuple(_words(page, text, 0))), 0
        shows_more = not is_scan and has_art(page, _depth_of_stamps(page, words), lies_turned=quarters > 0)
    finally:
        page.close()
    return Page(index + 1, words, is_scan, quarters=quarters, has_art=shows_more)


def _depth_of_stamps(page: pdfium.PdfPage, words: Sequence[Word]) -> float:
    """How far down `page` stamps are put: not where recipients and signature stand, whose seal and strokes of the pen
    are pictures too; on a page shown turned, half of it."""
    ends = [a.y0 for a, b in pairwise(words) if a.x0 < _LEFT and RECIPIENTS.match(f"{a.text} {b.text}")]
    return DEPTH if page.get_rotation() else min([DEPTH, *(y for y in ends if y > _LEAST_DEPTH)])


def _is_little(words: Sequence[Word]) -> bool:
    return sum(len(w.text) for w in words) < _FEW_LETTERS


def _is_under_picture(page: pdfium.PdfPage, words: Sequence[Word]) -> bool:
    """Whether the page is a picture and its text no part of what is seen.

    A few words are what signing programs print over a scan. More are an earlier program's reading, laid invisibly
    over the picture or below it: what it misread nobody would see, a stamp least of all.
    """
    if _is_little(words):
        return any(_covers(page, thing.raw) for thing in page.get_objects([pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=2))
    count = pdfium_c.FPDFPage_CountObjects(page)
    # A page's picture is drawn first or last; to look at every object of a page of text would take longer than that.
    ends = dict.fromkeys([*range(min(_ENDS, count)), *range(max(0, count - _ENDS), count)])
    pictures = [index for index in ends if _covers(page, pdfium_c.FPDFPage_GetObject(page, index))]
    return bool(pictures) and _is_hidden(page, count, pictures[-1])


def _covers(page: pdfium.PdfPage, thing: Any) -> bool:
    if int(pdfium_c.FPDFPageObj_GetType(thing)) != pdfium_c.FPDF_PAGEOBJ_IMAGE:
        return False
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium_c.FPDFPageObj_GetBounds(thing, left, bottom, right, top)
    width, height = page.get_size()
    return bool((right.value - left.value) * (top.value - bottom.value) > _WHOLE * width * height)


def _is_hidden(page: pdfium.PdfPage, count: int, picture: int) -> bool:
    """Whether most of the page's texts are drawn invisibly, or before object number `picture` covers them."""
    step = max(1, count // _SAMPLE)
    texts = [
        (index, thing)
        for index in range(0, count, step)
        if pdfium_c.FPDFPageObj_GetType(thing := pdfium_c.FPDFPage_GetObject(page, index)) == pdfium_c.FPDF_PAGEOBJ_TEXT
    ]
    unseen = pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE
    hidden = sum(index < picture or pdfium_c.FPDFTextObj_GetTextRenderMode(thing) == unseen for index, thing in texts)
    return bool(2 * hidden > len(texts))


def _has_written_fields(page: pdfium.PdfPage) -> bool:
    kinds = (pdfium_c.FPDF_ANNOT_WIDGET, pdfium_c.FPDF_ANNOT_FREETEXT, pdfium_c.FPDF_ANNOT_STAMP)
    for index in range(min(pdfium_c.FPDFPage_GetAnnotCount(page), _MOST_ANNOTATIONS)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
        pdfium_c.FPDFPage_CloseAnnot(annotation)
        if kind in kinds:
            return True
    return False


def _lies_turned(page: pdfium.PdfPage, text: pdfium.PdfTextPage) -> int:
    """How often the page as it is shown must be turned to the left by 90 degrees for its letters to stand upright."""
    count = text.count_chars()
    angles = (pdfium_c.FPDFText_GetCharAngle(text, i) for i in range(0, count, max(1, count // _SAMPLE)))
    turns = Counter(round(math.degrees(angle) / 90) % 4 for angle in angles if angle >= 0)
    turn, letters = max(turns.items(), key=lambda item: item[1], default=(0, 0))
    is_clear = letters > _MOSTLY * turns.total()
    return (page.get_rotation() // 90 + turn) % 4 if is_clear else 0


def _words(page: pdfium.PdfPage, text: pdfium.PdfTextPage, quarters: int) -> Iterator[Word]:
    width, height = page.get_size()
    if quarters % 2:
        width, height = height, width
    letters = _letters(text)
    left, bottom, *_ = page.get_bbox()
    # Bound once: this loop is most of a reading's own time.
    box = pdfium_c.FS_RECTF()
    handle, reference, measure = text.raw, ctypes.byref(box), pdfium_c.FPDFText_GetLooseCharBox
    turned = (page.get_rotation() - 90 * quarters) % 360
    # Repaired as lines, for one word alone does not show its encoding; words stay words.
    texts = repair(letters.replace(_LINE_HYPHEN, "-\n").replace("\x00", " ").replace("\uffff", " ")).split()
    for word, (start, end) in zip(texts, _runs(letters), strict=True):
        measure(handle, start, reference)
        x0, top, x1, low = box.left, box.top, box.right, box.bottom
        if end - start > 1:
            measure(handle, end - 1, reference)
            x0, x1 = min(x0, box.left), max(x1, box.right)
            top, low = max(top, box.top), min(low, box.bottom)
        yield Word(word, *_upright(x0 - left, low - bottom, x1 - left, top - bottom, width, height, turned))


def _letters(text: pdfium.PdfTextPage) -> str:
    """The page's characters, one for each index of PDFium, whatever stands at it."""
    count = text.count_chars()
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium_c.FPDFText_GetText(text, 0, count, buffer)
    if written == count + 1:
        return "".join(map(chr, buffer[:count]))
    # Characters without a code are left out by GetText, which would shift all boxes after them.
    codes = (pdfium_c.FPDFText_GetUnicode(text, i) for i in range(count))
    return "".join(chr(c) if 0 < c < 0x110000 else " " for c in codes)


_RUN = re.compile(rf"[^\s\x00\uffff{_LINE_HYPHEN}]*{_LINE_HYPHEN}|[^\s\x00\uffff{_LINE_HYPHEN}]+")


def _runs(letters: str) -> Iterator[tuple[int, int]]:
    """First and after-last index of every word; a hyphen at a line's end closes its word."""
    return (found.span() for found in _RUN.finditer(letters))


def _upright(
    x0: float, y0: float, x1: float, y1: float, width: float, height: float, turned: int
) -> tuple[float, float, float, float]:
    """PDF points, origin bottom left, of an unturned page -> fractions of the page as shown."""
    if turned == 0:
        return x0 / width, 1 - y1 / height, x1 / width, 1 - y0 / height
    if turned == 90:
        return y0 / width, x0 / height, y1 / width, x1 / height
    if turned == 180:
        return 1 - x1 / width, y0 / height, 1 - x0 / width, y1 / height
    return 1 - y1 / width, 1 - x1 / height, 1 - y0 / width, 1 - x0 / height


def is_plausible(words: tuple[Word, ...]) -> bool:
    """Whether the text layer can be read: there is some, and its words are not torn into single letters."""
    if sum(len(w.text) for w in words) < _ENOUGH_LETTERS:
        return False
    marked = [w.text for w in words[:_SAMPLE] if any(c.isalpha() for c in w.text)]
    torn = sum(1 for word in marked if len(word) == 1 and word.lower() not in "aàáăâêeéèiíìoóòôơuúùưyýỳđvtả")
    strange = sum(1 for word in marked if not word.isascii() and not _is_readable(word))
    return bool(marked) and torn <= 0.25 * len(marked) and strange <= 0.35 * len(marked)


def _is_readable(word: str) -> bool:
    whole = nfc(word)  # a mark apart from its letter is no letter
    return all(map(is_syllable, "".join(c if c.isalpha() else " " for c in whole).split())) or word.isupper()
