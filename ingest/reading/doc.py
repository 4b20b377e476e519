"""Word 97-2003 files (DOC) as paragraphs and table rows, laid out as pages of words."""

import re
import struct
from collections.abc import Iterator
from pathlib import Path

from core.text import normal
from ingest.letter import Page
from ingest.reading import marks
from ingest.reading.blocks import LONGEST_BOX
from ingest.reading.compound import CompoundFile, Damaged
from ingest.reading.doc_looks import Looks, Setting
from ingest.reading.doc_text import Locked, Piece, WordText
from ingest.reading.layout import Block, Paragraph, Row, in_capitals, lay_out, plain
from ingest.reading.patterns import STAMP
from ingest.reading.unreadable import Unreadable

_MARK = re.compile(r"[\r\x07\x0c]")  # end of a paragraph; of a cell or a row; of a page or a section
_CELL, _PAGE = "\x07", "\x0c"
_DRAWN = "\x08"
_FIELD = re.compile(r"\x13[^\x13\x14\x15]*(?:\x14([^\x13\x14\x15]*))?\x15")  # code, then what is shown of it
_MOST_NESTED_FIELDS = 8
_MOST_BOXES = 20
_TO_TEXT = str.maketrans({"\x0b": "\n", "\x0e": "\n", "\x1e": "-", "\x1f": "\xad", "\xa0": " "}) | {
    # Letters of symbol fonts stand in a private area; old Vietnamese fonts are such.
    0xF000 + code: chr(code)
    for code in range(0x20, 0x100)
}
_NO_TEXT = dict.fromkeys(map(ord, "\x01\x02\x03\x04\x05\x06\x08\x13\x14\x15"), "")


def doc_pages(path: Path) -> tuple[Page, ...]:
    """The document as synthetic pages. Only its text and its looks are read, some 300,000 characters at most.

    Raises Unreadable("damaged"), or "locked" for a file with a password.
    """
    try:
        with path.open("rb") as file:
            return lay_out(_blocks(WordText(CompoundFile(file))))
    except Locked as error:
        raise Unreadable("locked") from error
    except (Damaged, struct.error, IndexError, OSError) as error:
        raise Unreadable("damaged") from error


def _blocks(text: WordText) -> Iterator[Block]:
    looks = Looks(text)
    boxes = _boxes(text)
    if stamps := _stamps_in_headers(text):
        yield Paragraph("", boxes=stamps)
    cells: list[tuple[Paragraph, ...]] = []
    cell: list[Paragraph] = []
    ends_page = False
    for first, after, mark in _paragraphs(text, *text.story("text")):
        setting = _setting(text, looks, after, mark, is_empty=first == after)
        shown, is_drawn = _shown(text, looks, setting, first, after)
        shown, ends_page = ("\f" + shown if ends_page else shown), mark == _PAGE
        if not setting.in_table and not setting.ends_row:
            if cells or cell:  # a row without its end
                yield Row((*cells, tuple(cell)))
                cells, cell = [], []
            yield Paragraph(shown, looks.how(setting), boxes if is_drawn else ())
            boxes = () if is_drawn else boxes
        elif setting.ends_row:
            yield Row(tuple(cells))
            cells, cell = [], []
        else:
            cell.append(Paragraph(shown, looks.how(setting), boxes if is_drawn else ()))
            boxes = () if is_drawn else boxes
            if mark == _CELL:
                cells.append(tuple(cell))
                cell = []
    if cells or cell:
        yield Row((*cells, tuple(cell)))


def _paragraphs(text: WordText, first: int, after: int) -> Iterator[tuple[int, int, str]]:
    """First character, place of the mark and mark of each paragraph between `first` and `after`."""
    whole = text.read(first, after)
    start = 0
    for mark in _MARK.finditer(whole):
        yield first + start, first + mark.start(), mark[0]
        start = mark.end()
    if whole[start:].strip():
        yield first + start, first + len(whole), ""


def _setting(text: WordText, looks: Looks, mark_at: int, mark: str, *, is_empty: bool) -> Setting:
    piece = next(text.between(mark_at, mark_at + 1), None)
    found = looks.paragraphs.at(piece.at) if piece else None
    if found is not None:
        return found
    # Without looks (files before Word 97) two marks one after the other end a row.
    return Setting(in_table=mark == _CELL, ends_row=mark == _CELL and is_empty)


def _shown(text: WordText, looks: Looks, setting: Setting, first: int, after: int) -> tuple[str, bool]:
    """What is seen of a paragraph, and whether something is drawn beside it."""
    parts = []
    for piece in text.between(first, after):
        at, end = piece.at, piece.place(piece.after)
        for start, stop, look in looks.runs.within(at, end):
            parts.append(_read(text, piece, at, start))
            if not look.is_hidden:
                part = _read(text, piece, start, stop)
                parts.append(in_capitals(part) if looks.is_capital(look, setting.style) else part)
            at = stop
        parts.append(_read(text, piece, at, end))
    joined = "".join(parts)
    for _ in range(_MOST_NESTED_FIELDS if "\x13" in joined else 0):
        joined = _FIELD.sub(lambda field: field[1] or "", joined)
    return joined.translate(_NO_TEXT), _DRAWN in joined


def _read(text: WordText, piece: Piece, start: int, stop: int) -> str:
    """The characters of `piece` from byte `start` to `stop` of the main stream."""
    first, after = (piece.first + (place - piece.at) // piece.width for place in (start, stop))
    return plain(text.read(first, after).translate(_TO_TEXT)) if after > first else ""


def _boxes(text: WordText) -> tuple[str, ...]:
    """The short texts of drawn boxes: stamps are made so."""
    return tuple(list(_short(text, "boxes"))[:_MOST_BOXES])


def _stamps_in_headers(text: WordText) -> tuple[str, ...]:
    """The stamps above the text of every page; headers and footers are one story."""
    return tuple(one for one in _short(text, "heads") if _is_stamp(one))[:_MOST_BOXES]


def _is_stamp(text: str) -> bool:
    readable = marks.readable(text)
    return bool(STAMP.match(normal(text).upper()) or marks.alone(readable) or marks.field(readable))


def _short(text: WordText, story: str) -> Iterator[str]:
    for first, after, _ in _paragraphs(text, *text.story(story)):
        tidy = plain(text.read(first, after).translate(_TO_TEXT).translate(_NO_TEXT)).strip()
        if 0 < len(tidy) <= LONGEST_BOX:
            yield tidy
