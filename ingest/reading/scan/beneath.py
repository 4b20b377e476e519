"""Secrecy marks across which the receiver's ĐẾN stamp was put, or they across it: neither is read as a whole then."""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from PIL import Image, ImageFilter

from core.text import fold
from ingest.letter import Box, Word
from ingest.reading.phrases import is_in_text, is_of_phrase
from ingest.reading.scan.apart import without_bars
from ingest.reading.scan.places import places
from ingest.reading.scan.preparing import Gray, Mask
from ingest.reading.scan.sheets import Sheet
from ingest.reading.scan.tesseract import AS_A_BLOCK, SCATTERED, see

# Of the page, left, above, right and below these words of the stamp: what it hides may hang over any of its edges.
_AROUND = {"den": (0.1, 0.07, 0.3, 0.09), "chuyen": (0.1, 0.12, 0.3, 0.04)}
_AROUND_NUMBER = {"so": (0.15, 0.06, 0.25, 0.1), "ngay": (0.15, 0.08, 0.25, 0.08)}  # where these are stamped
_MOST = 2  # places looked at
_INK, _LEAST, _MOST_PIECES = 170, 250, 5  # shade, pixels of ink, and how many of what stands apart there are read
_MARGIN = 24  # pixels of white around each
# Shades, and pixels of a stroke's width, that tell the heavy letters of a mark from small print and frames; and how far
# from its heavy strokes its thin ones are looked for: farther where the frames are gone.
_HEAVY = ((170, 5, 8), (170, 5, 14), (200, 7, 14), (200, 7, 20))
_UNFRAMED = (170, 5, 20)
_BLACK, _PALE, _BLUR = 120, 200, 5  # shades between which a mark is that needed ink, and how far black ink spreads
_LEAST_SURE = 0.3
_MARKS = ("mat", "toimat", "tuyetmat")


def marks_beneath(
    sheet: Sheet, printed: Sequence[Word], stamped: Sequence[Word], seconds: float
) -> tuple[tuple[Word, ...], ...]:
    """The secrecy marks that stand beneath or upon a ĐẾN stamp, of which the words read before, as `printed` or
    `stamped`, show that it is there.

    Raises NotRead.
    """
    height, width = sheet.black.shape
    found: list[tuple[Word, ...]] = []
    for x0, y0, x1, y1 in islice(arrivals(printed, stamped), _MOST):
        rows, columns = slice(int(y0 * height), int(y1 * height)), slice(int(x0 * width), int(x1 * width))
        cut = np.minimum(sheet.black[rows, columns], sheet.strong[rows, columns])
        ways = _heavy(cut)
        pieces = [piece for way in ways for piece in _pieces(way)]
        wholes = [ways[0], _pale(cut)]
        corners = [(rows.start - _MARGIN + down, columns.start - _MARGIN + right) for _, down, right in pieces]
        corners += [(rows.start, columns.start)] * len(wholes)
        seen = [*see([piece for piece, _, _ in pieces], seconds, AS_A_BLOCK), *see(wholes, seconds, SCATTERED)]
        for one, (top, left) in zip(seen, corners, strict=True):
            read = sheet.words(one, top, left)
            found += [(word,) for word in read if is_mark_among(word, read) and not is_in_text(word, printed)]
    return tuple(found)


def _pieces(way: Gray) -> list[tuple[Gray, int, int]]:
    """What stands apart in `way` with its row and column, the largest first: by itself tesseract takes none of it for a
    part of a picture."""
    apart = sorted(places(way < _INK, _LEAST), key=lambda place: -place[2])[:_MOST_PIECES]
    return [
        (np.pad(way[rows, columns], _MARGIN, constant_values=255), rows.start, columns.start)
        for rows, columns, _ in apart
    ]


def arrivals(printed: Sequence[Word], stamped: Sequence[Word]) -> Iterator[Box]:
    """What lies around the words of each ĐẾN stamp, once, in fractions of the page."""
    taken: list[Box] = []
    boxes = [(word, _AROUND) for word in (*printed, *stamped)] + [(word, _AROUND_NUMBER) for word in stamped]
    for word, reaches in boxes:
        if any(x0 < word.x0 < x1 and y0 < word.y0 < y1 for x0, y0, x1, y1 in taken):
            continue
        letters = "".join(filter(str.isalpha, word.text))
        around = reaches.get(fold(letters))
        if around and (letters.isupper() or word.text.endswith(":")):
            left, above, right, below = around
            box = max(0.0, word.x0 - left), max(0.0, word.y0 - above), min(1.0, word.x0 + right), word.y0 + below
            taken.append(box)
            yield box


def _heavy(cut: Gray) -> list[Gray]:
    """`cut` with its heavy letters alone, in some ways."""
    ways = [*((cut, *way) for way in _HEAVY), (without_bars(cut), *_UNFRAMED)]
    near = (_grown(_thinned(cut < shade, stroke), stroke + thin) for _, shade, stroke, thin in ways)
    return [np.where(mask, shown, np.uint8(255)) for mask, (shown, *_) in zip(near, ways, strict=True)]


def _pale(cut: Gray) -> Gray:
    """`cut` with its pale letters alone."""
    black = _grown(cut < _BLACK, _BLUR)
    return np.where((cut < _PALE) & ~black, np.uint8(0), np.uint8(255))


def _thinned(mask: Mask, pixels: int) -> Mask:
    return np.asarray(_image(mask).filter(ImageFilter.MinFilter(pixels))) > 0


def _grown(mask: Mask, pixels: int) -> Mask:
    return np.asarray(_image(mask).filter(ImageFilter.MaxFilter(pixels | 1))) > 0


def _image(mask: Mask) -> Image.Image:
    return Image.fromarray(np.where(mask, np.uint8(255), np.uint8(0)))


def is_mark_among(word: Word, others: Sequence[Word]) -> bool:
    """Whether `word`, read in capitals or all alone, is a level and, beside `others`, no part of a phrase ("MẬT KHẨU",
    "BÍ MẬT")."""
    letters = "".join(filter(str.isalpha, word.text))
    others = [one for one in others if one is not word and any(map(str.isalpha, one.text))]
    is_capital = letters.isupper() or (letters[:1].isupper() and not others)
    if fold(letters) not in _MARKS or not is_capital or word.sure < _LEAST_SURE:
        return False
    return not is_of_phrase(word, others)
